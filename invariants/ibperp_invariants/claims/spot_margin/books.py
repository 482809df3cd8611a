"""Invariants of the order books and of what open orders reserve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp import book as kernel
from ibperp.orders import Side
from ibperp_invariants.step.step import state_invariant
from ibperp_invariants.view.queue import Queue
from ibperp_invariants.view.view import Entries, limits_of, perpetual_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ibperp.state import Order
    from ibperp_invariants.step.step import Invariant, Step
    from ibperp_invariants.view.totals import Totals
    from ibperp_invariants.view.view import AccountView, OrderView, View

SIDES: Final = {Side.BID: "bids", Side.ASK: "asks"}


def book_uncrossed(view: View, totals: Totals) -> Iterator[str]:
    """Check that in every book the best bid is below the best ask (SM-5, SM-7)."""
    del totals
    for symbol, market in view.markets.items():
        best = [view.orders.get(queue[0]) for queue in (market.bids, market.asks) if len(queue)]
        prices = [order.price for order in best if order]
        if len(prices) > 1 and prices[0] >= prices[1]:
            yield f"{symbol}: the best bid is {prices[0]}, the best ask {prices[1]}"


def book_ordered(view: View, totals: Totals) -> Iterator[str]:
    """Check each book against the open orders, in price-time priority (SM-5)."""
    del totals
    expected: dict[tuple[str, Side], list[int]] = {}
    for index, order in view.orders.items():
        expected.setdefault((order.market, order.side), []).append(index)
        yield from _unlisted(view, index, order)
    for symbol, market in view.markets.items():
        for side, name in SIDES.items():
            queue, orders = list(getattr(market, name)), expected.pop((symbol, side), [])
            if sorted(queue) != sorted(orders):
                yield f"{symbol}: {name} are {queue}, its open orders are {sorted(orders)}"
            elif not _is_by_rank(view, side, queue):
                yield f"{symbol}: {name} {queue} are not by price"
            elif not _is_by_time(view, side, getattr(market, name)):
                yield f"{symbol}: {name} {queue} are not by time"
    for (symbol, side), orders in expected.items():
        yield f"{symbol}: there is no book for the {side} {orders}"
    for index, account in view.accounts.items():
        yield from _mislisted(view, index, account)


def reservations_are_sums(view: View, totals: Totals) -> Iterator[str]:
    """Check what accounts reserve against their open orders, and each order's part (SM-5)."""
    del totals
    for index in view.accounts:
        yield from _missummed(view, index)
    for index, order in view.orders.items():
        yield from _uncovered(view, index, order)


def firm_orders_covered(view: View, totals: Totals) -> Iterator[str]:
    """Check that every account has free what its firm orders reserve (SM-5)."""
    del totals
    for index in view.accounts:
        yield from _overheld(view, index)


def _unlisted(view: View, index: int, order: OrderView) -> Iterator[str]:
    account = view.accounts.get(order.account)
    if account is None or account.orders.count(index) != 1:
        yield f"order {index} does not stand once in account {order.account}"


def _mislisted(view: View, index: int, account: AccountView) -> Iterator[str]:
    for number in account.orders:
        order = view.orders.get(number)
        if order is None or order.account != index:
            yield f"account {index} lists order {number}, which is not an open one of its own"


def _is_by_rank(view: View, side: Side, queue: Sequence[int]) -> bool:
    ranks = [kernel.rank(side, view.orders[index].price) for index in queue]
    return ranks == sorted(ranks)


def _is_by_time(view: View, side: Side, queue: Sequence[int]) -> bool:
    """Tell whether a book of the reference has each order at its own place.

    What an engine observes has no places: there the order of each step is compared.
    """
    if not isinstance(queue, Queue) or not isinstance(view.orders, Entries):
        return True
    orders = view.orders.vector
    return all(
        (rank, sequence) == (kernel.rank(side, orders[index].price), orders[index].sequence)
        for rank, sequence, index in queue.keys
    )


def _misordered(step: Step) -> Iterator[str]:
    """Yield where a book does not follow from the one before by the orders that changed (SM-5)."""
    touched: dict[tuple[str, Side], list[int]] = {}
    for index in step.changed_orders():
        old, new = step.before.orders.get(index), step.after.orders.get(index)
        for order in (old, new):
            if order:
                ids = touched.setdefault((order.market, order.side), [])
                ids += [index] if index not in ids else []
        if new:
            yield from _unlisted(step.after, index, new)
    for index in step.changed_accounts():
        if index in step.after.accounts:
            yield from _mislisted(step.after, index, step.after.accounts[index])
    of_orders = (market for market, _ in touched)
    for symbol in dict.fromkeys((*step.touched_markets, *of_orders)):
        before, market = step.before.markets.get(symbol), step.after.markets.get(symbol)
        if market is None:
            continue
        if before is market and not touched:
            continue
        for side, name in SIDES.items():
            ids = touched.get((symbol, side), [])
            old_queue = getattr(before, name) if before else ()
            queue = getattr(market, name)
            if _follows_by_key(step, side, ids, old_queue, queue):
                continue
            expected = _followed(step, side, ids, list(old_queue))
            if list(queue) != expected:
                yield f"{symbol}: {name} are {list(queue)}, they should be {expected}"


def _is_kept(old: OrderView | None, new: OrderView | None) -> bool:
    """Tell whether an order keeps its place: same price, no more lots (SM-11)."""
    return bool(old and new and new.price == old.price and new.lots <= old.lots)


