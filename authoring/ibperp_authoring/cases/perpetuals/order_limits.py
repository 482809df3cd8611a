"""Cases of limits of positions and of open interest (PP-5)."""

from __future__ import annotations

from typing import Any, Final

from ibperp.actions import Action
from ibperp.orders import TimeInForce
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Why, long, short
from ibperp_authoring.cases.setups import MAX, USD, perpetual_with

_AT_ONCE: Final[dict[str, Any]] = {"time_in_force": TimeInForce.IOC}


def _limited(*before: Action, position: int = MAX, interest: int = MAX) -> Group:
    """Return the setup with limits; account 2 is long by 100 lots, and 3 short."""
    changed = perpetual_with(position_limit=position, open_interest_limit=interest)
    return Group("perpetual_open", (changed, *before), Why.BOUNDARY)


_POSITION: Final[tuple[Case, ...]] = (
    *_limited(short(4, 60, USD), position=150).pair(
        ("PP-5-100", "PP-5-101"),
        ("a long position up to its limit", "a lot beyond it"),
        accepted=long(2, 50, USD),
        refused=long(2, 51, USD),
        code=R.POSITION_LIMIT,
    ),
    *_limited(long(4, 60, USD), position=150).pair(
        ("PP-5-102", "PP-5-103"),
        ("a short position up to its limit", "a lot beyond it"),
        accepted=short(3, 50, USD),
        refused=short(3, 51, USD),
        code=R.POSITION_LIMIT,
    ),
    *_limited(long(4, 90, USD), long(5, 90, USD), long(6, 90, USD), position=150).pair(
        ("PP-5-104", "PP-5-105"),
        ("a flip up to the limit of the other side", "a lot beyond it"),
        accepted=short(2, 250, USD),
        refused=short(2, 251, USD),
        code=R.POSITION_LIMIT,
    ),
    _limited(short(4, 60, USD), position=150).accept(
        "PP-5-106", "an order may rest for more than the limit", long(2, 200, USD - 1)
    ),
    _limited(short(2, 60, USD), position=0).accept(
        "PP-5-107", "with a limit of nothing a position is closed", long(3, 60, USD)
    ),
    _limited(position=0).accept(
        "PP-5-108", "with a limit of nothing an order rests", long(4, 1, USD)
    ),
    _limited(long(2, 50, USD), long(5, 10, USD), position=150).accept(
        "PP-5-109", "a maker is filled up to its limit", short(4, 50, USD)
    ),
    _limited(long(2, 51, USD), long(5, 10, USD), position=150).accept(
        "PP-5-110",
        "a maker that would pass its limit ends, and the next maker trades",
        short(4, 51, USD),
    ),
    _limited(long(2, 51, USD), position=150).accept(
        "PP-5-111", "a smaller taker fills a part of it that fits", short(4, 50, USD)
    ),
    _limited(long(2, 51, USD), position=150).trace(
        "PP-5-112",
        "the part that is left ends when it is met",
        short(4, 50, USD),
        short(4, 1, USD),
    ),
    _limited(long(2, 51, USD), position=150).accept(
        "PP-5-113", "a taker whose maker ends rests in its place", short(4, 60, USD)
    ),
    _limited(long(2, 51, USD), position=150).reject(
        "PP-5-114",
        "fill or kill: a maker that ends fills nothing",
        short(4, 60, USD, time_in_force=TimeInForce.FOK),
        code=R.FILL_OR_KILL,
        twin="PP-5-113",
    ),
    _limited(short(4, 60, USD), position=40).accept(
        "PP-5-115", "above the limit, a taker reduces", short(2, 30, USD, **_AT_ONCE)
    ),
    _limited(short(2, 30, USD), position=40).accept(
        "PP-5-116", "above the limit, a maker reduces", long(3, 30, USD)
    ),
    _limited(short(4, 60, USD), position=40).reject(
        "PP-5-117",
        "above the limit, a taker adds nothing",
        long(2, 1, USD),
        code=R.POSITION_LIMIT,
        twin="PP-5-118",
    ),
    _limited(short(4, 60, USD), position=101).accept(
        "PP-5-118", "just below it, it adds a lot", long(2, 1, USD)
    ),
    *_limited(long(3, 200, USD), long(4, 10, USD), position=40).pair(
        ("PP-5-119", "PP-5-120"),
        ("above the limit, a position flips to its mirror", "and not a lot beyond"),
        accepted=short(2, 200, USD),
        refused=short(2, 201, USD, **_AT_ONCE),
        code=R.POSITION_LIMIT,
    ),
)

