"""Cases of the final settlement of a market that is closed (PP-9)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import AdvanceTime, ApplyFunding, ListPerpetual, Settle, SettleMarket
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import OrderBookState
from ibperp_authoring.cases.builder import (
    PERP,
    Case,
    Group,
    Step,
    Why,
    long,
    settings,
    short,
    withdraw,
)
from ibperp_authoring.cases.perpetuals.steps import CLOSED, book_state, funding, mark, sale, trade
from ibperp_authoring.cases.setups import HOUR, MAX, PERCENT, PERPETUAL, USD, perpetual_with

_CLOSED: Final = Group("perpetual_open", (CLOSED,))
_OPEN: Final = Group("perpetual_open")


def _final(price: int, market: str = PERP) -> SettleMarket:
    return SettleMarket(market, price)


_STATES: Final[tuple[Case, ...]] = tuple(
    _OPEN.reject(
        f"PP-9-{number:03}",
        f"a market that is not closed: {state.replace('_', ' ')}",
        book_state(state),
        _final(USD),
        code=R.MARKET_NOT_CLOSED,
        twin="PP-9-001",
    )
    for number, state in enumerate(
        (state for state in OrderBookState if state is not OrderBookState.CLOSED), 20
    )
)

_MOST: Final = (MAX + 10**8 - 10**5) // 100
"""The highest price at which a hundred lots lose what may be stored."""

_PRICES: Final[tuple[Case, ...]] = (
    _CLOSED.accept("PP-9-001", "at the mark, nothing is gained", _final(USD)),
    _CLOSED.accept("PP-9-002", "above it: the long side gains", _final(1_100_001)),
    _CLOSED.accept("PP-9-003", "below it: the short side gains", _final(899_999)),
    _CLOSED.accept("PP-9-004", "the mark is not looked at", mark(2 * USD), _final(USD)),
    _CLOSED.accept("PP-9-005", "the least price", _final(1), why=Why.BOUNDARY),
    *Group("perpetual_open", (CLOSED,), Why.ATTACK).pair(
        ("PP-9-006", "PP-9-007"),
        ("SC-22: a loss as large as may be stored", "SC-22: an atom of price beyond it"),
        accepted=_final(_MOST),
        refused=_final(_MOST + 1),
        code=R.OUT_OF_RANGE,
    ),
    *Group("perpetual_open", (CLOSED,), Why.ATTACK).refusals(
        "PP-9-005",
        ("PP-9-008", "SC-22: no price", _final(0), R.AMOUNT_NOT_POSITIVE),
        ("PP-9-009", "SC-22: a price below zero", _final(-1), R.AMOUNT_NOT_POSITIVE),
        ("PP-9-010", "SC-22: a price beyond the range", _final(MAX + 1), R.OUT_OF_RANGE),
        ("PP-9-011", "an unknown market", _final(USD, "X"), R.MARKET_UNKNOWN),
    ),
    *Group("perpetual_open", why=Why.PRECEDENCE).refusals(
        "PP-9-015",
        (
            "PP-9-012",
            "no price goes before an unknown market",
            _final(0, "X"),
            R.AMOUNT_NOT_POSITIVE,
        ),
        (
            "PP-9-013",
            "a price beyond the range goes before a market that is not closed",
            _final(MAX + 1),
            R.OUT_OF_RANGE,
        ),
        (
            "PP-9-014",
            "no price goes before a market that is not closed",
            _final(0),
            R.AMOUNT_NOT_POSITIVE,
        ),
    ),
    Group("perpetual_open").accept("PP-9-015", "first it is closed", CLOSED, _final(USD)),
)


def _course(number: int, words: str, *steps: Step, why: Why = Why.RULE) -> Case:
    return _OPEN.trace(f"PP-9-{number:03}", words, *steps, why=why)


_FUNDED: Final = (*funding(PERCENT), CLOSED)
_VIRTUAL: Final = Group(
    "perpetual_virtual", (mark(1_100_000), AdvanceTime(10), Settle(), mark(1_120_000), CLOSED)
)
"""Account 2 has virtual lends and 3 virtual borrows of a first gain; a second is not settled."""

_COURSES: Final[tuple[Case, ...]] = (
    _course(40, "funding that is due is settled first", *_FUNDED, _final(USD)),
    _course(41, "and against the gain", *_FUNDED, _final(999_000)),
    _course(42, "a second settlement changes nothing", CLOSED, _final(USD), _final(2 * USD)),
    _course(
        43,
        "without open interest there is nothing to settle",
        *sale(2, 3, 100, USD),
        CLOSED,
        _final(2 * USD),
    ),
    _course(
        44,
        "a market without a mark",
        ListPerpetual("NEW_PERP", CLOSED.parameters),
        _final(USD, "NEW_PERP"),
    ),
    _course(
        45,
        "another market's positions stay",
        ListPerpetual("NEW_PERP", PERPETUAL),
        mark(USD, market="NEW_PERP"),
        long(2, 10, USD, market="NEW_PERP"),
        short(4, 10, USD, market="NEW_PERP"),
        CLOSED,
        _final(1_050_000),
    ),
    _course(
        46,
        "afterwards no funding accrues",
        CLOSED,
        _final(1_050_000),
        AdvanceTime(HOUR),
        ApplyFunding(PERP, PERCENT),
    ),
    _course(
        47,
        "the last gain is paid by the next settlement, and withdrawn",
        CLOSED,
        _final(1_100_000),
        AdvanceTime(10),
        Settle(),
        withdraw(2, "USDC", "solana", 500 * USD),
        withdraw(2, "USDC", "solana", 500 * USD),
        withdraw(2, "USDC", "solana", 10 * USD),
    ),
    _OPEN.trace(
        "PP-9-048",
        "positions of five accounts: gains and losses add up to nothing",
        *trade(4, 3, 37, 1_000_001),
        *trade(5, 6, 101, 999_999),
        *sale(4, 6, 7, 1_000_003),
        *funding(PERCENT + 7),
        mark(1_070_003),
        CLOSED,
        _final(1_069_997),
        why=Why.CONSERVATION,
    ),
    _course(
        49,
        "a loss beyond the equity stays unsettled",
        *sale(4, 3, 9_000, USD),
        CLOSED,
        _final(10 * USD),
        AdvanceTime(10),
        Settle(),
        why=Why.ATTACK,
    ),
    _VIRTUAL.accept("PP-9-050", "virtual shares are left without lots", _final(1_120_000)),
    _VIRTUAL.trace(
        "PP-9-051",
        "the next settlement releases them",
        _final(1_120_000),
        AdvanceTime(20),
        Settle(),
    ),
    _VIRTUAL.trace(
        "PP-9-052",
        "a position of virtual shares alone is not settled twice",
        _final(1_120_000),
        _final(2 * USD),
    ),
    _VIRTUAL.trace(
        "PP-9-053",
        "a market that opens again finds the virtual shares in the position",
        _final(1_120_000),
        perpetual_with(),
        *sale(2, 3, 10, 1_120_000),
    ),
    _VIRTUAL.trace(
        "PP-9-054",
        "an account that realizes meanwhile is settled like the others",
        settings(2),
        _final(1_120_000),
        AdvanceTime(20),
        Settle(),
    ),
)

CASES: Final[tuple[Case, ...]] = (*_STATES, *_PRICES, *_COURSES)
