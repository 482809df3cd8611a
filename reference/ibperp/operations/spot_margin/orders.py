"""Spot margin's operations: place, cancel, amend, convert dust (chapter spot-margin)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp import book
from ibperp.events import OrderEnd, Reason
from ibperp.feeds import ActionClass
from ibperp.numbers import in_range
from ibperp.operations.effect import Effect, account_exists, margin_checks, not_reserved, rejection
from ibperp.operations.money_market.moves import (
    available_of,
    claim_of,
    free_of,
    redeem_checks,
    redeemed,
    swept,
)
from ibperp.operations.spot_margin.checks import (
    converted,
    mark_price,
    order_checks,
    price_checks,
)
from ibperp.operations.spot_margin.matching import accepted_event, worked_order
from ibperp.operations.spot_margin.resting import ended_order, released_order, shrunk_order
from ibperp.orders import OrderKind, Side, TimeInForce
from ibperp.outcomes import Rejected, RejectionCode
from ibperp.posting import free
from ibperp.records import replace
from ibperp.state import FEES, Market, Order, OrderStatus, find_market

if TYPE_CHECKING:
    from ibperp.actions import AmendOrder, CancelAllOrders, CancelOrder, ConvertDust, PlaceOrder
    from ibperp.outcomes import Outcome
    from ibperp.state import Perpetual, State


def place_order(state: State, action: PlaceOrder) -> Outcome:
    """Trade what can be traded now; rest, expire or refuse the remaining lots (SM-4, SM-7)."""
    # PRECONDITIONS
    is_limit = action.kind is OrderKind.LIMIT
    at_once = action.time_in_force is not TimeInForce.GTC
    market = find_market(state, action.market)
    refused = rejection(
        (action.lots > 0, RejectionCode.AMOUNT_NOT_POSITIVE),
        (in_range(action.lots) and in_range(action.price), RejectionCode.OUT_OF_RANGE),
        (action.price > 0 if is_limit else action.price == 0, RejectionCode.PRICE_INVALID),
        (not (at_once and action.post_only), RejectionCode.ORDER_INVALID),
        (is_limit or at_once, RejectionCode.ORDER_INVALID),
        account_exists(state, action.account),
        not_reserved(action.account),
        (market is not None, RejectionCode.MARKET_UNKNOWN),
    )
    if refused:
        return refused
    assert market is not None
    order = Order(
        account=action.account,
        market=market,
        side=action.side,
        price=action.price,
        lots=action.lots,
        post_only=action.post_only,
        reduce_only=action.reduce_only,
        self_trade_prevention=action.self_trade_prevention,
        flags=action.flags,
    )
    opened = len(state.accounts[action.account].orders)
    refused = rejection(
        (at_once or opened < state.system.order_limit, RejectionCode.ORDER_LIMIT),
        *order_checks(state, order),
    )
    if refused:
        return refused

    # EFFECT
    index = len(state.orders)
    worked = worked_order(Effect(state), index, order, action.time_in_force)
    if isinstance(worked, Rejected):
        return worked
    refused = rejection(*margin_checks(state, worked.state, action.account, ActionClass.ORDER))
    if refused:
        return refused

    # POSTCONDITIONS
    assert not _is_crossed(worked.state.markets[market])
    return worked.accepted()


def cancel_order(state: State, action: CancelOrder) -> Outcome:
    """Take an open order out of its book and free what it reserves (SM-10)."""
    # PRECONDITIONS
    refused = _open_order_rejection(state, action.account, action.order)
    if refused:
        return refused

    # EFFECT
    effect = ended_order(Effect(state), action.order, OrderEnd.CANCELLED)

    # POSTCONDITIONS
    assert effect.state.orders[action.order].status is OrderStatus.CANCELLED
    return effect.accepted()


def cancel_all_orders(state: State, action: CancelAllOrders) -> Outcome:
    """Cancel an account's open orders in one market, oldest first; none is no error (SM-10)."""
    # PRECONDITIONS
    market = find_market(state, action.market)
    refused = rejection(
        account_exists(state, action.account),
        not_reserved(action.account),
        (market is not None, RejectionCode.MARKET_UNKNOWN),
    )
    if refused:
        return refused

    # EFFECT
    effect = Effect(state)
    for index in state.accounts[action.account].orders:
        if state.orders[index].market == market:
            effect = ended_order(effect, index, OrderEnd.CANCELLED)

    # POSTCONDITIONS
    left = effect.state.accounts[action.account].orders
    assert all(effect.state.orders[index].market != market for index in left)
    return effect.accepted()


