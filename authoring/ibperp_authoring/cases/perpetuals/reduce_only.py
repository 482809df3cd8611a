"""Cases of reduce-only orders (PP-5)."""

from __future__ import annotations

from typing import Any, Final

from ibperp.actions import Action, AmendOrder, CancelOrder
from ibperp.orders import Side, TimeInForce
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import PERP, Case, Group, Why, long, market, short
from ibperp_authoring.cases.perpetuals.steps import mark
from ibperp_authoring.cases.setups import USD

_REDUCE: Final[dict[str, Any]] = {"reduce_only": True}
_AT_ONCE: Final[dict[str, Any]] = {"time_in_force": TimeInForce.IOC}

_OPEN: Final = Group("perpetual_open")
_TWO: Final = Group("perpetual_open", (short(2, 60, 1_100_000, **_REDUCE),))
_SOLD: Final = Group(
    "perpetual_open",
    (
        short(2, 60, 1_100_000, **_REDUCE),
        short(2, 40, 1_050_000, **_REDUCE),
        long(4, 100, USD),
    ),
)
"""Two orders may close the whole position of account 2, the newer at the better price."""

_BOUGHT: Final = Group(
    "perpetual_open",
    (long(3, 60, 900_000, **_REDUCE), long(3, 40, 950_000, **_REDUCE), short(4, 300, USD)),
)


def _sell(lots: int) -> Action:
    return market(2, Side.ASK, lots, market=PERP)


_REDUCING: Final[tuple[Case, ...]] = (
    *Group("perpetual_open", why=Why.BOUNDARY).pair(
        ("PP-5-150", "PP-5-151"),
        ("a reduce-only order of the whole position", "a lot more"),
        accepted=short(2, 100, USD, **_REDUCE),
        refused=short(2, 101, USD, **_REDUCE),
        code=R.REDUCE_ONLY_NOT_REDUCED,
    ),
    *_OPEN.refusals(
        "PP-5-150",
        (
            "PP-5-152",
            "the side that adds",
            long(2, 1, USD, **_REDUCE),
            R.REDUCE_ONLY_NOT_REDUCED,
        ),
        ("PP-5-153", "without a position", short(4, 1, USD, **_REDUCE), R.REDUCE_ONLY_NOT_REDUCED),
    ),
    *_TWO.pair(
        ("PP-5-154", "PP-5-155"),
        ("a second order for what the first one leaves", "a lot more"),
        accepted=short(2, 40, 1_050_000, **_REDUCE),
        refused=short(2, 41, 1_050_000, **_REDUCE),
        code=R.REDUCE_ONLY_NOT_REDUCED,
        why=Why.BOUNDARY,
    ),
    *_TWO.pair(
        ("PP-5-156", "PP-5-157"),
        ("an order is made larger, to all there is", "and not larger"),
        accepted=AmendOrder(2, 2, 100, 1_100_000),
        refused=AmendOrder(2, 2, 101, 1_100_000),
        code=R.REDUCE_ONLY_NOT_REDUCED,
        why=Why.BOUNDARY,
    ),
    _OPEN.accept("PP-5-158", "of a short position", long(3, 100, USD, **_REDUCE)),
    _TWO.accept("PP-5-159", "a plain order beside it may flip", short(2, 300, 1_050_000)),
    _SOLD.accept("PP-5-160", "a position of as many lots leaves both orders", mark(1_010_000)),
    _SOLD.accept("PP-5-161", "a lot sold: the newer order loses it", _sell(1)),
    _SOLD.accept("PP-5-162", "as many sold as the newer has: it ends", _sell(40)),
    _SOLD.accept("PP-5-163", "a lot more: the older order loses it", _sell(41)),
    _SOLD.accept("PP-5-164", "all sold: both end", _sell(100)),
    Group("perpetual_open", (*_SOLD.before[:2], long(4, 150, USD))).accept(
        "PP-5-165", "sold beyond the position: both end", short(2, 150, USD)
    ),
    _SOLD.accept("PP-5-166", "the newer alone is filled", long(5, 40, 1_050_000)),
    _SOLD.accept("PP-5-167", "filled in part, both keep their lots", long(5, 30, 1_050_000)),
    _SOLD.accept("PP-5-168", "both are filled at once", long(5, 100, 1_100_000)),
    _SOLD.trace(
        "PP-5-169",
        "an order that was moved keeps its age",
        AmendOrder(2, 2, 60, 1_120_000),
        _sell(50),
    ),
    _SOLD.trace(
        "PP-5-170",
        "an order that took another's place is the newer",
        CancelOrder(2, 2),
        short(2, 60, 1_100_000, **_REDUCE),
        _sell(50),
    ),
    _SOLD.trace(
        "PP-5-171",
        "lots that were taken do not come back with the position",
        _sell(50),
        long(2, 50, 1_049_999),
        short(6, 50, 1_049_999),
    ),
    _BOUGHT.accept(
        "PP-5-172", "of a short position: the newer loses lots", long(3, 30, USD, **_AT_ONCE)
    ),
    _BOUGHT.accept("PP-5-173", "of a position that flips: both end", long(3, 101, USD, **_AT_ONCE)),
    _BOUGHT.accept(
        "PP-5-174",
        "of a position that grows: both stay",
        long(5, 10, 960_000),
        short(3, 10, 960_000),
    ),
    Group("perpetual_open", (*_SOLD.before, short(2, 30, 1_020_000))).accept(
        "PP-5-175",
        "a plain order of the maker is filled: its newest reduce-only order loses lots",
        long(5, 30, 1_020_000),
    ),
    Group("perpetual_open", (short(2, 60, 1_100_000, **_REDUCE), long(2, 50, 900_000))).accept(
        "PP-5-176",
        "a plain order of the other side stays when the position shrinks",
        long(4, 80, USD),
        short(2, 80, USD),
    ),
    Group("perpetual_open", (short(2, 60, 1_100_000, **_REDUCE), long(4, 30, USD))).accept(
        "PP-5-177",
        "a reduce-only taker counts beside what rests",
        short(2, 40, USD, **_REDUCE, **_AT_ONCE),
    ),
    Group("perpetual_open", (short(2, 60, USD, **_REDUCE), short(5, 60, USD))).accept(
        "PP-5-178", "a reduce-only maker closes, and the next one opens", long(3, 100, USD)
    ),
)


CASES: Final[tuple[Case, ...]] = (*_REDUCING,)
