"""Cases of positions and their unrealized gain (PP-3)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import ListPerpetual
from ibperp_authoring.cases.builder import Case, Group, Why, long, short
from ibperp_authoring.cases.perpetuals.steps import mark, sale, trade
from ibperp_authoring.cases.setups import MAX, PERPETUAL, USD

_HELD: Final = Group("perpetual_open")

_POSITIONS: Final[tuple[Case, ...]] = (
    _HELD.accept("PP-3-001", "the mark rises", mark(USD + 1)),
    _HELD.accept("PP-3-002", "the mark falls", mark(USD - 1)),
    _HELD.trace("PP-3-003", "the mark rises and comes back", mark(2 * USD), mark(USD)),
    _HELD.accept("PP-3-004", "the mark at its least", mark(1), why=Why.BOUNDARY),
    _HELD.accept("PP-3-005", "the mark at its most", mark(MAX), why=Why.BOUNDARY),
    _HELD.trace(
        "PP-3-006",
        "a position stays marked when its market trades elsewhere",
        *trade(4, 5, 10, 2 * USD),
    ),
    _HELD.trace(
        "PP-3-007",
        "a position without lots and shares is gone",
        *sale(2, 3, 100, USD),
    ),
)

_SECOND: Final = (
    ListPerpetual("BTC_PERP", PERPETUAL),
    mark(USD, market="BTC_PERP"),
)

_SEVERAL: Final[tuple[Case, ...]] = (
    Group("perpetual", _SECOND).trace(
        "PP-3-008",
        "positions stand in the order of their markets, whichever came first",
        short(3, 10, USD, market="BTC_PERP"),
        long(2, 10, USD, market="BTC_PERP"),
        *trade(2, 3, 10, USD),
        mark(1_050_000),
        mark(930_000, market="BTC_PERP"),
    ),
    Group("perpetual", _SECOND).trace(
        "PP-3-009",
        "a trade in one market leaves the position of another",
        *trade(2, 3, 10, USD),
        short(3, 10, USD, market="BTC_PERP"),
        long(2, 10, USD, market="BTC_PERP"),
        *sale(2, 3, 10, 1_050_000),
    ),
    _HELD.trace(
        "PP-3-010",
        "what is marked and what is realized add up, however it is closed",
        mark(1_100_000),
        *sale(2, 3, 1, 1_200_000),
        *sale(2, 3, 33, 900_000),
        *sale(2, 3, 66, 1_100_000),
        why=Why.CONSERVATION,
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *_POSITIONS,
    *_SEVERAL,
)
