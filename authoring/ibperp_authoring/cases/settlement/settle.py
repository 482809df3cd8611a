"""Cases of settling: when it is due, and what it marks (ST-2)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import AdvanceTime, ApplyFunding, ListAsset, Settle
from ibperp.numbers import div_down
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, long
from ibperp_authoring.cases.settlement.setups import OTHER, mark, moved, opened, settled, virtual
from ibperp_authoring.cases.setups import HOUR, MAX, PERCENT, USD, USDC, YEAR

_GROUP: Final = Group("settlement", why=Why.ATTACK)

_WINNERS: Final[tuple[Case, ...]] = (
    _GROUP.trace(
        "ST-2-050",
        "a settlement sent every second is refused nine times of ten",
        *opened(2, 3, 100),
        mark(1_100_000),
        *(
            step
            for second in range(1, 21)
            for step in (
                AdvanceTime(second),
                Refused(Settle(), R.TOO_EARLY) if second not in {10, 20} else Settle(),
            )
        ),
    ),
)

_OPEN: Final = opened(2, 3, 100)
_DUE: Final = Group("settlement", _OPEN, Why.BOUNDARY)
_STEEP: Final = tuple(mark(10**power) for power in (12, 18, 24, 30, 36))
"""Marks that rise by a millionfold each, as far as one update may."""

_EMPTY: Final = Group("settlement")

_TIMES: Final[tuple[Case, ...]] = (
    _DUE.accept("ST-2-001", "ten seconds after the last settlement", *moved(1_100_000, 10)),
    _DUE.reject(
        "ST-2-002",
        "nine seconds after the last settlement",
        *moved(1_100_000, 9),
        code=R.TOO_EARLY,
        twin="ST-2-001",
    ),
    _DUE.reject(
        "ST-2-003",
        "at the instant of the last settlement",
        *settled(10),
        Settle(),
        code=R.TOO_EARLY,
        twin="ST-2-001",
    ),
    _DUE.accept("ST-2-004", "ten seconds after a late one", *settled(17), *settled(27)),
    _DUE.reject(
        "ST-2-005",
        "nine seconds after a late one, though a multiple of ten lies between",
        *settled(17),
        *settled(26),
        code=R.TOO_EARLY,
        twin="ST-2-004",
    ),
    _DUE.accept("ST-2-006", "after a year without a settlement", *moved(1_100_000, YEAR)),
    _DUE.accept("ST-2-007", "at the last second that can be stored", AdvanceTime(MAX), Settle()),
    _DUE.trace(
        "ST-2-008",
        "a refused settlement does not count: the interval goes on from the accepted one",
        *settled(10),
        AdvanceTime(19),
        Refused(Settle(), R.TOO_EARLY),
        AdvanceTime(20),
        Settle(),
        Refused(Settle(), R.TOO_EARLY),
    ),
    Group("genesis").reject(
        "ST-2-009",
        "without the settlement asset there is nothing to settle in",
        AdvanceTime(10),
        Settle(),
        code=R.ASSET_UNKNOWN,
        twin="ST-2-010",
    ),
    Group("genesis").accept(
        "ST-2-010", "with the settlement asset alone", ListAsset("USDC", USDC), *settled(10)
    ),
    Group("genesis", why=Why.PRECEDENCE).reject(
        "ST-2-011",
        "asset_unknown comes before too_early",
        Settle(),
        code=R.ASSET_UNKNOWN,
        twin="ST-2-010",
    ),
    _EMPTY.accept("ST-2-012", "without a position nothing moves", *settled(10)),
    _DUE.accept(
        "ST-2-014",
        "the largest mark whose positions can be stored",
        *_STEEP,
        *moved(div_down(MAX, 100), 10),
    ),
    _DUE.reject(
        "ST-2-015",
        "an atom beyond the largest mark whose positions can be stored",
        *_STEEP,
        *moved(div_down(MAX, 100) + 1, 10),
        code=R.OUT_OF_RANGE,
        twin="ST-2-014",
    ),
    _EMPTY.accept("ST-2-013", "resting orders are not settled", long(2, 100, USD), *settled(10)),
)

_MARKED: Final[tuple[Case, ...]] = (
    _DUE.accept("ST-2-020", "at an unchanged mark nothing is gained or lost", *settled(10)),
    _DUE.trace(
        "ST-2-021",
        "the second settlement at a mark finds nothing to do",
        *moved(1_100_000, 10),
        *settled(20),
        why=Why.CONSERVATION,
    ),
    _DUE.trace(
        "ST-2-022",
        "two settlements realize what one at the last mark would",
        *moved(1_100_000, 10),
        *moved(1_234_567, 20),
        why=Why.RULE,
    ),
    _DUE.accept("ST-2-023", "one settlement at the last mark", *moved(1_234_567, 20), why=Why.RULE),
    _DUE.trace(
        "ST-2-024",
        "up and back down: both are where they began",
        *moved(1_300_000, 10),
        *moved(USD, 20),
        why=Why.CONSERVATION,
    ),
    _DUE.accept("ST-2-025", "the gain is an atom a lot", *moved(USD + 1, 10)),
    _DUE.accept("ST-2-026", "the mark is one atom: the long loses almost all", *moved(1, 10)),
    Group("settlement", opened(2, 3, 100, 1_020_000)).accept(
        "ST-2-027", "a trade away from the mark gains and loses at once", *settled(10)
    ),
    Group("settlement", (*opened(2, 3, 100), *opened(2, 4, 50, 1_100_000))).accept(
        "ST-2-028", "lots of two trades are marked together", *moved(1_050_000, 10)
    ),
    Group("settlement", (*_OPEN, *opened(3, 2, 40, 1_100_000))).accept(
        "ST-2-029",
        "what was closed is realized at its price, the rest at the mark",
        *moved(1_200_000, 10),
    ),
    Group("settlement", (*_OPEN, *opened(3, 2, 100, 1_100_000))).accept(
        "ST-2-030", "both are flat: only what was realized is paid", *moved(5 * USD, 10)
    ),
    Group("settlement", (*_OPEN, *opened(3, 2, 150, 1_100_000))).accept(
        "ST-2-031", "both have turned to the other side", *moved(USD, 10)
    ),
    Group("settlement", (*_OPEN, *opened(4, 2, 100, 1_100_000))).accept(
        "ST-2-032", "who left is paid beside who came", *moved(1_150_000, 10)
    ),
    Group("settlement", (*_OPEN, *opened(3, 2, 10, market=OTHER, price=10 * USD))).accept(
        "ST-2-033",
        "two positions of opposite result are one unsettled balance",
        mark(1_100_000),
        *moved(10_700_000, 10, OTHER),
    ),
    Group("settlement", (*_OPEN, *opened(2, 3, 10, market=OTHER, price=10 * USD))).accept(
        "ST-2-034",
        "two positions that gain together",
        mark(1_100_000),
        *moved(11 * USD, 10, OTHER),
    ),
    Group("settlement", (*_OPEN, *opened(3, 2, 10, market=OTHER, price=10 * USD))).accept(
        "ST-2-035",
        "an account whose positions cancel is paid nothing and pays nothing",
        mark(1_100_000),
        *moved(11 * USD, 10, OTHER),
        why=Why.BOUNDARY,
    ),
)

_FUNDING: Final[tuple[Case, ...]] = (
    _DUE.accept(
        "ST-2-040",
        "a settlement takes the funding of the long and gives it to the short",
        AdvanceTime(HOUR),
        ApplyFunding("SOL_PERP", 8 * PERCENT),
        *settled(HOUR + 10),
    ),
    _DUE.accept(
        "ST-2-041",
        "funding below zero goes from short to long",
        AdvanceTime(HOUR),
        ApplyFunding("SOL_PERP", -8 * PERCENT),
        *settled(HOUR + 10),
    ),
    _DUE.accept(
        "ST-2-042",
        "a gain and the funding of three hours are paid in one",
        AdvanceTime(HOUR),
        ApplyFunding("SOL_PERP", 8 * PERCENT),
        AdvanceTime(2 * HOUR),
        mark(1_100_000),
        ApplyFunding("SOL_PERP", 4 * PERCENT),
        AdvanceTime(3 * HOUR),
        ApplyFunding("SOL_PERP", PERCENT),
        *settled(3 * HOUR + 10),
    ),
    _DUE.accept(
        "ST-2-043",
        "funding that is as much as the gain leaves nothing to pay",
        AdvanceTime(HOUR),
        ApplyFunding("SOL_PERP", 8 * PERCENT),
        *moved(1_010_000, HOUR + 10),
    ),
    Group("settlement", (*virtual(2, 3), *_OPEN)).accept(
        "ST-2-044",
        "funding is paid from assets even by an account that settles virtually",
        AdvanceTime(HOUR),
        ApplyFunding("SOL_PERP", 8 * PERCENT),
        *moved(1_100_000, HOUR + 10),
    ),
    Group("settlement", (*virtual(5), *opened(5, 3, 100))).accept(
        "ST-2-045",
        "an account that settles virtually and holds no USDC stays behind with its funding",
        AdvanceTime(HOUR),
        ApplyFunding("SOL_PERP", 8 * PERCENT),
        *settled(HOUR + 10),
    ),
    _DUE.trace(
        "ST-2-046",
        "funding settled once is not settled again",
        AdvanceTime(HOUR),
        ApplyFunding("SOL_PERP", 8 * PERCENT),
        *settled(HOUR + 10),
        *settled(HOUR + 20),
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *_WINNERS,
    *_TIMES,
    *_MARKED,
    *_FUNDING,
)
