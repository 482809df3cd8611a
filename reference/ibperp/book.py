"""The order book's kernel: priority, prices and bands, exact in integers (chapter spot-margin)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.numbers import RATIO, mul_div_down, mul_div_up
from ibperp.orders import Side
from ibperp.records import replace

if TYPE_CHECKING:
    from ibperp.parameters import MarketParameters, TradingParameters
    from ibperp.state import Book, Order, Reference


def opposite(side: Side) -> Side:
    """Return the side that a side trades with."""
    return Side.ASK if side is Side.BID else Side.BID


def rank(side: Side, price: int) -> int:
    """Return what orders a side: the lower the better (SM-5)."""
    return -price if side is Side.BID else price


def rested(book: Book, index: int, order: Order) -> Book:
    """Return the book with an order at its place (SM-5)."""
    key = (rank(order.side, order.price), order.sequence, index)
    if order.side is Side.BID:
        return replace(book, bids=book.bids.add(key))
    return replace(book, asks=book.asks.add(key))


def removed(book: Book, index: int, order: Order) -> Book:
    """Return the book without an order that rests in it (SM-5)."""
    key = (rank(order.side, order.price), order.sequence, index)
    if order.side is Side.BID:
        return replace(book, bids=book.bids.remove(key))
    return replace(book, asks=book.asks.remove(key))


def best_order(book: Book, side: Side) -> int | None:
    """Return the order that trades first on a side, or None (SM-5)."""
    key = (book.bids if side is Side.BID else book.asks).first()
    return None if key is None else key[2]


def best_price(book: Book, side: Side) -> int | None:
    """Return the highest bid or the lowest ask, or None (SM-5)."""
    key = (book.bids if side is Side.BID else book.asks).first()
    return None if key is None else abs(key[0])


def reaches(side: Side, limit: int, price: int) -> bool:
    """Tell whether a taker on `side` with the limit `limit` may trade at `price` (SM-7)."""
    return price <= limit if side is Side.BID else price >= limit


def active_price(book: Book, mark: int) -> int:
    """Return the median of best bid, best ask, last price; `mark` for a missing one (SM-6)."""
    bid, ask = best_price(book, Side.BID), best_price(book, Side.ASK)
    prices = (bid or mark, ask or mark, book.last_price or mark)
    return sorted(prices)[1]


def limit_band(parameters: TradingParameters, active: int) -> tuple[int, int]:
    """Return the lowest and the highest price that a limit order may name (SM-6)."""
    low = mul_div_up(active, parameters.limit_min, RATIO)
    return low, mul_div_down(active, parameters.limit_max, RATIO)


def taker_bound(parameters: TradingParameters, reference: Reference, side: Side, best: int) -> int:
    """Return the worst price at which a taker may trade now, rounded toward the better (SM-6).

    The strictest of three: the impact band around `best`, the best opposite price at the start; the
    band around the mean mark; the premium band around the index. The last two need a reference.
    """
    if side is Side.BID:
        bounds = [mul_div_down(best, parameters.impact_max, RATIO)]
        if reference.index_price:
            premium = RATIO + reference.mean_premium + parameters.premium_tolerance
            bounds += [
                mul_div_down(reference.mean_mark_price, parameters.mean_mark_max, RATIO),
                mul_div_down(reference.index_price, premium, RATIO),
            ]
        return min(bounds)
    bounds = [mul_div_up(best, parameters.impact_min, RATIO)]
    if reference.index_price:
        premium = RATIO + reference.mean_premium - parameters.premium_tolerance
        bounds += [
            mul_div_up(reference.mean_mark_price, parameters.mean_mark_min, RATIO),
            mul_div_up(reference.index_price, premium, RATIO),
        ]
    return max(bounds)


def fee(amount: int, ratio: int) -> int:
    """Return the fee on `amount` quote atoms, rounded up; a rebate is negative (SM-9)."""
    return mul_div_up(amount, ratio, RATIO)


def reservation(parameters: MarketParameters, side: Side, lots: int, price: int) -> int:
    """Return the atoms that resting lots reserve: what a maker would deliver (SM-5).

    A bid reserves its fee lot by lot, so that it covers any number of partial fills.
    """
    if side is Side.ASK:
        return lots * parameters.lot_atoms
    return lots * (price + max(fee(price, parameters.maker_fee), 0))


def reserved_after(reserved: int, lots: int, filled: int) -> int:
    """Return what an order still reserves after `filled` of its `lots`: the same per lot (SM-5)."""
    return mul_div_up(reserved, lots - filled, lots)
