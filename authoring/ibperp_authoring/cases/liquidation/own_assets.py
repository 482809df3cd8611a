"""Cases in which orders end and own assets pay what is owed (LQ-3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    AdvanceTime,
    Borrow,
    Deposit,
    FundInsurance,
    Lend,
    Liquidate,
    SetPoolParameters,
    SetPrice,
)
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import BookState
from ibperp_authoring.cases.builder import (
    Case,
    Group,
    Refused,
    Why,
    ask,
    bid,
    flags,
    long,
    settings,
    short,
)
from ibperp_authoring.cases.liquidation.setups import FREE_POOL, STEP, deposit, price, system_with
from ibperp_authoring.cases.settlement.setups import (
    OTHER,
    dear_lends,
    mark,
    moved,
    opened,
    settled,
)
from ibperp_authoring.cases.setups import COIN, PERCENT, USD

_LONG: Final = Group("liquidation_long")
_OPEN: Final = Group("liquidation_long", (deposit(2, 20 * USD),))
"""165 USDC; 1000 lots are long."""

_ORDERS: Final[tuple[Case, ...]] = (
    _LONG.trace(
        "LQ-3-001",
        "due by its orders alone: they end, and it is due no longer",
        long(2, 400, 950_000),
        mark(910_000),
        STEP,
        Refused(STEP, R.NOT_LIQUIDATABLE),
    ),
    _LONG.accept(
        "LQ-3-002",
        "orders of three markets end, by id, and what they reserved is free",
        bid(2, 10, 900_000),
        long(2, 10, 950_000, market=OTHER),
        short(2, 10, 1_200_000),
        bid(2, 5, 800_000),
        mark(890_000),
        STEP,
    ),
    _LONG.accept(
        "LQ-3-003",
        "a reduce-only order ends too",
        short(2, 100, 1_000_000, reduce_only=True),
        mark(900_000),
        STEP,
    ),
    _LONG.accept(
        "LQ-3-004",
        "orders of others stay where they are",
        long(6, 10, 800_000),
        short(2, 10, 1_200_000),
        short(8, 10, 1_200_000),
        mark(900_000),
        STEP,
    ),
    _LONG.trace(
        "LQ-3-005",
        "nothing else happens in the step in which orders end",
        long(6, 500, 890_000),
        short(2, 10, 1_200_000),
        mark(890_000),
        STEP,
        STEP,
    ),
    _LONG.reject(
        "LQ-3-006",
        "an order of a healthy account stays",
        short(2, 10, 1_200_000),
        mark(900_001),
        STEP,
        code=R.NOT_LIQUIDATABLE,
        twin="LQ-3-003",
        why=Why.BOUNDARY,
    ),
    Group("liquidation_borrowed").accept(
        "LQ-3-007",
        "an order that would borrow ends",
        ask(2, 10, 1_100_000),
        bid(2, 5, 500_000, flags=flags(redeem=True, borrow=True)),
        price(94),
        STEP,
    ),
)

_DEBTOR: Final = Group("liquidation_borrowed", (price(94),))
_MIXED: Final = Group("liquidation_long", (Borrow(2, "USDC", 45 * USD),))
"""Account 2 has 190 USDC free, owes 45, and is long 1000 lots."""

_CASH: Final[tuple[Case, ...]] = (
    _DEBTOR.accept("LQ-3-020", "free money repays a part of a debt", deposit(2, 4 * USD), STEP),
    _DEBTOR.accept("LQ-3-021", "an atom repays an atom", deposit(2, 1), STEP, why=Why.BOUNDARY),
    _MIXED.trace(
        "LQ-3-022",
        "a debt that is repaid whole heals",
        mark(900_500),
        STEP,
        Refused(STEP, R.NOT_LIQUIDATABLE),
    ),
    _MIXED.trace(
        "LQ-3-023",
        "a debt that is repaid whole, and a position that is next",
        mark(900_000),
        STEP,
        long(6, 200, 900_000),
        STEP,
    ),
    _DEBTOR.accept(
        "LQ-3-024",
        "a closed pool takes what repays",
        SetPoolParameters("USDC", replace(FREE_POOL, book_state=BookState.CLOSED)),
        deposit(2, 4 * USD),
        STEP,
    ),
    Group(
        "liquidation_borrowed",
        (Borrow(2, "SOL", COIN // 10), settings(2, auto_lend=False), price(94)),
    ).accept("LQ-3-025", "two debts of two assets are repaid in one step", deposit(2, USD), STEP),
    _DEBTOR.accept(
        "LQ-3-026",
        "money of another account of the user pays nothing",
        deposit(8, 100 * USD),
        STEP,
    ),
    Group("liquidation_borrowed", (price(94), deposit(2, 4 * USD))).accept(
        "LQ-3-027",
        "with interest: the debt that is left is rounded up",
        SetPoolParameters("USDC", replace(FREE_POOL, base_rate=3 * PERCENT)),
        AdvanceTime(100_000),
        price(94),
        SetPrice("USDC", USD),
        STEP,
        why=Why.ROUNDING,
    ),
)

_SOLD: Final = (long(6, 100, 880_000), mark(880_000), STEP)
"""A tenth is sold at a loss of 12 and a fee of 0.88: the debt to the fund is 12.88."""

_FUND: Final[tuple[Case, ...]] = (
    _LONG.accept("LQ-3-040", "what is owed to the fund is paid to the insurance", *_SOLD, STEP),
    Group("liquidation_long", (Lend(2, "USDC", 145 * USD),)).accept(
        "LQ-3-041", "without cash a lend passes to the insurance", *_SOLD, STEP
    ),
    Group("liquidation_long", (Lend(2, "USDC", 140 * USD),)).accept(
        "LQ-3-042", "cash first, a lend for the rest", *_SOLD, STEP
    ),
    Group("liquidation_long", (Lend(2, "USDC", 132_120_000),)).accept(
        "LQ-3-043", "cash is enough to the atom", *_SOLD, STEP, why=Why.BOUNDARY
    ),
    Group("liquidation_long", (Lend(2, "USDC", 132_120_001),)).accept(
        "LQ-3-044", "an atom of the lend is needed", *_SOLD, STEP, why=Why.BOUNDARY
    ),
    Group("liquidation_long", (Lend(2, "USDC", 145 * USD), Borrow(6, "USDC", 1145 * USD))).accept(
        "LQ-3-045",
        "SC-6: at full utilization a lend passes, for no cash is needed",
        *_SOLD,
        STEP,
        why=Why.ATTACK,
    ),
    Group("liquidation_long", (Lend(2, "USDC", 145 * USD), FundInsurance(5, "USDC", USD))).accept(
        "LQ-3-046", "what the insurance has of its own stays beside it", *_SOLD, STEP
    ),
    _LONG.trace(
        "LQ-3-047",
        "the insurance pays the fund at the next settlement",
        *_SOLD,
        STEP,
        *settled(10),
        why=Why.CONSERVATION,
    ),
    Group("liquidation", (deposit(2, 2 * COIN, "SOL", 0), *opened(2, 3, 1000))).trace(
        "LQ-3-048",
        "who has neither cash nor lend of the settlement asset pays nothing in this step",
        mark(850_000),
        long(6, 100, 850_000),
        STEP,
        STEP,
    ),
    Group(
        "liquidation",
        (
            deposit(2, 2 * COIN, "SOL", 0),
            deposit(2, 16_840_000),
            Lend(2, "USDC", 16_840_000),
            *opened(2, 3, 1000),
        ),
    ).trace(
        "LQ-3-049",
        "a lend that is worth as much as the debt passes whole",
        mark(840_000),
        long(6, 100, 840_000),
        STEP,
        STEP,
    ),
)


def _flat(end: int) -> Group:
    """Leave account 2 with virtual shares and no lots in one market, and 500 long in the other."""
    return Group(
        "liquidation",
        (
            deposit(2, 145 * USD, after=0),
            settings(2, auto_realize=False),
            *opened(2, 3, 500),
            *opened(2, 4, 500, USD, OTHER),
            *moved(end, 10),
            *opened(3, 2, 500, end),
        ),
    )


_LOST: Final = _flat(950_000)
_WON: Final = _flat(1_050_000)

_VIRTUAL: Final[tuple[Case, ...]] = (
    _LOST.accept(
        "LQ-3-060",
        "a virtual debt without lots becomes the account's own, and money repays it",
        mark(790_000, OTHER),
        STEP,
    ),
    _LOST.accept(
        "LQ-3-061",
        "a virtual debt without lots meets a lend: both cancel without cash",
        Lend(2, "USDC", 145 * USD),
        mark(790_000, OTHER),
        STEP,
    ),
    _LOST.accept(
        "LQ-3-062",
        "a virtual debt meets a smaller lend: a debt is left, and money repays it",
        Lend(2, "USDC", 10 * USD),
        mark(790_000, OTHER),
        STEP,
    ),
    _LOST.accept(
        "LQ-3-063",
        "a virtual debt joins a debt",
        Borrow(2, "USDC", 10 * USD),
        mark(790_000, OTHER),
        STEP,
    ),
    _WON.accept(
        "LQ-3-064",
        "a virtual lend without lots becomes the account's own",
        mark(680_000, OTHER),
        STEP,
    ),
    _WON.accept(
        "LQ-3-065",
        "a virtual lend meets a debt, and money repays the rest",
        Borrow(2, "USDC", 40 * USD),
        mark(680_000, OTHER),
        STEP,
    ),
    _LOST.trace(
        "LQ-3-066",
        "virtual shares of a position with lots stay with it",
        *opened(2, 3, 100, 950_000),
        mark(790_000, OTHER),
        STEP,
    ),
    _LOST.reject(
        "LQ-3-067",
        "virtual shares of a healthy account stay until it settles",
        STEP,
        code=R.NOT_LIQUIDATABLE,
        twin="LQ-3-060",
    ),
    Group("liquidation_long", (system_with(non_recourse=False),)).trace(
        "LQ-3-068",
        "own money pays without non_recourse as with it",
        *_SOLD,
        STEP,
    ),
)

_REST: Final = Group(
    "settlement_bare",
    (
        Deposit(5, "USDC", "solana", 7, 3),
        *opened(5, 3, 5000),
        *dear_lends(1_060_000),
        Lend(5, "USDC", 3),
        *opened(3, 5, 1, USD - 1),
        SetPrice("USDC", USD),
        SetPrice("SOL", 100 * USD),
        mark(860_000),
    ),
    Why.ROUNDING,
    ("MM-12",),
).accept(
    "LQ-3-070",
    "a lend passes by the formula alone: the share that is left claims no atom, and stays",
    Liquidate(5),
)
"""Account 5 owes the fund an atom, and has three lend shares that are worth 0.9 atoms each."""

CASES: Final[tuple[Case, ...]] = (*_ORDERS, *_CASH, *_FUND, *_VIRTUAL, _REST)
