"""Presets: the parameters of a system and its assets, as decimals in a file that people edit."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import (
    BaseModel,
    ConfigDict,
    PlainValidator,
    StrictBool,
    StrictStr,
    ValidationError,
    create_model,
)
from pydantic_core import PydanticCustomError

from ibperp.actions import ListAsset, SetPrice
from ibperp.parameters import (
    DECIMALS_MAX,
    AssetParameters,
    BookState,
    ParameterViolation,
    PoolParameters,
    SystemParameters,
    TokenParameters,
    asset_violations,
    pool_violations,
    system_violations,
)
from ibperp_conformance.document import Document, DocumentError, Problem, load_document
from ibperp_conformance.spec_data import spec_path
from ibperp_conformance.units import UnitError, integer_of, parse_decimal, ratio_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ibperp_conformance.document import FieldPath

WRITTEN_AS: Final = {
    "quote_unit": "quote_decimals",
    "lot_atoms": "lot",
    "native_unit": "native_decimals",
}
"""Fields of the records that a preset writes under another name."""

_FORBID: Final = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Listing:
    """An asset of a preset; `price` in quote atoms per lot, or None."""

    asset: str
    parameters: AssetParameters
    price: int | None


@dataclass(frozen=True, slots=True)
class Preset:
    """A system and its assets, ready to be listed in order."""

    name: str
    system: SystemParameters
    listings: tuple[Listing, ...]

    @property
    def actions(self) -> tuple[ListAsset | SetPrice, ...]:
        """Return the actions that bring the preset about: all listings, then the first prices."""
        listed = (ListAsset(listing.asset, listing.parameters) for listing in self.listings)
        priced = (
            SetPrice(listing.asset, listing.price)
            for listing in self.listings
            if listing.price is not None
        )
        return (*listed, *priced)


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
    for unknown in data.keys() - {"system", "assets"}:
        reading.refuse((unknown,), "unknown field; remove it or correct its name")
    for missing in ("system", "assets"):
        if missing not in data:
            reading.refuse((missing,), "missing; every preset needs it")
    system = system_of(reading, data.get("system", {})) if "system" in data else None
    assets = data.get("assets", {})
    if not isinstance(assets, dict):
        reading.refuse(("assets",), "expected a mapping from symbol to parameters")
        assets = {}
    quote = system.quote_unit if system else 10**DECIMALS_MAX
    listings = [
        listing_of(reading, ("assets", symbol), symbol, written, quote)
        for symbol, written in assets.items()
    ]
    reading.finish()
    assert system is not None
    return Preset(name, system, tuple(listing for listing in listings if listing is not None))


class Reading:
    """Collects what is wrong with a document while it is read on."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []

    def refuse(self, path: FieldPath, message: str) -> None:
        """Note a problem at a field."""
        self.problems.append(self.document.problem(path, message))

    def finish(self) -> None:
        """Raise DocumentError if anything was noted, in the order of the lines."""
        if self.problems:
            ordered = sorted(self.problems, key=lambda problem: problem.line)
            raise DocumentError(self.document.source, ordered)

    def model(self, kind: type[BaseModel], path: FieldPath, written: object) -> Any:
        """Return the validated model, or None after noting every error."""
        try:
            return kind.model_validate(written)
        except ValidationError as error:
            for detail in error.errors():
                self.refuse((*path, *detail["loc"]), _message(detail["type"], detail["msg"]))
            return None

    def amount(self, path: FieldPath, text: str, scale: Fraction | int, unit: str = "") -> int:
        """Return an exact integer; after noting that there is none, the nearest one."""
        try:
            return integer_of(text, scale, unit=unit)
        except UnitError as error:
            self.refuse(path, str(error))
            return error.nearest or 0

    def laws(self, path: FieldPath, broken: tuple[ParameterViolation, ...]) -> None:
        """Note every broken law that concerns a field without a problem of its own."""
        noted = {problem.path for problem in self.problems}
        for law in broken:
            where = (*path, *_written(law.path))
            expected = law.expected.replace("native_unit", "10^-native_decimals")
            problem = self.document.problem(where, f"expected {expected}")
            if problem.path not in noted:
                self.problems.append(problem)


def price_scale(decimals: int, lot_atoms: int, quote_unit: int) -> Fraction:
    """Return what turns dollars per whole unit into quote atoms per lot."""
    return Fraction(quote_unit * lot_atoms, 10**decimals)


def system_of(reading: Reading, written: object) -> SystemParameters | None:
    """Return the system parameters of a preset, or None after noting every problem."""
    model = reading.model(_SystemPreset, ("system",), written)
    if model is None:
        return None
    system = SystemParameters(
        10**model.quote_decimals, model.accrual_interval, model.throttle_interval, model.entry_fee
    )
    reading.laws(("system",), system_violations(system))
    return system


