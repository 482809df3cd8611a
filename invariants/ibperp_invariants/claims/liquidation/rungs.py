"""Invariants of the order of the rungs, and of how much an order of the system takes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ibperp import book as kernel
from ibperp.events import LiquidationStage
from ibperp.liquidation import step_size, zero_price
from ibperp.margin import counted_equity, owed_value, requirement
from ibperp.numbers import RATIO, div_up, mul_div_down, mul_div_up
from ibperp.orders import Side
from ibperp.parameters import OrderBookState, PerpetualParameters
from ibperp.programs import RequestKind
from ibperp.state import Reference
from ibperp_invariants.claims.governance.price_levels import (
    KNOWN_LEVELS,
    account_levels,
    is_mark_known,
    market_levels,
)
from ibperp_invariants.claims.liquidation.liquidated import (
    left_to_pay,
    liquidated_step,
    mark_of,
    position,
)
from ibperp_invariants.claims.portfolio.health import exposed_atoms, health_of, holdings_of
from ibperp_invariants.claims.portfolio.positions import marked, valued
from ibperp_invariants.step.step import step_invariant
from ibperp_invariants.view.view import changed, limits_of, perpetual_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp_invariants.claims.liquidation.liquidated import LiquidatedStep
    from ibperp_invariants.step.step import Invariant, Step
    from ibperp_invariants.view.view import OrderView, PerpetualView, View

OWN: Final = {LiquidationStage.CANCEL_ORDERS, LiquidationStage.PAY_OWN}
"""What an account does itself before anything is traded or handed over (LQ-3)."""

ON_BOOKS: Final = {LiquidationStage.ON_BOOK, LiquidationStage.CONVERSION}
TRADABLE: Final = {OrderBookState.OPEN, OrderBookState.LIMIT_ONLY, OrderBookState.REDUCE_ONLY}


def liquidation_takes_its_fraction(step: Step) -> Iterator[str]:
    """Check that a step trades, or asks for, no more than its fraction of a target (LQ-4, LQ-5)."""
    rung = liquidated_step(step)
    if rung is None:
        return
    asked: list[tuple[str, Side, int]] = []
    for order in step.facts.accepted:
        trades = [trade for trade in step.facts.trades if trade.taker_order == order]
        if trades:
            lots = sum(trade.lots for trade in trades) + step.facts.ended.get(order, 0)
            resting = step.before.orders[trades[0].maker_order]
            asked.append((trades[0].market, kernel.opposite(resting.side), lots))
    for index in changed(step.before.requests, step.after.requests):
        request = step.after.requests.get(index)
        if request and request.kind is RequestKind.CONVERSION:
            asked.append((request.market, request.side, request.lots))
    for symbol, side, lots in asked:
        most = _fraction_of(step.before, rung, symbol, side)
        if most is not None and lots > most:
            yield f"account {rung.account}, {symbol}: {side} of {lots} lots, {most} at most"


def rungs_in_order(step: Step) -> Iterator[str]:
    """Check that no rung is skipped: own assets, then the books of positions (LQ-2, LQ-3)."""
    rung = liquidated_step(step)
    if rung is None or rung.stage in OWN:
        return
    for what in left_to_pay(step.before, rung.account):
        yield f"account {rung.account}: {rung.stage}, with {what}"
    if rung.stage in ON_BOOKS or rung.before.equity <= rung.before.auto_close:
        return
    age = step.before.system.liquidation_price_age if step.before.system else 0
    for symbol, market, own in marked(step.before, rung.account):
        order = _serving(step.before, rung, symbol, market, own.lots)
        if order and is_mark_known(step.before, symbol, age):
            yield (
                f"account {rung.account}: {rung.stage}, with {own.lots} lots of {symbol} and a "
                f"{order.side} of account {order.account} at {order.price}"
            )


def _fraction_of(view: View, rung: LiquidatedStep, symbol: str, side: Side) -> int | None:
    """Return the most lots that one step may take on a market; None if that is not known."""
    system, perpetual, limits = view.system, perpetual_of(view, symbol), limits_of(view, symbol)
    if system is None:
        return None
    fraction = system.liquidation_fraction
    if perpetual:
        held = abs(position(view, rung.account, symbol).lots)
        least = perpetual.parameters.minimum_lots if perpetual.parameters else held
        return min(step_size(held, fraction, least), held)
    holdings = holdings_of(view, view.accounts[rung.account])
    if limits is None or holdings is None:
        return None
    if side is Side.BID:
        owed = div_up(holdings[limits.base].owed, limits.lot_atoms)
        return min(step_size(owed, fraction, limits.minimum_lots), owed)
    mark, books = mark_of(view, symbol), view.assets[limits.quote]
    if not mark or not books.price or books.parameters is None:
        return None
    notional = max(
        owed_value(exposed_atoms(item), item.price, item.limits.lot_atoms)
        for item in holdings.values()
    )
    value = mul_div_up(notional, fraction, RATIO)
    lots = div_up(mul_div_up(value, books.parameters.lot_atoms, books.price), mark)
    # What would be left may be too little for an order: then all is sold.
    return max(lots, limits.minimum_lots) + limits.minimum_lots - 1


def _serving(
    view: View, rung: LiquidatedStep, symbol: str, market: PerpetualView, lots: int
) -> OrderView | None:
    """Return the first order that would take lots of a position for sure; None if there is none."""
    limits, side = market.parameters, Side.ASK if lots > 0 else Side.BID
    queue = market.bids if lots > 0 else market.asks
    order = view.orders.get(queue[0]) if lots and len(queue) else None
    if order is None or not isinstance(limits, PerpetualParameters):
        return None
    health = rung.before
    zero = zero_price(market.mark_price, health.equity, health.exposure, is_long=lots > 0)
    fee = limits.taker_fee
    limit = max(mul_div_down(zero, RATIO, RATIO + fee), 1)
    if lots > 0:
        limit = mul_div_up(zero, RATIO, max(RATIO - fee, 1))
    told = Reference(market.reference_index_price, market.mean_mark_price, market.mean_premium)
    bound = kernel.taker_bound(limits, told, side, order.price)
    is_met = all(kernel.reaches(side, worst, order.price) for worst in (limit, bound))
    is_open = limits.order_book_state in TRADABLE
    is_other = view.accounts[order.account].user != view.accounts[rung.account].user
    is_served = is_met and is_open and is_other and _performs(view, symbol, market, order)
    return order if is_served else None


def _performs(view: View, symbol: str, market: PerpetualView, order: OrderView) -> bool:
    """Tell whether a maker without a position has all that its whole order could ask of it."""
    limits, system, holder = market.parameters, view.system, view.accounts[order.account]
    own = health_of(view, order.account)
    notional = valued(view, -order.lots * market.mark_price)
    if own is None or system is None or notional is None:
        return False
    if not isinstance(limits, PerpetualParameters) or order.reduce_only:
        return False
    age = system.order_price_age
    levels = account_levels(view, holder, age) | market_levels(view, symbol, age)
    ahead = order.price - market.mark_price
    worse = max(ahead if order.side is Side.BID else -ahead, 0)
    fee = max(kernel.fee(order.lots * order.price, limits.maker_fee), 0)
    cost = -(valued(view, -(order.lots * worse + 2 * fee + 2)) or 0)
    more = requirement(-notional, limits.imf_base, limits.imf_factor, system.quote_unit)
    more += mul_div_up(-notional, RATIO, holder.settings.leverage_limit)
    return (
        position(view, order.account, symbol).lots == 0
        and order.lots <= limits.position_limit
        and levels <= KNOWN_LEVELS
        and counted_equity(replace(own, order_loss=0)) >= own.initial + more + cost
    )


LIQUIDATION_ORDERS: Final[tuple[Invariant, ...]] = (
    step_invariant(
        liquidation_takes_its_fraction,
        "LQ-4 LQ-5",
        "One step trades, or asks quotes for, at most the fraction of a target, or the minimum of "
        "an order where that is more, or all where less would be left.",
    ),
    step_invariant(
        rungs_in_order,
        "LQ-2 LQ-3 LQ-4",
        "No asset of an account is traded or handed over while it can pay a debt from the same "
        "asset; no position goes to a provider or a counterparty while its book could reduce it "
        "above auto-close.",
    ),
)
