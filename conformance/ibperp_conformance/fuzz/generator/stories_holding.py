"""Stories of what accounts hold while something else happens: orders, funding, debts, insurance."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ibperp.actions import (
    AdvanceTime,
    AmendOrder,
    ApplyFunding,
    Borrow,
    FundInsurance,
    Lend,
    Liquidate,
    Redeem,
    RequestWithdrawal,
    ResolveBankruptcy,
    SetPoolParameters,
    SetSystemParameters,
    Settle,
    SettleMarket,
    Transfer,
    UpdateMark,
)
from ibperp.book import opposite
from ibperp.numbers import INT128_MAX, RATIO
from ibperp.orders import OrderFlags, Side, TimeInForce
from ibperp.state import INSURANCE, Perpetual, at, position_of
from ibperp_conformance.fuzz.generator.moves_markets import flags, limit
from ibperp_conformance.fuzz.generator.stories_risk import crisis, indebted, topple
from ibperp_conformance.fuzz.generator.stories_trading import fresh, sized, traded

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibperp.actions import Action
    from ibperp_conformance.fuzz.generator.run import Run


def firm(run: Run) -> None:
    """Let a firm order hold most of a balance, and ask for what is left, and one more."""
    if not run.spots():
        return
    fresh(run)
    place, side, account = run.pick(run.spots()), run.pick(tuple(Side)), run.owner()
    market = run.state.markets[place]
    tick, least = market.parameters.tick, market.parameters.minimum_lots
    price = max(run.mark(place) * (90 if side is Side.BID else 110) // 100 // tick, 1) * tick
    order = limit(account, market.symbol, side, least, price)
    order = replace(order, flags=OrderFlags(*[False] * 4))
    most = run.edge(sized(order), least, 10**24)
    if most < least or not run.act(
        replace(order, lots=max(most * run.pick((1, 2, 3)) // 3, least))
    ):
        return
    parameters = market.parameters
    symbol = str(getattr(parameters, "quote" if side is Side.BID else "base"))
    asset = next(own for own in run.state.assets if own.symbol == symbol)
    chain = asset.parameters.tokens[0].chain
    user = run.account(account).user
    same = [own for own in run.owners() if run.account(own).user == user and own != account]
    others = same or [own for own in run.owners() if own != account]
    makers: tuple[Callable[[int], Action], ...] = (
        lambda amount: Lend(account, symbol, amount),
        lambda amount: Transfer(account, run.pick(others), symbol, amount),
        lambda amount: RequestWithdrawal(account, symbol, chain, amount, False, False),
    )
    run.both_sides(run.pick(makers), high=INT128_MAX)
    for own in run.account(account).positions:
        against = 90 if own.lots > 0 else 110
        market = run.state.markets[own.market]
        run.act(UpdateMark(market.symbol, run.share(run.mark(own.market), against), False, 0))
    run.act(AdvanceTime(run.state.time + run.state.system.settlement_interval))
    run.act(Settle())


def funding(run: Run) -> None:
    """Let positions stand across funding at a large premium, then touch them in some way."""
    traded(run)
    places = [place for place in run.perpetuals() if run.state.markets[place].book.last_price]
    if not places:
        return
    place = run.pick(places)
    market = run.state.markets[place]
    assert isinstance(market, Perpetual)
    interval = market.parameters.funding_interval
    for _ in range(run.pick((1, 1, 2))):
        run.act(AdvanceTime((run.state.time // interval + 1) * interval))
        premium = run.pick((-90, -7, -1, 1, 7, 90)) * RATIO // 100
        run.act(ApplyFunding(market.symbol, premium))
    holders = [own for own in run.owners() if position_of(run.account(own), place).lots]
    fresh(run)
    match run.random.randrange(5):
        case 0:
            run.act(Settle())
        case 1:
            run.act(SettleMarket(market.symbol, run.mark(place)))
            traded(run)
        case 2 if holders and topple(run, run.pick(holders)):
            for own in holders:
                run.act(Liquidate(own))
                run.act(ResolveBankruptcy(own))
        case _:
            traded(run)
    basis = run.pick((-1, 1)) * run.mark(place) // 7
    run.act(UpdateMark(market.symbol, run.mark(place), True, basis))


def reducing(run: Run) -> None:
    """Rest orders that may only reduce a position, then make the position smaller otherwise."""
    traded(run)
    held = [
        (own, place, position_of(run.account(own), place).lots)
        for own in run.owners()
        for place in run.perpetuals()
        if position_of(run.account(own), place).lots
    ]
    if not held:
        return
    account, place, lots = run.pick(held)
    market = run.state.markets[place]
    tick, least = market.parameters.tick, market.parameters.minimum_lots
    side = Side.ASK if lots > 0 else Side.BID
    mark = max(run.mark(place) // tick, 2)
    for away in run.random.sample((1, 2, 3), 2):
        price = max(mark + (away if side is Side.ASK else -away), 1) * tick
        order = limit(account, market.symbol, side, max(abs(lots) * 2 // 3, least), price)
        run.act(replace(order, reduce_only=True))
    part = max(abs(lots) // run.pick((1, 2, 3)), least)
    run.act(limit(run.owner(), market.symbol, opposite(side), part, mark * tick))
    closing = limit(account, market.symbol, side, part, mark * tick)
    run.act(replace(closing, time_in_force=TimeInForce.IOC, flags=flags(run)))
    run.act(limit(run.owner(), market.symbol, opposite(side), abs(lots) * 2, (mark + 4) * tick))


def reordered(run: Run) -> None:
    """Let equal orders wait, send one of them to the end of the queue, and trade with the first."""
    if not run.state.markets:
        return
    fresh(run)
    place, side = run.pick(run.perpetuals() + run.spots()), run.pick(tuple(Side))
    market = run.state.markets[place]
    tick, least = market.parameters.tick, market.parameters.minimum_lots
    price = max(run.mark(place) // tick, 2) * tick
    placed = []
    for _ in range(3):
        account, index = run.owner(), len(run.state.orders)
        if run.act(limit(account, market.symbol, side, 2 * least, price)):
            placed.append((account, index))
    if placed:
        account, index = placed[0]
        run.act(AmendOrder(account, index, 3 * least, price))
    run.act(limit(run.owner(), market.symbol, opposite(side), run.pick((1, 3, 5)) * least, price))


def received(run: Run) -> None:
    """Let an account that owes an asset buy some of it, to repay and to lend what is left."""
    account = indebted(run)
    spots = run.spots()
    if account is None or not spots:
        return
    place = run.pick(spots)
    market = run.state.markets[place]
    tick, least = market.parameters.tick, market.parameters.minimum_lots
    price = max(run.mark(place) // tick, 1) * tick
    side = run.pick(tuple(Side))
    run.act(limit(run.owner(), market.symbol, opposite(side), 50 * least, price))
    taker = limit(account, market.symbol, side, least, price)
    taker = replace(taker, time_in_force=TimeInForce.IOC, flags=flags(run))
    run.turn(sized(taker), least, 50 * least)


def insured(run: Run) -> None:
    """Fund the insurance, limit what it pays, and let an account go bankrupt."""
    asset = run.settlement
    if asset is None:
        return
    symbol = run.state.assets[asset].symbol
    giver = max(run.owners(), key=lambda own: run.holds(own, asset))
    gift = max(run.holds(giver, asset) // run.pick((2, 5, 20)), 1)
    run.act(FundInsurance(giver, symbol, gift))
    paying = (0, 1, gift // 10, gift // 2, INT128_MAX)
    changed = replace(run.state.system, insurance_limit=run.pick(paying))
    run.act(SetSystemParameters(replace(changed, non_recourse=run.random.randrange(5) > 0)))
    crisis(run)
    for own in run.owners():
        if run.account(own).unsettled < 0 or min(run.account(own).shares, default=0) < 0:
            run.act(ResolveBankruptcy(own))
    if at(run.account(INSURANCE).shares, asset) < 0 or run.account(INSURANCE).unsettled < 0:
        run.act(FundInsurance(giver, symbol, run.near(gift)))


def capped(run: Run) -> None:
    """Set a pool's limit below what is lent, then ask for less of it and for more."""
    asset = run.asset()
    books = run.state.assets[asset]
    limits = books.parameters.pool
    below = max(books.pool.lent // run.pick((1, 2)) - 1, 0)
    run.act(SetPoolParameters(books.symbol, replace(limits, open_borrow_lend_limit=below)))
    holders = [own for own in run.owners() if at(run.account(own).shares, asset) > 0]
    tried: list[Action] = [Lend(run.owner(), books.symbol, 1), Borrow(run.owner(), books.symbol, 1)]
    tried += [Redeem(own, books.symbol, run.pick((None, 1))) for own in holders[:2]]
    for action in tried:
        run.act(action)
    run.act(SetPoolParameters(books.symbol, limits))
