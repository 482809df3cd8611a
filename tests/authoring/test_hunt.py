"""A sample of the zoo is found by the fuzz without its vectors, and made small."""

from typing import Final

import pytest

from ibperp_authoring import hunt
from ibperp_conformance.fuzz.shrink import STEPS_MAX

SAMPLE: Final = ("credit_orders_hold_free", "price_limit_ignored")
RUNS: Final = range(12)


@pytest.mark.no_cover
def test_hunt__finds_a_sample_of_the_zoo_and_makes_it_small() -> None:
    hunt.faults()
    found = dict(hunt.hunted(SAMPLE, RUNS))
    assert found.keys() == set(SAMPLE)
    assert all(what["own"] <= STEPS_MAX for what in found.values())
    assert all(what["actions"] < what["before"] for what in found.values())


def test_hunt__finds_nothing_in_an_engine_without_a_fault() -> None:
    hunt.faults()
    assert dict(hunt.hunted(("",), range(1))) == {}
