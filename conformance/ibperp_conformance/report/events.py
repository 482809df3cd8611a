"""What a step did, in words: balances, interest, prices, trades and orders in whole units."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from ibperp.actions import SetPrice, UpdateMark
from ibperp.events import (
    FundingApplied,
    InterestCharged,
    LedgerKind,
    LiquidationHeldBack,
    MarkUpdated,
    OrderAccepted,
    OrderEnded,
    Posting,
    PriceLimited,
    Settled,
    Traded,
    Unsettled,
    VirtualInterest,
    VirtualMoved,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import Accepted
from ibperp.valuation import settlement_asset
from ibperp_conformance.presets.scales import asset_price, market_scales, market_units
from ibperp_conformance.presets.units import decimal_of, format_units
from ibperp_conformance.report.risk_events import risk_line
from ibperp_conformance.report.standing import standings
from ibperp_conformance.report.tables import dollars, margin_ratio

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ibperp.actions import Action
    from ibperp.events import Event
    from ibperp.state import State
    from ibperp_conformance.scenario.result import ScenarioResult, StepResult


def happened(result: ScenarioResult, step: StepResult) -> list[str]:
    """Return a line for each event that moved something, and what a price did to the accounts."""
    if not isinstance(step.outcome, Accepted):
        return []
    state = step.outcome.state
    lines = []
    for event in step.outcome.events:
        who = _other(event, step.action, result.names)
        told = risk_line(state, event, result.names)
        lines.append(told or who + _event_line(state, event, result.orders))
    if isinstance(step.action, SetPrice | UpdateMark):
        lines += margin_lines(state, result.names)
    return [line for line in lines if line]


def _other(event: Event, action: Action, names: Mapping[int, str]) -> str:
    """Return whose balance gave, or else received, if it is not the account that acts."""
    acting = getattr(action, "account", None)
    if isinstance(
        event, Unsettled | Settled | VirtualMoved | VirtualInterest | LiquidationHeldBack
    ):
        return "" if event.account == acting else f"{names.get(event.account, event.account)}: "
    if not isinstance(event, Posting) or acting is None:
        return ""
    sides = (side.index for side in (event.debit, event.credit) if side.kind is LedgerKind.FREE)
    who = next(sides, acting)
    return "" if who == acting else f"{names.get(who, who)}: "


def _event_line(state: State, event: Event, orders: Mapping[int, str]) -> str:
    match event:
        case Posting():
            return f"{event.reason.value} {_amount(state, event.asset, event.amount)}"
        case InterestCharged():
            return f"interest {_amount(state, event.asset, event.interest)}"
        case PriceLimited():
            asset = state.assets[event.asset]
            asked, price = (
                decimal_of(asset_price(state, asset, price)) for price in (event.asked, event.price)
            )
            return f"{asset.symbol} limited to {price}, asked {asked}"
        case OrderAccepted():
            return f"order {orders.get(event.order, event.order)}"
        case Traded():
            _, prices = market_scales(state, state.markets[event.market])
            amount, price = _lots(state, event.market, event.lots), decimal_of(event.price / prices)
            maker = orders.get(event.maker_order, event.maker_order)
            return f"traded {amount} at {price} with {maker}"
        case LiquidationHeldBack():
            return f"left alone, {event.code.value}"
        case OrderEnded():
            left = _lots(state, state.orders[event.order].market, event.lots)
            return f"{orders.get(event.order, event.order)} ends, {left} left: {event.reason.value}"
        case _:
            return _settlement_line(state, event)


def _settlement_line(state: State, event: Event) -> str:
    match event:
        case MarkUpdated():
            market = state.markets[event.market]
            _, prices = market_scales(state, market)
            mark, index = event.mark_price / prices, event.index_price / prices
            return f"{market.symbol} marked {decimal_of(mark)}, index {decimal_of(index)}"
        case FundingApplied():
            rate = decimal_of(Fraction(event.rate * 100, RATIO))
            return f"{state.markets[event.market].symbol} funding {rate} %"
        case Unsettled():
            return f"{event.source.value} {_settled(state, event.amount)}"
        case Settled():
            unpaid = f", {_settled(state, abs(event.unpaid))} unpaid" if event.unpaid else ""
            verb = "is paid" if event.amount > 0 else "pays"
            return f"{verb} {_settled(state, abs(event.amount))}{unpaid}"
        case VirtualMoved():
            return f"{event.source.value} {_settled(state, event.amount)}, virtually"
        case VirtualInterest():
            return f"virtual interest {_settled(state, event.amount)}"
        case _:
            return ""


def _lots(state: State, index: int, lots: int) -> str:
    """Return an amount of a market, with the asset of a spot market or a perpetual's name."""
    market = state.markets[index]
    scale, _ = market_scales(state, market)
    unit, _ = market_units(state, market)
    return f"{decimal_of(lots / scale)} {unit or market.symbol}"


def _settled(state: State, atoms: int) -> str:
    return _amount(state, settlement_asset(state), atoms)


def _amount(state: State, asset: int, atoms: int) -> str:
    listed = state.assets[asset]
    return f"{format_units(atoms, listed.parameters.decimals)} {listed.symbol}"


def margin_lines(state: State, names: Mapping[int, str]) -> Iterator[str]:
    """Yield the equity and the maintenance ratio of every account with an exposure."""
    for standing in standings(state, names):
        if standing.is_exposed:
            equity = dollars(standing.dollars(standing.health.equity))
            ratio = margin_ratio(standing, standing.health.maintenance)
            yield f"{standing.account}: equity {equity}, MMR {ratio}"
