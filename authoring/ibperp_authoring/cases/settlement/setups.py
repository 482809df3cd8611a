"""The starting points of the settlement cases, and the steps that nearly all of them take."""

from __future__ import annotations

from dataclasses import replace
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
    SetAccountSettings,
    SetPerpetualParameters,
    SetPrice,
    Settle,
    SettleMarket,
    UpdateMark,
)
from ibperp.numbers import RATIO
from ibperp.parameters import OrderBookState
from ibperp_authoring.cases.builder import PERP, SPOT, long, settings, short
from ibperp_authoring.cases.setups import (
    COIN,
    CONTINUOUS,
    HOURLY,
    MARKET,
    MAX,
    PERCENT,
    PERPETUAL,
    SOL,
    USD,
    USDC,
    YEAR,
    SetupSource,
    pool_with,
)

OTHER: Final = "BTC_PERP"
"""A second perpetual market: a lot is ten USDC at the setups' mark."""

CONTRACT: Final = replace(
    PERPETUAL,
    maker_fee=0,
    taker_fee=0,
    open_interest_limit=MAX,
    position_limit=MAX,
    interest_rate=0,
    interest_clamp=0,
    funding_floor=-10 * PERCENT,
    funding_cap=10 * PERCENT,
    mark_threshold=RATIO,
)
"""Trades cost nothing and funding is the premium, so that every figure is a gain or a loss."""

_LISTED: Final[tuple[Action, ...]] = (
    ListAsset("USDC", USDC),
    ListAsset("SOL", SOL),
    SetPrice("USDC", USD),
    SetPrice("SOL", 100 * USD),
    *(CreateAccount(account, account) for account in range(2, 8)),
    ListMarket(SPOT, MARKET),
    ListPerpetual(PERP, CONTRACT),
    ListPerpetual(OTHER, CONTRACT),
    UpdateMark(PERP, USD, has_basis=False, basis=0),
    UpdateMark(OTHER, 10 * USD, has_basis=False, basis=0),
)

_FUNDED: Final[tuple[Action, ...]] = (
    *_LISTED,
    Deposit(2, "USDC", "solana", 1, 1000 * USD),
    Deposit(3, "USDC", "solana", 2, 1000 * USD),
    Deposit(4, "USDC", "solana", 3, 1000 * USD),
    Deposit(5, "SOL", "solana", 4, 10 * COIN),
    Deposit(6, "USDC", "solana", 5, 1000 * USD),
    Deposit(7, "USDC", "solana", 6, 11_000 * USD),
)

_LENT: Final[tuple[Action, ...]] = (
    *_FUNDED,
    Lend(6, "USDC", 1000 * USD),
    Lend(7, "USDC", 10_000 * USD),
)

CROWD: Final = range(2, 14)
"""The accounts of the setup with a dozen."""

_CROWD: Final[tuple[Action, ...]] = (
    *_LISTED,
    *(CreateAccount(account, account) for account in CROWD[6:]),
    *(
        Deposit(account, "USDC", "solana", place, 1000 * USD)
        for place, account in enumerate(CROWD, 1)
    ),
)

SETUPS: Final[tuple[SetupSource, ...]] = (
    SetupSource("settlement", CONTINUOUS, _LENT),
    SetupSource("settlement_bare", CONTINUOUS, _FUNDED),
    SetupSource("settlement_crowd", CONTINUOUS, _CROWD),
    SetupSource("settlement_hourly", HOURLY, _LENT),
    SetupSource(
        "settlement_prudent", replace(CONTINUOUS, unrealized_weight=0, unsettled_weight=0), _LENT
    ),
    SetupSource("cull_all", replace(CONTINUOUS, account_virtual_limit=0), _LENT),
    SetupSource("cull_account", replace(CONTINUOUS, account_virtual_limit=100 * USD), _LENT),
    SetupSource("cull_system", replace(CONTINUOUS, system_virtual_limit=100 * USD), _LENT),
    SetupSource("cull_book", replace(CONTINUOUS, book_utilization_limit=2 * PERCENT), _LENT),
)
"""Accounts 2 to 4 hold 1000 USDC, 5 holds 10 SOL, 6 lends 1000 USDC, 7 lends 10,000 of 11,000.

Each account is of another user. The pool is empty in `settlement_bare` and `settlement_crowd`.
"""


def opened(
    buyer: int, seller: int, lots: int, price: int = USD, market: str = PERP
) -> tuple[Action, ...]:
    """Let two accounts trade `lots`."""
    return long(buyer, lots, price, market=market), short(seller, lots, price, market=market)


def mark(price: int, market: str = PERP) -> UpdateMark:
    """Bring a mark by the index alone."""
    return UpdateMark(market, price, has_basis=False, basis=0)


def mark_off(price: int, index: int, market: str = PERP) -> UpdateMark:
    """Bring a mark that is not the index."""
    return UpdateMark(market, index, has_basis=True, basis=price - index)


def settled(time: int) -> tuple[Action, ...]:
    """Move the clock to `time` and settle."""
    return AdvanceTime(time), Settle()


def moved(price: int, time: int, market: str = PERP) -> tuple[Action, ...]:
    """Bring a mark, move the clock to `time`, and settle."""
    return mark(price, market), *settled(time)


def virtual(*accounts: int) -> tuple[SetAccountSettings, ...]:
    """Let accounts settle virtually, without borrows."""
    return tuple(settings(account, auto_realize=False) for account in accounts)


def contract_with(market: str = PERP, **changes: Any) -> SetPerpetualParameters:
    """Change some parameters of a perpetual, from those it was listed with."""
    return SetPerpetualParameters(market, replace(CONTRACT, **changes))


def delisted(price: int, market: str = PERP) -> tuple[Action, ...]:
    """Close a perpetual market, and every position in it at a final price."""
    closed = contract_with(market, order_book_state=OrderBookState.CLOSED)
    return closed, SettleMarket(market, price)


def dear_lends(seconds: int) -> tuple[Action, ...]:
    """Let interest without measure run two years and `seconds` on a pool that is lent out whole.

    From `settlement_bare`: account 7 lends, account 6 borrows. A lend share is then worth 0.08
    atoms, after 1,060,000 seconds more 0.9, after a third year 24.5.
    """
    rates = dict.fromkeys(("base_rate", "slope_low", "slope_high"), 100 * RATIO)
    full = dict.fromkeys(("throttle_utilization", "max_utilization"), RATIO)
    return (
        pool_with(open_borrow_lend_limit=MAX, **rates, **full),
        Lend(7, "USDC", 100 * USD),
        Borrow(6, "USDC", 100 * USD),
        AdvanceTime(YEAR),
        AdvanceTime(2 * YEAR),
        *((AdvanceTime(2 * YEAR + seconds),) if seconds else ()),
    )