def _followed(step: Step, side: Side, ids: Iterable[int], queue: list[int]) -> list[int]:
    """Return a queue without the orders that left, and with each new one behind its price."""
    before, after = step.before.orders, step.after.orders
    moved = [index for index in ids if not _is_kept(before.get(index), after.get(index))]
    queue = [index for index in queue if index not in moved and index in after]
    for index in sorted(index for index in moved if index in after):
        rank = kernel.rank(side, after[index].price)
        place = sum(kernel.rank(side, after[other].price) <= rank for other in queue)
        queue.insert(place, index)
    return queue


def _follows_by_key(
    step: Step, side: Side, ids: Iterable[int], before: Sequence[int], after: Sequence[int]
) -> bool:
    """Tell whether a book of the reference follows by its keys; False: that is not known.

    Costs the logarithm of the book's size, if both versions grew by the same changes.
    """
    old, new = step.before.orders, step.after.orders
    if not (isinstance(before, Queue) and isinstance(after, Queue)):
        return False
    if not (isinstance(old, Entries) and isinstance(new, Entries)):
        return False
    moved = [index for index in ids if not _is_kept(old.get(index), new.get(index))]
    left = [_key(side, index, old.vector[index]) for index in moved if index in old]
    came = [_key(side, index, new.vector[index]) for index in moved if index in new]
    keys = before.keys
    try:
        for key in sorted(left):
            keys = keys.remove(key)
    except KeyError:
        return False
    for key in came:
        keys = keys.add(key)
    is_last = all(sequence >= before.next_sequence for _, sequence, _ in came)
    return is_last and keys == after.keys


def _key(side: Side, index: int, order: Order) -> tuple[int, int, int]:
    return kernel.rank(side, order.price), order.sequence, index


def _missummed(view: View, index: int) -> Iterator[str]:
    account = view.accounts[index]
    sums: dict[str, int] = {}
    for number in account.orders:
        order = view.orders.get(number)
        limits = limits_of(view, order.market) if order else None
        if order and perpetual_of(view, order.market):
            continue
        if order is None or limits is None:
            return
        symbol = limits.quote if order.side is Side.BID else limits.base
        sums[symbol] = sums.get(symbol, 0) + order.reserved
    for symbol in sorted({*sums, *account.reserved}):
        reserved, expected = account.reserved.get(symbol, 0), sums.get(symbol, 0)
        if reserved != expected:
            yield (
                f"account {index}, {symbol}: reserved is {reserved}, "
                f"but its open orders reserve {expected}"
            )


def _overheld(view: View, index: int) -> Iterator[str]:
    account = view.accounts[index]
    firm: dict[str, int] = {}
    for number in account.orders:
        order = view.orders.get(number)
        limits = limits_of(view, order.market) if order else None
        if order is not None and limits is not None and order.is_firm():
            symbol = limits.quote if order.side is Side.BID else limits.base
            firm[symbol] = firm.get(symbol, 0) + order.reserved
    for symbol, amount in sorted(firm.items()):
        free = account.free.get(symbol, 0)
        if free < amount:
            yield f"account {index}, {symbol}: {free} free, but firm orders hold {amount}"


def _newly_overheld(step: Step) -> Iterator[str]:
    for index in step.changed_accounts():
        if index in step.after.accounts:
            yield from _overheld(step.after, index)


def _uncovered(view: View, index: int, order: OrderView) -> Iterator[str]:
    """Yield an order that reserves less than its lots, or as an ask anything but its lots."""
    limits = limits_of(view, order.market)
    if perpetual_of(view, order.market) and order.reserved:
        yield f"order {index}: reserves {order.reserved} in a perpetual market"
    if limits is None:
        return
    if order.side is Side.ASK:
        low, high = order.lots * limits.lot_atoms, order.lots * limits.lot_atoms
    else:
        low, high = order.lots * order.price, 2 * order.lots * order.price
    if not low <= order.reserved <= high:
        yield f"order {index}: reserves {order.reserved}, its {order.lots} lots take {low} atoms"


def _misreserved(step: Step) -> Iterator[str]:
    """Yield what a step's changes break of the sums, and of each order's part (SM-5)."""
    accounts = set(step.changed_accounts())
    for index in step.changed_orders():
        old, new = step.before.orders.get(index), step.after.orders.get(index)
        accounts |= {order.account for order in (old, new) if order}
        limits = limits_of(step.after, new.market) if new else None
        yield from _uncovered(step.after, index, new) if new else ()
        if new is None or limits is None:
            continue
        if old is not None and _is_kept(old, new):
            excess = new.reserved * old.lots - old.reserved * new.lots
            is_right = 0 <= excess < old.lots
        else:
            amount = kernel.reservation(limits, new.side, new.lots, new.price)
            is_right = new.reserved == amount
        if not is_right:
            yield f"order {index}: reserves {new.reserved} for {new.lots} lots at {new.price}"
    for index in sorted(accounts & step.after.accounts.keys()):
        yield from _missummed(step.after, index)


BOOKS: Final[tuple[Invariant, ...]] = (
    state_invariant(
        book_uncrossed,
        "SM-5 SM-7",
        "In every book the best bid is below the best ask.",
    ),
    state_invariant(
        book_ordered,
        "SM-2 SM-5 SM-7 SM-10 SM-11",
        "Every open order is once in its account and once in its book, by price, then by the time "
        "at which it came to that price or was last increased.",
        _misordered,
    ),
    state_invariant(
        reservations_are_sums,
        "SM-5 SM-7 SM-10 SM-11 PF-1",
        "The reserved amount of an account is the sum over its open orders, and each order "
        "reserves what it would deliver as a maker; an order of a perpetual reserves nothing.",
        _misreserved,
    ),
    state_invariant(
        firm_orders_covered,
        "SM-5 SM-9 MM-15 MM-18",
        "Every account has free what its firm orders reserve (they neither redeem nor borrow), so "
        "that such an order always delivers.",
        _newly_overheld,
    ),
)
