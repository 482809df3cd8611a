"""A trade of a book elsewhere: the action of an engine that has none (CF-11)."""

from __future__ import annotations

from typing import Final

from ibperp.orders import OrderFlags, Side
from ibperp.records import record

TYPE: Final = "fill"
"""The `type` of a fill on the wire."""


@record
class Fill:
    """A trade of a book elsewhere: `side` is that of the taker, fees are quote atoms (CF-11)."""

    market: str
    side: Side
    price: int
    lots: int
    maker: int
    maker_fee: int
    maker_flags: OrderFlags
    taker: int
    taker_fee: int
    taker_flags: OrderFlags
