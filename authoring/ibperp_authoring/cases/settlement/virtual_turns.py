"""Cases of accounts that turn virtual, or back, where that would pay (ST-4)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Borrow, CreateAccount, Deposit, SetPrice, Transfer
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, settings, withdraw
from ibperp_authoring.cases.settlement.setups import mark, moved, opened, settled, virtual
from ibperp_authoring.cases.setups import COIN, HOUR, USD

_BROKE: Final = (
    CreateAccount(8, 8),
    Deposit(8, "USDC", "solana", 7, 20 * USD),
    *opened(2, 8, 100),
)
"""Account 8 has 20 USDC and is short of 100 lots."""

_TURNED: Final[tuple[Case, ...]] = (
    Group("settlement", _BROKE, Why.ATTACK).trace(
        "ST-4-200",
        "a loser of 100 that has 20 realizes: the winner waits for 80",
        *moved(2 * USD, 10),
        Refused(withdraw(2, "USDC", "solana", 1021 * USD), R.INSUFFICIENT_FUNDS),
    ),
    Group("settlement", _BROKE, Why.ATTACK).trace(
        "ST-4-201",
        "the same loser may not turn virtual before the settlement: the winner waits as before",
        mark(2 * USD),
        Refused(virtual(8)[0], R.INSUFFICIENT_MARGIN),
        *settled(10),
        Refused(withdraw(2, "USDC", "solana", 1021 * USD), R.INSUFFICIENT_FUNDS),
    ),
    Group("settlement", _BROKE, Why.ATTACK).trace(
        "ST-4-202",
        "once realized, a debt to the fund does not turn virtual",
        *moved(2 * USD, 10),
        Refused(virtual(8)[0], R.INSUFFICIENT_MARGIN),
        *settled(20),
    ),
    Group(
        "settlement",
        (
            CreateAccount(8, 2),
            Deposit(8, "USDC", "solana", 7, 1000 * USD),
            *virtual(2),
            *opened(2, 3, 500),
            *opened(3, 8, 500),
        ),
        Why.ATTACK,
    ).trace(
        "ST-4-203",
        "one user, both sides: the virtual loss is lent out as cash, and bears interest",
        *moved(500_000, 10),
        *settled(HOUR),
        Transfer(8, 2, "USDC", 250 * USD),
        settings(2),
        *settled(HOUR + 10),
    ),
    Group("settlement", (*virtual(5), *opened(2, 5, 100)), Why.ATTACK).trace(
        "ST-4-204",
        "a flat position's virtual debt requires margin as an own debt does",
        *moved(9 * USD, 10),
        *opened(5, 2, 100, 9 * USD),
        *settled(20),
        Refused(withdraw(5, "SOL", "solana", COIN), R.INSUFFICIENT_MARGIN),
        SetPrice("SOL", 70 * USD),
        *settled(30),
    ),
    Group("settlement", why=Why.ATTACK).trace(
        "ST-4-205",
        "an own debt of the same size requires margin",
        Borrow(5, "USDC", 800 * USD),
        withdraw(5, "USDC", "solana", 800 * USD),
        Refused(withdraw(5, "SOL", "solana", COIN), R.INSUFFICIENT_MARGIN),
    ),
    Group("settlement", (*virtual(2), *opened(2, 5, 100)), Why.ATTACK).trace(
        "ST-4-208",
        "a winner turns by turns before an unpaid loser: its claim grows by nothing",
        *moved(1_500_000, 10),
        settings(2),
        *settled(20),
        *virtual(2),
        *settled(30),
        settings(2),
        *settled(40),
        Deposit(5, "USDC", "solana", 7, 60 * USD),
        *settled(50),
    ),
)


CASES: Final[tuple[Case, ...]] = (*_TURNED,)