def listing_of(
    reading: Reading, path: FieldPath, symbol: str, written: object, quote_unit: int
) -> Listing | None:
    """Return an asset of a preset, or None after noting every problem."""
    model = reading.model(_AssetPreset, path, written)
    if model is None:
        return None
    atoms = 10**model.decimals
    lot_atoms = reading.amount((*path, "lot"), model.lot, atoms, symbol)
    tokens = tuple(
        _token(reading, (*path, "tokens", place), token, model.decimals, symbol)
        for place, token in enumerate(model.tokens)
    )
    ratios = {
        name: getattr(model, name)
        for name in ("collateral_weight", "imf_base", "imf_factor", "mmf_base", "mmf_factor")
    }
    parameters = AssetParameters(
        decimals=model.decimals,
        lot_atoms=lot_atoms,
        tokens=tokens,
        pool=_pool(reading, (*path, "pool"), dict(model.pool), model.decimals, symbol),
        **ratios,
    )
    reading.laws(path, asset_violations(parameters))
    price = None
    if model.price is not None:
        scale = price_scale(model.decimals, max(lot_atoms, 1), quote_unit)
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


def _reader(read: Callable[[Any], Any]) -> PlainValidator:
    def validate(value: object) -> Any:
        try:
            return read(value)
        except UnitError as error:
            raise PydanticCustomError("unit", "{reason}", {"reason": str(error)}) from None

    return PlainValidator(validate)


def _decimal_text(value: object) -> object:
    parse_decimal(value.split(" ")[0] if isinstance(value, str) else value)
    return value


def _count(value: object) -> int:
    if not isinstance(value, str) or not re.fullmatch("[0-9]{1,6}", value):
        raise UnitError("expected a whole number, at most 999999")
    return int(value)


def _decimals(value: object) -> int:
    decimals = _count(value)
    if decimals > DECIMALS_MAX:
        raise UnitError(f"expected 0 to {DECIMALS_MAX} decimals")
    return decimals


def _state(value: object) -> BookState:
    try:
        return BookState(value)  # type: ignore[arg-type]
    except ValueError:
        raise UnitError(f"expected one of {', '.join(BookState)}") from None


Ratio = Annotated[int, _reader(ratio_of)]
DecimalText = Annotated[str, _reader(_decimal_text)]
Count = Annotated[int, _reader(_count)]
Decimals = Annotated[int, _reader(_decimals)]


class _SystemPreset(BaseModel):
    model_config = _FORBID

    quote_decimals: Decimals
    accrual_interval: Count
    throttle_interval: Count
    entry_fee: StrictBool


class _TokenPreset(BaseModel):
    model_config = _FORBID

    chain: StrictStr
    native_decimals: Decimals
    minimum_deposit: DecimalText
    minimum_withdrawal: DecimalText
    maximum_withdrawal: DecimalText
    withdrawal_fee: DecimalText


@cache
def _pool_preset(*, is_whole: bool = True) -> type[BaseModel]:
    kinds: dict[str, Any] = {field.name: Ratio for field in fields(PoolParameters)}
    kinds["book_state"] = Annotated[BookState, _reader(_state)]
    kinds["open_borrow_lend_limit"] = DecimalText
    default: Any = ... if is_whole else None
    members: dict[str, Any] = {name: (kind, default) for name, kind in kinds.items()}
    return create_model("PoolPreset", __config__=_FORBID, **members)


class _AssetPreset(BaseModel):
    model_config = _FORBID

    decimals: Decimals
    lot: DecimalText
    price: DecimalText | None = None
    collateral_weight: Ratio
    imf_base: Ratio
    imf_factor: Ratio
    mmf_base: Ratio
    mmf_factor: Ratio
    tokens: list[_TokenPreset]
    pool: _pool_preset()  # type: ignore[valid-type]


def _message(kind: str, message: str) -> str:
    match kind:
        case "missing":
            return "missing; every preset states it"
        case "extra_forbidden":
            return "unknown field; remove it or correct its name"
        case "model_type" | "model_attributes_type":
            return "expected fields, one a line, each with a colon"
        case "bool_type":
            return "expected true or false"
        case "list_type":
            return "expected a list, each entry after a dash"
        case _:
            return message[:1].lower() + message[1:]


def _written(path: str) -> FieldPath:
    """Turn the path of a law, such as `tokens[0].native_unit`, into the path in the file."""
    parts: list[str | int] = []
    for part in path.split("."):
        name, bracket, place = part.partition("[")
        parts.append(WRITTEN_AS.get(name, name))
        if bracket:
            parts.append(int(place.rstrip("]")))
    return tuple(parts)
