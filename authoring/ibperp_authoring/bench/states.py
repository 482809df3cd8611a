"""The states that the benchmark measures: many accounts, many resting orders, a wide portfolio."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ibperp import actions
from ibperp.book import reservation, rested
from ibperp.numbers import RATIO
from ibperp.ordered import Ordered
from ibperp.orders import OrderFlags, OrderKind, SelfTradePrevention, Side, TimeInForce
from ibperp.outcomes import Accepted
from ibperp.parameters import HaircutKind, HaircutParameters, MarketParameters, TokenParameters
from ibperp.persistent import Vector
from ibperp.pool import SHARES_PER_ATOM
from ibperp.state import (
    Account,
    Order,
    OrderStatus,
    Pool,
    State,
    Token,
    genesis,
    is_exposed,
    with_market,
)
from ibperp.transition import transition
from ibperp_invariants.worlds import asset_of, market_of, pool_of, system_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ibperp.actions import Action

TRANSITIONS: Final = 2_000
UNIT: Final = 10**6
"""Atoms of a whole unit of every asset, and quote atoms of a dollar, which is the first price."""

FREE: Final = 10**12
LENT: Final = 10**12
OWED: Final = 10**9
FIRST: Final = 2
"""The first account of a user: the two before it are the system's."""

TAKER: Final = FIRST
SELLER: Final = FIRST + 1
"""The account that sells what it has to borrow."""

DUSTY: Final = FIRST + 2
LENDER: Final = FIRST + 3
MAKERS: Final = FIRST + 4
"""The first account with resting orders."""

ORDERS_EACH: Final = 10
"""Open orders of a maker."""

LEVELS: Final = 100
"""Prices with orders on each side."""

WIDE: Final = 10
"""Assets, debts and open orders of the wide account."""

LOT: Final = 1000
MARK: Final = 1000
"""Quote atoms per lot, between bids and asks."""

LOTS: Final = 100
DUST: Final = LOT // 2
MARKET: Final = "SOL_USDC"

