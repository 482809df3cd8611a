"""Cases of the book: priority, what resting orders reserve, and their backing (SM-5)."""

from __future__ import annotations

from typing import Any, Final

from ibperp.actions import AmendOrder, Borrow, CancelOrder, Lend, Redeem, Repay, Transfer
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Why, ask, bid, flags, settings, withdraw
from ibperp_authoring.cases.setups import COIN, USD, market_with

_REDEEM: Final[dict[str, Any]] = {"flags": flags(redeem=True)}

_CHURN: Final[tuple[Case, ...]] = (
    Group("spot_lent", why=Why.ATTACK).trace(
        "SM-5-202",
        "SC-26: a thousand lots reserved and freed leave a lend as it was",
        *(
            step
            for order in (0, 1, 2)
            for step in (bid(2, 1000, USD, **_REDEEM), CancelOrder(2, order))
        ),
        Redeem(2, "USDC", None),
    ),
)

_BOOK: Final = Group("spot_book")

_PRIORITY: Final[tuple[Case, ...]] = (
    _BOOK.accept("SM-5-001", "of one price the older order trades first", ask(3, 100, 990_000)),
    _BOOK.accept("SM-5-002", "then the younger", ask(3, 120, 990_000)),
    _BOOK.accept(
        "SM-5-003",
        "a better bid goes first, however young",
        bid(5, 10, 990_100),
        ask(3, 20, 990_000),
    ),
    _BOOK.accept(
        "SM-5-004",
        "a better ask goes first, however young",
        ask(5, 10, 1_009_900),
        bid(3, 20, 1_010_000),
    ),
    _BOOK.accept("SM-5-005", "of one price the older ask trades first", bid(3, 100, 1_010_000)),
    _BOOK.trace(
        "SM-5-006",
        "an order that was given more lots stands behind the others",
        AmendOrder(4, 0, 101, 990_000),
        ask(3, 50, 990_000),
    ),
    _BOOK.trace(
        "SM-5-007",
        "an order that was given fewer lots keeps its place",
        AmendOrder(4, 0, 60, 990_000),
        ask(3, 50, 990_000),
    ),
    _BOOK.trace(
        "SM-5-008",
        "an order amended to what it is keeps its place",
        AmendOrder(4, 0, 100, 990_000),
        ask(3, 50, 990_000),
    ),
    _BOOK.trace(
        "SM-5-009",
        "an order that left its price and came back stands behind the others",
        AmendOrder(4, 0, 100, 989_900),
        AmendOrder(4, 0, 100, 990_000),
        ask(3, 50, 990_000),
    ),
    _BOOK.trace(
        "SM-5-010",
        "an order that was filled in part keeps its place",
        ask(3, 30, 990_000),
        bid(5, 10, 990_000),
        ask(3, 70, 990_000),
    ),
    _BOOK.trace(
        "SM-5-011",
        "the rest of a taker stands behind those of its price",
        bid(3, 160, 1_010_000),
        bid(4, 10, 1_010_000),
        ask(5, 15, 1_010_000),
    ),
)

_SPOT: Final = Group("spot")

