"""Cases of the pool identity, and of attacks on the price of shares (MM-1, MM-2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    Deposit,
    Lend,
    Redeem,
    Repay,
    SetPoolParameters,
    Transfer,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, withdraw
from ibperp_authoring.cases.setups import COIN, POOL, USD, YEAR

_EMPTY: Final = Group("listed", why=Why.ATTACK)
_FUNDED: Final = Group("funded", why=Why.ATTACK)
_MARKET: Final = Group("market", why=Why.CONSERVATION)
_AGED: Final = Group("aged", why=Why.ATTACK)


def _rounds(count: int, *actions: Action) -> tuple[Action, ...]:
    return actions * count


CASES: Final[tuple[Case, ...]] = (
    _MARKET.trace(
        "MM-1-001",
        "a pool's life keeps cash + borrowed = lent + reserve",
        Lend(2, "USDC", 123_456_789),
        AdvanceTime(YEAR),
        Borrow(3, "USDC", 17),
        Redeem(2, "USDC", 23_456_789),
        AdvanceTime(YEAR + 1),
        Repay(3, "USDC", 41),
        AdvanceTime(2 * YEAR),
        Redeem(2, "USDC", None),
    ),
    _MARKET.trace(
        "MM-1-002",
        "what all lenders leave behind is the reserve's or stays as dust",
        AdvanceTime(YEAR),
        Transfer(2, 3, "USDC", 500 * USD),
        Repay(3, "USDC", None),
        Redeem(4, "USDC", None),
    ),
    _EMPTY.trace(
        "MM-2-001",
        "inflating an empty pool: a lend of one atom, then a large one",
        Deposit(2, "USDC", "solana", 1, 1),
        Lend(2, "USDC", 1),
        Deposit(4, "USDC", "solana", 2, 1000 * USD),
        Lend(4, "USDC", 1000 * USD),
        Redeem(2, "USDC", None),
        Redeem(4, "USDC", None),
    ),
    _EMPTY.trace(
        "MM-2-002",
        "a donation by deposit changes no share price",
        Deposit(2, "USDC", "solana", 1, 1),
        Lend(2, "USDC", 1),
        Deposit(2, "USDC", "solana", 2, 1000 * USD),
        Deposit(0, "USDC", "solana", 3, 1000 * USD),
        Deposit(4, "USDC", "solana", 4, 10),
        Lend(4, "USDC", 10),
        Redeem(4, "USDC", None),
    ),
    _EMPTY.trace(
        "MM-2-003",
        "a donation through interest: little is left to the one who paid",
        Deposit(2, "USDC", "solana", 1, 3),
        Lend(2, "USDC", 3),
        Deposit(3, "SOL", "solana", 2, COIN),
        Borrow(3, "USDC", 2),
        AdvanceTime(100 * YEAR),
        Deposit(4, "USDC", "solana", 3, 1000 * USD),
        Lend(4, "USDC", 999_999_999),
        Redeem(4, "USDC", 999_999_000),
    ),
    _FUNDED.trace(
        "MM-2-004",
        "a loop of one atom gains nothing",
        *_rounds(20, Lend(2, "USDC", 1), Redeem(2, "USDC", 1)),
    ),
    _AGED.trace(
        "MM-2-005",
        "a loop of one atom after interest gains nothing",
        Lend(2, "USDC", 10),
        Redeem(2, "USDC", 9),
        Refused(Redeem(2, "USDC", 1), R.INSUFFICIENT_LEND),
    ),
    _AGED.trace(
        "MM-2-006",
        "a loop of borrowing and repaying one atom gains nothing",
        *_rounds(10, Borrow(3, "USDC", 1), Repay(3, "USDC", 1)),
    ),
    _AGED.trace(
        "MM-2-007",
        "many redemptions of one atom take no more than one of many",
        *_rounds(15, Redeem(4, "USDC", 1)),
    ),
    _AGED.accept("MM-2-008", "one redemption of many atoms", Redeem(4, "USDC", 15)),
    _AGED.trace(
        "MM-2-009",
        "lend all, redeem all: at most what was lent",
        Lend(2, "USDC", 333),
        Redeem(2, "USDC", None),
    ),
    _AGED.trace(
        "MM-2-010",
        "borrow, repay all: at least what was borrowed",
        Transfer(2, 3, "USDC", 200 * USD),
        Borrow(3, "USDC", 7),
        Repay(3, "USDC", None),
    ),
    _FUNDED.trace(
        "MM-2-011",
        "a pool that was emptied starts again",
        Lend(2, "USDC", 5),
        Redeem(2, "USDC", None),
        Lend(4, "USDC", 7),
        Redeem(4, "USDC", None),
    ),
    _AGED.trace(
        "MM-2-012",
        "a pool emptied after interest is not worth more to the next lender",
        Transfer(2, 3, "USDC", 200 * USD),
        Repay(3, "USDC", None),
        Redeem(4, "USDC", None),
        Lend(2, "USDC", 10),
        Redeem(2, "USDC", None),
    ),
    _FUNDED.trace(
        "MM-2-013",
        "the last atom of a debt can be repaid",
        Lend(4, "USDC", 10),
        Borrow(3, "USDC", 3),
        AdvanceTime(YEAR),
        Repay(3, "USDC", 1),
        Repay(3, "USDC", 1),
        Transfer(2, 3, "USDC", 9),
        Repay(3, "USDC", None),
    ),
    _AGED.trace(
        "MM-2-014",
        "a withdrawal that redeems and fails gives no second claim",
        withdraw(4, "USDC", "ethereum", 250 * USD, redeem=True),
    ),
    Group("market", why=Why.ATTACK).trace(
        "MM-2-015",
        "a pool drained to full utilization keeps its lenders' claims",
        SetPoolParameters("USDC", replace(POOL, throttle_utilization=RATIO, max_utilization=RATIO)),
        Borrow(3, "USDC", 400 * USD),
        Refused(Redeem(4, "USDC", None), R.INSUFFICIENT_SUPPLY),
        Refused(Borrow(3, "USDC", 1), R.INSUFFICIENT_SUPPLY),
        AdvanceTime(60),
        Lend(2, "USDC", USD),
        Redeem(4, "USDC", 1),
    ),
)
