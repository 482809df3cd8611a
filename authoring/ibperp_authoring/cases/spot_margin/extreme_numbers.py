"""Cases of zero, negative and huge numbers in orders (SM-4, SM-10, SM-11, SM-12)."""

from __future__ import annotations

from typing import Any, Final

from ibperp.actions import Action, AmendOrder, CancelAllOrders, CancelOrder, ConvertDust
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import SPOT, Case, Group, Why, ask, bid, flags
from ibperp_authoring.cases.setups import MAX, USD

_BOOK: Final = Group("spot_book", why=Why.ATTACK)

_BORROW: Final[dict[str, Any]] = {"flags": flags(borrow=True)}


def _fields() -> tuple[Case, ...]:
    """Return zero, negative and huge numbers in every numeric field of every action (SC-22)."""
    rows: tuple[tuple[str, str, Action, R], ...] = (
        ("SM-4", "an order of no lots", bid(3, 0, USD), R.AMOUNT_NOT_POSITIVE),
        ("SM-4", "an order of negative lots", ask(3, -MAX, USD), R.AMOUNT_NOT_POSITIVE),
        ("SM-4", "an order of the most lots", ask(3, MAX, USD), R.INSUFFICIENT_FUNDS),
        ("SM-4", "the most lots, borrowed", ask(3, MAX, USD, **_BORROW), R.INSUFFICIENT_MARGIN),
        (
            "SM-4",
            "the most lots, bought on credit",
            bid(3, MAX, USD, **_BORROW),
            R.INSUFFICIENT_MARGIN,
        ),
        ("SM-4", "a negative price", bid(3, 1, -MAX), R.PRICE_INVALID),
        ("SM-4", "the highest price", bid(3, 1, MAX), R.PRICE_OFF_TICK),
        ("SM-4", "a negative account", bid(-MAX, 1, USD), R.ACCOUNT_UNKNOWN),
        ("SM-4", "the largest account", bid(MAX, 1, USD), R.ACCOUNT_UNKNOWN),
        ("SM-10", "a negative order", CancelOrder(4, -MAX), R.ORDER_UNKNOWN),
        ("SM-10", "the largest order", CancelOrder(4, MAX), R.ORDER_UNKNOWN),
        ("SM-10", "a negative account", CancelOrder(-MAX, 0), R.ACCOUNT_UNKNOWN),
        ("SM-10", "the largest account", CancelAllOrders(MAX, SPOT), R.ACCOUNT_UNKNOWN),
        ("SM-11", "negative lots", AmendOrder(4, 0, -MAX, USD), R.AMOUNT_NOT_POSITIVE),
        ("SM-11", "the most lots", AmendOrder(4, 0, MAX, 980_000), R.INSUFFICIENT_FUNDS),
        ("SM-11", "a negative price", AmendOrder(4, 0, 1, -MAX), R.PRICE_INVALID),
        ("SM-11", "the highest price", AmendOrder(4, 0, 1, MAX), R.PRICE_OFF_TICK),
        ("SM-11", "the largest order", AmendOrder(4, MAX, 1, USD), R.ORDER_UNKNOWN),
        ("SM-11", "a negative account", AmendOrder(-MAX, 0, 1, USD), R.ACCOUNT_UNKNOWN),
        ("SM-12", "the largest account", ConvertDust(MAX, SPOT), R.ACCOUNT_UNKNOWN),
    )
    twins = {"SM-4": "SM-4-001", "SM-10": "SM-10-001", "SM-11": "SM-11-001", "SM-12": "SM-12-001"}
    return tuple(
        _BOOK.reject(
            f"{clause}-{200 + number:03}", f"SC-22: {words}", action, code=code, twin=twins[clause]
        )
        for number, (clause, words, action, code) in enumerate(rows)
    )


CASES: Final[tuple[Case, ...]] = (*_fields(),)
