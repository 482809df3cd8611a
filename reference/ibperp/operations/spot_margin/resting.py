"""How an order enters, shrinks in, and leaves its book, with what its account reserves (SM-5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp import book
from ibperp.events import OrderEnd, OrderEnded
from ibperp.numbers import div_down
from ibperp.open_orders import delivers
from ibperp.orders import Side
from ibperp.outcomes import RejectionCode
from ibperp.records import replace
from ibperp.state import OrderStatus, Perpetual, at, position_of, put, with_account, with_market
from ibperp.valuation import held_atoms, owed_atoms

if TYPE_CHECKING:
    from ibperp.operations.effect import Effect
    from ibperp.state import Order, State


def with_order(state: State, index: int, order: Order) -> State:
    """Return the state with an order added under the next id, or replaced."""
    if index == len(state.orders):
        return replace(state, orders=state.orders.append(order))
    return replace(state, orders=state.orders.set(index, order))


def rested_order(state: State, index: int, order: Order) -> State:
    """Put an order behind all others of its price; its account reserves what it delivers."""
    market, amount = state.markets[order.market], needed_atoms(state, order)
    placed = replace(order, reserved=amount, sequence=market.book.next_sequence)
    resting_book = replace(market.book, next_sequence=market.book.next_sequence + 1)
    changed = replace(market, book=book.rested(resting_book, index, placed))
    state = with_order(with_market(state, order.market, changed), index, placed)
    return _reserved(state, order.account, delivers(state, order), amount, added=index)


def shrunk_order(state: State, index: int, lots: int) -> State:
    """Take `lots` from a resting order, which keeps its place; at zero it leaves as filled."""
    order = state.orders[index]
    left = book.reserved_after(order.reserved, order.lots, lots)
    if lots == order.lots:
        return released_order(state, index, replace(order, lots=0, status=OrderStatus.FILLED))
    state = with_order(state, index, replace(order, lots=order.lots - lots, reserved=left))
    return _reserved(state, order.account, delivers(state, order), left - order.reserved)


def released_order(state: State, index: int, after: Order) -> State:
    """Take an order out of its book and out of what its account reserves."""
    order = state.orders[index]
    market = state.markets[order.market]
    changed = replace(market, book=book.removed(market.book, index, order))
    state = with_market(state, order.market, changed)
    state = with_order(state, index, replace(after, reserved=0))
    asset = delivers(state, order)
    return _reserved(state, order.account, asset, -order.reserved, dropped=index)


def ended_order(effect: Effect, index: int, reason: OrderEnd | RejectionCode) -> Effect:
    """Take an order out of its book and say why."""
    order = effect.state.orders[index]
    by_owner = reason is OrderEnd.CANCELLED
    status = OrderStatus.CANCELLED if by_owner else OrderStatus.EXPIRED
    state = released_order(effect.state, index, replace(order, status=status))
    return effect.noted(state, OrderEnded(index, order.lots, reason))


def needed_atoms(state: State, order: Order) -> int:
    """Return the atoms that an order reserves while it rests; none of a perpetual (SM-5, PP-5)."""
    market = state.markets[order.market]
    if isinstance(market, Perpetual):
        return 0
    return book.reservation(market.parameters, order.side, order.lots, order.price)


def resized_orders(effect: Effect, account: int, market: int) -> Effect:
    """Shrink resting reduce-only orders, the oldest last, to what they may reduce (PP-5)."""
    if not effect.state.accounts[account].orders:
        return effect
    for side in Side:
        left = reducible_lots(effect.state, account, market, side)
        for index in effect.state.accounts[account].orders:
            order = effect.state.orders[index]
            if not order.reduce_only or (order.market, order.side) != (market, side):
                continue
            over = max(order.lots - left, 0)
            left -= order.lots - over
            if over == order.lots:
                effect = ended_order(effect, index, RejectionCode.REDUCE_ONLY_NOT_REDUCED)
            elif over:
                removed = OrderEnded(index, over, RejectionCode.REDUCE_ONLY_NOT_REDUCED)
                effect = effect.noted(shrunk_order(effect.state, index, over), removed)
    return effect


def reducible_lots(state: State, account: int, market: int, side: Side) -> int:
    """Return the lots that a side may trade before the net position is gone (SM-4, PP-5)."""
    market_state, holder = state.markets[market], state.accounts[account]
    if isinstance(market_state, Perpetual):
        lots = position_of(holder, market).lots
        return max(lots if side is Side.ASK else -lots, 0)
    net = held_atoms(state, holder, market_state.base) - owed_atoms(
        state, holder, market_state.base
    )
    opposed = net if side is Side.ASK else -net
    return div_down(max(opposed, 0), market_state.parameters.lot_atoms)


def resting_reduce_only(state: State, account: int, market: int, side: Side) -> int:
    """Return the lots of an account's resting reduce-only orders on one side of a market (SM-4)."""
    orders = (state.orders[index] for index in state.accounts[account].orders)
    return sum(
        order.lots
        for order in orders
        if order.reduce_only and (order.market, order.side) == (market, side)
    )


def _reserved(
    state: State,
    account: int,
    asset: int,
    change: int,
    *,
    added: int | None = None,
    dropped: int | None = None,
) -> State:
    if change == 0 and added is None and dropped is None:
        return state
    holder = state.accounts[account]
    orders = holder.orders
    if added is not None:
        orders = tuple(sorted((*orders, added)))
    if dropped is not None:
        orders = tuple(order for order in orders if order != dropped)
    amount = at(holder.reserved, asset) + change
    changed = replace(holder, reserved=put(holder.reserved, asset, amount), orders=orders)
    return with_account(state, account, changed)
