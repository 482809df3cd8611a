"""A world in which everything is set, so that what an action forgets is seen (NT-9)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import (
    AcceptQuote,
    Action,
    AdvanceTime,
    ApplyFunding,
    Borrow,
    CancelOrder,
    CancelRequest,
    CompleteRebalance,
    ConfirmWithdrawal,
    CreateAccount,
    Deposit,
    FailWithdrawal,
    Halt,
    Lend,
    Liquidate,
    ListAsset,
    ListMarket,
    ListPerpetual,
    RegisterBackstop,
    RequestQuote,
    Resume,
    SetAssetParameters,
    SetMarketReference,
    SetPerpetualParameters,
    SetPrice,
    SetSystemParameters,
    Settle,
    StartRebalance,
    UpdateMark,
)
from ibperp.numbers import RATIO
from ibperp.orders import SelfTradePrevention, Side
from ibperp.parameters import (
    BookState,
    HaircutKind,
    HaircutParameters,
    OrderBookState,
)
from ibperp_authoring.cases.builder import (
    PERP,
    SPOT,
    ask,
    bid,
    flags,
    long,
    settings,
    short,
    withdraw,
)
from ibperp_authoring.cases.programs.steps import quoted
from ibperp_authoring.cases.settlement.setups import CONTRACT, OTHER
from ibperp_authoring.cases.setups import (
    COIN,
    HOURLY,
    MARKET,
    PERCENT,
    POOL,
    SOL,
    USD,
    USDC,
    SetupSource,
)

SYSTEM: Final = replace(
    HOURLY,
    order_limit=12,
    unrealized_weight=90 * PERCENT,
    unsettled_weight=95 * PERCENT,
    account_virtual_limit=400 * USD,
    system_virtual_limit=900 * USD,
    book_utilization_limit=90 * PERCENT,
    request_lifetime=20_000,
    liquidation_price_age=100_000,
)

RAMPING: Final = replace(SYSTEM, ramp_interval=9000)
"""Margins move slowly once all is listed: new collateral would count for nothing at first."""

_POOL: Final = replace(POOL, base_rate=2 * PERCENT, reserve_fee=10 * PERCENT)
_BOUNDS: Final[dict[str, Any]] = {
    "price_update_min": 50 * PERCENT,
    "price_update_max": 150 * PERCENT,
}
DOLLAR: Final = replace(
    USDC,
    haircut=HaircutParameters(HaircutKind.INVERSE_SQRT, RATIO, RATIO, 1),
    imf_factor=1,
    mmf_factor=1,
    price_floor=USD // 2,
    pool=_POOL,
    **_BOUNDS,
)
SUN: Final = replace(
    SOL,
    haircut=HaircutParameters(HaircutKind.INVERSE_SQRT, 90 * PERCENT, RATIO, 10),
    imf_base=10 * PERCENT,
    imf_factor=2,
    mmf_base=5 * PERCENT,
    mmf_factor=1,
    price_floor=USD,
    pool=replace(_POOL, open_borrow_lend_limit=1_000_000 * COIN),
    **_BOUNDS,
)
LENT: Final = replace(SUN, pool=replace(SUN.pool, book_state=BookState.REPAY_ONLY))
CHEAP: Final = replace(SUN, mmf_base=6 * PERCENT)
SPOTS: Final = replace(
    MARKET,
    minimum_lots=2,
    limit_min=10 * PERCENT,
    limit_max=300 * PERCENT,
    impact_min=50 * PERCENT,
    impact_max=150 * PERCENT,
    mean_mark_min=50 * PERCENT,
    mean_mark_max=150 * PERCENT,
    premium_tolerance=50 * PERCENT,
)
CONTRACTS: Final = replace(
    CONTRACT,
    tick=100,
    minimum_lots=2,
    maker_fee=RATIO // 10_000,
    taker_fee=RATIO // 1000,
    interest_rate=RATIO // 10_000,
    interest_clamp=RATIO // 2000,
    imf_base=5 * PERCENT,
    imf_factor=2,
    mmf_base=2 * PERCENT,
    mmf_factor=1,
    limit_min=10 * PERCENT,
    limit_max=300 * PERCENT,
    impact_min=50 * PERCENT,
    impact_max=150 * PERCENT,
    mean_mark_min=50 * PERCENT,
    mean_mark_max=150 * PERCENT,
    premium_tolerance=50 * PERCENT,
    **_BOUNDS,
)
RAMPED: Final = replace(CONTRACTS, mmf_base=3 * PERCENT, funding_interval=7200)
ETH: Final = "ETH_USDC"
CROSS: Final = "ETH_SOL"
ALL: Final = flags(lend=True, redeem=True, borrow=True, repay=True)
MAKER: Final[dict[str, Any]] = {
    "flags": ALL,
    "post_only": True,
    "self_trade_prevention": SelfTradePrevention.REJECT_BOTH,
}

_LISTED: Final[tuple[Action, ...]] = (
    ListAsset("USDC", DOLLAR),
    ListAsset("SOL", SUN),
    ListAsset("ETH", SUN),
    ListAsset("OLD", LENT),
    SetPrice("USDC", USD),
    SetPrice("SOL", 100 * USD),
    SetPrice("ETH", 100 * USD),
    *(CreateAccount(account, account) for account in range(2, 11)),
    CreateAccount(11, 2),
    ListMarket(SPOT, SPOTS),
    ListMarket(ETH, replace(SPOTS, base="ETH", order_book_state=OrderBookState.LIMIT_ONLY)),
    ListMarket(CROSS, replace(SPOTS, base="ETH", quote="SOL")),
    ListPerpetual(PERP, CONTRACTS),
    ListPerpetual(OTHER, CONTRACTS),
    SetMarketReference(SPOT, 1_010_000, 990_000, RATIO // 100),
    SetMarketReference(ETH, 1_020_000, 980_000, RATIO // 200),
    SetMarketReference(CROSS, 10_100_000, 9_900_000, RATIO // 400),
    SetMarketReference(PERP, 1_000_500, 999_500, RATIO // 300),
    UpdateMark(PERP, USD, has_basis=False, basis=0),
    UpdateMark(OTHER, 10 * USD, has_basis=True, basis=1000),
)

VIRTUAL: Final = {2, 3}
FAILING: Final = {5}
LENDS_AND_BORROWS: Final = {6}
"""The accounts by what their settings are."""

_DOLLARS: Final = {0: 20, 1: 300, 2: 3000, 3: 3100, 4: 9000, 6: 3300, 8: 3400, 9: 3500, 11: 700}
_COINS: Final = {2: 30, 3: 31, 4: 90, 5: 10, 6: 33, 7: 11, 8: 34, 9: 35}

_FUNDED: Final[tuple[Action, ...]] = (
    *(
        Deposit(account, "USDC", "solana", number, amount * USD)
        for number, (account, amount) in enumerate(_DOLLARS.items(), 1)
    ),
    *(
        Deposit(account, "SOL", "ethereum", number, amount * COIN)
        for number, (account, amount) in enumerate(_COINS.items(), 1)
    ),
    Deposit(8, "ETH", "solana", 1 + len(_DOLLARS), 9 * COIN),
    Deposit(0, "SOL", "ethereum", 1 + len(_COINS), COIN),
    Deposit(0, "ETH", "solana", 2 + len(_DOLLARS), COIN),
    Deposit(9, "USDC", "ethereum", 2 + len(_COINS), 400 * USD),
    *(
        settings(
            account,
            auto_lend=account in LENDS_AND_BORROWS,
            auto_repay_borrows=account not in FAILING,
            auto_realize=account not in VIRTUAL,
            auto_borrow_settlements=account in LENDS_AND_BORROWS,
            leverage_limit=9 * RATIO,
        )
        for account in range(2, 12)
    ),
    Lend(4, "USDC", 5000 * USD),
    Lend(4, "SOL", 40 * COIN),
    Lend(8, "SOL", 10 * COIN),
    Borrow(5, "USDC", 700 * USD),
    withdraw(5, "USDC", "solana", 690 * USD),
    Borrow(9, "SOL", 12 * COIN),
    ConfirmWithdrawal(0),
    withdraw(8, "SOL", "ethereum", 2 * COIN),
    FailWithdrawal(1),
    withdraw(9, "SOL", "ethereum", 3 * COIN),
    StartRebalance("SOL", "ethereum", "solana", 20 * COIN),
    CompleteRebalance(0, 20 * COIN - 5),
    StartRebalance("USDC", "solana", "ethereum", 30 * USD),
    StartRebalance("SOL", "ethereum", "solana", 6 * COIN),
    StartRebalance("ETH", "solana", "ethereum", 2 * COIN),
    Lend(8, "ETH", 5 * COIN),
    Borrow(11, "ETH", COIN),
    withdraw(8, "ETH", "solana", COIN),
    SetPrice("SOL", 80 * USD),
    Liquidate(5),
    Liquidate(5),
    SetPrice("SOL", 100 * USD),
)
"""One withdrawal is paid, one has failed and two are pending; of four rebalances one has arrived.

