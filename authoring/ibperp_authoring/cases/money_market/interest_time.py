"""Cases of interest in time: who earns it, at which rate, what pays no second fee (MM-6, MM-7)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    Lend,
    ListAsset,
    Redeem,
    Repay,
    RequestWithdrawal,
    SetPrice,
    SetSystemParameters,
    Transfer,
)
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Why, settings
from ibperp_authoring.cases.settlement.setups import moved, opened
from ibperp_authoring.cases.setups import HOUR, HOURLY, USD, USDC, pool_with

_HOURS: Final = Group("hourly", clauses=("MM-7",))
_EDGE: Final = Group("hourly", clauses=("MM-7",), why=Why.BOUNDARY)
_FREE: Final = SetSystemParameters(replace(HOURLY, entry_fee=False))
"""Borrows of a moment pay from the next boundary on."""


def _last_second(hour: int, amount: int) -> tuple[Action, ...]:
    """Account 2 lends for the last second of an hour."""
    return (
        AdvanceTime(hour * HOUR - 1),
        Lend(2, "USDC", amount),
        AdvanceTime(hour * HOUR),
        Redeem(2, "USDC", None),
    )


EARNED: Final[tuple[Case, ...]] = (
    _HOURS.accept("MM-6-050", "half of an hour's interest is earned after half", AdvanceTime(1800)),
    _EDGE.accept("MM-6-051", "a second before the hour a second is left", AdvanceTime(HOUR - 1)),
    _EDGE.trace(
        "MM-6-052", "on the hour all is earned, and the next is charged", AdvanceTime(HOUR)
    ),
    _HOURS.accept(
        "MM-6-053",
        "two and a half hours at once: of three charged, half of one is left",
        AdvanceTime(7 * HOUR // 2),
    ),
    _HOURS.trace(
        "MM-6-054",
        "who lends for the last second of each hour earns a second of each; "
        "failing pays it the hour",
        *_last_second(1, 900 * USD),
        *_last_second(2, 900 * USD),
        *_last_second(3, 900 * USD),
        why=Why.ATTACK,
    ),
    _HOURS.accept(
        "MM-6-055",
        "who redeems in the middle leaves the rest of what is not earned to the others",
        Lend(2, "USDC", 800 * USD),
        AdvanceTime(HOUR),
        AdvanceTime(3 * HOUR // 2),
        Redeem(2, "USDC", None),
        AdvanceTime(2 * HOUR),
    ),
    _HOURS.trace(
        "MM-6-056",
        "a redemption a second before the hour weighs a second in the next rate; "
        "failing makes borrowers pay it for all of the hour",
        AdvanceTime(HOUR - 1),
        Redeem(4, "USDC", 300 * USD),
        AdvanceTime(HOUR),
        Lend(4, "USDC", 300 * USD),
        why=Why.ATTACK,
    ),
    _HOURS.accept(
        "MM-6-057",
        "a rate that is set a second before the hour weighs a second in the next",
        AdvanceTime(HOUR - 1),
        pool_with(base_rate=10**18),
        AdvanceTime(HOUR),
    ),
    _HOURS.accept(
        "MM-6-058",
        "two rates, each for its part of an hour; the hour after, the new one",
        AdvanceTime(HOUR // 3),
        pool_with(base_rate=10**18),
        AdvanceTime(HOUR),
        AdvanceTime(2 * HOUR),
    ),
    _HOURS.accept(
        "MM-6-059",
        "an asset listed inside an hour has a rate as if it had stood empty",
        AdvanceTime(1000),
        ListAsset("EUR", replace(USDC, tokens=USDC.tokens[:1])),
        SetPrice("EUR", USD),
    ),
    _HOURS.trace(
        "MM-6-060",
        "nobody lends while a paid hour passes: the reserve earns it",
        Transfer(2, 3, "USDC", 100 * USD),
        Repay(3, "USDC", None),
        Redeem(4, "USDC", None),
        AdvanceTime(HOUR // 2),
        AdvanceTime(HOUR),
    ),
    _HOURS.accept(
        "MM-6-061",
        "without an entry fee a borrow inside an hour pays from the next one on",
        _FREE,
        AdvanceTime(HOUR // 2),
        Borrow(3, "USDC", 100 * USD),
        AdvanceTime(HOUR),
        AdvanceTime(HOUR + 1),
    ),
)

_AGAIN: Final = (
    AdvanceTime(600),
    Transfer(2, 3, "USDC", 100 * USD),
    Repay(3, "USDC", 100 * USD),
)
"""Account 3 repays 100 USDC after ten minutes."""

ONCE: Final[tuple[Case, ...]] = (
    _HOURS.accept("MM-7-020", "what is repaid is prepaid until the hour", *_AGAIN),
    _HOURS.accept(
        "MM-7-021", "it is borrowed again without a fee", *_AGAIN, Borrow(3, "USDC", 60 * USD)
    ),
    _EDGE.accept("MM-7-022", "all of it", *_AGAIN, Borrow(3, "USDC", 100 * USD)),
    _EDGE.accept(
        "MM-7-023", "an atom more pays for an atom", *_AGAIN, Borrow(3, "USDC", 100 * USD + 1)
    ),
    _HOURS.accept(
        "MM-7-024",
        "prepaid at 600, borrowed again at 3000: no fee for the rest either",
        *_AGAIN,
        AdvanceTime(3000),
        Borrow(3, "USDC", 100 * USD),
    ),
    _EDGE.accept(
        "MM-7-025",
        "on the hour nothing is prepaid any more",
        *_AGAIN,
        AdvanceTime(HOUR),
        Borrow(3, "USDC", 100 * USD),
    ),
    _HOURS.accept(
        "MM-7-026",
        "in the next hour another repayment begins anew",
        *_AGAIN,
        AdvanceTime(HOUR + 1),
        Transfer(2, 3, "USDC", 10 * USD),
        Repay(3, "USDC", 10 * USD),
    ),
    _HOURS.accept(
        "MM-7-027",
        "a withdrawal that borrows draws on it as well",
        *_AGAIN,
        RequestWithdrawal(3, "USDC", "solana", 450 * USD, auto_lend_redeem=False, auto_borrow=True),
    ),
    Group("hourly", (_FREE,), clauses=("MM-14",)).accept(
        "MM-7-028", "without an entry fee nothing is prepaid", *_AGAIN
    ),
    *_HOURS.pair(
        ("MM-7-029", "MM-7-030"),
        ("a limit that leaves no room for a fee", "an atom that is not prepaid passes it"),
        *_AGAIN,
        pool_with(open_borrow_lend_limit=400 * USD),
        accepted=Borrow(3, "USDC", 1),
        refused=Borrow(3, "USDC", 100 * USD + 1),
        code=R.BORROW_LIMIT,
        why=Why.BOUNDARY,
    ),
)

_SWINGS: Final[tuple[Action, ...]] = tuple(
    step
    for turn in range(1, 7)
    for step in (*moved(1_010_000, 20 * turn - 10), *moved(1_000_000, 20 * turn))
)

SETTLED: Final[tuple[Case, ...]] = (
    Group("settlement_hourly", clauses=("ST-3",), why=Why.ATTACK).trace(
        "MM-7-040",
        "a mark goes up and down six times in two minutes; failing charges a fee each time",
        settings(5, auto_borrow_settlements=True),
        *opened(2, 5, 100),
        *_SWINGS,
    ),
)

CASES: Final[tuple[Case, ...]] = (*EARNED, *ONCE, *SETTLED)
