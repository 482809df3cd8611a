"""Cases of time and interest (MM-6)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Action, AdvanceTime, Borrow, Lend, Repay
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Why
from ibperp_authoring.cases.setups import HOUR, MAX, USD, YEAR, pool_with

_MARKET: Final = Group("market")
_EDGE: Final = Group("market", why=Why.BOUNDARY)
_FUNDED: Final = Group("funded")
_HOURLY: Final = Group("hourly", clauses=("MM-6",))


def _seconds(first: int, count: int) -> tuple[Action, ...]:
    return tuple(AdvanceTime(first + index) for index in range(count))


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


CASES: Final[tuple[Case, ...]] = (*TIME,)
