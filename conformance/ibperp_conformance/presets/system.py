"""The system as people write it: decimals of quote, limits in units of the settlement asset."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Final, get_type_hints

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
GAIN_CAPS: Final = ("unrealized_cap", "unsettled_cap")
SETTLED_LIMITS: Final = ("account_virtual_limit", "system_virtual_limit", "insurance_limit")


def system_fields(reading: Reading, written: object) -> dict[str, Any] | None:
    """Return the fields of a system, limits as their text, or None after noting every problem."""
    model = reading.model(_SystemPreset, PATH, written)
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
    model = reading.model(_system_changes(), path, changes)
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
    scales = dict.fromkeys(GAIN_CAPS, (quote_unit, "USD"))
    scales |= dict.fromkeys(SETTLED_LIMITS, (scale, symbol))
    exact = dict(given)
    for name, (unit, named) in scales.items():
        if name in given:
            limit = given[name]
            is_none = limit == NONE and unit > 0
            exact[name] = INT128_MAX if is_none else 0
            if not is_none and unit:
                exact[name] = reading.amount((*path, name), limit, unit, named)
    return exact


def _limit_text(value: object) -> object:
    return value if value == NONE else decimal_text(value)


LimitText = Annotated[str, reader(_limit_text)]


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
    settlement_asset: StrictStr
    settlement_interval: Count
    unrealized_weight: Ratio
    unrealized_cap: LimitText
    unsettled_weight: Ratio
    unsettled_cap: LimitText
    account_virtual_limit: LimitText
    system_virtual_limit: LimitText
    book_utilization_limit: Ratio
    liquidation_price_age: Count
    liquidation_fraction: Ratio
    liquidation_fee: Ratio
    liquidation_grace: Count
    insurance_limit: LimitText
    non_recourse: StrictBool
    ramp_interval: Count
    request_lifetime: Count


@cache
def _system_changes() -> type[BaseModel]:
    hints = get_type_hints(_SystemPreset, include_extras=True)
    names = [name for name in hints if name in _SystemPreset.model_fields]
    members: dict[str, Any] = {name: (hints[name], None) for name in names}
    return create_model("SystemChanges", __config__=FORBID, **members)
