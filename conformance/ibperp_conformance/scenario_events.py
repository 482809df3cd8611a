"""What a step did, in words: balances, interest, prices, trades and orders in whole units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.actions import SetPrice
from ibperp.outcomes import (
    Accepted,
    InterestCharged,
    LedgerKind,
    OrderAccepted,
    OrderEnded,
    Posting,
    PriceLimited,
    Traded,
)
from ibperp_conformance.standing import asset_price, market_scales, standings
from ibperp_conformance.standing_tables import dollars, margin_ratio
from ibperp_conformance.units import decimal_of, format_units

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ibperp.actions import Action
    from ibperp.outcomes import Event
    from ibperp.state import State
    from ibperp_conformance.scenario import ScenarioResult, StepResult


def happened(result: ScenarioResult, step: StepResult) -> list[str]:
    """Return a line for each event that moved something, and what a price did to the accounts."""
    if not isinstance(step.outcome, Accepted):
        return []
    state = step.outcome.state
    lines = []
    for event in step.outcome.events:
        who = _other(event, step.action, result.names)
        lines.append(who + _event_line(state, event, result.orders))
    if isinstance(step.action, SetPrice):
        lines += _margin_lines(state, result.names)
    return [line for line in lines if line]


def _other(event: Event, action: Action, names: Mapping[int, str]) -> str:
    """Return whose balance gave, or else received, if it is not the account that acts."""
    acting = getattr(action, "account", None)
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
            market = state.markets[event.market]
            lots, prices = market_scales(state, market)
            amount, price = decimal_of(event.lots / lots), decimal_of(event.price / prices)
            maker = orders.get(event.maker_order, event.maker_order)
            return f"traded {amount} {market.parameters.base} at {price} with {maker}"
        case OrderEnded():
            market = state.markets[state.orders[event.order].market]
            lots, _ = market_scales(state, market)
            left = f"{decimal_of(event.lots / lots)} {market.parameters.base}"
            return f"{orders.get(event.order, event.order)} ends, {left} left: {event.reason.value}"
        case _:
            return ""


def _amount(state: State, asset: int, atoms: int) -> str:
    books = state.assets[asset]
    return f"{format_units(atoms, books.parameters.decimals)} {books.symbol}"


def _margin_lines(state: State, names: Mapping[int, str]) -> Iterator[str]:
    """Yield the equity and the maintenance ratio of every account with an exposure."""
    for standing in standings(state, names):
        if standing.is_exposed:
            equity = dollars(standing.dollars(standing.health.equity))
            ratio = margin_ratio(standing, standing.health.maintenance)
            yield f"{standing.account}: equity {equity}, MMR {ratio}"
