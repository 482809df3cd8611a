"""Cases of trades of positions (PP-4)."""

from __future__ import annotations

from typing import Any, Final

from ibperp.actions import Action
from ibperp.numbers import RATIO
from ibperp.orders import Side, TimeInForce
from ibperp_authoring.cases.builder import PERP, Case, Group, Why, long, market, short
from ibperp_authoring.cases.perpetuals.steps import mark, sale, trade
from ibperp_authoring.cases.setups import PERCENT, perpetual_with

_FREE: Final = perpetual_with(maker_fee=0, taker_fee=0)

_ROUND: Final = Group("perpetual", (_FREE,), Why.ROUNDING)

_CENT: Final = 1_000_000
"""A lot at a price of 100 dollars a SOL."""

_SIDES: Final = Group("perpetual", (_FREE,))


def _fills(*fills: tuple[int, int]) -> tuple[Action, ...]:
    """Return trades that change account 2's lots by signed amounts; account 3 makes them."""
    return tuple(
        step
        for lots, price in fills
        for step in (sale(3, 2, lots, price) if lots > 0 else trade(3, 2, -lots, price))
    )


def _both(
    number: int, words: str, *fills: tuple[int, int], group: Group = _SIDES
) -> tuple[Case, Case]:
    """Return a course of fills of a long position, and the same course of a short one."""
    mirrored = tuple((-lots, price) for lots, price in fills)
    return (
        group.trace(f"PP-4-{number:03}", f"long: {words}", *_fills(*fills)),
        group.trace(f"PP-4-{number + 1:03}", f"short: {words}", *_fills(*mirrored)),
    )


_UNEVEN: Final = ((1, _CENT), (2, _CENT + 1))
"""Three lots at a cost that does not divide by three."""

_FILLS: Final[tuple[Case, ...]] = (
    *_both(1, "a position is opened", (3, _CENT + 1)),
    *_both(3, "lots are added at another price", *_UNEVEN),
    *_both(5, "lots are closed at a gain", (3, _CENT), (-1, _CENT + 10)),
    *_both(7, "lots are closed at a loss", (3, _CENT), (-2, _CENT - 10)),
    *_both(9, "a third of an uneven cost leaves", *_UNEVEN, (-1, _CENT + 10), group=_ROUND),
    *_both(11, "two thirds of an uneven cost leave", *_UNEVEN, (-2, _CENT), group=_ROUND),
    *_both(
        13,
        "what one division left, the next one finds",
        *_UNEVEN,
        (-1, _CENT),
        (-1, _CENT),
        (-1, _CENT),
        group=_ROUND,
    ),
    *_both(15, "all is closed at once", *_UNEVEN, (-3, _CENT)),
    *_both(17, "a position flips", *_UNEVEN, (-5, _CENT + 7)),
    *_both(19, "a position flips to its mirror", *_UNEVEN, (-6, _CENT + 7)),
    *_both(21, "it flips and flips back", *_UNEVEN, (-4, _CENT + 7), (2, _CENT + 3)),
    *_both(
        23,
        "a closed position opens anew, and its records with it",
        (3, _CENT),
        (-3, _CENT + 10),
        (2, _CENT),
    ),
    *_both(25, "lots are added after some were closed", *_UNEVEN, (-1, _CENT), (7, _CENT + 3)),
    *_both(27, "a lot at the least price", (1, 1), (-1, 2)),
    *_both(
        29,
        "a prime of lots, closed by primes",
        (997, 999_983),
        (-331, 1_000_003),
        (-13, 999_979),
        group=_ROUND,
    ),
    *_both(31, "closed at the price it was opened at, nothing is realized", (3, 7), (-2, 7)),
)

_MAKER: Final = Group("perpetual", why=Why.ROUNDING)


def _fee(number: int, words: str, maker: int, taker: int, lots: int = 7) -> Case:
    """Return a trade of lots of 0.333333 USDC at the fees of a maker and a taker."""
    changed = perpetual_with(maker_fee=maker, taker_fee=taker)
    return _MAKER.trace(f"PP-4-{number:03}", words, changed, *trade(2, 3, lots, 333_333))


