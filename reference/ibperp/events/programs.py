"""What happens to requests for quotes (chapter programs)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from ibperp.records import record

if TYPE_CHECKING:
    from ibperp.orders import Side


class RequestEnd(StrEnum):
    """Why a request for quotes ended (PG-2)."""

    FILLED = "filled"
    CANCELLED = "cancelled"


@record
class RequestOpened:
    """A request for quotes was opened by `account` (PG-2)."""

    request: int
    account: int
    market: int
    side: Side
    lots: int
    price: int
    counterparty: int
    expires: int


@record
class RequestRefreshed:
    """A request for quotes stays open until another time (PG-2)."""

    request: int
    expires: int


@record
class RequestEnded:
    """A request for quotes is no longer open (PG-2)."""

    request: int
    reason: RequestEnd


@record
class Quoted:
    """An account quotes a price for a request (PG-3)."""

    request: int
    account: int
    price: int


@record
class QuoteWithdrawn:
    """An account took its quote back (PG-3)."""

    request: int
    account: int


@record
class BlockTraded:
    """`lots` changed hands off the book at `price`; fees in quote atoms (PG-4)."""

    request: int
    market: int
    quoter: int
    price: int
    lots: int
    quoter_fee: int
    requester_fee: int
