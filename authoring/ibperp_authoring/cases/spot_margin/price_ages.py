"""Cases of prices that are too old to trade by (SM-4, SM-11, SM-12)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    AmendOrder,
    Borrow,
    ConvertDust,
    Deposit,
    Lend,
    ListAsset,
    ListMarket,
    SetPrice,
    Transfer,
)
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import SPOT, Case, Group, Why, ask, bid
from ibperp_authoring.cases.setups import COIN, LOT, MARKET, SOL, USD

_DATED: Final = Group("dated", why=Why.BOUNDARY, clauses=("PF-9",))
_BTC: Final = (
    ListAsset("BTC", SOL),
    ListMarket("BTC_USDC", replace(MARKET, base="BTC", minimum_lots=2)),
)

_AGES: Final[tuple[Case, ...]] = (
    _DATED.accept("SM-4-160", "prices as old as they may be", AdvanceTime(10), bid(3, 1, USD)),
    _DATED.reject(
        "SM-4-161",
        "prices a second older",
        AdvanceTime(11),
        bid(3, 1, USD),
        code=R.PRICE_STALE,
        twin="SM-4-160",
    ),
    _DATED.accept(
        "SM-4-162",
        "both prices were set again",
        AdvanceTime(11),
        SetPrice("SOL", 100 * USD),
        SetPrice("USDC", USD),
        bid(3, 1, USD),
    ),
    _DATED.reject(
        "SM-4-163",
        "the price of the base alone was set again",
        AdvanceTime(11),
        SetPrice("SOL", 100 * USD),
        bid(3, 1, USD),
        code=R.PRICE_STALE,
        twin="SM-4-162",
    ),
    _DATED.reject(
        "SM-4-164",
        "the price of the quote alone was set again",
        AdvanceTime(11),
        SetPrice("USDC", USD),
        bid(3, 1, USD),
        code=R.PRICE_STALE,
        twin="SM-4-162",
    ),
    Group("dated", why=Why.PRECEDENCE).reject(
        "SM-4-165",
        "an old price goes before the band",
        AdvanceTime(11),
        bid(3, 1, 400_000),
        code=R.PRICE_STALE,
        twin="SM-4-160",
    ),
    Group("dated", _BTC, Why.PRECEDENCE).reject(
        "SM-4-166",
        "too few lots go before an old price",
        AdvanceTime(11),
        bid(3, 1, USD, market="BTC_USDC"),
        code=R.LOTS_BELOW_MINIMUM,
        twin="SM-4-160",
    ),
    Group("dated", _BTC, Why.PRECEDENCE).reject(
        "SM-4-167",
        "a missing price goes before an old one",
        AdvanceTime(11),
        bid(3, 2, USD, market="BTC_USDC"),
        code=R.PRICE_UNKNOWN,
        twin="SM-4-160",
    ),
)

_THIRD: Final = (
    ListAsset("BTC", SOL),
    SetPrice("BTC", 100 * USD),
    Deposit(5, "BTC", "solana", 9, COIN),
    Lend(5, "BTC", COIN),
    Borrow(3, "BTC", COIN // 10),
    Transfer(3, 2, "SOL", 10 * COIN - LOT // 2),
    Deposit(0, "USDC", "solana", 10, USD),
    bid(3, 5, USD),
    AdvanceTime(11),
    SetPrice("SOL", 100 * USD),
    SetPrice("USDC", USD),
)
"""The market's prices are young; that of BTC, which account 3 owes, is too old."""

_OWED: Final = Group("dated", _THIRD, clauses=("PF-9",))
_YOUNG: Final = Group("dated", (*_THIRD, SetPrice("BTC", 100 * USD)), clauses=("PF-9",))


def _third(ids: tuple[str, str], words: str, action: Action) -> tuple[Case, Case]:
    return (
        _YOUNG.accept(ids[0], f"{words}, the price of the debt is young", action),
        _OWED.reject(
            ids[1],
            f"{words}, the price of the debt is old",
            action,
            code=R.PRICE_STALE,
            twin=ids[0],
        ),
    )


_DEBTS: Final[tuple[Case, ...]] = (
    *_third(("SM-4-170", "SM-4-171"), "an order that rests", bid(3, 1, USD)),
    *_third(("SM-11-070", "SM-11-071"), "an order given more lots", AmendOrder(3, 0, 6, USD)),
    *_third(("SM-12-070", "SM-12-071"), "dust", ConvertDust(3, SPOT)),
    _OWED.accept(
        "SM-11-072", "fewer lots in their place need no price of the debt", AmendOrder(3, 0, 4, USD)
    ),
    _OWED.accept(
        "SM-9-170",
        "a maker that owes what has no price ends: nobody can say what it bears",
        ask(4, 5, USD),
    ),
    _OWED.accept(
        "SM-9-171",
        "a maker whose price is too old and whose margin is too small ends with the first code",
        SetPrice("BTC", 20_000 * USD),
        AdvanceTime(22),
        SetPrice("SOL", 100 * USD),
        SetPrice("USDC", USD),
        ask(4, 5, USD),
    ),
)

CASES: Final[tuple[Case, ...]] = (*_AGES, *_DEBTS)
