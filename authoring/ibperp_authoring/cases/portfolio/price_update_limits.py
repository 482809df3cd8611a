"""Cases of how far one update may move a price (PF-10)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import AdvanceTime, Borrow, Deposit, ListAsset, SetPrice
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp.parameter_laws import MULTIPLIER_MAX
from ibperp_authoring.cases.builder import Case, Group, Why, ask
from ibperp_authoring.cases.setups import COIN, MAX, PERCENT, SOL, USD, USDC

_OLD: Final = AdvanceTime(1_000_000)

_NARROW: Final = replace(SOL, price_update_min=90 * PERCENT, price_update_max=110 * PERCENT)
_LIMITED: Final = Group(
    "funded", (ListAsset("JUP", _NARROW),), why=Why.BOUNDARY, clauses=("CU-11",)
)


def _update(name: str, title: str, previous: int, asked: int) -> Case:
    return _LIMITED.accept(name, title, SetPrice("JUP", previous), SetPrice("JUP", asked))


LIMITS: Final[tuple[Case, ...]] = (
    _LIMITED.accept("PF-10-001", "a first price has no limit", SetPrice("JUP", MAX)),
    _LIMITED.accept("PF-10-002", "a first price may be the smallest", SetPrice("JUP", 1)),
    _update("PF-10-003", "a rise to the limit is taken whole", 100, 110),
    _update("PF-10-004", "a rise beyond is limited", 100, 111),
    _update("PF-10-005", "a fall to the limit is taken whole", 100, 90),
    _update("PF-10-006", "a fall beyond is limited", 100, 89),
    _update("PF-10-007", "the upper limit is rounded up: 111.1 allows 112", 101, 112),
    _update("PF-10-008", "and no more than 112", 101, 113),
    _update("PF-10-009", "the lower limit is rounded down: 90.9 allows 90", 101, 90),
    _update("PF-10-010", "and no less than 90", 101, 89),
    _update("PF-10-011", "a price of one can rise to two", 1, 5),
    _update("PF-10-012", "a price of two can fall to one", 2, 1),
    _update("PF-10-013", "the same price is no move", 100, 100),
    _update("PF-10-014", "the largest price is limited from far below", 1000, MAX),
    Group("funded", why=Why.BOUNDARY, clauses=("CU-11",)).accept(
        "PF-10-015",
        "with a lower limit of zero a price falls to one and not to nothing",
        ListAsset("JUP", replace(_NARROW, price_update_min=0)),
        SetPrice("JUP", 10**12),
        SetPrice("JUP", 1),
    ),
    Group("funded", why=Why.BOUNDARY, clauses=("CU-11",)).accept(
        "PF-10-016",
        "with both limits of one a price stands still",
        ListAsset("JUP", replace(_NARROW, price_update_min=RATIO, price_update_max=RATIO)),
        SetPrice("JUP", 100),
        SetPrice("JUP", 101),
        SetPrice("JUP", 99),
    ),
    _LIMITED.trace(
        "PF-10-017",
        "a far price is reached in steps, each of them limited",
        SetPrice("JUP", 100),
        SetPrice("JUP", 200),
        SetPrice("JUP", 200),
        SetPrice("JUP", 200),
        SetPrice("JUP", 10),
    ),
    Group("dated", (Borrow(3, "USDC", 100 * USD),), clauses=("PF-9", "CU-11")).accept(
        "PF-10-018",
        "a price that was limited is as young as any",
        ListAsset("JUP", _NARROW),
        SetPrice("JUP", USD),
        Deposit(3, "JUP", "solana", 9, COIN),
        _OLD,
        SetPrice("JUP", 5 * USD),
        SetPrice("USDC", USD),
        SetPrice("SOL", 100 * USD),
        ask(3, 100, 1_000_000),
    ),
    *_LIMITED.pair(
        ("PF-10-019", "PF-10-020"),
        ("a price far outside is limited", "a price of zero is refused and not limited"),
        SetPrice("JUP", 100),
        accepted=SetPrice("JUP", 1),
        refused=SetPrice("JUP", 0),
        code=R.AMOUNT_NOT_POSITIVE,
    ),
    _LIMITED.reject(
        "PF-10-021",
        "a price out of range is refused and not limited",
        SetPrice("JUP", 100),
        SetPrice("JUP", MAX + 1),
        code=R.OUT_OF_RANGE,
        twin="PF-10-014",
    ),
)

_LAW: Final = Group("genesis", why=Why.BOUNDARY, clauses=("CU-2",))


def _list(low: int, high: int) -> ListAsset:
    return ListAsset("USDC", replace(USDC, price_update_min=low, price_update_max=high))


LAWS: Final[tuple[Case, ...]] = (
    _LAW.accept("PF-10-030", "the widest update limits", _list(0, MULTIPLIER_MAX)),
    _LAW.accept("PF-10-031", "the narrowest update limits", _list(RATIO, RATIO)),
    *_LAW.refusals(
        "PF-10-030",
        ("PF-10-032", "a lower limit below zero", _list(-1, RATIO), R.PARAMETER_INVALID),
        (
            "PF-10-033",
            "an upper limit above a million",
            _list(0, MULTIPLIER_MAX + 1),
            R.PARAMETER_INVALID,
        ),
    ),
    *_LAW.refusals(
        "PF-10-031",
        ("PF-10-034", "a lower limit above one", _list(RATIO + 1, RATIO), R.PARAMETER_INVALID),
        ("PF-10-035", "an upper limit below one", _list(0, RATIO - 1), R.PARAMETER_INVALID),
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *LIMITS,
    *LAWS,
)
