"""Cases of the money market chapter: utilization, rates, interest, entry fee."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Action, AdvanceTime, Borrow, Lend, Repay, Transfer
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Why
from ibperp_authoring.cases.setups import HOUR, MAX, USD, YEAR, pool_with

_MARKET: Final = Group("market")
_EDGE: Final = Group("market", why=Why.BOUNDARY)
_FUNDED: Final = Group("funded")
_HOURLY: Final = Group("hourly", clauses=("MM-6",))
_RATE: Final = Group("kink", why=Why.BOUNDARY, clauses=("MM-3", "MM-6"))
_THROTTLE: Final = Group("strained", clauses=("MM-6",))


def _seconds(first: int, count: int) -> tuple[Action, ...]:
    return tuple(AdvanceTime(first + index) for index in range(count))


RATES: Final[tuple[Case, ...]] = (
    Group("market", clauses=("MM-6", "MM-5")).accept(
        "MM-3-001", "half utilization for a year", AdvanceTime(YEAR)
    ),
    _FUNDED.accept("MM-3-002", "an empty pool has a utilization of zero", AdvanceTime(YEAR)),
    _FUNDED.accept(
        "MM-3-003",
        "a pool without a debt earns nothing",
        Lend(4, "USDC", 800 * USD),
        AdvanceTime(YEAR),
    ),
    Group("funded", why=Why.ROUNDING, clauses=("MM-6", "MM-4")).accept(
        "MM-3-004",
        "a utilization of one third is rounded up",
        Lend(4, "USDC", 3 * USD),
        Borrow(3, "USDC", 1 * USD),
        AdvanceTime(YEAR),
    ),
    _RATE.accept("MM-4-001", "at the knot", AdvanceTime(YEAR)),
    _RATE.accept("MM-4-002", "one atom below the knot", Repay(3, "USDC", 1), AdvanceTime(YEAR)),
    _RATE.accept("MM-4-003", "one atom above the knot", Borrow(3, "USDC", 1), AdvanceTime(YEAR)),
    _RATE.accept("MM-4-004", "at the throttle", Borrow(3, "USDC", 40 * USD), AdvanceTime(YEAR)),
    _RATE.accept(
        "MM-4-005",
        "at full utilization",
        pool_with(throttle_utilization=RATIO, max_utilization=RATIO),
        Borrow(3, "USDC", 160 * USD),
        AdvanceTime(YEAR),
    ),
    Group("funded", why=Why.ROUNDING, clauses=("MM-3", "MM-6")).accept(
        "MM-4-006",
        "one atom owed of three lent, for a year",
        Lend(4, "USDC", 3),
        Borrow(3, "USDC", 1),
        AdvanceTime(YEAR),
    ),
    _RATE.accept(
        "MM-4-007", "a curve of no slope", pool_with(slope_low=0, slope_high=0), AdvanceTime(YEAR)
    ),
    _RATE.accept(
        "MM-4-008",
        "a curve of zero charges nothing",
        pool_with(base_rate=0, slope_low=0, slope_high=0),
        AdvanceTime(YEAR),
    ),
    _RATE.accept(
        "MM-4-009",
        "the steepest curve",
        pool_with(base_rate=100 * RATIO, slope_low=100 * RATIO, slope_high=100 * RATIO),
        AdvanceTime(YEAR),
    ),
    _RATE.accept(
        "MM-5-001",
        "all of the interest may go to the reserve",
        pool_with(reserve_fee=RATIO),
        AdvanceTime(YEAR),
    ),
    _RATE.accept(
        "MM-5-002",
        "none of the interest may go to the reserve",
        pool_with(reserve_fee=0),
        AdvanceTime(YEAR),
    ),
)

TIME: Final[tuple[Case, ...]] = (
    _MARKET.accept("MM-6-001", "one second", AdvanceTime(1)),
    *_MARKET.refusals(
        "MM-6-001",
        ("MM-6-002", "the same time", AdvanceTime(0), R.TIME_NOT_LATER),
        ("MM-6-003", "a time below zero", AdvanceTime(-1), R.TIME_NOT_LATER),
        ("MM-6-004", "a time out of range", AdvanceTime(MAX + 1), R.OUT_OF_RANGE),
    ),
    Group("aged").reject(
        "MM-6-005",
        "an earlier time",
        AdvanceTime(YEAR // 3 + 6),
        code=R.TIME_NOT_LATER,
        twin="MM-6-006",
        why=Why.BOUNDARY,
    ),
    Group("aged").accept(
        "MM-6-006", "the next second", AdvanceTime(YEAR // 3 + 8), why=Why.BOUNDARY
    ),
    _EDGE.accept("MM-6-007", "a gap of a thousand years", AdvanceTime(1000 * YEAR), why=Why.ATTACK),
    _EDGE.trace(
        "MM-6-008",
        "after a huge gap a repayment still works",
        AdvanceTime(1000 * YEAR),
        Repay(3, "USDC", 400 * USD),
        why=Why.ATTACK,
    ),
    _EDGE.reject(
        "MM-6-009",
        "a gap that takes the debt out of the range",
        pool_with(base_rate=100 * RATIO),
        AdvanceTime(MAX),
        code=R.OUT_OF_RANGE,
        twin="MM-6-007",
        why=Why.ATTACK,
    ),
    _FUNDED.accept(
        "MM-6-010", "without a debt the last second of all", AdvanceTime(MAX), why=Why.BOUNDARY
    ),
    Group("funded", why=Why.ROUNDING).trace(
        "MM-6-011",
        "a thousand times one second on a debt of one atom",
        Lend(4, "USDC", 2),
        Borrow(3, "USDC", 1),
        *_seconds(1, 1000),
    ),
    Group("funded", why=Why.ROUNDING).trace(
        "MM-6-012",
        "once a thousand seconds: the same, to the last fraction",
        Lend(4, "USDC", 2),
        Borrow(3, "USDC", 1),
        AdvanceTime(1000),
    ),
    Group("market", why=Why.ROUNDING).trace(
        "MM-6-013",
        "the fraction of an atom is kept from step to step",
        AdvanceTime(1),
        AdvanceTime(2),
        AdvanceTime(3),
        AdvanceTime(5),
        AdvanceTime(8),
    ),
    Group("market", why=Why.ROUNDING).accept("MM-6-014", "eight seconds at once", AdvanceTime(8)),
    Group("kink", why=Why.ROUNDING).trace(
        "MM-6-015", "one second: a fee on one atom goes to the reserve whole", *_seconds(1, 4)
    ),
    _MARKET.trace(
        "MM-6-016",
        "interest runs at the utilization before the step",
        AdvanceTime(YEAR),
        AdvanceTime(2 * YEAR),
        why=Why.CONSERVATION,
    ),
    Group("hourly", why=Why.BOUNDARY, clauses=("MM-7", "MM-8")).accept(
        "MM-13-028",
        "a borrow whose fee just keeps the throttle bound",
        Borrow(3, "USDC", 279_999_258),
    ),
    Group("hourly", why=Why.BOUNDARY, clauses=("MM-7", "MM-8")).reject(
        "MM-13-029",
        "one atom more passes it, as the reserve's part of the fee is not lent",
        Borrow(3, "USDC", 279_999_259),
        code=R.UTILIZATION_THROTTLED,
        twin="MM-13-028",
    ),
    _HOURLY.accept(
        "MM-6-020",
        "one second before the hour nothing is charged",
        AdvanceTime(HOUR - 1),
        why=Why.BOUNDARY,
    ),
    _HOURLY.accept(
        "MM-6-021", "on the hour the hour is charged", AdvanceTime(HOUR), why=Why.BOUNDARY
    ),
    _HOURLY.accept(
        "MM-6-022",
        "one second after the hour no more is charged",
        AdvanceTime(HOUR + 1),
        why=Why.BOUNDARY,
    ),
    _HOURLY.trace(
        "MM-6-023", "two half hours are one hour", AdvanceTime(HOUR // 2), AdvanceTime(HOUR)
    ),
    _HOURLY.accept("MM-6-024", "two hours in one step", AdvanceTime(2 * HOUR)),
    _HOURLY.trace(
        "MM-6-025", "two hours in two steps compound", AdvanceTime(HOUR), AdvanceTime(2 * HOUR)
    ),
)

ENTRY: Final[tuple[Case, ...]] = (
    _HOURLY.accept(
        "MM-7-001",
        "on the hour a borrow pays for a whole hour",
        Borrow(3, "USDC", 100 * USD),
        why=Why.BOUNDARY,
    ),
    _HOURLY.accept(
        "MM-7-002",
        "a second before the hour it pays for a second",
        AdvanceTime(HOUR - 1),
        Borrow(3, "USDC", 100 * USD),
        why=Why.BOUNDARY,
    ),
    _HOURLY.accept(
        "MM-7-003", "half an hour", AdvanceTime(HOUR // 2), Borrow(3, "USDC", 100 * USD)
    ),
    _HOURLY.accept(
        "MM-7-004", "the fee of one atom is one atom", Borrow(3, "USDC", 1), why=Why.ROUNDING
    ),
    _MARKET.accept(
        "MM-7-005", "without an entry fee a borrow owes itself", Borrow(3, "USDC", 100 * USD)
    ),
    _HOURLY.trace(
        "MM-7-006",
        "borrow and repay within the hour costs the fee",
        Transfer(2, 3, "USDC", USD),
        Borrow(3, "USDC", 10 * USD),
        Repay(3, "USDC", None),
        why=Why.ATTACK,
    ),
    *_HOURLY.pair(
        ("MM-7-007", "MM-7-008"),
        ("debt and fee reach the limit", "the fee passes the limit"),
        pool_with(open_borrow_lend_limit=500_001_714),
        accepted=Borrow(3, "USDC", 100 * USD),
        refused=Borrow(3, "USDC", 100 * USD + 1),
        code=R.BORROW_LIMIT,
        why=Why.BOUNDARY,
    ),
    _HOURLY.accept(
        "MM-7-009",
        "in a pool whose reserve takes all, the fee is the reserve's",
        pool_with(reserve_fee=RATIO),
        Borrow(3, "USDC", 100 * USD),
    ),
)

CASES: Final[tuple[Case, ...]] = (*RATES, *TIME, *ENTRY)
