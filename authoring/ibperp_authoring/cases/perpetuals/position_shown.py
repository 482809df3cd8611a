"""Cases of what a position shows (PP-10)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import AdvanceTime, Settle
from ibperp_authoring.cases.builder import Case, Group, Why
from ibperp_authoring.cases.perpetuals.steps import funding, mark, sale, trade
from ibperp_authoring.cases.setups import PERCENT, USD, YEAR, perpetual_with

_FREE: Final = perpetual_with(maker_fee=0, taker_fee=0)

_SETTLED: Final = (AdvanceTime(10), Settle())

_SHOWN: Final[tuple[Case, ...]] = (
    Group("perpetual_open", (_FREE,)).trace(
        "PP-10-001",
        "a settlement realizes a gain, and the cost of entry stays",
        mark(1_100_000),
        *_SETTLED,
        mark(1_050_000),
    ),
    Group("perpetual_open", (_FREE,)).trace(
        "PP-10-002",
        "what closing and settling realized is the gain over the cost of entry",
        mark(1_100_000),
        *_SETTLED,
        *sale(2, 3, 40, 1_200_000),
    ),
    Group("perpetual_open").trace(
        "PP-10-003",
        "fees and funding that were paid are what a break-even price adds to the entry",
        *funding(PERCENT),
        *trade(2, 3, 50, 1_000_000),
        *sale(2, 3, 30, 1_010_000),
    ),
    Group("perpetual_open").trace(
        "PP-10-004",
        "funding that was received lowers it",
        *funding(-PERCENT),
        *trade(2, 3, 50, 1_000_000),
    ),
    Group("perpetual_open", (_FREE,)).trace(
        "PP-10-005",
        "the records of a flipped position go on",
        mark(1_100_000),
        *sale(2, 3, 150, 1_100_000),
    ),
    Group("perpetual_open", (_FREE,), Why.ROUNDING).trace(
        "PP-10-006",
        "the cost of entry and the cost are divided apart",
        *trade(2, 3, 1, 1_000_001),
        mark(1_000_003),
        *_SETTLED,
        *sale(2, 3, 7, 1_000_005),
    ),
    Group("perpetual_open", (_FREE,), Why.CONSERVATION).trace(
        "PP-10-007",
        "settled often or once, the same was realized in the end",
        mark(1_111_111),
        *_SETTLED,
        mark(999_999),
        *sale(2, 3, 33, 999_998),
        mark(1_033_333),
        *sale(2, 3, 67, 1_033_331),
    ),
)

_VIRTUAL: Final = Group("perpetual_virtual", (mark(1_100_000), *_SETTLED))

_EARNED: Final[tuple[Case, ...]] = (
    _VIRTUAL.trace(
        "PP-10-008",
        "what virtual shares earn and owe is recorded as interest",
        AdvanceTime(YEAR),
        Settle(),
    ),
    _VIRTUAL.trace(
        "PP-10-009",
        "and stays beside what closing lots realizes",
        AdvanceTime(YEAR),
        Settle(),
        *sale(2, 3, 40, 1_200_000),
    ),
    Group("perpetual_open", (_FREE,)).trace(
        "PP-10-010",
        "a short position: closed in part after a settlement at a loss",
        mark(1_100_000),
        *_SETTLED,
        *trade(3, 2, 40, 1_050_000),
    ),
    Group("perpetual").trace(
        "PP-10-011",
        "a rebate lowers the price at which a maker breaks even",
        *trade(2, 3, 50, USD),
        *trade(2, 4, 50, 990_000),
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *_SHOWN,
    *_EARNED,
)
