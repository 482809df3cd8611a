"""What actions may touch of an asset: its price, pool, tokens and parameters."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Final

from ibperp.actions import AdvanceTime, SetAssetParameters, SetPoolParameters, SetPrice
from ibperp.parameters import BookState, PoolParameters
from ibperp.state import Pool
from ibperp_invariants.frame.risk import may_set_parameters
from ibperp_invariants.view.view import AssetView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp.parameters import AssetParameters
    from ibperp_invariants.step.step import Step

NO_POOL: Final = PoolParameters(BookState.CLOSED, *[0] * 9)


def frame_of_asset(step: Step, symbol: str, old: AssetView, new: AssetView) -> Iterator[str]:
    """Yield what changed of an asset without being named by the action."""
    action = step.action
    priced = (old.price, old.price_time) != (new.price, new.price_time)
    if priced and not isinstance(action, SetPrice):
        yield f"{symbol}: the price changed: {changed_parts(old, new)}"
    if old.is_limited != new.is_limited and not isinstance(action, SetPrice):
        yield f"{symbol}: is_limited changed at {step.after.time}: {changed_parts(old, new)}"
    is_set = may_set_parameters(step, symbol, has_ramp=old.ramp is not None)
    margins = (old.ramp, _without_pool(old)) != (new.ramp, _without_pool(new))
    lends = _pool_limits(old) != _pool_limits(new)
    if (margins and not is_set) or (
        lends and not isinstance(action, SetPoolParameters | SetAssetParameters)
    ):
        yield f"{symbol}: the parameters changed at {step.after.time}: {changed_parts(old, new)}"
    match action:
        case SetPrice():
            is_kept = (old.in_transit, old.tokens, old.pool) == (
                new.in_transit,
                new.tokens,
                new.pool,
            )
        case AdvanceTime():
            fixed = ("cash", "lend_shares", "borrow_shares")
            is_kept = (old.in_transit, old.tokens) == (new.in_transit, new.tokens) and all(
                getattr(old.pool, name) == getattr(new.pool, name) for name in fixed
            )
        case SetPoolParameters() | SetAssetParameters():
            moved = {"throttle_bound"}
            is_kept = (old.in_transit, old.tokens) == (new.in_transit, new.tokens) and all(
                getattr(old.pool, part.name) == getattr(new.pool, part.name)
                for part in fields(Pool)
                if part.name not in moved
            )
        case _:
            kept = ("interest_carry", "throttle_bound")
            is_kept = all(getattr(old.pool, name) == getattr(new.pool, name) for name in kept)
    if not is_kept:
        changes = changed_parts(old.pool, new.pool) or changed_parts(old, new)
        yield f"{symbol}: {type(action).__name__} changed what it does not name: {changes}"


def _without_pool(asset: AssetView) -> AssetParameters | None:
    """Return the parameters of an asset with those of no pool in the place of its own."""
    limits = asset.parameters
    return limits and replace(limits, pool=NO_POOL)


def _pool_limits(asset: AssetView) -> PoolParameters | None:
    return asset.parameters.pool if asset.parameters else None


def changed_parts(old: AssetView | Pool, new: AssetView | Pool) -> str:
    """Return the parts of two views that differ, with both values."""
    return ", ".join(
        f"{part.name} {getattr(old, part.name)} to {getattr(new, part.name)}"
        for part in fields(old)
        if getattr(old, part.name) != getattr(new, part.name)
    )
