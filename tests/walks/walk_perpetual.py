"""What a random walk does with perpetual markets and settlements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    ApplyFunding,
    Borrow,
    CancelAllOrders,
    Lend,
    ListPerpetual,
    PlaceOrder,
    Redeem,
    RequestWithdrawal,
    SetAccountSettings,
    SetPerpetualParameters,
    SetPrice,
    Settle,
    SettleMarket,
    Transfer,
    UpdateMark,
)
from ibperp.numbers import RATIO
from ibperp.orders import OrderKind, SelfTradePrevention, Side, TimeInForce
from ibperp.parameters import OrderBookState, SystemParameters
from ibperp.state import Perpetual, at, position_of
from worlds.perpetual import MARK, PERPETUALS
from worlds.tiny import SYMBOLS

if TYPE_CHECKING:
    from walks.walk import Draw


ALONE: Final = 4
"""The account whose user has no other."""


def placed(draw: Draw) -> Action:
    """Place an order near the mark, now and then one that reduces the position or fits it."""
    account, market = draw.account(), draw.random.choice(tuple(PERPETUALS))
    index = 2 + tuple(PERPETUALS).index(market)
    own = position_of(draw.state.accounts[account], index).lots
    side, lots = draw.random.choice(tuple(Side)), draw.random.choice((1, 1, 2, 3, 4, 7, 12, 25))
    is_reducing = own != 0 and draw.chance(25)
    if is_reducing:
        side, lots = Side.ASK if own > 0 else Side.BID, draw.random.choice((1, abs(own)))
    is_market = draw.chance(10)
    return PlaceOrder(
        account=account,
        market=market,
        side=side,
        kind=OrderKind.MARKET if is_market else OrderKind.LIMIT,
        lots=lots,
        price=0 if is_market else draw.price(market),
        time_in_force=TimeInForce.IOC if is_market or draw.chance(10) else TimeInForce.GTC,
        post_only=False,
        reduce_only=is_reducing and draw.chance(60),
        self_trade_prevention=draw.random.choice(tuple(SelfTradePrevention)),
        flags=draw.flags(),
    )


def marked(draw: Draw) -> Action:
    """Move the mark: by the index, by the basis, or by the book where there is no index."""
    market = draw.random.choice(tuple(PERPETUALS))
    steps = (-60, -20, -7, -1, 0, 1, 7, 20, 60)
    if draw.chance(8):
        return UpdateMark(market, 0, has_basis=False, basis=0)
    old = MARK if draw.chance(40) else draw.mark(market)
    index = max(old + draw.random.choice(steps), 1)
    return UpdateMark(market, index, has_basis=draw.chance(30), basis=draw.random.choice(steps))


def funded(draw: Draw) -> Action:
    """Apply funding where an interval passed, else let one pass."""
    market = draw.random.choice(tuple(PERPETUALS))
    found = next(item for item in draw.state.markets if item.symbol == market)
    assert isinstance(found, Perpetual)
    interval = found.parameters.funding_interval
    if draw.state.time // interval == found.funding_time // interval and draw.chance(70):
        return AdvanceTime(draw.state.time + interval)
    return ApplyFunding(market, draw.random.choice((-3, -1, 0, 1, 3)) * RATIO // 20)


def settled(draw: Draw) -> Action:
    """Settle where it is due, else let an interval pass."""
    is_due = draw.state.time - draw.state.settlement_time >= draw.state.system.settlement_interval
    return Settle() if is_due or draw.chance(10) else AdvanceTime(draw.state.time + 60)


def reparametrized(draw: Draw) -> Action:
    """Change the state of a perpetual's book; settle it if it is closed, and open it again."""
    market = draw.random.choice(tuple(PERPETUALS))
    found = next(item for item in draw.state.markets if item.symbol == market)
    assert isinstance(found, Perpetual)
    if found.parameters.order_book_state is OrderBookState.CLOSED and found.open_interest:
        return SettleMarket(market, max(found.mark_price + draw.random.choice((-9, 0, 9)), 1))
    book = draw.random.choice((*[OrderBookState.OPEN] * 5, OrderBookState.CLOSED, *OrderBookState))
    limits = PERPETUALS[market]
    lots = draw.random.choice((limits.position_limit, 10))
    changed = replace(limits, order_book_state=book, position_limit=lots)
    return SetPerpetualParameters(market, changed)


