"""Cases of the lines of a portfolio (PF-1)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import (
    AdvanceTime,
    Borrow,
    CancelOrder,
    FailWithdrawal,
    Lend,
    Repay,
    SetPrice,
    Transfer,
)
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Why, ask, withdraw
from ibperp_authoring.cases.setups import COIN, USD, YEAR

_MARKET: Final = Group("market")
_LENT: Final = Group("funded", (Lend(3, "SOL", 9 * COIN),))

_POOR: Final = Group("market", (Transfer(3, 2, "USDC", 400 * USD),))
"""Account 3 owes 400 dollars and holds 10 SOL that count for 900."""

LINES: Final[tuple[Case, ...]] = (
    _POOR.accept(
        "PF-1-001",
        "a lend is collateral as free balance is",
        Lend(3, "SOL", 10 * COIN),
        Borrow(3, "USDC", 100 * USD),
    ),
    _MARKET.accept(
        "PF-1-002",
        "an account without an exposure has no portfolio to report",
        Repay(3, "USDC", None),
    ),
    _MARKET.accept(
        "PF-1-013",
        "who only lends has no exposure: all that is free leaves, whatever prices do",
        SetPrice("USDC", 1),
        withdraw(4, "USDC", "ethereum", 200 * USD),
    ),
    _LENT.accept(
        "PF-1-003", "what is borrowed and kept is held and owed", Borrow(2, "SOL", 2 * COIN)
    ),
    _LENT.accept(
        "PF-1-004",
        "debts of two assets add up",
        Lend(4, "USDC", 800 * USD),
        Borrow(2, "SOL", 2 * COIN),
        Borrow(2, "USDC", 100 * USD),
    ),
    _MARKET.accept(
        "PF-1-005", "interest is owed as it is charged", AdvanceTime(YEAR), why=Why.ROUNDING
    ),
    Group("aged", why=Why.ROUNDING, clauses=("MM-2",)).accept(
        "PF-1-006",
        "a lend is held at what it could redeem, rounded down",
        Lend(2, "USDC", 333_333_333),
        Lend(3, "SOL", COIN),
        Borrow(2, "SOL", 10),
    ),
    _MARKET.accept(
        "PF-1-007",
        "a pending withdrawal is held no longer",
        withdraw(3, "USDC", "solana", 100 * USD),
    ),
    _MARKET.accept(
        "PF-1-008",
        "a failed withdrawal is held again",
        withdraw(3, "USDC", "solana", 100 * USD),
        FailWithdrawal(0),
    ),
    *Group("market", (Transfer(3, 2, "SOL", 9_500_000_000),), clauses=("PF-8",)).pair(
        ("PF-1-009", "PF-1-010"),
        (
            "an account borrows on what it holds itself",
            "what another account of the user holds counts for nothing",
        ),
        accepted=Borrow(2, "USDC", 100 * USD),
        refused=Borrow(3, "USDC", 100 * USD),
        code=R.INSUFFICIENT_MARGIN,
    ),
    Group("spot").accept(
        "PF-1-011",
        "an order that could lose nothing brings a portfolio without an exposure",
        ask(3, 100, 1_000_000),
    ),
    Group("spot").accept(
        "PF-1-012",
        "an account without an open order reports a portfolio no longer",
        ask(3, 100, 1_000_000),
        CancelOrder(3, 0),
    ),
)


CASES: Final[tuple[Case, ...]] = (*LINES,)
