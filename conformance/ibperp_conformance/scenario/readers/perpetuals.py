"""The steps of a scenario about perpetuals, and about the parameters of a market of either kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.actions import (
    ApplyFunding,
    ListPerpetual,
    SetMarketParameters,
    SetPerpetualParameters,
    SettleMarket,
    UpdateMark,
)
from ibperp.state import Perpetual
from ibperp.valuation import settlement_asset
from ibperp_conformance.presets.markets import changed_market
from ibperp_conformance.presets.perpetuals import changed_perpetual, perpetual_of
from ibperp_conformance.scenario.fields import RefusedError

if TYPE_CHECKING:
    from ibperp_conformance.scenario.fields import StepFields
    from ibperp_conformance.scenario.readers.plain import Reader


def _perpetual(step: StepFields) -> Perpetual:
    market = step.market()
    if not isinstance(market, Perpetual):
        raise RefusedError((*step.path, "market"), "a spot market; name a perpetual")
    return market


def _list_perpetual(step: StepFields) -> ListPerpetual | None:
    step.only(("market", "parameters"))
    symbol, where = step.text("market"), (*step.path, "parameters")
    written = step.written.get("parameters")
    if not isinstance(written, dict):
        raise RefusedError(where, "expected the fields of a perpetual, as in a preset")
    settlement = step.listed_assets().get(step.state.system.settlement_asset)
    listing = perpetual_of(step.reading, where, symbol, written, settlement)
    if listing is not None and listing.marked is not None:
        raise RefusedError((*where, "price"), "not part of a listing; add an update_mark step")
    return None if listing is None else listing.listed


def _set_market(step: StepFields) -> SetMarketParameters | SetPerpetualParameters | None:
    step.only(("market", "changes"))
    market, where = step.market(), (*step.path, "changes")
    written = step.written.get("changes")
    if isinstance(market, Perpetual):
        settlement = step.state.assets[settlement_asset(step.state)].parameters
        changed = changed_perpetual(step.reading, where, written, market.parameters, settlement)
        return None if changed is None else SetPerpetualParameters(market.symbol, changed)
    limits = changed_market(step.reading, where, written, market.parameters, step.listed_assets())
    return None if limits is None else SetMarketParameters(market.symbol, limits)


def _update_mark(step: StepFields) -> UpdateMark:
    step.only(("market", "index_price", "basis"))
    market = _perpetual(step)
    index, basis = (
        step.market_price(market, name) if name in step.written else 0
        for name in ("index_price", "basis")
    )
    return UpdateMark(market.symbol, index, "basis" in step.written, basis)


def _apply_funding(step: StepFields) -> ApplyFunding:
    step.only(("market", "premium"))
    market = _perpetual(step)
    premium = step.ratio("premium") if "premium" in step.written else 0
    return ApplyFunding(market.symbol, premium)


def _settle_market(step: StepFields) -> SettleMarket:
    step.only(("market", "price"))
    market = _perpetual(step)
    return SettleMarket(market.symbol, step.market_price(market))


READERS: Final[dict[type, Reader]] = {
    ListPerpetual: _list_perpetual,
    SetMarketParameters: _set_market,
    SetPerpetualParameters: _set_market,
    UpdateMark: _update_mark,
    ApplyFunding: _apply_funding,
    SettleMarket: _settle_market,
}
