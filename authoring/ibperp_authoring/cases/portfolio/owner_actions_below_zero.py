"""Cases of what an owner may do when the equity is below zero (PF-8)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Borrow, SetPrice, Transfer
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Why, ask, bid, flags
from ibperp_authoring.cases.setups import PERCENT, USD, market_with

_UNDER: Final = Group(
    "spot",
    (
        market_with(tick=1, maker_fee=0, taker_fee=0),
        Borrow(3, "USDC", 4000 * USD),
        Transfer(3, 2, "USDC", 1500 * USD),
        SetPrice("SOL", 50 * USD),
    ),
    why=Why.BOUNDARY,
    clauses=("SM-4",),
)
"""Account 3 has an equity of -50 dollars; a lot of SOL is half a dollar and counts for 0.45."""

_REPAY: Final = flags(repay=True)

LEAST: Final = 447_762
"""The lowest price of a lot at which a sale costs a tenth of the maintenance that it releases."""

BELOW: Final[tuple[Case, ...]] = (
    _UNDER.accept(
        "PF-8-100",
        "below zero: as much equity and less maintenance",
        bid(4, 1, 450_000),
        ask(3, 1, 450_000, flags=_REPAY),
    ),
    _UNDER.accept(
        "PF-8-101",
        "below zero: a cost of a tenth of the maintenance that it releases",
        bid(4, 1, LEAST),
        ask(3, 1, LEAST, flags=_REPAY),
    ),
    _UNDER.reject(
        "PF-8-140",
        "below zero: a cost of an atom more than a tenth of the maintenance that it releases",
        bid(4, 1, LEAST - 1),
        ask(3, 1, LEAST - 1, flags=_REPAY),
        code=R.INSUFFICIENT_MARGIN,
        twin="PF-8-101",
    ),
    _UNDER.accept(
        "PF-8-102",
        "below zero: as much of both",
        bid(4, 1, 450_000),
        ask(3, 1, 450_000),
    ),
    _UNDER.reject(
        "PF-8-103",
        "below zero: an order that rests may not lose an atom",
        ask(3, 1, 449_999),
        code=R.INSUFFICIENT_MARGIN,
        twin="PF-8-104",
    ),
    _UNDER.reject(
        "PF-8-141",
        "below zero: a sale at a cost that releases no maintenance",
        bid(4, 1, LEAST),
        ask(3, 1, LEAST),
        code=R.INSUFFICIENT_MARGIN,
        twin="PF-8-101",
    ),
    _UNDER.accept("PF-8-104", "below zero: an order that rests without loss", ask(3, 1, 450_000)),
)

_DEAREST: Final = RATIO * 2238 // 450_000
"""The taker fee that is a tenth of the maintenance that a sale releases."""

FEES: Final[tuple[Case, ...]] = (
    _UNDER.accept(
        "PF-8-107",
        "below zero: a taker fee of a tenth of the maintenance that the sale releases",
        market_with(tick=1, maker_fee=0, taker_fee=_DEAREST),
        bid(4, 1, 450_000),
        ask(3, 1, 450_000, flags=_REPAY),
    ),
    _UNDER.reject(
        "PF-8-143",
        "below zero: a higher taker fee is a lawful parameter, and no taker of it reduces",
        market_with(tick=1, maker_fee=0, taker_fee=_DEAREST + 1),
        bid(4, 1, 450_000),
        ask(3, 1, 450_000, flags=_REPAY),
        code=R.INSUFFICIENT_MARGIN,
        twin="PF-8-107",
    ),
    _UNDER.accept(
        "PF-8-108",
        "below zero: whatever the taker fee is, an order that rests reduces",
        market_with(tick=1, maker_fee=0, taker_fee=10 * PERCENT),
        ask(3, 1, 450_000, flags=_REPAY),
        bid(4, 1, 450_000),
    ),
)

CASES: Final[tuple[Case, ...]] = (*BELOW, *FEES)
