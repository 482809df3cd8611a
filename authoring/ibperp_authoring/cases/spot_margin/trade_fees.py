"""Cases of the fees of a trade, rebates, and the ladders of the largest orders (SM-9)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Deposit,
    Lend,
    ListMarket,
    SetPoolParameters,
    SetPrice,
    Transfer,
)
from ibperp.numbers import RATIO
from ibperp.orders import OrderFlags, Side
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import SPOT, Case, Group, Why, ask, bid, flags, place
from ibperp_authoring.cases.setups import COIN, MARKET, POOL, SOL, USD, market_with

_ROUND: Final = Group("spot", why=Why.ROUNDING)
_CASH: Final = Group("spot", why=Why.CONSERVATION)


def _fees(maker: int, taker: int) -> Action:
    return market_with(maker_fee=maker, taker_fee=taker)


_BASIS_POINT: Final = RATIO // 10_000
_UNIT: Final = SetPrice("SOL", 100)
"""A lot is worth one quote atom."""
_FINE: Final = market_with(tick=1)

_FEES: Final[tuple[Case, ...]] = (
    _ROUND.accept(
        "SM-9-100",
        "a buyer's fee is rounded up, the rebate down; the rest stays: 991 - 99",
        ask(4, 1, 990_100),
        bid(3, 1, 990_100),
    ),
    _ROUND.accept(
        "SM-9-101", "a seller's fee is rounded up as well", bid(4, 1, 990_100), ask(3, 1, 990_100)
    ),
    _ROUND.accept(
        "SM-9-102",
        "both pay: a fee of the maker is rounded up",
        _fees(5 * _BASIS_POINT, 10 * _BASIS_POINT),
        bid(4, 1, 990_100),
        ask(3, 1, 990_100),
    ),
    _ROUND.accept(
        "SM-9-103",
        "both pay: the maker sells",
        _fees(5 * _BASIS_POINT, 10 * _BASIS_POINT),
        ask(4, 1, 990_100),
        bid(3, 1, 990_100),
    ),
    _CASH.accept("SM-9-104", "no fees", _fees(0, 0), ask(4, 1, 990_100), bid(3, 1, 990_100)),
    _CASH.accept(
        "SM-9-105",
        "all of the taker's fee is rebated",
        _fees(-10 * _BASIS_POINT, 10 * _BASIS_POINT),
        ask(4, 1, 990_000),
        bid(3, 1, 990_000),
    ),
    _ROUND.accept(
        "SM-9-106",
        "all but the fraction of an atom is rebated",
        _fees(-10 * _BASIS_POINT, 10 * _BASIS_POINT),
        ask(4, 1, 990_100),
        bid(3, 1, 990_100),
    ),
    _CASH.accept(
        "SM-9-107",
        "a fee of all that is paid, all of it rebated: the buyer pays twice",
        _fees(-RATIO, RATIO),
        ask(4, 1, USD),
        bid(3, 1, USD),
    ),
    _CASH.accept(
        "SM-9-108",
        "a fee of all that is paid: the seller receives nothing",
        _fees(0, RATIO),
        bid(4, 1, USD),
        ask(3, 1, USD),
    ),
    _ROUND.accept(
        "SM-9-109", "the fee on one atom is one atom", _UNIT, _FINE, ask(4, 1, 1), bid(3, 1, 1)
    ),
    _ROUND.accept(
        "SM-9-110",
        "the fee of four trades of one atom is four",
        _UNIT,
        _FINE,
        *(ask(4, 1, 1),) * 4,
        bid(3, 4, 1),
    ),
    *Group("spot", (ask(4, 1000, USD),), Why.BOUNDARY).pair(
        ("SM-9-111", "SM-9-112"),
        ("a buyer has enough for 999 lots and the fee", "a buyer of 1000 lots lacks the fee"),
        accepted=bid(3, 999, USD),
        refused=bid(3, 1000, USD),
        code=R.INSUFFICIENT_FUNDS,
    ),
    Group("spot", (bid(4, 1000, USD), Transfer(3, 2, "USDC", 1000 * USD)), Why.BOUNDARY).accept(
        "SM-9-113", "a seller pays the fee of what it receives", ask(3, 1000, USD)
    ),
    Group("spot", (_fees(10 * _BASIS_POINT, 10 * _BASIS_POINT),)).accept(
        "SM-9-114",
        "a maker that sells pays the fee of what it receives",
        Transfer(3, 2, "USDC", 1000 * USD),
        ask(3, 900, USD),
        bid(4, 900, USD),
    ),
    _CASH.trace(
        "SM-9-115",
        "after trades both ways the fees account holds what the others lost",
        ask(4, 7, 990_100),
        bid(3, 5, 990_100),
        bid(5, 9, 1_010_300),
        ask(2, 6, 1_009_900),
        bid(4, 3, 970_700),
        ask(2, 3, 970_700),
    ),
)

_HALF: Final = (
    Transfer(3, 2, "USDC", 650 * USD),
    Lend(3, "USDC", 150 * USD),
    Lend(3, "SOL", 5 * COIN),
)
"""Account 3: 200 USDC free and 150 lent, 5 SOL free and 5 lent, which count for 1250."""

_OPEN: Final = (
    _fees(0, 0),
    *(
        SetPoolParameters(asset, replace(pool, throttle_utilization=RATIO, max_utilization=RATIO))
        for asset, pool in (("SOL", SOL.pool), ("USDC", POOL))
    ),
)

_ALLOWED: Final[tuple[tuple[str, OrderFlags], ...]] = (
    ("nothing", flags()),
    ("a redemption", flags(redeem=True)),
    ("a borrow", flags(borrow=True)),
    ("both", flags(redeem=True, borrow=True)),
)


def _ladder(
    first: int, words: str, side: Side, most: tuple[int, ...], codes: tuple[R, ...], *before: Action
) -> tuple[Case, ...]:
    """Return, for every allowance, the largest order of account 3 and one of a lot more."""
    cases: list[Case] = []
    rows = zip(_ALLOWED, most, codes, strict=True)
    for row, ((allowed, ways), lots, code) in enumerate(rows):
        number = first + 2 * row
        cases += Group("spot", (*_HALF, *_OPEN, *before), Why.BOUNDARY).pair(
            (f"SM-9-{number:03}", f"SM-9-{number + 1:03}"),
            (
                f"{words}, allowed {allowed}: {lots} lots",
                f"{words}, allowed {allowed}: no lot more",
            ),
            accepted=place(3, side, lots, USD, flags=ways),
            refused=place(3, side, lots + 1, USD, flags=ways),
            code=code,
        )
    return tuple(cases)


_RESTING: Final = (
    R.INSUFFICIENT_FUNDS,
    R.INSUFFICIENT_FUNDS,
    R.INSUFFICIENT_MARGIN,
    R.INSUFFICIENT_MARGIN,
)
_TRADING: Final = (
    R.INSUFFICIENT_FUNDS,
    R.INSUFFICIENT_FUNDS,
    R.BORROW_REQUIRES_LEND_REDEEM,
    R.INSUFFICIENT_MARGIN,
)

_LADDERS: Final[tuple[Case, ...]] = (
    *_ladder(120, "a bid that rests", Side.BID, (200, 350, 6425, 6425), _RESTING),
    *_ladder(128, "an ask that rests", Side.ASK, (500, 1000, 3500, 3500), _RESTING),
    *_ladder(
        136,
        "a bid that trades",
        Side.BID,
        (200, 350, 200, 6425),
        _TRADING,
        ask(5, 10_000, USD, flags=flags(redeem=True)),
    ),
    *_ladder(
        144,
        "an ask that trades",
        Side.ASK,
        (500, 1000, 500, 3500),
        _TRADING,
        Transfer(3, 2, "USDC", 100 * USD),
        bid(5, 10_000, USD, flags=flags(redeem=True)),
    ),
)

_BORROW: Final[dict[str, Any]] = {"flags": flags(borrow=True)}

_ENTRY: Final = (
    ListMarket(SPOT, replace(MARKET, maker_fee=0)),
    Deposit(4, "SOL", "solana", 3, 50 * COIN),
    Deposit(3, "USDC", "solana", 4, 914),
)
"""The pool of USDC lends 400 of 800 at 7 % a year; account 3 has again the 914 atoms of its fee."""

_HOURLY: Final = Group("hourly", _ENTRY, clauses=("MM-7",))

_FUNDED: Final[tuple[Case, ...]] = (
    _HOURLY.accept(
        "SM-9-160",
        "a borrow inside a trade pays the entry fee: 100.5 USDC for an hour",
        ask(4, 500, USD),
        bid(3, 500, USD, **_BORROW),
    ),
    _HOURLY.accept(
        "SM-9-161",
        "for the second half of an hour it pays half",
        AdvanceTime(1800),
        ask(4, 500, USD),
        bid(3, 500, USD, **_BORROW),
    ),
    _HOURLY.accept(
        "SM-9-162",
        "a maker that borrows pays it as well",
        bid(3, 500, USD, **_BORROW),
        ask(4, 500, USD),
    ),
    _HOURLY.accept(
        "SM-9-163",
        "a lot short of the edge of its margin a maker can bear the entry fee",
        bid(3, 4499, USD, **_BORROW),
        ask(4, 500, USD),
    ),
    _HOURLY.accept(
        "SM-9-164",
        "at the edge of its margin the entry fee ends it",
        bid(3, 4500, USD, **_BORROW),
        ask(4, 500, USD),
    ),
    _HOURLY.trace(
        "SM-9-165",
        "two parts of a borrow pay a fee each",
        ask(4, 450, USD),
        ask(4, 50, USD),
        bid(3, 500, USD, **_BORROW),
        AdvanceTime(3600),
        why=Why.CONSERVATION,
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *_FEES,
    *_LADDERS,
    *_FUNDED,
)
