"""Cases of the spot margin chapter: the bands of prices, at their edges and beyond."""

from __future__ import annotations

from typing import Any, Final

from ibperp.actions import Deposit, PlaceOrder, SetMarketReference, SetPrice
from ibperp.numbers import RATIO
from ibperp.orders import Side, TimeInForce
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import SPOT, Case, Group, Step, Why, ask, bid, market
from ibperp_authoring.cases.setups import MAX, PERCENT, USD, market_with

_TICK: Final = 100


def _limits(
    number: int, words: str, low: int, high: int, *before: Step, tick: int = _TICK
) -> tuple[Case, ...]:
    """Return a limit order at either edge of the band, and one tick outside it."""
    group = Group("spot", before, Why.BOUNDARY)
    return (
        *group.pair(
            (f"SM-6-{number:03}", f"SM-6-{number + 1:03}"),
            (f"{words}: the lowest price", f"{words}: a tick below"),
            accepted=bid(3, 1, low),
            refused=bid(3, 1, low - tick),
            code=R.PRICE_OUT_OF_BOUNDS,
        ),
        *group.pair(
            (f"SM-6-{number + 2:03}", f"SM-6-{number + 3:03}"),
            (f"{words}: the highest price", f"{words}: a tick above"),
            accepted=ask(3, 1, high),
            refused=ask(3, 1, high + tick),
            code=R.PRICE_OUT_OF_BOUNDS,
        ),
    )


_LAST: Final = (ask(4, 1, 1_200_000), bid(5, 1, 1_200_000))
"""A trade at 1.2."""