def amend_order(state: State, action: AmendOrder) -> Outcome:
    """Give an open order fewer lots in its place, or work it anew at its new terms (SM-11)."""
    # PRECONDITIONS
    malformed = rejection(
        (action.lots > 0, RejectionCode.AMOUNT_NOT_POSITIVE),
        (in_range(action.lots) and in_range(action.price), RejectionCode.OUT_OF_RANGE),
        (action.price > 0, RejectionCode.PRICE_INVALID),
    )
    refused = malformed or _open_order_rejection(state, action.account, action.order)
    if refused:
        return refused
    order = state.orders[action.order]
    if action.price == order.price and action.lots <= order.lots:
        return _shrunk(state, action.order, action.lots)
    amended = replace(order, lots=action.lots, price=action.price, reserved=0)
    taken_out = Effect(released_order(state, action.order, amended))
    refused = rejection(*order_checks(taken_out.state, amended))
    if refused:
        return refused

    # EFFECT
    worked = worked_order(taken_out, action.order, amended, TimeInForce.GTC)
    if isinstance(worked, Rejected):
        return worked
    refused = rejection(*margin_checks(state, worked.state, action.account, ActionClass.ORDER))
    if refused:
        return refused

    # POSTCONDITIONS
    assert not _is_crossed(worked.state.markets[order.market])
    return worked.accepted()


def convert_dust(state: State, action: ConvertDust) -> Outcome:
    """Sell a base balance too small to trade to the fees account, at its price (SM-12)."""
    # PRECONDITIONS
    account, index = action.account, find_market(state, action.market)
    refused = rejection(
        account_exists(state, account),
        not_reserved(account),
        (index is not None, RejectionCode.MARKET_UNKNOWN),
    )
    if refused:
        return refused
    assert index is not None
    market = state.markets[index]
    refused = rejection((isinstance(market, Market), RejectionCode.MARKET_KIND))
    if refused:
        return refused
    assert isinstance(market, Market)
    base, quote, limits = market.base, market.quote, market.parameters
    claim = claim_of(state, account, base)
    amount = available_of(state, account, base) + claim
    is_priced = mark_price(state, market) is not None
    paid = converted(state, market, amount) if is_priced else 0
    refused = rejection(
        *price_checks(state, index),
        (0 < amount < limits.minimum_lots * limits.lot_atoms, RejectionCode.NOT_DUST),
        (paid > 0 or not is_priced, RejectionCode.AMOUNT_TOO_SMALL),
        (free_of(state, FEES, quote) >= paid, RejectionCode.INSUFFICIENT_FUNDS),
        *(redeem_checks(state, account, base, claim) if claim else ()),
    )
    if refused:
        return refused

    # EFFECT
    effect = Effect(state)
    if claim:
        effect = redeemed(effect, account, base, claim, Reason.DUST_REDEEM)
    effect = effect.moved(base, amount, Reason.DUST, debit=free(account), credit=free(FEES))
    effect = effect.moved(quote, paid, Reason.DUST, debit=free(FEES), credit=free(account))
    effect = swept(effect, account, quote)
    refused = rejection(*margin_checks(state, effect.state, account, ActionClass.ORDER))
    if refused:
        return refused

    # POSTCONDITIONS
    assert available_of(effect.state, account, base) == 0
    return effect.accepted()


def _shrunk(state: State, index: int, lots: int) -> Outcome:
    """Leave an order `lots` in its place, whatever its market admits (SM-11)."""
    order = state.orders[index]
    accepted = accepted_event(index, replace(order, lots=lots))
    return Effect(state).noted(shrunk_order(state, index, order.lots - lots), accepted).accepted()


def _open_order_rejection(state: State, account: int, order: int) -> Rejected | None:
    """Return why an account may not touch an order, or None (SM-10)."""
    is_known = 0 <= order < len(state.orders)
    refused = rejection(
        account_exists(state, account),
        not_reserved(account),
        (is_known, RejectionCode.ORDER_UNKNOWN),
    )
    if refused:
        return refused
    found = state.orders[order]
    return rejection(
        (found.account == account, RejectionCode.ORDER_NOT_OWNED),
        (found.status is OrderStatus.OPEN, RejectionCode.ORDER_NOT_OPEN),
    )


def _is_crossed(market: Market | Perpetual) -> bool:
    bid = book.best_price(market.book, Side.BID)
    ask = book.best_price(market.book, Side.ASK)
    return bid is not None and ask is not None and bid >= ask
