"""The benchmark measures accepted transitions of a sound state."""

import ibperp_invariants
from ibperp_conformance import bench


def test_populated__holds_every_invariant() -> None:
    assert ibperp_invariants.check_state(bench.populated(10)) == []


def test_rates__measures_every_kind_of_action() -> None:
    measured = dict(bench.rates(10))
    assert measured.keys() == bench.kinds(10).keys()
    assert all(rate > 0 for rate in measured.values())


def test_conformance__counts_vectors_through_the_pipe() -> None:
    measured = bench.conformance()
    assert measured["vectors"] >= 250
    assert measured["per_second"] > 0
