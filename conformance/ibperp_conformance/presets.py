"""Presets: the parameters of a system, its assets and its markets, as decimals in a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, StrictBool

from ibperp.actions import ListAsset, ListMarket, SetPrice
from ibperp.parameters import DECIMALS_MAX, SystemParameters, system_violations
from ibperp_conformance.asset_presets import listing_of
from ibperp_conformance.document import DocumentError, Problem, load_document
from ibperp_conformance.market_presets import market_of
from ibperp_conformance.preset_reading import FORBID, Count, Decimals, Ratio, Reading
from ibperp_conformance.spec_data import spec_path

if TYPE_CHECKING:
    from ibperp_conformance.asset_presets import Listing
    from ibperp_conformance.document import Document

REQUIRED: Final = ("system", "assets")
FIELDS: Final = (*REQUIRED, "markets")


@dataclass(frozen=True, slots=True)
class Preset:
    """A system with its assets and markets, ready to be listed in order."""

    name: str
    system: SystemParameters
    listings: tuple[Listing, ...]
    markets: tuple[ListMarket, ...]

    @property
    def actions(self) -> tuple[ListAsset | SetPrice | ListMarket, ...]:
        """Return the actions that bring the preset about: assets, first prices, markets."""
        listed = (ListAsset(listing.asset, listing.parameters) for listing in self.listings)
        priced = (
            SetPrice(listing.asset, listing.price)
            for listing in self.listings
            if listing.price is not None
        )
        return (*listed, *priced, *self.markets)


def preset_names() -> tuple[str, ...]:
    """Return the names of the presets that come with the specification."""
    return tuple(sorted(path.stem for path in (spec_path() / "presets").glob("*.yaml")))


def load_preset(name: str, beside: Path | None = None) -> Preset:
    """Return a preset by name, or from a file whose name ends in .yaml, relative to `beside`.

    Raises DocumentError with every violation found, each with its line, field path and remedy.
    """
    if name.endswith((".yaml", ".yml")):
        path = (beside or Path()) / name
    elif name in preset_names():
        path = spec_path() / "presets" / f"{name}.yaml"
    else:
        known = ", ".join(preset_names())
        message = f"no such preset; choose {known}, or name a file that ends in .yaml"
        raise DocumentError(name, [Problem(0, "", message)])
    return preset_of(load_document(path), path.stem)


def preset_of(document: Document, name: str) -> Preset:
    """Return the preset in a document; raise DocumentError with every violation found."""
    reading = Reading(document)
    data = document.data
    if not isinstance(data, dict):
        raise document.error((), "expected the fields system and assets")
    for unknown in data.keys() - set(FIELDS):
        reading.refuse((unknown,), "unknown field; remove it or correct its name")
    for missing in REQUIRED:
        if missing not in data:
            reading.refuse((missing,), "missing; every preset needs it")
    system = system_of(reading, data["system"]) if "system" in data else None
    quote_unit = system.quote_unit if system else 10**DECIMALS_MAX
    listings = {
        symbol: listing_of(reading, ("assets", symbol), symbol, written, quote_unit)
        for symbol, written in _by_symbol(reading, data, "assets").items()
    }
    assets = {
        symbol: None if listing is None else listing.parameters
        for symbol, listing in listings.items()
    }
    markets = [
        market_of(reading, ("markets", symbol), symbol, written, assets)
        for symbol, written in _by_symbol(reading, data, "markets").items()
    ]
    reading.finish()
    assert system is not None
    return Preset(
        name,
        system,
        tuple(listing for listing in listings.values() if listing is not None),
        tuple(market for market in markets if market is not None),
    )


def system_of(reading: Reading, written: object) -> SystemParameters | None:
    """Return the system parameters of a preset, or None after noting every problem."""
    model = reading.model(_SystemPreset, ("system",), written)
    if model is None:
        return None
    given = dict(model)
    system = SystemParameters(quote_unit=10 ** given.pop("quote_decimals"), **given)
    reading.laws(("system",), system_violations(system))
    return system


def _by_symbol(reading: Reading, data: dict[str, Any], name: str) -> dict[str, Any]:
    written = data.get(name, {})
    if isinstance(written, dict):
        return written
    reading.refuse((name,), "expected a mapping from symbol to parameters")
    return {}


class _SystemPreset(BaseModel):
    model_config = FORBID

    quote_decimals: Decimals
    accrual_interval: Count
    throttle_interval: Count
    entry_fee: StrictBool
    auto_close_divisor: Ratio
    auto_close_offset: Ratio
    order_price_age: Count
    borrow_price_age: Count
    withdrawal_price_age: Count
    order_limit: Count