_INTEREST: Final[tuple[Case, ...]] = (
    *_limited(short(4, 60, USD), interest=150).pair(
        ("PP-5-130", "PP-5-131"),
        ("open interest up to its limit", "a lot beyond it"),
        accepted=long(5, 50, USD),
        refused=long(5, 51, USD),
        code=R.OPEN_INTEREST_LIMIT,
    ),
    _limited(short(4, 40, USD), short(6, 20, USD), interest=150).reject(
        "PP-5-132",
        "a second maker beyond the limit refuses the whole order",
        long(5, 60, USD),
        code=R.OPEN_INTEREST_LIMIT,
        twin="PP-5-130",
    ),
    _limited(short(2, 60, USD), interest=100).accept(
        "PP-5-133", "at the limit a long position changes hands", long(5, 60, USD)
    ),
    _limited(long(3, 60, USD), interest=100).accept(
        "PP-5-134", "at the limit a short position changes hands", short(5, 60, USD)
    ),
    _limited(short(2, 60, USD), interest=10).accept(
        "PP-5-135", "above the limit a position changes hands", long(5, 60, USD)
    ),
    _limited(short(2, 60, USD), interest=10).accept(
        "PP-5-136", "above the limit both sides reduce", long(3, 60, USD)
    ),
    *_limited(short(2, 120, USD), interest=100).pair(
        ("PP-5-137", "PP-5-138"),
        ("at the limit a flip takes over what it closed", "and opens nothing"),
        accepted=long(5, 100, USD),
        refused=long(5, 101, USD),
        code=R.OPEN_INTEREST_LIMIT,
    ),
    _limited(short(4, 10, USD), interest=0).reject(
        "PP-5-139",
        "with a limit of nothing no position opens",
        long(5, 1, USD),
        code=R.OPEN_INTEREST_LIMIT,
        twin="PP-5-140",
    ),
    _limited(short(4, 10, USD), interest=101).accept(
        "PP-5-140", "a lot of open interest is left", long(5, 1, USD)
    ),
)

_REDUCE: Final[dict[str, Any]] = {"reduce_only": True}

_ORDER: Final = Why.PRECEDENCE
_BOTH: Final[tuple[Case, ...]] = (
    _limited(short(4, 60, USD), position=100, interest=100).reject(
        "PP-5-141",
        "the limit of open interest goes before that of a position",
        long(2, 1, USD),
        code=R.OPEN_INTEREST_LIMIT,
        twin="PP-5-118",
        why=_ORDER,
    ),
    _limited(long(2, 10, USD), position=100, interest=100).accept(
        "PP-5-142",
        "a maker at its limit ends before open interest is looked at",
        short(4, 10, USD),
    ),
    _limited(short(4, 12_000, USD), short(5, 12_000, USD), position=20_000).reject(
        "PP-5-143",
        "the limit of a position goes before the margin",
        long(2, 24_000, USD),
        code=R.POSITION_LIMIT,
        twin="PP-5-100",
        why=_ORDER,
    ),
    _limited(short(4, 18_000, USD), interest=150).reject(
        "PP-5-144",
        "the limit of open interest goes before the margin",
        long(5, 30_000, USD),
        code=R.OPEN_INTEREST_LIMIT,
        twin="PP-5-130",
        why=_ORDER,
    ),
    _limited(position=150).reject(
        "PP-5-145",
        "a side that adds goes before post-only",
        short(4, 60, USD),
        long(2, 51, USD, post_only=True, **_REDUCE),
        code=R.REDUCE_ONLY_NOT_REDUCED,
        twin="PP-5-150",
        why=_ORDER,
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *_POSITION,
    *_INTEREST,
    *_BOTH,
)