def closed(draw: Draw) -> Action:
    """Settle a market: a closed one, if there is one with positions."""
    found = [
        item.symbol
        for item in draw.state.markets
        if item.parameters.order_book_state is OrderBookState.CLOSED
        and isinstance(item, Perpetual)
        and item.open_interest
    ]
    market = draw.random.choice(found or list(PERPETUALS))
    return SettleMarket(market, draw.random.choice((0, MARK, MARK + 9)))


WORK_ON_PERPETUALS: Final[tuple[tuple[int, Callable[[Draw], Action]], ...]] = (
    (45, placed),
    (14, marked),
    (5, funded),
    (12, settled),
    (4, reparametrized),
    (3, closed),
    (
        1,
        lambda draw: ListPerpetual(
            draw.random.choice(("ORE_PERP", f"P{len(draw.state.markets)}")), PERPETUALS["ORE_PERP"]
        ),
    ),
)
"""Every kind of action on perpetuals, by weight."""


def refreshed(draw: Draw) -> Action:
    """Bring a price or a mark that grew old, the oldest first."""
    markets = [item for item in draw.state.markets if isinstance(item, Perpetual)]
    oldest = min(markets, key=lambda item: item.mark_time)
    priced = min(draw.state.assets[: len(SYMBOLS)], key=lambda item: item.price_time)
    if priced.price_time < oldest.mark_time:
        return SetPrice(priced.symbol, {"USD": 100, "ORE": 250}[priced.symbol])
    return UpdateMark(oldest.symbol, oldest.mark_price or MARK, has_basis=False, basis=0)


def cancelled(draw: Draw) -> Action:
    market = draw.random.choice(tuple(PERPETUALS))
    return CancelAllOrders(draw.account(), market)


def switched(draw: Draw) -> Action:
    return SetAccountSettings(
        draw.account(),
        auto_lend=draw.chance(30),
        auto_repay_borrows=draw.chance(40),
        auto_borrow_settlements=draw.chance(50),
        auto_realize=draw.chance(25),
        leverage_limit=10 * RATIO,
    )


def drained(draw: Draw) -> Action:
    """Send the settlement asset away, or borrow it, so that an account cannot pay in cash."""
    account = draw.account()
    free = at(draw.state.accounts[account].free, 0)
    if draw.chance(20):
        return Redeem(account, "USD", None)
    if draw.chance(25):
        return Lend(account, "USD", max(free - draw.random.choice((0, 3, 50)), 1))
    if draw.chance(25):
        return Borrow(account, "USD", draw.random.choice((5, 50, 400)))
    if account == ALONE:
        return RequestWithdrawal(account, "USD", "north", max(free, 1), True, True)
    return Transfer(account, {2: 3, 3: 2, 5: 6, 6: 5}[account], "USD", max(free, 1))


DRAIN: Final[tuple[tuple[int, Callable[[Draw], Action]], ...]] = (
    *WORK_ON_PERPETUALS,
    (12, refreshed),
    (6, cancelled),
    (5, switched),
    (7, drained),
    (4, lambda draw: AdvanceTime(draw.state.time + 10**8)),
)
"""Work on perpetuals alone, by accounts that are short of cash."""


def limited(random: Random, system: SystemParameters) -> SystemParameters:
    """Return the system with limits of virtual debts that are narrow or none, and weights."""
    return replace(
        system,
        account_virtual_limit=random.choice((0, 60, 200, 10**6)),
        system_virtual_limit=random.choice((50, 500, 10**6)),
        book_utilization_limit=random.choice((1, 10, 90)) * RATIO // 100,
        unrealized_weight=random.choice((1, 2)) * RATIO // 2,
        unsettled_cap=random.choice((100, 10**9)),
    )
