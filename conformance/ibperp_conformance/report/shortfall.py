"""By how much a rejected step misses: the most that would have been accepted, and the margin."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from ibperp.outcomes import Accepted, Rejected
from ibperp.portfolio import health
from ibperp.state import find_asset, find_market
from ibperp.transition import transition
from ibperp_conformance.presets.scales import market_scales, whole_units
from ibperp_conformance.presets.units import decimal_of, format_units

if TYPE_CHECKING:
    from fractions import Fraction

    from ibperp.state import State
    from ibperp_conformance.scenario.result import StepResult

SIZES: Final = ("amount", "lots", "shares")
"""The field of an action that says how much of something it is about."""


def shortfall(step: StepResult) -> str:
    """Return what would have been accepted of a rejected step, and where its account stood."""
    if not isinstance(step.outcome, Rejected):
        return ""
    return _most(step) + _margin(step)


def _most(step: StepResult) -> str:
    name = next((name for name in SIZES if isinstance(getattr(step.action, name, None), int)), "")
    if not name:
        return ""
    asked = getattr(step.action, name)
    low, high = 0, asked
    while high - low > 1:
        middle = (low + high) // 2
        if _is_accepted(step, name, middle):
            low = middle
        else:
            high = middle
    if not _is_accepted(step, name, low):
        return ""
    most, whole = (_shown(step.before, step.action, amount) for amount in (low, asked))
    missing = _shown(step.before, step.action, asked - low)
    return f"; {most} would be accepted, {missing} less than {whole}"


def _is_accepted(step: StepResult, name: str, amount: int) -> bool:
    action: Any = step.action
    return isinstance(transition(step.before, replace(action, **{name: amount})), Accepted)


def _shown(state: State, action: Any, amount: int) -> str:
    scaled: Fraction | None = None
    symbol = getattr(action, "asset", None)
    if symbol is not None and (asset := find_asset(state, symbol)) is not None:
        return f"{decimal_of(whole_units(state.assets[asset], amount))} {symbol}"
    market = find_market(state, getattr(action, "market", ""))
    if market is not None:
        lots, _ = market_scales(state, state.markets[market])
        scaled = amount / lots
    return str(amount) if scaled is None else decimal_of(scaled)


def _margin(step: StepResult) -> str:
    index = getattr(step.action, "account", getattr(step.action, "sender", None))
    state = step.before
    if not isinstance(index, int) or not 0 <= index < len(state.accounts):
        return ""
    fit = health(state, state.accounts[index])
    locked = fit.initial + fit.order_loss + fit.uncounted_gain
    places = len(str(state.system.quote_unit)) - 1
    equity, held, rest = (
        format_units(amount, places) for amount in (fit.equity, locked, fit.equity - locked)
    )
    return f" (before: equity {equity}, locked {held}, available {rest} USD)"
