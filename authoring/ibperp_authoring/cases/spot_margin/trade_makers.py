"""Cases of makers that cannot perform, and of takers that cannot (SM-9)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import (
    Action,
    Borrow,
    CancelOrder,
    Lend,
    ListMarket,
    Redeem,
    SetPoolParameters,
    SetPrice,
    Transfer,
)
from ibperp.numbers import RATIO
from ibperp.orders import Side
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import BookState
from ibperp_authoring.cases.builder import Case, Group, Why, ask, bid, flags, market, withdraw
from ibperp_authoring.cases.setups import COIN, MARKET, PERCENT, POOL, SOL, USD, market_with

_REDEEM: Final[dict[str, Any]] = {"flags": flags(redeem=True)}

_BOTH: Final[dict[str, Any]] = {"flags": flags(redeem=True, borrow=True)}

_KEPT: Final = Group("spot", why=Why.CONSERVATION, clauses=("SM-9", "MM-18"))
_LENT: Final = (Lend(3, "SOL", 4 * COIN),)
"""Account 3 has 6 SOL free and 4 lent."""

_PERFORMS: Final[tuple[Case, ...]] = (
    _KEPT.trace(
        "SM-9-210",
        "an ask on credit delivers what no firm ask holds, then redeems, then borrows",
        *_LENT,
        ask(3, 200, 1_010_000),
        ask(3, 900, USD, **_BOTH),
        bid(5, 300, USD, **_REDEEM),
        bid(5, 300, USD, **_REDEEM),
        bid(5, 300, USD, **_REDEEM),
        bid(5, 200, 1_010_000, **_REDEEM),
    ),
    _KEPT.trace(
        "SM-9-211",
        "a bid on credit delivers what no firm bid holds, then redeems, then borrows",
        Lend(3, "USDC", 400 * USD),
        bid(3, 200, 990_000),
        bid(3, 1000, USD, **_BOTH),
        ask(5, 300, USD),
        ask(5, 300, USD),
        ask(4, 400, USD),
        ask(4, 200, 990_000),
    ),
    _KEPT.accept(
        "SM-9-212",
        "a taker delivers 4 SOL that its firm ask leaves free, redeems 4 and borrows 1",
        *_LENT,
        ask(3, 200, 1_010_000),
        bid(5, 900, USD),
        ask(3, 900, USD, **_BOTH),
    ),
    *Group("spot", (*_LENT, ask(3, 200, 1_010_000), bid(5, 900, USD)), Why.BOUNDARY).pair(
        ("SM-9-213", "SM-9-214"),
        ("a taker redeems beside its firm ask: 400 free, 400 lent", "a lot more it would take"),
        accepted=ask(3, 800, USD, **_REDEEM),
        refused=ask(3, 801, USD, **_REDEEM),
        code=R.INSUFFICIENT_FUNDS,
    ),
    *Group("spot", (*_LENT, ask(3, 200, 1_010_000), bid(5, 900, USD)), Why.BOUNDARY).pair(
        ("SM-9-215", "SM-9-216"),
        ("a taker without flags sells beside its firm ask", "a lot more it would take"),
        accepted=ask(3, 400, USD),
        refused=ask(3, 401, USD),
        code=R.INSUFFICIENT_FUNDS,
    ),
)

_BORROW: Final[dict[str, Any]] = {"flags": flags(borrow=True)}


def _pools(**changes: Any) -> tuple[SetPoolParameters, SetPoolParameters]:
    return (
        SetPoolParameters("SOL", replace(SOL.pool, **changes)),
        SetPoolParameters("USDC", replace(POOL, **changes)),
    )


_FULL: Final = _pools(throttle_utilization=RATIO, max_utilization=RATIO)
_LENDER: Final = (*_FULL, Lend(4, "SOL", 10 * COIN), Redeem(5, "SOL", None))
"""Account 4 alone lends SOL, 10 of them, all that it has."""

_NEXT: Final = ask(5, 100, USD)
"""The maker behind the one that fails."""


def _fails(number: int, words: str, maker: tuple[Action, ...], *then: Action) -> Case:
    """Return a maker that fails at what came after it rested; a taker of 100 lots meets both."""
    taker = bid(2, 100, USD)
    return Group("spot", maker).accept(
        f"SM-9-{number:03}", f"{words}, and the next maker trades", _NEXT, *then, taker
    )


_LENT_ASK: Final = (*_LENDER, ask(4, 100, USD, **_REDEEM))
_BARE_ASK: Final = (withdraw(4, "SOL", "solana", 10 * COIN), ask(4, 100, USD, **_BORROW))

_MAKERS: Final[tuple[Case, ...]] = (
    _fails(60, "a maker redeems", _LENT_ASK),
    _fails(
        61,
        "a maker whose pool has no cash expires",
        _LENT_ASK,
        Borrow(3, "SOL", 10 * COIN),
    ),
    _fails(
        62,
        "a maker beyond the maximum utilization expires",
        _LENT_ASK,
        Borrow(3, "SOL", COIN),
        SetPoolParameters(
            "SOL",
            replace(
                SOL.pool,
                optimal_utilization=5 * PERCENT,
                throttle_utilization=10 * PERCENT,
                max_utilization=10 * PERCENT,
            ),
        ),
    ),
    _fails(
        63,
        "a maker that the throttle holds expires",
        (*_LENDER[2:], ask(4, 100, USD, **_REDEEM)),
        Borrow(3, "SOL", 8 * COIN),
    ),
    _fails(
        64,
        "a maker whose pool is closed expires",
        _LENT_ASK,
        SetPoolParameters("SOL", replace(SOL.pool, book_state=BookState.CLOSED)),
    ),
    _fails(
        65,
        "a maker whose lend was withdrawn expires",
        _LENT_ASK,
        withdraw(4, "SOL", "solana", 9 * COIN + 1000, redeem=True),
    ),
    _fails(66, "a maker borrows", _BARE_ASK),
    _fails(
        67,
        "a maker that may borrow, but not redeem its lend, expires",
        (Lend(4, "SOL", 10 * COIN), ask(4, 100, USD, **_BORROW)),
    ),
    _fails(
        68,
        "a maker whose pool takes no borrow expires",
        _BARE_ASK,
        SetPoolParameters("SOL", replace(SOL.pool, book_state=BookState.REPAY_ONLY)),
    ),
    _fails(
        69,
        "a maker beyond the limit of its pool expires",
        _BARE_ASK,
        SetPoolParameters("SOL", replace(SOL.pool, open_borrow_lend_limit=COIN - 1)),
    ),
)

_REDUCE: Final[dict[str, Any]] = {"reduce_only": True}

_SECOND: Final = ListMarket("SOL_USDC_2", MARKET)
_SHORT: Final = (Borrow(3, "SOL", COIN), Transfer(3, 2, "SOL", 11 * COIN))
_CLIPPED: Final = Group(
    "spot", (*_SHORT, bid(3, 100, USD, **_REDUCE), bid(5, 50, USD), ask(4, 200, 1_010_000))
)
"""Account 3 is short by 100 lots and bids to close them; account 5 bids behind it."""

_REDUCING: Final[tuple[Case, ...]] = (
    _CLIPPED.accept("SM-9-070", "a reduce-only maker closes its position", ask(4, 100, USD)),
    _CLIPPED.trace(
        "SM-9-071",
        "a reduce-only maker is filled to what is left of its position, and ends",
        market(3, Side.BID, 40),
        ask(4, 80, USD),
    ),
    _CLIPPED.trace(
        "SM-9-072",
        "filled to exactly what is left of its position, it stays",
        market(3, Side.BID, 40),
        ask(4, 60, USD),
    ),
    _CLIPPED.trace(
        "SM-9-073",
        "a reduce-only maker without a position ends unfilled",
        market(3, Side.BID, 100),
        ask(4, 50, USD),
    ),
    _CLIPPED.trace(
        "SM-9-074",
        "a position that grew again does not give the maker more lots",
        market(3, Side.BID, 40),
        Borrow(3, "SOL", COIN),
        Transfer(3, 2, "SOL", COIN),
        ask(4, 120, USD),
    ),
    Group("spot", (ask(3, 600, USD, **_REDUCE), ask(3, 600, 999_900, **_BORROW))).trace(
        "SM-9-075",
        "an ask is clipped as well: 600 lots sold leave 400",
        bid(4, 600, 999_900),
        bid(2, 10, 900_000),
        bid(5, 500, USD),
    ),
    Group("spot", (*_SHORT, _SECOND, bid(3, 100, USD, **_REDUCE))).trace(
        "SM-9-076",
        "two markets of one base: what is bought in one is not bought in the other",
        bid(3, 100, USD, market="SOL_USDC_2", **_REDUCE),
        ask(4, 60, USD, market="SOL_USDC_2"),
        ask(4, 100, USD),
        ask(4, 40, USD, market="SOL_USDC_2"),
    ),
)

_FEE: Final = market_with(maker_fee=PERCENT)
_LEVERED: Final = (bid(3, 10_000, USD, **_BORROW),)
"""The largest bid that account 3 has the margin for, by borrowing 9000."""

_MARGIN: Final[tuple[Case, ...]] = (
    Group("spot", _LEVERED).accept(
        "SM-9-080", "a maker at the edge of its margin trades", ask(4, 1000, USD)
    ),
    Group("spot", (*_LEVERED, bid(5, 100, USD))).accept(
        "SM-9-081",
        "a maker whom a fee that came later takes below its margin expires",
        _FEE,
        ask(4, 1000, USD),
    ),
    Group("spot", (*_LEVERED, SetPrice("SOL", 99 * USD))).accept(
        "SM-9-082",
        "a maker below its margin trades, for its order was counted",
        ask(4, 1000, USD),
    ),
    *(
        Group("spot", (Lend(3, "USDC", 500 * USD), ask(5, 10, 1_010_000))).accept(
            case, title, bid(3, 1000, USD, flags=ways), ask(4, 100, USD)
        )
        for case, title, ways in (
            (
                "SM-9-083",
                "the rest of its order holds nothing: what is free goes before what is lent",
                flags(redeem=True),
            ),
            (
                "SM-9-084",
                "the rest of its order holds nothing: beside a lend, what is free is enough",
                flags(borrow=True),
            ),
        )
    ),
    Group("spot", (ask(3, 1000, USD), ask(3, 1000, USD, flags=flags(borrow=True)))).trace(
        "SM-9-085",
        "beside an order on credit, a firm order of all that is free is filled in part",
        bid(4, 400, USD),
    ),
    Group("spot", (ask(3, 1000, USD), ask(3, 1000, USD, flags=flags(borrow=True)))).trace(
        "SM-9-086",
        "without the order on credit as well",
        CancelOrder(3, 1),
        bid(4, 400, USD),
    ),
)

_RICH: Final = (
    market_with(maker_fee=0, taker_fee=0),
    *_FULL,
    ask(5, 10_001, USD, **_REDEEM),
)
"""Without fees, account 5 sells 10001 lots."""

_TAKER: Final[tuple[Case, ...]] = (
    *Group("spot", _RICH, Why.BOUNDARY).pair(
        ("SM-9-090", "SM-9-091"),
        ("a taker at the edge of its margin", "a lot beyond it trades nothing"),
        accepted=bid(3, 10_000, USD, **_BORROW),
        refused=bid(3, 10_001, USD, **_BORROW),
        code=R.INSUFFICIENT_MARGIN,
    ),
    Group("spot", (*_LENDER, bid(2, 100, USD)), Why.ATTACK).accept(
        "SM-9-092",
        "full utilization: the last that is left is redeemed and sold",
        Borrow(3, "SOL", 9 * COIN),
        ask(4, 100, USD, **_REDEEM),
    ),
    Group("spot", (*_LENDER, bid(2, 100, USD)), Why.ATTACK).reject(
        "SM-9-093",
        "full utilization: a lent asset that cannot be redeemed is not sold",
        Borrow(3, "SOL", 10 * COIN),
        ask(4, 100, USD, **_REDEEM),
        code=R.INSUFFICIENT_SUPPLY,
        twin="SM-9-092",
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *_PERFORMS,
    *_MAKERS,
    *_REDUCING,
    *_MARGIN,
    *_TAKER,
)
