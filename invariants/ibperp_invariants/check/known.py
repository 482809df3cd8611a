"""What a log tells of parameters, beside its observations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ibperp.actions import (
    ConvertCollateral,
    Liquidate,
    ListAsset,
    ListMarket,
    ListPerpetual,
    PlaceOrder,
    RunRisk,
    SetAssetParameters,
    SetMarketParameters,
    SetPerpetualParameters,
    SetPoolParameters,
    SetSystemParameters,
)
from ibperp.parameter_laws import (
    asset_violations,
    market_violations,
    perpetual_violations,
    pool_violations,
    system_violations,
)
from ibperp.parameters import (
    AssetParameters,
    MarketParameters,
    PerpetualParameters,
    TradingParameters,
)
from ibperp.ramps import with_margins
from ibperp_invariants.check.records import built
from ibperp_invariants.view.observed import NotObserved
from ibperp_invariants.view.view import Known, View, perpetual_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp.actions import Action
    from ibperp.fill import Fill
    from ibperp_invariants.step.facts import Facts
    from ibperp_invariants.view.node import Node


def known_at(header: Node, view: View, known: Known) -> Known:
    """Return what a header tells of parameters, with the margins that a ramp goes to (GV-2)."""
    assets, markets = dict[str, AssetParameters](), dict[str, TradingParameters]()
    for symbol, node in _listed(header, "assets"):
        asset = built(AssetParameters, node)
        ramp = view.assets[symbol].ramp if symbol in view.assets else None
        if not asset_violations(asset):
            assets[symbol] = with_margins(asset, ramp.target) if ramp else asset
    for symbol, node in _listed(header, "markets"):
        if node.find("base"):
            market = built(MarketParameters, node)
            markets |= {} if market_violations(market) else {symbol: market}
            continue
        perpetual = built(PerpetualParameters, node)
        shown = perpetual_of(view, symbol)
        if not perpetual_violations(perpetual):
            to = shown.ramp.target if shown and shown.ramp else None
            markets[symbol] = with_margins(perpetual, to) if to else perpetual
    return replace(known, assets=assets, markets=markets)


def _listed(header: Node, name: str) -> Iterator[tuple[str, Node]]:
    listed = header.find(name)
    for item in listed.items() if listed else ():
        yield item.get("symbol").text(), item.get("parameters")


def learned(known: Known, action: Action | Fill, facts: Facts) -> Known:
    """Return what is known after an accepted action; parameters that no law admits are not."""
    match action:
        case ListAsset(asset=symbol, parameters=asset) if not asset_violations(asset):
            return replace(known, assets={**known.assets, symbol: asset})
        case SetPoolParameters(asset=symbol, parameters=pool) if (
            symbol in known.assets and not pool_violations(pool)
        ):
            asset = replace(known.assets[symbol], pool=pool)
            return replace(known, assets={**known.assets, symbol: asset})
        case (
            ListMarket(market=symbol, parameters=market)
            | SetMarketParameters(market=symbol, parameters=market)
        ) if not market_violations(market):
            return replace(known, markets={**known.markets, symbol: market})
        case (
            ListPerpetual(market=symbol, parameters=perpetual)
            | SetPerpetualParameters(market=symbol, parameters=perpetual)
        ) if not perpetual_violations(perpetual):
            return replace(known, markets={**known.markets, symbol: perpetual})
        case SetAssetParameters(asset=symbol, parameters=asset) if not asset_violations(asset):
            return replace(known, assets={**known.assets, symbol: asset})
        case SetSystemParameters(parameters=system) if not system_violations(system):
            return replace(known, system=system)
        case ConvertCollateral() | Liquidate() | RunRisk() | PlaceOrder():
            return replace(known, next_order=_next_order(known, action, facts))
        case _:
            return known


def _next_order(known: Known, action: Action, facts: Facts) -> int | None:
    """Return the id of the next order after some were accepted, None where that is not told."""
    try:
        accepted = facts.accepted
    except NotObserved:
        return None
    if isinstance(action, PlaceOrder):
        first = accepted[0] if accepted else None
        last = first if known.next_order is None else known.next_order
        return None if last is None else last + 1
    return None if known.next_order is None else known.next_order + len(accepted)
