"""What liquidations did, in words: who was liquidated, at what price, and who paid."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ibperp.events import (
    BankruptcyResolved,
    Liability,
    LiquidationHeldBack,
    LiquidationStep,
    LossSpread,
    PositionMoved,
)
from ibperp.outcomes import Accepted
from ibperp.state import Perpetual, State, at
from ibperp_conformance.presets.scales import market_scales
from ibperp_conformance.presets.units import decimal_of, format_units

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ibperp.events import Event
    from ibperp.state import Account
    from ibperp_conformance.scenario.result import ScenarioResult, StepResult

RISK_EVENTS = (LiquidationStep, PositionMoved, BankruptcyResolved, LossSpread)
"""The events of an account that fails."""


def has_risk_events(step: StepResult) -> bool:
    """Tell whether a step liquidated an account, or passed on what a liquidation left."""
    outcome = step.outcome
    events = outcome.events if isinstance(outcome, Accepted) else ()
    return any(isinstance(event, RISK_EVENTS) for event in events)


def held_back(result: ScenarioResult) -> list[str]:
    """Return a line for each account that runs of the risk left alone for want of a price."""
    found = Counter[tuple[int, str]]()
    latest = dict[tuple[int, str], State]()
    for step in (*result.scene, *result.steps):
        for event in step.outcome.events if isinstance(step.outcome, Accepted) else ():
            if isinstance(event, LiquidationHeldBack):
                key = event.account, event.code.value
                found[key] += 1
                latest[key] = step.before
    return [
        f"{_name(result.names, account)} was left alone by run_risk {_often(times)}: {code}"
        f"{_old_prices(latest[account, code], account)}"
        for (account, code), times in sorted(found.items())
    ]


def _old_prices(state: State, account: int) -> str:
    """Return which prices of what an account has and owes are too old to liquidate it."""
    holder, most = state.accounts[account], state.system.liquidation_price_age
    assets = [
        asset.symbol
        for index, asset in enumerate(state.assets)
        if (at(holder.free, index) or at(holder.shares, index) or _settles(state, holder, index))
        and state.time - asset.price_time > most
    ]
    markets = [
        market.symbol
        for position in holder.positions
        if isinstance(market := state.markets[position.market], Perpetual)
        and state.time - market.mark_time > most
    ]
    old = ", ".join([*assets, *markets])
    return f"; the prices of {old} are older than {most} s" if old else ""


def _settles(state: State, holder: Account, index: int) -> bool:
    """Tell whether an asset is the one that the positions of an account settle in."""
    has_any = bool(holder.positions or holder.unsettled)
    return has_any and state.assets[index].symbol == state.system.settlement_asset


def risk_line(state: State, event: Event, names: Mapping[int, str]) -> str:
    """Return an event of a liquidation in words; nothing for other events."""
    match event:
        case LiquidationStep():
            return f"{_name(names, event.account)}: {event.stage.value}"
        case PositionMoved():
            market = state.markets[event.market]
            lots, prices = market_scales(state, market)
            amount, price = decimal_of(abs(event.lots) / lots), decimal_of(event.price / prices)
            verb = "sold to" if event.lots > 0 else "bought from"
            both = _name(names, event.account), _name(names, event.counterparty)
            return f"{both[0]}: {amount} {market.symbol} {verb} {both[1]} at {price}"
        case BankruptcyResolved():
            parts = {"insurance": event.insurance, "reserve": event.reserve}
            parts["claimants" if event.liability is Liability.FUND else "lenders"] = event.spread
            borne = (f"{who} {_amount(state, event.asset, n)}" for who, n in parts.items() if n)
            owed = _amount(state, event.asset, event.owed)
            told = ", ".join(borne) or "nobody"
            return f"{_name(names, event.account)}: bankrupt with {owed}; borne by {told}"
        case LossSpread():
            symbol = state.markets[event.market].symbol
            return f"{_name(names, event.account)}: {symbol} gain cut by {event.amount} atoms"
        case _:
            return ""


def _often(times: int) -> str:
    return "once" if times == 1 else f"{times} times"


def _name(names: Mapping[int, str], account: int) -> str:
    return names.get(account, str(account))


def _amount(state: State, asset: int, atoms: int) -> str:
    listed = state.assets[asset]
    return f"{format_units(atoms, listed.parameters.decimals)} {listed.symbol}"
