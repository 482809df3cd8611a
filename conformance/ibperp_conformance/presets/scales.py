"""What an amount and a price of a listed asset or market are in, and how many make a whole unit."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from ibperp.state import Perpetual
from ibperp.valuation import settlement_asset
from ibperp_conformance.presets.assets import price_scale
from ibperp_conformance.presets.markets import lot_scales
from ibperp_conformance.presets.perpetuals import perpetual_scales

if TYPE_CHECKING:
    from ibperp.state import Asset, Market, State


def market_scales(state: State, market: Market | Perpetual) -> tuple[Fraction, Fraction]:
    """Return the lots of one whole base unit, and the quote atoms per lot of one quote per base."""
    if isinstance(market, Perpetual):
        settlement = state.assets[settlement_asset(state)].parameters
        return perpetual_scales(settlement, market.parameters.lots_per_unit)
    base, quote = state.assets[market.base].parameters, state.assets[market.quote].parameters
    return lot_scales(base, quote, market.parameters.lot_atoms)


def market_units(state: State, market: Market | Perpetual) -> tuple[str, str]:
    """Return what amounts and prices of a market are in; amounts of a perpetual have no name."""
    if isinstance(market, Perpetual):
        return "", state.system.settlement_asset
    return market.parameters.base, market.parameters.quote


def asset_price(state: State, asset: Asset, price: int) -> Fraction:
    """Return a price of an asset, in quote atoms per lot, as US dollars per whole unit."""
    limits = asset.parameters
    return price / price_scale(limits.decimals, limits.lot_atoms, state.system.quote_unit)


def settlement_units(state: State, amount: int) -> Fraction:
    """Return atoms of the settlement asset in whole units; there are none before it is listed."""
    return whole_units(state.assets[settlement_asset(state)], amount) if amount else Fraction(0)


def whole_units(asset: Asset, atoms: int) -> Fraction:
    """Return atoms of an asset in whole units."""
    return Fraction(atoms, 10**asset.parameters.decimals)
