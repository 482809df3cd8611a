"""Rows of a history, read from JSON: fills, funding, interest, movements and settlements.

A file is a JSON array of rows, or one row a line. What a row is, its members say. Numbers are
decimals, as strings or as JSON numbers, and are read exactly; members that no check needs may be
there. A row that names no account belongs to the one that its file is named after.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, TypeVar

from ibperp_conformance.files import WrongUseError
from ibperp_conformance.json_text import JsonTextError, decode, visible

T = TypeVar("T")
DIGITS_MAX: Final = 60


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


def rows_of(path: Path) -> Iterator[Row | RowError]:
    """Yield the rows of a file, and an error for each that cannot be read.

    Raise WrongUseError if the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise WrongUseError(f"cannot read {path}: {reason}") from None
    for number, value in enumerate(_values(path, text), 1):
        place = Place(str(path), number)
        try:
            yield _row(place, path.stem, value)
        except RowError as error:
            yield RowError(f"{place}: {error}")


def _values(path: Path, text: str) -> Iterator[object]:
    """Yield the JSON values of an array, or of each line; a number keeps all its digits."""
    is_array = text.lstrip().startswith("[")
    for number, part in enumerate([text] if is_array else text.split("\n"), 1):
        if not part.strip():
            continue
        try:
            decode(part)  # refuses what is no strict JSON
            value = json.loads(part, parse_float=str, parse_int=str)
        except JsonTextError as error:
            where = "" if is_array else f", line {number}"
            raise WrongUseError(f"{path}{where}: {error}") from None
        yield from value if is_array else (value,)


def _row(place: Place, account: str, value: object) -> Row:
    if not isinstance(value, dict):
        raise RowError("expected an object")
    read = _Members(value)
    owner = str(value.get("subaccountId") or value.get("userId") or account)
    if "tradeId" in value and "isMaker" in value:
        side = read.one_of("side", ("Bid", "Ask"))
        lots = read.number("quantity")
        return Fill(
            place,
            owner,
            read.text("symbol"),
            read.time("timestamp"),
            str(value["tradeId"]),
            read.boolean("isMaker"),
            read.number("price"),
            lots if side == "Bid" else -lots,
            str(value.get("systemOrderType") or ""),
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
        named = str(value.get("positionId") or read.text("symbol"))
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
            raise RowError(f"{name}: expected a string")
        return value

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
            found = Decimal(value) if isinstance(value, str) and len(value) <= DIGITS_MAX else None
        except InvalidOperation:
            found = None
        if found is None or not found.is_finite() or abs(found.adjusted()) > DIGITS_MAX:
            raise RowError(f"{name}: expected a decimal of at most {DIGITS_MAX} digits")
        return found

    def time(self, name: str) -> datetime:
        value = self._get(name)
        try:
            if isinstance(value, str) and value.isdecimal() and len(value) <= 16:  # noqa: PLR2004
                seconds = int(value) / (1_000_000 if len(value) > 13 else 1000)  # noqa: PLR2004
                return datetime.fromtimestamp(seconds, UTC)
            found = datetime.fromisoformat(str(value))
        except (ValueError, OverflowError, OSError):
            raise RowError(f"{name}: expected a date and time, or milliseconds") from None
        return found if found.tzinfo else found.replace(tzinfo=UTC)
