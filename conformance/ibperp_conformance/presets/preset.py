"""Presets: the parameters of a system, its assets and its markets, as decimals in a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ibperp.actions import ListAsset, ListMarket, SetPrice
from ibperp.parameter_laws import DECIMALS_MAX
from ibperp_conformance.presets.assets import listing_of
from ibperp_conformance.presets.document import DocumentError, Problem, load_document
from ibperp_conformance.presets.markets import market_of
from ibperp_conformance.presets.perpetuals import KIND, PERPETUAL, is_perpetual, perpetual_of
from ibperp_conformance.presets.reading import Reading
from ibperp_conformance.presets.system import system_fields, system_of
from ibperp_conformance.spec_files import spec_path

if TYPE_CHECKING:
    from ibperp.actions import Action
    from ibperp.parameters import AssetParameters, SystemParameters
    from ibperp_conformance.presets.assets import Listing
    from ibperp_conformance.presets.document import Document
    from ibperp_conformance.presets.perpetuals import PerpetualListing

REQUIRED: Final = ("system", "assets")
FIELDS: Final = (*REQUIRED, "markets")


@dataclass(frozen=True, slots=True)
class Preset:
    """A system with its assets and markets, ready to be listed in order.

    `source`: the file that it was read from.
    """

    name: str
    system: SystemParameters
    listings: tuple[Listing, ...]
    markets: tuple[ListMarket, ...]
    perpetuals: tuple[PerpetualListing, ...]
    source: str = ""

    @property
    def actions(self) -> tuple[Action, ...]:
        """Return the actions that bring the preset about: assets, prices, markets, marks."""
        listed = (ListAsset(listing.asset, listing.parameters) for listing in self.listings)
        priced = (
            SetPrice(listing.asset, listing.price)
            for listing in self.listings
            if listing.price is not None
        )
        perpetuals = (perpetual.listed for perpetual in self.perpetuals)
        marked = (perpetual.marked for perpetual in self.perpetuals if perpetual.marked is not None)
        return (*listed, *priced, *self.markets, *perpetuals, *marked)


def preset_names() -> tuple[str, ...]:
    """Return the names of the presets that come with the specification."""
    return tuple(sorted(path.stem for path in (spec_path() / "presets").glob("*.yaml")))


def no_such_preset() -> str:
    """Return what to write instead of the name of a preset that there is not."""
    known = ", ".join(preset_names())
    return f"no such preset; choose {known}, or name a file that ends in .yaml"


def preset_path(name: str, beside: Path | None = None) -> Path | None:
    """Return the file of a preset: a name that ends in .yaml is one, relative to `beside`.

    None if there is no preset of that name.
    """
    if name.endswith((".yaml", ".yml")):
        return (beside or Path()) / name
    return spec_path() / "presets" / f"{name}.yaml" if name in preset_names() else None


def load_preset(name: str, beside: Path | None = None) -> Preset:
    """Return a preset by name, or from a file whose name ends in .yaml, relative to `beside`.

    Raises DocumentError with every violation found, each with its line, field path and remedy.
    """
    path = preset_path(name, beside)
    if path is None:
        raise DocumentError(name, [Problem(0, "", no_such_preset())])
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
    given = system_fields(reading, data["system"]) if "system" in data else None
    quote_unit = 10 ** (given["quote_decimals"] if given else DECIMALS_MAX)
    listings = {
        symbol: listing_of(reading, ("assets", symbol), symbol, written, quote_unit)
        for symbol, written in _by_symbol(reading, data, "assets").items()
    }
    assets = {
        symbol: None if listing is None else listing.parameters
        for symbol, listing in listings.items()
    }
    system = None if given is None else system_of(reading, given, assets)
    settlement = assets.get(given["settlement_asset"]) if given else None
    markets, perpetuals = _markets(reading, data, assets, settlement)
    reading.finish()
    assert system is not None
    listed = tuple(listing for listing in listings.values() if listing is not None)
    return Preset(name, system, listed, tuple(markets), tuple(perpetuals), document.source)


def _markets(
    reading: Reading,
    data: dict[str, Any],
    assets: dict[str, AssetParameters | None],
    settlement: AssetParameters | None,
) -> tuple[list[ListMarket], list[PerpetualListing]]:
    """Return the spot markets and the perpetuals of a preset, after noting every problem."""
    markets, perpetuals = [], []
    for symbol, written in _by_symbol(reading, data, "markets").items():
        path = ("markets", symbol)
        if is_perpetual(written):
            perpetual = perpetual_of(reading, path, symbol, written, settlement)
            perpetuals += [] if perpetual is None else [perpetual]
        elif isinstance(written, dict) and KIND in written:
            reading.refuse((*path, KIND), f"expected {PERPETUAL}; a spot market has no kind")
        else:
            market = market_of(reading, path, symbol, written, assets)
            markets += [] if market is None else [market]
    return markets, perpetuals


def _by_symbol(reading: Reading, data: dict[str, Any], name: str) -> dict[str, Any]:
    written = data.get(name, {})
    if isinstance(written, dict):
        return written
    reading.refuse((name,), "expected a mapping from symbol to parameters")
    return {}
