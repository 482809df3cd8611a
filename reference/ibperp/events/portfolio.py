"""What happens to prices (chapter portfolio)."""

from __future__ import annotations

from ibperp.records import record


@record
class PriceLimited:
    """An update of a price went beyond its limit: `price` was set in place of `asked` (PF-10)."""

    asset: int
    asked: int
    price: int