TOKENS: Final = (
    TokenParameters("solana", 1, 1, 10, 10**30, 2),
    TokenParameters("ethereum", 1, 1, 10, 10**30, 2),
)
POOL: Final = pool_of(
    base_rate=0,
    slope_low=RATIO // 20,
    slope_high=RATIO // 2,
    throttle_utilization=RATIO // 10 * 9,
    throttle_fraction=RATIO // 10,
)
ASSET: Final = asset_of(
    haircut=HaircutParameters(HaircutKind.INVERSE_SQRT, RATIO // 10 * 9, RATIO, RATIO // 10**5),
    imf_factor=10**12,
    mmf_factor=10**11,
    tokens=TOKENS,
    pool=POOL,
)
SYSTEM: Final = system_of(order_limit=2 * ORDERS_EACH)
MARGIN: Final = OrderFlags(
    auto_lend=False, auto_lend_redeem=True, auto_borrow=True, auto_borrow_repay=True
)


def populated(accounts: int, requests: int | None = None) -> State:
    """Return a state in which every account lends USDC, holds SOL and owes a little SOL.

    `requests`: pending withdrawals, and as many rebalances; by default those that are measured.
    """
    state = genesis(SYSTEM)
    for symbol in ("USDC", "SOL"):
        listed = transition(state, actions.ListAsset(symbol, ASSET))
        assert isinstance(listed, Accepted)
        state = listed.state
    shares = (LENT * SHARES_PER_ATOM, -OWED * SHARES_PER_ATOM)
    users = [Account(1 + index // 2, (FREE, FREE), shares) for index in range(accounts - 3)]
    count = len(users)
    lender = Account(1, (0, FREE), (0, LENT * count * SHARES_PER_ATOM))
    system = [Account(0), Account(0)]
    held = {"USDC": FREE * count, "SOL": FREE * (count + 1)}
    pools = {
        "USDC": Pool(LENT * count, LENT * count, LENT * count * SHARES_PER_ATOM),
        "SOL": Pool(
            cash=(LENT - OWED) * count,
            lent=LENT * count,
            lend_shares=LENT * count * SHARES_PER_ATOM,
            borrowed=OWED * count,
            borrow_shares=OWED * count * SHARES_PER_ATOM,
        ),
    }
    assets = tuple(
        replace(
            asset,
            price=UNIT,
            tokens=(Token(custody=held[asset.symbol] + pools[asset.symbol].cash), Token()),
            pool=replace(pools[asset.symbol], throttle_bound=POOL.throttle_utilization),
        )
        for asset in state.assets
    )
    holders = (*system, *users, lender)
    state = replace(state, assets=assets, accounts=Vector(holders), exposed=_exposed(holders))
    return with_requests(state, accounts, TRANSITIONS if requests is None else requests)


def with_requests(state: State, accounts: int, requests: int) -> State:
    """Return the state with as many pending withdrawals and rebalances."""
    spread = accounts - FIRST - 1
    for n in range(requests):
        asked = actions.RequestWithdrawal(
            FIRST + n * spread // requests,
            "USDC",
            "solana",
            1000,
            auto_lend_redeem=False,
            auto_borrow=False,
        )
        for action in (asked, actions.StartRebalance("SOL", "solana", "ethereum", 1000)):
            outcome = transition(state, action)
            assert isinstance(outcome, Accepted)
            state = outcome.state
    return state


def market(base: str, quote: str) -> MarketParameters:
    """Return a market that admits every price up to ten times off, and takes a usual fee."""
    return market_of(
        base=base,
        quote=quote,
        lot_atoms=LOT,
        maker_fee=RATIO // 1250,
        taker_fee=RATIO // 1000,
        limit_min=RATIO // 10,
        limit_max=10 * RATIO,
        impact_min=RATIO // 2,
        impact_max=2 * RATIO,
        mean_mark_min=RATIO // 2,
        mean_mark_max=2 * RATIO,
        premium_tolerance=RATIO,
    )


def placed(
    account: int, name: str, side: Side, lots: int, price: int, *, rests: bool = True
) -> actions.PlaceOrder:
    """Return a limit order that may use the pools."""
    return actions.PlaceOrder(
        account=account,
        market=name,
        side=side,
        kind=OrderKind.LIMIT,
        lots=lots,
        price=price,
        time_in_force=TimeInForce.GTC if rests else TimeInForce.IOC,
        post_only=False,
        reduce_only=False,
        self_trade_prevention=SelfTradePrevention.REJECT_TAKER,
        flags=MARGIN,
    )


def with_orders(count: int) -> State:
    """Return a state with `count` resting orders, half of them bids, over makers with a few each.

    It is built as it stands, since placing the orders one by one would take longer than measuring.
    """
    listed = (actions.ListAsset(symbol, ASSET) for symbol in ("USDC", "SOL"))
    priced = (actions.SetPrice(symbol, UNIT) for symbol in ("USDC", "SOL"))
    listing = actions.ListMarket(MARKET, market("SOL", "USDC"))
    state = _after(genesis(SYSTEM), *listed, *priced, listing)
    orders = [_resting(index) for index in range(count)]
    makers = [
        _maker(orders, range(first, min(first + ORDERS_EACH, count)))
        for first in range(0, count, ORDERS_EACH)
    ]
    lent = LENT * SHARES_PER_ATOM
    holders = (
        Account(0, (FREE,)),
        Account(0),
        Account(1, (FREE, FREE)),
        Account(2, (FREE,)),
        Account(3, (0, DUST)),
        Account(4, (), (lent, lent)),
        *makers,
    )
    assets = tuple(
        replace(
            asset,
            tokens=(Token(LENT + sum(sum(h.free[i : i + 1]) for h in holders)), Token()),
            pool=replace(asset.pool, cash=LENT, lent=LENT, lend_shares=lent),
        )
        for i, asset in enumerate(state.assets)
    )
    book = state.markets[0].book
    for index, order in enumerate(orders):
        book = rested(book, index, order)
    book = replace(book, next_sequence=count)
    state = replace(state, assets=assets, accounts=Vector(holders), orders=Vector(orders))
    state = replace(state, exposed=_exposed(holders))
    return with_market(state, 0, replace(state.markets[0], book=book))


def wide() -> State:
    """Return a state whose account FIRST owes every one of many assets and has as many orders."""
    symbols = [f"A{n}" for n in range(WIDE)]
    names = [f"{symbol}_A0" for symbol in symbols[1:]]
    lender = FIRST + 1
    deposits = [
        actions.Deposit(account, symbol, "solana", 1 + 2 * n + account - FIRST, LENT)
        for n, symbol in enumerate(symbols)
        for account in (FIRST, lender)
    ]
    return _after(
        genesis(SYSTEM),
        *(actions.ListAsset(symbol, ASSET) for symbol in symbols),
        *(actions.SetPrice(symbol, UNIT) for symbol in symbols),
        *(actions.ListMarket(name, market(name[:2], "A0")) for name in names),
        *(actions.CreateAccount(account, account) for account in (FIRST, lender)),
        *deposits,
        *(actions.Lend(lender, symbol, LENT) for symbol in symbols),
        *(actions.Borrow(FIRST, symbol, OWED) for symbol in symbols),
        *(placed(FIRST, name, Side.BID, LOTS, MARK - 1) for name in names),
        placed(FIRST, names[0], Side.ASK, LOTS, MARK + 1),
    )


def _exposed(accounts: Iterable[Account]) -> Ordered:
    return Ordered((index,) for index, account in enumerate(accounts) if is_exposed(account))


def _resting(index: int) -> Order:
    side = Side.BID if index % 2 else Side.ASK
    distance = 1 + index % LEVELS
    price = MARK - distance if side is Side.BID else MARK + distance
    return Order(
        account=MAKERS + index // ORDERS_EACH,
        market=0,
        side=side,
        price=price,
        lots=LOTS,
        reserved=reservation(market("SOL", "USDC"), side, LOTS, price),
        sequence=index,
        post_only=False,
        reduce_only=False,
        self_trade_prevention=SelfTradePrevention.REJECT_TAKER,
        flags=MARGIN,
        status=OrderStatus.OPEN,
    )


def _maker(orders: list[Order], ids: range) -> Account:
    own = [orders[index] for index in ids]
    reserved = tuple(
        sum(order.reserved for order in own if order.side is side) for side in (Side.BID, Side.ASK)
    )
    return Account(own[0].account, (FREE, FREE), reserved=reserved, orders=tuple(ids))


def _after(state: State, *steps: Action) -> State:
    for action in steps:
        outcome = transition(state, action)
        assert isinstance(outcome, Accepted), (action, outcome)
        state = outcome.state
    return state
