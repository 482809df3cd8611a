"""Cases of what each state of a book admits, and of delisting (PP-2)."""

from __future__ import annotations

from typing import Any, Final

from ibperp.actions import Action, AmendOrder, CancelAllOrders, CancelOrder, SettleMarket
from ibperp.orders import Side, TimeInForce
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import OrderBookState
from ibperp_authoring.cases.builder import (
    PERP,
    Case,
    Group,
    Refused,
    Why,
    ask,
    bid,
    long,
    market,
    short,
)
from ibperp_authoring.cases.perpetuals.steps import CLOSED, book_state, mark, sale
from ibperp_authoring.cases.setups import USD, market_with, perpetual_with

_BOOK: Final = Group("perpetual_open", (long(4, 50, 990_000), short(5, 50, 1_010_000)))
"""Account 2 is long by 100 lots, 3 short; 4 bids below the mark and 5 asks above it."""

_PERP: Final[dict[str, Any]] = {"market": PERP}
_REDUCE: Final[dict[str, Any]] = {"reduce_only": True}

_STATES: Final[dict[OrderBookState, frozenset[str]]] = {
    OrderBookState.OPEN: frozenset(
        {"limit", "taker", "market", "post", "reduce", "reduce market", "reduce post"}
    ),
    OrderBookState.LIMIT_ONLY: frozenset({"limit", "taker", "post", "reduce", "reduce post"}),
    OrderBookState.POST_ONLY: frozenset({"post", "reduce post"}),
    OrderBookState.REDUCE_ONLY: frozenset({"reduce", "reduce market", "reduce post"}),
    OrderBookState.CANCEL_ONLY: frozenset(),
    OrderBookState.CLOSED: frozenset(),
}

_ORDERS: Final[dict[str, tuple[str, Action]]] = {
    "limit": ("an order that rests", short(2, 10, 1_020_000)),
    "taker": ("an order that trades", short(2, 10, 990_000)),
    "market": ("a market order", market(2, Side.ASK, 10, **_PERP)),
    "post": ("a post-only order", short(2, 10, 1_020_000, post_only=True)),
    "reduce": ("a reduce-only order that trades", short(2, 10, 990_000, **_REDUCE)),
    "reduce market": (
        "a reduce-only market order",
        market(2, Side.ASK, 10, **_PERP, **_REDUCE),
    ),
    "reduce post": (
        "a reduce-only post-only order",
        short(2, 10, 1_020_000, post_only=True, **_REDUCE),
    ),
}


def _ladder() -> tuple[Case, ...]:
    """Return every state with every order; the twin of a refused order is that of an open book."""
    cases = []
    for row, (state, admitted) in enumerate(_STATES.items()):
        for column, (name, (words, order)) in enumerate(_ORDERS.items(), 40):
            case, title = f"PP-2-{7 * row + column:03}", f"{state.replace('_', ' ')}: {words}"
            steps = (book_state(state), order)
            if name in admitted:
                cases.append(_BOOK.accept(case, title, *steps))
            else:
                twin = f"PP-2-{column:03}"
                cases.append(
                    _BOOK.reject(case, f"{title}: not", *steps, code=R.TRADING_PAUSED, twin=twin)
                )
    return tuple(cases)


_REDUCING: Final = book_state(OrderBookState.REDUCE_ONLY)
_CANCELLING: Final = book_state(OrderBookState.CANCEL_ONLY)
_PLAIN: Final = Group("perpetual_open", (short(2, 50, 1_020_000), _REDUCING))
"""A plain order rests in a book that has become reduce-only."""

