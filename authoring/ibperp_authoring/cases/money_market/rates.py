"""Cases of utilization and rates (MM-3, MM-4, MM-5)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import AdvanceTime, Borrow, Deposit, Lend, Repay
from ibperp.numbers import RATIO
from ibperp_authoring.cases.builder import Case, Group, Why
from ibperp_authoring.cases.setups import MAX, USD, YEAR, pool_with

_FUNDED: Final = Group("funded")

_RATE: Final = Group("kink", why=Why.BOUNDARY, clauses=("MM-3", "MM-6"))

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
    Group(
        "listed",
        (
            pool_with(
                open_borrow_lend_limit=MAX,
                base_rate=0,
                slope_low=0,
                slope_high=1,
                throttle_utilization=RATIO,
                max_utilization=RATIO,
            ),
            Deposit(4, "USDC", "solana", 1, 10**30),
            Lend(4, "USDC", 10**30),
            Deposit(3, "SOL", "solana", 2, 10**33),
            Borrow(3, "USDC", 9 * 10**29),
        ),
        Why.ROUNDING,
    ).accept("MM-4-010", "above the optimum a rate is rounded up, too", AdvanceTime(YEAR)),
)


CASES: Final[tuple[Case, ...]] = (*RATES,)
