"""What happens to the mark and the funding of perpetual markets (chapter perpetuals)."""

from __future__ import annotations

from ibperp.records import record


@record
class MarkUpdated:
    """The index and the mark of a perpetual market, in quote atoms per lot (PP-6)."""

    market: int
    index_price: int
    mark_price: int


@record
class FundingApplied:
    """A funding interval ended: its rate, and what a lot long pays (PP-8)."""

    market: int
    rate: int
    step: int
