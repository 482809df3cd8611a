"""What happens to prices (chapter portfolio)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PriceLimited:
    """An update of a price went beyond its limit: `price` was set in place of `asked` (PF-10)."""

    asset: int
    asked: int
    price: int
