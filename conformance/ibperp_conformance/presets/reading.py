"""How fields that people edit are read: decimals exactly, every problem with its line and path."""

from __future__ import annotations

import re
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationError
from pydantic_core import PydanticCustomError

from ibperp.parameter_laws import DECIMALS_MAX
from ibperp_conformance.presets.document import Document, DocumentError, Problem
from ibperp_conformance.presets.units import UnitError, integer_of, parse_decimal, ratio_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from fractions import Fraction

    from ibperp.parameter_laws import ParameterViolation
    from ibperp_conformance.presets.document import FieldPath

WRITTEN_AS: Final = {
    "quote_unit": "quote_decimals",
    "lot_atoms": "lot",
    "lots_per_unit": "lot",
    "minimum_lots": "minimum",
    "native_unit": "native_decimals",
}
"""Fields of the records that a file writes under another name."""

FORBID: Final = ConfigDict(extra="forbid", frozen=True)

Choice = TypeVar("Choice", bound=StrEnum)


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


def suggestion(word: object, known: Iterable[str]) -> str:
    """Return what to write instead of an unknown word."""
    names = list(known)
    close = get_close_matches(str(word)[:80], names, n=1)
    return f"did you mean {close[0]}?" if close else f"expected one of {', '.join(names)}"


def choice_of(kind: type[Choice]) -> Callable[[Any], Choice]:
    """Return a reader of one of the words of an enum; it raises UnitError naming them all."""

    def read(value: object) -> Choice:
        try:
            return kind(str(value))
        except ValueError:
            raise UnitError(f"expected one of {', '.join(kind)}") from None

    return read


def reader(read: Callable[[Any], Any]) -> PlainValidator:
    """Return a validator that reads a field and reports a UnitError as the field's problem."""

    def validate(value: object) -> Any:
        try:
            return read(value)
        except UnitError as error:
            raise PydanticCustomError("unit", "{reason}", {"reason": str(error)}) from None

    return PlainValidator(validate)


def decimal_text(value: object) -> object:
    """Return the text of a decimal, its unit behind it or not; raise UnitError."""
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


Ratio = Annotated[int, reader(ratio_of)]
DecimalText = Annotated[str, reader(decimal_text)]
Count = Annotated[int, reader(_count)]
Decimals = Annotated[int, reader(_decimals)]


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
        name, bracket, index = part.partition("[")
        parts.append(WRITTEN_AS.get(name, name))
        if bracket:
            parts.append(int(index.rstrip("]")))
    return tuple(parts)