Account 5 was due, and quotes were asked for its collateral.
"""


def asked(account: int, side: Side, lots: int, **changes: Any) -> RequestQuote:
    """Return a request for quotes of the perpetual; `changes` names other fields."""
    plain = RequestQuote(
        account,
        PERP,
        side,
        lots,
        price=0,
        counterparty=0,
        immediate=False,
        expires=9000,
        flags=flags(),
    )
    return replace(plain, **changes)


_TRADED: Final[tuple[Action, ...]] = (
    bid(6, 40, 1_000_000, flags=ALL),
    ask(8, 30, 1_000_000, reduce_only=False),
    ask(9, 20, 1_050_000, **MAKER),
    bid(3, 20, 950_000, **MAKER),
    ask(6, 20, 1_060_000, flags=ALL),
    bid(8, 20, 940_000, flags=ALL),
    ask(3, 10, 1_070_000),
    CancelOrder(3, 6),
    long(2, 900, USD),
    short(3, 1000, USD),
    short(5, 50, 1_000_000),
    long(9, 250, USD),
    short(7, 100, USD),
    long(6, 100, 10 * USD, market=OTHER, flags=flags()),
    short(8, 100, 10 * USD, market=OTHER),
    ask(8, 40, 10_000_000, market=CROSS, **MAKER),
    SetPerpetualParameters(OTHER, replace(CONTRACTS, order_book_state=OrderBookState.POST_ONLY)),
)

_RESTING: Final[tuple[Action, ...]] = (
    long(4, 20, 900_000, **MAKER),
    short(4, 30, 1_200_000, flags=ALL),
    short(
        2, 40, 1_210_000, reduce_only=True, self_trade_prevention=SelfTradePrevention.REJECT_MAKER
    ),
    long(2, 50, 890_000),
    asked(2, Side.ASK, 60, price=950_000, expires=9100, flags=ALL),
    quoted(4, 970_000, 1, ALL),
    quoted(6, 960_000, 1, ALL),
    asked(3, Side.BID, 70, market=SPOT, price=1_080_000, expires=9200),
    quoted(8, 1_000_000, 2),
    AcceptQuote(3, 2, 8),
    asked(9, Side.BID, 10, expires=9300),
    CancelRequest(9, 3),
    asked(11, Side.BID, 20, price=1_200_000, counterparty=4, immediate=True, expires=9400),
    asked(9, Side.ASK, 12, price=900_000, counterparty=4, expires=9600),
    RegisterBackstop(4, 5000 * USD),
    RegisterBackstop(9, 3000 * USD),
    Halt(),
    Resume(),
)

_LIVED: Final[tuple[Action, ...]] = (
    AdvanceTime(3600),
    ApplyFunding(PERP, RATIO // 1000),
    ApplyFunding(OTHER, -RATIO // 2000),
    UpdateMark(PERP, 1_040_000, has_basis=False, basis=0),
    SetPrice("USDC", USD),
    Settle(),
    SetSystemParameters(RAMPING),
    SetAssetParameters("SOL", CHEAP),
    long(3, 100, 1_040_000),
    short(2, 100, 1_040_000),
    AdvanceTime(7200),
    SetPrice("USDC", USD),
    SetPrice("SOL", 100 * USD),
    Settle(),
    SetPerpetualParameters(PERP, RAMPED),
    UpdateMark(OTHER, 21 * USD, has_basis=True, basis=2000),
    SetPrice("ETH", 300 * USD),
    SetPrice("SOL", 80 * USD),
    UpdateMark(PERP, 1_070_000, has_basis=True, basis=1000),
    AdvanceTime(7300),
    Settle(),
    AdvanceTime(7301),
)
"""Two prices are limited, account 5 is due again; a second ago all was settled, not all paid."""

SETUPS: Final = (
    SetupSource("lived_in", SYSTEM, (*_LISTED, *_FUNDED, *_TRADED, *_RESTING, *_LIVED)),
)
