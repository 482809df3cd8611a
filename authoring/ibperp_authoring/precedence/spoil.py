"""Actions of operators and of time after which some precondition of others fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    ListAsset,
    ListMarket,
    ListPerpetual,
    SetMarketParameters,
    SetPerpetualParameters,
    SetPoolParameters,
    SetPrice,
    SetSystemParameters,
)
from ibperp.parameters import BookState, OrderBookState
from ibperp.state import Perpetual
from ibperp_conformance.protocol.wire import encode_action

if TYPE_CHECKING:
    from ibperp.state import Asset, Market, State
    from ibperp_conformance.runner.vectors import Object

LATE: Final = 100_000
"""Seconds after which every price is stale."""

ODD: Final = 999_983
"""A tick of which few prices are multiples."""


NEW: Final = "NEW_MARKET"
"""A market without a price, that an action is sent to instead of its own."""


def spoilt(state: State) -> Iterator[tuple[Object, ...]]:
    """Yield steps after which some precondition of a later action fails."""
    singles = [encode_action(action) for action in _actions(state)]
    yield from ((each,) for each in singles)
    yield from combinations(singles, 2)


def without_price(state: State) -> Iterator[tuple[Object, ...]]:
    """Yield steps that list the market `NEW`, whose base, or mark, has no price."""
    asset = next(iter(state.assets), None)
    for market in state.markets:
        own = market.parameters
        changes: list[dict[str, object]] = [
            {},
            {"order_book_state": OrderBookState.CANCEL_ONLY},
            {"tick": ODD},
            {"minimum_lots": 10**9},
            {"tick": ODD, "minimum_lots": 10**9},
        ]
        for change in changes:
            changed: Any = replace(own, **change)  # type: ignore[arg-type]
            if isinstance(market, Perpetual):
                yield (encode_action(ListPerpetual(NEW, changed)),)
            elif asset is not None:
                listing = ListAsset("FRESH", asset.parameters)
                base = replace(changed, base="FRESH")
                yield encode_action(listing), encode_action(ListMarket(NEW, base))
                stale = encode_action(AdvanceTime(state.time + LATE))
                yield encode_action(listing), encode_action(ListMarket(NEW, base)), stale
                floor = encode_action(SetPrice(base.quote, 1))
                yield encode_action(listing), encode_action(ListMarket(NEW, base)), floor


def _actions(state: State) -> Iterator[Action]:
    yield AdvanceTime(state.time + LATE)
    yield SetSystemParameters(replace(state.system, order_limit=0))
    for market in state.markets:
        yield from _of_market(market)
    for asset in state.assets:
        yield from _of_asset(asset)


def _of_market(market: Market | Perpetual) -> Iterator[Action]:
    own = market.parameters
    is_perpetual = isinstance(market, Perpetual)
    kind: type = SetPerpetualParameters if is_perpetual else SetMarketParameters
    yield kind(market.symbol, replace(own, order_book_state=OrderBookState.CANCEL_ONLY))
    yield kind(market.symbol, replace(own, tick=ODD))
    yield kind(market.symbol, replace(own, minimum_lots=10**9))
    if isinstance(market, Perpetual):
        yield kind(
            market.symbol, replace(market.parameters, open_interest_limit=0, position_limit=0)
        )


def _of_asset(asset: Asset) -> Iterator[Action]:
    floor = asset.parameters.price_floor
    yield SetPrice(asset.symbol, max(floor, 1))
    yield SetPrice(asset.symbol, max(floor, 1) * 3)
    pool = asset.parameters.pool
    yield SetPoolParameters(asset.symbol, replace(pool, max_utilization=0))
    yield SetPoolParameters(asset.symbol, replace(pool, book_state=BookState.CLOSED))
