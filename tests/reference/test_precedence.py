"""Rejections follow the declared precedence in every recorded step."""

from __future__ import annotations

from functools import cache
from typing import Final

import pytest

from ibperp.outcomes import RejectionCode
from ibperp_conformance.runner import vectors as vectors_format
from ibperp_conformance.runner.vectors import Expectation
from worlds.shipped import shipped_suite

ORDER: Final = [code.value for code in RejectionCode]
LADDER: Final = (
    "amount_not_positive",
    "out_of_range",
    "account_unknown",
    "asset_unknown",
    "chain_unknown",
    "sequence_skipped",
    "sequence_replayed",
    "amount_not_native",
    "deposit_below_minimum",
)

ORDERS: Final = {
    "SM-4-030": ("amount_not_positive", "out_of_range"),
    "SM-4-031": ("out_of_range", "price_invalid"),
    "SM-4-032": ("price_invalid", "order_invalid"),
    "SM-4-033": ("order_invalid", "account_unknown"),
    "SM-4-034": ("account_unknown", "market_unknown"),
    "SM-4-080": ("trading_paused", "price_off_tick"),
    "SM-4-081": ("price_off_tick", "lots_below_minimum"),
    "SM-4-082": ("lots_below_minimum", "price_unknown"),
    "SM-4-167": ("price_unknown", "price_stale"),
    "SM-4-165": ("price_stale", "price_out_of_bounds"),
    "SM-4-083": ("price_out_of_bounds", "order_limit"),
    "SM-4-084": ("order_limit", "reduce_only_not_reduced"),
    "SM-4-086": ("reduce_only_not_reduced", "post_only_taker"),
}
AGES: Final = {
    "PF-9-042": ("price_stale", "insufficient_margin"),
    "PF-9-043": ("price_stale", "price_out_of_bounds"),
}

load_suite = cache(vectors_format.load_suite)


def rejections() -> list[Expectation]:
    """Return every rejection that a vector expects."""
    steps = (step for vector in shipped_suite().vectors.values() for step in vector.steps)
    return [step.expect for step in steps if step.expect.code is not None]


def test_violated__sorted_by_precedence_and_led_by_the_code() -> None:
    for rejection in rejections():
        places = [ORDER.index(code) for code in rejection.violated]
        assert places == sorted(set(places))
        assert rejection.violated[0] == rejection.code


@pytest.mark.parametrize("code", ORDER)
def test_code__reached_by_a_rejecting_vector_with_an_accepted_twin(code: str) -> None:
    suite = shipped_suite()
    reached = [
        vector
        for vector in suite.vectors.values()
        if vector.kind == "reject" and vector.steps[-1].expect.code == code
    ]
    assert reached
    for vector in reached:
        assert vector.twin is not None
        assert suite.vectors[vector.twin].kind != "reject"


def test_ladder__deposits_walk_down_the_precedence() -> None:
    vectors = shipped_suite().vectors
    codes = tuple(vectors[f"CU-4-{number:03}"].steps[-1].expect.code for number in range(40, 49))
    assert codes == LADDER


@pytest.mark.parametrize(("name", "violated"), [*ORDERS.items(), *AGES.items()])
def test_ladder__each_rung_violates_what_comes_next(name: str, violated: tuple[str, ...]) -> None:
    last = shipped_suite().vectors[name].steps[-1].expect
    assert tuple(last.violated) == violated


def test_ladder__orders_walk_down_the_precedence() -> None:
    places = [ORDER.index(code) for code, _ in ORDERS.values()]
    assert places == sorted(set(places))
