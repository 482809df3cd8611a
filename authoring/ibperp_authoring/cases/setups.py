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
    ListMarket,
    ListPerpetual,
    SetMarketParameters,
    SetPerpetualParameters,
    SetPoolParameters,
    SetPrice,
    StartRebalance,
    UpdateMark,
)
from ibperp.numbers import RATIO
from ibperp.parameters import (
    HaircutKind,
    HaircutParameters,
    PerpetualParameters,
    SystemParameters,
    TokenParameters,
)
from ibperp_authoring.cases.builder import PERP, SPOT, ask, bid, long, settings, short, withdraw
from ibperp_invariants.worlds import asset_of, market_of, perpetual_of, pool_of, system_of

PERCENT: Final = RATIO // 100
USD: Final = 10**6
"""Ledger atoms of one USDC, and quote atoms of one dollar."""

COIN: Final = 10**9
"""Ledger atoms of one SOL."""

MAX: Final = 2**127 - 1
"""The largest amount that may be stored (NT-7)."""

YEAR: Final = 31_536_000
HOUR: Final = 3600

CONTINUOUS: Final = system_of(order_limit=4)
HOURLY: Final = replace(CONTINUOUS, accrual_interval=HOUR, throttle_interval=HOUR, entry_fee=True)

DATED: Final = replace(
    CONTINUOUS, order_price_age=10, borrow_price_age=60, withdrawal_price_age=600
)
"""Prices grow too old for an order first, then for a borrow, then for what leaves an account."""

LIMITED: Final = replace(
    CONTINUOUS,
    unrealized_weight=50 * PERCENT,
    unrealized_cap=20 * USD,
    unsettled_weight=80 * PERCENT,
    unsettled_cap=10 * USD,
    account_virtual_limit=10 * USD,
    system_virtual_limit=15 * USD,
    book_utilization_limit=90 * PERCENT,
)
"""Gains count in part for initial margin, and virtual debts of a few dollars are culled."""

POOL: Final = pool_of(
    slope_low=8 * PERCENT,
    slope_high=100 * PERCENT,
    throttle_fraction=50 * PERCENT,
    max_utilization=95 * PERCENT,
    open_borrow_lend_limit=1_000_000 * USD,
)

