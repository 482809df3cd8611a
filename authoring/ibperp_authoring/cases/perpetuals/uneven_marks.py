"""Cases of a mark that is not the index, and of fractions at the end of a market (PP-5 to PP-9)."""

from __future__ import annotations

from typing import Any, Final

from ibperp.actions import AdvanceTime, ApplyFunding, SettleMarket, UpdateMark
from ibperp.numbers import RATIO
from ibperp.parameters import OrderBookState
from ibperp_authoring.cases.builder import PERP, Case, Group, Why, long, short
from ibperp_authoring.cases.settlement.setups import contract_with, mark_off
from ibperp_authoring.cases.setups import HOUR, PERCENT, USD, perpetual_with

_DAY: Final = 24 * HOUR


def _ending(seconds: int, mark: int, index: int, **changes: Any) -> Group:
    """Let so many seconds of an interval of a day pass, and close the market."""
    day = {"funding_interval": _DAY, **changes}
    return Group(
        "liquidation_long",
        (
            contract_with(**day),
            AdvanceTime(seconds),
            mark_off(mark, index),
            contract_with(order_book_state=OrderBookState.CLOSED, **day),
        ),
        Why.ROUNDING,
        ("PP-7",),
    )


CASES: Final[tuple[Case, ...]] = (
    Group(
        "perpetual",
        (perpetual_with(limit_max=110 * PERCENT, mark_threshold=RATIO), mark_off(1_200_000, USD)),
        clauses=("SM-6",),
    ).accept("PP-5-253", "the band is about the mark, not the index", long(2, 10, 1_300_000)),
    Group("perpetual_open", (perpetual_with(mark_threshold=RATIO), mark_off(USD, 900_000))).accept(
        "PP-6-092",
        "an update without an index moves the mark, and leaves the index as it was",
        long(4, 10, 900_000),
        short(5, 10, 1_100_000),
        UpdateMark(PERP, 0, has_basis=False, basis=0),
    ),
    Group("liquidation_long", (mark_off(990_000, 900_000), AdvanceTime(HOUR))).accept(
        "PP-8-030", "a lot pays funding on the mark, not on the index", ApplyFunding(PERP, 10**15)
    ),
    _ending(1, 500_000, USD, funding_floor=-1).accept(
        "PP-9-065", "the part of a floor that a second has is rounded up", SettleMarket(PERP, USD)
    ),
    _ending(1, 1_500_000, USD, funding_cap=_DAY - 1).accept(
        "PP-9-066", "the part of a cap that a second has is rounded down", SettleMarket(PERP, USD)
    ),
    _ending(8 * HOUR, 1_000_003, 999_983).accept(
        "PP-9-067", "the premium of the moment is rounded down", SettleMarket(PERP, USD)
    ),
)
