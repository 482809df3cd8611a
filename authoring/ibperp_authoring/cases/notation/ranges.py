"""Cases of values that would leave their range in no action's own numbers (NT-7)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import Action, AdvanceTime, Borrow, Deposit, Lend, SetPoolParameters, SetPrice
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Why, long, short
from ibperp_authoring.cases.liquidation.setups import FREE_POOL
from ibperp_authoring.cases.settlement.setups import mark, opened, settled
from ibperp_authoring.cases.setups import MAX, PERCENT, USD, YEAR

_BIG: Final = 10**36
_HIGH: Final = 10**20
_LOW: Final = 6 * 10**19
_LOTS: Final = 10**18
_MORE: Final = (MAX - _LOTS * _HIGH) // _LOW
"""Lots at the low mark with which the entry cost is as high as it may be."""

_ENTERED: Final = Group(
    "settlement_bare",
    (
        Deposit(2, "USDC", "solana", 7, 70 * _BIG),
        Deposit(3, "USDC", "solana", 8, 20 * _BIG),
        Deposit(4, "USDC", "solana", 9, 20 * _BIG),
        *(mark(_HIGH),) * 3,
        *opened(2, 3, _LOTS, _HIGH),
        mark(_LOW),
        *settled(10),
    ),
    Why.BOUNDARY,
    ("PP-3",),
)

_AGE: Final = 10**7 * YEAR


def _pool(**changes: Any) -> SetPoolParameters:
    free = replace(FREE_POOL, reserve_fee=0, open_borrow_lend_limit=MAX)
    return SetPoolParameters("USDC", replace(free, **changes))


def _grown(lent: int, borrowed: int, reserve_fee: int) -> tuple[Action, ...]:
    """Let a pool grow until a share is worth some hundred atoms, then lend and borrow far more.

    So atoms leave their range before shares do.
    """
    return (
        SetPrice("SOL", 1000 * USD),
        Deposit(3, "SOL", "solana", 1, 100 * _BIG),
        Deposit(4, "USDC", "solana", 2, 100),
        Lend(4, "USDC", 100),
        _pool(base_rate=100 * RATIO),
        Borrow(3, "USDC", 100),
        AdvanceTime(_AGE),
        _pool(reserve_fee=reserve_fee, base_rate=20 * PERCENT),
        Deposit(4, "USDC", "solana", 3, lent * _BIG),
        Lend(4, "USDC", lent * _BIG),
        Borrow(3, "USDC", borrowed * _BIG),
    )


CASES: Final[tuple[Case, ...]] = (
    *_ENTERED.pair(
        ("NT-7-001", "NT-7-002"),
        ("an entry cost as high as it may be", "an entry cost out of range, though no cost is"),
        long(2, _MORE + 1, _LOW),
        accepted=short(4, _MORE, _LOW),
        refused=short(4, _MORE + 1, _LOW),
        code=R.OUT_OF_RANGE,
    ),
    *Group("listed", _grown(160, 100, 0), Why.BOUNDARY, ("MM-6",)).pair(
        ("NT-7-003", "NT-7-004"),
        ("interest for a quarter of a year fits", "for a year, what is lent alone is out of range"),
        accepted=AdvanceTime(_AGE + YEAR // 4),
        refused=AdvanceTime(_AGE + YEAR),
        code=R.OUT_OF_RANGE,
    ),
    *Group("listed", _grown(165, 160, RATIO), Why.BOUNDARY, ("MM-6",)).pair(
        ("NT-7-005", "NT-7-006"),
        (
            "interest for the reserve for a quarter of a year fits",
            "for a year, what is borrowed alone is out of range",
        ),
        accepted=AdvanceTime(_AGE + YEAR // 4),
        refused=AdvanceTime(_AGE + YEAR),
        code=R.OUT_OF_RANGE,
    ),
)
