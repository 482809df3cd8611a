"""What governance and the clock do: list assets, set pools, set prices, advance time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ibperp import pool as kernel
from ibperp.events import PriceLimited
from ibperp.margin import limited_price
from ibperp.numbers import RATIO, div_down, in_range, mul_div_up
from ibperp.operations.effect import Effect, rejection
from ibperp.operations.governance.parameter_changes import with_bound_in, with_ramps
from ibperp.operations.money_market.moves import with_charged_pool
from ibperp.outcomes import RejectionCode
from ibperp.parameter_laws import asset_violations, is_name, pool_violations
from ibperp.ramps import margins_of, on_ramp
from ibperp.state import Asset, Chain, Pool, Token, find_asset, find_chain, with_asset, with_pool

if TYPE_CHECKING:
    from ibperp.actions import AdvanceTime, ListAsset, SetPoolParameters, SetPrice
    from ibperp.outcomes import Outcome
    from ibperp.state import State


def list_asset(state: State, action: ListAsset) -> Outcome:
    """List an asset with an empty pool, no price, and every chain it newly brings (CU-2).

    Where changes take time its collateral counts for nothing at first (GV-2).
    """
    # PRECONDITIONS
    parameters = action.parameters
    refused = rejection(
        (is_name(action.asset), RejectionCode.ASSET_NAME_INVALID),
        (not asset_violations(parameters), RejectionCode.PARAMETER_INVALID),
        (find_asset(state, action.asset) is None, RejectionCode.ASSET_EXISTS),
    )
    if refused:
        return refused

    # EFFECT
    tokens = tuple(Token() for _ in parameters.tokens)
    pool = Pool(throttle_bound=parameters.pool.throttle_utilization)
    origin = replace(margins_of(parameters), weight=0)
    now, ramp = on_ramp(origin, parameters, state.time, state.system.ramp_interval)
    asset = Asset(action.asset, now, 0, state.time, 0, tokens, pool, ramp=ramp)
    names = (token.chain for token in parameters.tokens)
    chains = tuple(Chain(name, 1) for name in names if find_chain(state, name) is None)
    after = replace(state, assets=(*state.assets, asset), chains=(*state.chains, *chains))

    # POSTCONDITIONS
    assert find_asset(after, action.asset) == len(state.assets)
    return Effect(after).accepted()


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
    books = state.assets[asset]
    pool = with_bound_in(books.pool, parameters)
    changed = replace(books, parameters=replace(books.parameters, pool=parameters), pool=pool)

    # POSTCONDITIONS
    assert parameters.throttle_utilization <= pool.throttle_bound <= parameters.max_utilization
    return Effect(with_asset(state, asset, changed)).accepted()


def set_price(state: State, action: SetPrice) -> Outcome:
    """Set an asset's price, in quote atoms per lot, as of now, within its limits (CU-11, PF-10).

    A price that was cut is marked: it deviates from its feed until an update is not (GV-3).
    """
    # PRECONDITIONS
    asset = find_asset(state, action.asset)
    refused = rejection(
        (action.price > 0, RejectionCode.AMOUNT_NOT_POSITIVE),
        (in_range(action.price), RejectionCode.OUT_OF_RANGE),
        (asset is not None, RejectionCode.ASSET_UNKNOWN),
    )
    if refused:
        return refused
    assert asset is not None

    # EFFECT
    books = state.assets[asset]
    low, high = books.parameters.price_update_min, books.parameters.price_update_max
    price = limited_price(books.price, action.price, low, high)
    is_limited = price != action.price
    changed = replace(books, price=price, price_time=state.time, is_limited=is_limited)
    limited = (PriceLimited(asset, action.price, price),) if is_limited else ()
    effect = Effect(state).noted(with_asset(state, asset, changed), *limited)

    # POSTCONDITIONS
    assert effect.state.assets[asset].price > 0
    return effect.accepted()


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
            books = effect.state.assets[asset]
            pool = kernel.throttle(books.pool, books.parameters.pool, steps)
            effect = effect.noted(with_pool(effect.state, asset, pool))

    # POSTCONDITIONS
    assert all(asset.pool.cash == kernel.net_claim(asset.pool) for asset in effect.state.assets)
    return effect.accepted()


def _accrued(effect: Effect, asset: int, seconds: int) -> Effect:
    """Charge a pool for `seconds` at the rate of its utilization before (MM-6)."""
    books = effect.state.assets[asset]
    if seconds == 0 or books.pool.borrowed == 0:
        return effect
    limits = books.parameters.pool
    rate = kernel.borrow_rate(limits, kernel.utilization(books.pool))
    pool = kernel.accrue(books.pool, rate, seconds, limits.reserve_fee)
    interest = pool.borrowed - books.pool.borrowed
    fee = mul_div_up(interest, limits.reserve_fee, RATIO)
    return with_charged_pool(effect, asset, pool, interest, fee)


def _crossed(before: int, after: int, interval: int) -> int:
    """Return how many multiples of `interval` lie after `before`, up to `after`."""
    return div_down(after, interval) - div_down(before, interval)
