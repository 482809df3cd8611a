"""How an order meets its book: trades that are atomic with the lending pools (SM-7 to SM-9)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ibperp import book as kernel
from ibperp.margin import is_admissible
from ibperp.operations.lending import Funding, funded, swept
from ibperp.operations.resting import ended, reducible_lots, shrunk, with_order
from ibperp.orders import SelfTradePrevention, Side
from ibperp.outcomes import OrderEnd, Reason, Rejected, RejectionCode, Traded
from ibperp.portfolio import health
from ibperp.posting import free
from ibperp.state import FEES, with_market

if TYPE_CHECKING:
    from ibperp.operations.effect import Effect
    from ibperp.state import Order, State


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a trade: what it delivers, what it receives, in atoms, and its fee in quote."""

    account: int
    order: Order
    delivers: int
    delivered: int
    receives: int
    received: int
    fee: int


def matched(effect: Effect, index: int) -> tuple[Effect, OrderEnd | None] | Rejected:
    """Trade an order with the best of the other side until one of them ends (SM-7).

    Returned with the effect is what stopped the order before its own limit did, or None. The order
    itself is refused if it cannot perform a trade.
    """
    order = effect.state.orders[index]
    market = effect.state.markets[order.market]
    other = kernel.opposite(order.side)
    best = kernel.best_price(market.book, other) or 0
    bound = kernel.taker_bound(market.parameters, market.reference, order.side, best)
    while order.lots:
        maker = kernel.best_order(effect.state.markets[order.market].book, other)
        if maker is None:
            break
        resting = effect.state.orders[maker]
        if order.price and not kernel.reaches(order.side, order.price, resting.price):
            break
        if not kernel.reaches(order.side, bound, resting.price):
            return effect, OrderEnd.PRICE_BAND
        if _user(effect.state, order) == _user(effect.state, resting):
            if order.self_trade_prevention is not SelfTradePrevention.REJECT_TAKER:
                effect = ended(effect, maker, OrderEnd.SELF_TRADE_PREVENTION)
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
    resting = effect.state.orders[maker]
    lots = min(resting.lots, effect.state.orders[taker].lots)
    if resting.reduce_only:
        reducible = reducible_lots(effect.state, resting.account, resting.market, resting.side)
        lots = min(lots, reducible)
    if lots == 0:
        return ended(effect, maker, RejectionCode.REDUCE_ONLY_NOT_REDUCED)
    makers, takers = _parties(effect.state, maker, taker, lots)
    order = effect.state.orders[taker]
    state = shrunk(effect.state, maker, lots)
    state = with_order(state, taker, replace(order, lots=order.lots - lots))
    trade = Traded(resting.market, maker, taker, resting.price, lots, makers.fee, takers.fee)
    raised = _raised(effect.noted(_with_last(state, resting), trade), makers)
    if isinstance(raised, Rejected):
        return ended(effect, maker, raised.code)
    raised = _raised(raised, takers)
    if isinstance(raised, Rejected):
        return raised
    done = _received(_received(_exchanged(raised, makers, takers), makers), takers)
    if not _is_borne(effect.state, done.state, resting.account):
        return ended(effect, maker, RejectionCode.INSUFFICIENT_MARGIN)
    return done


def _is_borne(before: State, after: State, maker: int) -> bool:
    """Tell whether a maker's account bears a trade: it is judged by what it does cost (SM-9).

    What open orders may cost was asked of the owner when they were placed, at other prices.
    """
    healths = (health(state, state.accounts[maker]) for state in (before, after))
    return is_admissible(*(replace(each, order_loss=0) for each in healths))


def _parties(state: State, maker: int, taker: int, lots: int) -> tuple[Party, Party]:
    """Return maker and taker of a trade; both fees are in the quote asset (SM-9)."""
    resting, order = state.orders[maker], state.orders[taker]
    market = state.markets[resting.market]
    paid = lots * resting.price
    base = lots * market.parameters.lot_atoms

    def party(own: Order, fee: int) -> Party:
        if own.side is Side.BID:
            cost = paid + max(fee, 0)
            return Party(own.account, own, market.quote, cost, market.base, base, fee)
        return Party(own.account, own, market.base, base, market.quote, paid, fee)

    return (
        party(resting, kernel.fee(paid, market.parameters.maker_fee)),
        party(order, kernel.fee(paid, market.parameters.taker_fee)),
    )


def _raised(effect: Effect, party: Party) -> Effect | Rejected:
    """Bring what a party delivers into its free balance, as its order's flags allow (SM-9)."""
    flags = party.order.flags
    ways = Funding(
        flags.auto_lend_redeem, flags.auto_borrow, Reason.ORDER_REDEEM, Reason.ORDER_BORROW
    )
    return funded(effect, party.account, party.delivers, party.delivered, ways=ways)


def _exchanged(effect: Effect, maker: Party, taker: Party) -> Effect:
    """Post the two legs, then the fees: the taker's first, so that it can pay a rebate (SM-9)."""
    buyer, seller = (maker, taker) if maker.order.side is Side.BID else (taker, maker)
    legs = (
        (seller.delivers, seller.delivered, Reason.TRADE, seller.account, buyer.account),
        (seller.receives, seller.received, Reason.TRADE, buyer.account, seller.account),
        (seller.receives, taker.fee, Reason.TRADE_FEE, taker.account, FEES),
        (seller.receives, max(maker.fee, 0), Reason.TRADE_FEE, maker.account, FEES),
        (seller.receives, max(-maker.fee, 0), Reason.TRADE_REBATE, FEES, maker.account),
    )
    for asset, amount, reason, payer, payee in legs:
        effect = effect.moved(asset, amount, reason, debit=free(payer), credit=free(payee))
    return effect


def _received(effect: Effect, party: Party) -> Effect:
    """Repay, then lend, what a party received, as its order or its settings ask (SM-9)."""
    flags = party.order.flags
    received = party.received - (max(party.fee, 0) if party.order.side is Side.ASK else 0)
    return swept(
        effect,
        party.account,
        party.receives,
        repay=received if flags.auto_borrow_repay else 0,
        lend=received if flags.auto_lend else 0,
    )


def _with_last(state: State, resting: Order) -> State:
    market = state.markets[resting.market]
    book = replace(market.book, last_price=resting.price)
    return with_market(state, resting.market, replace(market, book=book))


def _user(state: State, order: Order) -> int:
    return state.accounts[order.account].user
