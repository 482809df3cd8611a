"""Cases of what each state of a book admits (SM-2)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import (
    Action,
    AmendOrder,
    CancelAllOrders,
    CancelOrder,
    ConvertDust,
    Deposit,
    SetPrice,
    Transfer,
)
from ibperp.orders import Side, TimeInForce
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import OrderBookState
from ibperp_authoring.cases.builder import SPOT, Case, Group, Refused, Why, ask, bid, market
from ibperp_authoring.cases.setups import COIN, LOT, USD, market_with

_BOOK: Final = Group("spot_book")

_ADMITTED: Final[dict[OrderBookState, frozenset[str]]] = {
    OrderBookState.OPEN: frozenset({"limit", "taker", "ioc", "fok", "post_only", "market"}),
    OrderBookState.LIMIT_ONLY: frozenset({"limit", "taker", "ioc", "fok", "post_only"}),
    OrderBookState.POST_ONLY: frozenset({"post_only"}),
    OrderBookState.CANCEL_ONLY: frozenset(),
    OrderBookState.CLOSED: frozenset(),
}

_ORDERS: Final[dict[str, tuple[str, Action]]] = {
    "limit": ("an order that rests", bid(3, 10, 980_000)),
    "taker": ("an order that trades", bid(3, 10, 1_010_000)),
    "ioc": ("immediate or cancel", bid(3, 10, 1_010_000, time_in_force=TimeInForce.IOC)),
    "fok": ("fill or kill", bid(3, 10, 1_010_000, time_in_force=TimeInForce.FOK)),
    "post_only": ("a post-only order", bid(3, 10, 980_000, post_only=True)),
    "market": ("a market order", market(3, Side.BID, 10)),
}


def _ladder() -> tuple[Case, ...]:
    """Return every state with every order; the twin of a refused order is that of an open book."""
    cases = []
    for row, (state, admitted) in enumerate(_ADMITTED.items()):
        for column, (name, (words, order)) in enumerate(_ORDERS.items(), 1):
            case, title = f"SM-2-{6 * row + column:03}", f"{state.replace('_', ' ')}: {words}"
            steps = (market_with(order_book_state=state), order)
            if name in admitted:
                cases.append(_BOOK.accept(case, title, *steps))
            else:
                twin = f"SM-2-{column:03}"
                cases.append(
                    _BOOK.reject(case, f"{title}: not", *steps, code=R.TRADING_PAUSED, twin=twin)
                )
    return tuple(cases)


_CANCEL_ONLY: Final = market_with(order_book_state=OrderBookState.CANCEL_ONLY)
_POST_ONLY: Final = market_with(order_book_state=OrderBookState.POST_ONLY)
_CLOSED: Final = market_with(order_book_state=OrderBookState.CLOSED)
_LIMIT_ONLY: Final = market_with(order_book_state=OrderBookState.LIMIT_ONLY)
_FEWER: Final = AmendOrder(4, 0, 99, 990_000)
"""The oldest order of the book, of 100 lots, shrinks in its place."""
_DUST: Final = (Deposit(0, "USDC", "solana", 9, USD), Transfer(3, 2, "SOL", 10 * COIN - LOT // 2))

_CHANGES: Final[tuple[Case, ...]] = (
    _BOOK.accept("SM-2-060", "closing ends every order and frees what it reserved", _CLOSED),
    _BOOK.accept("SM-2-061", "cancel only: the book rests on", _CANCEL_ONLY),
    _BOOK.accept("SM-2-062", "cancel only: cancel", _CANCEL_ONLY, CancelOrder(4, 0)),
    _BOOK.accept("SM-2-063", "cancel only: cancel all", _CANCEL_ONLY, CancelAllOrders(4, SPOT)),
    _BOOK.accept("SM-2-064", "open: fewer lots", _FEWER),
    _BOOK.accept("SM-2-065", "cancel only: fewer lots", _CANCEL_ONLY, _FEWER),
    _BOOK.accept("SM-2-066", "post only: fewer lots of an order that is not", _POST_ONLY, _FEWER),
    _BOOK.accept("SM-2-076", "limit only: fewer lots", _LIMIT_ONLY, _FEWER),
    _BOOK.accept(
        "SM-2-077",
        "cancel only: an order amended to what it is",
        _CANCEL_ONLY,
        AmendOrder(4, 0, 100, 990_000),
    ),
    _BOOK.reject(
        "SM-2-078",
        "cancel only: not at another price, even with fewer lots",
        _CANCEL_ONLY,
        AmendOrder(4, 0, 99, 989_900),
        code=R.TRADING_PAUSED,
        twin="SM-2-065",
    ),
    _BOOK.reject(
        "SM-2-079",
        "cancel only: not a lot more",
        _CANCEL_ONLY,
        AmendOrder(4, 0, 101, 990_000),
        code=R.TRADING_PAUSED,
        twin="SM-2-077",
    ),
    _BOOK.reject(
        "SM-2-080",
        "post only: not a lot more of an order that is not",
        _POST_ONLY,
        AmendOrder(4, 0, 101, 990_000),
        code=R.TRADING_PAUSED,
        twin="SM-2-066",
    ),
    _BOOK.reject(
        "SM-2-081",
        "closed: the orders are gone before their owners shrink them",
        _CLOSED,
        _FEWER,
        code=R.ORDER_NOT_OPEN,
        twin="SM-2-065",
    ),
    Group("spot", (bid(4, 100, 990_000, post_only=True),)).accept(
        "SM-2-067",
        "post only: an amendment of an order that is",
        _POST_ONLY,
        AmendOrder(4, 0, 100, 980_000),
    ),
    _BOOK.accept(
        "SM-2-068",
        "limit only: an amendment",
        _LIMIT_ONLY,
        AmendOrder(4, 0, 100, 980_000),
    ),
    _BOOK.accept("SM-2-069", "an order is cancelled", CancelOrder(4, 0)),
    _BOOK.reject(
        "SM-2-070",
        "closed: the orders are gone before their owners cancel",
        _CLOSED,
        CancelOrder(4, 0),
        code=R.ORDER_NOT_OPEN,
        twin="SM-2-069",
    ),
    _BOOK.accept("SM-2-071", "closed: cancel all finds none", _CLOSED, CancelAllOrders(4, SPOT)),
    Group("spot", _DUST, clauses=("SM-12",)).accept(
        "SM-2-072", "closed: dust is converted", _CLOSED, ConvertDust(3, SPOT)
    ),
    Group("spot", (SetPrice("SOL", 100),), Why.BOUNDARY).accept(
        "SM-2-075",
        "limit only: a limit of one atom is a limit",
        market_with(order_book_state=OrderBookState.LIMIT_ONLY, tick=1),
        bid(3, 1, 1),
    ),
    _BOOK.trace(
        "SM-2-073",
        "opened again, the book is empty and knows its last price",
        ask(3, 10, 990_000),
        _CLOSED,
        _CLOSED,
        Refused(bid(3, 10, 980_000), R.TRADING_PAUSED),
        market_with(),
        bid(4, 1000, 990_000),
        why=Why.CONSERVATION,
    ),
    _BOOK.trace(
        "SM-2-074",
        "closing ends a partly filled order with the lots that are left",
        ask(3, 30, 990_000),
        _CLOSED,
    ),
)

CASES: Final[tuple[Case, ...]] = (*_ladder(), *_CHANGES)
