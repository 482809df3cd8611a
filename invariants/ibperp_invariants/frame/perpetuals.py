"""What actions may touch of perpetual markets, positions and unsettled balances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.actions import (
    AmendOrder,
    ApplyFunding,
    ListPerpetual,
    PlaceOrder,
    SetMarketReference,
    SetPerpetualParameters,
    Settle,
    SettleMarket,
    UpdateMark,
)
from ibperp.parameters import OrderBookState
from ibperp_invariants.frame.risk import OF_QUOTES, OF_RISK, frame_of_risk_positions
from ibperp_invariants.view.view import PositionView, perpetual_of, settlement_asset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp_invariants.step.step import Step
    from ibperp_invariants.view.view import AccountView, OrderView


def frame_of_settlement_time(step: Step) -> Iterator[str]:
    """Yield a settlement time that is not that of the last settlement."""
    expected = step.before.settlement_time
    if isinstance(step.action, Settle):
        expected = step.after.time
    if step.after.settlement_time != expected:
        yield (
            f"settlement time went from {step.before.settlement_time} to "
            f"{step.after.settlement_time}, not to {expected}"
        )


def lists_market(step: Step, symbol: str) -> bool:
    """Tell whether the action lists a perpetual of this name."""
    return isinstance(step.action, ListPerpetual) and step.action.market == symbol


def settled_assets(step: Step) -> tuple[str, ...]:
    """Return the assets that a settlement may change: the settlement asset alone."""
    symbol = settlement_asset(step.before)
    return (symbol,) if symbol else ()


def perpetual_parts(step: Step) -> tuple[str, ...] | None:
    """Return the parts that an action may change of the perpetual it names; None: as of a spot."""
    match step.action:
        case PlaceOrder() | AmendOrder():
            return ("bids", "asks", "last_price", "open_interest")
        case SetMarketReference():
            return ("reference_index_price", "mean_mark_price", "mean_premium")
        case SetPerpetualParameters(parameters=parameters):
            is_closed = parameters.order_book_state is OrderBookState.CLOSED
            return ("parameters", "ramp", *(("bids", "asks") if is_closed else ()))
        case UpdateMark():
            return ("index_price", "mark_price", "mark_time", "is_limited")
        case ApplyFunding():
            return ("funding_index", "funding_time")
        case SettleMarket():
            return ("open_interest",)
        case _:
            return None


def reduces_in(step: Step, order: OrderView) -> bool:
    """Tell whether trades of its own account may shrink a resting reduce-only order (PP-5)."""
    market = getattr(step.action, "market", None)
    if isinstance(step.action, AmendOrder) and step.action.order in step.before.orders:
        market = step.before.orders[step.action.order].market
    traded = {account for _, *both in step.trades() for account in both}
    is_perpetual = perpetual_of(step.before, order.market) is not None
    return is_perpetual and order.reduce_only and order.market == market and order.account in traded


def frame_of_positions(
    step: Step, index: int, before: AccountView, after: AccountView
) -> Iterator[str]:
    """Yield positions and an unsettled balance that changed without a trade or a settlement."""
    if isinstance(step.action, Settle):
        return
    if isinstance(step.action, (*OF_RISK, *OF_QUOTES)):
        yield from frame_of_risk_positions(step, index, before, after)
        return
    market = None
    match step.action:
        case PlaceOrder(market=symbol) | SettleMarket(market=symbol):
            market = symbol
        case AmendOrder(order=order) if order in step.before.orders:
            market = step.before.orders[order].market
        case _:
            pass
    for symbol in sorted({*before.positions, *after.positions}):
        old, new = (of.positions.get(symbol, PositionView()) for of in (before, after))
        if old != new and symbol != market:
            yield f"account {index}: the position in {symbol} went from {old} to {new}"
    is_perpetual = market is not None and perpetual_of(step.before, market) is not None
    if before.unsettled != after.unsettled and not is_perpetual:
        yield f"account {index}: unsettled went from {before.unsettled} to {after.unsettled}"
