"""What happens to requests for quotes (chapter programs)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ibperp.orders import Side


class RequestEnd(StrEnum):
    """Why a request for quotes ended (PG-2)."""

    FILLED = "filled"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class RequestOpened:
    """A request for quotes was taken on; `account` asks (PG-2)."""

    request: int
    account: int
    market: int
    side: Side
    lots: int
    price: int
    counterparty: int
    expires: int


@dataclass(frozen=True, slots=True)
class RequestRefreshed:
    """A request for quotes stays open until another time (PG-2)."""

    request: int
    expires: int


@dataclass(frozen=True, slots=True)
class RequestEnded:
    """A request for quotes is no longer open (PG-2)."""

    request: int
    reason: RequestEnd


@dataclass(frozen=True, slots=True)
class Quoted:
    """An account quotes a price for a request (PG-3)."""

    request: int
    account: int
    price: int


@dataclass(frozen=True, slots=True)
class QuoteWithdrawn:
    """An account took its quote back (PG-3)."""

    request: int
    account: int


@dataclass(frozen=True, slots=True)
class BlockTraded:
    """`lots` changed hands off the book at `price`; fees in quote atoms (PG-4)."""

    request: int
    market: int
    quoter: int
    price: int
    lots: int
    quoter_fee: int
    requester_fee: int
