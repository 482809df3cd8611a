"""Crowded worlds: 130 accounts, 65 assets, 33 perpetuals, and 257 orders."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    Action,
    Borrow,
    CreateAccount,
    Deposit,
    Lend,
    ListAsset,
    ListMarket,
    ListPerpetual,
    RegisterBackstop,
    SetPrice,
    Transfer,
)
from ibperp_authoring.cases.builder import PERP, SPOT, ask, long, settings, short
from ibperp_authoring.cases.liquidation.setups import DOLLAR, FREE_MARKET, coin
from ibperp_authoring.cases.settlement.setups import CONTRACT, mark
from ibperp_authoring.cases.setups import COIN, PERCENT, POOL, USD, SetupSource
from ibperp_invariants.worlds import system_of

SYSTEM: Final = system_of(order_limit=1000)

ONE: Final = 2
"""The account that all others of a crowd face."""

CROWD: Final = range(3, 133)
"""A hundred and thirty accounts, each of a user of its own."""

ASSETS: Final = tuple(f"A{number:02}" for number in range(65))
"""Sixty-five coins besides the settlement asset, none worth what another one is."""

MARKETS: Final = tuple(f"P{number:02}_PERP" for number in range(33))

_SUN: Final = coin(90 * PERCENT)
_LISTED: Final[tuple[Action, ...]] = (
    ListAsset("USDC", DOLLAR),
    ListAsset("SOL", _SUN),
    SetPrice("USDC", USD),
    SetPrice("SOL", 100 * USD),
    ListMarket(SPOT, FREE_MARKET),
    ListPerpetual(PERP, CONTRACT),
    mark(USD),
)


def lots_of(account: int) -> int:
    """Return the lots that an account of the crowd trades: no two have as many."""
    return 20 + account


ALL_LOTS: Final = sum(map(lots_of, CROWD))

_CROWD: Final[tuple[Action, ...]] = (
    *_LISTED,
    *(CreateAccount(account, account) for account in (ONE, *CROWD)),
    Deposit(ONE, "SOL", "solana", 1, 200 * COIN),
    *(
        Deposit(account, "USDC", "solana", number, (30 + account) * USD)
        for number, account in enumerate(CROWD, 2)
    ),
)
_FACED: Final[tuple[Action, ...]] = (
    Deposit(ONE, "USDC", "solana", 2 + len(CROWD), 3000 * USD),
    long(ONE, ALL_LOTS, USD),
    *(short(account, lots_of(account), USD) for account in CROWD),
)
_LENT: Final[tuple[Action, ...]] = (
    *(Lend(account, "USDC", (20 + account) * USD) for account in CROWD),
    CreateAccount(CROWD[-1] + 1, ONE),
    Borrow(ONE, "USDC", 11_300 * USD),
    Transfer(ONE, CROWD[-1] + 1, "USDC", 11_300 * USD),
)
_PROVIDED: Final = tuple(RegisterBackstop(account, (10 + account) * USD) for account in CROWD)
RICH: Final = 5
"""The account that faces account 2 where there is no crowd."""

_FEW: Final[tuple[Action, ...]] = (
    *_LISTED,
    *(CreateAccount(account, account) for account in range(2, 6)),
    Deposit(ONE, "SOL", "solana", 1, 200 * COIN),
    Deposit(RICH, "USDC", "solana", 2, 130_000 * USD),
    Deposit(3, "USDC", "solana", 3, 1000 * USD),
    Deposit(4, "USDC", "solana", 4, 1000 * USD),
)
_OFFERED: Final[tuple[Action, ...]] = tuple(
    ask(ONE, 10 + place % 50, 1_000_000 + 100 * (place % 13)) for place in range(257)
)
_VIRTUAL: Final = tuple(settings(account, auto_realize=False) for account in CROWD)

_COINS: Final[tuple[Action, ...]] = (
    *_LISTED,
    *(
        ListAsset(asset, replace(coin(number * PERCENT), pool=POOL))
        for number, asset in enumerate(ASSETS, 20)
    ),
    *(SetPrice(asset, number * USD) for number, asset in enumerate(ASSETS, 3)),
    *(CreateAccount(account, account) for account in (2, 3, 4)),
    CreateAccount(5, 2),
    CreateAccount(6, 4),
    Deposit(3, "USDC", "solana", 1, 30_000 * USD),
    Lend(3, "USDC", 29_000 * USD),
    Deposit(4, "USDC", "solana", 2, 3000 * USD),
    *(Deposit(2, asset, "solana", number, COIN + number) for number, asset in enumerate(ASSETS, 3)),
)
_OWED: Final[tuple[Action, ...]] = (
    *(Lend(2, asset, COIN) for asset in ASSETS),
    *(Borrow(4, asset, COIN // 2) for asset in ASSETS),
    *(Transfer(4, 6, asset, COIN // 2) for asset in ASSETS),
)
_PERPETUALS: Final[tuple[Action, ...]] = (
    *_LISTED,
    *(ListPerpetual(market, CONTRACT) for market in MARKETS),
    *(mark((100 + number) * USD // 100, market) for number, market in enumerate(MARKETS)),
    *(CreateAccount(account, account) for account in (2, 3)),
    Deposit(2, "USDC", "solana", 1, 290 * USD),
    Deposit(3, "USDC", "solana", 2, 9000 * USD),
    *(
        order(account, 40 + number, (100 + number) * USD // 100, market=market)
        for number, market in enumerate(MARKETS)
        for order, account in ((long, 2), (short, 3))
    ),
)

SETUPS: Final = (
    SetupSource("crowd", SYSTEM, _CROWD),
    SetupSource("crowd_faced", SYSTEM, (*_CROWD, *_FACED)),
    SetupSource("crowd_virtual", SYSTEM, (*_CROWD, *_FACED, *_VIRTUAL)),
    SetupSource("crowd_lending", SYSTEM, (*_CROWD, *_LENT, *_PROVIDED)),
    SetupSource("few", SYSTEM, _FEW),
    SetupSource("few_offered", SYSTEM, (*_FEW, *_OFFERED)),
    SetupSource("coins", SYSTEM, (*_COINS, *_OWED)),
    SetupSource("perpetuals", SYSTEM, _PERPETUALS),
)
"""Of a crowd account 2 has 200 SOL, each other one 30 USDC and as many more as its id.

- `crowd_faced`: 2 is long against all of them; in `crowd_virtual` they settle virtually;
- `crowd_lending`: all of them lend and are providers, and 2 owes 11,300 USDC;
- `few`: 2 has 200 SOL, 3 and 4 have 1000 USDC, 5 has 130,000; in `few_offered` 2 has 257 orders;
- `coins`: account 2 lends a coin of each of 65 assets, account 3 lends 29,000 USDC, account 4 has
  3000 USDC and owes half of each coin;
- `perpetuals`: account 2 is long in 33 markets against account 3.
"""