_FEES: Final[tuple[Case, ...]] = (
    _fee(40, "fees of 2333.331 and -233.3331 atoms: both are rounded up", -(10**14), 10**15),
    _fee(41, "a maker who pays", 10**14, 10**15),
    _fee(42, "a fee of less than an atom is one atom", 1, 1),
    _fee(43, "a rebate of less than an atom is not paid", -1, 1),
    _fee(44, "a rebate as large as the fee leaves nothing", -PERCENT, PERCENT, 100),
    _fee(45, "a rebate as large as the fee, of a value that is not whole", -PERCENT, PERCENT),
    _fee(46, "no fees", 0, 0),
    _fee(47, "fees of everything", RATIO, RATIO),
    _MAKER.trace(
        "PP-4-048",
        "each trade has its fee: three makers",
        *(short(account, 1, 333_333) for account in (3, 4, 5)),
        long(2, 3, 333_333),
        why=Why.RULE,
    ),
    _MAKER.trace(
        "PP-4-049",
        "closing lots costs a fee as well, and records it beside what was realized",
        *trade(2, 3, 7, 333_333),
        *sale(2, 3, 3, 444_444),
        why=Why.RULE,
    ),
    _MAKER.trace(
        "PP-4-050",
        "a fee of a flip is recorded whole in the position that is left",
        *trade(2, 3, 7, 333_333),
        *sale(2, 3, 11, 444_444),
        why=Why.RULE,
    ),
)

_SWEEP: Final = Group("perpetual_open", (short(4, 30, 1_000_000), short(5, 30, 1_010_000)))
_PERP: Final[dict[str, Any]] = {"market": PERP}

_MATCHING: Final[tuple[Case, ...]] = (
    _SWEEP.accept("PP-4-060", "a taker sweeps two makers", long(6, 60, 1_010_000)),
    _SWEEP.accept("PP-4-061", "what is left of it rests", long(6, 80, 1_010_000)),
    _SWEEP.accept(
        "PP-4-062", "the rest of a market order expires", market(6, Side.BID, 80, **_PERP)
    ),
    _SWEEP.accept(
        "PP-4-063", "a reduction of a short position by both", market(3, Side.BID, 60, **_PERP)
    ),
    _SWEEP.accept(
        "PP-4-064",
        "two short positions change hands: open interest stays",
        long(3, 30, 1_000_000, time_in_force=TimeInForce.FOK),
    ),
    Group("perpetual_open", (long(4, 40, 1_000_000),)).accept(
        "PP-4-065", "a taker reduces and a maker opens", short(2, 40, 1_000_000)
    ),
    Group("perpetual_open", (short(2, 100, 1_100_000),)).accept(
        "PP-4-066", "both sides close: open interest is nothing", long(3, 100, 1_100_000)
    ),
    Group("perpetual_open", (short(2, 150, 1_100_000),)).accept(
        "PP-4-067", "both sides flip", long(3, 150, 1_100_000)
    ),
    Group("perpetual_open", (long(2, 50, 900_000),)).accept(
        "PP-4-068", "both sides add: open interest grows", short(3, 50, 900_000)
    ),
    Group("perpetual_open", why=Why.CONSERVATION).trace(
        "PP-4-069",
        "five accounts trade in a circle: gains, fees and positions add up at every mark",
        *trade(4, 2, 33, 1_000_003),
        *sale(5, 4, 57, 999_983),
        *trade(6, 5, 11, 1_000_007),
        mark(1_050_001),
        *sale(6, 3, 20, 1_050_011),
        *trade(3, 2, 90, 1_049_989),
        mark(977_777),
        *sale(4, 6, 24, 977_773),
    ),
    _SIDES.accept(
        "PP-4-070",
        "a million lots at the least price",
        mark(1),
        *trade(2, 3, 1_000_000, 1),
        why=Why.BOUNDARY,
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *_FILLS,
    *_FEES,
    *_MATCHING,
)
