"""Theorems about what orders and their accounts reserve, for all integers (chapter spot-margin).

What is said of the accounts and orders of a small state is said of all: no other is touched.
"""

from dataclasses import replace

from ibperp import book
from ibperp.operations.spot_margin import resting
from ibperp.ordered import Ordered
from ibperp.orders import Side
from ibperp.state import Account, Order, OrderStatus, State, at
from ibperp_invariants.proofs.states import (
    BASE,
    QUOTE,
    asset_of,
    market_of,
    order_of,
    perpetual_of,
    side_of,
    spot_of,
    state_of,
)

OWNER, OTHER = 1, 2
FIRST, SECOND, NEW = 0, 1, 2


def booked(order: Order, more: int, held: int, fee: int) -> State:
    """Return a state in which an order rests; its account reserves `more` for another order."""
    there = replace(order_of(OTHER, Side.ASK, 1, 1), status=OrderStatus.EXPIRED)
    own = order.reserved + more
    reserved = (held, own) if order.side is Side.BID else (own, held)
    owner = Account(1, reserved=reserved, orders=(FIRST,))
    accounts = (Account(0), owner, Account(2, reserved=(held, more)))
    limits = market_of(lot_atoms=3, maker_fee=fee)
    state = state_of((asset_of(), asset_of()), accounts, limits, (order, there))
    market = spot_of(state)
    placed = replace(market, book=book.rested(market.book, FIRST, order))
    return replace(state, markets=(placed,), exposed=Ordered(((OWNER,),)))


def moved(before: State, after: State, side: Side) -> tuple[int, int]:
    """Return by how much what the owner reserves grew: of what the order delivers, of the rest."""
    old, new = (state.accounts[OWNER].reserved for state in (before, after))
    changes = at(new, BASE) - at(old, BASE), at(new, QUOTE) - at(old, QUOTE)
    return changes if side is Side.ASK else (changes[1], changes[0])


def are_left(before: State, after: State) -> bool:
    """Tell whether the other account and the other order are as they were."""
    same_order = after.orders[SECOND] is before.orders[SECOND]
    return same_order and after.accounts[OTHER] is before.accounts[OTHER]


def t_a_resting_order_is_reserved_by_its_account(
    price: int, lots: int, fee: int, more: int, held: int, *, is_bid: bool
) -> None:
    """An order that comes to rest adds to its account what it reserves: its delivery (SM-5)."""
    assert all((price > 0, lots > 0, more >= 0, held >= 0))
    side = side_of(is_bid=is_bid)
    before = booked(order_of(OWNER, side, 1, 1, 7), more, held, fee)
    after = resting.rested_order(before, NEW, order_of(OWNER, side, price, lots))
    reserved = after.orders[NEW].reserved
    due = book.reservation(market_of(lot_atoms=3, maker_fee=fee), side, lots, price)
    listed = after.accounts[OWNER].orders == (FIRST, NEW)
    same = are_left(before, after) and after.orders[FIRST] is before.orders[FIRST]
    assert all((reserved == due, moved(before, after, side) == (reserved, 0), listed, same))


def t_a_filled_order_frees_what_it_no_longer_reserves(
    price: int, lots: int, filled: int, reserved: int, more: int, *, is_bid: bool
) -> None:
    """An order that shrinks reserves less, its account as much less; at zero it leaves (SM-7)."""
    assert all((price > 0, filled > 0, filled <= lots, reserved >= 0, more >= 0))
    side = side_of(is_bid=is_bid)
    before = booked(order_of(OWNER, side, price, lots, reserved), more, 5, 0)
    after = resting.shrunk_order(before, FIRST, filled)
    left = after.orders[FIRST]
    freed = moved(before, after, side) == (left.reserved - reserved, 0)
    is_open = (FIRST in after.accounts[OWNER].orders) == (filled < lots)
    assert all((left.lots == lots - filled, freed, is_open, are_left(before, after)))


def t_a_lot_reserves_the_same_however_many_are_filled(lots: int, filled: int, by_lot: int) -> None:
    """What is left of an order reserves for each lot what the whole order did (SM-5)."""
    assert all((filled > 0, filled < lots, by_lot >= 0))
    left = book.reserved_after(lots * by_lot, lots, filled)
    assert left == (lots - filled) * by_lot


def t_a_released_order_reserves_nothing(
    price: int, lots: int, reserved: int, more: int, held: int, *, is_bid: bool
) -> None:
    """An order that leaves its book frees all that it reserved, and is listed no more (SM-10)."""
    assert all((price > 0, lots > 0, reserved >= 0, more >= 0, held >= 0))
    side = side_of(is_bid=is_bid)
    order = order_of(OWNER, side, price, lots, reserved)
    before = booked(order, more, held, 0)
    after = resting.released_order(before, FIRST, replace(order, status=OrderStatus.CANCELLED))
    freed = moved(before, after, side) == (-reserved, 0) and after.orders[FIRST].reserved == 0
    gone = after.accounts[OWNER].orders == () and not list(spot_of(after).book.bids)
    assert all((freed, gone, are_left(before, after)))


def t_an_order_takes_the_next_number_or_keeps_its_own(
    price: int, lots: int, reserved: int, index: int
) -> None:
    """A new order is numbered next, a changed one as before; no other changes (SM-4, SM-11)."""
    assert all((index >= FIRST, index <= NEW))
    order = order_of(OWNER, Side.BID, price, lots, reserved)
    before = booked(order_of(OWNER, Side.BID, 1, 1), 0, 0, 0)
    index = int(index)
    after = resting.with_order(before, index, order)
    there = after.orders[index] is order and len(after.orders) == max(index + 1, NEW)
    kept = all(
        any((place == index, after.orders[place] is before.orders[place]))
        for place in (FIRST, SECOND)
    )
    assert all((there, kept, after.accounts is before.accounts, after.markets is before.markets))


def t_an_order_of_a_perpetual_reserves_nothing(
    price: int, lots: int, filled: int, held: int, more: int, *, is_bid: bool
) -> None:
    """An order of a perpetual reserves nothing while it rests, shrinks and leaves (PP-5)."""
    assert all((price > 0, filled > 0, filled < lots, held >= 0, more >= 0))
    order = order_of(OWNER, side_of(is_bid=is_bid), price, lots)
    market = perpetual_of(mark_price=1, funding_index=0, open_interest=0)
    owner = Account(1, reserved=(held, more))
    before = state_of((asset_of(), asset_of()), (Account(0), owner, Account(2)))
    rested = resting.rested_order(replace(before, markets=(market,)), FIRST, order)
    shrunk = resting.shrunk_order(rested, FIRST, filled)
    cancelled = replace(shrunk.orders[FIRST], status=OrderStatus.CANCELLED)
    released = resting.released_order(shrunk, FIRST, cancelled)
    after = [
        (at(state.accounts[OWNER].reserved, BASE), at(state.accounts[OWNER].reserved, QUOTE))
        for state in (rested, shrunk, released)
    ]
    assert all((all(own == (held, more) for own in after), shrunk.orders[FIRST].reserved == 0))
