"""The steps of a scenario that trade: orders in base, prices in quote per base."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from ibperp.actions import (
    AmendOrder,
    CancelAllOrders,
    CancelOrder,
    ConvertDust,
    ListMarket,
    PlaceOrder,
    SetMarketParameters,
    SetMarketReference,
)
from ibperp.orders import OrderFlags, OrderKind, SelfTradePrevention, Side, TimeInForce
from ibperp.state import Perpetual, find_market
from ibperp_conformance.presets.markets import changed_market, market_of
from ibperp_conformance.presets.reading import suggestion
from ibperp_conformance.presets.scales import market_scales, market_units
from ibperp_conformance.presets.units import integer_of, ratio_of
from ibperp_conformance.scenario.fields import RefusedError, StepFields

if TYPE_CHECKING:
    from ibperp.actions import Action, SetPerpetualParameters
    from ibperp.state import Market

STEPS: Final[dict[type, str]] = {
    ListMarket: "list_market",
    SetMarketParameters: "set_market",
    SetMarketReference: "set_reference",
    PlaceOrder: "place",
    CancelOrder: "cancel",
    CancelAllOrders: "cancel_all",
    AmendOrder: "amend",
    ConvertDust: "convert_dust",
}
"""What each action on a spot market or on an order is called in a scenario."""

FLAGS: Final = tuple(member.name for member in fields(OrderFlags))
ORDER: Final = (
    "account",
    "market",
    "side",
    "amount",
    "price",
    "kind",
    "time_in_force",
    "post_only",
    "reduce_only",
    "self_trade_prevention",
    *FLAGS,
)


class TradingStep(StepFields):
    """A step on a spot market, or on an order in any market."""

    def action(self) -> Action | None:
        """Return the action, or None after noting problems in the reading."""
        action: Action | None = self.readers()[str(self.path[-1])]()
        return action

    def readers(self) -> dict[str, Any]:
        """Return what reads each step, by its name."""
        return {
            "list_market": self._list_market,
            "set_market": self._set_market,
            "set_reference": self._set_reference,
            "place": self._place,
            "cancel": self._cancel,
            "cancel_all": self._cancel_all,
            "amend": self._amend,
            "convert_dust": self._convert_dust,
        }

    def _market(self) -> Market | Perpetual:
        symbol = self.text("market")
        index = find_market(self.state, symbol)
        if index is None:
            hint = suggestion(symbol, [market.symbol for market in self.state.markets])
            raise RefusedError((*self.path, "market"), f"not listed; {hint}")
        return self.state.markets[index]

    def _order(self) -> int:
        """Return the order that was given a name, or that has an id."""
        written, named = self.text("order"), self.cast.orders
        if written in named:
            return named[written]
        if written.isdecimal():
            return self.count("order")
        hint = suggestion(written, named) if named else "write as: and a name beside a place step"
        raise RefusedError((*self.path, "order"), f"no order has this name; {hint}")

    def _spot(self) -> Market:
        market = self._market()
        if isinstance(market, Perpetual):
            raise RefusedError((*self.path, "market"), "a perpetual; name a spot market")
        return market

    def _lots(self, market: Market | Perpetual) -> int:
        scale, _ = market_scales(self.state, market)
        unit, _ = market_units(self.state, market)
        return self.exact("amount", lambda: integer_of(self.text("amount"), scale, unit=unit))

    def _price(self, market: Market | Perpetual, name: str = "price") -> int:
        _, scale = market_scales(self.state, market)
        _, unit = market_units(self.state, market)
        return self.exact(name, lambda: integer_of(self.text(name), scale, unit=unit))

    def _place(self) -> PlaceOrder:
        self.only(ORDER)
        account, market = self.account(), self._market()
        kind = self.choice("kind", OrderKind, OrderKind.LIMIT)
        is_limit = kind is OrderKind.LIMIT
        stands = TimeInForce.GTC if is_limit else TimeInForce.IOC
        prevention = SelfTradePrevention.REJECT_TAKER
        return PlaceOrder(
            account=account,
            market=market.symbol,
            side=self.choice("side", Side),
            kind=kind,
            lots=self._lots(market),
            price=self._price(market) if is_limit or "price" in self.written else 0,
            time_in_force=self.choice("time_in_force", TimeInForce, stands),
            post_only=self.flag("post_only"),
            reduce_only=self.flag("reduce_only"),
            self_trade_prevention=self.choice(
                "self_trade_prevention", SelfTradePrevention, prevention
            ),
            flags=OrderFlags(**{name: self.flag(name) for name in FLAGS}),
        )

    def _cancel(self) -> CancelOrder:
        self.only(("account", "order"))
        return CancelOrder(self.account(), self._order())

    def _cancel_all(self) -> CancelAllOrders:
        self.only(("account", "market"))
        return CancelAllOrders(self.account(), self._market().symbol)

    def _amend(self) -> AmendOrder:
        self.only(("account", "order", "amount", "price"))
        account, index = self.account(), self._order()
        if not index < len(self.state.orders):
            raise RefusedError((*self.path, "order"), "no such order was placed")
        order = self.state.orders[index]
        market = self.state.markets[order.market]
        lots = self._lots(market) if "amount" in self.written else order.lots
        price = self._price(market) if "price" in self.written else order.price
        return AmendOrder(account, index, lots, price)

    def _convert_dust(self) -> ConvertDust:
        self.only(("account", "market"))
        return ConvertDust(self.account(), self._market().symbol)

    def _list_market(self) -> ListMarket | None:
        self.only(("market", "parameters"))
        where, parameters = (*self.path, "parameters"), self.written.get("parameters")
        assets = {asset.symbol: asset.parameters for asset in self.state.assets}
        return market_of(self.reading, where, self.text("market"), parameters, assets)

    def _set_market(self) -> SetMarketParameters | SetPerpetualParameters | None:
        self.only(("market", "changes"))
        market, where = self._spot(), (*self.path, "changes")
        assets = {asset.symbol: asset.parameters for asset in self.state.assets}
        changed = changed_market(
            self.reading, where, self.written.get("changes"), market.parameters, assets
        )
        return None if changed is None else SetMarketParameters(market.symbol, changed)

    def _set_reference(self) -> SetMarketReference:
        self.only(("market", "index_price", "mean_mark_price", "mean_premium"))
        market = self._market()
        premium = 0
        if "mean_premium" in self.written:
            premium = self.exact("mean_premium", lambda: ratio_of(self.text("mean_premium")))
        index, mark = (self._price(market, name) for name in ("index_price", "mean_mark_price"))
        return SetMarketReference(market.symbol, index, mark, premium)
