"""Cases of the throttle (MM-9)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import AdvanceTime, Borrow, Lend, Redeem, Repay
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Refused, Why
from ibperp_authoring.cases.setups import USD, YEAR, pool_with

_MARKET: Final = Group("market")

_THROTTLE: Final = Group("strained", clauses=("MM-6",))

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
    Group("strained", (pool_with(base_rate=0, slope_low=0, slope_high=0),), Why.BOUNDARY).accept(
        "MM-9-016", "exactly at the throttle utilization the bound rises", AdvanceTime(60)
    ),
)


CASES: Final[tuple[Case, ...]] = (*THROTTLE,)
