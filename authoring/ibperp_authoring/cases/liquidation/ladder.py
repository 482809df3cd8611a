"""Cases of the liquidation chapter: the ladder, its order of rungs and exposures, and its end."""

from __future__ import annotations

from typing import Final

from ibperp.actions import SetPrice
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import OrderBookState
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, bid, long
from ibperp_authoring.cases.liquidation.setups import (
    STEP,
    book_with,
    deposit,
    lent_out,
    price,
    provider,
    steps,
    system_with,
)
from ibperp_authoring.cases.settlement.setups import OTHER, contract_with, mark, opened
from ibperp_authoring.cases.setups import COIN, PERCENT, USD

_LONG: Final = Group("liquidation_long", (mark(880_000),))
"""Equity 25 for an exposure of 880; the zero price is 0.855."""

_BORROWED: Final = Group("liquidation_borrowed", (price(94),))
"""Equity 36 for a debt of 810; 40.5 is maintenance, 20.25 is auto-close."""

_OFFER: Final = long(6, 500, 880_000)

_RUNGS: Final[tuple[Case, ...]] = (
    _LONG.accept("LQ-2-001", "the book is before the backstop", provider(7, 900), _OFFER, STEP),
    _LONG.accept("LQ-2-002", "the backstop is before the opposite side", provider(7, 900), STEP),
    _LONG.accept("LQ-2-003", "the opposite side is last", STEP),
    _BORROWED.accept(
        "LQ-2-004", "a sale is before a request", bid(6, 100, 930_000), provider(7, 900), STEP
    ),
    _BORROWED.accept("LQ-2-005", "a request is before the backstop", provider(7, 900), STEP),
    _BORROWED.accept("LQ-2-006", "the backstop is before the lenders", provider(7, 900), *steps(2)),
    _BORROWED.accept("LQ-2-007", "the lenders are last", *steps(2)),
    _LONG.trace(
        "LQ-2-008",
        "one step at a time: book, own money, backstop, opposite side, own money",
        long(6, 100, 880_000),
        provider(7, 100),
        *steps(3),
        mark(870_000),
        *steps(2),
    ),
    _LONG.trace(
        "LQ-2-009",
        "flat with equity left it is due no longer",
        long(6, 1000, 880_000),
        system_with(liquidation_fraction=10**18, liquidation_fee=0),
        *steps(1),
        Refused(STEP, R.NOT_LIQUIDATABLE),
    ),
)

_TWO: Final = (
    deposit(2, 145 * USD, after=0),
    *opened(2, 3, 400),
    *opened(2, 4, 600, USD, OTHER),
    mark(880_000),
    mark(880_000, OTHER),
)
_EXPOSURES: Final = Group("liquidation", _TWO)
"""Account 2 is long 400 lots of the first market and 600 of the second; equity 25 of 880."""

_EQUAL: Final = Group(
    "liquidation",
    (
        deposit(2, 145 * USD, after=0),
        *opened(2, 3, 500),
        *opened(2, 4, 500, USD, OTHER),
        mark(880_000),
        mark(880_000, OTHER),
    ),
)

_MIXED: Final = Group(
    "liquidation",
    (
        deposit(2, 10 * COIN, "SOL", 0),
        *lent_out(2, "USDC", 400 * USD),
        *opened(2, 3, 400),
    ),
)
"""Account 2 holds SOL for 900, owes 400 USDC and is long 400 lots."""

