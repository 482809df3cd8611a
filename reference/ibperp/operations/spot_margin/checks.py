"""What must hold before an order is matched, and before its lots rest (SM-2, SM-4 to SM-6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp import book
from ibperp.feeds import ActionClass, market_levels
from ibperp.liquidation import zero_price
from ibperp.numbers import RATIO, div_down, mul_div_down, mul_div_up, remainder
from ibperp.open_orders import delivers
from ibperp.operations.effect import level_checks
from ibperp.operations.money_market.moves import available_of, claim_of
from ibperp.operations.spot_margin.resting import needed_atoms, reducible_lots, resting_reduce_only
from ibperp.orders import Side
from ibperp.outcomes import RejectionCode
from ibperp.parameters import OrderBookState
from ibperp.state import Perpetual

if TYPE_CHECKING:
    from ibperp.margin import Health
    from ibperp.operations.effect import Check
    from ibperp.state import Market, Order, State


def order_checks(state: State, order: Order) -> tuple[Check, ...]:
    """Check that a market takes an order as it stands, before it is matched (SM-2, SM-4, SM-6)."""
    market = state.markets[order.market]
    best = book.best_price(market.book, book.opposite(order.side))
    takes = best is not None and book.reaches(order.side, order.price, best)
    return (
        (_admits(market.parameters.order_book_state, order), RejectionCode.TRADING_PAUSED),
        *term_checks(state, order.market, order.price, order.lots),
        (
            not order.reduce_only or order.lots <= _reducible(state, order),
            RejectionCode.REDUCE_ONLY_NOT_REDUCED,
        ),
        (not (order.post_only and takes), RejectionCode.POST_ONLY_TAKER),
    )


def term_checks(state: State, index: int, price: int, lots: int) -> tuple[Check, ...]:
    """Check tick, minimum and band of what is to be traded; price 0: any (SM-4, SM-6, PG-4)."""
    market = state.markets[index]
    limits, mark = market.parameters, mark_price(state, market)
    low, high = book.limit_band(limits, book.active_price(market.book, max(mark or 1, 1)))
    is_within = price == 0 or mark is None or low <= price <= high
    return (
        (remainder(price, limits.tick) == 0, RejectionCode.PRICE_OFF_TICK),
        (lots >= limits.minimum_lots, RejectionCode.LOTS_BELOW_MINIMUM),
        *price_checks(state, index),
        (is_within, RejectionCode.PRICE_OUT_OF_BOUNDS),
    )


def limit_price(state: State, of: Health, index: int, side: Side) -> int:
    """Return the worst price of a system order for an account in this health (LQ-4, PG-6).

    The zero price of what is traded, the taker's fee included. The exposure is positive.
    """
    market = state.markets[index]
    fee, is_long = market.parameters.taker_fee, side is Side.ASK
    zero = zero_price(mark_price(state, market) or 0, of.equity, of.exposure, is_long=is_long)
    if is_long:
        return mul_div_up(zero, RATIO, max(RATIO - fee, 1))
    return max(mul_div_down(zero, RATIO, RATIO + fee), 1)


def mark_price(state: State, market: Market | Perpetual) -> int | None:
    """Return what a lot is worth in quote atoms, or None while a price is missing (SM-6, PP-6)."""
    if isinstance(market, Perpetual):
        return market.mark_price or None
    if not (state.assets[market.base].price and state.assets[market.quote].price):
        return None
    return converted(state, market, market.parameters.lot_atoms)


def converted(state: State, market: Market, amount: int) -> int:
    """Return the quote atoms that `amount` base atoms are worth, rounded down (SM-6, SM-12)."""
    base, quote = state.assets[market.base], state.assets[market.quote]
    value = amount * base.price * quote.parameters.lot_atoms
    return div_down(value, base.parameters.lot_atoms * quote.price)


def price_checks(state: State, index: int) -> tuple[Check, ...]:
    """Check that the prices of a market itself are good enough for its orders (SM-4, GV-3)."""
    levels = market_levels(state, index, ActionClass.ORDER)
    return level_checks(levels, ActionClass.ORDER, RejectionCode.PRICE_UNKNOWN)


def _admits(book_state: OrderBookState, order: Order) -> bool:
    match book_state:
        case OrderBookState.OPEN:
            return True
        case OrderBookState.LIMIT_ONLY:
            return order.price > 0
        case OrderBookState.POST_ONLY:
            return order.post_only
        case OrderBookState.REDUCE_ONLY:
            return order.reduce_only
        case OrderBookState.CANCEL_ONLY | OrderBookState.CLOSED:
            return False


def _reducible(state: State, order: Order) -> int:
    """Return the lots that a reduce-only order may have, besides those that rest (SM-4)."""
    account, market, side = order.account, order.market, order.side
    resting = resting_reduce_only(state, account, market, side)
    return reducible_lots(state, account, market, side) - resting


def is_backed(state: State, order: Order) -> bool:
    """Tell whether an account has what a resting order would deliver, or may borrow it (SM-5).

    An order that may redeem shares free and lent atoms with all others that do not borrow.
    """
    account, asset = order.account, delivers(state, order)
    needed = needed_atoms(state, order)
    if order.flags.auto_borrow or needed == 0:
        return True
    available = available_of(state, account, asset)
    if not order.flags.auto_lend_redeem:
        return available >= needed
    others = (state.orders[index] for index in state.accounts[account].orders)
    promised = sum(
        other.reserved
        for other in others
        if delivers(state, other) == asset
        and other.flags.auto_lend_redeem
        and not other.flags.auto_borrow
    )
    return available + claim_of(state, account, asset) - promised >= needed
