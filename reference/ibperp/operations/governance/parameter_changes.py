"""What governance changes of the system and of assets, at once and over a ramp (GV-1, GV-2)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ibperp.operations.effect import Effect, rejection
from ibperp.outcomes import RejectionCode
from ibperp.parameter_laws import asset_violations, perpetual_violations, system_violations
from ibperp.ramps import margins_at, margins_of, on_ramp, with_margins
from ibperp.state import Perpetual, find_asset, with_asset

if TYPE_CHECKING:
    from ibperp.actions import SetAssetParameters, SetSystemParameters
    from ibperp.outcomes import Outcome
    from ibperp.parameters import AssetParameters, PoolParameters, SystemParameters
    from ibperp.state import Asset, Market, Pool, State


def set_system_parameters(state: State, action: SetSystemParameters) -> Outcome:
    """Replace the parameters of the system; with an asset listed its identity stays (GV-1)."""
    # PRECONDITIONS
    parameters = action.parameters
    is_same = not state.assets or _system_identity(parameters) == _system_identity(state.system)
    is_lawful = is_same and not system_violations(parameters)
    refused = rejection((is_lawful, RejectionCode.PARAMETER_INVALID))
    if refused:
        return refused

    # EFFECT
    after = replace(state, system=parameters)

    # POSTCONDITIONS
    assert after.assets == state.assets
    return Effect(after).accepted()


def set_asset_parameters(state: State, action: SetAssetParameters) -> Outcome:
    """Replace an asset's parameters; margins and haircut move there over the ramp (GV-2)."""
    # PRECONDITIONS
    parameters, index = action.parameters, find_asset(state, action.asset)
    listed = None if index is None else state.assets[index]
    interval = state.system.ramp_interval
    is_same = listed is None or _is_same_asset(listed.parameters, parameters, interval)
    is_lawful = is_same and not asset_violations(parameters)
    refused = rejection(
        (is_lawful, RejectionCode.PARAMETER_INVALID),
        (listed is not None, RejectionCode.ASSET_UNKNOWN),
    )
    if refused:
        return refused
    assert index is not None
    assert listed is not None

    # EFFECT
    origin = margins_of(listed.parameters)
    now, ramp = on_ramp(origin, parameters, state.time, interval)
    pool = with_bound_in(listed.pool, parameters.pool)
    changed = replace(listed, parameters=now, pool=pool, ramp=ramp)

    # POSTCONDITIONS
    assert not asset_violations(now)
    assert interval == 0 or margins_of(now) == origin
    return Effect(with_asset(state, index, changed)).accepted()


def with_bound_in(pool: Pool, limits: PoolParameters) -> Pool:
    """Return a pool with its throttle bound moved into the range of new parameters (MM-16)."""
    bound = max(pool.throttle_bound, limits.throttle_utilization)
    return replace(pool, throttle_bound=min(bound, limits.max_utilization))


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


def _system_identity(parameters: SystemParameters) -> tuple[int, str, int]:
    """Return what no change may touch: it is in every value, or in what was charged before."""
    return parameters.quote_unit, parameters.settlement_asset, parameters.accrual_interval


def _is_same_asset(now: AssetParameters, asked: AssetParameters, interval: int) -> bool:
    """Tell whether a change leaves an asset what it is; its haircut has one kind on a ramp."""
    is_kind = interval == 0 or now.haircut.kind is asked.haircut.kind
    identities = [(of.decimals, of.lot_atoms, of.tokens) for of in (now, asked)]
    return is_kind and identities[0] == identities[1]
