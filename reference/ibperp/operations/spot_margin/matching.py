"""How an order meets its book, trade by trade (SM-7, SM-8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp import book
from ibperp.events import OrderAccepted, OrderEnd, OrderEnded, Traded
from ibperp.feeds import ActionClass
from ibperp.operations.effect import MakerFails, change_checks, rejection
from ibperp.operations.perpetuals import perpetual_trade
from ibperp.operations.spot_margin import spot_trade
from ibperp.operations.spot_margin.checks import is_backed
from ibperp.operations.spot_margin.resting import (
    ended_order,
    reducible_lots,
    rested_order,
    shrunk_order,
    with_order,
)
from ibperp.operations.spot_margin.trade import Trade, Trader
from ibperp.orders import SelfTradePrevention, TimeInForce
from ibperp.outcomes import Rejected, RejectionCode
from ibperp.portfolio import valuation
from ibperp.records import replace
from ibperp.state import Market, OrderStatus, with_market

if TYPE_CHECKING:
    from ibperp.operations.effect import Effect
    from ibperp.portfolio import Valuation
    from ibperp.state import Account, Order, State


def worked_order(
    effect: Effect, index: int, order: Order, time_in_force: TimeInForce
) -> Effect | Rejected:
    """Match an order; let the lots that are left rest or expire, or refuse them all (SM-7)."""
    begun = effect.noted(with_order(effect.state, index, order), accepted_event(index, order))
    matching = matched_order(begun, index)
    if isinstance(matching, Rejected):
        return matching
    effect, stopped = matching
    left = effect.state.orders[index]
    if left.lots == 0:
        return effect
    refused = rejection((time_in_force is not TimeInForce.FOK, RejectionCode.FILL_OR_KILL))
    if refused:
        return refused
    if stopped or time_in_force is TimeInForce.IOC:
        reason = stopped or OrderEnd.IMMEDIATE_OR_CANCEL
        state = with_order(effect.state, index, replace(left, status=OrderStatus.EXPIRED))
        return effect.noted(state, OrderEnded(index, left.lots, reason))
    refused = rejection((is_backed(effect.state, left), RejectionCode.INSUFFICIENT_FUNDS))
    return refused or effect.noted(rested_order(effect.state, index, left))


def accepted_event(index: int, order: Order) -> OrderAccepted:
    """Return the event that an order was taken on, or amended (SM-4)."""
    return OrderAccepted(index, order.account, order.market, order.side, order.price, order.lots)


def matched_order(effect: Effect, index: int) -> tuple[Effect, OrderEnd | None] | Rejected:
    """Trade an order with the best of the other side until one of them ends (SM-7).

    Returned with the effect is what stopped the order before its own limit did, or None. The order
    itself is refused if it cannot perform a trade.
    """
    order = effect.state.orders[index]
    market = effect.state.markets[order.market]
    other = book.opposite(order.side)
    best = book.best_price(market.book, other) or 0
    bound = book.taker_bound(market.parameters, market.reference, order.side, best)
    while order.lots:
        maker = book.best_order(effect.state.markets[order.market].book, other)
        if maker is None:
            break
        resting = effect.state.orders[maker]
        if order.price and not book.reaches(order.side, order.price, resting.price):
            break
        if not book.reaches(order.side, bound, resting.price):
            return effect, OrderEnd.PRICE_BAND
        if _user(effect.state, order) == _user(effect.state, resting):
            if order.self_trade_prevention is not SelfTradePrevention.REJECT_TAKER:
                effect = ended_order(effect, maker, OrderEnd.SELF_TRADE_PREVENTION)
            if order.self_trade_prevention is not SelfTradePrevention.REJECT_MAKER:
                return effect, OrderEnd.SELF_TRADE_PREVENTION
        else:
            met = _met(effect, index, maker)
            if isinstance(met, Rejected):
                return met
            effect = met
        order = effect.state.orders[index]
    return effect, None


def _met(effect: Effect, taker: int, maker: int) -> Effect | Rejected:
    """Trade two orders; a maker that cannot perform ends, a taker that cannot is refused (SM-9)."""
    resting, order = effect.state.orders[maker], effect.state.orders[taker]
    lots = min(resting.lots, order.lots)
    if resting.reduce_only:
        reducible = reducible_lots(effect.state, resting.account, resting.market, resting.side)
        lots = min(lots, reducible)
    if lots == 0:
        return ended_order(effect, maker, RejectionCode.REDUCE_ONLY_NOT_REDUCED)
    market = effect.state.markets[resting.market]
    paid, limits = lots * resting.price, market.parameters
    fees = book.fee(paid, limits.maker_fee), book.fee(paid, limits.taker_fee)
    parties = (
        Trader(each.account, each.side, each.flags, fee)
        for each, fee in zip((resting, order), fees, strict=True)
    )
    trade = Trade(resting.market, resting.price, lots, *parties)
    traded = Traded(resting.market, maker, taker, resting.price, lots, *fees)
    status = OrderStatus.FILLED if lots == order.lots else order.status
    taken = replace(order, lots=order.lots - lots, status=status)
    state = with_order(effect.state, taker, taken)
    begun = effect.noted(_with_last(shrunk_order(state, maker, lots), resting), traded)
    if isinstance(market, Market):
        done = spot_trade.exchanged_assets(begun, market, trade)
    else:
        done = perpetual_trade.exchanged_positions(begun, market, trade)
    if isinstance(done, MakerFails):
        return ended_order(effect, maker, done.refused.code)
    if isinstance(done, Rejected):
        return done
    failed = _maker_rejection(effect.state, done.state, resting.account)
    return ended_order(effect, maker, failed.code) if failed else done


def _maker_rejection(before: State, after: State, maker: int) -> Rejected | None:
    """Return why a maker's account does not bear a trade, judged by its actual cost (SM-9).

    The possible cost of open orders was checked when they were placed, at other prices.
    """
    return rejection(*change_checks((before, after), maker, _without_orders, ActionClass.ORDER))


def _without_orders(state: State, account: Account) -> Valuation:
    return valuation(state, account, may_fill=False)


def _with_last(state: State, resting: Order) -> State:
    market = state.markets[resting.market]
    if market.book.last_price == resting.price:
        return state
    resting_book = replace(market.book, last_price=resting.price)
    return with_market(state, resting.market, replace(market, book=resting_book))


def _user(state: State, order: Order) -> int:
    return state.accounts[order.account].user
