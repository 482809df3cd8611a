"""The steps of a scenario that concern perpetuals: amounts in whole units, prices per unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ibperp.actions import (
    ApplyFunding,
    ListPerpetual,
    SetPerpetualParameters,
    Settle,
    SettleMarket,
    UpdateMark,
)
from ibperp.state import Perpetual
from ibperp.valuation import settlement_asset
from ibperp_conformance.presets.perpetuals import changed_perpetual, perpetual_of
from ibperp_conformance.presets.units import ratio_of
from ibperp_conformance.scenario.fields import RefusedError
from ibperp_conformance.scenario.trading import STEPS as TRADING_STEPS
from ibperp_conformance.scenario.trading import TradingStep

if TYPE_CHECKING:
    from ibperp.actions import SetMarketParameters

STEPS: Final[dict[type, str]] = {
    **TRADING_STEPS,
    ListPerpetual: "list_perpetual",
    SetPerpetualParameters: "set_market",
    UpdateMark: "update_mark",
    ApplyFunding: "apply_funding",
    SettleMarket: "settle_market",
    Settle: "settle",
}
"""What each action on a market is called in a scenario."""


class MarketStep(TradingStep):
    """A step on a market of either kind, or on all of them."""

    def readers(self) -> dict[str, Any]:
        """Return what reads each step, by its name."""
        return super().readers() | {
            "list_perpetual": self._list_perpetual,
            "update_mark": self._update_mark,
            "apply_funding": self._apply_funding,
            "settle_market": self._settle_market,
            "settle": self._settle,
        }

    def _perpetual(self) -> Perpetual:
        market = self._market()
        if not isinstance(market, Perpetual):
            raise RefusedError((*self.path, "market"), "a spot market; name a perpetual")
        return market

    def _list_perpetual(self) -> ListPerpetual | None:
        self.only(("market", "parameters"))
        symbol, where = self.text("market"), (*self.path, "parameters")
        written = self.written.get("parameters")
        if not isinstance(written, dict):
            raise RefusedError(where, "expected the fields of a perpetual, as in a preset")
        assets = {asset.symbol: asset.parameters for asset in self.state.assets}
        settlement = assets.get(self.state.system.settlement_asset)
        listing = perpetual_of(self.reading, where, symbol, written, settlement)
        if listing is not None and listing.marked is not None:
            raise RefusedError((*where, "price"), "not part of a listing; add an update_mark step")
        return None if listing is None else listing.listed

    def _set_market(self) -> SetMarketParameters | SetPerpetualParameters | None:
        market = self._market()
        if not isinstance(market, Perpetual):
            return super()._set_market()
        self.only(("market", "changes"))
        where, changes = (*self.path, "changes"), self.written.get("changes")
        settlement = self.state.assets[settlement_asset(self.state)].parameters
        changed = changed_perpetual(self.reading, where, changes, market.parameters, settlement)
        return None if changed is None else SetPerpetualParameters(market.symbol, changed)

    def _update_mark(self) -> UpdateMark:
        self.only(("market", "index_price", "basis"))
        market = self._perpetual()
        index, basis = (
            self._price(market, name) if name in self.written else 0
            for name in ("index_price", "basis")
        )
        return UpdateMark(market.symbol, index, "basis" in self.written, basis)

    def _apply_funding(self) -> ApplyFunding:
        self.only(("market", "premium"))
        market, premium = self._perpetual(), 0
        if "premium" in self.written:
            premium = self.exact("premium", lambda: ratio_of(self.text("premium")))
        return ApplyFunding(market.symbol, premium)

    def _settle_market(self) -> SettleMarket:
        self.only(("market", "price"))
        market = self._perpetual()
        return SettleMarket(market.symbol, self._price(market))

    def _settle(self) -> Settle:
        self.only(())
        return Settle()
