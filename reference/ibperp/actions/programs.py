"""Actions of backstop providers and of requests for quotes (chapter programs)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.records import record

if TYPE_CHECKING:
    from ibperp.orders import OrderFlags, Side


@record
class RegisterBackstop:
    """Offer to take over failing accounts, up to `capacity` quote atoms; 0 ends it (PG-1)."""

    account: int
    capacity: int


@record
class RequestQuote:
    """Request quotes to trade `lots` off the book (PG-2).

    `price`: the worst, in quote atoms per lot, or 0 for any; `counterparty` 0 is any account. With
    `immediate` the first quote that serves is taken; otherwise the requester accepts one. Open
    until `expires`, in seconds.
    """

    account: int
    market: str
    side: Side
    lots: int
    price: int
    counterparty: int
    immediate: bool
    expires: int
    flags: OrderFlags


@record
class SubmitQuote:
    """Offer the other side of a request at `price`; a new quote replaces one's old one (PG-3)."""

    account: int
    request: int
    price: int
    flags: OrderFlags


@record
class WithdrawQuote:
    """Take one's quote back (PG-3)."""

    account: int
    request: int


@record
class AcceptQuote:
    """Trade with the quote of `quoter` (PG-4)."""

    account: int
    request: int
    quoter: int


@record
class RefreshRequest:
    """Leave a request open until another time (PG-2)."""

    account: int
    request: int
    expires: int


@record
class CancelRequest:
    """Take a request back, with its quotes (PG-2)."""

    account: int
    request: int