_LIMITS: Final[tuple[Case, ...]] = (
    *_limits(1, "an empty book looks at the mark", 500_000, 1_500_000),
    *_limits(5, "one bid, and the mark twice", 500_000, 1_500_000, bid(4, 1, 900_000)),
    *_limits(9, "one last price, and the mark twice", 500_000, 1_500_000, *_LAST),
    *_limits(
        13,
        "bid and ask below the mark: the ask",
        475_000,
        1_425_000,
        bid(4, 1, 900_000),
        ask(5, 1, 950_000),
    ),
    *_limits(
        17,
        "bid and ask above the mark: the bid",
        550_000,
        1_650_000,
        bid(4, 1, 1_100_000),
        ask(5, 1, 1_150_000),
    ),
    *_limits(
        21,
        "bid and last price above the mark: the bid",
        550_000,
        1_650_000,
        *_LAST,
        bid(4, 1, 1_100_000),
    ),
    *_limits(
        25,
        "the last price between bid and ask",
        600_000,
        1_800_000,
        *_LAST,
        bid(4, 1, 1_100_000),
        ask(5, 1, 1_300_000),
    ),
    *_limits(
        29,
        "the mark follows the price of the base",
        1_000_000,
        3_000_000,
        SetPrice("SOL", 200 * USD),
    ),
    *_limits(33, "and that of the quote", 250_000, 750_000, SetPrice("USDC", 2 * USD)),
    *_limits(
        110,
        "the mark of a quote worth next to nothing",
        500_000_000_000,
        1_500_000_000_000,
        SetPrice("USDC", 1),
        Deposit(3, "USDC", "solana", 9, 500_000 * USD),
    ),
    *_limits(
        37,
        "bounds with fractions are rounded inward",
        333_334,
        1_333_333,
        market_with(tick=1, limit_min=RATIO // 3 + 1, limit_max=4 * RATIO // 3),
        tick=1,
    ),
    *Group("spot", (SetPrice("SOL", 1), market_with(tick=1)), Why.BOUNDARY).pair(
        ("SM-6-041", "SM-6-042"),
        ("a mark below one is one", "and no price but one is within half of it"),
        accepted=bid(3, 1, 1),
        refused=bid(3, 1, 2),
        code=R.PRICE_OUT_OF_BOUNDS,
    ),
    Group("spot", (market_with(limit_min=RATIO, limit_max=RATIO),)).accept(
        "SM-6-043", "a band of one price", bid(3, 1, USD)
    ),
    Group("spot", (ask(4, 1, USD),)).reject(
        "SM-6-044",
        "an order that would trade keeps to its band as well",
        bid(3, 1, 1_500_100, time_in_force=TimeInForce.IOC),
        code=R.PRICE_OUT_OF_BOUNDS,
        twin="SM-6-045",
    ),
    Group("spot", (ask(4, 1, USD),)).accept(
        "SM-6-045",
        "an order at the edge trades",
        bid(3, 1, 1_500_000, time_in_force=TimeInForce.IOC),
    ),
    Group("spot", (ask(4, 1, USD), market_with(limit_min=RATIO, limit_max=RATIO))).accept(
        "SM-6-046", "a market order has no limit to keep", market(3, Side.BID, 1)
    ),
    *Group("spot", (market_with(limit_min=0, limit_max=RATIO),), Why.BOUNDARY).pair(
        ("SM-6-047", "SM-6-048"),
        ("a lowest price of zero admits the first tick", "no price at all is refused"),
        accepted=bid(3, 1, _TICK),
        refused=bid(3, 1, 0),
        code=R.PRICE_INVALID,
    ),
)

_OPEN: Final[dict[str, Any]] = {
    "limit_min": 0,
    "limit_max": 100 * RATIO,
    "impact_min": 0,
    "impact_max": 100 * RATIO,
    "mean_mark_min": 0,
    "mean_mark_max": 100 * RATIO,
    "premium_tolerance": 100 * RATIO,
}
"""Bands that bound nothing."""


def _reference(index: int = USD, mean: int = USD, premium: int = 0) -> SetMarketReference:
    return SetMarketReference(SPOT, index, mean, premium)


def _edge(number: int, words: str, edge: int, beyond: int, *before: Step) -> tuple[Case, ...]:
    """Return a taker that trades at the edge, and one that stops a tick short of its price."""
    is_buyer = beyond > edge
    taker: PlaceOrder = (bid if is_buyer else ask)(3, 2, beyond)

    maker = ask if is_buyer else bid
    return tuple(
        Group("spot", before, Why.BOUNDARY).trace(
            f"SM-6-{case:03}", title, maker(4, 1, USD), maker(4, 1, price), taker
        )
        for case, title, price in (
            (number, f"{words}: it trades at {edge}", edge),
            (number + 1, f"{words}: it expires before {beyond}", beyond),
        )
    )


_TAKERS: Final[tuple[Case, ...]] = (
    *_edge(
        60,
        "a buyer within the impact band of 10 %",
        1_100_000,
        1_100_100,
        market_with(**_OPEN | {"impact_max": 110 * PERCENT}),
    ),
    *_edge(
        62,
        "a seller within the impact band of 10 %",
        900_000,
        899_900,
        market_with(**_OPEN | {"impact_min": 90 * PERCENT}),
    ),
    *_edge(
        64,
        "a buyer within 10 % of the mean mark",
        1_100_000,
        1_100_100,
        market_with(**_OPEN | {"mean_mark_max": 110 * PERCENT}),
        _reference(),
    ),
    *_edge(
        66,
        "a seller within 10 % of the mean mark",
        900_000,
        899_900,
        market_with(**_OPEN | {"mean_mark_min": 90 * PERCENT}),
        _reference(),
    ),
    *_edge(
        68,
        "mean premium 3 %, tolerance 1 %: a buyer up to 4 %",
        1_040_000,
        1_040_100,
        market_with(**_OPEN | {"premium_tolerance": PERCENT}),
        _reference(premium=3 * PERCENT),
    ),
    *_edge(
        70,
        "mean premium -3 %, tolerance 1 %: a seller down to -4 %",
        960_000,
        959_900,
        market_with(**_OPEN | {"premium_tolerance": PERCENT}),
        _reference(premium=-3 * PERCENT),
    ),
    *_edge(
        72,
        "mean premium 5 %, tolerance 0.05: a buyer up to 10 %",
        1_100_000,
        1_100_100,
        market_with(**_OPEN | {"premium_tolerance": 5 * PERCENT}),
        _reference(premium=5 * PERCENT),
    ),
    *_edge(
        74,
        "the index, not the mean mark, bears the premium",
        1_260_000,
        1_260_100,
        market_with(**_OPEN | {"premium_tolerance": 5 * PERCENT}),
        _reference(index=1_200_000, mean=5 * USD),
    ),
    *(
        case
        for number, name, words, before in (
            (76, "impact_max", "the impact bound for a buyer", ()),
            (80, "mean_mark_max", "the mean mark bound for a buyer", (_reference(),)),
        )
        for case in _edge(
            number,
            f"{words} is rounded down",
            1_100_001,
            1_100_002,
            market_with(**_OPEN | {name: 110 * PERCENT + 15 * 10**11, "tick": 1}),
            *before,
        )
    ),
    *(
        case
        for number, name, words, before in (
            (78, "impact_min", "the impact bound for a seller", ()),
            (82, "mean_mark_min", "the mean mark bound for a seller", (_reference(),)),
        )
        for case in _edge(
            number,
            f"{words} is rounded up",
            900_001,
            900_000,
            market_with(**_OPEN | {name: 90 * PERCENT + 10**11, "tick": 1}),
            *before,
        )
    ),
    *_edge(
        84,
        "the premium bound for a buyer is rounded down",
        1_100_001,
        1_100_002,
        market_with(**_OPEN | {"premium_tolerance": 10 * PERCENT + 15 * 10**11, "tick": 1}),
        _reference(),
    ),
    *_edge(
        86,
        "the premium bound for a seller is rounded up",
        900_001,
        900_000,
        market_with(**_OPEN | {"premium_tolerance": 10 * PERCENT - 10**11, "tick": 1}),
        _reference(),
    ),
)

_TIGHT: Final = (
    market_with(**_OPEN | {"premium_tolerance": 5 * PERCENT}),
    _reference(premium=-50 * PERCENT),
)
"""No buyer may pay more than 55 % of the index."""

_BAND: Final = Group("spot", (ask(4, 1, USD),))

_STOPPED: Final[tuple[Case, ...]] = (
    _BAND.accept(
        "SM-6-090",
        "without a reference its bands bound nothing",
        market_with(premium_tolerance=0, mean_mark_max=RATIO),
        ask(4, 1, 1_090_000),
        bid(3, 2, 1_090_000),
    ),
    _BAND.accept(
        "SM-6-091", "the best price is beyond the band: all expires", *_TIGHT, bid(3, 2, USD)
    ),
    _BAND.accept(
        "SM-6-092",
        "immediate or cancel: the band is the reason",
        *_TIGHT,
        bid(3, 2, USD, time_in_force=TimeInForce.IOC),
    ),
    _BAND.accept("SM-6-093", "so it is at the market", *_TIGHT, market(3, Side.BID, 2)),
    _BAND.reject(
        "SM-6-094",
        "fill or kill: refused",
        *_TIGHT,
        bid(3, 2, USD, time_in_force=TimeInForce.FOK),
        code=R.FILL_OR_KILL,
        twin="SM-6-091",
    ),
    _BAND.accept("SM-6-095", "below the best price an order rests", *_TIGHT, bid(3, 2, 999_900)),
    _BAND.accept(
        "SM-6-096",
        "its limit stops an order before the band does: the rest rests",
        ask(4, 1, 1_150_000),
        bid(3, 2, 1_100_000),
    ),
    _BAND.accept(
        "SM-6-097",
        "a premium of the lowest stops every buyer",
        _reference(premium=-MAX),
        bid(3, 1, USD),
    ),
    Group("spot", (bid(4, 1, USD),)).accept(
        "SM-6-098", "and of the highest every seller", _reference(premium=MAX), ask(3, 1, USD)
    ),
    _BAND.accept(
        "SM-6-099",
        "the impact is that of the price at the start",
        ask(4, 1, 1_100_000),
        ask(5, 1, 1_200_000),
        bid(3, 3, 1_200_000),
    ),
    _BAND.trace(
        "SM-6-100",
        "a second order starts anew",
        ask(4, 1, 1_100_000),
        ask(5, 1, 1_200_000),
        bid(3, 3, 1_200_000),
        bid(3, 1, 1_200_000),
        why=Why.ATTACK,
    ),
    _BAND.accept(
        "SM-6-101",
        "the strictest band counts: the mean mark",
        market_with(premium_tolerance=50 * PERCENT, mean_mark_max=102 * PERCENT),
        _reference(),
        ask(4, 1, 1_020_000),
        ask(4, 1, 1_030_000),
        bid(3, 3, 1_100_000),
    ),
    Group("spot", (bid(4, 1, USD),)).accept(
        "SM-6-102",
        "the strictest band counts: the premium",
        _reference(),
        bid(4, 1, 950_000),
        bid(4, 1, 949_900),
        ask(3, 3, 900_000),
    ),
)

CASES: Final[tuple[Case, ...]] = (*_LIMITS, *_TAKERS, *_STOPPED)
