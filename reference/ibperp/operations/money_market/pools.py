"""What governance and the clock do to pools (chapter money-market)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp import pool
from ibperp.events import InterestCharged
from ibperp.numbers import div_down, in_range, remainder
from ibperp.operations.effect import Effect, rejection
from ibperp.outcomes import RejectionCode
from ibperp.parameter_laws import pool_violations
from ibperp.ramps import with_ramps
from ibperp.records import replace
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
    """Move the clock: ramps, then what lenders earn and borrowers owe, then throttles (MM-6)."""
    # PRECONDITIONS
    refused = rejection(
        (action.time > state.time, RejectionCode.TIME_NOT_LATER),
        (in_range(action.time), RejectionCode.OUT_OF_RANGE),
    )
    if refused:
        return refused

    # EFFECT
    steps = _crossed(state.time, action.time, state.system.throttle_interval)
    effect = Effect(with_ramps(replace(state, time=action.time)))
    for asset in range(len(state.assets)):
        effect = _accrued(effect, asset, state.time)
        if steps:
            asset_state = effect.state.assets[asset]
            pool_state = pool.throttle(asset_state.pool, asset_state.parameters.pool, steps)
            effect = effect.noted(with_pool(effect.state, asset, pool_state))
    effect = _counted(state, effect)

    # POSTCONDITIONS
    assert all(asset.pool.cash == pool.net_claim(asset.pool) for asset in effect.state.assets)
    return effect.accepted()


def _accrued(effect: Effect, asset: int, since: int) -> Effect:
    """Let lenders earn what is paid for, and charge the debts if a boundary passed (MM-6).

    The charge is for the interval that begins, at the mean rate of the one that ended; for more
    intervals that passed in the same step, at the current rate.
    """
    asset_state, interval = effect.state.assets[asset], effect.state.system.accrual_interval
    limits, time = asset_state.parameters.pool, effect.state.time
    end = since - remainder(since, interval) + interval
    last = time - remainder(time, interval)
    rate = pool.borrow_rate(limits, pool.utilization(asset_state.pool))
    until = min(time, end)
    measured = replace(
        asset_state.pool, rate_time=asset_state.pool.rate_time + rate * (until - since)
    )
    earning = pool.earn(measured, until - since, end - since)
    if time < end:
        return effect.noted(with_pool(effect.state, asset, earning))
    charged = pool.accrue(earning, earning.rate_time + rate * (last - end), limits.reserve_fee)
    paid = pool.earn(charged, time - end, last + interval - end)
    now = pool.borrow_rate(limits, pool.utilization(paid))
    interest, fee = charged.borrowed - earning.borrowed, charged.reserve - earning.reserve
    events = (InterestCharged(asset, interest, fee),) if interest else ()
    after = replace(paid, rate_time=now * (time - last))
    return effect.noted(with_pool(effect.state, asset, after), *events)


def _counted(before: State, effect: Effect) -> Effect:
    """Count rate and time on what is unpaid: after the last boundary at the new rate (ST-10)."""
    state = effect.state
    asset = find_asset(state, state.system.settlement_asset)
    if asset is None or state.unpaid == 0:
        return effect
    last = state.time - remainder(state.time, state.system.accrual_interval)
    turn, counted = last if last > before.time else state.time, state.unpaid_rate_time
    for of, seconds in ((before, turn - before.time), (state, state.time - turn)):
        limits, pool_state = of.assets[asset].parameters.pool, of.assets[asset].pool
        counted += pool.unpaid_rate(limits, pool_state, state.unpaid) * seconds
    return effect.noted(replace(state, unpaid_rate_time=counted))


def _crossed(before: int, after: int, interval: int) -> int:
    """Return how many multiples of `interval` lie after `before`, up to `after`."""
    return div_down(after, interval) - div_down(before, interval)
