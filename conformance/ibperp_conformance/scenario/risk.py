"""The steps of a scenario about failing accounts, the programs around them, and governance."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from ibperp import actions
from ibperp.orders import OrderFlags, Side
from ibperp_conformance.presets.assets import listing_of
from ibperp_conformance.presets.system import changed_system
from ibperp_conformance.presets.units import integer_of, seconds_of
from ibperp_conformance.scenario.fields import RefusedError
from ibperp_conformance.scenario.perpetuals import STEPS as MARKET_STEPS
from ibperp_conformance.scenario.perpetuals import MarketStep
from ibperp_conformance.scenario.trading import FLAGS

if TYPE_CHECKING:
    from ibperp.programs import QuoteRequest

STEPS: Final[dict[type, str]] = {
    **MARKET_STEPS,
    actions.Liquidate: "liquidate",
    actions.ResolveBankruptcy: "resolve_bankruptcy",
    actions.RunRisk: "run_risk",
    actions.FundInsurance: "fund_insurance",
    actions.RegisterBackstop: "register_backstop",
    actions.RequestQuote: "request_quote",
    actions.SubmitQuote: "submit_quote",
    actions.WithdrawQuote: "withdraw_quote",
    actions.AcceptQuote: "accept_quote",
    actions.RefreshRequest: "refresh_request",
    actions.CancelRequest: "cancel_request",
    actions.SetSystemParameters: "set_system_parameters",
    actions.SetAssetParameters: "set_asset_parameters",
    actions.Halt: "halt",
    actions.Resume: "resume",
}
"""What each action that is read here or on a market is called in a scenario."""

REQUEST: Final = ("account", "market", "side", "amount", "price", "counterparty", "immediate")


class RiskStep(MarketStep):
    """A step of the chapters liquidation, programs and governance, or on a market."""

    def readers(self) -> dict[str, Any]:
        """Return what reads each step, by its name."""
        named = {"request_quote", "submit_quote", "set_system_parameters", "set_asset_parameters"}
        plain = {kind: name for kind, name in STEPS.items() if kind not in MARKET_STEPS}
        read = {name: self._plain for name in plain.values() if name not in named}
        return super().readers() | read | {name: getattr(self, f"_{name}") for name in named}

    def _plain(self) -> Any:
        """Return an action each of whose fields is one of the step."""
        record: Any = next(kind for kind, name in STEPS.items() if name == self.path[-1])
        names = [member.name for member in fields(record)]
        self.only(names)
        readers: dict[str, Any] = {
            "account": self.account,
            "quoter": lambda: self.account("quoter"),
            "steps": lambda: self.count("steps"),
            "asset": lambda: self.asset()[0],
            "amount": self._atoms,
            "capacity": self._capacity,
            "request": self._request,
            "expires": self._expires,
        }
        return record(**{name: readers[name]() for name in names})

    def _atoms(self) -> int:
        symbol, asset = self.asset()
        scale = 10**asset.parameters.decimals
        return self.exact("amount", lambda: integer_of(self.text("amount"), scale, unit=symbol))

    def _capacity(self) -> int:
        scale = self.state.system.quote_unit
        return self.exact("capacity", lambda: integer_of(self.text("capacity"), scale, unit="USD"))

    def _expires(self) -> int:
        """Return a time that is written as a duration from now, the longest if it is not."""
        if "expires" not in self.written:
            return self.state.time + self.state.system.request_lifetime
        return self.state.time + self.exact("expires", lambda: seconds_of(self.text("expires")))

    def _request(self) -> int:
        """Return the id of a request for quotes, the newest if none is written."""
        if "request" in self.written:
            return self.count("request")
        return max(len(self.state.requests) - 1, 0)

    def _asked(self) -> QuoteRequest:
        index = self._request()
        if not 0 <= index < len(self.state.requests):
            raise RefusedError((*self.path, "request"), "no such request was made")
        return self.state.requests[index]

    def _flags(self) -> OrderFlags:
        return OrderFlags(**{name: self.flag(name) for name in FLAGS})

    def _request_quote(self) -> actions.RequestQuote:
        self.only((*REQUEST, "expires", *FLAGS))
        market = self._market()
        return actions.RequestQuote(
            account=self.account(),
            market=market.symbol,
            side=self.choice("side", Side),
            lots=self._lots(market),
            price=self._price(market) if "price" in self.written else 0,
            counterparty=self.account("counterparty") if "counterparty" in self.written else 0,
            immediate=self.flag("immediate"),
            expires=self._expires(),
            flags=self._flags(),
        )

    def _submit_quote(self) -> actions.SubmitQuote:
        self.only(("account", "request", "price", *FLAGS))
        price = self._price(self.state.markets[self._asked().market])
        return actions.SubmitQuote(self.account(), self._request(), price, self._flags())

    def _set_system_parameters(self) -> actions.SetSystemParameters | None:
        self.only(("changes",))
        where, changes = (*self.path, "changes"), self.written.get("changes")
        assets = {asset.symbol: asset.parameters for asset in self.state.assets}
        changed = changed_system(self.reading, where, changes, self.state.system, assets)
        return None if changed is None else actions.SetSystemParameters(changed)

    def _set_asset_parameters(self) -> actions.SetAssetParameters | None:
        self.only(("asset", "parameters"))
        symbol, where = self.asset()[0], (*self.path, "parameters")
        written, unit = self.written.get("parameters"), self.state.system.quote_unit
        listing = listing_of(self.reading, where, symbol, written, unit)
        if listing is not None and listing.price is not None:
            raise RefusedError((*where, "price"), "no parameter; add a set_price step")
        return None if listing is None else actions.SetAssetParameters(symbol, listing.parameters)