USDC: Final = asset_of(
    haircut=HaircutParameters(HaircutKind.IDENTITY, RATIO, RATIO, 0),
    tokens=(
        TokenParameters("solana", 1, 1, 1 * USD, 500_000 * USD, USD // 2),
        TokenParameters("ethereum", 1, 1 * USD, 5 * USD, 600 * USD, 2 * USD),
    ),
    pool=POOL,
)

SOL: Final = asset_of(
    decimals=9,
    lot_atoms=COIN,
    haircut=HaircutParameters(HaircutKind.IDENTITY, 90 * PERCENT, RATIO, 0),
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

THIN: Final = asset_of(
    haircut=HaircutParameters(HaircutKind.INVERSE_SQRT, 50 * PERCENT, RATIO, 10 * PERCENT),
    imf_base=20 * PERCENT,
    imf_factor=1 * PERCENT,
    mmf_base=10 * PERCENT,
    mmf_factor=PERCENT // 2,
    tokens=(TokenParameters("solana", 1, 1, 1, MAX, 0),),
    pool=POOL,
)
"""Counts for half up to 100 dollars, then for less: at a price of one dollar an atom is a micro."""

LOT: Final = COIN // 100
"""Ledger atoms of one lot of the spot market: 0.01 SOL, worth one USDC at a price of 100."""

MARKET: Final = market_of(
    lot_atoms=LOT,
    tick=100,
    maker_fee=-RATIO // 10_000,
    taker_fee=RATIO // 1000,
    limit_min=50 * PERCENT,
    limit_max=150 * PERCENT,
    impact_min=90 * PERCENT,
    impact_max=110 * PERCENT,
    mean_mark_min=90 * PERCENT,
    mean_mark_max=110 * PERCENT,
    premium_tolerance=5 * PERCENT,
)


PERPETUAL: Final = perpetual_of()
"""A lot is 0.01 SOL: at a mark of 100 dollars a SOL it is worth one USDC."""


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

THIN_MARKET: Final = replace(MARKET, base="THIN", lot_atoms=USD)

_THIN: Final[tuple[Action, ...]] = (
    *_LISTED,
    ListAsset("THIN", THIN),
    SetPrice("THIN", USD),
    ListMarket("THIN_USDC", THIN_MARKET),
    Deposit(2, "THIN", "solana", 1, 100_000 * USD),
    Deposit(4, "USDC", "solana", 2, 100_000 * USD),
    Lend(4, "USDC", 80_000 * USD),
)

_SPOT: Final[tuple[Action, ...]] = (
    *_LISTED,
    CreateAccount(5, 3),
    ListMarket(SPOT, MARKET),
    Deposit(2, "USDC", "solana", 1, 1000 * USD),
    Deposit(2, "SOL", "solana", 2, 10 * COIN),
    Deposit(3, "USDC", "solana", 3, 1000 * USD),
    Deposit(3, "SOL", "solana", 4, 10 * COIN),
    Deposit(4, "USDC", "solana", 5, 1000 * USD),
    Deposit(4, "SOL", "solana", 6, 10 * COIN),
    Deposit(5, "USDC", "solana", 7, 11_000 * USD),
    Deposit(5, "SOL", "solana", 8, 110 * COIN),
    Lend(5, "USDC", 10_000 * USD),
    Lend(5, "SOL", 100 * COIN),
)
"""Accounts 2 and 3 are of one user, 4 and 5 of two others; 5 has lent 10/11 of what it holds."""

_PERPETUAL: Final[tuple[Action, ...]] = (
    ListAsset("USDC", USDC),
    ListAsset("SOL", SOL),
    SetPrice("USDC", USD),
    SetPrice("SOL", 100 * USD),
    *(CreateAccount(account, account - 1) for account in range(2, 7)),
    *(Deposit(account, "USDC", "solana", account - 1, 1000 * USD) for account in range(2, 7)),
    *(Deposit(account, "SOL", "solana", account + 4, 10 * COIN) for account in range(2, 7)),
    ListPerpetual(PERP, PERPETUAL),
    UpdateMark(PERP, USD, has_basis=False, basis=0),
)
"""Accounts 2 to 6, each of its own user, hold 1000 USDC and 10 SOL, and nothing is lent."""

_POSITIONS: Final[tuple[Action, ...]] = (long(2, 100, USD), short(3, 100, USD))

_VIRTUAL: Final[tuple[Action, ...]] = (
    *_PERPETUAL,
    settings(2, auto_realize=False),
    settings(3, auto_realize=False),
    Lend(5, "USDC", 500 * USD),
    Lend(6, "USDC", 500 * USD),
    *_POSITIONS,
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
            settings(2, auto_lend=True, auto_repay_borrows=True),
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
    SetupSource("thin", CONTINUOUS, _THIN),
    SetupSource("dated", DATED, _SPOT),
    SetupSource("spot", CONTINUOUS, _SPOT),
    SetupSource(
        "spot_book",
        CONTINUOUS,
        (
            *_SPOT,
            bid(4, 100, 990_000),
            ask(4, 100, 1_010_000),
            bid(2, 50, 980_000),
            ask(2, 50, 1_020_000),
            bid(5, 50, 990_000),
            ask(5, 50, 1_010_000),
        ),
    ),
    SetupSource(
        "spot_lent",
        CONTINUOUS,
        (
            *_SPOT,
            Lend(2, "USDC", 1000 * USD),
            Lend(2, "SOL", 10 * COIN),
            Lend(4, "USDC", 1000 * USD),
            Lend(4, "SOL", 10 * COIN),
        ),
    ),
    SetupSource("perpetual", CONTINUOUS, _PERPETUAL),
    SetupSource("perpetual_open", CONTINUOUS, (*_PERPETUAL, *_POSITIONS)),
    SetupSource("perpetual_dated", DATED, (*_PERPETUAL, *_POSITIONS)),
    SetupSource("perpetual_virtual", CONTINUOUS, _VIRTUAL),
    SetupSource("perpetual_limited", LIMITED, _VIRTUAL),
)


def pool_with(**changes: Any) -> SetPoolParameters:
    """Change some parameters of USDC's pool, from those it was listed with."""
    return SetPoolParameters("USDC", replace(POOL, **changes))


def market_with(**changes: Any) -> SetMarketParameters:
    """Change some parameters of the spot market, from those it was listed with."""
    return SetMarketParameters(SPOT, replace(MARKET, **changes))


def perp(**changes: Any) -> PerpetualParameters:
    """Change some parameters of the perpetual market, from those it was listed with."""
    return replace(PERPETUAL, **changes)


def perpetual_with(**changes: Any) -> SetPerpetualParameters:
    """Give the perpetual market other parameters; see `perp`."""
    return SetPerpetualParameters(PERP, perp(**changes))
