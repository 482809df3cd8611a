"""Cases of gains and losses that settle virtually, in the pool (ST-4)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import AdvanceTime, Borrow, Deposit, Lend, Redeem
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import BookState
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, settings, withdraw
from ibperp_authoring.cases.settlement.setups import OTHER, mark, moved, opened, settled, virtual
from ibperp_authoring.cases.setups import HOUR, USD, YEAR, pool_with

_OPEN: Final = opened(2, 3, 100)
_BOTH: Final = Group("settlement", (*virtual(2, 3), *_OPEN))
_EDGE: Final = Group("settlement", (*virtual(2, 3), *_OPEN), Why.BOUNDARY)
_UP: Final = moved(1_100_000, 10)
_DOWN: Final = moved(900_000, 10)

_NAMES: Final = {(): "neither", (2,): "the long", (3,): "the short", (2, 3): "both"}

_MODES: Final[tuple[Case, ...]] = tuple(
    Group("settlement", (*virtual(*who), *_OPEN)).accept(
        f"ST-4-{number:03}", f"{name} virtually, the mark goes {way}", *steps
    )
    for number, (who, name, way, steps) in enumerate(
        (
            (who, name, way, steps)
            for who, name in _NAMES.items()
            for way, steps in (("up", _UP), ("down", _DOWN))
        ),
        1,
    )
)

_MOVES: Final[tuple[Case, ...]] = (
    _BOTH.trace("ST-4-020", "a loss, then a larger one", *_UP, *moved(1_300_000, 20)),
    _BOTH.trace("ST-4-021", "a loss, and a part of it back", *_UP, *moved(1_040_000, 20)),
    _EDGE.trace("ST-4-022", "a loss, and all of it back", *_UP, *moved(USD, 20)),
    _EDGE.trace("ST-4-023", "a loss, and an atom a lot less back", *_UP, *moved(USD + 1, 20)),
    _EDGE.trace("ST-4-024", "a loss, and an atom a lot more back", *_UP, *moved(USD - 1, 20)),
    _BOTH.trace(
        "ST-4-025", "a loss, then a gain beyond it: repaid, then lent", *_UP, *moved(800_000, 20)
    ),
    _BOTH.trace(
        "ST-4-026",
        "the sides change four times",
        *_UP,
        *moved(900_000, 20),
        *moved(1_200_000, 30),
        *moved(700_000, 40),
        *moved(USD, 50),
        why=Why.CONSERVATION,
    ),
    _BOTH.accept("ST-4-027", "a loss of an atom a lot", *moved(USD + 1, 10), why=Why.ROUNDING),
    _BOTH.trace(
        "ST-4-028",
        "an hour of interest, then the loss is repaid",
        *moved(1_300_000, 10),
        *moved(USD, HOUR),
        why=Why.ROUNDING,
    ),
    _BOTH.trace(
        "ST-4-029",
        "a year of interest, then a loss as large as the gain was",
        *moved(1_300_000, 10),
        *moved(USD, YEAR),
        why=Why.ROUNDING,
    ),
    _BOTH.trace(
        "ST-4-030",
        "ten settlements of odd marks",
        *(
            step
            for number, price in enumerate(
                (
                    1_000_007,
                    999_983,
                    1_000_211,
                    999_001,
                    1_234_567,
                    1_234_568,
                    876_543,
                    1_000_003,
                    999_999,
                    1_000_000,
                ),
                1,
            )
            for step in moved(price, 100 * number)
        ),
        why=Why.ROUNDING,
    ),
)

_TWO: Final = (*opened(2, 3, 100), *opened(3, 2, 10, 10 * USD, OTHER))

_POOLS: Final[tuple[Case, ...]] = (
    Group("settlement_bare", (*virtual(2, 3), *_OPEN)).accept(
        "ST-4-040", "in an empty pool the virtual borrow is all that is lent", *_UP
    ),
    Group("settlement_bare", (*virtual(2, 3), *_OPEN)).trace(
        "ST-4-041",
        "a year at its highest rate: what is owed beyond what is lent is culled",
        *_UP,
        *moved(USD, YEAR),
    ),
    Group("settlement_bare", (*virtual(3), *_OPEN)).accept(
        "ST-4-042", "from an empty pool the winner is paid a claim on the virtual borrow", *_UP
    ),
    Group("settlement_bare", (*virtual(2), *_OPEN)).accept(
        "ST-4-043", "what the loser pays in cash is in the pool for the virtual winner", *_UP
    ),
    Group("settlement", (*virtual(3), *_OPEN)).accept(
        "ST-4-044", "lenders' cash pays the winner of a virtual loser", *_UP, why=Why.ATTACK
    ),
    Group("settlement_bare", (*virtual(3), Lend(7, "USDC", 4 * USD), *_OPEN)).accept(
        "ST-4-045", "cash as far as the pool has it, then a claim", *_UP
    ),
    Group("settlement", (*virtual(2, 3), *_OPEN)).accept(
        "ST-4-046",
        "virtual shares move in a closed pool",
        pool_with(book_state=BookState.CLOSED),
        *_UP,
    ),
    Group("settlement", (*virtual(2, 3), *_OPEN)).accept(
        "ST-4-047",
        "virtual shares move beyond the pool's limit",
        pool_with(open_borrow_lend_limit=0),
        *_UP,
    ),
    Group("settlement_bare", (*virtual(2, 3), Lend(7, "USDC", 4 * USD), *_OPEN)).trace(
        "ST-4-048",
        "a virtual borrow above the maximum of utilization keeps lenders in",
        *_UP,
        Refused(Redeem(7, "USDC", 4 * USD), R.MAX_UTILIZATION),
        *moved(USD, 20),
        Redeem(7, "USDC", 3 * USD),
    ),
    Group("settlement", (*virtual(2, 3), *_TWO)).accept(
        "ST-4-049",
        "positions of opposite result have a lend and a borrow: they are not set off",
        mark(1_100_000),
        *moved(11 * USD, 10, OTHER),
    ),
    Group("settlement", (*virtual(2, 3), *_TWO)).trace(
        "ST-4-050",
        "both turn, and nothing is left of either",
        mark(1_100_000),
        *moved(11 * USD, 10, OTHER),
        mark(USD),
        *moved(10 * USD, 20, OTHER),
        why=Why.CONSERVATION,
    ),
    Group("settlement", (*virtual(5), *opened(2, 5, 100))).accept(
        "ST-4-051", "a loss settles virtually whatever the account owns", *moved(9 * USD, 10)
    ),
    Group("settlement", (*virtual(2), *opened(2, 5, 100))).accept(
        "ST-4-052", "a virtual winner of an unpaid loser has no virtual lend", *_UP
    ),
    Group("settlement", (*virtual(2), *opened(2, 5, 100))).trace(
        "ST-4-053",
        "a virtual winner is lent when the loser can pay",
        *_UP,
        Deposit(5, "USDC", "solana", 7, 10 * USD),
        *settled(20),
        *moved(1_100_000, 30),
    ),
)

_CLOSED: Final = opened(3, 2, 100, 1_100_000)
"""Both positions are closed at the mark that was settled: nothing is gained by it."""

_ENDS: Final[tuple[Case, ...]] = (
    _BOTH.accept(
        "ST-4-060", "until the settlement a closed position keeps its shares", *_UP, *_CLOSED
    ),
    _BOTH.accept(
        "ST-4-061",
        "closed: the lend is the account's own, the borrow is paid from free",
        *_UP,
        *_CLOSED,
        *settled(20),
    ),
    Group("settlement", (*virtual(2, 5), *opened(2, 5, 100))).accept(
        "ST-4-062",
        "closed: a borrow that cannot be paid stays virtual",
        *_UP,
        *opened(5, 2, 100, 1_100_000),
        *settled(20),
    ),
    Group("settlement", (*virtual(2, 5), *opened(2, 5, 100))).trace(
        "ST-4-063",
        "closed: the borrow is paid by a deposit",
        *_UP,
        *opened(5, 2, 100, 1_100_000),
        *settled(20),
        Deposit(5, "USDC", "solana", 7, 20 * USD),
        *settled(30),
    ),
    Group("settlement", (*virtual(2, 5), *opened(2, 5, 100))).trace(
        "ST-4-064",
        "closed: half a borrow is paid, the other half later",
        *_UP,
        *opened(5, 2, 100, 1_100_000),
        Deposit(5, "USDC", "solana", 7, 5 * USD),
        *settled(20),
        Deposit(5, "USDC", "solana", 8, 5 * USD + 100),
        *settled(30),
    ),
    Group("settlement", (*virtual(2, 6), *opened(2, 6, 100))).accept(
        "ST-4-065",
        "closed: the borrow is paid from the account's own lend",
        *_UP,
        *opened(6, 2, 100, 1_100_000),
        *settled(20),
    ),
    Group(
        "settlement",
        (
            *virtual(2),
            settings(5, auto_realize=False, auto_borrow_settlements=True),
            *opened(2, 5, 100),
        ),
    ).accept(
        "ST-4-066",
        "closed: a virtual borrow turns into the account's own",
        *_UP,
        *opened(5, 2, 100, 1_100_000),
        *settled(20),
    ),
    Group("settlement", (*virtual(2, 3, 5), *opened(5, 3, 100))).accept(
        "ST-4-067",
        "closed: the lend repays a part of the account's own debt",
        Borrow(5, "USDC", 50 * USD),
        *_UP,
        *opened(3, 5, 100, 1_100_000),
        *settled(20),
    ),
    Group("settlement", (*virtual(3, 5), *opened(5, 3, 100))).accept(
        "ST-4-068",
        "closed: the lend repays the account's own debt, the rest is its lend",
        Borrow(5, "USDC", 4 * USD),
        *_UP,
        *opened(3, 5, 100, 1_100_000),
        *settled(20),
    ),
    Group("settlement", (*virtual(3, 5), *opened(5, 3, 100))).accept(
        "ST-4-069",
        "closed: the lend is added to the account's own",
        Deposit(5, "USDC", "solana", 7, 4 * USD),
        Lend(5, "USDC", 4 * USD),
        *_UP,
        *opened(3, 5, 100, 1_100_000),
        *settled(20),
    ),
    _BOTH.accept(
        "ST-4-070",
        "closed in half: all shares stay",
        *_UP,
        *opened(3, 2, 50, 1_100_000),
        *settled(20),
    ),
    _BOTH.accept(
        "ST-4-071",
        "turned to the other side: all shares stay",
        *_UP,
        *opened(3, 2, 150, 1_100_000),
        *settled(20),
    ),
    _BOTH.accept(
        "ST-4-072",
        "closed and opened again before a settlement: all shares stay",
        *_UP,
        *_CLOSED,
        *opened(2, 3, 70, 1_100_000),
        *settled(20),
    ),
    _BOTH.accept(
        "ST-4-073",
        "closed at a loss: its lend is released, then pays",
        *_UP,
        *opened(3, 2, 100, 1_050_000),
        *settled(20),
    ),
    _BOTH.accept(
        "ST-4-074",
        "closed at a loss larger than its lend",
        *_UP,
        *opened(3, 2, 100, 850_000),
        *settled(20),
    ),
    Group("settlement", (*virtual(2, 5), *opened(5, 2, 100))).accept(
        "ST-4-075",
        "closed at a gain: the borrow is not set off, it is paid a settlement later",
        *_DOWN,
        *opened(2, 5, 100, 1_200_000),
        *settled(20),
    ),
    Group("settlement", (*virtual(2, 5), *opened(5, 2, 100))).trace(
        "ST-4-076",
        "closed at a gain: the next settlement pays the borrow from it",
        *_DOWN,
        *opened(2, 5, 100, 1_200_000),
        *settled(20),
        *settled(30),
    ),
    Group("settlement", (*virtual(2, 3), *_TWO)).accept(
        "ST-4-077",
        "one of two positions is closed: the other keeps its shares",
        mark(1_100_000),
        *moved(11 * USD, 10, OTHER),
        *_CLOSED,
        *settled(20),
    ),
    _BOTH.trace(
        "ST-4-078",
        "a virtual lend cannot be redeemed, a released one can",
        *_UP,
        Refused(Redeem(2, "USDC", 1), R.INSUFFICIENT_LEND),
        *_CLOSED,
        *settled(20),
        Redeem(2, "USDC", 5 * USD),
    ),
    Group("settlement", (*virtual(2, 3), *_OPEN)).trace(
        "ST-4-079",
        "a virtual lend backs a withdrawal of what is free",
        *moved(6 * USD, 10),
        withdraw(2, "USDC", "solana", 1000 * USD),
        AdvanceTime(20),
        *moved(5_500_000, 30),
    ),
)

CASES: Final[tuple[Case, ...]] = (*_MODES, *_MOVES, *_POOLS, *_ENDS)
