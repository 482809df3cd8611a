"""The trade that a fill of a book elsewhere is (CF-11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp_invariants.step.facts import Trade

if TYPE_CHECKING:
    from ibperp.fill import Fill

ELSEWHERE: Final = -1
"""In place of the id of an order that another book holds."""


def trade_of(fill: Fill) -> Trade:
    """Return the trade that a fill is."""
    fees = fill.maker_fee, fill.taker_fee
    return Trade(fill.market, ELSEWHERE, ELSEWHERE, fill.price, fill.lots, *fees)
