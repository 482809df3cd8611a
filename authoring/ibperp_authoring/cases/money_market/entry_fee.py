"""Cases of the entry fee (MM-7)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import AdvanceTime, Borrow, Repay, Transfer
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Why
from ibperp_authoring.cases.setups import HOUR, USD, pool_with

_MARKET: Final = Group("market")

_HOURLY: Final = Group("hourly", clauses=("MM-6",))

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
    _HOURLY.trace(
        "MM-7-010",
        "what was paid for and repaid is borrowed without a fee until the interval ends, no longer",
        Repay(3, "USDC", 100 * USD),
        AdvanceTime(HOUR),
        Repay(3, "USDC", 50 * USD),
        Borrow(3, "USDC", 140 * USD),
        why=Why.BOUNDARY,
    ),
)


CASES: Final[tuple[Case, ...]] = (*ENTRY,)
