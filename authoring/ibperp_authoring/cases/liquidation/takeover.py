"""Cases of the takeover of positions and debts by providers (LQ-6)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Borrow, CreateAccount, Lend, RegisterBackstop, SetPrice
from ibperp_authoring.cases.builder import Case, Group, Why, long
from ibperp_authoring.cases.liquidation.setups import (
    STEP,
    deposit,
    price,
    provider,
    steps,
    system_with,
)
from ibperp_authoring.cases.settlement.setups import contract_with, mark, opened
from ibperp_authoring.cases.setups import COIN, USD

_LONG: Final = Group("liquidation_long", (mark(880_000),))
"""Equity 25 for 1000 lots worth 880; the zero price is 0.855."""

_SHORT: Final = Group("liquidation_short", (mark(1_120_000),))

_SHARES: Final[tuple[Case, ...]] = (
    _LONG.accept(
        "LQ-6-001", "a provider with 300 dollars takes 340 lots of 0.88", provider(6, 300), STEP
    ),
    _SHORT.accept("LQ-6-002", "a short is taken over above the mark", provider(6, 300), STEP),
    _LONG.accept("LQ-6-003", "capacity for all, to the atom", provider(6, 880), STEP),
    _LONG.accept(
        "LQ-6-004",
        "capacity for all but an atom: one lot stays",
        RegisterBackstop(6, 880 * USD - 1),
        STEP,
        why=Why.BOUNDARY,
    ),
    _LONG.accept("LQ-6-005", "more capacity than needed: the rest stays", provider(6, 1000), STEP),
    _LONG.accept(
        "LQ-6-006",
        "capacity for no lot: the next rung",
        RegisterBackstop(6, 879_999),
        STEP,
        why=Why.BOUNDARY,
    ),
    _LONG.accept(
        "LQ-6-007",
        "capacity for one lot, and then none: the provider is one no longer",
        RegisterBackstop(6, 880_000),
        STEP,
        why=Why.BOUNDARY,
    ),
    _LONG.accept(
        "LQ-6-008",
        "two providers: 239.7 and 169.3 lots are 240 and 169",
        provider(6, 211),
        provider(7, 149),
        STEP,
        why=Why.ROUNDING,
    ),
    _LONG.accept(
        "LQ-6-009",
        "of two unlike remainders the larger gets the lot, though it comes later",
        provider(6, 140),
        provider(7, 160),
        STEP,
        why=Why.ROUNDING,
    ),
    _LONG.accept(
        "LQ-6-010",
        "three equal remainders: the lot goes to the first",
        *(provider(account, 100) for account in (9, 6, 7)),
        STEP,
        why=Why.ROUNDING,
    ),
    _LONG.accept(
        "LQ-6-011",
        "three equal remainders and two lots: to the first two",
        *(RegisterBackstop(account, 100_200_000) for account in (6, 7, 9)),
        STEP,
        why=Why.ROUNDING,
    ),
    _LONG.trace(
        "LQ-6-012",
        "what is left is offered again in the next step",
        provider(6, 300),
        provider(7, 200),
        *steps(2),
        provider(7, 900),
        STEP,
    ),
    _LONG.accept(
        "LQ-6-013", "the rest for which there is no capacity", provider(6, 300), *steps(3)
    ),
    _LONG.accept(
        "LQ-6-014",
        "a provider with an opposite position closes it",
        provider(3, 300),
        STEP,
    ),
    _LONG.accept(
        "LQ-6-015",
        "a reduce-only order of the provider is resized",
        long(3, 600, 500_000, reduce_only=True),
        provider(3, 300),
        STEP,
    ),
    _LONG.accept(
        "LQ-6-016",
        "no limit of the market holds a takeover back",
        contract_with(position_limit=0, open_interest_limit=0),
        provider(6, 900),
        STEP,
    ),
    _LONG.accept(
        "LQ-6-017", "another of the user's accounts takes nothing", provider(8, 900), STEP
    ),
    _LONG.accept(
        "LQ-6-018",
        "another of the user's accounts has no part in the shares",
        provider(8, 900),
        provider(6, 300),
        STEP,
        why=Why.ATTACK,
    ),
    _LONG.accept(
        "LQ-6-019",
        "who took the offer back takes nothing",
        provider(6, 900),
        provider(6, 0),
        STEP,
    ),
)

_POOR: Final = (CreateAccount(10, 10), deposit(10, 10 * USD), provider(10, 300))
"""Account 10 holds ten dollars and offers 300."""

_SAFE: Final[tuple[Case, ...]] = (
    _LONG.accept("LQ-6-030", "a provider that would not be safe takes nothing", *_POOR, STEP),
    _LONG.accept(
        "LQ-6-031",
        "the part of one that would not be safe is shared anew: 340 lots for the other",
        *_POOR,
        provider(7, 300),
        STEP,
    ),
    _LONG.accept(
        "LQ-6-032",
        "with the other enough for all, nothing stays",
        *_POOR,
        provider(7, 900),
        STEP,
    ),
    _LONG.accept(
        "LQ-6-033",
        "initial margin to the atom: 113 lots bring 2.825 and require 9.944",
        CreateAccount(10, 10),
        deposit(10, 7_119_000),
        provider(10, 100),
        STEP,
        why=Why.BOUNDARY,
    ),
    _LONG.accept(
        "LQ-6-034",
        "an atom less: it takes nothing",
        CreateAccount(10, 10),
        deposit(10, 7_118_999),
        provider(10, 100),
        STEP,
        why=Why.BOUNDARY,
    ),
    Group("liquidation_long", (system_with(unrealized_weight=0), mark(880_000))).accept(
        "LQ-6-035",
        "the gain of the takeover does not make a provider safe where gains do not count",
        CreateAccount(10, 10),
        deposit(10, 9_943_999),
        provider(10, 100),
        STEP,
        why=Why.BOUNDARY,
    ),
    Group("liquidation_long", (mark(855_000),)).accept(
        "LQ-6-036", "without equity no provider takes over", provider(6, 900), STEP
    ),
    Group("liquidation_long", (mark(855_001),)).accept(
        "LQ-6-037", "with equity of a thousandth it does", provider(6, 900), STEP, why=Why.BOUNDARY
    ),
    Group("liquidation_long", (deposit(2, 1), mark(855_000))).accept(
        "LQ-6-038",
        "with an atom of equity it does, at the mark",
        provider(6, 900),
        STEP,
        why=Why.BOUNDARY,
    ),
)

_LATE: Final = Group("liquidation_borrowed", (price(92),))
"""Equity 18 for a debt of 810, below auto-close: all goes to providers."""

_OWED: Final = Group("liquidation_owed", (price(108),))
"""Equity 20.25 for a debt of 972, below auto-close."""

_DEBTS: Final[tuple[Case, ...]] = (
    _LATE.accept("LQ-6-050", "a debt with its collateral", provider(6, 900), STEP),
    _LATE.accept("LQ-6-051", "half of a debt with half", provider(6, 405), STEP),
    _LATE.accept(
        "LQ-6-052",
        "two providers take a debt by capacity",
        provider(6, 100),
        provider(7, 200),
        STEP,
        why=Why.ROUNDING,
    ),
    _LATE.accept(
        "LQ-6-053",
        "a provider that lends what it takes over: lend and debt cancel",
        provider(9, 900),
        STEP,
    ),
    _LATE.accept(
        "LQ-6-054",
        "a provider that lends as much as it takes over is left with neither",
        provider(9, 400),
        STEP,
        why=Why.BOUNDARY,
    ),
    _LATE.accept("LQ-6-055", "a provider that lends more keeps a lend", provider(5, 300), STEP),
    Group("liquidation_borrowed", (Lend(2, "SOL", 10 * COIN), price(92))).accept(
        "LQ-6-056", "lent collateral passes as a claim", provider(6, 900), STEP
    ),
    Group(
        "liquidation_borrowed", (Lend(2, "SOL", 10 * COIN), Borrow(7, "SOL", 20 * COIN), price(92))
    ).accept(
        "LQ-6-057",
        "SC-6, LIQ-13: at full utilization lent collateral passes as a claim",
        provider(6, 900),
        STEP,
        why=Why.ATTACK,
    ),
    Group(
        "liquidation_borrowed", (Lend(2, "SOL", 10 * COIN), Borrow(7, "SOL", 15 * COIN), price(92))
    ).accept(
        "LQ-6-058",
        "lent collateral passes to a provider that owes it: claim and debt cancel",
        provider(7, 900),
        STEP,
    ),
    Group("liquidation_borrowed", (Lend(2, "SOL", 4 * COIN), price(92))).accept(
        "LQ-6-059", "cash first, then the lend", provider(6, 900), STEP
    ),
    Group("liquidation_borrowed", (SetPrice("SOL", 92_249_999),)).accept(
        "LQ-6-060",
        "a share of the equity is rounded down",
        RegisterBackstop(6, 333_333_333),
        STEP,
        why=Why.ROUNDING,
    ),
    _OWED.accept("LQ-6-061", "a debt of a coin, with money", provider(6, 1000), STEP),
    _OWED.accept(
        "LQ-6-062",
        "atoms of a coin by capacity are rounded down",
        RegisterBackstop(6, 333_333_333),
        STEP,
        why=Why.ROUNDING,
    ),
    _OWED.accept(
        "LQ-6-063", "a provider that lends the coin: they cancel", provider(9, 1000), STEP
    ),
    Group(
        "liquidation_owed",
        (Lend(2, "USDC", 992_250_000), Borrow(6, "USDC", 1800 * USD), price(108)),
    ).accept(
        "LQ-6-064",
        "money that is lent passes as a claim, and cancels with the provider's debt",
        provider(6, 400),
        STEP,
    ),
    _LATE.accept(
        "LQ-6-065",
        "a provider that a debt would make unsafe takes nothing",
        CreateAccount(10, 10),
        deposit(10, USD),
        provider(10, 300),
        STEP,
    ),
    Group("liquidation", (deposit(2, 2 * COIN, "SOL", 0), *opened(2, 3, 1000))).trace(
        "LQ-6-066",
        "a position, and then what is owed to the fund, against a coin",
        mark(840_000),
        provider(6, 450),
        STEP,
        provider(7, 1000),
        *steps(2),
    ),
)

CASES: Final[tuple[Case, ...]] = (*_SHARES, *_SAFE, *_DEBTS)
