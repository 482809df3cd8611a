"""The system as people write it: decimals of quote, limits in units of the settlement asset."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, StrictBool, StrictStr, create_model

from ibperp.numbers import INT128_MAX
from ibperp.parameter_laws import system_violations
from ibperp.parameters import SystemParameters
from ibperp_conformance.presets.reading import (
    FORBID,
    Count,
    Decimals,
    Ratio,
    decimal_text,
    reader,
    suggestion,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ibperp.parameters import AssetParameters
    from ibperp_conformance.presets.document import FieldPath
    from ibperp_conformance.presets.reading import Reading

NONE: Final = "none"
"""What a limit is that never holds anything back: the largest number."""

PATH: Final = ("system",)


def system_fields(reading: Reading, written: object) -> dict[str, Any] | None:
    """Return the fields of a system, limits as their text, or None after noting every problem."""
    model = reading.model(SystemPreset, PATH, written)
    return None if model is None else dict(model)


def system_of(
    reading: Reading, given: dict[str, Any], assets: Mapping[str, AssetParameters | None]
) -> SystemParameters:
    """Return the system parameters of read fields, among `assets`, after noting every problem.

    An asset that is None could not be read itself.
    """
    fields = dict(given)
    symbol = fields["settlement_asset"]
    if symbol not in assets:
        reading.refuse((*PATH, "settlement_asset"), f"not listed; {suggestion(symbol, assets)}")
    fields["quote_unit"] = 10 ** fields.pop("quote_decimals")
    exact = _exact(reading, PATH, fields, (symbol, assets.get(symbol)), fields["quote_unit"])
    system = SystemParameters(**exact)
    reading.laws(PATH, system_violations(system))
    return system


def changed_system(
    reading: Reading,
    path: FieldPath,
    changes: object,
    system: SystemParameters,
    assets: Mapping[str, AssetParameters],
) -> SystemParameters | None:
    """Return system parameters with some replaced, or None after noting problems (GV-1)."""
    model = reading.model(_SystemChanges, path, changes)
    if model is None:
        return None
    given = {name: value for name, value in model if value is not None}
    if "quote_decimals" in given:
        given["quote_unit"] = 10 ** given.pop("quote_decimals")
    symbol = given.get("settlement_asset", system.settlement_asset)
    quote_unit = given.get("quote_unit", system.quote_unit)
    exact = _exact(reading, path, given, (symbol, assets.get(symbol)), quote_unit)
    changed = replace(system, **exact)
    reading.laws(path, system_violations(changed))
    return changed


def _exact(
    reading: Reading,
    path: FieldPath,
    given: dict[str, Any],
    settlement: tuple[str, AssetParameters | None],
    quote_unit: int,
) -> dict[str, Any]:
    """Return fields of the record: limits in quote atoms and in atoms of the settlement asset."""
    symbol, asset = settlement
    scale = 0 if asset is None else 10**asset.decimals
    scales = {"QuoteAtoms": (quote_unit, "USD"), "SettlementAtoms": (scale, symbol)}
    exact = dict(given)
    for field in fields(SystemParameters):
        name, kind = field.name, str(field.type)
        if name in given and kind in scales:
            limit, (unit, named) = given[name], scales[kind]
            is_none = limit == NONE and unit > 0
            exact[name] = INT128_MAX if is_none else 0
            if not is_none and unit:
                exact[name] = reading.amount((*path, name), limit, unit, named)
    return exact


def _limit_text(value: object) -> object:
    return value if value == NONE else decimal_text(value)


LimitText = Annotated[str, reader(_limit_text)]


_READ_AS: Final[Mapping[str, Any]] = {
    "bool": StrictBool,
    "str": StrictStr,
    "int": Count,
    "Seconds": Count,
    "Ratio": Ratio,
    "QuoteAtoms": LimitText,
    "SettlementAtoms": LimitText,
}
"""How a field is read, by the type that the record declares."""


def _model(name: str, default: Any) -> type[BaseModel]:
    kinds = {field.name: _READ_AS[str(field.type)] for field in fields(SystemParameters)}
    kinds["quote_decimals"] = Decimals
    del kinds["quote_unit"]
    members: dict[str, Any] = {name: (kind, default) for name, kind in kinds.items()}
    return create_model(name, __config__=FORBID, **members)


SystemPreset: Final = _model("SystemPreset", ...)
_SystemChanges: Final = _model("SystemChanges", None)
