"""Amounts, prices and ratios of the example tables as people read them: 0.25 USDC, $100, 10 %."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from ibperp.numbers import RATIO
from ibperp.open_orders import delivers
from ibperp.state import Asset, Market, Order, Perpetual, State
from ibperp.valuation import settlement_asset
from ibperp_conformance.presets.scales import (
    asset_price,
    market_scales,
    market_units,
    whole_units,
)
from ibperp_conformance.presets.units import decimal_of

if TYPE_CHECKING:
    from collections.abc import Mapping

POOL_ATOMS: Final = frozenset({"cash", "lent", "borrowed", "reserve"})
POSITION_ATOMS: Final = frozenset(
    {"cost", "entry_cost", "realized", "fees", "funding", "interest", "virtual_value"}
)
PERCENT: Final = frozenset(
    {"throttle_bound", "weight", "imf_base", "mmf_base", "rate", "mean_premium"}
)
EVENT_ATOMS: Final = frozenset(
    {"amount", "unpaid", "interest", "reserve", "owed", "insurance", "spread"}
)
EVENT_QUOTE: Final = frozenset({"maker_fee", "taker_fee", "quoter_fee", "requester_fee"})
EVENT_PRICES: Final = frozenset({"price", "asked", "index_price", "mark_price"})


def grouped(value: Fraction) -> str:
    """Return an exact decimal with its thousands apart, such as `1,234.5`."""
    whole, _, part = decimal_of(abs(value)).partition(".")
    sign = "-" if value < 0 else ""
    shown = f"{int(whole):,}" if whole.isdigit() else whole
    return f"{sign}{shown}.{part}" if part else f"{sign}{shown}"


class Readings:
    """How people read the integers of a state, and of the events that led to it."""

    def __init__(self, state: State) -> None:
        """Read the units from a state that holds every asset and market that is named."""
        self._state = state
        self._assets = {asset.symbol: asset for asset in state.assets}
        self._markets = {market.symbol: market for market in state.markets}

    def leaf(self, path: str, value: str) -> str:
        """Return the value of a leaf of the observation, empty where an integer says it best."""
        if not value.lstrip("-").isdigit() or value == "0":
            return ""
        number = int(value)
        match path.split("/"):
            case ["accounts", _, "free" | "reserved", symbol]:
                return self._atoms(number, self._assets[symbol])
            case ["accounts", _, "unsettled"]:
                return self._settlement(number)
            case ["accounts", _, "portfolio", _] | ["backstops", _]:
                return self.dollars(number)
            case ["accounts", _, "positions", symbol, "lots"]:
                return self.lots(number, self._markets[symbol])
            case ["accounts", _, "positions", _, name] if name in POSITION_ATOMS:
                return self._settlement(number)
            case ["assets", symbol, *rest]:
                return self._of_asset(number, self._assets[symbol], rest)
            case ["markets", symbol, name]:
                return self._of_market(number, self._markets[symbol], name)
            case ["orders", index, name]:
                return self._of_order(number, self._state.orders[int(index)], name)
            case ["requests", index, *_, name]:
                request = self._state.requests[int(index)]
                return self._of_market(number, self._state.markets[request.market], name)
            case ["withdrawals", index, "amount" | "fee"]:
                withdrawal = self._state.withdrawals[int(index)]
                return self._atoms(number, self._state.assets[withdrawal.asset])
            case ["rebalances", index, "amount"]:
                rebalance = self._state.rebalances[int(index)]
                return self._atoms(number, self._state.assets[rebalance.asset])
            case _:
                return ""

    def event(self, document: Mapping[str, Any], name: str) -> str:
        """Return the value of a field of an event, empty where an integer says it best."""
        value = str(document[name])
        if not value.lstrip("-").isdigit() or value == "0":
            return ""
        number = int(value)
        asset = self._assets.get(document.get("asset", ""))
        market = self._markets.get(document.get("market", ""))
        if name in EVENT_ATOMS:
            return self._atoms(number, asset) if asset else self._settlement(number)
        if name == "rate":
            return f"{grouped(Fraction(number * 100, RATIO))} %"
        if name in EVENT_PRICES and asset is not None:
            return f"${grouped(asset_price(self._state, asset, number))}"
        if market is None:
            return ""
        if name in EVENT_QUOTE:
            return self._quote(number, market)
        return self._of_market(number, market, name)

    def dollars(self, quote_atoms: int) -> str:
        """Return quote atoms in US dollars."""
        sign, value = "-" if quote_atoms < 0 else "", abs(quote_atoms)
        return f"{sign}${grouped(Fraction(value, self._state.system.quote_unit))}"

    def lots(self, number: int, market: Market | Perpetual) -> str:
        """Return lots in whole units of base; those of a perpetual have no other name."""
        amount = grouped(number / market_scales(self._state, market)[0])
        unit = "unit" if amount.lstrip("-") == "1" else "units"
        return f"{amount} {market_units(self._state, market)[0] or unit}"

    def price(self, number: int, market: Market | Perpetual) -> str:
        """Return a price of a market in whole units of quote per whole unit of base."""
        amount = grouped(number / market_scales(self._state, market)[1])
        return f"{amount} {market_units(self._state, market)[1]}"

    def _of_asset(self, number: int, asset: Asset, rest: list[str]) -> str:
        match rest:
            case ["price"]:
                return f"${grouped(asset_price(self._state, asset, number))}"
            case ["in_transit"] | ["tokens", _, _]:
                return self._atoms(number, asset)
            case ["pool", name] if name in POOL_ATOMS:
                return self._atoms(number, asset)
            case [*_, name] if name in PERCENT:
                return f"{grouped(Fraction(number * 100, RATIO))} %"
        return ""

    def _of_market(self, number: int, market: Market | Perpetual, name: str) -> str:
        if name == "mean_premium":
            return f"{grouped(Fraction(number * 100, RATIO))} %"
        if name == "price" or name.endswith("_price"):
            return self.price(number, market)
        return self.lots(number, market) if name in {"lots", "open_interest"} else ""

    def _of_order(self, number: int, order: Order, name: str) -> str:
        if name == "reserved":
            return self._atoms(number, self._state.assets[delivers(self._state, order)])
        return self._of_market(number, self._state.markets[order.market], name)

    def _quote(self, number: int, market: Market | Perpetual) -> str:
        if isinstance(market, Perpetual):
            return self._settlement(number)
        return self._atoms(number, self._state.assets[market.quote])

    def _settlement(self, number: int) -> str:
        return self._atoms(number, self._state.assets[settlement_asset(self._state)])

    @staticmethod
    def _atoms(number: int, asset: Asset) -> str:
        return f"{grouped(whole_units(asset, number))} {asset.symbol}"
