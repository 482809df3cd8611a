"""Cases of requests for quotes (PG-2)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import AdvanceTime, CancelRequest, RefreshRequest
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import OrderBookState
from ibperp_authoring.cases.builder import SPOT, Case, Group, Why, bid
from ibperp_authoring.cases.liquidation.setups import STEP, price, system_with
from ibperp_authoring.cases.programs.steps import asked, quoted
from ibperp_authoring.cases.settlement.setups import contract_with
from ibperp_authoring.cases.setups import MAX, USD

_PLAIN: Final = Group("liquidation")
_ASKED: Final = Group("liquidation", (asked(),))
_QUOTED: Final = Group("liquidation", (asked(), quoted(4), quoted(5, USD + 1)))

_REQUESTS: Final[tuple[Case, ...]] = (
    _PLAIN.accept("PG-2-001", "a request at any price, of anybody", asked()),
    _PLAIN.accept("PG-2-002", "a request with a worst price", asked(price=USD)),
    _PLAIN.accept("PG-2-003", "a request that names who may quote", asked(counterparty=4)),
    _PLAIN.accept("PG-2-004", "the longest life of a request", asked(expires=300)),
    *_PLAIN.refusals(
        "PG-2-004",
        ("PG-2-005", "a second beyond the longest life", asked(expires=301), R.EXPIRY_INVALID),
        ("PG-2-006", "a request does not expire now", asked(expires=0), R.EXPIRY_INVALID),
        ("PG-2-007", "no lots", asked(lots=0), R.AMOUNT_NOT_POSITIVE),
        ("PG-2-008", "lots beyond the range", asked(lots=MAX + 1), R.OUT_OF_RANGE),
        (
            "PG-2-009",
            "an account does not name itself as counterparty",
            asked(counterparty=3),
            R.SAME_ACCOUNT,
        ),
        ("PG-2-010", "a price is not below zero", asked(price=-1), R.PRICE_INVALID),
        ("PG-2-011", "no such account", asked(99), R.ACCOUNT_UNKNOWN),
        ("PG-2-012", "no such counterparty", asked(counterparty=99), R.ACCOUNT_UNKNOWN),
        ("PG-2-013", "the insurance asks for nothing", asked(1), R.ACCOUNT_RESERVED),
        ("PG-2-014", "no such market", asked(market="X"), R.MARKET_UNKNOWN),
        (
            "PG-2-015",
            "accounts of one user do not trade with each other",
            asked(2, counterparty=8),
            R.COUNTERPARTY_MISMATCH,
        ),
        (
            "PG-2-016",
            "a price beyond the band of limit orders",
            asked(3, SPOT, price=11 * USD),
            R.PRICE_OUT_OF_BOUNDS,
        ),
    ),
    _PLAIN.reject(
        "PG-2-017",
        "a market that only reduces is not traded off the book",
        contract_with(order_book_state=OrderBookState.REDUCE_ONLY),
        asked(),
        code=R.TRADING_PAUSED,
        twin="PG-2-018",
    ),
    _PLAIN.accept(
        "PG-2-018",
        "a market that takes only orders that rest is traded off the book",
        contract_with(order_book_state=OrderBookState.POST_ONLY),
        asked(),
    ),
    _ASKED.accept("PG-2-019", "a request is left open longer", RefreshRequest(3, 0, 200)),
    _QUOTED.accept(
        "PG-2-020",
        "a refresh drops the quotes, made for another time",
        RefreshRequest(3, 0, 9),
    ),
    _QUOTED.accept("PG-2-021", "a request is taken back with its quotes", CancelRequest(3, 0)),
    *_ASKED.refusals(
        "PG-2-021",
        ("PG-2-022", "no such request", CancelRequest(3, 1), R.REQUEST_UNKNOWN),
        ("PG-2-023", "a request is its owner's", CancelRequest(4, 0), R.REQUEST_NOT_OWNED),
        ("PG-2-024", "a refresh is its owner's", RefreshRequest(4, 0, 9), R.REQUEST_NOT_OWNED),
        ("PG-2-025", "a refresh is bounded too", RefreshRequest(3, 0, 301), R.EXPIRY_INVALID),
    ),
    _ASKED.reject(
        "PG-2-026",
        "what was taken back is not taken back again",
        CancelRequest(3, 0),
        CancelRequest(3, 0),
        code=R.REQUEST_NOT_OPEN,
        twin="PG-2-021",
    ),
    _ASKED.accept(
        "PG-2-027",
        "a second before its time a request is open",
        AdvanceTime(299),
        CancelRequest(3, 0),
        why=Why.BOUNDARY,
    ),
    _ASKED.reject(
        "PG-2-028",
        "the clock alone ends a request",
        AdvanceTime(300),
        CancelRequest(3, 0),
        code=R.REQUEST_NOT_OPEN,
        twin="PG-2-027",
        why=Why.BOUNDARY,
    ),
)

_TWO: Final = Group("liquidation", (system_with(order_limit=2), asked()), Why.BOUNDARY)

_LIMIT: Final[tuple[Case, ...]] = (
    _TWO.accept(
        "PG-2-029",
        "the last open request within the limit, in another market",
        asked(3, SPOT, price=USD),
    ),
    _TWO.reject(
        "PG-2-030",
        "an open request beyond the limit",
        asked(3, SPOT, price=USD),
        asked(),
        code=R.ORDER_LIMIT,
        twin="PG-2-029",
    ),
    _TWO.accept(
        "PG-2-031",
        "a request that was taken back, or has expired, and one of another account do not count",
        asked(4),
        asked(expires=10),
        CancelRequest(3, 0),
        asked(),
        AdvanceTime(10),
        asked(),
    ),
    _TWO.accept(
        "PG-2-032",
        "at the limit of requests an order still rests, and a request is refreshed",
        asked(),
        bid(3, 100, USD),
        RefreshRequest(3, 0, 200),
    ),
    Group(
        "liquidation_borrowed", (price(94), system_with(order_limit=1), STEP), Why.BOUNDARY
    ).accept("PG-2-033", "a request of the system for its collateral does not count", asked(2)),
    Group("liquidation", (system_with(order_limit=1), asked(2)), Why.PRECEDENCE).reject(
        "PG-2-034",
        "a counterparty of the same user, at the limit",
        asked(2, counterparty=8),
        code=R.COUNTERPARTY_MISMATCH,
        twin="PG-2-029",
    ),
    Group(
        "liquidation",
        (system_with(order_limit=1, order_price_age=10), asked(), AdvanceTime(11)),
        Why.PRECEDENCE,
    ).reject(
        "PG-2-035", "a stale price, at the limit", asked(), code=R.PRICE_STALE, twin="PG-2-029"
    ),
)


CASES: Final[tuple[Case, ...]] = (*_REQUESTS, *_LIMIT)
