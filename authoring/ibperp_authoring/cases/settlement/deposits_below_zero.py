"""Cases of a deposit into an account with a negative balance (ST-8)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Action, CreateAccount, Deposit, Transfer
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, settings, withdraw
from ibperp_authoring.cases.settlement.setups import moved, opened, settled
from ibperp_authoring.cases.setups import COIN, USD


def _pays(amount: int, sequence: int = 7) -> Action:
    """Let account 5 have `amount` atoms to pay with."""
    return Deposit(5, "USDC", "solana", sequence, amount)


_GAIN: Final = moved(2 * USD, 10)
"""A lot gains one USDC."""

_OWES: Final = Group("settlement", (*opened(2, 5, 30), *_GAIN))
"""Account 5 owes 30 USDC, and account 2 waits for them."""

_DEPOSITS: Final[tuple[Case, ...]] = (
    _OWES.accept(
        "ST-8-001", "a deposit is not touched before the next settlement", _pays(40 * USD)
    ),
    _OWES.accept(
        "ST-8-002",
        "the next settlement takes what is owed out of a deposit",
        _pays(40 * USD),
        *settled(20),
    ),
    _OWES.accept(
        "ST-8-003",
        "a deposit that is as much as is owed is taken whole",
        _pays(30 * USD),
        *settled(20),
        why=Why.BOUNDARY,
    ),
    _OWES.accept(
        "ST-8-004",
        "a deposit an atom short leaves an atom owed",
        _pays(30 * USD - 1),
        *settled(20),
        why=Why.BOUNDARY,
    ),
    _OWES.accept(
        "ST-8-005",
        "a deposit an atom beyond leaves an atom free",
        _pays(30 * USD + 1),
        *settled(20),
        why=Why.BOUNDARY,
    ),
    _OWES.accept(
        "ST-8-006",
        "a deposit of another asset is not taken",
        Deposit(5, "SOL", "solana", 7, COIN),
        *settled(20),
    ),
    _OWES.accept(
        "ST-8-007",
        "a deposit that is lent at once is redeemed",
        settings(5, auto_lend=True),
        _pays(40 * USD),
        *settled(20),
    ),
    _OWES.trace(
        "ST-8-008",
        "two deposits are taken one by one, and the rest of the second stays",
        _pays(20 * USD),
        *settled(20),
        _pays(20 * USD, 8),
        *settled(30),
    ),
    Group("settlement", (CreateAccount(8, 5), *opened(2, 5, 30), *_GAIN)).trace(
        "ST-8-009",
        "a transfer from another account of the user is taken like a deposit",
        Deposit(8, "USDC", "solana", 7, 40 * USD),
        Transfer(8, 5, "USDC", 40 * USD),
        *settled(20),
    ),
    _OWES.accept(
        "ST-8-010",
        "before the settlement a deposit above what is owed can be withdrawn",
        _pays(40 * USD),
        withdraw(5, "USDC", "solana", 10 * USD),
    ),
    _OWES.trace(
        "ST-8-012",
        "who owes and has the margin may withdraw what the settlement would take",
        _pays(40 * USD),
        withdraw(5, "USDC", "solana", 40 * USD),
        *settled(20),
    ),
    Group("settlement", (*opened(2, 6, 30), *opened(2, 5, 30), *_GAIN)).trace(
        "ST-8-011",
        "flat, the debt to the fund is still there, and is paid",
        *opened(5, 2, 30, 2 * USD),
        *settled(20),
        _pays(40 * USD),
        *settled(30),
    ),
)

_BROKE: Final = (
    CreateAccount(8, 8),
    Deposit(8, "USDC", "solana", 7, 20 * USD),
    *opened(2, 8, 100),
    *moved(2 * USD, 10),
)
"""Account 8 had 20 USDC and lost 100: it owns nothing and owes 80."""


def _broke_pays(amount: int) -> Action:
    return Deposit(8, "USDC", "solana", 8, amount)


_OCTOBER: Final = "SC-9 (incident 37, October 2025)"

_NEGATIVE: Final[tuple[Case, ...]] = (
    Group("settlement", _BROKE, Why.REGRESSION).trace(
        "ST-8-020",
        f"{_OCTOBER}: a deposit into an account below zero is consumed",
        _broke_pays(50 * USD),
        Refused(withdraw(8, "USDC", "solana", USD), R.INSUFFICIENT_MARGIN),
        *settled(20),
        Refused(withdraw(8, "USDC", "solana", USD), R.INSUFFICIENT_FUNDS),
    ),
    Group("settlement", _BROKE, Why.REGRESSION).trace(
        "ST-8-021",
        f"{_OCTOBER}: what is owed outlives the position",
        *opened(8, 2, 100, 2 * USD),
        *settled(20),
        _broke_pays(100 * USD),
        *settled(30),
        withdraw(8, "USDC", "solana", 19 * USD),
    ),
    Group("settlement", _BROKE, Why.REGRESSION).trace(
        "ST-8-022",
        f"{_OCTOBER}: a deposit of less is consumed whole, again and again",
        *opened(8, 2, 100, 2 * USD),
        *(
            step
            for number in range(4)
            for step in (
                Deposit(8, "USDC", "solana", 8 + number, 25 * USD),
                *settled(20 + 10 * number),
            )
        ),
    ),
    Group("settlement", (*_BROKE, *opened(8, 2, 100, 2 * USD)), Why.REGRESSION).accept(
        "ST-8-023",
        f"{_OCTOBER}: who owes nothing on the fund keeps a deposit",
        Deposit(3, "USDC", "solana", 8, 50 * USD),
        *settled(20),
    ),
    Group("settlement", (*_BROKE, *opened(8, 2, 100, 2 * USD)), Why.REGRESSION).accept(
        "ST-8-024",
        f"{_OCTOBER}: another account of the user is not touched",
        CreateAccount(9, 8),
        Deposit(9, "USDC", "solana", 8, 50 * USD),
        *settled(20),
    ),
    Group("settlement", (*_BROKE, *opened(8, 2, 100, 2 * USD)), Why.ATTACK).trace(
        "ST-8-025",
        f"{_OCTOBER}: what is below zero cannot be moved out before the settlement",
        CreateAccount(9, 8),
        _broke_pays(80 * USD),
        Refused(Transfer(8, 9, "USDC", 1), R.INSUFFICIENT_MARGIN),
        Refused(withdraw(8, "USDC", "solana", USD), R.INSUFFICIENT_MARGIN),
        *settled(20),
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *_DEPOSITS,
    *_NEGATIVE,
)
