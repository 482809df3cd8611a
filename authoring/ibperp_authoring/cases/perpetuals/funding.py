"""Cases of funding: the index, and what positions pay (PP-8)."""

from __future__ import annotations

from typing import Any, Final

from ibperp.actions import Action, AdvanceTime, ApplyFunding, ListPerpetual
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import PERP, Case, Group, Refused, Step, Why, long, short
from ibperp_authoring.cases.perpetuals.steps import CLOSED, funding, mark, sale, trade
from ibperp_authoring.cases.setups import HOUR, MAX, PERCENT, PERPETUAL, USD, perp, perpetual_with

_BASIS_POINT: Final = PERCENT // 100
_EIGHT: Final[dict[str, Any]] = {"funding_interval": 8 * HOUR}

_OPEN: Final = Group("perpetual_open")
_DUE: Final = Group("perpetual_open", (AdvanceTime(HOUR),))

_ODD: Final = Group("perpetual_open", (mark(1_000_003),), Why.ROUNDING)

_INDEX: Final[tuple[Case, ...]] = (
    _OPEN.accept("PP-8-001", "longs pay: the index grows", *funding(PERCENT)),
    _OPEN.accept("PP-8-002", "shorts pay: the index falls below zero", *funding(-PERCENT)),
    _ODD.accept("PP-8-003", "the payment of a lot is rounded down", *funding(PERCENT)),
    _ODD.accept("PP-8-004", "below zero as well", *funding(-PERCENT)),
    Group("perpetual_open", (mark(1000),), Why.ROUNDING).accept(
        "PP-8-005", "a payment of less than an atom: longs pay nothing", *funding(0)
    ),
    Group("perpetual_open", (mark(1000),), Why.ROUNDING).accept(
        "PP-8-006",
        "a payment of less than an atom: shorts pay one",
        perpetual_with(interest_rate=-_BASIS_POINT),
        *funding(0),
    ),
    _OPEN.trace(
        "PP-8-007",
        "payments of several intervals add up, with their signs",
        *funding(PERCENT),
        *funding(2 * PERCENT, 2),
        *funding(-PERCENT, 3),
    ),
    Group("perpetual").accept(
        "PP-8-008", "without open interest nothing accrues", *funding(PERCENT)
    ),
    Group("perpetual").trace(
        "PP-8-009",
        "a position that opens after it pays nothing",
        *funding(PERCENT),
        *trade(2, 3, 10, USD),
        *funding(PERCENT, 2),
        *sale(2, 3, 10, USD),
    ),
    _DUE.accept(
        "PP-8-010", "the mark of the moment counts", mark(2 * USD), ApplyFunding(PERP, PERCENT)
    ),
    _OPEN.accept("PP-8-011", "a closed market has its last funding", CLOSED, *funding(PERCENT)),
    _OPEN.accept(
        "PP-8-012", "after a gap of three hours one hour is charged", *funding(PERCENT, 3)
    ),
    _OPEN.trace(
        "PP-8-013",
        "a gap that ends inside the fifth hour: one hour is charged, the next at its end",
        AdvanceTime(4 * HOUR + 1),
        ApplyFunding(PERP, PERCENT),
        *funding(PERCENT, 5),
    ),
    _OPEN.trace(
        "PP-8-014",
        "eight hours that were missed twice are charged once",
        perpetual_with(**_EIGHT),
        *funding(PERCENT, 25),
        Refused(ApplyFunding(PERP, PERCENT), R.TOO_EARLY),
        *funding(PERCENT, 32),
    ),
    _OPEN.trace(
        "PP-8-015",
        "who opens inside a gap pays the one hour that ends it, as who was there all along",
        AdvanceTime(2 * HOUR + 1),
        *trade(4, 5, 100, USD),
        *funding(PERCENT, 3),
        *sale(2, 3, 100, USD),
        *sale(4, 5, 100, USD),
    ),
)

_NEW: Final = ListPerpetual("NEW_PERP", PERPETUAL)

