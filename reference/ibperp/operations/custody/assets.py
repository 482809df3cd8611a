"""Assets: how they are listed, and how their prices are set (chapter custody)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.events import PriceLimited
from ibperp.margin import limited_price
from ibperp.numbers import in_range, remainder
from ibperp.operations.effect import Effect, rejection
from ibperp.outcomes import RejectionCode
from ibperp.parameter_laws import asset_violations, is_name
from ibperp.ramps import margins_of, on_ramp
from ibperp.records import replace
from ibperp.state import Asset, Chain, Pool, Token, find_asset, find_chain, with_asset

if TYPE_CHECKING:
    from ibperp.actions import ListAsset, SetPrice
    from ibperp.outcomes import Outcome
    from ibperp.state import State


def list_asset(state: State, action: ListAsset) -> Outcome:
    """List an asset with an empty pool, no price, and every chain it newly brings (CU-2).

    If changes have a ramp, its collateral counts as zero at first (GV-2).
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
    passed = remainder(state.time, state.system.accrual_interval)
    rate_time = parameters.pool.base_rate * passed
    pool = Pool(throttle_bound=parameters.pool.throttle_utilization, rate_time=rate_time)
    origin = replace(margins_of(parameters), weight=0)
    now, ramp = on_ramp(origin, parameters, state.time, state.system.ramp_interval)
    asset = Asset(action.asset, now, 0, state.time, 0, tokens, pool, ramp=ramp)
    names = (token.chain for token in parameters.tokens)
    chains = tuple(Chain(name, 1) for name in names if find_chain(state, name) is None)
    after = replace(state, assets=(*state.assets, asset), chains=(*state.chains, *chains))

    # POSTCONDITIONS
    assert find_asset(after, action.asset) == len(state.assets)
    return Effect(after).accepted()


def set_price(state: State, action: SetPrice) -> Outcome:
    """Set an asset's price, in quote atoms per lot, within its limits, and its time (CU-11, PF-10).

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
    asset_state = state.assets[asset]
    low, high = asset_state.parameters.price_update_min, asset_state.parameters.price_update_max
    price = limited_price(asset_state.price, action.price, low, high)
    is_limited = price != action.price
    changed = replace(asset_state, price=price, price_time=state.time, is_limited=is_limited)
    limited = (PriceLimited(asset, action.price, price),) if is_limited else ()
    effect = Effect(state).noted(with_asset(state, asset, changed), *limited)

    # POSTCONDITIONS
    assert effect.state.assets[asset].price > 0
    return effect.accepted()
