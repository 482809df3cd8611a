"""What changed between two states that an account's health depends on (PF-7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.state import Perpetual

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp.state import Asset, Market, State


def is_comparable(before: State, after: State) -> bool:
    """Tell whether two states have the same sources and system, so that changes can be followed."""
    sizes = [(len(state.assets), len(state.markets)) for state in (before, after)]
    return sizes[0] == sizes[1] and before.system == after.system


def touched(before: State, after: State) -> Iterator[int]:
    """Yield the sources whose worth changed between two states that are comparable."""
    for source, (old, new) in enumerate(zip(before.assets, after.assets, strict=True)):
        if old is not new and _worth(old) != _worth(new):
            yield source
    for index, (first, second) in enumerate(zip(before.markets, after.markets, strict=True)):
        if first is not second and _marked(first) != _marked(second):
            yield len(before.assets) + index


def _worth(asset: Asset) -> tuple[object, ...]:
    """Return all that the worth of an asset's atoms and shares depends on."""
    pool = asset.pool
    totals = (pool.lent, pool.lend_shares, pool.borrowed, pool.borrow_shares)
    return asset.price, asset.parameters, totals


def _marked(market: Market | Perpetual) -> tuple[object, ...]:
    """Return all that the worth of a position or an order depends on."""
    if isinstance(market, Perpetual):
        return market.parameters, market.mark_price, market.funding_index
    return (market.parameters,)
