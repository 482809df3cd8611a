"""Cases of deleveraging: positions are closed against opposite ones (LQ-7)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Action, AdvanceTime, ApplyFunding, FundInsurance
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import PERP, Case, Group, Refused, Why, long, short
from ibperp_authoring.cases.liquidation.bankruptcy_setups import RESOLVE, gift
from ibperp_authoring.cases.liquidation.setups import STEP, deposit, price, steps, system_with
from ibperp_authoring.cases.settlement.setups import (
    OTHER,
    contract_with,
    mark,
    moved,
    opened,
    settled,
)
from ibperp_authoring.cases.setups import COIN, PERCENT, USD

_LONG: Final = Group("liquidation_long")
_SHORT: Final = Group("liquidation_short")
_BROKE: Final = Group("liquidation_long", (mark(850_000),))
"""Equity -5: the zero price is 0.855, above the mark."""

_SHORT_BROKE: Final = Group("liquidation_short", (mark(1_160_000),))
"""Equity -5: the zero price is 1.155, below the mark."""


def _pledged(at: int, *trades: Action) -> Group:
    """Let account 2 hold a SOL besides, which is worth 100 dollars and counts for 90."""
    return Group("liquidation_long", (deposit(2, COIN, "SOL"), *trades, mark(at)))


_PRICES: Final[tuple[Case, ...]] = (
    _LONG.accept("LQ-7-001", "counterparties get its equity", mark(880_000), STEP),
    _SHORT.accept("LQ-7-002", "a short: counterparties get its equity", mark(1_120_000), STEP),
    _LONG.accept("LQ-7-003", "no equity: the mark", mark(855_000), STEP, why=Why.BOUNDARY),
    _BROKE.accept("LQ-7-004", "below zero: counterparties pay, between mark and zero price", STEP),
    _SHORT_BROKE.accept("LQ-7-005", "a short below zero: counterparties pay", STEP),
    _BROKE.accept(
        "LQ-7-006",
        "the insurance has enough to the atom: nobody else pays",
        FundInsurance(5, "USDC", 5 * USD),
        STEP,
        why=Why.BOUNDARY,
    ),
    _BROKE.accept(
        "LQ-7-007",
        "the insurance has an atom less: the counterparties pay one atom a lot",
        FundInsurance(5, "USDC", 5 * USD - 1),
        STEP,
        why=Why.BOUNDARY,
    ),
    _BROKE.accept(
        "LQ-7-008",
        "the insurance has more than enough: never beyond the mark",
        FundInsurance(5, "USDC", 50 * USD),
        STEP,
    ),
    _BROKE.accept(
        "LQ-7-009",
        "the insurance has two dollars: counterparties pay three",
        FundInsurance(5, "USDC", 2 * USD),
        STEP,
    ),
    _BROKE.accept(
        "LQ-7-010",
        "the insurance has enough, its limit is two dollars: counterparties pay three",
        FundInsurance(5, "USDC", 50 * USD),
        system_with(insurance_limit=2 * USD),
        STEP,
    ),
    _BROKE.accept(
        "LQ-7-011",
        "the insurance has coins alone: they cover nothing",
        FundInsurance(5, "SOL", 10**9),
        STEP,
    ),
    _SHORT_BROKE.accept(
        "LQ-7-012",
        "a short: the insurance has two dollars",
        FundInsurance(5, "USDC", 2 * USD),
        STEP,
    ),
    _BROKE.accept(
        "LQ-7-013",
        "without non_recourse the price is the same",
        system_with(non_recourse=False),
        STEP,
    ),
    _LONG.accept(
        "LQ-7-014",
        "the user's own other account is a counterparty too",
        *opened(4, 8, 400, USD),
        mark(880_000),
        STEP,
    ),
    _pledged(760_000).accept(
        "LQ-7-015", "below zero by a haircut alone: the mark, nobody pays for a haircut", STEP
    ),
    _pledged(755_000).accept(
        "LQ-7-016", "all it has is worth what is missing: the mark", STEP, why=Why.BOUNDARY
    ),
    _pledged(750_000).accept(
        "LQ-7-017", "counterparties pay the five dollars that all it has does not cover", STEP
    ),
    _pledged(750_000).accept(
        "LQ-7-018",
        "the insurance covers what all it has does not",
        FundInsurance(5, "USDC", 5 * USD),
        STEP,
    ),
    _pledged(750_000, *opened(4, 8, 400, USD)).accept(
        "LQ-7-019",
        "the user's own other account pays what the insurance would, and not for a haircut",
        FundInsurance(5, "USDC", 5 * USD),
        STEP,
    ),
)


def _burdened(other_mark: int) -> Group:
    """Let account 3 be long 5000 lots of the other market, which falls."""
    return Group(
        "liquidation_long",
        (*opened(3, 6, 5000, USD, OTHER), mark(other_mark, OTHER), mark(850_000)),
    )


_BEARS: Final[tuple[Case, ...]] = (
    _burdened(783_000).accept(
        "LQ-7-020", "a counterparty with five dollars bears a part: 0.850960 a lot", STEP
    ),
    _burdened(782_000).accept(
        "LQ-7-021", "a counterparty without equity is closed at the mark", STEP, why=Why.BOUNDARY
    ),
    _burdened(700_000).accept(
        "LQ-7-022", "a counterparty below zero is closed at the mark, and no worse", STEP
    ),
    _burdened(800_000).accept(
        "LQ-7-023", "a counterparty that can bear it pays the zero price", STEP
    ),
    Group(
        "liquidation_short",
        (*opened(6, 3, 5000, USD, OTHER), mark(1_217_000, OTHER), mark(1_160_000)),
    ).accept("LQ-7-024", "a short: a counterparty with eleven dollars bears a part", STEP),
    Group(
        "liquidation_long",
        (*opened(3, 6, 5000, USD, OTHER), mark(700_000, OTHER), mark(880_000)),
    ).accept(
        "LQ-7-025", "a counterparty below zero gets the equity of the one that fails as any", STEP
    ),
    _burdened(783_000).trace(
        "LQ-7-026",
        "what a counterparty cannot bear stays with the account",
        *steps(2),
    ),
)


def row(*shorts: tuple[int, int, int], after: tuple[Action, ...] = (), at: int = 880_000) -> Group:
    """Let 2 be long 1000 and 7 the rest, and others short: account, lots, price of entry.

    What was sold below one dollar account 7 has bought before account 2.
    """
    before: list[Action] = [deposit(2, 145 * USD, after=0)]
    left = {2: 1000, 7: sum(lots for _, lots, _ in shorts) - 1000}
    for account, lots, entry in shorts:
        rest = lots
        for buyer in (2, 7) if entry >= USD else (7, 2):
            part = min(left[buyer], rest)
            if part:
                before += opened(buyer, account, part, entry)
                left[buyer] -= part
                rest -= part
    return Group("liquidation", (*before, *after, mark(at)))


_EVEN: Final = ((3, 750, USD), (4, 750, USD))

_RANKS: Final[tuple[Case, ...]] = (
    row(*_EVEN).accept("LQ-7-030", "equal in profit and leverage: by id", STEP),
    row(*_EVEN, after=(deposit(3, USD),)).accept(
        "LQ-7-031", "equal in profit: the one with less equity is first", STEP
    ),
    row((3, 750, 1_000_000), (4, 750, 1_000_100)).accept(
        "LQ-7-032", "the one who sold higher has more profit and is first", STEP
    ),
    row((3, 750, 1_000_100), (4, 750, 1_000_000), after=(deposit(3, 500 * USD),)).accept(
        "LQ-7-033", "profit times leverage: more profit and less leverage is later", STEP
    ),
    row((3, 800, 840_000), (4, 700, 1_000_000), at=845_000).accept(
        "LQ-7-034", "a loser is after a winner", STEP
    ),
    row((3, 300, 835_000), (4, 300, 840_000), (6, 700, 1_000_000), at=845_000).accept(
        "LQ-7-035", "of losers the smallest loss first, whatever the leverage", STEP
    ),
    row((3, 800, 845_000), (4, 700, 1_000_000), at=845_000).accept(
        "LQ-7-036", "who neither gains nor loses is among the losers", STEP, why=Why.BOUNDARY
    ),
    row(
        *_EVEN,
        after=(*opened(3, 6, 5000, USD, OTHER), mark(700_000, OTHER)),
    ).accept("LQ-7-037", "who owns nothing is last, whatever the profit", STEP),
    row(
        (4, 800, 840_000),
        (3, 700, 1_000_000),
        after=(*opened(3, 6, 5000, USD, OTHER), mark(700_000, OTHER)),
        at=845_000,
    ).accept("LQ-7-038", "who owns nothing is after a loser", STEP),
    row(*_EVEN, after=(*opened(3, 6, 100, USD, OTHER), *opened(6, 3, 100, USD, OTHER))).accept(
        "LQ-7-039", "a position that was closed has no part in the rank", STEP
    ),
    row(*_EVEN, after=opened(4, 6, 1000, USD, OTHER)).accept(
        "LQ-7-040",
        "leverage is that of all: a position elsewhere brings it forward",
        STEP,
    ),
    row(*_EVEN, after=moved(900_000, 10)).accept(
        "LQ-7-041", "profit is that since the entry, settled or not", STEP
    ),
    row((3, 1500, USD)).accept("LQ-7-042", "a lone counterparty is closed in part", STEP),
    row((3, 300, USD), (4, 300, USD), (6, 300, USD), (9, 600, USD)).accept(
        "LQ-7-043", "several counterparties, the last one in part", STEP
    ),
    row((3, 1500, USD), after=(long(3, 1500, 100_000, reduce_only=True),)).accept(
        "LQ-7-044", "a reduce-only order of a counterparty is resized", STEP
    ),
)

_HEDGED: Final = (*opened(4, 6, 400, USD, OTHER), mark(850_000), mark(850_000, OTHER))

_WHOLE: Final[tuple[Case, ...]] = (
    Group("liquidation_long", _HEDGED).accept(
        "LQ-7-050",
        "SC-16: of a hedge one leg is closed; the other stays, at the mark as it was",
        STEP,
        why=Why.ATTACK,
    ),
    _BROKE.accept(
        "LQ-7-051",
        "an account that was flat before pays nothing: 6 traded and left",
        *opened(6, 7, 10, 850_000),
        *opened(7, 6, 10, 850_000),
        STEP,
    ),
    Group(
        "liquidation_long",
        (AdvanceTime(3600), ApplyFunding(PERP, PERCENT), mark(870_000), price(1, "USDC")),
    ).accept(
        "LQ-7-052",
        "funding that is due is settled with the position",
        STEP,
    ),
    _BROKE.trace(
        "LQ-7-053",
        "what was lost is settled to the counterparties",
        STEP,
        *settled(10),
        why=Why.CONSERVATION,
    ),
    Group("liquidation_long", (contract_with(taker_fee=RATIO // 100), mark(880_000))).accept(
        "LQ-7-054", "no fee of the market, and none for the insurance", STEP
    ),
    _LONG.accept(
        "LQ-7-055",
        "the last price stays, and orders of the book too",
        long(6, 100, 700_000),
        short(7, 100, 1_300_000),
        mark(880_000),
        STEP,
    ),
)


def _attack(setup: str, *before: Action) -> Group:
    return Group(setup, before, Why.ATTACK)


_MINUS: Final = _attack(
    "liquidation", deposit(2, 145 * USD - 1, after=0), *opened(2, 3, 600), *opened(2, 4, 400)
)

_LAST: Final[tuple[Case, ...]] = (
    _MINUS.trace(
        "LQ-7-900",
        "SC-10: equity is minus one atom: the price is an atom a lot beyond the mark",
        mark(855_000),
        STEP,
    ),
    _MINUS.trace(
        "LQ-7-901",
        "SC-10: equity is minus one atom, and the insurance has it: the mark",
        gift(1),
        mark(855_000),
        STEP,
        STEP,
        RESOLVE,
    ),
    _attack("bankrupt_taken").trace(
        "LQ-7-902",
        "SC-10: deleveraging finds no lender: what is lent is virtual; the insurance takes debt "
        "and coins, and owes until lends of it come",
        STEP,
        Refused(STEP, R.NOT_LIQUIDATABLE),
        Refused(RESOLVE, R.NOT_LIQUIDATABLE),
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *_PRICES,
    *_BEARS,
    *_RANKS,
    *_WHOLE,
    *_LAST,
)
