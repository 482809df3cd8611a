"""Cases of new pool parameters (MM-16)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import AdvanceTime, Borrow, Lend, Redeem, Repay, SetPoolParameters
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import BookState
from ibperp_authoring.cases.builder import Case, Group, Refused, Why
from ibperp_authoring.cases.setups import PERCENT, POOL, YEAR, pool_with

_MARKET: Final = Group("market")

_THROTTLE: Final = Group("strained", clauses=("MM-6",))

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


CASES: Final[tuple[Case, ...]] = (*PARAMETERS,)
