"""Cases of the perpetuals chapter: every second is funded once, whatever changes meanwhile."""

from __future__ import annotations

from typing import Any, Final

from ibperp.actions import Action, AdvanceTime, ApplyFunding, ListPerpetual, SettleMarket
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import PERP, Case, Group, Refused, Why
from ibperp_authoring.cases.perpetuals.steps import CLOSED, mark
from ibperp_authoring.cases.setups import HOUR, PERCENT, USD, perp, perpetual_with

_POINT: Final = PERCENT // 100
_PREMIUM: Final = 20 * _POINT
_EIGHT: Final[dict[str, Any]] = {"funding_interval": 8 * HOUR}
_OPEN: Final = Group("perpetual_open")
_EDGE: Final = Group("perpetual_open", why=Why.BOUNDARY)


def _hours(*ends: int) -> tuple[Action, ...]:
    """Apply funding at the end of each of these hours."""
    return tuple(
        step for end in ends for step in (AdvanceTime(end * HOUR), ApplyFunding(PERP, _PREMIUM))
    )


_CHANGES: Final[tuple[Case, ...]] = (
    _OPEN.accept(
        "PP-8-100",
        "seven hours are paid, then the interval is eight: one hour is left to pay",
        *_hours(*range(1, 8)),
        perpetual_with(**_EIGHT),
        *_hours(8),
    ),
    _EDGE.accept(
        "PP-8-101",
        "eight hours become one a second before they end: none is lost",
        perpetual_with(**_EIGHT),
        AdvanceTime(8 * HOUR - 1),
        perpetual_with(),
        *_hours(8),
    ),
    _OPEN.trace(
        "PP-8-102",
        "eight hours become one after three and a half: then by the hour",
        perpetual_with(**_EIGHT),
        AdvanceTime(7 * HOUR // 2),
        perpetual_with(),
        *_hours(4, 5, 6, 7, 8),
    ),
    _OPEN.accept(
        "PP-8-103",
        "an hour becomes eight in its middle: the eighth hour ends it",
        AdvanceTime(HOUR // 2),
        perpetual_with(**_EIGHT),
        *_hours(8),
    ),
    _OPEN.accept(
        "PP-8-104",
        "a cap that is lowered half way holds for the second half",
        AdvanceTime(HOUR // 2),
        perpetual_with(funding_cap=_POINT),
        AdvanceTime(HOUR),
        ApplyFunding(PERP, 20 * PERCENT),
    ),
    _EDGE.accept(
        "PP-8-105",
        "a cap that is lowered when the hour is over holds for none of it",
        AdvanceTime(HOUR),
        perpetual_with(funding_cap=0, funding_floor=0),
        ApplyFunding(PERP, _PREMIUM),
    ),
    _EDGE.accept(
        "PP-8-106",
        "a cap that is lowered when the hour begins holds for all of it",
        *_hours(1),
        perpetual_with(funding_cap=0, funding_floor=0),
        *_hours(2),
    ),
    _OPEN.accept(
        "PP-8-107",
        "three terms in one hour, each for its seconds",
        AdvanceTime(600),
        perpetual_with(interest_rate=8 * _POINT, interest_clamp=0),
        AdvanceTime(1300),
        perpetual_with(interest_rate=-16 * _POINT, interest_clamp=PERCENT),
        AdvanceTime(HOUR),
        ApplyFunding(PERP, -_PREMIUM),
        why=Why.ROUNDING,
    ),
    _OPEN.accept(
        "PP-8-108",
        "terms that come back are one part with those of before",
        AdvanceTime(600),
        perpetual_with(funding_cap=_POINT),
        perpetual_with(),
        AdvanceTime(1200),
        perpetual_with(funding_cap=_POINT),
        AdvanceTime(1800),
    ),
    _OPEN.accept(
        "PP-8-109",
        "what is no term of the rate leaves the interval alone",
        AdvanceTime(600),
        perpetual_with(mark_threshold=PERCENT, position_limit=7),
    ),
    _OPEN.accept(
        "PP-8-110",
        "an hour that is over waits, those after it are not charged, then terms change",
        AdvanceTime(3 * HOUR + 600),
        perpetual_with(funding_cap=_POINT),
        *_hours(4),
    ),
    _OPEN.reject(
        "PP-8-111",
        "a change of the interval is no end of it",
        AdvanceTime(HOUR // 2),
        perpetual_with(funding_interval=1000),
        ApplyFunding(PERP, _PREMIUM),
        code=R.TOO_EARLY,
        twin="PP-8-112",
    ),
    _EDGE.accept(
        "PP-8-112",
        "the first multiple of the new interval is",
        AdvanceTime(HOUR // 2),
        perpetual_with(funding_interval=1000),
        AdvanceTime(2000),
        ApplyFunding(PERP, _PREMIUM),
    ),
    _OPEN.accept(
        "PP-8-113",
        "a market that is listed inside an hour is charged for what it saw of it",
        AdvanceTime(2700),
        ListPerpetual("NEW_PERP", perp()),
        mark(USD, market="NEW_PERP"),
        AdvanceTime(HOUR),
        ApplyFunding("NEW_PERP", 13 * _POINT),
    ),
    _OPEN.trace(
        "PP-8-114",
        "who is late by half an interval shortens the next by nothing",
        AdvanceTime(3 * HOUR // 2),
        ApplyFunding(PERP, _PREMIUM),
        perpetual_with(funding_cap=_POINT),
        Refused(ApplyFunding(PERP, _PREMIUM), R.TOO_EARLY),
        *_hours(2),
    ),
)

_ENDS: Final[tuple[Case, ...]] = (
    _OPEN.accept(
        "PP-9-060",
        "half an hour of funding is charged with the last price",
        AdvanceTime(HOUR // 2),
        mark(USD + 1000),
        CLOSED,
        SettleMarket(PERP, USD),
    ),
    _EDGE.accept(
        "PP-9-061",
        "an hour that is over and was not applied is charged with the last price",
        AdvanceTime(HOUR),
        CLOSED,
        SettleMarket(PERP, USD),
    ),
    _EDGE.accept(
        "PP-9-062",
        "an hour that was applied is not charged again",
        *_hours(1),
        CLOSED,
        SettleMarket(PERP, USD),
    ),
    _OPEN.accept(
        "PP-9-063",
        "after the last price there is nothing left to fund",
        AdvanceTime(HOUR),
        CLOSED,
        SettleMarket(PERP, USD),
        AdvanceTime(2 * HOUR),
        ApplyFunding(PERP, _PREMIUM),
    ),
    _OPEN.accept(
        "PP-9-064",
        "the last funding has the terms of each of its seconds",
        AdvanceTime(600),
        perpetual_with(interest_rate=-80 * _POINT, interest_clamp=PERCENT),
        AdvanceTime(HOUR // 2),
        CLOSED,
        SettleMarket(PERP, USD),
    ),
)

CASES: Final[tuple[Case, ...]] = (*_CHANGES, *_ENDS)
