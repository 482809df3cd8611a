"""The few starting points that all authored cases share, small enough to be checked by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    CreateAccount,
    Deposit,
    Lend,
    ListAsset,
    SetAccountSettings,
    SetPoolParameters,
    SetPrice,
    StartRebalance,
)
from ibperp.numbers import RATIO
from ibperp.parameters import (
    AssetParameters,
    BookState,
    PoolParameters,
    SystemParameters,
    TokenParameters,
)
from ibperp_conformance.authored.builder import withdraw

PERCENT: Final = RATIO // 100
USD: Final = 10**6
"""Ledger atoms of one USDC, and quote atoms of one dollar."""

COIN: Final = 10**9
"""Ledger atoms of one SOL."""

MAX: Final = 2**127 - 1
"""The largest amount that may be stored (NT-7)."""

YEAR: Final = 31_536_000
HOUR: Final = 3600

CONTINUOUS: Final = SystemParameters(
    quote_unit=USD, accrual_interval=1, throttle_interval=60, entry_fee=False
)
HOURLY: Final = SystemParameters(
    quote_unit=USD, accrual_interval=HOUR, throttle_interval=HOUR, entry_fee=True
)

POOL: Final = PoolParameters(
    book_state=BookState.OPEN,
    base_rate=2 * PERCENT,
    slope_low=8 * PERCENT,
    slope_high=100 * PERCENT,
    optimal_utilization=80 * PERCENT,
    throttle_utilization=85 * PERCENT,
    throttle_fraction=50 * PERCENT,
    max_utilization=95 * PERCENT,
    reserve_fee=10 * PERCENT,
    open_borrow_lend_limit=1_000_000 * USD,
)

USDC: Final = AssetParameters(
    decimals=6,
    lot_atoms=USD,
    collateral_weight=RATIO,
    imf_base=10 * PERCENT,
    imf_factor=0,
    mmf_base=5 * PERCENT,
    mmf_factor=0,
    tokens=(
        TokenParameters("solana", 1, 1, 1 * USD, 500_000 * USD, USD // 2),
        TokenParameters("ethereum", 1, 1 * USD, 5 * USD, 600 * USD, 2 * USD),
    ),
    pool=POOL,
)

SOL: Final = AssetParameters(
    decimals=9,
    lot_atoms=COIN,
    collateral_weight=90 * PERCENT,
    imf_base=20 * PERCENT,
    imf_factor=1 * PERCENT,
    mmf_base=10 * PERCENT,
    mmf_factor=PERCENT // 2,
    tokens=(
        TokenParameters("solana", 1, 1000, COIN // 100, 1000 * COIN, COIN // 1000),
        TokenParameters("ethereum", 10, 1000, COIN // 50, 1000 * COIN, COIN // 1000),
    ),
    pool=replace(POOL, open_borrow_lend_limit=1_000_000 * COIN),
)


@dataclass(frozen=True, slots=True)
class SetupSource:
    """A starting point: the system, and the accepted actions that lead to it from its genesis."""

    id: str
    system: SystemParameters
    actions: tuple[Action, ...]


_LISTED: Final[tuple[Action, ...]] = (
    ListAsset("USDC", USDC),
    ListAsset("SOL", SOL),
    SetPrice("USDC", USD),
    SetPrice("SOL", 100 * USD),
    CreateAccount(2, 1),
    CreateAccount(3, 1),
    CreateAccount(4, 2),
)

_FUNDED: Final[tuple[Action, ...]] = (
    *_LISTED,
    Deposit(2, "USDC", "solana", 1, 1000 * USD),
    Deposit(3, "SOL", "solana", 2, 10 * COIN),
    Deposit(4, "USDC", "ethereum", 1, 1000 * USD),
)

_MARKET: Final[tuple[Action, ...]] = (
    *_FUNDED,
    Lend(4, "USDC", 800 * USD),
    Borrow(3, "USDC", 400 * USD),
)

SETUPS: Final[tuple[SetupSource, ...]] = (
    SetupSource("genesis", CONTINUOUS, ()),
    SetupSource("listed", CONTINUOUS, _LISTED),
    SetupSource("funded", CONTINUOUS, _FUNDED),
    SetupSource("market", CONTINUOUS, _MARKET),
    SetupSource("aged", CONTINUOUS, (*_MARKET, AdvanceTime(YEAR // 3 + 7))),
    SetupSource(
        "kink", CONTINUOUS, (*_FUNDED, Lend(4, "USDC", 800 * USD), Borrow(3, "USDC", 640 * USD))
    ),
    SetupSource(
        "strained", CONTINUOUS, (*_FUNDED, Lend(4, "USDC", 800 * USD), Borrow(3, "USDC", 680 * USD))
    ),
    SetupSource(
        "automatic",
        CONTINUOUS,
        (
            *_MARKET,
            SetAccountSettings(
                2, auto_lend=True, auto_repay_borrows=True, leverage_limit=10 * RATIO
            ),
        ),
    ),
    SetupSource(
        "outgoing",
        CONTINUOUS,
        (
            *_FUNDED,
            Deposit(0, "USDC", "solana", 3, 20 * USD),
            withdraw(2, "USDC", "solana", 100 * USD),
            StartRebalance("USDC", "ethereum", "solana", 50 * USD),
        ),
    ),
    SetupSource("hourly", HOURLY, _MARKET),
)


def pool_with(**changes: Any) -> SetPoolParameters:
    """Change some parameters of USDC's pool, from those it was listed with."""
    return SetPoolParameters("USDC", replace(POOL, **changes))
