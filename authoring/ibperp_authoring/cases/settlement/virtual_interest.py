"""Cases of the interest of virtual shares, noted by position (ST-6)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import AdvanceTime, Borrow, Lend, Settle
from ibperp.numbers import RATIO
from ibperp_authoring.cases.builder import Case, Group, Why, settings
from ibperp_authoring.cases.settlement.setups import (
    OTHER,
    delisted,
    mark,
    moved,
    opened,
    settled,
    virtual,
)
from ibperp_authoring.cases.setups import HOUR, USD, YEAR, pool_with

_DAY: Final = 86_400

_UP: Final = moved(3 * USD, 10)
_OWED: Final = (*virtual(2, 3), *opened(2, 3, 100), *_UP)
"""Account 2 has a virtual lend of 200 USDC, account 3 a virtual borrow of 200."""

_GROUP: Final = Group("settlement", _OWED)
_HOURLY: Final = Group("settlement_hourly", _OWED, Why.BOUNDARY)

_TIMES: Final[tuple[Case, ...]] = (
    _GROUP.accept("ST-6-001", "an hour", *settled(HOUR + 10)),
    _GROUP.accept("ST-6-002", "a day", *settled(_DAY + 10)),
    _GROUP.accept("ST-6-003", "a year", *settled(YEAR + 10)),
    _GROUP.accept("ST-6-004", "ten seconds", *settled(20), why=Why.ROUNDING),
    _GROUP.accept(
        "ST-6-005", "what was earned is noted at the settlement, not before", AdvanceTime(_DAY)
    ),
    _GROUP.trace(
        "ST-6-006",
        "a day in 24 settlements",
        *(step for hour in range(1, 25) for step in settled(hour * HOUR + 10)),
    ),
    _GROUP.trace(
        "ST-6-007",
        "a second settlement notes what came since the first",
        *settled(HOUR),
        *settled(3 * HOUR),
    ),
    _HOURLY.accept("ST-6-008", "a second before the accrual nothing is earned", *settled(HOUR - 1)),
    _HOURLY.accept("ST-6-009", "at the accrual an hour is earned", *settled(HOUR)),
    _HOURLY.trace(
        "ST-6-010",
        "the hour's interest is on what was owed at its end",
        *moved(2 * USD, HOUR - 1),
        *settled(HOUR + 10),
    ),
)

_ORDER: Final[tuple[Case, ...]] = (
    _GROUP.accept(
        "ST-6-020",
        "SC-30: the mark, then the clock: interest on the old principal",
        mark(5 * USD),
        AdvanceTime(_DAY),
        Settle(),
        why=Why.ATTACK,
    ),
    _GROUP.accept(
        "ST-6-021",
        "SC-30: the clock, then the mark: the same interest",
        AdvanceTime(_DAY),
        mark(5 * USD),
        Settle(),
        why=Why.ATTACK,
    ),
    _GROUP.accept(
        "ST-6-022",
        "SC-30 (incident 31): a gain an instant before the charge earns nothing",
        AdvanceTime(_DAY - 1),
        mark(9 * USD),
        AdvanceTime(_DAY),
        Settle(),
        why=Why.ATTACK,
    ),
    _GROUP.trace(
        "ST-6-023",
        "SC-30: marked between two settlements, each bears on its principal",
        AdvanceTime(HOUR),
        mark(5 * USD),
        Settle(),
        AdvanceTime(2 * HOUR),
        mark(3 * USD),
        Settle(),
        why=Why.ATTACK,
    ),
)

_SPREAD: Final[tuple[Case, ...]] = (
    Group("settlement", (*virtual(2), *opened(2, 3, 100), *_UP)).accept(
        "ST-6-030", "a virtual lend in a pool without a borrow earns nothing", *settled(_DAY)
    ),
    Group("settlement", (*virtual(3), *opened(2, 3, 100), *_UP)).accept(
        "ST-6-031", "a virtual borrow alone: all lenders earn", *settled(_DAY)
    ),
    Group(
        "settlement", (*virtual(2, 3), Lend(4, "USDC", 200 * USD), *opened(2, 3, 100), *_UP)
    ).accept(
        "ST-6-032", "a virtual lend earns what an own lend of the same size does", *settled(_DAY)
    ),
    Group("settlement", (*virtual(2, 3), *opened(2, 3, 100), *_UP)).accept(
        "ST-6-033",
        "a virtual borrow bears what an own borrow of the same size does",
        Borrow(5, "USDC", 200 * USD),
        *settled(_DAY + 10),
    ),
    _GROUP.accept(
        "ST-6-034",
        "with rates of zero nothing is earned",
        pool_with(base_rate=0, slope_low=0, slope_high=0),
        *settled(YEAR),
    ),
    _GROUP.accept(
        "ST-6-035",
        "with a reserve fee of one the lender earns nothing",
        pool_with(reserve_fee=RATIO),
        *settled(_DAY),
    ),
    _GROUP.accept(
        "ST-6-036",
        "without a reserve fee the lenders earn all",
        pool_with(reserve_fee=0),
        *settled(_DAY),
    ),
    Group("settlement_bare", _OWED).accept(
        "ST-6-037", "alone in the pool, both at the highest rate", *settled(HOUR)
    ),
    Group(
        "settlement",
        (
            *virtual(2, 3),
            *opened(2, 3, 100),
            *opened(3, 2, 10, 10 * USD, OTHER),
            mark(2 * USD),
            *moved(20 * USD, 10, OTHER),
        ),
    ).accept(
        "ST-6-038",
        "opposite results of one account bear the difference of the rates",
        *settled(_DAY),
    ),
)

_NOTED: Final[tuple[Case, ...]] = (
    _GROUP.accept(
        "ST-6-050", "a trade notes no interest", AdvanceTime(_DAY), *opened(2, 3, 10, 3 * USD)
    ),
    _GROUP.accept(
        "ST-6-051",
        "a trade, then the settlement that notes it",
        AdvanceTime(_DAY),
        *opened(2, 3, 10, 3 * USD),
        *settled(_DAY + 10),
    ),
    _GROUP.accept(
        "ST-6-052",
        "a closed position: its interest is in what is released",
        AdvanceTime(_DAY),
        *opened(3, 2, 100, 3 * USD),
        *settled(_DAY + 10),
    ),
    _GROUP.accept(
        "ST-6-053",
        "both turn automatic after a day: the interest is paid with the debt",
        AdvanceTime(_DAY),
        settings(2),
        settings(3),
        *settled(_DAY + 10),
    ),
    _GROUP.accept(
        "ST-6-054",
        "a market settled for the last time after a day",
        AdvanceTime(_DAY),
        *delisted(3 * USD),
        *settled(_DAY + 10),
    ),
    _GROUP.trace(
        "ST-6-055",
        "all is given back: what is left is the interest",
        *moved(USD, _DAY),
        *settled(_DAY + 10),
        why=Why.CONSERVATION,
    ),
    _GROUP.trace(
        "ST-6-056",
        "a part is given back: the interest before is noted once",
        *moved(2 * USD, _DAY),
        *settled(2 * _DAY),
        why=Why.CONSERVATION,
    ),
    _GROUP.trace(
        "ST-6-057",
        "the sides change after a day, and again after another",
        *moved(USD // 2, _DAY),
        *moved(2 * USD, 2 * _DAY),
        *moved(USD, 3 * _DAY),
        why=Why.CONSERVATION,
    ),
    Group("settlement_hourly", (*virtual(2, 3), *opened(2, 3, 100))).trace(
        "ST-6-058",
        "flat before the hour, and the hour's interest is avoided by both",
        *_UP,
        *opened(3, 2, 100, 3 * USD),
        *settled(HOUR - 10),
        *settled(HOUR),
        why=Why.ATTACK,
    ),
)

CASES: Final[tuple[Case, ...]] = (*_TIMES, *_ORDER, *_SPREAD, *_NOTED)
