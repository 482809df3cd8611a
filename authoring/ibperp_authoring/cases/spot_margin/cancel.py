"""Cases of the cancellation of one order, or of all of a market (SM-10)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import (
    AdvanceTime,
    AmendOrder,
    CancelAllOrders,
    CancelOrder,
    ListMarket,
    SetPrice,
    Transfer,
)
from ibperp.orders import Side
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import SPOT, Case, Group, Why, ask, bid, flags, market, settings
from ibperp_authoring.cases.setups import COIN, MARKET, MAX, USD

_BOOK: Final = Group("spot_book")
_ORDER: Final = Group("spot_book", why=Why.PRECEDENCE)

_ONE: Final[tuple[Case, ...]] = (
    _BOOK.accept("SM-10-001", "a bid is cancelled and frees its quote", CancelOrder(4, 0)),
    _BOOK.accept("SM-10-002", "an ask is cancelled and frees its base", CancelOrder(4, 1)),
    *_BOOK.refusals(
        "SM-10-001",
        ("SM-10-003", "the next id is unknown", CancelOrder(4, 6), R.ORDER_UNKNOWN),
        ("SM-10-004", "an id below zero is unknown", CancelOrder(4, -1), R.ORDER_UNKNOWN),
        ("SM-10-005", "the largest id is unknown", CancelOrder(4, MAX), R.ORDER_UNKNOWN),
        ("SM-10-006", "another's order", CancelOrder(5, 0), R.ORDER_NOT_OWNED),
        ("SM-10-007", "an unknown account", CancelOrder(6, 0), R.ACCOUNT_UNKNOWN),
        ("SM-10-008", "the fees account has no orders", CancelOrder(0, 0), R.ACCOUNT_RESERVED),
    ),
    _BOOK.reject(
        "SM-10-009",
        "the order of another account of the user",
        CancelOrder(3, 2),
        code=R.ORDER_NOT_OWNED,
        twin="SM-10-010",
    ),
    _BOOK.accept("SM-10-010", "the order of the account", CancelOrder(2, 2)),
    _BOOK.reject(
        "SM-10-011",
        "an order cancelled before",
        CancelOrder(4, 0),
        CancelOrder(4, 0),
        code=R.ORDER_NOT_OPEN,
        twin="SM-10-001",
    ),
    _BOOK.reject(
        "SM-10-012",
        "a filled order",
        ask(3, 100, 990_000),
        CancelOrder(4, 0),
        code=R.ORDER_NOT_OPEN,
        twin="SM-10-013",
    ),
    _BOOK.accept("SM-10-013", "what is left of an order", ask(3, 99, 990_000), CancelOrder(4, 0)),
    _BOOK.reject(
        "SM-10-014",
        "an order that expired at once",
        market(3, Side.BID, 200),
        CancelOrder(3, 6),
        code=R.ORDER_NOT_OPEN,
        twin="SM-10-015",
    ),
    _BOOK.accept(
        "SM-10-015", "an order that rests in part", bid(3, 200, 1_010_000), CancelOrder(3, 6)
    ),
    _ORDER.reject(
        "SM-10-016",
        "an unknown account goes before an unknown order",
        CancelOrder(6, 6),
        code=R.ACCOUNT_UNKNOWN,
        twin="SM-10-001",
    ),
    _ORDER.reject(
        "SM-10-017",
        "a system account goes before an unknown order",
        CancelOrder(1, 6),
        code=R.ACCOUNT_RESERVED,
        twin="SM-10-001",
    ),
    _ORDER.reject(
        "SM-10-018",
        "another's order goes before an order that ended",
        CancelOrder(4, 0),
        CancelOrder(5, 0),
        code=R.ORDER_NOT_OWNED,
        twin="SM-10-001",
    ),
    Group("dated").accept(
        "SM-10-019",
        "old prices keep no order",
        bid(3, 1, USD),
        AdvanceTime(1000),
        CancelOrder(3, 0),
    ),
    Group("spot").accept(
        "SM-10-020",
        "an account below its margin cancels",
        bid(3, 10_000, USD, flags=flags(borrow=True)),
        SetPrice("SOL", 1),
        CancelOrder(3, 0),
    ),
    Group("spot").trace(
        "SM-10-021",
        "what was reserved may be used again",
        bid(3, 1000, USD),
        CancelOrder(3, 0),
        bid(3, 1000, USD),
        why=Why.CONSERVATION,
    ),
    Group("spot").trace(
        "SM-10-022",
        "a cancellation is no occasion to sweep: what it frees is not lent",
        bid(3, 1000, USD),
        settings(3, auto_lend=True, auto_repay_borrows=True),
        CancelOrder(3, 0),
    ),
)

_SECOND: Final = "SOL_USDC_2"

_TWO: Final = Group("spot_book", (ListMarket(_SECOND, MARKET), bid(4, 10, USD, market=_SECOND)))

_ALL: Final[tuple[Case, ...]] = (
    _BOOK.accept("SM-10-030", "all orders of an account, on both sides", CancelAllOrders(4, SPOT)),
    _BOOK.accept(
        "SM-10-031", "an account without orders has none to cancel", CancelAllOrders(3, SPOT)
    ),
    _TWO.accept("SM-10-032", "the orders of one market alone", CancelAllOrders(4, SPOT)),
    _TWO.accept("SM-10-033", "the orders of the other market alone", CancelAllOrders(4, _SECOND)),
    *_BOOK.refusals(
        "SM-10-030",
        ("SM-10-034", "an unknown account", CancelAllOrders(6, SPOT), R.ACCOUNT_UNKNOWN),
        ("SM-10-035", "an account below zero", CancelAllOrders(-1, SPOT), R.ACCOUNT_UNKNOWN),
        ("SM-10-036", "a system account", CancelAllOrders(0, SPOT), R.ACCOUNT_RESERVED),
        ("SM-10-037", "an unknown market", CancelAllOrders(4, _SECOND), R.MARKET_UNKNOWN),
    ),
    _ORDER.reject(
        "SM-10-038",
        "an unknown account goes before an unknown market",
        CancelAllOrders(6, _SECOND),
        code=R.ACCOUNT_UNKNOWN,
        twin="SM-10-030",
    ),
    _ORDER.reject(
        "SM-10-039",
        "a system account goes before an unknown market",
        CancelAllOrders(1, _SECOND),
        code=R.ACCOUNT_RESERVED,
        twin="SM-10-030",
    ),
    _BOOK.trace(
        "SM-10-040",
        "the oldest order ends first, wherever it stands",
        bid(4, 10, 995_000),
        ask(4, 10, 1_005_000),
        CancelAllOrders(4, SPOT),
    ),
    _BOOK.trace(
        "SM-10-041",
        "then all is free to leave",
        CancelAllOrders(2, SPOT),
        Transfer(2, 3, "USDC", 1000 * USD),
        Transfer(2, 3, "SOL", 10 * COIN),
        CancelAllOrders(2, SPOT),
        why=Why.CONSERVATION,
    ),
)

_CANCELS: Final[tuple[Case, ...]] = (
    Group("spot", (bid(3, 1, 990_000), bid(3, 1, 980_000))).accept(
        "SM-10-220",
        "an order that was amended is cancelled by its id, not by its place",
        AmendOrder(3, 0, 1, 970_000),
        CancelAllOrders(3, SPOT),
    ),
    Group("spot", (bid(3, 1, 990_000), bid(3, 1, 980_000), ask(3, 1, 1_100_000))).accept(
        "SM-10-221",
        "of both sides by id, after two were amended to the same price",
        AmendOrder(3, 1, 2, 970_000),
        AmendOrder(3, 0, 2, 970_000),
        CancelAllOrders(3, SPOT),
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *_ONE,
    *_ALL,
    *_CANCELS,
)
