"""Cases at the edge of the profile `venue`, and at that of NT-7: what words of fixed width hold.

An engine of 256 bits passes the first kind and fails the second; one of 128 bits fails both.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    CreateAccount,
    Deposit,
    Lend,
    ListAsset,
    ListMarket,
    ListPerpetual,
    Redeem,
    Repay,
    SetPrice,
    Settle,
    UpdateMark,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import HaircutKind, HaircutParameters
from ibperp_authoring.cases.builder import PERP, Case, Group, Refused, Why, ask, bid, long, short
from ibperp_authoring.cases.setups import CONTINUOUS, MAX, PERCENT, SetupSource, perp
from ibperp_invariants.worlds import asset_of, market_of, pool_of

ATOMS: Final = 10**25
"""The largest balance of the profile."""

PRICE: Final = 10**13
"""The highest price; `ATOMS` of an asset with 10^5 atoms a lot are then worth 10^33."""

LOTS: Final = 10**20
"""The largest position."""

_LOT: Final = 10**5
_SYSTEM: Final = replace(
    CONTINUOUS, quote_unit=1, unrealized_weight=RATIO * 3 // 7, unrealized_cap=MAX
)
_POOL: Final = pool_of(slope_low=9999 * PERCENT - 2, max_utilization=99 * PERCENT)
_COIN: Final = asset_of(
    decimals=18, lot_atoms=_LOT, pool=_POOL, imf_base=20 * PERCENT, imf_factor=3, mmf_factor=1
)
_CURVED: Final = replace(
    _COIN, haircut=HaircutParameters(HaircutKind.INVERSE_SQRT, RATIO, 10 * RATIO, PERCENT)
)
_CHAIN: Final = "north"


def _deposits(*rows: tuple[int, str, int]) -> tuple[Action, ...]:
    return tuple(
        Deposit(account, asset, _CHAIN, sequence, amount)
        for sequence, (account, asset, amount) in enumerate(rows, 1)
    )


_EDGE: Final[tuple[Action, ...]] = (
    ListAsset("USDC", asset_of(pool=_POOL)),
    ListAsset("GOLD", _COIN),
    ListAsset("VAST", _CURVED),
    SetPrice("USDC", 10**6),
    SetPrice("GOLD", PRICE),
    SetPrice("VAST", PRICE),
    *(CreateAccount(account, account) for account in range(2, 6)),
    *_deposits(
        (2, "GOLD", ATOMS),
        (3, "GOLD", ATOMS),
        (4, "VAST", ATOMS),
        (2, "USDC", ATOMS),
        (3, "USDC", ATOMS),
        (4, "USDC", ATOMS),
    ),
    ListPerpetual(
        PERP,
        perp(
            maker_fee=-(10**6) - 1,
            taker_fee=10**7 + 3,
            position_limit=LOTS,
            open_interest_limit=LOTS,
        ),
    ),
    UpdateMark(PERP, PRICE - 10**5, has_basis=False, basis=0),
)
_LENT: Final[tuple[Action, ...]] = (Lend(4, "VAST", ATOMS), Lend(4, "USDC", ATOMS))

SETUPS: Final = (SetupSource("edge", _SYSTEM, _EDGE),)
"""Accounts 2, 3 and 4 hold the most that the profile `venue` lets them hold."""

_OWED: Final = (Borrow(2, "VAST", ATOMS * 3 // 7), Borrow(3, "VAST", ATOMS * 2 // 7))
_LATER: Final = AdvanceTime(98_765)
_AT: Final = PRICE - 10**5
_OPENED: Final = (long(2, LOTS, _AT), short(3, LOTS, _AT))


def _group(*clauses: str, before: tuple[Action, ...] = _LENT) -> Group:
    return Group("edge", before, why=Why.BOUNDARY, clauses=clauses)


def _marked(price: int) -> UpdateMark:
    return UpdateMark(PERP, price, has_basis=False, basis=0)


VENUE: Final[tuple[Case, ...]] = (
    _group("PF-2").accept(
        "NT-7-100",
        "the root of the largest value under the largest penalty",
        Deposit(5, "VAST", _CHAIN, 7, ATOMS - 1),
        Borrow(5, "USDC", 1),
    ),
    _group("PF-3", "PF-4", "PF-6").accept(
        "NT-7-101", "debts of the largest value, whose fractions grow with size", *_OWED
    ),
    _group("PF-8").trace(
        "NT-7-102",
        "an account below its initial margin reduces the largest debt, and may not raise it",
        *_OWED,
        SetPrice("GOLD", PRICE // 2),
        Repay(2, "VAST", ATOMS // 900),
        Refused(Borrow(2, "VAST", 1), R.INSUFFICIENT_MARGIN),
    ),
    _group("MM-6", "MM-2", "MM-3", "MM-5", "MM-13", "MM-14").trace(
        "NT-7-103",
        "interest on the largest pool; then all of its shares are uneven",
        *_OWED,
        _LATER,
        Repay(3, "VAST", ATOMS // 7),
        Borrow(2, "VAST", ATOMS // 11),
        Repay(2, "VAST", ATOMS // 13),
    ),
    _group("MM-6", "MM-11", "MM-12").trace(
        "NT-7-104",
        "lends and redemptions at an uneven price of the largest shares",
        *_OWED,
        _LATER,
        Repay(3, "VAST", ATOMS // 7),
        Redeem(4, "VAST", ATOMS // 19),
        Lend(4, "VAST", ATOMS // 23),
    ),
    _group("PP-3", "PP-4", "PF-12").trace(
        "NT-7-105",
        "the largest position is opened, and a third of it closed at another price",
        *_OPENED,
        _marked(_AT + 54_321),
        short(2, LOTS // 3, _AT + 12_345),
        long(3, LOTS // 3, _AT + 12_345),
    ),
    _group("ST-2", "ST-3", "PP-4").trace(
        "NT-7-106",
        "the largest gain of the largest position is settled",
        *_OPENED,
        long(4, LOTS // 10**9, _AT),
        short(2, LOTS // 10**9, _AT),
        _marked(_AT + 98_765),
        AdvanceTime(10),
        Settle(),
    ),
    _group("SM-9", "SM-5").trace(
        "NT-7-107",
        "the fee of the largest spot trade",
        ListMarket(
            "GOLD_USDC",
            market_of(base="GOLD", lot_atoms=_LOT, maker_fee=-(RATIO // 70), taker_fee=RATIO // 30),
        ),
        bid(3, LOTS // 3, _LOT, market="GOLD_USDC"),
        ask(2, LOTS // 3, _LOT, market="GOLD_USDC"),
    ),
)

_MOST: Final = MAX // 10**8
"""A debt whose shares are just storable."""

_OPEN: Final = replace(_POOL, open_borrow_lend_limit=MAX)
_RANGE: Final[tuple[Action, ...]] = (
    ListAsset("WHOLE", replace(_COIN, lot_atoms=1)),
    ListAsset("CURVE", replace(_CURVED, lot_atoms=1)),
    ListAsset("PART", replace(_COIN, lot_atoms=1, pool=_OPEN)),
    SetPrice("WHOLE", MAX),
    SetPrice("CURVE", MAX),
    SetPrice("PART", 1),
    Deposit(4, "PART", _CHAIN, 7, _MOST),
    Lend(4, "PART", _MOST),
)
_WEALTH: Final = (Deposit(5, "WHOLE", _CHAIN, 8, MAX), Borrow(5, "PART", _MOST * 2 // 3))
_BEYOND: Final = _group("PF-2", "PF-4", "PF-8", before=_LENT[1:] + _RANGE)

LIMITS: Final[tuple[Case, ...]] = (
    _BEYOND.accept(
        "NT-7-120",
        "the most atoms at the highest price, by the listed weight",
        Deposit(5, "WHOLE", _CHAIN, 8, MAX),
        Borrow(5, "USDC", 1),
    ),
    _BEYOND.accept(
        "NT-7-121",
        "the most atoms at the highest price, by the root of their value",
        Deposit(5, "CURVE", _CHAIN, 8, MAX),
        Borrow(5, "USDC", 1),
    ),
    _BEYOND.accept(
        "NT-7-122",
        "what a debt requires that became worth more than words hold",
        *_WEALTH,
        SetPrice("PART", MAX // 3),
    ),
    _BEYOND.accept(
        "NT-7-123",
        "an account is no riskier after it repaid a part of such a debt",
        *_WEALTH,
        SetPrice("PART", MAX // 3),
        Repay(5, "PART", _MOST // 5),
    ),
)

CASES: Final = (*VENUE, *LIMITS)
