"""Random walks of useful actions from a seed: deep, and many times faster than drawn ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from random import Random
from typing import Any, Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    AmendOrder,
    Borrow,
    CancelAllOrders,
    CancelOrder,
    CompleteRebalance,
    ConfirmWithdrawal,
    ConvertDust,
    CreateAccount,
    Deposit,
    FailWithdrawal,
    Lend,
    ListAsset,
    ListMarket,
    PlaceOrder,
    Redeem,
    Repay,
    RequestWithdrawal,
    SetAccountSettings,
    SetMarketParameters,
    SetMarketReference,
    SetPoolParameters,
    SetPrice,
    StartRebalance,
    Transfer,
)
from ibperp.numbers import RATIO
from ibperp.orders import OrderFlags, OrderKind, SelfTradePrevention, Side, TimeInForce
from ibperp.parameters import BookState, OrderBookState, SystemParameters
from ibperp.state import Perpetual, State, at
from walks.walk_perpetual import WORK_ON_PERPETUALS
from worlds.perpetual import with_perpetuals
from worlds.tiny import CHAINS, MARKETS, POOL, SYMBOLS, SYSTEM, asset, quoted, run

TRADERS: Final = (2, 3, 4, 5, 6)
OTHER: Final = {2: 3, 3: 2, 5: 6, 6: 5}
"""The other account of the same user; account 4 has none."""

AMOUNTS: Final = (1, 2, 9, 10, 11, 50, 100, 300, 1000)


@dataclass(frozen=True, slots=True)
class Draw:
    """What one draw may look at."""

    random: Random
    state: State

    def account(self) -> int:
        return self.random.choice(TRADERS)

    def symbol(self) -> str:
        return self.random.choice(SYMBOLS)

    def market(self) -> str:
        return self.random.choice(tuple(MARKETS))

    def chain(self) -> str:
        return self.random.choice(CHAINS)

    def amount(self) -> int:
        return self.random.choice(AMOUNTS)

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def mark(self, market: str) -> int:
        """Return the value of a market's lot by the prices of its assets, or its mark."""
        found = next((item for item in self.state.markets if item.symbol == market), None)
        if isinstance(found, Perpetual):
            return found.mark_price
        limits = MARKETS[market]
        base, quote = (
            self.state.assets[SYMBOLS.index(name)].price for name in (limits.base, limits.quote)
        )
        return max(limits.lot_atoms * base // quote, 1)

    def price(self, market: str) -> int:
        """Return a price near the mark, or one that the best order of a side has."""
        found = next(item for item in self.state.markets if item.symbol == market)
        best = [key[0] for key in (found.book.bids.first(), found.book.asks.first()) if key]
        if best and self.chance(50):
            return abs(self.random.choice(best))
        tick = found.parameters.tick
        steps = self.mark(market) // tick + self.random.choice((-4, -2, -1, 0, 0, 1, 2, 4))
        return max(steps, 1) * tick

    def flags(self) -> OrderFlags:
        return OrderFlags(*(self.chance(60) for _ in range(4)))

    def sellable(self, account: int, market: str) -> int:
        """Return the base atoms that an account has free and not reserved."""
        holder, base = self.state.accounts[account], SYMBOLS.index(MARKETS[market].base)
        return at(holder.free, base) - at(holder.reserved, base)

    def opened(self) -> tuple[int, int]:
        """Return an open order and its account, or an unknown one."""
        ids = [index for account in self.state.accounts for index in account.orders]
        index = self.random.choice(ids or [len(self.state.orders)])
        return index, self.state.orders[index].account if ids else 2


def placed(draw: Draw) -> Action:
    """Place an order near the mark, for a few lots or for all that is free."""
    account, market, side = draw.account(), draw.market(), draw.random.choice(tuple(Side))
    is_market, price = draw.chance(10), draw.price(market)
    lots = draw.random.choice((1, 2, 2, 3, 4, 7, 10, 20, 40, 80, 150))
    if draw.chance(10):
        limits = MARKETS[market]
        is_bid = side is Side.BID
        delivered = SYMBOLS.index(limits.quote if is_bid else limits.base)
        lots = at(draw.state.accounts[account].free, delivered) // (price if is_bid else 10) + 1
    at_once = is_market or draw.chance(15)
    return PlaceOrder(
        account=account,
        market=market,
        side=side,
        kind=OrderKind.MARKET if is_market else OrderKind.LIMIT,
        lots=lots,
        price=0 if is_market else price,
        time_in_force=draw.random.choice((TimeInForce.IOC, TimeInForce.IOC, TimeInForce.FOK))
        if at_once
        else TimeInForce.GTC,
        post_only=not at_once and draw.chance(8),
        reduce_only=draw.chance(20),
        self_trade_prevention=draw.random.choice(tuple(SelfTradePrevention)),
        flags=draw.flags(),
    )


def amended(draw: Draw) -> Action:
    index, account = draw.opened()
    if index >= len(draw.state.orders):
        return AmendOrder(account, index, 1, 1)
    order = draw.state.orders[index]
    lots = draw.random.choice((2, 3, order.lots, max(order.lots - 1, 1), order.lots + 1, 10, 40))
    price = order.price if draw.chance(50) else draw.price(draw.state.markets[order.market].symbol)
    return AmendOrder(account, index, lots, price)


def cancelled(draw: Draw) -> Action:
    index, account = draw.opened()
    return CancelOrder(account, index)


def dusted(draw: Draw) -> Action:
    """Convert dust where there is some, else leave no more than dust somewhere."""
    accounts, markets = list(OTHER), list(MARKETS)
    draw.random.shuffle(accounts)
    draw.random.shuffle(markets)
    found = [
        (account, market, draw.sellable(account, market))
        for account in accounts
        for market in markets
    ]
    for account, market, amount in found:
        limits = MARKETS[market]
        if 0 < amount < limits.lot_atoms * limits.minimum_lots:
            return ConvertDust(account, market)
    account, market, amount = found[0]
    left = draw.random.randrange(20)
    return Transfer(account, OTHER[account], MARKETS[market].base, max(amount - left, 1))


def deposited(draw: Draw) -> Action:
    chain = draw.random.randrange(len(CHAINS))
    sequence, amount = draw.state.chains[chain].next_sequence, draw.amount() * 10**chain
    account = draw.random.choice((0, *TRADERS))
    return Deposit(account, draw.symbol(), CHAINS[chain], sequence, amount)


def repriced(draw: Draw) -> Action:
    symbol = draw.symbol()
    price = draw.state.assets[SYMBOLS.index(symbol)].price
    if draw.chance(30):
        return SetPrice(symbol, {"USD": 100, "ORE": 250}[symbol])
    return SetPrice(
        symbol, max(price * draw.random.choice((70, 80, 95, 100, 105, 125, 130)) // 100, 1)
    )


def ended_withdrawal(draw: Draw) -> Action:
    index = len(draw.state.withdrawals) - draw.random.choice((1, 1, 2))
    return ConfirmWithdrawal(index) if draw.chance(50) else FailWithdrawal(index)


def rebalanced(draw: Draw) -> Action:
    index = len(draw.state.rebalances) - 1
    if draw.chance(50):
        return StartRebalance(draw.symbol(), CHAINS[0], CHAINS[1], 10)
    sent = draw.state.rebalances[index].amount if index >= 0 else 1
    return CompleteRebalance(index, sent)


def reparametrized(draw: Draw) -> Action:
    market = draw.market()
    fee = draw.random.choice((-RATIO // 20, 0, RATIO // 100, RATIO // 50))
    state = draw.random.choice((*[OrderBookState.OPEN] * 15, *OrderBookState))
    return SetMarketParameters(
        market, replace(MARKETS[market], maker_fee=fee, order_book_state=state)
    )


def repooled(draw: Draw) -> Action:
    state = draw.random.choice((*[BookState.OPEN] * 4, *BookState))
    limit = draw.random.choice((100, 5000, 5000))
    changed = replace(POOL, book_state=state, open_borrow_lend_limit=limit)
    return SetPoolParameters(draw.symbol(), changed)


def referenced(draw: Draw) -> Action:
    market, premium = draw.market(), draw.random.choice((-1, 0, 1)) * RATIO // 10
    return SetMarketReference(market, draw.mark(market), draw.price(market), premium)


def repaid(draw: Draw) -> Action:
    """Repay a debt, if there is one."""
    accounts = enumerate(draw.state.accounts)
    debts = [
        (account, symbol)
        for account, holder in accounts
        for index, symbol in enumerate(SYMBOLS)
        if at(holder.shares, index) < 0
    ]
    account, symbol = draw.random.choice(debts or [(2, "USD")])
    return Repay(account, symbol, whole(draw))


def whole(draw: Draw) -> int | None:
    return None if draw.chance(50) else draw.amount()


WORK: Final[tuple[tuple[int, Callable[[Draw], Action]], ...]] = (
    (50, placed),
    (7, amended),
    (4, cancelled),
    (1, lambda draw: CancelAllOrders(draw.account(), draw.market())),
)
"""What owners do with orders, by weight."""

AROUND: Final[tuple[tuple[int, Callable[[Draw], Action]], ...]] = (
    (5, dusted),
    (3, deposited),
    (7, repriced),
    (7, ended_withdrawal),
    (5, rebalanced),
    (1, reparametrized),
    (1, repooled),
    (1, referenced),
    (3, lambda draw: Lend(draw.account(), draw.symbol(), draw.amount())),
    (2, lambda draw: Redeem(draw.account(), draw.symbol(), whole(draw))),
    (4, lambda draw: Borrow(draw.account(), draw.symbol(), draw.amount())),
    (3, repaid),
    (
        3,
        lambda draw: RequestWithdrawal(
            draw.account(),
            draw.symbol(),
            draw.chain(),
            draw.amount(),
            auto_lend_redeem=draw.chance(50),
            auto_borrow=draw.chance(50),
        ),
    ),
    (
        2,
        lambda draw: Transfer(
            *draw.random.choice(tuple(OTHER.items())), draw.symbol(), draw.amount()
        ),
    ),
    (
        3,
        lambda draw: SetAccountSettings(
            draw.account(),
            auto_lend=draw.chance(40),
            auto_repay_borrows=draw.chance(40),
            auto_borrow_settlements=draw.chance(60),
            auto_realize=draw.chance(40),
            leverage_limit=draw.random.choice((1, 2, 10)) * RATIO,
        ),
    ),
    (3, lambda draw: AdvanceTime(draw.state.time + draw.random.choice((1, 1, 60, 60, 600, 3600)))),
    (1, lambda draw: CreateAccount(len(draw.state.accounts), draw.random.randrange(3))),
    (1, lambda draw: ListAsset(draw.random.choice(("USD", f"A{len(draw.state.assets)}")), asset())),
    (
        1,
        lambda draw: ListMarket(
            draw.random.choice(("ORE_USD", f"M{len(draw.state.markets)}")), MARKETS["ORE_USD"]
        ),
    ),
)
"""What is done around the markets: custody, pools, prices, listings, by weight."""

EVERYTHING: Final = (*WORK, *WORK_ON_PERPETUALS, *AROUND)
"""Every kind of action, by weight."""


def useful_action(
    random: Random, state: State, choices: tuple[tuple[int, Callable[[Draw], Action]], ...]
) -> Action:
    """Return an action that `state` has a fair chance to accept."""
    weights = [weight for weight, _ in choices]
    ((_, make),) = random.choices(choices, weights)
    return make(Draw(random, state))


def spoilt_action(random: Random, action: Action) -> Action:
    """Return an action with one amount, id or name that no state accepts, if it has any."""
    kinds = {item.name: type(getattr(action, item.name)) for item in fields(action)}
    wrong: dict[str, Any] = {name: -1 for name, kind in kinds.items() if kind is int}
    wrong |= {name: "?" for name, kind in kinds.items() if kind is str}
    if not wrong:
        return action
    name = random.choice(sorted(wrong))
    return replace(action, **{name: wrong[name]})


def traders(system: SystemParameters = SYSTEM) -> State:
    """The quoted system with two accounts more of user 9: 5 with little, 6 with much and lent."""
    state = run(quoted(system), CreateAccount(5, 9), CreateAccount(6, 9))
    for account, amount in ((5, 100), (6, 4000)):
        for symbol in SYMBOLS:
            sequence = state.chains[0].next_sequence
            state = run(state, Deposit(account, symbol, CHAINS[0], sequence, amount))
    return run(with_perpetuals(state), *(Lend(6, symbol, 2500) for symbol in SYMBOLS))
