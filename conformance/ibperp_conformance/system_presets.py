"""The system as people write it: decimals of quote, limits in units of the settlement asset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, StrictBool, StrictStr

from ibperp.numbers import INT128_MAX
from ibperp.parameter_laws import system_violations
from ibperp.parameters import SystemParameters
from ibperp_conformance.preset_reading import (
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
    from ibperp_conformance.preset_reading import Reading

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
    quote_unit = 10 ** fields.pop("quote_decimals")
    symbol = fields["settlement_asset"]
    if symbol not in assets:
        reading.refuse((*PATH, "settlement_asset"), f"not listed; {suggestion(symbol, assets)}")
    asset = assets.get(symbol)
    for name in GAIN_CAPS:
        fields[name] = _limit(reading, name, fields[name], quote_unit, "USD")
    for name in SETTLED_LIMITS:
        scale = 0 if asset is None else 10**asset.decimals
        fields[name] = _limit(reading, name, fields[name], scale, symbol) if scale else 0
    system = SystemParameters(quote_unit=quote_unit, **fields)
    reading.laws(PATH, system_violations(system))
    return system


def _limit(reading: Reading, name: str, text: str, scale: int, unit: str) -> int:
    return INT128_MAX if text == NONE else reading.amount((*PATH, name), text, scale, unit)


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
