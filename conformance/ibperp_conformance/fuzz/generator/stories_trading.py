"""Stories of trades: as many lots as both sides may, and queues that one order goes through."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ibperp.actions import CancelAllOrders
from ibperp.book import opposite
from ibperp.orders import Side, TimeInForce
from ibperp.outcomes import Accepted
from ibperp.transition import transition
from ibperp_conformance.fuzz.generator.moves_funds import again, time_of
from ibperp_conformance.fuzz.generator.moves_markets import flags, limit
from ibperp_conformance.fuzz.generator.run import edge

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibperp.actions import Action, PlaceOrder
    from ibperp_conformance.fuzz.generator.run import Run


def fresh(run: Run) -> None:
    """Bring every price that is too old for an order or a liquidation again."""
    system = run.state.system
    age = min(
        *(system.order_price_age, system.liquidation_price_age),
        *(system.borrow_price_age, system.withdrawal_price_age),
    )
    for own in run.priced():
        if run.state.time - time_of(own) > age or own.is_limited:
            run.act(again(own))


def two(run: Run) -> tuple[int, int]:
    """Return two accounts, mostly of two users."""
    first = run.owner()
    others = [own for own in run.owners() if run.account(own).user != run.account(first).user]
    return first, run.pick(others or run.owners())


def sized(order: PlaceOrder) -> Callable[[int], Action]:
    """Return what makes the same order for another number of lots."""
    return lambda lots: replace(order, lots=lots)


def trade(run: Run, place: int, buyer: int, seller: int, price: int, *, part: int = 1) -> int:
    """Let two accounts trade as many lots as both may, or a part of it; return how many."""
    market = run.state.markets[place]
    least = market.parameters.minimum_lots
    for account in (buyer, seller):
        if run.account(account).orders:
            run.act(CancelAllOrders(account, market.symbol))
    rest = run.pick((buyer, seller))
    taker = seller if rest == buyer else buyer
    side = Side.BID if rest == buyer else Side.ASK

    def made(lots: int) -> Action:
        return limit(rest, market.symbol, side, lots, price)

    most = run.edge(made, least, 10**24)
    if most < least:
        return 0
    resting = run.answer(made(most))
    assert isinstance(resting, Accepted)
    taking = limit(taker, market.symbol, opposite(side), least, price)
    taking = replace(taking, time_in_force=TimeInForce.IOC, flags=flags(run))
    fits = edge(
        lambda lots: isinstance(transition(resting.state, replace(taking, lots=lots)), Accepted),
        least,
        most,
    )
    lots = max(min(fits, most) // part, least)
    if run.chance(4) and most < 10**24:
        run.act(made(most + 1))
    if not run.act(made(lots)):
        return 0
    if run.chance(4):
        run.act(replace(taking, lots=lots + 1, time_in_force=TimeInForce.FOK))
    return lots if run.act(replace(taking, lots=lots)) else 0


def traded(run: Run) -> None:
    """Let two accounts trade, mostly a perpetual at its mark."""
    places = run.perpetuals() if not run.chance(4) else run.spots()
    if not places:
        return
    fresh(run)
    place = run.pick(places)
    tick = run.state.markets[place].parameters.tick
    price = max(run.mark(place) // tick, 1) * tick
    trade(run, place, *two(run), price, part=run.pick((1, 1, 2, 3, 10)))


def queued(run: Run) -> None:
    """Let several orders wait at few prices, and one taker go through them."""
    if not run.state.markets:
        return
    fresh(run)
    place = run.pick(run.perpetuals() + run.spots())
    market = run.state.markets[place]
    tick, side = market.parameters.tick, run.pick(tuple(Side))
    base = max(run.mark(place) // tick, 2)
    lots = market.parameters.minimum_lots + run.pick((0, 1, 2, 4))
    total = 0
    for _ in range(run.random.randint(2, 5)):
        price = (base + run.pick((0, 0, 1))) * tick
        order = limit(run.owner(), market.symbol, side, lots, price)
        order = replace(order, flags=flags(run), reduce_only=run.chance(8))
        total += lots * run.act(order)
    worst = base - 1 if side is Side.BID else base + 2
    taker = limit(run.owner(), market.symbol, opposite(side), max(total, lots), worst * tick)
    taker = replace(taker, flags=flags(run), time_in_force=run.pick(tuple(TimeInForce)))
    run.turn(lambda number: replace(taker, lots=number), lots, max(total + 2, lots + 1))


def leveraged(run: Run) -> int | None:
    """Let two accounts trade up to the limit of the weaker one; return one of them."""
    places = run.perpetuals()
    if not places:
        return None
    fresh(run)
    buyer, seller = two(run)
    place = run.pick(places)
    tick = run.state.markets[place].parameters.tick
    price = max(run.mark(place) // tick, 1) * tick
    if trade(run, place, buyer, seller, price) == 0:
        return None
    return run.pick((buyer, seller))