_PAUSED: Final[tuple[Case, ...]] = (
    *_BOOK.pair(
        ("PP-2-085", "PP-2-086"),
        ("reduce only: as many lots as the position has", "reduce only: a lot more"),
        _REDUCING,
        accepted=short(2, 100, 1_020_000, **_REDUCE),
        refused=short(2, 101, 1_020_000, **_REDUCE),
        code=R.REDUCE_ONLY_NOT_REDUCED,
        why=Why.BOUNDARY,
    ),
    _BOOK.reject(
        "PP-2-087",
        "reduce only: the side that adds",
        _REDUCING,
        long(2, 10, 990_000, **_REDUCE),
        code=R.REDUCE_ONLY_NOT_REDUCED,
        twin="PP-2-085",
    ),
    Group("perpetual_open", why=Why.PRECEDENCE).reject(
        "PP-2-088",
        "a paused book goes before a side that adds",
        _CANCELLING,
        long(2, 10, 990_000, **_REDUCE),
        code=R.TRADING_PAUSED,
        twin="PP-2-085",
    ),
    _BOOK.accept(
        "PP-2-089",
        "reduce only: a plain order that rests is filled, and adds to a position",
        _REDUCING,
        short(2, 40, 990_000, **_REDUCE),
    ),
    *_PLAIN.pair(
        ("PP-2-090", "PP-2-091"),
        ("reduce only: a plain order is made smaller", "reduce only: and not larger"),
        accepted=AmendOrder(2, 2, 40, 1_020_000),
        refused=AmendOrder(2, 2, 60, 1_020_000),
        code=R.TRADING_PAUSED,
    ),
    _PLAIN.reject(
        "PP-2-092",
        "reduce only: nor moved",
        AmendOrder(2, 2, 50, 1_010_000),
        code=R.TRADING_PAUSED,
        twin="PP-2-093",
    ),
    Group("perpetual_open", (short(2, 50, 1_020_000, **_REDUCE), _REDUCING)).accept(
        "PP-2-093", "reduce only: a reduce-only order is moved", AmendOrder(2, 2, 50, 1_010_000)
    ),
    _BOOK.accept("PP-2-094", "cancel only: an order is cancelled", _CANCELLING, CancelOrder(4, 2)),
    _BOOK.accept(
        "PP-2-095", "reduce only: all orders are cancelled", _REDUCING, CancelAllOrders(5, PERP)
    ),
    _BOOK.accept(
        "PP-2-096",
        "closing the book cancels every order, of both sides, best first",
        long(6, 10, 995_000),
        short(6, 10, 1_005_000),
        long(4, 10, 990_000),
        CLOSED,
    ),
    _BOOK.accept("PP-2-097", "a closed market has a mark", CLOSED, mark(1_100_000)),
    _BOOK.trace(
        "PP-2-098",
        "a closed market opens again, without its orders",
        CLOSED,
        perpetual_with(),
        *sale(3, 2, 10, USD),
    ),
)

_ENDING: Final[tuple[Case, ...]] = (
    _BOOK.trace(
        "PP-2-100",
        "delisting: reduce only, cancel only, closed, settled",
        _REDUCING,
        Refused(long(6, 10, 990_000), R.TRADING_PAUSED),
        short(2, 30, 990_000, **_REDUCE),
        _CANCELLING,
        Refused(short(2, 30, 990_000, **_REDUCE), R.TRADING_PAUSED),
        Refused(SettleMarket(PERP, USD), R.MARKET_NOT_CLOSED),
        CLOSED,
        SettleMarket(PERP, 1_050_000),
        Refused(CancelOrder(4, 2), R.ORDER_NOT_OPEN),
    ),
    _BOOK.trace(
        "PP-2-101",
        "delisting: a market that was settled opens anew",
        CLOSED,
        SettleMarket(PERP, 1_050_000),
        perpetual_with(),
        *sale(3, 2, 10, USD),
    ),
    _BOOK.trace(
        "PP-2-102",
        "delisting under stress: a loss beyond what the account has",
        long(6, 10_000, USD),
        short(3, 10_000, USD, time_in_force=TimeInForce.IOC),
        CLOSED,
        SettleMarket(PERP, 3 * USD),
        why=Why.ATTACK,
    ),
)

_SPOT: Final = Group(
    "spot", (market_with(order_book_state=OrderBookState.REDUCE_ONLY),), clauses=("SM-2",)
)

_SPOT_STATES: Final[tuple[Case, ...]] = (
    *_SPOT.pair(
        ("PP-2-110", "PP-2-111"),
        ("a spot market that is reduce only takes such an order", "and no other"),
        accepted=ask(2, 100, 1_010_000, **_REDUCE),
        refused=ask(2, 100, 1_010_000),
        code=R.TRADING_PAUSED,
    ),
    _SPOT.reject(
        "PP-2-112",
        "and none that adds",
        bid(2, 100, 990_000, **_REDUCE),
        code=R.REDUCE_ONLY_NOT_REDUCED,
        twin="PP-2-110",
    ),
)

CASES: Final[tuple[Case, ...]] = (*_ladder(), *_PAUSED, *_ENDING, *_SPOT_STATES)
