"""What governance and the clock do to pools (chapter money-market)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ibperp import pool
from ibperp.events import InterestCharged
from ibperp.numbers import div_down, in_range
from ibperp.operations.effect import Effect, rejection
from ibperp.outcomes import RejectionCode
from ibperp.parameter_laws import pool_violations
from ibperp.ramps import with_ramps
from ibperp.state import find_asset, with_asset, with_pool

if TYPE_CHECKING:
    from ibperp.actions import AdvanceTime, SetPoolParameters
    from ibperp.outcomes import Outcome
    from ibperp.state import State


def set_pool_parameters(state: State, action: SetPoolParameters) -> Outcome:
    """Replace a pool's parameters; its throttle bound is moved into the new range (MM-16)."""
    # PRECONDITIONS
    parameters = action.parameters
    asset = find_asset(state, action.asset)
    refused = rejection(
        (not pool_violations(parameters), RejectionCode.PARAMETER_INVALID),
        (asset is not None, RejectionCode.ASSET_UNKNOWN),
    )
    if refused:
        return refused
    assert asset is not None

    # EFFECT
    asset_state = state.assets[asset]
    pool_state = pool.with_bound_in(asset_state.pool, parameters)
    changed = replace(
        asset_state, parameters=replace(asset_state.parameters, pool=parameters), pool=pool_state
    )

    # POSTCONDITIONS
    assert (
        parameters.throttle_utilization <= pool_state.throttle_bound <= parameters.max_utilization
    )
    return Effect(with_asset(state, asset, changed)).accepted()


def advance_time(state: State, action: AdvanceTime) -> Outcome:
    """Move the clock: ramps, then whole accrual intervals, then throttles (GV-2, MM-6, MM-9)."""
    # PRECONDITIONS
    refused = rejection(
        (action.time > state.time, RejectionCode.TIME_NOT_LATER),
        (in_range(action.time), RejectionCode.OUT_OF_RANGE),
    )
    if refused:
        return refused

    # EFFECT
    system = state.system
    intervals = _crossed(state.time, action.time, system.accrual_interval)
    steps = _crossed(state.time, action.time, system.throttle_interval)
    effect = Effect(with_ramps(replace(state, time=action.time)))
    for asset in range(len(state.assets)):
        effect = _accrued(effect, asset, intervals * system.accrual_interval)
        if steps:
            asset_state = effect.state.assets[asset]
            pool_state = pool.throttle(asset_state.pool, asset_state.parameters.pool, steps)
            effect = effect.noted(with_pool(effect.state, asset, pool_state))

    # POSTCONDITIONS
    assert all(asset.pool.cash == pool.net_claim(asset.pool) for asset in effect.state.assets)
    return effect.accepted()


def _accrued(effect: Effect, asset: int, seconds: int) -> Effect:
    """Charge a pool for `seconds` at the rate of its utilization before (MM-6)."""
    asset_state = effect.state.assets[asset]
    if seconds == 0 or asset_state.pool.borrowed == 0:
        return effect
    limits = asset_state.parameters.pool
    rate = pool.borrow_rate(limits, pool.utilization(asset_state.pool))
    pool_state = pool.accrue(asset_state.pool, rate, seconds, limits.reserve_fee)
    interest, reserve = (
        pool_state.borrowed - asset_state.pool.borrowed,
        pool_state.reserve - asset_state.pool.reserve,
    )
    charged = (InterestCharged(asset, interest, reserve),) if interest else ()
    return effect.noted(with_pool(effect.state, asset, pool_state), *charged)


def _crossed(before: int, after: int, interval: int) -> int:
    """Return how many multiples of `interval` lie after `before`, up to `after`."""
    return div_down(after, interval) - div_down(before, interval)
