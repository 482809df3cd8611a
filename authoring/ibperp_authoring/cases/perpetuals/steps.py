"""Steps that the cases of perpetuals share: a mark from its inputs, an hour's funding, a state."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Action, AdvanceTime, ApplyFunding, SetPerpetualParameters, UpdateMark
from ibperp.parameters import OrderBookState
from ibperp_authoring.cases.builder import PERP, long, short
from ibperp_authoring.cases.setups import HOUR, perpetual_with

CLOSED: Final = perpetual_with(order_book_state=OrderBookState.CLOSED)


def mark(index: int, basis: int | None = None, market: str = PERP) -> UpdateMark:
    """Return an update of the mark; an index of 0, and a basis of None, is missing."""
    return UpdateMark(market, index, has_basis=basis is not None, basis=basis or 0)


def funding(premium: int, hour: int = 1) -> tuple[Action, Action]:
    """Return the end of an hour and its funding."""
    return AdvanceTime(hour * HOUR), ApplyFunding(PERP, premium)


def book_state(state: OrderBookState) -> SetPerpetualParameters:
    """Give the perpetual market another book state, and nothing else."""
    return perpetual_with(order_book_state=state)


def trade(buyer: int, seller: int, lots: int, price: int) -> tuple[Action, Action]:
    """Return a trade of perpetual lots in which the buyer makes and the seller takes."""
    return long(buyer, lots, price), short(seller, lots, price)


def sale(seller: int, buyer: int, lots: int, price: int) -> tuple[Action, Action]:
    """Return a trade of perpetual lots in which the seller makes and the buyer takes."""
    return short(seller, lots, price), long(buyer, lots, price)