_ORDER: Final[tuple[Case, ...]] = (
    _EXPOSURES.accept("LQ-2-020", "the exposure with the most maintenance is first", STEP),
    _EXPOSURES.accept(
        "LQ-2-021",
        "maintenance decides, not the value: the smaller market requires 8 %",
        contract_with(imf_base=20 * PERCENT, mmf_base=8 * PERCENT),
        STEP,
    ),
    _EQUAL.accept("LQ-2-022", "of equal ones the market that was listed first", STEP),
    _MIXED.accept(
        "LQ-2-023",
        "of equal ones the debt is before the position",
        price(48),
        provider(6, 100),
        *steps(2),
        why=Why.BOUNDARY,
    ),
    _MIXED.accept(
        "LQ-2-024",
        "a position with an atom more of maintenance is before the debt",
        mark(1_000_050),
        price(48),
        provider(6, 100),
        *steps(2),
        why=Why.BOUNDARY,
    ),
    _EXPOSURES.accept(
        "LQ-2-025",
        "no exposure is deleveraged while a book takes another one (ADL-7)",
        _OFFER,
        STEP,
    ),
    _EXPOSURES.trace(
        "LQ-2-026",
        "providers come after every book, and before any deleveraging",
        long(6, 40, 880_000),
        provider(7, 400),
        *steps(4),
    ),
    _MIXED.trace(
        "LQ-2-027",
        "all of a debt and a position, to the end",
        price(47),
        long(6, 100, 990_000),
        provider(7, 300),
        *steps(5),
    ),
    _EXPOSURES.trace(
        "LQ-2-028",
        "two positions are deleveraged in two steps, and what was lost between them is paid",
        *steps(3),
        Refused(STEP, R.NOT_LIQUIDATABLE),
    ),
)

_POOR: Final = Group("liquidation_borrowed", (price(80),))
"""What account 2 holds is worth 800, and it owes 810."""

_END: Final[tuple[Case, ...]] = (
    _POOR.accept("LQ-2-040", "what it has is paid to the lenders", STEP),
    _POOR.reject(
        "LQ-2-041",
        "with nothing left there is nothing to liquidate",
        *steps(2),
        code=R.NOTHING_TO_LIQUIDATE,
        twin="LQ-2-040",
    ),
    _POOR.accept(
        "LQ-2-042",
        "a deposit of an atom is one more step",
        STEP,
        deposit(2, 1),
        STEP,
        why=Why.BOUNDARY,
    ),
    _POOR.accept(
        "LQ-2-043",
        "a deposit of collateral is one more step",
        STEP,
        deposit(2, COIN // 100, "SOL"),
        STEP,
    ),
    Group("liquidation_long", (mark(800_000),)).trace(
        "LQ-2-044",
        "flat, with all that it lost at hand, it is due no longer",
        STEP,
        Refused(STEP, R.NOT_LIQUIDATABLE),
    ),
    _POOR.reject(
        "LQ-2-045",
        "an account that is not due is refused as such first: a deposit repaid the debt",
        STEP,
        deposit(2, 20 * USD),
        STEP,
        code=R.NOT_LIQUIDATABLE,
        twin="LQ-2-042",
        why=Why.PRECEDENCE,
    ),
    Group("liquidation_borrowed", (price(80),)).trace(
        "LQ-2-046",
        "collateral worth less than an atom of value pays nothing",
        STEP,
        SetPrice("SOL", 999_999),
        deposit(2, 1000, "SOL"),
        Refused(STEP, R.NOTHING_TO_LIQUIDATE),
        SetPrice("SOL", USD),
        STEP,
        why=Why.ROUNDING,
    ),
)

_ASKED: Final[tuple[Case, ...]] = (
    _BORROWED.accept(
        "LQ-5-083",
        "all there is, is the minimum: quotes are asked for all of it",
        book_with(minimum_lots=1000),
        STEP,
        why=Why.BOUNDARY,
    ),
    _BORROWED.accept(
        "LQ-5-084",
        "all there is, is a lot below the minimum: no quote could trade it, so no request",
        book_with(minimum_lots=1001),
        STEP,
        why=Why.BOUNDARY,
    ),
    _BORROWED.accept(
        "LQ-5-085",
        "a book that is reduce_only: no quote could trade, so no request is opened",
        book_with(order_book_state=OrderBookState.REDUCE_ONLY),
        STEP,
    ),
)

CASES: Final[tuple[Case, ...]] = (*_RUNGS, *_ORDER, *_END, *_ASKED)
