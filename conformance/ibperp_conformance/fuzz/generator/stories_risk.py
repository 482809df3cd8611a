"""Stories of accounts that fail: brought to their limit, toppled by one price, and worked on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ibperp.actions import (
    AdvanceTime,
    ApplyFunding,
    Borrow,
    CancelAllOrders,
    Deposit,
    Lend,
    Liquidate,
    PlaceOrder,
    Redeem,
    RegisterBackstop,
    RequestWithdrawal,
    ResolveBankruptcy,
    RunRisk,
    SetPerpetualParameters,
    SetPrice,
    Settle,
    SubmitQuote,
    Transfer,
    UpdateMark,
)
from ibperp.book import opposite
from ibperp.margin import is_liquidatable
from ibperp.numbers import INT128_MAX, RATIO
from ibperp.orders import Side, TimeInForce
from ibperp.outcomes import Accepted
from ibperp.parameters import OrderBookState, PerpetualParameters
from ibperp.portfolio import health
from ibperp.programs import QuoteStatus, RequestKind
from ibperp.risk import due_accounts
from ibperp.state import Market, Perpetual, at, position_of
from ibperp_conformance.fuzz.generator.moves_markets import flags, limit
from ibperp_conformance.fuzz.generator.run import edge
from ibperp_conformance.fuzz.generator.stories_trading import fresh, leveraged, sized

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibperp.actions import Action
    from ibperp.margin import Health
    from ibperp_conformance.fuzz.generator.run import Run


def indebted(run: Run) -> int | None:
    """Let an account borrow up to its limit, and what it borrowed leave; return the account."""
    fresh(run)
    account, asset = run.owner(), run.asset()
    owners = run.owners()
    if owners and run.spots() and run.random.randrange(3):
        market = run.state.markets[run.pick(run.spots())]
        assert isinstance(market, Market)
        base, asset = market.base, market.quote
        some = run.random.sample(owners, min(3, len(owners)))
        account = max(some, key=lambda own: run.holds(own, base))
    symbol = run.state.assets[asset].symbol
    for lender in run.owners():
        if run.chance(2) and lender != account and run.holds(lender, asset) > 1:
            run.act(Lend(lender, symbol, run.holds(lender, asset)))
    if at(run.account(account).shares, asset) > 0:
        run.act(Redeem(account, symbol, None))
    run.both_sides(lambda amount: Borrow(account, symbol, amount), high=INT128_MAX)
    if at(run.account(account).shares, asset) >= 0:
        return None
    _gone(run, account, asset)
    return account


def _gone(run: Run, account: int, asset: int) -> None:
    """Let a balance leave an account as far as its margin allows."""
    symbol, user = run.state.assets[asset].symbol, run.account(account).user
    others = [own for own in run.owners() if run.account(own).user == user and own != account]
    if others:
        receiver = run.pick(others)
        run.both_sides(lambda amount: Transfer(account, receiver, symbol, amount), high=INT128_MAX)
        return
    token = run.pick(run.state.assets[asset].parameters.tokens)
    unit = token.native_unit
    low = -(-token.minimum_withdrawal // unit)

    def made(units: int) -> Action:
        return RequestWithdrawal(account, symbol, token.chain, units * unit, False, False)

    run.both_sides(made, low, max(token.maximum_withdrawal // unit, low))


def crisis(run: Run) -> None:
    """Bring an account to its limit, topple it by the smallest move of a price, and work on it."""
    account = leveraged(run) if run.random.randrange(5) < 3 else indebted(run)
    if account is None:
        return
    if run.chance(4):
        providers(run)
    if run.chance(4):
        awaited(run)
    if topple(run, account):
        if run.chance(2):
            supply(run, account)
        work(run, account)


def awaited(run: Run) -> None:
    """Let those who hold positions owe funding, and have orders that may only reduce them."""
    for place in run.perpetuals():
        market = run.state.markets[place]
        assert isinstance(market, Perpetual)
        tick, least = market.parameters.tick, market.parameters.minimum_lots
        for account in run.owners():
            lots = position_of(run.account(account), place).lots
            if abs(lots) < least or run.chance(2):
                continue
            side, away = (Side.ASK, 130) if lots > 0 else (Side.BID, 70)
            price = max(run.mark(place) * away // 100 // tick, 1) * tick
            order = limit(account, market.symbol, side, abs(lots), price)
            run.act(replace(order, reduce_only=True))
        interval = market.parameters.funding_interval
        run.act(AdvanceTime((run.state.time // interval + 1) * interval))
        run.act(ApplyFunding(market.symbol, run.pick((-90, -3, 3, 90)) * RATIO // 100))
    fresh(run)


def topple(run: Run, account: int) -> bool:
    """Move the price that the account stands or falls with until it fails; tell whether it does.

    How far: until it is due, below auto-close, below zero, or a little further. Where a price is
    moved to its limits, it is sent again.
    """
    depth = run.pick(("due", "due", "due", "due", "auto_close", "zero", "zero", "deep"))
    for _ in range(8):
        made = _moves(run, account)
        if made is None:
            return False
        move, room = made
        fails = _failing(run, account, move, depth)
        if fails(room):
            break
        run.act(move(room if run.chance(2) else max(room // 3, 1)))
    else:
        return account in due_accounts(run.state)
    last = edge(lambda step: not fails(step), 1, room)
    if last >= 1 and run.chance(4):
        run.act(move(last))
        run.act(Liquidate(account))
        made = _moves(run, account)
        if made is None:
            return False
        move, room = made
        fails = _failing(run, account, move, depth)
        last = edge(lambda step: not fails(step), 1, room)
    run.act(move(last + 1))
    made = _moves(run, account) if depth == "deep" else None
    if made:
        move, room = made
        run.act(move(max(room // run.pick((4, 10, 30)), 1)))
    return account in due_accounts(run.state)


def _failing(
    run: Run, account: int, move: Callable[[int], Action], depth: str
) -> Callable[[int], bool]:
    """Return what tells whether an account fails after a move by so much."""

    def fails(step: int) -> bool:
        outcome = run.answer(move(step))
        if not isinstance(outcome, Accepted):
            return False
        return _is_past(health(outcome.state, outcome.state.accounts[account]), depth)

    return fails


def supply(run: Run, failing: int) -> None:
    """Let others rest orders that a liquidation may trade with, near the mark and beyond it."""
    holder = run.account(failing)
    wanted = [(own.market, Side.BID if own.lots > 0 else Side.ASK) for own in holder.positions]
    for place in run.spots():
        market = run.state.markets[place]
        assert isinstance(market, Market)
        wanted += [(place, Side.BID)] * (holder.shares != ())
    for place, side in wanted:
        market = run.state.markets[place]
        tick, least = market.parameters.tick, market.parameters.minimum_lots
        size = max(abs(position_of(holder, place).lots), 20)
        for percent in run.random.sample((100, 100, 99, 98, 95), run.pick((1, 2, 3))):
            away = percent if side is Side.BID else 200 - percent
            price = max(run.mark(place) * away // 100 // tick, 1) * tick
            lots = max(size // run.pick((1, 2, 3, 10)), least)
            account = run.owner()
            if account != failing:
                order = limit(account, market.symbol, side, lots, price)
                fits = run.edge(sized(order), least, lots)
                if fits >= least:
                    run.act(replace(order, lots=fits))


def _is_past(found: Health, depth: str) -> bool:
    if depth == "due":
        return is_liquidatable(found)
    if depth == "auto_close":
        return found.exposure > 0 and found.equity < found.auto_close
    return found.exposure > 0 and found.equity < 0


def _moves(run: Run, account: int) -> tuple[Callable[[int], Action], int] | None:
    """Return the move of a price against an account by so much, and how far it may go."""
    holder = run.account(account)
    positions = [own for own in holder.positions if own.lots]
    if positions and (run.random.randrange(4) or not any(own < 0 for own in holder.shares)):
        own = run.pick(positions)
        market = run.state.markets[own.market]
        assert isinstance(market, Perpetual)
        mark, sign = market.mark_price, -1 if own.lots > 0 else 1
        return (lambda step: UpdateMark(market.symbol, max(mark + sign * step, 1), False, 0)), max(
            mark * (1 if sign < 0 else 8) - 1, 1
        )
    debts = [asset for asset, shares in enumerate(holder.shares) if shares < 0]
    held = [asset for asset in range(len(run.state.assets)) if at(holder.free, asset)]
    held += [asset for asset, shares in enumerate(holder.shares) if shares > 0]
    held = [asset for asset in held if asset not in debts]
    if not debts:
        return None
    rising = run.chance(2) or not held
    books = run.state.assets[run.pick(debts if rising else held)]
    price, sign = books.price, 1 if rising else -1
    return (lambda step: SetPrice(books.symbol, max(price + sign * step, 1))), max(
        price * (8 if rising else 1) - 1, 1
    )


def work(run: Run, account: int) -> None:
    """Work on an account to the end, or stop half way for a settlement, a second or a quote."""
    if run.chance(5):
        run.act(RunRisk(run.pick((1, 2, 3, 100))))
        return
    for _ in range(run.random.randint(2, 9)):
        if run.chance(5):
            between(run)
        if account not in due_accounts(run.state):
            break
        if not run.act(Liquidate(account)):
            break
    for own in (account, *due_accounts(run.state)[:1]):
        run.act(ResolveBankruptcy(own))
    if due_accounts(run.state) and run.chance(2):
        run.act(RunRisk(run.pick((1, 5, 100))))


def between(run: Run) -> None:
    """Do what may come between two steps of a liquidation."""
    system = run.state.system
    requests = [
        index
        for index in range(max(len(run.state.requests) - 5, 0), len(run.state.requests))
        if run.state.requests[index].kind is RequestKind.CONVERSION
        and run.state.requests[index].status is QuoteStatus.OPEN
    ]
    if requests and run.chance(2):
        offer(run, run.pick(requests))
        return
    due = run.state.settlement_time + system.settlement_interval
    if run.state.time < due:
        run.act(AdvanceTime(due))
        fresh(run)
    run.act(Settle())


def offer(run: Run, index: int) -> None:
    """Quote a request of the system at its bound and one beyond it."""
    request = run.state.requests[index]
    quoter = run.owner()
    for _ in range(3):
        if quoter != request.account:
            break
        quoter = run.owner()
    tick = run.state.markets[request.market].parameters.tick
    bound = max(request.price // tick, 1)
    beyond = bound + (1 if request.side is Side.BID else -1)
    for ticks in (beyond, bound):
        run.act(SubmitQuote(quoter, index, max(ticks, 1) * tick, flags(run)))


def providers(run: Run) -> None:
    """Register backstops: equal, uneven and small capacities."""
    size = run.near(run.holds(run.owner(), run.settlement or 0) or 100)
    for _ in range(run.random.randint(1, 3)):
        run.act(RegisterBackstop(run.owner(), run.pick((size, size, size + 1, 10**12, 1))))


def emptied(run: Run) -> None:
    """Close the books, so that a failing account goes to those who hold the other side."""
    for place in run.random.sample(range(len(run.state.markets)), min(2, len(run.state.markets))):
        market = run.state.markets[place]
        books = {Side.BID: market.book.bids, Side.ASK: market.book.asks}
        for account in run.owners():
            if any(run.account(account).orders) and any(len(side) for side in books.values()):
                run.act(CancelAllOrders(account, market.symbol))
    crisis(run)


def paused(run: Run) -> None:
    """Let a book that an account needs take no orders while it fails, then open it."""
    account = leveraged(run)
    if account is None:
        return
    supply(run, account)
    held = [own.market for own in run.account(account).positions if own.lots]
    market = run.state.markets[run.pick(held or run.perpetuals())]
    assert isinstance(market.parameters, PerpetualParameters)
    states = (OrderBookState.CANCEL_ONLY, OrderBookState.REDUCE_ONLY, OrderBookState.POST_ONLY)
    limits = replace(market.parameters, order_book_state=run.pick(states))
    run.act(SetPerpetualParameters(market.symbol, limits))
    mark = run.mark(held[0]) if held else 9
    run.act(UpdateMark(market.symbol, mark, True, run.pick((-1, 1)) * (mark // 9 + 1)))
    if topple(run, account):
        work(run, account)
    run.act(SetPerpetualParameters(market.symbol, market.parameters))


def twins(run: Run) -> None:
    """Give two accounts the same balance and the same position: what orders them is their ids."""
    places = run.perpetuals()
    if not places or len(run.owners()) < 3:
        return
    fresh(run)
    first, second, other = run.random.sample(run.owners(), 3)
    for asset, books in enumerate(run.state.assets):
        held = [run.holds(own, asset) for own in (first, second)]
        lack = max(held) - min(held)
        if lack and run.account(first).positions == run.account(second).positions == ():
            token = books.parameters.tokens[0]
            chain = next(own for own in run.state.chains if own.name == token.chain)
            poorer = first if held[0] < held[1] else second
            run.act(Deposit(poorer, books.symbol, chain.name, chain.next_sequence, lack))
    place = run.pick(places)
    market = run.state.markets[place]
    tick = market.parameters.tick
    price = max(run.mark(place) // tick, 1) * tick
    lots = market.parameters.minimum_lots * run.pick((1, 2, 5))
    side = run.pick(tuple(Side))
    run.act(CancelAllOrders(other, market.symbol))
    run.act(limit(other, market.symbol, opposite(side), 2 * lots, price))
    for own in run.random.sample((first, second), 2):
        order: PlaceOrder = limit(own, market.symbol, side, lots, price)
        run.act(replace(order, time_in_force=TimeInForce.IOC))
    if topple(run, other):
        work(run, other)


def drained(run: Run) -> None:
    """Let an account with a position have no cash, so that a settlement must find it elsewhere."""
    asset = run.settlement
    account = leveraged(run) if run.chance(2) else run.owner()
    if asset is None or account is None:
        return
    symbol = run.state.assets[asset].symbol
    free = run.holds(account, asset)
    if free > 1 and run.chance(2):
        run.both_sides(lambda amount: Lend(account, symbol, amount), high=INT128_MAX)
    elif free > 1:
        _gone(run, account, asset)
    made = _moves(run, account)
    if made:
        move, room = made
        run.act(move(max(room // run.pick((3, 10, 30, 100)), 1)))
    run.act(AdvanceTime(run.state.time + run.state.system.settlement_interval))
    run.act(Settle())
