"""Cases of the programs chapter: providers, requests, quotes, and trades off the book."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import (
    AcceptQuote,
    AdvanceTime,
    CancelRequest,
    Deposit,
    Lend,
    ListMarket,
    RefreshRequest,
    RegisterBackstop,
    RequestQuote,
    SubmitQuote,
    WithdrawQuote,
)
from ibperp.orders import OrderFlags, Side
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import OrderBookState
from ibperp_authoring.cases.builder import PERP, SPOT, Case, Group, Refused, Why
from ibperp_authoring.cases.settlement.setups import contract_with, mark, opened
from ibperp_authoring.cases.setups import COIN, MARKET, MAX, PERCENT, USD

_NONE: Final = OrderFlags(
    auto_lend=False, auto_lend_redeem=False, auto_borrow=False, auto_borrow_repay=False
)
_CREDIT: Final = OrderFlags(
    auto_lend=False, auto_lend_redeem=True, auto_borrow=True, auto_borrow_repay=True
)


def asked(account: int = 3, market: str = PERP, **changes: Any) -> RequestQuote:
    """Return a request to buy 100 lots at any price, for 300 seconds, from anybody."""
    plain = RequestQuote(
        account,
        market,
        Side.BID,
        lots=100,
        price=0,
        counterparty=0,
        immediate=False,
        expires=300,
        flags=_NONE,
    )
    return replace(plain, **changes)


def quoted(account: int, at: int = USD, request: int = 0, flags: OrderFlags = _NONE) -> SubmitQuote:
    """Return a quote for a request."""
    return SubmitQuote(account, request, at, flags)


_PLAIN: Final = Group("liquidation")
_ASKED: Final = Group("liquidation", (asked(),))
_QUOTED: Final = Group("liquidation", (asked(), quoted(4), quoted(5, USD + 1)))
_SPOT: Final = Group("liquidation", (asked(3, SPOT),))

_PROVIDERS: Final[tuple[Case, ...]] = (
    _PLAIN.accept("PG-1-001", "an account offers a capacity", RegisterBackstop(3, 500 * USD)),
    _PLAIN.accept(
        "PG-1-002",
        "a new capacity replaces the old one, lower or higher",
        RegisterBackstop(3, 500 * USD),
        RegisterBackstop(3, 100 * USD),
    ),
    _PLAIN.accept(
        "PG-1-003",
        "a capacity of nothing ends it",
        RegisterBackstop(3, 500 * USD),
        RegisterBackstop(3, 0),
    ),
    _PLAIN.accept("PG-1-004", "nothing ends nothing", RegisterBackstop(3, 0)),
    _PLAIN.accept("PG-1-005", "the largest capacity is stored", RegisterBackstop(3, MAX)),
    *_PLAIN.refusals(
        "PG-1-001",
        ("PG-1-006", "a capacity is not below nothing", RegisterBackstop(3, -1), R.OUT_OF_RANGE),
        ("PG-1-007", "a capacity is in range", RegisterBackstop(3, MAX + 1), R.OUT_OF_RANGE),
        ("PG-1-008", "no such account", RegisterBackstop(99, USD), R.ACCOUNT_UNKNOWN),
        ("PG-1-009", "the insurance is no provider", RegisterBackstop(1, USD), R.ACCOUNT_RESERVED),
    ),
    Group("liquidation_long").reject(
        "PG-1-010",
        "an account below its initial requirement is no provider",
        mark(940_000),
        RegisterBackstop(2, USD),
        code=R.INSUFFICIENT_MARGIN,
        twin="PG-1-011",
    ),
    Group("liquidation_long").accept(
        "PG-1-011",
        "it may end what it offered",
        RegisterBackstop(2, USD),
        mark(940_000),
        RegisterBackstop(2, 0),
    ),
)

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
        ("PG-2-009", "nobody quotes to himself", asked(counterparty=3), R.SAME_ACCOUNT),
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

_QUOTES: Final[tuple[Case, ...]] = (
    _ASKED.accept("PG-3-001", "an account quotes", quoted(4)),
    _ASKED.accept("PG-3-002", "a new quote replaces one's own", quoted(4), quoted(4, USD - 1)),
    _ASKED.accept("PG-3-003", "quotes stand by account", quoted(5), quoted(4)),
    *_ASKED.refusals(
        "PG-3-001",
        ("PG-3-004", "nobody quotes to himself", quoted(3), R.SAME_ACCOUNT),
        ("PG-3-005", "a quote has a price", quoted(4, 0), R.PRICE_INVALID),
        ("PG-3-006", "a price beyond the range", quoted(4, MAX + 1), R.OUT_OF_RANGE),
        ("PG-3-007", "no such request", quoted(4, request=1), R.REQUEST_UNKNOWN),
        ("PG-3-008", "no such account", quoted(99), R.ACCOUNT_UNKNOWN),
        ("PG-3-009", "the insurance quotes nothing", quoted(1), R.ACCOUNT_RESERVED),
    ),
    _SPOT.reject(
        "PG-3-010",
        "a quote beyond the band of limit orders",
        quoted(6, 11 * USD),
        code=R.PRICE_OUT_OF_BOUNDS,
        twin="PG-4-006",
    ),
    _PLAIN.reject(
        "PG-3-011",
        "who was not named may not quote",
        asked(counterparty=4),
        quoted(5),
        code=R.COUNTERPARTY_MISMATCH,
        twin="PG-3-012",
    ),
    _PLAIN.accept("PG-3-012", "who was named may quote", asked(counterparty=4), quoted(4)),
    _PLAIN.reject(
        "PG-3-013",
        "an account of the same user may not quote",
        asked(2),
        quoted(8),
        code=R.COUNTERPARTY_MISMATCH,
        twin="PG-3-001",
    ),
    _PLAIN.accept("PG-3-014", "a quote at the worst price serves", asked(price=USD), quoted(4)),
    _PLAIN.reject(
        "PG-3-015",
        "an atom beyond the worst price it does not",
        asked(price=USD),
        quoted(4, USD + 1),
        code=R.PRICE_OUT_OF_BOUNDS,
        twin="PG-3-014",
        why=Why.BOUNDARY,
    ),
    _ASKED.reject(
        "PG-3-016",
        "what is over is not quoted",
        AdvanceTime(300),
        quoted(4),
        code=R.REQUEST_NOT_OPEN,
        twin="PG-3-001",
    ),
    _QUOTED.accept("PG-3-017", "a quote is taken back", WithdrawQuote(4, 0)),
    *_QUOTED.refusals(
        "PG-3-017",
        ("PG-3-018", "who quoted nothing takes nothing back", WithdrawQuote(6, 0), R.QUOTE_UNKNOWN),
        ("PG-3-019", "no such request to quote", WithdrawQuote(4, 7), R.REQUEST_UNKNOWN),
    ),
)

_TRADES: Final[tuple[Case, ...]] = (
    _QUOTED.accept("PG-4-001", "a quote is accepted: all lots at its price", AcceptQuote(3, 0, 5)),
    *_QUOTED.refusals(
        "PG-4-001",
        ("PG-4-002", "nobody else accepts", AcceptQuote(4, 0, 5), R.REQUEST_NOT_OWNED),
        ("PG-4-003", "no such quote", AcceptQuote(3, 0, 6), R.QUOTE_UNKNOWN),
        ("PG-4-004", "no such request to accept", AcceptQuote(3, 9, 5), R.REQUEST_UNKNOWN),
    ),
    _QUOTED.reject(
        "PG-4-005",
        "a request is filled once",
        AcceptQuote(3, 0, 5),
        AcceptQuote(3, 0, 4),
        code=R.REQUEST_NOT_OPEN,
        twin="PG-4-001",
    ),
    _SPOT.accept(
        "PG-4-006",
        "in a spot market both deliver, and the last price stays",
        quoted(6, USD),
        AcceptQuote(3, 0, 6),
    ),
    Group("liquidation", (asked(3, SPOT, lots=2000),)).trace(
        "PG-4-007",
        "who quotes more than it has may borrow it, if it said so",
        quoted(6, USD),
        Refused(AcceptQuote(3, 0, 6), R.INSUFFICIENT_FUNDS),
    ),
    Group("liquidation", (asked(3, SPOT, flags=_CREDIT, lots=1500),)).trace(
        "PG-4-008",
        "a requester may borrow what it pays, within its margin",
        quoted(5, USD, flags=_CREDIT),
        AcceptQuote(3, 0, 5),
    ),
    Group("liquidation", (asked(lots=12_000),)).trace(
        "PG-4-009",
        "the margin of both is asked: a position too large for the requester",
        quoted(5),
        Refused(AcceptQuote(3, 0, 5), R.INSUFFICIENT_MARGIN),
    ),
    Group("liquidation", (contract_with(position_limit=99), asked())).trace(
        "PG-4-010",
        "the limits of positions hold off the book too",
        quoted(4),
        Refused(AcceptQuote(3, 0, 4), R.POSITION_LIMIT),
    ),
    Group("liquidation", (contract_with(open_interest_limit=99), asked())).trace(
        "PG-4-011",
        "the limit of open interest holds off the book too",
        quoted(4),
        Refused(AcceptQuote(3, 0, 4), R.OPEN_INTEREST_LIMIT),
    ),
    Group("liquidation", (contract_with(maker_fee=-PERCENT, taker_fee=PERCENT), asked())).trace(
        "PG-4-012",
        "the quoter is the maker: it gets the rebate, the requester pays the fee",
        quoted(4),
        AcceptQuote(3, 0, 4),
    ),
    Group("liquidation", (*opened(3, 4, 50), asked(side=Side.ASK))).trace(
        "PG-4-013",
        "a block trade closes a position and opens the other side",
        quoted(4),
        AcceptQuote(3, 0, 4),
    ),
    Group("liquidation", (asked(immediate=True, price=USD),), Why.RULE).accept(
        "PG-4-014", "an immediate request trades with the first quote that serves", quoted(4)
    ),
    _QUOTED.reject(
        "PG-4-015",
        "a market that closed meanwhile is not traded",
        contract_with(order_book_state=OrderBookState.CANCEL_ONLY),
        AcceptQuote(3, 0, 5),
        code=R.TRADING_PAUSED,
        twin="PG-4-001",
    ),
    Group("liquidation", (asked(3, SPOT), Lend(6, "SOL", 10 * COIN)), Why.RULE).trace(
        "PG-4-016",
        "a quoter redeems what it delivers",
        quoted(6, USD, flags=_CREDIT),
        AcceptQuote(3, 0, 6),
    ),
    Group(
        "hourly",
        (ListMarket(SPOT, MARKET), Deposit(4, "SOL", "solana", 3, 5 * COIN)),
        clauses=("MM-7",),
    ).trace(
        "PG-4-017",
        "a quoter that borrows pays the entry fee, of which a requester that lends has a part",
        asked(4, SPOT, side=Side.ASK, lots=500),
        quoted(3, flags=_CREDIT),
        AcceptQuote(4, 0, 3),
    ),
)

CASES: Final[tuple[Case, ...]] = (
    *_PROVIDERS,
    *_REQUESTS,
    *_QUOTES,
    *_TRADES,
)
