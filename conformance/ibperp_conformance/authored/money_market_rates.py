"""Cases of the money market chapter: utilization, rates, interest, entry fee and throttle."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    Lend,
    Redeem,
    Repay,
    SetPoolParameters,
    Transfer,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import BookState
from ibperp_conformance.authored.builder import Case, Group, Refused, Why
from ibperp_conformance.authored.setups import HOUR, MAX, PERCENT, POOL, USD, YEAR

# fmt: off - a case is a row of a table.

_MARKET: Final = Group("market")
_EDGE: Final = Group("market", why=Why.BOUNDARY)
_FUNDED: Final = Group("funded")
_HOURLY: Final = Group("hourly", clauses=("MM-6",))
_RATE: Final = Group("kink", why=Why.BOUNDARY, clauses=("MM-3", "MM-6"))
_THROTTLE: Final = Group("strained", clauses=("MM-6",))


def _pool(**changes: Any) -> SetPoolParameters:
    return SetPoolParameters("USDC", replace(POOL, **changes))


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
        _pool(throttle_utilization=RATIO, max_utilization=RATIO),
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
        "MM-4-007", "a curve of no slope", _pool(slope_low=0, slope_high=0), AdvanceTime(YEAR)
    ),
    _RATE.accept(
        "MM-4-008",
        "a curve of zero charges nothing",
        _pool(base_rate=0, slope_low=0, slope_high=0),
        AdvanceTime(YEAR),
    ),
    _RATE.accept(
        "MM-4-009",
        "the steepest curve",
        _pool(base_rate=100 * RATIO, slope_low=100 * RATIO, slope_high=100 * RATIO),
        AdvanceTime(YEAR),
    ),
    _RATE.accept(
        "MM-5-001",
        "all of the interest may go to the reserve",
        _pool(reserve_fee=RATIO),
        AdvanceTime(YEAR),
    ),
    _RATE.accept(
        "MM-5-002",
        "none of the interest may go to the reserve",
        _pool(reserve_fee=0),
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
        _pool(base_rate=100 * RATIO),
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
        _pool(open_borrow_lend_limit=500_001_714),
        accepted=Borrow(3, "USDC", 100 * USD),
        refused=Borrow(3, "USDC", 100 * USD + 1),
        code=R.BORROW_LIMIT,
        why=Why.BOUNDARY,
    ),
    _HOURLY.accept(
        "MM-7-009",
        "in a pool whose reserve takes all, the fee is the reserve's",
        _pool(reserve_fee=RATIO),
        Borrow(3, "USDC", 100 * USD),
    ),
)

THROTTLE: Final[tuple[Case, ...]] = (
    _THROTTLE.accept("MM-9-001", "one interval moves the bound half way", AdvanceTime(60)),
    _THROTTLE.accept("MM-9-002", "two intervals move it three quarters", AdvanceTime(120)),
    _THROTTLE.accept(
        "MM-9-003", "a second before the interval it stays", AdvanceTime(59), why=Why.BOUNDARY
    ),
    _THROTTLE.trace(
        "MM-9-004",
        "two steps of an interval move it as one step of two",
        AdvanceTime(60),
        AdvanceTime(120),
    ),
    _THROTTLE.reject(
        "MM-9-005",
        "at the bound not one atom is borrowed",
        Borrow(3, "USDC", 1),
        code=R.UTILIZATION_THROTTLED,
        twin="MM-9-006",
        why=Why.BOUNDARY,
    ),
    _THROTTLE.accept(
        "MM-9-006",
        "after an interval there is room again",
        AdvanceTime(60),
        Borrow(3, "USDC", 39 * USD),
        why=Why.BOUNDARY,
    ),
    _THROTTLE.reject(
        "MM-9-007",
        "but not beyond the moved bound",
        AdvanceTime(60),
        Borrow(3, "USDC", 41 * USD),
        code=R.UTILIZATION_THROTTLED,
        twin="MM-9-006",
        why=Why.BOUNDARY,
    ),
    _THROTTLE.accept(
        "MM-9-008", "many intervals come close to the maximum and no further", AdvanceTime(YEAR)
    ),
    _THROTTLE.trace(
        "MM-9-009",
        "below the throttle the bound falls back at the interval",
        AdvanceTime(60),
        Repay(3, "USDC", 100 * USD),
        AdvanceTime(119),
        AdvanceTime(120),
    ),
    _MARKET.accept(
        "MM-9-010", "below the throttle the bound stays", AdvanceTime(60), why=Why.BOUNDARY
    ),
    _THROTTLE.accept("MM-9-011", "a repayment is taken at the bound", Repay(3, "USDC", 1)),
    _THROTTLE.accept("MM-9-012", "a lend is taken at the bound", Lend(2, "USDC", 1)),
    _THROTTLE.trace(
        "MM-9-013",
        "a fraction of zero never opens",
        _pool(throttle_fraction=0),
        AdvanceTime(600),
        Refused(Borrow(3, "USDC", 1), R.UTILIZATION_THROTTLED),
    ),
    _THROTTLE.trace(
        "MM-9-014",
        "a fraction of one opens to the maximum at once",
        _pool(throttle_fraction=RATIO),
        AdvanceTime(60),
        Borrow(3, "USDC", 79 * USD),
        Refused(Borrow(3, "USDC", 2 * USD), R.MAX_UTILIZATION),
    ),
    _THROTTLE.trace(
        "MM-9-015",
        "redeeming in small parts passes no bound",
        AdvanceTime(60),
        Redeem(4, "USDC", 30 * USD),
        Refused(Redeem(4, "USDC", 30 * USD), R.UTILIZATION_THROTTLED),
        Refused(Redeem(4, "USDC", 16 * USD), R.UTILIZATION_THROTTLED),
        why=Why.ATTACK,
    ),
)

PARAMETERS: Final[tuple[Case, ...]] = (
    _MARKET.accept(
        "MM-16-001",
        "a new curve holds from the next second",
        _pool(base_rate=50 * PERCENT),
        AdvanceTime(YEAR),
    ),
    *_MARKET.refusals(
        "MM-16-001",
        ("MM-16-002", "an unknown asset", SetPoolParameters("BTC", POOL), R.ASSET_UNKNOWN),
        ("MM-16-003", "a base rate below zero", _pool(base_rate=-1), R.PARAMETER_INVALID),
        ("MM-16-004", "a slope below zero", _pool(slope_low=-1), R.PARAMETER_INVALID),
        (
            "MM-16-005",
            "a knot above the throttle",
            _pool(optimal_utilization=85 * PERCENT + 1),
            R.PARAMETER_INVALID,
        ),
        (
            "MM-16-006",
            "a maximum below the throttle",
            _pool(max_utilization=85 * PERCENT - 1),
            R.PARAMETER_INVALID,
        ),
        (
            "MM-16-007",
            "a fraction above one",
            _pool(throttle_fraction=RATIO + 1),
            R.PARAMETER_INVALID,
        ),
        ("MM-16-008", "a reserve fee below zero", _pool(reserve_fee=-1), R.PARAMETER_INVALID),
        ("MM-16-009", "a limit below zero", _pool(open_borrow_lend_limit=-1), R.PARAMETER_INVALID),
    ),
    _MARKET.reject(
        "MM-16-010",
        "a broken law goes before an unknown asset",
        SetPoolParameters("BTC", replace(POOL, base_rate=-1)),
        code=R.PARAMETER_INVALID,
        twin="MM-16-001",
        why=Why.PRECEDENCE,
    ),
    _THROTTLE.accept(
        "MM-16-011",
        "a higher throttle lifts the bound",
        _pool(throttle_utilization=90 * PERCENT),
        why=Why.BOUNDARY,
    ),
    _THROTTLE.accept(
        "MM-16-012",
        "a lower maximum takes the bound down",
        AdvanceTime(600),
        _pool(max_utilization=86 * PERCENT),
        why=Why.BOUNDARY,
    ),
    _THROTTLE.accept(
        "MM-16-013",
        "within the new range the bound stays",
        AdvanceTime(60),
        _pool(throttle_utilization=86 * PERCENT),
    ),
    _MARKET.accept(
        "MM-16-014",
        "a maximum below the present utilization is taken",
        _pool(
            optimal_utilization=10 * PERCENT,
            throttle_utilization=20 * PERCENT,
            max_utilization=30 * PERCENT,
        ),
    ),
    _MARKET.trace(
        "MM-16-015",
        "above the new maximum only what lowers utilization is taken",
        _pool(
            optimal_utilization=10 * PERCENT,
            throttle_utilization=20 * PERCENT,
            max_utilization=30 * PERCENT,
        ),
        Refused(Borrow(3, "USDC", 1), R.MAX_UTILIZATION),
        Refused(Redeem(4, "USDC", 1), R.MAX_UTILIZATION),
        Repay(3, "USDC", 1),
        Lend(2, "USDC", 1),
    ),
    _MARKET.accept(
        "MM-16-016", "a book is closed by its parameters", _pool(book_state=BookState.CLOSED)
    ),
)

CASES: Final[tuple[Case, ...]] = (*RATES, *TIME, *ENTRY, *THROTTLE, *PARAMETERS)
