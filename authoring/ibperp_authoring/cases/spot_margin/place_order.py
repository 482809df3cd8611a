"""Cases of placing an order: malformed ones, and what a market takes (SM-4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import Action, CancelOrder, ListAsset, ListMarket
from ibperp.orders import Side, TimeInForce
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import OrderBookState
from ibperp_authoring.cases.builder import Case, Group, Why, ask, bid, market
from ibperp_authoring.cases.setups import MARKET, MAX, SOL, USD, market_with

_SPOT: Final = Group("spot")
_BOOK: Final = Group("spot_book")
_EDGE: Final = Group("spot_book", why=Why.BOUNDARY)

_IOC: Final = TimeInForce.IOC
_FOK: Final = TimeInForce.FOK
_GTC: Final = TimeInForce.GTC


def _first(number: int, words: str, order: Action, code: R) -> Case:
    """Return a case of two faults of one order, the first of which names the rejection."""
    case, title = f"SM-4-{number:03}", f"{words} goes first"
    return Group("spot_book", why=Why.PRECEDENCE).reject(
        case, title, order, code=code, twin="SM-4-001"
    )


_MALFORMED: Final[tuple[Case, ...]] = (
    _BOOK.accept("SM-4-001", "a limit order that rests", bid(3, 1, 980_000)),
    _BOOK.accept("SM-4-002", "a market order", market(3, Side.BID, 1)),
    _BOOK.accept("SM-4-003", "immediate or cancel", bid(3, 1, 980_000, time_in_force=_IOC)),
    _BOOK.accept("SM-4-004", "fill or kill", bid(3, 1, 1_010_000, time_in_force=_FOK)),
    _BOOK.accept("SM-4-005", "a post-only order", bid(3, 1, 980_000, post_only=True)),
    *_EDGE.refusals(
        "SM-4-001",
        ("SM-4-006", "no lot", bid(3, 0, 980_000), R.AMOUNT_NOT_POSITIVE),
        ("SM-4-007", "a lot below zero", bid(3, -1, 980_000), R.AMOUNT_NOT_POSITIVE),
        ("SM-4-008", "lots out of range", bid(3, MAX + 1, 980_000), R.OUT_OF_RANGE),
        ("SM-4-009", "the most lots that can be written", bid(3, MAX, USD), R.INSUFFICIENT_FUNDS),
        ("SM-4-010", "a price out of range", bid(3, 1, MAX + 1), R.OUT_OF_RANGE),
        ("SM-4-011", "a price out of range below", bid(3, 1, -MAX - 1), R.OUT_OF_RANGE),
        ("SM-4-012", "a limit order without a price", bid(3, 1, 0), R.PRICE_INVALID),
        ("SM-4-013", "a price below zero", bid(3, 1, -100), R.PRICE_INVALID),
        ("SM-4-014", "an unknown account", bid(6, 1, 980_000), R.ACCOUNT_UNKNOWN),
        ("SM-4-015", "an account below zero", bid(-1, 1, 980_000), R.ACCOUNT_UNKNOWN),
        ("SM-4-016", "the fees account", bid(0, 1, 980_000), R.ACCOUNT_RESERVED),
        ("SM-4-017", "the insurance account", ask(1, 1, 1_020_000), R.ACCOUNT_RESERVED),
        ("SM-4-018", "an unknown market", bid(3, 1, 980_000, market="X"), R.MARKET_UNKNOWN),
    ),
    *_EDGE.refusals(
        "SM-4-002",
        (
            "SM-4-019",
            "a market order with a price",
            replace(market(3, Side.BID, 1), price=100),
            R.PRICE_INVALID,
        ),
        (
            "SM-4-020",
            "with a price below zero",
            replace(market(3, Side.BID, 1), price=-1),
            R.PRICE_INVALID,
        ),
        (
            "SM-4-021",
            "that would rest",
            market(3, Side.BID, 1, time_in_force=_GTC),
            R.ORDER_INVALID,
        ),
        ("SM-4-022", "that is post-only", market(3, Side.BID, 1, post_only=True), R.ORDER_INVALID),
    ),
    _EDGE.reject(
        "SM-4-023",
        "post-only and immediate",
        bid(3, 1, 980_000, time_in_force=_IOC, post_only=True),
        code=R.ORDER_INVALID,
        twin="SM-4-003",
    ),
    _EDGE.reject(
        "SM-4-024",
        "post-only and fill or kill",
        bid(3, 1, 1_010_000, time_in_force=_FOK, post_only=True),
        code=R.ORDER_INVALID,
        twin="SM-4-004",
    ),
)

_MARKET_POST_ONLY: Final = market(3, Side.BID, 1, post_only=True)
_INVALID: Final[dict[str, Any]] = {"time_in_force": _IOC, "post_only": True}

_MALFORMED_ORDER: Final[tuple[Case, ...]] = (
    _first(30, "no lot", bid(3, 0, MAX + 1), R.AMOUNT_NOT_POSITIVE),
    _first(31, "lots out of range", bid(3, MAX + 1, 0), R.OUT_OF_RANGE),
    _first(32, "no price", bid(3, 1, 0, **_INVALID), R.PRICE_INVALID),
    _first(33, "an invalid order", bid(6, 1, 980_000, **_INVALID), R.ORDER_INVALID),
    _first(34, "an unknown account", bid(6, 1, 980_000, market="X"), R.ACCOUNT_UNKNOWN),
    _first(35, "a system account", bid(0, 1, 980_000, market="X"), R.ACCOUNT_RESERVED),
    _first(36, "an unknown market, before its tick,", bid(3, 1, 1, market="X"), R.MARKET_UNKNOWN),
    _first(
        37,
        "the price of a market order, before post-only,",
        replace(_MARKET_POST_ONLY, price=1),
        R.PRICE_INVALID,
    ),
)

_BTC: Final = (ListAsset("BTC", SOL), ListMarket("BTC_USDC", replace(MARKET, base="BTC")))
_SOL_BTC: Final = (ListAsset("BTC", SOL), ListMarket("SOL_BTC", replace(MARKET, quote="BTC")))

_TAKEN: Final[tuple[Case, ...]] = (
    *_EDGE.pair(
        ("SM-4-040", "SM-4-041"),
        ("a price on the tick", "a price one atom off the tick"),
        accepted=bid(3, 1, 980_100),
        refused=bid(3, 1, 980_101),
        code=R.PRICE_OFF_TICK,
    ),
    _EDGE.accept(
        "SM-4-042", "with a tick of one every price", market_with(tick=1), bid(3, 1, 980_101)
    ),
    _EDGE.accept("SM-4-043", "a market order is on every tick", market(3, Side.ASK, 1)),
    *Group("spot_book", (market_with(minimum_lots=10),), Why.BOUNDARY).pair(
        ("SM-4-044", "SM-4-045"),
        ("the least lots", "one lot below the least"),
        accepted=bid(3, 10, 980_000),
        refused=bid(3, 9, 980_000),
        code=R.LOTS_BELOW_MINIMUM,
    ),
    *Group("spot_book", (market_with(minimum_lots=10),), Why.BOUNDARY).pair(
        ("SM-4-046", "SM-4-047"),
        ("the least lots at the market", "one lot below at the market"),
        accepted=market(3, Side.BID, 10),
        refused=market(3, Side.BID, 9),
        code=R.LOTS_BELOW_MINIMUM,
    ),
    Group("spot_book", (market_with(minimum_lots=10),)).accept(
        "SM-4-048", "the least lots may rest in part", bid(3, 155, 1_010_000)
    ),
    *Group("spot", _BTC).pair(
        ("SM-4-049", "SM-4-050"),
        ("a market with both prices", "a base without a price"),
        accepted=bid(3, 1, USD),
        refused=bid(3, 1, USD, market="BTC_USDC"),
        code=R.PRICE_UNKNOWN,
    ),
    *Group("spot", _SOL_BTC).pair(
        ("SM-4-051", "SM-4-052"),
        ("a market with both prices", "a quote without a price"),
        accepted=ask(3, 1, USD),
        refused=ask(3, 1, USD, market="SOL_BTC"),
        code=R.PRICE_UNKNOWN,
    ),
    _EDGE.accept("SM-4-054", "a bid one tick below the asks", bid(3, 1, 1_009_900, post_only=True)),
    _EDGE.reject(
        "SM-4-055",
        "a post-only bid at the best ask",
        bid(3, 1, 1_010_000, post_only=True),
        code=R.POST_ONLY_TAKER,
        twin="SM-4-054",
    ),
    _EDGE.accept("SM-4-056", "an ask one tick above the bids", ask(3, 1, 990_100, post_only=True)),
    _EDGE.reject(
        "SM-4-057",
        "a post-only ask at the best bid",
        ask(3, 1, 990_000, post_only=True),
        code=R.POST_ONLY_TAKER,
        twin="SM-4-056",
    ),
    _SPOT.accept(
        "SM-4-058", "a post-only order in an empty book", ask(3, 1, 600_000, post_only=True)
    ),
    _BOOK.reject(
        "SM-4-059",
        "a post-only order that would only meet its own user's",
        CancelOrder(4, 1),
        CancelOrder(5, 5),
        bid(3, 1, 1_020_000, post_only=True),
        code=R.POST_ONLY_TAKER,
        twin="SM-4-054",
    ),
    _BOOK.accept(
        "SM-4-060",
        "a resting post-only order is met",
        bid(3, 1, 995_000, post_only=True),
        ask(4, 1, 995_000),
    ),
)

_PAUSED: Final = market_with(order_book_state=OrderBookState.CANCEL_ONLY)
_FULL: Final = (bid(3, 1, 970_000), bid(3, 1, 970_000), bid(3, 1, 970_000))
_LIMIT: Final = Group("spot_book", (*_FULL, ask(3, 1, 1_030_000)), Why.BOUNDARY)

_NUMBER: Final[tuple[Case, ...]] = (
    Group("spot_book", _FULL, Why.BOUNDARY).accept(
        "SM-4-070", "as many open orders as may be", ask(3, 1, 1_030_000)
    ),
    _LIMIT.reject(
        "SM-4-071", "one open order more", bid(3, 1, 970_000), code=R.ORDER_LIMIT, twin="SM-4-072"
    ),
    _LIMIT.accept(
        "SM-4-072", "one more that does not rest", bid(3, 1, 970_000, time_in_force=_IOC)
    ),
    _LIMIT.accept("SM-4-073", "one more at the market", market(3, Side.BID, 1)),
    _LIMIT.reject(
        "SM-4-074",
        "one more that would fill at once, but might rest",
        bid(3, 1, 1_010_000),
        code=R.ORDER_LIMIT,
        twin="SM-4-075",
    ),
    _LIMIT.accept(
        "SM-4-075", "the same, killed unless filled", bid(3, 1, 1_010_000, time_in_force=_FOK)
    ),
    _LIMIT.accept(
        "SM-4-076", "a cancelled order makes room", CancelOrder(3, 6), bid(3, 1, 970_000)
    ),
    Group("spot", (bid(3, 1, 970_000),) * 4).accept(
        "SM-4-077", "a filled order makes room", ask(4, 1, 970_000), bid(3, 1, 970_000)
    ),
    _LIMIT.reject(
        "SM-4-078",
        "the orders of all markets count",
        ListMarket("SOL_USDC_2", MARKET),
        bid(3, 1, 970_000, market="SOL_USDC_2"),
        code=R.ORDER_LIMIT,
        twin="SM-4-079",
    ),
    _LIMIT.accept(
        "SM-4-079",
        "the orders of another account do not",
        ListMarket("SOL_USDC_2", MARKET),
        bid(2, 1, 970_000, market="SOL_USDC_2"),
    ),
)

_REDUCE: Final[dict[str, Any]] = {"reduce_only": True}

_TAKEN_ORDER: Final[tuple[Case, ...]] = (
    Group("spot_book", (_PAUSED,), Why.PRECEDENCE).reject(
        "SM-4-080",
        "a paused market before the tick",
        bid(3, 1, 980_001),
        code=R.TRADING_PAUSED,
        twin="SM-4-040",
    ),
    Group("spot_book", (market_with(minimum_lots=2),), Why.PRECEDENCE).reject(
        "SM-4-081",
        "the tick before the least lots",
        bid(3, 1, 980_001),
        code=R.PRICE_OFF_TICK,
        twin="SM-4-040",
    ),
    Group(
        "spot",
        (*_BTC[:1], ListMarket("BTC_USDC", replace(MARKET, base="BTC", minimum_lots=2))),
        Why.PRECEDENCE,
    ).reject(
        "SM-4-082",
        "the least lots before a missing price",
        bid(3, 1, USD, market="BTC_USDC"),
        code=R.LOTS_BELOW_MINIMUM,
        twin="SM-4-040",
    ),
    _LIMIT.reject(
        "SM-4-083",
        "the band before the number of orders",
        bid(3, 1, 400_000),
        code=R.PRICE_OUT_OF_BOUNDS,
        twin="SM-4-072",
        why=Why.PRECEDENCE,
    ),
    _LIMIT.reject(
        "SM-4-084",
        "the number of orders before reduce-only",
        bid(3, 1, 970_000, **_REDUCE),
        code=R.ORDER_LIMIT,
        twin="SM-4-072",
        why=Why.PRECEDENCE,
    ),
    Group("spot", (*_BTC, *((bid(3, 1, 970_000),) * 4)), Why.PRECEDENCE).reject(
        "SM-4-085",
        "a missing price before the number of orders",
        bid(3, 1, USD, market="BTC_USDC"),
        code=R.PRICE_UNKNOWN,
        twin="SM-4-049",
    ),
    _first(
        86,
        "reduce-only, before post-only,",
        bid(3, 1, 1_010_000, post_only=True, **_REDUCE),
        R.REDUCE_ONLY_NOT_REDUCED,
    ),
    _first(
        87,
        "post-only, before the funds,",
        bid(3, 5000, 1_010_000, post_only=True),
        R.POST_ONLY_TAKER,
    ),
    _first(
        88,
        "fill or kill, before the funds of lots that never trade,",
        bid(3, 5000, 1_010_000, time_in_force=_FOK),
        R.FILL_OR_KILL,
    ),
)

CASES: Final[tuple[Case, ...]] = (
    *_MALFORMED,
    *_MALFORMED_ORDER,
    *_TAKEN,
    *_NUMBER,
    *_TAKEN_ORDER,
)
