"""Rows of a history, read from JSON: fills, funding, interest, movements and settlements.

A file is a JSON array of rows, or one row a line, plain, gzip or zstd; `-` is standard input. What
a row is, its members say. Numbers are decimals, as strings or as JSON numbers, and are read
exactly; members that no check needs may be there. A row that names no account belongs to the one
that its file is named after.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, TypeVar

from ibperp_conformance.files import READ_MAX, WrongUseError
from ibperp_conformance.json_text import JsonTextError, decode, visible
from ibperp_conformance.traces.files import DamagedError, opened, pieces_in

T = TypeVar("T")
DIGITS_MAX: Final = 60
MOMENT: Final = re.compile(r"[0-9]{1,16}")
"""Milliseconds since 1970, or with more than 13 digits, microseconds."""

NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


class RowError(ValueError):
    """A row that cannot be read; the message names the member and what was expected."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: its file, and its number in it, from 1."""

    file: str
    row: int

    def __str__(self) -> str:
        return f"{self.file}, row {self.row}"


@dataclass(frozen=True, slots=True)
class Fill:
    """A trade of an account: `lots` is signed, above zero bought; `system`: what placed it."""

    place: Place
    account: str
    symbol: str
    time: datetime
    trade: str
    is_maker: bool
    price: Decimal
    lots: Decimal
    system: str


@dataclass(frozen=True, slots=True)
class Funding:
    """Funding of an account at the end of an interval; `quantity` is what it received."""

    place: Place
    account: str
    symbol: str
    time: datetime
    rate: Decimal
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Interest:
    """Interest of a position of lends and borrows, or of gains that wait."""

    place: Place
    account: str
    symbol: str
    time: datetime
    kind: str
    rate: Decimal
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Movement:
    """A lend or borrow that changed: by how much, and what it came to."""

    place: Place
    account: str
    symbol: str
    time: datetime
    kind: str
    quantity: Decimal
    held: Decimal
    position: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """What the fund paid to an account, signed, and why."""

    place: Place
    account: str
    time: datetime
    source: str
    quantity: Decimal


Row = Fill | Funding | Interest | Movement | Settlement


def rows_of(name: str) -> Iterator[Row | RowError]:
    """Yield the rows of a file, `-` for standard input, and an error for what cannot be read.

    Raise WrongUseError if the file cannot be read.
    """
    text, damage = _text_of(name)
    for number, value in enumerate(_values(name, text), 1):
        place = Place(name, number)
        try:
            yield _row(place, Path(name).stem, value)
        except RowError as error:
            yield RowError(f"{place}: {error}")
    if damage:
        yield RowError(f"{name}: {damage}")


def _text_of(name: str) -> tuple[str, str]:
    """Return the text of a file, and how it is damaged where it does not reach its end."""
    parts, size, damage = list[bytes](), 0, ""
    with opened(name) as stream:
        try:
            for piece in pieces_in(stream):
                parts.append(piece)
                size += len(piece)
                if size > READ_MAX:
                    raise WrongUseError(f"cannot read {name}: it is larger than {READ_MAX} bytes")
        except DamagedError as error:
            damage = str(error)
    try:
        return b"".join(parts).decode("utf-8-sig"), damage
    except UnicodeDecodeError as error:
        raise WrongUseError(f"cannot read {name}: not UTF-8 at byte {error.start}") from None


def _values(name: str, text: str) -> Iterator[object]:
    """Yield the JSON values of an array, or of each line; a number keeps all its digits."""
    is_array = text.lstrip().startswith("[")
    for number, part in enumerate([text] if is_array else text.split("\n"), 1):
        if not part.strip():
            continue
        try:
            decode(part)  # refuses what is no strict JSON
            value = json.loads(part, parse_float=str, parse_int=str)
        except JsonTextError as error:
            if is_array:
                raise WrongUseError(f"{name}: {error}") from None
            told = str(error).replace("at line 1 column", "at column")
            value = RowError(f"line {number}: {told}")
        yield from value if is_array else (value,)


def _row(place: Place, account: str, value: object) -> Row:
    if isinstance(value, RowError):
        raise value
    if not isinstance(value, dict):
        raise RowError("expected an object")
    read = _Members(value)
    owner = read.optional("subaccountId") or read.optional("userId") or account
    if "tradeId" in value and "isMaker" in value:
        side = read.one_of("side", ("Bid", "Ask"))
        lots = read.number("quantity")
        return Fill(
            place,
            owner,
            read.text("symbol"),
            read.time("timestamp"),
            read.text("tradeId"),
            read.boolean("isMaker"),
            read.number("price"),
            lots if side == "Bid" else -lots,
            read.optional("systemOrderType"),
        )
    if "fundingRate" in value and "quantity" in value:
        time, rate = read.time("intervalEndTimestamp"), read.number("fundingRate")
        return Funding(place, owner, read.text("symbol"), time, rate, read.number("quantity"))
    if "paymentType" in value:
        kind, rate, paid = read.text("paymentType"), read.number("interestRate"), read.number
        time = read.time("timestamp")
        return Interest(place, owner, read.text("symbol"), time, kind, rate, paid("quantity"))
    if "eventType" in value:
        kind = read.one_of("eventType", ("Borrow", "BorrowRepay", "Lend", "LendRedeem"))
        moved, held = read.number("quantity"), read.number("positionQuantity")
        named = read.optional("positionId") or read.text("symbol")
        time = read.time("timestamp")
        return Movement(place, owner, read.text("symbol"), time, kind, moved, held, named)
    if "source" in value and "quantity" in value:
        time = read.time("timestamp")
        return Settlement(place, owner, time, read.text("source"), read.number("quantity"))
    known = "tradeId, fundingRate, paymentType, eventType or source"
    raise RowError(f"no known shape: expected a member {known}")


class _Members:
    """Reads members of a row, or raises RowError naming them."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self._row = row

    def _get(self, name: str) -> Any:
        if name not in self._row:
            raise RowError(f"{name} is missing")
        return self._row[name]

    def text(self, name: str) -> str:
        value = self._get(name)
        if not isinstance(value, str) or not value:
            raise RowError(f"{name}: expected a string or a number")
        return value

    def optional(self, name: str) -> str:
        return "" if self._row.get(name) is None else self.text(name)

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name)
        if value not in allowed:
            shown = visible(value, 40)
            raise RowError(f"{name}: expected one of {', '.join(allowed)}, found {shown!r}")
        return value

    def boolean(self, name: str) -> bool:
        value = self._get(name)
        if not isinstance(value, bool):
            raise RowError(f"{name}: expected true or false")
        return value

    def number(self, name: str) -> Decimal:
        value = self._get(name)
        try:
            is_number = (
                isinstance(value, str) and len(value) <= DIGITS_MAX and NUMBER.fullmatch(value)
            )
            found = Decimal(value) if is_number else None
        except InvalidOperation:
            found = None
        if found is None or not found.is_finite() or abs(found.adjusted()) > DIGITS_MAX:
            raise RowError(f"{name}: expected a decimal of at most {DIGITS_MAX} digits")
        return found

    def time(self, name: str) -> datetime:
        value = self._get(name)
        try:
            if isinstance(value, str) and MOMENT.fullmatch(value):
                seconds = int(value) / (1_000_000 if len(value) > 13 else 1000)  # noqa: PLR2004
                return datetime.fromtimestamp(seconds, UTC)
            found = datetime.fromisoformat(str(value))
        except (ValueError, OverflowError, OSError):
            raise RowError(f"{name}: expected a date and time, or milliseconds") from None
        return found if found.tzinfo else found.replace(tzinfo=UTC)
