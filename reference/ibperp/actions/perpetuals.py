"""Actions on perpetual markets (chapter perpetuals)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.records import record

if TYPE_CHECKING:
    from ibperp.parameters import PerpetualParameters


@record
class ListPerpetual:
    """List a perpetual market with an empty book (PP-1)."""

    market: str
    parameters: PerpetualParameters


@record
class SetPerpetualParameters:
    """Replace a perpetual market's parameters (PP-2)."""

    market: str
    parameters: PerpetualParameters


@record
class UpdateMark:
    """Bring the inputs of a perpetual's mark price, in quote atoms per lot (PP-6).

    `index_price` 0 is no index; `basis`, the average of mid minus index, counts if `has_basis`.
    """

    market: str
    index_price: int
    has_basis: bool
    basis: int


@record
class ApplyFunding:
    """End a funding interval with its mean premium, a signed ratio of 10^18 (PP-8)."""

    market: str
    premium: int


@record
class SettleMarket:
    """Close every position of a closed perpetual market at a final price (PP-9)."""

    market: str
    price: int
