"""Cases of the money market chapter: the throttle, and new pool parameters."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import Action, AdvanceTime, Borrow, Lend, Redeem, Repay, SetPoolParameters
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import BookState
from ibperp_authoring.cases.builder import Case, Group, Refused, Why
from ibperp_authoring.cases.setups import PERCENT, POOL, USD, YEAR, pool_with

_MARKET: Final = Group("market")
_EDGE: Final = Group("market", why=Why.BOUNDARY)
_FUNDED: Final = Group("funded")
_HOURLY: Final = Group("hourly", clauses=("MM-6",))
_RATE: Final = Group("kink", why=Why.BOUNDARY, clauses=("MM-3", "MM-6"))
_THROTTLE: Final = Group("strained", clauses=("MM-6",))


def _seconds(first: int, count: int) -> tuple[Action, ...]:
    return tuple(AdvanceTime(first + index) for index in range(count))


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
        pool_with(throttle_fraction=0),
        AdvanceTime(600),
        Refused(Borrow(3, "USDC", 1), R.UTILIZATION_THROTTLED),
    ),
    _THROTTLE.trace(
        "MM-9-014",
        "a fraction of one opens to the maximum at once",
        pool_with(throttle_fraction=RATIO),
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
        pool_with(base_rate=50 * PERCENT),
        AdvanceTime(YEAR),
    ),
    *_MARKET.refusals(
        "MM-16-001",
        ("MM-16-002", "an unknown asset", SetPoolParameters("BTC", POOL), R.ASSET_UNKNOWN),
        ("MM-16-003", "a base rate below zero", pool_with(base_rate=-1), R.PARAMETER_INVALID),
        ("MM-16-004", "a slope below zero", pool_with(slope_low=-1), R.PARAMETER_INVALID),
        (
            "MM-16-005",
            "a knot above the throttle",
            pool_with(optimal_utilization=85 * PERCENT + 1),
            R.PARAMETER_INVALID,
        ),
        (
            "MM-16-006",
            "a maximum below the throttle",
            pool_with(max_utilization=85 * PERCENT - 1),
            R.PARAMETER_INVALID,
        ),
        (
            "MM-16-007",
            "a fraction above one",
            pool_with(throttle_fraction=RATIO + 1),
            R.PARAMETER_INVALID,
        ),
        ("MM-16-008", "a reserve fee below zero", pool_with(reserve_fee=-1), R.PARAMETER_INVALID),
        (
            "MM-16-009",
            "a limit below zero",
            pool_with(open_borrow_lend_limit=-1),
            R.PARAMETER_INVALID,
        ),
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
        pool_with(throttle_utilization=90 * PERCENT),
        why=Why.BOUNDARY,
    ),
    _THROTTLE.accept(
        "MM-16-012",
        "a lower maximum takes the bound down",
        AdvanceTime(600),
        pool_with(max_utilization=86 * PERCENT),
        why=Why.BOUNDARY,
    ),
    _THROTTLE.accept(
        "MM-16-013",
        "within the new range the bound stays",
        AdvanceTime(60),
        pool_with(throttle_utilization=86 * PERCENT),
    ),
    _MARKET.accept(
        "MM-16-014",
        "a maximum below the present utilization is taken",
        pool_with(
            optimal_utilization=10 * PERCENT,
            throttle_utilization=20 * PERCENT,
            max_utilization=30 * PERCENT,
        ),
    ),
    _MARKET.trace(
        "MM-16-015",
        "above the new maximum only what lowers utilization is taken",
        pool_with(
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
        "MM-16-016", "a book is closed by its parameters", pool_with(book_state=BookState.CLOSED)
    ),
)

CASES: Final[tuple[Case, ...]] = (
    *THROTTLE,
    *PARAMETERS,
)
