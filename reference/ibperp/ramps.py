"""Ramps of margins: what a change of parameters does at once, and what over time (GV-2).

The kernel of ramps; every other rule reads the parameters that are in force and knows of no ramp.
"""

from __future__ import annotations

from typing import TypeVar

from ibperp.numbers import mul_div_down, mul_div_up
from ibperp.parameter_laws import asset_violations, perpetual_violations
from ibperp.parameters import AssetParameters, Margins, PerpetualParameters
from ibperp.records import replace
from ibperp.state import Asset, Market, Perpetual, Ramp, State

P = TypeVar("P", AssetParameters, PerpetualParameters)


def margins_of(limits: AssetParameters | PerpetualParameters) -> Margins:
    """Return what a ramp moves of the parameters of an asset or a perpetual (GV-2)."""
    own = (limits.imf_base, limits.imf_factor, limits.mmf_base, limits.mmf_factor)
    if isinstance(limits, PerpetualParameters):
        return Margins(*own)
    haircut = limits.haircut
    return Margins(*own, haircut.weight, haircut.base, haircut.penalty)


def with_margins(limits: P, margins: Margins) -> P:
    """Return the parameters with these margins in force (GV-2)."""
    changed = replace(
        limits,
        imf_base=margins.imf_base,
        imf_factor=margins.imf_factor,
        mmf_base=margins.mmf_base,
        mmf_factor=margins.mmf_factor,
    )
    if isinstance(changed, PerpetualParameters):
        return changed
    weight, base, penalty = margins.weight, margins.base, margins.penalty
    haircut = replace(changed.haircut, weight=weight, base=base, penalty=penalty)
    return replace(changed, haircut=haircut)


def margins_at(ramp: Ramp, time: int) -> Margins:
    """Return the margins at a time from the start of a ramp on (GV-2).

    Initial fractions and the penalty are rounded up, maintenance fractions and the other weights
    down: so a maintenance fraction that is below its initial one at both ends is so in between.
    """
    if time >= ramp.end:
        return ramp.target
    passed, span = time - ramp.start, ramp.end - ramp.start
    low, high = ramp.origin, ramp.target

    def down(origin: int, target: int) -> int:
        return origin + mul_div_down(target - origin, passed, span)

    def up(origin: int, target: int) -> int:
        return origin + mul_div_up(target - origin, passed, span)

    return Margins(
        imf_base=up(low.imf_base, high.imf_base),
        imf_factor=up(low.imf_factor, high.imf_factor),
        mmf_base=down(low.mmf_base, high.mmf_base),
        mmf_factor=down(low.mmf_factor, high.mmf_factor),
        weight=down(low.weight, high.weight),
        base=down(low.base, high.base),
        penalty=up(low.penalty, high.penalty),
    )


def on_ramp(origin: Margins, asked: P, time: int, interval: int) -> tuple[P, Ramp | None]:
    """Return the parameters that a change puts in force at once, and its ramp if it has one (GV-2).

    The ramp leads from `origin` to the new margins, over `interval` seconds.
    """
    target = margins_of(asked)
    if interval == 0 or origin == target:
        return asked, None
    return with_margins(asked, origin), Ramp(origin, target, time, time + interval)


def with_ramps(state: State) -> State:
    """Return the state with every running ramp moved to its time (GV-2)."""
    assets = tuple(_moved_asset(asset, state.time) for asset in state.assets)
    markets = tuple(_moved_market(market, state.time) for market in state.markets)
    return replace(state, assets=assets, markets=markets)


def _moved_asset(asset: Asset, time: int) -> Asset:
    if asset.ramp is None:
        return asset
    parameters = with_margins(asset.parameters, margins_at(asset.ramp, time))
    assert not asset_violations(parameters)
    ramp = asset.ramp if time < asset.ramp.end else None
    return replace(asset, parameters=parameters, ramp=ramp)


def _moved_market(market: Market | Perpetual, time: int) -> Market | Perpetual:
    if not isinstance(market, Perpetual) or market.ramp is None:
        return market
    parameters = with_margins(market.parameters, margins_at(market.ramp, time))
    assert not perpetual_violations(parameters)
    ramp = market.ramp if time < market.ramp.end else None
    return replace(market, parameters=parameters, ramp=ramp)
