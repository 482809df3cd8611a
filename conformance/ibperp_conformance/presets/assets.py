"""Assets as people write them: tokens, pool, haircut and margin in decimals."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, StrictStr, create_model

from ibperp.numbers import RATIO
from ibperp.parameter_laws import asset_violations, pool_violations
from ibperp.parameters import (
    AssetParameters,
    BookState,
    HaircutKind,
    HaircutParameters,
    PoolParameters,
    TokenParameters,
)
from ibperp_conformance.presets.reading import (
    FORBID,
    Decimals,
    DecimalText,
    Ratio,
    choice_of,
    reader,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ibperp_conformance.presets.document import FieldPath
    from ibperp_conformance.presets.reading import Reading

WRITTEN_ALIKE = (
    "decimals",
    "imf_base",
    "imf_factor",
    "mmf_base",
    "mmf_factor",
    "price_update_min",
    "price_update_max",
)
"""Fields of an asset that a preset writes as the record has them."""


@dataclass(frozen=True, slots=True)
class Listing:
    """An asset of a preset; `price` in quote atoms per lot, or None."""

    asset: str
    parameters: AssetParameters
    price: int | None


def price_scale(decimals: int, lot_atoms: int, quote_unit: int) -> Fraction:
    """Return what turns a price per whole unit into quote atoms per lot."""
    return Fraction(quote_unit * lot_atoms, 10**decimals)


def listing_of(
    reading: Reading, path: FieldPath, symbol: str, written: object, quote_unit: int
) -> Listing | None:
    """Return an asset of a preset, or None after noting every problem."""
    model = reading.model(AssetPreset, path, written)
    if model is None:
        return None
    lot_atoms = reading.amount((*path, "lot"), model.lot, 10**model.decimals, symbol)
    tokens = tuple(
        _token(reading, (*path, "tokens", index), token, model.decimals, symbol)
        for index, token in enumerate(model.tokens)
    )
    scale = price_scale(model.decimals, max(lot_atoms, 1), quote_unit)
    parameters = AssetParameters(
        lot_atoms=lot_atoms,
        haircut=_haircut(reading, (*path, "haircut"), model.haircut),
        price_floor=reading.amount((*path, "price_floor"), model.price_floor, scale),
        tokens=tokens,
        pool=_pool(reading, (*path, "pool"), dict(model.pool), model.decimals, symbol),
        **{name: getattr(model, name) for name in WRITTEN_ALIKE},
    )
    reading.laws(path, asset_violations(parameters))
    price = None
    if model.price is not None:
        price = reading.amount((*path, "price"), model.price, scale)
        if price <= 0:
            reading.refuse((*path, "price"), "expected a price above 0, or none")
    return Listing(symbol, parameters, price)


def changed_pool(
    reading: Reading, path: FieldPath, changes: object, listed: AssetParameters, symbol: str
) -> PoolParameters | None:
    """Return a listed asset's pool parameters with some replaced, or None after noting problems."""
    model = reading.model(_pool_preset(is_whole=False), path, changes)
    if model is None:
        return None
    given = {name: value for name, value in model if value is not None}
    limit = given.pop("open_borrow_lend_limit", None)
    changed = replace(listed.pool, **given)
    if limit is not None:
        atoms = reading.amount(
            (*path, "open_borrow_lend_limit"), limit, 10**listed.decimals, symbol
        )
        changed = replace(changed, open_borrow_lend_limit=atoms)
    reading.laws(path, pool_violations(changed))
    return changed


def _haircut(reading: Reading, path: FieldPath, written: _HaircutPreset) -> HaircutParameters:
    """Return a haircut; `base` and `penalty` may be left out where the kind has no use for them."""
    given = {"base": written.base, "penalty": written.penalty}
    if written.kind is HaircutKind.INVERSE_SQRT:
        for name, value in given.items():
            if value is None:
                reading.refuse((*path, name), f"missing; the kind {written.kind} needs it")
    base = RATIO if written.base is None else written.base
    return HaircutParameters(written.kind, written.weight, base, written.penalty or 0)


def _token(
    reading: Reading, path: FieldPath, token: _TokenPreset, decimals: int, symbol: str
) -> TokenParameters:
    amounts = {
        name: reading.amount((*path, name), getattr(token, name), 10**decimals, symbol)
        for name in (
            "minimum_deposit",
            "minimum_withdrawal",
            "maximum_withdrawal",
            "withdrawal_fee",
        )
    }
    unit = 10 ** max(decimals - token.native_decimals, 0)
    return TokenParameters(chain=token.chain, native_unit=unit, **amounts)


def _pool(
    reading: Reading, path: FieldPath, written: Mapping[str, Any], decimals: int, symbol: str
) -> PoolParameters:
    where = (*path, "open_borrow_lend_limit")
    limit = reading.amount(where, written["open_borrow_lend_limit"], 10**decimals, symbol)
    return PoolParameters(**{**written, "open_borrow_lend_limit": limit})


class _TokenPreset(BaseModel):
    model_config = FORBID

    chain: StrictStr
    native_decimals: Decimals
    minimum_deposit: DecimalText
    minimum_withdrawal: DecimalText
    maximum_withdrawal: DecimalText
    withdrawal_fee: DecimalText


class _HaircutPreset(BaseModel):
    model_config = FORBID

    kind: Annotated[HaircutKind, reader(choice_of(HaircutKind))]
    weight: Ratio
    base: Ratio | None = None
    penalty: Ratio | None = None


@cache
def _pool_preset(*, is_whole: bool = True) -> type[BaseModel]:
    kinds: dict[str, Any] = {field.name: Ratio for field in fields(PoolParameters)}
    kinds["book_state"] = Annotated[BookState, reader(choice_of(BookState))]
    kinds["open_borrow_lend_limit"] = DecimalText
    default: Any = ... if is_whole else None
    members: dict[str, Any] = {name: (kind, default) for name, kind in kinds.items()}
    return create_model("PoolPreset", __config__=FORBID, **members)


class AssetPreset(BaseModel):
    """The fields of an asset in a preset."""

    model_config = FORBID

    decimals: Decimals
    lot: DecimalText
    price: DecimalText | None = None
    haircut: _HaircutPreset
    imf_base: Ratio
    imf_factor: Ratio
    mmf_base: Ratio
    mmf_factor: Ratio
    price_update_min: Ratio
    price_update_max: Ratio
    price_floor: DecimalText
    tokens: list[_TokenPreset]
    pool: _pool_preset()  # type: ignore[valid-type]
