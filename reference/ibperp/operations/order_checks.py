"""What must hold before an order is matched, and before its lots rest (SM-2, SM-4 to SM-6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp import book as kernel
from ibperp.numbers import div_down, remainder
from ibperp.open_orders import delivers
from ibperp.operations.lending import available_of, claim_of
from ibperp.operations.resting import needed_atoms, reducible_lots, resting_reduce_only
from ibperp.outcomes import RejectionCode
from ibperp.parameters import OrderBookState
from ibperp.portfolio import is_fresh
from ibperp.state import Perpetual
from ibperp.valuation import settlement_asset

if TYPE_CHECKING:
    from ibperp.operations.effect import Check
    from ibperp.state import Market, Order, State


def order_checks(state: State, order: Order) -> tuple[Check, ...]:
    """Check that a market takes an order as it stands, before it is matched (SM-2, SM-4, SM-6)."""
    market = state.markets[order.market]
    limits, is_market = market.parameters, order.price == 0
    mark = mark_price(state, market)
    is_priced = mark is not None
    active = kernel.active_price(market.book, max(mark or 1, 1))
    low, high = kernel.limit_band(limits, active)
    best = kernel.best_price(market.book, kernel.opposite(order.side))
    takes = best is not None and kernel.reaches(order.side, order.price, best)
    return (
        (_admits(limits.order_book_state, order), RejectionCode.TRADING_PAUSED),
        (remainder(order.price, limits.tick) == 0, RejectionCode.PRICE_OFF_TICK),
        (order.lots >= limits.minimum_lots, RejectionCode.LOTS_BELOW_MINIMUM),
        *price_checks(state, order.market),
        (
            is_market or not is_priced or low <= order.price <= high,
            RejectionCode.PRICE_OUT_OF_BOUNDS,
        ),
        (
            not order.reduce_only or order.lots <= _reducible(state, order),
            RejectionCode.REDUCE_ONLY_NOT_REDUCED,
        ),
        (not (order.post_only and takes), RejectionCode.POST_ONLY_TAKER),
    )


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


def price_checks(state: State, index: int) -> tuple[Check, Check]:
    """Check that the prices of a market are known and young (PF-9)."""
    market, age = state.markets[index], state.system.order_price_age
    if isinstance(market, Perpetual):
        assets = [state.assets[settlement_asset(state)]]
        is_priced, is_young = market.mark_price > 0, state.time - market.mark_time <= age
    else:
        assets = [state.assets[market.base], state.assets[market.quote]]
        is_priced = is_young = True
    is_priced = is_priced and all(asset.price > 0 for asset in assets)
    is_young = is_young and all(is_fresh(state, asset, age) for asset in assets if asset.price)
    return (is_priced, RejectionCode.PRICE_UNKNOWN), (is_young, RejectionCode.PRICE_STALE)


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