_FEE: Final = market_with(maker_fee=RATIO // 1000)
_CHARGED: Final = Group("spot", (_FEE,), Why.ROUNDING)

_RESERVED: Final[tuple[Case, ...]] = (
    _SPOT.accept(
        "SM-5-020", "a bid reserves its cost; a rebate is not counted", bid(3, 3, 990_100)
    ),
    _SPOT.accept("SM-5-021", "an ask reserves its lots", ask(3, 3, 990_100)),
    _CHARGED.accept(
        "SM-5-022", "a bid reserves the maker fee of each lot, rounded up", bid(3, 3, 990_100)
    ),
    _CHARGED.accept("SM-5-023", "an ask reserves no fee", ask(3, 3, 990_100)),
    _CHARGED.trace(
        "SM-5-024",
        "after each fill the same per lot, then nothing",
        bid(3, 3, 990_100),
        ask(4, 1, 990_100),
        ask(4, 1, 990_100),
        ask(4, 1, 990_100),
    ),
    _CHARGED.trace(
        "SM-5-025",
        "after each amendment to fewer lots likewise",
        bid(3, 7, 990_100),
        AmendOrder(3, 0, 5, 990_100),
        AmendOrder(3, 0, 3, 990_100),
        AmendOrder(3, 0, 1, 990_100),
        CancelOrder(3, 0),
    ),
    Group("spot", (_FEE, Transfer(3, 2, "USDC", 1000 * USD - 2_973_273)), Why.ROUNDING).trace(
        "SM-5-026",
        "a bid of all that is free bears three fills of one lot",
        bid(3, 3, 990_100),
        *(ask(4, 1, 990_100),) * 3,
    ),
    Group("spot", (_FEE, Transfer(3, 2, "USDC", 1000 * USD - 2_973_272)), Why.ROUNDING).reject(
        "SM-5-028",
        "an atom less backs two lots and their fees, not three",
        bid(3, 3, 990_100),
        code=R.INSUFFICIENT_FUNDS,
        twin="SM-5-029",
    ),
    Group("spot", (_FEE, Transfer(3, 2, "USDC", 1000 * USD - 2_973_273)), Why.ROUNDING).accept(
        "SM-5-029",
        "one fill of three lots costs two atoms less than was reserved",
        bid(3, 3, 990_100),
        ask(4, 3, 990_100),
    ),
    _SPOT.trace(
        "SM-5-027",
        "the reservations of two orders add up, and part",
        bid(3, 10, USD),
        bid(3, 20, 990_000),
        ask(3, 5, 1_010_000),
        CancelOrder(3, 0),
    ),
)

_EDGE: Final = Group("spot", why=Why.BOUNDARY)

_BACKED: Final[tuple[Case, ...]] = (
    *_EDGE.pair(
        ("SM-5-030", "SM-5-031"),
        ("a bid of all that is free", "a bid of a lot more"),
        accepted=bid(3, 1000, USD),
        refused=bid(3, 1001, USD),
        code=R.INSUFFICIENT_FUNDS,
    ),
    *_EDGE.pair(
        ("SM-5-032", "SM-5-033"),
        ("an ask of all that is free", "an ask of a lot more"),
        accepted=ask(3, 1000, USD),
        refused=ask(3, 1001, USD),
        code=R.INSUFFICIENT_FUNDS,
    ),
    *Group("spot_book", why=Why.BOUNDARY).pair(
        ("SM-5-034", "SM-5-035"),
        ("a bid of what no firm order reserves", "a bid of a lot more than no firm order reserves"),
        accepted=bid(4, 901, USD),
        refused=bid(4, 902, USD),
        code=R.INSUFFICIENT_FUNDS,
    ),
    *Group("spot", (_FEE,), Why.BOUNDARY).pair(
        ("SM-5-036", "SM-5-037"),
        ("a bid whose fee is free as well", "a bid whose fee is not"),
        accepted=bid(3, 999, USD),
        refused=bid(3, 1000, USD),
        code=R.INSUFFICIENT_FUNDS,
    ),
    *Group("spot_lent", why=Why.BOUNDARY).pair(
        ("SM-5-038", "SM-5-039"),
        ("a bid of all that is lent and may be redeemed", "a bid of a lot more"),
        accepted=bid(2, 1000, USD, flags=flags(redeem=True)),
        refused=bid(2, 1001, USD, flags=flags(redeem=True)),
        code=R.INSUFFICIENT_FUNDS,
    ),
    Group("spot_lent").reject(
        "SM-5-040",
        "a lend that may not be redeemed backs no bid",
        bid(2, 1000, USD),
        code=R.INSUFFICIENT_FUNDS,
        twin="SM-5-038",
    ),
    *Group("spot", (Lend(3, "SOL", 4 * COIN),), Why.BOUNDARY).pair(
        ("SM-5-041", "SM-5-042"),
        ("an ask of what is free and what is lent", "an ask of a lot more"),
        accepted=ask(3, 1000, USD, flags=flags(redeem=True)),
        refused=ask(3, 1001, USD, flags=flags(redeem=True)),
        code=R.INSUFFICIENT_FUNDS,
    ),
    Group("spot_lent").accept(
        "SM-5-043",
        "what may be borrowed backs an ask, beside a lend that may not be redeemed",
        ask(2, 1000, USD, flags=flags(borrow=True)),
    ),
    _EDGE.accept(
        "SM-5-044",
        "what may be borrowed backs a lot more",
        ask(3, 1001, USD, flags=flags(borrow=True)),
    ),
    *Group("spot_lent", (bid(2, 600, USD, flags=flags(redeem=True)),), Why.BOUNDARY).pair(
        ("SM-5-045", "SM-5-046"),
        ("a lend backs two orders up to its claim", "and not a lot more"),
        accepted=bid(2, 400, USD, flags=flags(redeem=True)),
        refused=bid(2, 401, USD, flags=flags(redeem=True)),
        code=R.INSUFFICIENT_FUNDS,
    ),
    *_EDGE.pair(
        ("SM-5-047", "SM-5-048"),
        ("what a taker leaves is backed by what is left: 839 lots", "a lot more is not"),
        ask(4, 150, 1_010_000),
        accepted=bid(3, 989, 1_010_000),
        refused=bid(3, 990, 1_010_000),
        code=R.INSUFFICIENT_FUNDS,
    ),
)

_KEPT: Final = Group("spot", (bid(3, 900, USD), ask(3, 900, 1_010_000)), Why.BOUNDARY)

_ELSEWHERE: Final[tuple[Case, ...]] = (
    *_KEPT.pair(
        ("SM-5-050", "SM-5-051"),
        ("a transfer of what no firm order reserves", "a transfer of an atom more"),
        accepted=Transfer(3, 2, "USDC", 100 * USD),
        refused=Transfer(3, 2, "USDC", 100 * USD + 1),
        code=R.INSUFFICIENT_FUNDS,
    ),
    *_KEPT.pair(
        ("SM-5-052", "SM-5-053"),
        ("a lend of what no firm order reserves", "a lend of an atom more"),
        accepted=Lend(3, "SOL", COIN),
        refused=Lend(3, "SOL", COIN + 1),
        code=R.INSUFFICIENT_FUNDS,
    ),
    *_KEPT.pair(
        ("SM-5-054", "SM-5-055"),
        ("a withdrawal of what no firm order reserves", "a withdrawal of an atom more"),
        accepted=withdraw(3, "USDC", "solana", 100 * USD),
        refused=withdraw(3, "USDC", "solana", 100 * USD + 1),
        code=R.INSUFFICIENT_FUNDS,
    ),
    *Group("spot", (Borrow(3, "USDC", 500 * USD), bid(3, 1200, USD)), Why.BOUNDARY).pair(
        ("SM-5-056", "SM-5-057"),
        ("a repayment of what no firm order reserves", "a repayment of an atom more"),
        accepted=Repay(3, "USDC", 300 * USD),
        refused=Repay(3, "USDC", 300 * USD + 1),
        code=R.INSUFFICIENT_FUNDS,
    ),
    _KEPT.accept(
        "SM-5-058",
        "the sweep lends what no firm order reserves",
        settings(3, auto_lend=True),
    ),
    Group("spot", (Borrow(3, "USDC", 500 * USD), bid(3, 1200, USD))).accept(
        "SM-5-059",
        "the sweep repays what no firm order reserves",
        settings(3, auto_repay_borrows=True),
    ),
    _KEPT.trace(
        "SM-5-060",
        "what a cancelled firm order reserved may be transferred",
        CancelOrder(3, 0),
        Transfer(3, 2, "USDC", 1000 * USD),
    ),
    Group("spot_lent", (bid(2, 900, USD, flags=flags(redeem=True)),), Why.BOUNDARY).accept(
        "SM-5-061",
        "a lend that backs an order is redeemed from under it, and leaves",
        Redeem(2, "USDC", 950 * USD),
        Transfer(2, 3, "USDC", 950 * USD),
    ),
    Group("spot_lent", (bid(2, 900, USD, flags=flags(redeem=True)),), Why.BOUNDARY).reject(
        "SM-5-062",
        "but no atom of what is still lent",
        Redeem(2, "USDC", 950 * USD),
        Transfer(2, 3, "USDC", 950 * USD + 1),
        code=R.INSUFFICIENT_FUNDS,
        twin="SM-5-061",
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *_CHURN,
    *_PRIORITY,
    *_RESERVED,
    *_BACKED,
    *_ELSEWHERE,
)
