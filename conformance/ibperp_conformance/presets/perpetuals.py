"""Perpetual markets as people write them: amounts in base, prices in quote per base, ratios."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, create_model

from ibperp.actions import ListPerpetual, UpdateMark
from ibperp.parameter_laws import perpetual_violations
from ibperp.parameters import PerpetualParameters
from ibperp_conformance.presets.markets import CHANGING as TRADING
from ibperp_conformance.presets.reading import FORBID, Count, DecimalText, Ratio
from ibperp_conformance.presets.units import UnitError, parse_decimal

if TYPE_CHECKING:
    from ibperp.parameters import AssetParameters
    from ibperp_conformance.presets.document import FieldPath
    from ibperp_conformance.presets.reading import Reading

KIND: Final = "kind"
PERPETUAL: Final = "perpetual"
"""What a market says its kind is if it is no spot market."""

AMOUNTS: Final = {
    "minimum": "minimum_lots",
    "open_interest_limit": "open_interest_limit",
    "position_limit": "position_limit",
}
"""Fields in whole units of the underlying, and the fields of the record, in lots."""

CHANGING: Final[dict[str, Any]] = {
    **TRADING,
    "imf_base": Ratio,
    "imf_factor": Ratio,
    "mmf_base": Ratio,
    "mmf_factor": Ratio,
    "open_interest_limit": DecimalText,
    "position_limit": DecimalText,
    "funding_interval": Count,
    "interest_rate": Ratio,
    "interest_clamp": Ratio,
    "funding_floor": Ratio,
    "funding_cap": Ratio,
    "mark_threshold": Ratio,
    "price_update_min": Ratio,
    "price_update_max": Ratio,
}
"""Fields of a perpetual that may be set anew, and how they are read."""


@dataclass(frozen=True, slots=True)
class PerpetualListing:
    """A perpetual of a preset, and the first index price, or None."""

    listed: ListPerpetual
    marked: UpdateMark | None


def is_perpetual(written: object) -> bool:
    """Tell whether a market of a file says that it is a perpetual."""
    return isinstance(written, dict) and written.get(KIND) == PERPETUAL


def perpetual_of(
    reading: Reading,
    path: FieldPath,
    symbol: str,
    written: dict[str, Any],
    settlement: AssetParameters | None,
) -> PerpetualListing | None:
    """Return a perpetual settled in an asset, or None after noting every problem.

    An asset that is None could not be read itself.
    """
    fields = {name: value for name, value in written.items() if name != KIND}
    model = reading.model(perpetual_preset(is_whole=True), path, fields)
    if model is None or settlement is None:
        return None
    given = dict(model)
    price = given.pop("price")
    lots = _lots_per_unit(reading, (*path, "lot"), given.pop("lot"))
    exact = _exact(reading, path, given, perpetual_scales(settlement, lots))
    parameters = PerpetualParameters(lots_per_unit=lots, **exact)
    reading.laws(path, perpetual_violations(parameters))
    return PerpetualListing(
        ListPerpetual(symbol, parameters),
        _first_mark(reading, (*path, "price"), symbol, price, perpetual_scales(settlement, lots)),
    )


def changed_perpetual(
    reading: Reading,
    path: FieldPath,
    changes: object,
    listed: PerpetualParameters,
    settlement: AssetParameters,
) -> PerpetualParameters | None:
    """Return a perpetual's parameters with some replaced, or None after noting problems."""
    model = reading.model(perpetual_preset(is_whole=False), path, changes)
    if model is None:
        return None
    given = {name: value for name, value in model if value is not None}
    scales = perpetual_scales(settlement, listed.lots_per_unit)
    changed = replace(listed, **_exact(reading, path, given, scales))
    reading.laws(path, perpetual_violations(changed))
    return changed


def perpetual_scales(settlement: AssetParameters, lots_per_unit: int) -> tuple[Fraction, Fraction]:
    """Return what turns whole units into lots, and quote per unit into atoms per lot."""
    return Fraction(lots_per_unit), Fraction(10**settlement.decimals, lots_per_unit)


def _first_mark(
    reading: Reading,
    path: FieldPath,
    symbol: str,
    written: str | None,
    scales: tuple[Fraction, Fraction],
) -> UpdateMark | None:
    if written is None:
        return None
    price = reading.amount(path, written, scales[1])
    if price <= 0:
        reading.refuse(path, "expected a price above 0, or none")
    return UpdateMark(symbol, price, has_basis=False, basis=0)


def _lots_per_unit(reading: Reading, path: FieldPath, text: str) -> int:
    try:
        lot = parse_decimal(text)
    except UnitError as error:
        reading.refuse(path, str(error))
        return 1
    if lot > 0 and lot.numerator == 1:
        return lot.denominator
    reading.refuse(path, "expected one unit divided by a whole number, such as 0.01")
    return 1


def _exact(
    reading: Reading, path: FieldPath, given: dict[str, Any], scales: tuple[Fraction, Fraction]
) -> dict[str, Any]:
    """Return fields of the record: amounts in lots, `tick` in quote atoms per lot."""
    exact = dict(given)
    lots, prices = scales
    for name, member in AMOUNTS.items():
        if name in given:
            exact[member] = reading.amount((*path, name), exact.pop(name), lots)
    if "tick" in given:
        exact["tick"] = reading.amount((*path, "tick"), given["tick"], prices)
    return exact


@cache
def perpetual_preset(*, is_whole: bool) -> type[BaseModel]:
    """Return what reads the fields of a perpetual, all of them or those that change."""
    default: Any = ... if is_whole else None
    members: dict[str, Any] = {name: (kind, default) for name, kind in CHANGING.items()}
    if is_whole:
        members |= {"lot": (DecimalText, ...), "price": (DecimalText | None, None)}
    return create_model("PerpetualPreset", __config__=FORBID, **members)
