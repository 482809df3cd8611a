"""Cases of the bands of prices, with the mark as the active price (PP-5)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import (
    CreateAccount,
    Deposit,
    ListAsset,
    ListPerpetual,
    SetMarketReference,
    SetPrice,
)
from ibperp.orders import Side, TimeInForce
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import (
    PERP,
    Case,
    Group,
    Step,
    Why,
    long,
    market,
    short,
    withdraw,
)
from ibperp_authoring.cases.perpetuals.steps import mark, trade
from ibperp_authoring.cases.setups import PERCENT, PERPETUAL, USD, USDC, perpetual_with

_HALF: Final = perpetual_with(limit_min=50 * PERCENT, limit_max=150 * PERCENT)


def _limits(number: int, words: str, low: int, high: int, *before: Step) -> tuple[Case, ...]:
    """Return a limit order at either edge of the band of 50 % about its middle, and beyond."""
    group = Group("perpetual", (_HALF, *before), Why.BOUNDARY, ("SM-6",))
    return (
        *group.pair(
            (f"PP-5-{number:03}", f"PP-5-{number + 1:03}"),
            (f"{words}: the lowest price", f"{words}: an atom below"),
            accepted=long(3, 1, low),
            refused=long(3, 1, low - 1),
            code=R.PRICE_OUT_OF_BOUNDS,
        ),
        *group.pair(
            (f"PP-5-{number + 2:03}", f"PP-5-{number + 3:03}"),
            (f"{words}: the highest price", f"{words}: an atom above"),
            accepted=short(3, 1, high),
            refused=short(3, 1, high + 1),
            code=R.PRICE_OUT_OF_BOUNDS,
        ),
    )


_LIMITS: Final[tuple[Case, ...]] = (
    *_limits(200, "an empty book looks at the mark", 500_000, 1_500_000),
    *_limits(204, "the mark as it was last updated", 550_001, 1_650_001, mark(1_100_001)),
    *_limits(
        208, "one last price, and the mark twice", 500_000, 1_500_000, *trade(4, 5, 1, 1_200_000)
    ),
    *_limits(
        212,
        "the last price between bid and ask",
        600_000,
        1_800_000,
        *trade(4, 5, 1, 1_200_000),
        long(4, 1, 1_100_000),
        short(5, 1, 1_300_000),
    ),
    *_limits(
        216,
        "bid and ask above the mark: the bid",
        550_000,
        1_650_000,
        long(4, 1, 1_100_000),
        short(5, 1, 1_150_000),
    ),
)


def _taker(
    number: int, words: str, edge: int, *before: Step, buys: bool, **bands: int
) -> tuple[Case, ...]:
    """Return a taker that trades at the edge of a band, and one that stops an atom before."""
    beyond = edge + (1 if buys else -1)
    maker, taker = (short, long) if buys else (long, short)
    group = Group("perpetual", (perpetual_with(**bands), *before), Why.BOUNDARY, ("SM-6",))
    return tuple(
        group.trace(
            f"PP-5-{case:03}", title, maker(4, 1, USD), maker(5, 1, price), taker(2, 2, beyond)
        )
        for case, title, price in (
            (number, f"{words}: it trades at {edge}", edge),
            (number + 1, f"{words}: it expires before {beyond}", beyond),
        )
    )


def _reference(index: int = USD, mean: int = USD, premium: int = 0) -> SetMarketReference:
    return SetMarketReference(PERP, index, mean, premium)


_TAKERS: Final[tuple[Case, ...]] = (
    *_taker(220, "a buyer in the impact band", 1_100_000, buys=True, impact_max=110 * PERCENT),
    *_taker(222, "a seller in the impact band", 900_000, buys=False, impact_min=90 * PERCENT),
    *_taker(
        224,
        "a buyer near the mean mark",
        1_050_000,
        _reference(),
        buys=True,
        mean_mark_max=105 * PERCENT,
    ),
    *_taker(
        226,
        "a seller near the mean mark",
        950_000,
        _reference(),
        buys=False,
        mean_mark_min=95 * PERCENT,
    ),
    *_taker(
        228,
        "a buyer by the mean premium",
        1_040_000,
        _reference(premium=3 * PERCENT),
        buys=True,
        premium_tolerance=PERCENT,
    ),
    *_taker(
        230,
        "a seller by the mean premium",
        960_000,
        _reference(premium=-3 * PERCENT),
        buys=False,
        premium_tolerance=PERCENT,
    ),
    Group("perpetual", (perpetual_with(premium_tolerance=0),), clauses=("SM-6",)).trace(
        "PP-5-232",
        "the bands of a taker look at their reference, not at the mark",
        mark(2 * USD),
        _reference(),
        short(4, 1, USD),
        short(5, 1, 2 * USD),
        market(2, Side.BID, 2, market=PERP),
    ),
    Group("perpetual", (perpetual_with(premium_tolerance=0),), clauses=("SM-6",)).trace(
        "PP-5-233",
        "without a reference they bound nothing",
        short(4, 1, USD),
        short(5, 1, 2 * USD),
        market(2, Side.BID, 2, market=PERP),
    ),
)

_NEW: Final = ListPerpetual("NEW_PERP", PERPETUAL)
_ORDERED: Final[tuple[Case, ...]] = (
    Group("perpetual", (_HALF,), Why.PRECEDENCE).reject(
        "PP-5-240",
        "a price out of bounds goes before a side that adds",
        long(2, 1, 499_999, reduce_only=True),
        code=R.PRICE_OUT_OF_BOUNDS,
        twin="PP-5-200",
    ),
    Group("perpetual", (_NEW,), Why.PRECEDENCE).reject(
        "PP-5-241",
        "an unknown price goes before a side that adds",
        long(2, 1, USD, market="NEW_PERP", reduce_only=True),
        code=R.PRICE_UNKNOWN,
        twin="PP-5-242",
    ),
    Group("perpetual", (_NEW, mark(USD, market="NEW_PERP"))).accept(
        "PP-5-242", "a market with a mark takes an order", long(2, 1, USD, market="NEW_PERP")
    ),
    Group("perpetual", (_NEW,)).reject(
        "PP-5-243",
        "a market without a mark takes none",
        long(2, 1, USD, market="NEW_PERP"),
        code=R.PRICE_UNKNOWN,
        twin="PP-5-242",
    ),
    Group("perpetual", (_NEW,)).reject(
        "PP-5-244",
        "nor at the market",
        market(2, Side.BID, 1, market="NEW_PERP"),
        code=R.PRICE_UNKNOWN,
        twin="PP-5-242",
    ),
    Group("perpetual", (_HALF, short(4, 1, USD))).accept(
        "PP-5-245",
        "a market order has no limit to keep",
        market(2, Side.BID, 1, market=PERP, time_in_force=TimeInForce.FOK),
    ),
)

_UNPRICED: Final = Group(
    "genesis",
    (
        ListAsset("USDC", USDC),
        CreateAccount(2, 1),
        Deposit(2, "USDC", "solana", 1, 1000 * USD),
        ListPerpetual(PERP, PERPETUAL),
        mark(USD),
    ),
)

_DOLLAR: Final[tuple[Case, ...]] = (
    _UNPRICED.accept("PP-5-250", "a dollar with a price", SetPrice("USDC", USD), long(2, 1, USD)),
    _UNPRICED.reject(
        "PP-5-251",
        "a dollar without one",
        long(2, 1, USD),
        code=R.PRICE_UNKNOWN,
        twin="PP-5-250",
    ),
    _UNPRICED.accept(
        "PP-5-252",
        "a mark needs no price of a dollar",
        mark(2 * USD),
        withdraw(2, "USDC", "solana", USD),
    ),
)

CASES: Final[tuple[Case, ...]] = (*_LIMITS, *_TAKERS, *_ORDERED, *_DOLLAR)
