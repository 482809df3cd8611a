"""Single steps on markets, positions and settlements, drawn from the state."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ibperp.actions import (
    Action,
    AdvanceTime,
    AmendOrder,
    ApplyFunding,
    CancelAllOrders,
    CancelOrder,
    ConvertDust,
    ListAsset,
    ListMarket,
    ListPerpetual,
    PlaceOrder,
    RequestWithdrawal,
    SetMarketParameters,
    SetMarketReference,
    SetPerpetualParameters,
    Settle,
    SettleMarket,
    UpdateMark,
)
from ibperp.book import best_price, opposite
from ibperp.numbers import RATIO
from ibperp.orders import OrderFlags, OrderKind, SelfTradePrevention, Side, TimeInForce
from ibperp.parameters import MarketParameters, OrderBookState, PerpetualParameters
from ibperp.state import Market, Perpetual, at, position_of

if TYPE_CHECKING:
    from ibperp_conformance.fuzz.generator.run import Run

BITS = (False, True)


def flags(run: Run) -> OrderFlags:
    """Return any flags."""
    return OrderFlags(*(run.pick(BITS) for _ in range(4)))


def limit(account: int, market: str, side: Side, lots: int, price: int) -> PlaceOrder:
    """Return a plain limit order that may lend, redeem, borrow and repay."""
    return PlaceOrder(
        account=account,
        market=market,
        side=side,
        kind=OrderKind.LIMIT,
        lots=lots,
        price=price,
        time_in_force=TimeInForce.GTC,
        post_only=False,
        reduce_only=False,
        self_trade_prevention=SelfTradePrevention.REJECT_MAKER,
        flags=OrderFlags(*[True] * 4),
    )


def market_of(run: Run) -> int:
    """Return the id of a market, mostly of a perpetual."""
    places = run.perpetuals() if run.random.randrange(5) < 3 else run.spots()
    return run.pick(places or list(range(len(run.state.markets))))


def priced(run: Run, place: int, side: Side) -> int:
    """Return a price near the mark or one of the book, on the tick."""
    market = run.state.markets[place]
    tick, mark = market.parameters.tick, run.mark(place)
    best = best_price(market.book, opposite(side)) or best_price(market.book, side) or mark
    steps = (-9, -3, -1, 0, 0, 1, 3, 9)
    price = run.pick((best, best, mark, mark * 99 // 100, mark * 101 // 100, mark // 2, mark * 2))
    return max(price // tick + run.pick(steps) * (mark > 20), 1) * tick


def placed(run: Run) -> Action | None:
    """Place an order of any kind: a few lots, what is held, or what fits a position."""
    if not run.state.markets:
        return None
    account, place, side = run.owner(), market_of(run), run.pick(tuple(Side))
    market = run.state.markets[place]
    own = position_of(run.account(account), place).lots if place in run.perpetuals() else 0
    is_reducing = own != 0 and run.chance(4)
    if is_reducing:
        side = Side.ASK if own > 0 else Side.BID
    sizes = (1, 2, 3, 5, 10, _affordable(run, account, place, side), abs(own) or 4)
    lots = max(run.near(run.pick(sizes)), market.parameters.minimum_lots)
    is_market = run.chance(8)
    at_once = is_market or run.chance(6)
    time = run.pick((TimeInForce.IOC, TimeInForce.FOK)) if at_once else TimeInForce.GTC
    return PlaceOrder(
        account=account,
        market=market.symbol,
        side=side,
        kind=OrderKind.MARKET if is_market else OrderKind.LIMIT,
        lots=lots,
        price=0 if is_market else priced(run, place, side),
        time_in_force=time,
        post_only=not at_once and run.chance(10),
        reduce_only=run.chance(2) if is_reducing else run.chance(10),
        self_trade_prevention=run.pick(tuple(SelfTradePrevention)),
        flags=flags(run),
    )


def _affordable(run: Run, account: int, place: int, side: Side) -> int:
    """Return about how many lots an account can deliver, or carry with the cash it has."""
    market = run.state.markets[place]
    if isinstance(market, Perpetual):
        cash = run.holds(account, run.settlement or 0)
        return max(cash * run.pick((1, 3, 8)) // run.mark(place), 1)
    asset, unit = (market.quote, run.mark(place)) if side is Side.BID else (market.base, 0)
    return max(run.holds(account, asset) // (unit or market.parameters.lot_atoms), 1)


def opened(run: Run) -> tuple[int, int] | None:
    """Return an open order and its account."""
    ids = [index for account in run.state.accounts for index in account.orders]
    if not ids:
        return None
    index = run.pick(ids)
    return index, run.state.orders[index].account


def amended(run: Run) -> Action | None:
    """Change an open order: fewer lots, more, another price; now and then one that is over."""
    found = opened(run)
    if found is None or run.chance(15):
        last = max(len(run.state.orders) - 1, 0)
        return AmendOrder(run.owner(), run.random.randint(0, last), 1, 1) if run.chance(3) else None
    index, account = found
    order = run.state.orders[index]
    lots = run.pick((order.lots, max(order.lots - 1, 1), order.lots + 1, run.near(order.lots)))
    price = order.price if run.chance(2) else priced(run, order.market, order.side)
    return AmendOrder(account if not run.chance(15) else run.owner(), index, lots, price)


def cancelled(run: Run) -> Action | None:
    """Cancel an order, or all of an account in a market."""
    if run.chance(3) and run.state.markets:
        return CancelAllOrders(run.owner(), run.pick(run.state.markets).symbol)
    found = opened(run)
    if found is None or run.chance(15):
        last = max(len(run.state.orders) - 1, 0)
        return CancelOrder(run.owner(), run.random.randint(0, last)) if run.chance(3) else None
    index, account = found
    return CancelOrder(account, index)


def dusted(run: Run) -> Action | None:
    """Convert dust where there is some; else leave no more than dust."""
    places = run.spots()
    if not places:
        return None
    place, account = run.pick(places), run.owner()
    market = run.state.markets[place]
    assert isinstance(market, Market)
    index, base = market.base, run.state.assets[market.base]
    least = market.parameters.lot_atoms * market.parameters.minimum_lots
    for other in run.random.sample(run.owners(), len(run.owners())):
        holder = run.account(other)
        if 0 < at(holder.free, index) - at(holder.reserved, index) < least:
            return ConvertDust(other, market.symbol)
    left = at(run.account(account).free, index) - run.random.randint(1, max(least - 1, 1))
    if left > 0:
        chain = base.parameters.tokens[0].chain
        return RequestWithdrawal(account, base.symbol, chain, left, False, False)
    return ConvertDust(account, market.symbol) if run.chance(4) else None


def marked(run: Run) -> Action | None:
    """Move a mark: by its index, by the basis, or by the book where there is no index."""
    places = run.perpetuals()
    if not places:
        return None
    place = run.pick(places)
    mark = run.mark(place)
    percents = (50, 80, 90, 95, 98, 99, 100, 100, 101, 102, 105, 110, 120, 180)
    index = 0 if run.chance(15) else max(mark * run.pick(percents) // 100 + run.pick((-1, 0, 1)), 1)
    basis = run.pick((-mark // 5, -3, -1, 0, 1, 3, mark // 7))
    return UpdateMark(run.state.markets[place].symbol, index, run.chance(3), basis)


def funded(run: Run) -> Action | None:
    """Apply funding where an interval is over; else let it pass."""
    places = run.perpetuals()
    if not places:
        return None
    market = run.state.markets[run.pick(places)]
    assert isinstance(market, Perpetual)
    interval = market.parameters.funding_interval
    if run.state.time // interval == market.funding_time // interval and not run.chance(6):
        return AdvanceTime((run.state.time // interval + 1) * interval + run.pick((0, 0, 1, 17)))
    percents = (-30, -3, -1, 0, 1, 2, 5, 30)
    return ApplyFunding(market.symbol, run.pick(percents) * RATIO // 1000 + run.pick((-1, 0, 1)))


def settled(run: Run) -> Action:
    """Settle where it is due, else let the interval pass."""
    due = run.state.settlement_time + run.state.system.settlement_interval
    if run.state.time >= due or run.chance(10):
        return Settle()
    return AdvanceTime(due + run.pick((0, 0, 0, 1, 13)))


def referenced(run: Run) -> Action | None:
    """Bring what the taker bands look at."""
    if not run.state.markets:
        return None
    place = market_of(run)
    mark = run.mark(place)
    near = (mark, mark, mark + 1, max(mark - 1, 0), mark * 11 // 10)
    premium = run.pick((-20, -1, 0, 0, 1, 20)) * RATIO // 100
    symbol = run.state.markets[place].symbol
    return SetMarketReference(symbol, run.pick((*near, 0)), run.pick(near), premium)


def reset_market(run: Run) -> Action | None:
    """Change fees, tick, minimum or the state of a market; of a perpetual also its limits."""
    if not run.state.markets:
        return None
    market = run.state.markets[market_of(run)]
    limits = market.parameters
    states = (*[OrderBookState.OPEN] * 6, *OrderBookState)
    changes: list[dict[str, object]] = [
        {"order_book_state": run.pick(states)},
        {"order_book_state": OrderBookState.OPEN},
        {"maker_fee": -(limits.taker_fee // 2)},
        {"maker_fee": 0, "taker_fee": run.pick((0, 1, 50)) * RATIO // 1000},
        {"minimum_lots": run.pick((1, 1, 2, 5))},
        {"tick": run.pick((1, 1, 2, 5))},
        {"limit_min": 9 * RATIO // 10, "limit_max": 11 * RATIO // 10},
        {"limit_min": 0, "limit_max": 1000 * RATIO, "impact_min": 0, "impact_max": 1000 * RATIO},
    ]
    if isinstance(limits, MarketParameters):
        changed = replace(limits, **run.pick(changes))  # type: ignore[arg-type]
        return SetMarketParameters(market.symbol, changed)
    assert isinstance(market, Perpetual)
    largest = max((abs(lots) for lots in _lots(run, market)), default=0)
    imf = run.pick((2, 5, 10, 30)) * RATIO // 100
    changes += [
        {"open_interest_limit": max(market.open_interest + run.pick((-1, 0, 1, 5)), 0)},
        {"position_limit": max(largest + run.pick((-1, 0, 1, 5)), 0)},
        {"position_limit": 10**9, "open_interest_limit": 10**9},
        {"imf_base": imf, "mmf_base": imf // 2},
        {"mark_threshold": run.pick((0, 1, 10, 100)) * RATIO // 100},
        {"price_update_min": run.pick((0, 90, 100)) * RATIO // 100},
        {"funding_cap": limits.funding_floor},
    ]
    altered = replace(limits, **run.pick(changes))  # type: ignore[arg-type]
    return SetPerpetualParameters(market.symbol, altered)


def _lots(run: Run, market: Perpetual) -> list[int]:
    place = run.state.markets.index(market)
    return [position_of(own, place).lots for own in run.state.accounts]


def delisted(run: Run) -> Action | None:
    """Settle a closed market at a final price; close one if there is none."""
    places = run.perpetuals()
    if not places:
        return None
    for place in places:
        market = run.state.markets[place]
        assert isinstance(market, Perpetual)
        if market.parameters.order_book_state is OrderBookState.CLOSED and market.open_interest:
            mark = run.mark(place)
            return SettleMarket(market.symbol, run.pick((mark, mark + 3, mark // 2, mark * 2, 0)))
    market = run.state.markets[run.pick(places)]
    assert isinstance(market.parameters, PerpetualParameters)
    closed = replace(market.parameters, order_book_state=OrderBookState.CLOSED)
    return SetPerpetualParameters(market.symbol, closed)


def listed(run: Run) -> Action | None:
    """List an asset or a market like one that is there, seldom under a name that is taken."""
    markets = run.state.markets
    if len(run.state.assets) + len(markets) > 9 or not markets:
        return None
    if run.chance(3):
        return ListAsset(f"A{len(run.state.assets)}", run.pick(run.state.assets).parameters)
    like = run.pick(markets)
    name = run.pick((f"M{len(markets)}", f"M{len(markets)}", like.symbol))
    if isinstance(like.parameters, PerpetualParameters):
        return ListPerpetual(name, like.parameters)
    return ListMarket(name, like.parameters)
