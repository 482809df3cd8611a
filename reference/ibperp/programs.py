"""The records of the market makers' programs: backstop providers, requests and their quotes."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from ibperp.records import record

if TYPE_CHECKING:
    from ibperp.orders import OrderFlags, Side


@record
class Backstop:
    """An account that takes over failing accounts, up to `capacity` quote atoms (PG-1)."""

    account: int
    capacity: int


class RequestKind(StrEnum):
    """Who made a request for quotes (PG-2); the names are published."""

    USER = "User"
    CONVERSION = "CollateralConversion"


class QuoteStatus(StrEnum):
    """The life of a request for quotes; an open one is over when it expires (PG-2)."""

    OPEN = "open"
    FILLED = "filled"
    CANCELLED = "cancelled"


@record
class Quote:
    """What an account offers for a request, in quote atoms per lot (PG-3)."""

    account: int
    price: int
    flags: OrderFlags


@record
class QuoteRequest:
    """A request for quotes, with the quotes in ascending order of accounts (PG-2)."""

    account: int
    market: int
    side: Side
    lots: int
    price: int
    counterparty: int
    immediate: bool
    expires: int
    flags: OrderFlags
    kind: RequestKind
    status: QuoteStatus
    quotes: tuple[Quote, ...]