_TIME: Final[tuple[Case, ...]] = (
    _OPEN.reject(
        "PP-8-020",
        "at once",
        ApplyFunding(PERP, PERCENT),
        code=R.TOO_EARLY,
        twin="PP-8-001",
    ),
    _OPEN.reject(
        "PP-8-022",
        "a second before the interval ends",
        AdvanceTime(HOUR - 1),
        ApplyFunding(PERP, PERCENT),
        code=R.TOO_EARLY,
        twin="PP-8-001",
        why=Why.BOUNDARY,
    ),
    _DUE.reject(
        "PP-8-023",
        "twice for one interval",
        ApplyFunding(PERP, PERCENT),
        ApplyFunding(PERP, PERCENT),
        code=R.TOO_EARLY,
        twin="PP-8-001",
    ),
    _OPEN.trace(
        "PP-8-024",
        "intervals begin on the hour, whenever the last funding was",
        AdvanceTime(HOUR + 3000),
        ApplyFunding(PERP, 0),
        AdvanceTime(2 * HOUR),
        ApplyFunding(PERP, 0),
    ),
    _OPEN.reject(
        "PP-8-025",
        "an hour that was missed is not made up for",
        AdvanceTime(3 * HOUR),
        ApplyFunding(PERP, PERCENT),
        ApplyFunding(PERP, PERCENT),
        code=R.TOO_EARLY,
        twin="PP-8-007",
    ),
    _DUE.accept(
        "PP-8-026",
        "a market listed on the hour ends the next one",
        _NEW,
        mark(USD, market="NEW_PERP"),
        AdvanceTime(2 * HOUR),
        ApplyFunding("NEW_PERP", 0),
    ),
    _DUE.reject(
        "PP-8-027",
        "a market listed on the hour has not passed it",
        _NEW,
        mark(USD, market="NEW_PERP"),
        ApplyFunding("NEW_PERP", 0),
        code=R.TOO_EARLY,
        twin="PP-8-026",
    ),
    _OPEN.accept(
        "PP-8-028",
        "a shorter interval: what has passed of the longer one is enough",
        AdvanceTime(HOUR // 2),
        perpetual_with(funding_interval=HOUR // 2),
        ApplyFunding(PERP, PERCENT),
    ),
    _DUE.reject(
        "PP-8-029",
        "a longer interval: an hour is not enough",
        perpetual_with(**_EIGHT),
        ApplyFunding(PERP, PERCENT),
        code=R.TOO_EARLY,
        twin="PP-8-001",
    ),
)

_TOUCHED: Final = (*funding(PERCENT), mark(1_000_007))


def _touch(number: int, words: str, *steps: Step, why: Why = Why.RULE) -> Case:
    """Return what happens to accounts that owe, or are owed, an hour's funding."""
    return Group("perpetual_open", _TOUCHED, why).trace(f"PP-8-{number:03}", words, *steps)


_PAID: Final[tuple[Case, ...]] = (
    _touch(40, "a trade that adds settles it, for both sides", *trade(2, 3, 10, USD)),
    _touch(41, "a trade that reduces settles it", *sale(2, 3, 10, USD)),
    _touch(42, "a trade that closes settles it", *sale(2, 3, 100, USD)),
    _touch(43, "a trade that flips settles it for the lots before", *sale(2, 3, 150, USD)),
    _touch(44, "a trade settles the one account and not the other", *sale(2, 4, 10, USD)),
    _touch(45, "two trades settle it once", *sale(2, 3, 10, USD), *sale(2, 3, 10, USD)),
    _touch(46, "an order that rests settles nothing", short(2, 10, 2 * USD)),
    _touch(47, "shorts pay back more", *funding(-2 * PERCENT, 2), *sale(2, 3, 10, USD)),
    Group("perpetual", (mark(1_000_003),), Why.CONSERVATION).trace(
        "PP-8-048",
        "SC-27: odd positions of five accounts: what is paid is received, to the atom",
        *trade(2, 3, 37, 1_000_001),
        *trade(4, 3, 13, 1_000_002),
        *trade(5, 6, 101, 999_999),
        *funding(PERCENT + 7),
        *sale(2, 6, 37, 1_000_003),
        *sale(4, 3, 5, 1_000_003),
        *funding(-3 * PERCENT - 11, 2),
        *sale(5, 3, 45, 1_000_003),
        *trade(6, 4, 1, 1_000_003),
        *funding(777, 3),
        *sale(5, 6, 56, 1_000_003),
        *sale(4, 6, 7, 1_000_003),
    ),
    Group("perpetual_open", (mark(1_000_003),), Why.CONSERVATION).trace(
        "PP-8-049",
        "SC-27: touched every hour or once: the same is paid",
        *funding(PERCENT + 1),
        *trade(2, 4, 1, USD),
        *sale(2, 4, 1, USD),
        *funding(PERCENT + 3, 2),
        *trade(2, 4, 1, USD),
        *sale(2, 4, 1, USD),
        *funding(-PERCENT - 1, 3),
        *sale(2, 3, 100, USD),
    ),
    _touch(
        50,
        "SC-27: a payment just before a position closes is not escaped",
        *sale(2, 4, 100, USD),
        *funding(PERCENT, 2),
        *sale(4, 3, 100, USD),
        why=Why.ATTACK,
    ),
    Group("perpetual_open", why=Why.ATTACK).trace(
        "PP-8-051",
        "who closes before the hour pays nothing",
        AdvanceTime(HOUR - 1),
        *sale(2, 4, 100, USD),
        AdvanceTime(HOUR),
        ApplyFunding(PERP, PERCENT),
    ),
)

_BAD: Final = Group("perpetual_open", (_NEW, AdvanceTime(HOUR)))


def _refused(*rows: tuple[str, str, Action, R], why: Why = Why.ATTACK) -> tuple[Case, ...]:
    group = Group("perpetual_open", (_NEW, AdvanceTime(HOUR)), why)
    return group.refusals("PP-8-060", *rows)


_WIDE: Final[dict[str, Any]] = {"funding_floor": -RATIO, "funding_cap": RATIO}

_VAST: Final[tuple[Action, ...]] = (
    ListPerpetual("VAST_PERP", perp(interest_rate=0, interest_clamp=0, mark_threshold=0, **_WIDE)),
    mark(1, market="VAST_PERP"),
    long(2, 1, 1, market="VAST_PERP"),
    short(3, 1, 1, market="VAST_PERP"),
    *(mark(MAX, market="VAST_PERP") for _ in range(7)),
    AdvanceTime(HOUR),
    ApplyFunding("VAST_PERP", 8 * RATIO),
)
"""A lot has paid all that may be stored."""

_AMOUNTS: Final[tuple[Case, ...]] = (
    _BAD.accept("PP-8-060", "SC-22: the highest premium", ApplyFunding(PERP, MAX)),
    _BAD.accept("PP-8-061", "SC-22: the lowest premium", ApplyFunding(PERP, -MAX)),
    *_refused(
        ("PP-8-062", "SC-22: beyond the range", ApplyFunding(PERP, MAX + 1), R.OUT_OF_RANGE),
        ("PP-8-063", "SC-22: below the range", ApplyFunding(PERP, -MAX - 1), R.OUT_OF_RANGE),
        ("PP-8-064", "an unknown market", ApplyFunding("X", 0), R.MARKET_UNKNOWN),
        ("PP-8-065", "a market without a mark", ApplyFunding("NEW_PERP", 0), R.PRICE_UNKNOWN),
    ),
    *_refused(
        (
            "PP-8-066",
            "a premium beyond the range goes before an unknown market",
            ApplyFunding("X", MAX + 1),
            R.OUT_OF_RANGE,
        ),
        why=Why.PRECEDENCE,
    ),
    *Group("perpetual", _VAST, Why.ATTACK).pair(
        ("PP-8-068", "PP-8-069"),
        ("SC-22: an index of the highest amount", "SC-22: an index beyond the range"),
        AdvanceTime(2 * HOUR),
        accepted=ApplyFunding("VAST_PERP", 0),
        refused=ApplyFunding("VAST_PERP", 8 * RATIO),
        code=R.OUT_OF_RANGE,
    ),
    Group("perpetual_open", (_NEW,), Why.PRECEDENCE).reject(
        "PP-8-067",
        "an unknown mark goes before too early",
        ApplyFunding("NEW_PERP", 0),
        code=R.PRICE_UNKNOWN,
        twin="PP-8-060",
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *_INDEX,
    *_TIME,
    *_PAID,
    *_AMOUNTS,
)
