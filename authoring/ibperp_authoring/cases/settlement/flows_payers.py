"""Cases of flows: what an account pays with (ST-3)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    CancelAllOrders,
    CreateAccount,
    Deposit,
    Lend,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import BookState
from ibperp_authoring.cases.builder import (
    SPOT,
    Case,
    Group,
    Refused,
    Why,
    bid,
    flags,
    settings,
    withdraw,
)
from ibperp_authoring.cases.settlement.setups import moved, opened, settled, virtual
from ibperp_authoring.cases.setups import COIN, PERCENT, USD, YEAR, pool_with

_GROUP: Final = Group("settlement", why=Why.ATTACK)

_WINNERS: Final[tuple[Case, ...]] = (
    _GROUP.trace(
        "ST-3-305",
        "SC-17: a winner withdraws to the edge, and one tick later owes the fund",
        *opened(2, 3, 1000),
        *moved(1_500_000, 10),
        withdraw(2, "USDC", "solana", 1350 * USD),
        Refused(withdraw(2, "USDC", "solana", USD), R.INSUFFICIENT_MARGIN),
        *moved(1_300_000, 20),
    ),
    _GROUP.trace(
        "ST-3-306",
        "what a firm order holds escapes the fund as long as the order rests",
        *opened(2, 4, 300),
        bid(4, 1000, USD),
        *moved(2 * USD, 10),
        *settled(20),
        CancelAllOrders(4, SPOT),
        *settled(30),
    ),
)

_LOSES_30: Final = moved(1_300_000, 10)

_FIFTH: Final = opened(2, 5, 100)
"""Account 5, with 10 SOL, is short of 100 lots: it loses 100 atoms with each atom of the mark."""


def _has(free: int, lent: int, *, borrows: bool) -> tuple[Action, ...]:
    """Return the steps that give account 5 USDC, free and lent, and the setting."""
    total = free + lent
    return (
        *((Deposit(5, "USDC", "solana", 7, total),) if total else ()),
        *((Lend(5, "USDC", lent),) if lent else ()),
        settings(5, auto_borrow_settlements=borrows),
        *_FIFTH,
    )


def _ways(first: int, why: Why, *rows: tuple[str, int, int, bool]) -> tuple[Case, ...]:
    return tuple(
        Group("settlement", _has(free, lent, borrows=borrows), why).accept(
            f"ST-3-{number:03}", title, *_LOSES_30
        )
        for number, (title, free, lent, borrows) in enumerate(rows, first)
    )


_WAYS: Final[tuple[Case, ...]] = (
    *_ways(
        1,
        Why.RULE,
        ("a loser of 30 with nothing that may not borrow pays nothing", 0, 0, False),
        ("a loser of 30 borrows all", 0, 0, True),
        ("a loser of 30 with 10 free pays these", 10 * USD, 0, False),
        ("a loser of 30 with 10 free borrows 20", 10 * USD, 0, True),
        ("a loser of 30 that lends 10 redeems these", 0, 10 * USD, False),
        ("a loser of 30 that lends 10 redeems these and borrows 20", 0, 10 * USD, True),
        ("a loser of 30 with 10 free and 10 lent pays both", 10 * USD, 10 * USD, False),
        ("a loser of 30 with 10 free and 10 lent borrows 10", 10 * USD, 10 * USD, True),
    ),
    *_ways(
        11,
        Why.BOUNDARY,
        ("30 free are enough: nothing is borrowed", 30 * USD, 0, True),
        ("with an atom less free, an atom is borrowed", 30 * USD - 1, 0, True),
        ("with an atom less free, an atom stays owed", 30 * USD - 1, 0, False),
        ("30 lent are enough: the lend is gone", 0, 30 * USD, True),
        ("with an atom less lent, an atom is borrowed", 0, 30 * USD - 1, True),
        ("with an atom more lent, an atom stays lent", 0, 30 * USD + 1, True),
        ("the last atom is redeemed", 30 * USD - 1, 30 * USD, False),
        ("what is free is enough: the lend stays whole", 30 * USD, 30 * USD, False),
        ("free and lent are enough to the atom", 20 * USD, 10 * USD, True),
        ("an atom free pays an atom", 1, 0, False),
    ),
)

_ON_CREDIT: Final = settings(5, auto_borrow_settlements=True)

_CREDIT: Final = Group("settlement", (_ON_CREDIT, *_FIFTH), Why.BOUNDARY)

_LOSES_110: Final = moved(2_100_000, 10)

_LIMITS: Final[tuple[Case, ...]] = (
    _CREDIT.accept(
        "ST-3-030",
        "the pool's limit admits the borrow to the atom",
        pool_with(open_borrow_lend_limit=30 * USD),
        *_LOSES_30,
    ),
    _CREDIT.accept(
        "ST-3-031",
        "an atom beyond the pool's limit nothing is borrowed, not even a part",
        pool_with(open_borrow_lend_limit=30 * USD - 1),
        *_LOSES_30,
    ),
    _CREDIT.accept(
        "ST-3-032",
        "a pool that takes repayments alone gives no borrow",
        pool_with(book_state=BookState.REPAY_ONLY),
        *_LOSES_30,
        why=Why.RULE,
    ),
    _CREDIT.accept(
        "ST-3-033",
        "a closed pool gives no borrow",
        pool_with(book_state=BookState.CLOSED),
        *_LOSES_30,
        why=Why.RULE,
    ),
    _CREDIT.accept(
        "ST-3-034",
        "the borrow takes utilization to its maximum",
        pool_with(
            optimal_utilization=RATIO // 200,
            throttle_utilization=RATIO // 200,
            max_utilization=PERCENT,
        ),
        *_LOSES_110,
    ),
    _CREDIT.accept(
        "ST-3-035",
        "beyond the maximum of utilization nothing is borrowed",
        pool_with(
            optimal_utilization=RATIO // 200,
            throttle_utilization=RATIO // 200,
            max_utilization=PERCENT,
        ),
        *moved(2_100_001, 10),
    ),
    _CREDIT.accept(
        "ST-3-036",
        "the borrow takes utilization to the throttle",
        pool_with(optimal_utilization=PERCENT, throttle_utilization=PERCENT),
        *moved(2_100_000, 60),
    ),
    _CREDIT.accept(
        "ST-3-037",
        "beyond the throttle nothing is borrowed",
        pool_with(optimal_utilization=PERCENT, throttle_utilization=PERCENT),
        *moved(2_100_001, 60),
    ),
    _CREDIT.accept(
        "ST-3-038", "the borrow leaves the initial requirement met", *moved(8_416_666, 10)
    ),
    _CREDIT.accept(
        "ST-3-039",
        "an atom a lot beyond it: the borrow is no riskier than the loss that it pays",
        *moved(8_416_667, 10),
    ),
    Group("settlement", _has(100 * USD, 0, borrows=True)).accept(
        "ST-3-040",
        "what is free pays first; the margin bears the borrow of the rest",
        *moved(9 * USD, 10),
    ),
    Group("settlement", _has(0, 100 * USD, borrows=True)).accept(
        "ST-3-041",
        "what is lent pays first; the margin bears the borrow of the rest",
        *moved(9 * USD, 10),
    ),
    _CREDIT.trace(
        "ST-3-042",
        "what the pool refused stays owed, and is borrowed when the pool is open",
        pool_with(book_state=BookState.REPAY_ONLY),
        *_LOSES_30,
        pool_with(),
        *settled(20),
        why=Why.RULE,
    ),
    _CREDIT.trace(
        "ST-3-043",
        "the setting decides at the settlement, not before",
        settings(5),
        *_LOSES_30,
        _ON_CREDIT,
        *settled(20),
        why=Why.RULE,
    ),
    _CREDIT.accept(
        "ST-3-044", "a debtor borrows more", Borrow(5, "USDC", 50 * USD), *_LOSES_110, why=Why.RULE
    ),
    _CREDIT.trace(
        "ST-3-045",
        "the borrow of a settlement bears interest like any other",
        *_LOSES_110,
        AdvanceTime(YEAR),
        *settled(YEAR + 10),
        why=Why.RULE,
    ),
    Group("settlement_hourly", (_ON_CREDIT, *_FIFTH)).accept(
        "ST-3-046", "the borrow of a settlement pays the entry fee", *_LOSES_110
    ),
    Group("settlement_bare", (_ON_CREDIT, *_FIFTH)).accept(
        "ST-3-047", "an empty pool gives no borrow", *_LOSES_30
    ),
    Group("settlement_bare", (_ON_CREDIT, *_FIFTH, Lend(7, "USDC", 40 * USD))).accept(
        "ST-3-048", "a small pool gives a borrow up to its throttle", *_LOSES_30
    ),
    _CREDIT.accept("ST-3-049", "the borrow is an atom a lot", *moved(USD + 1, 10)),
)

_FOURTH: Final = opened(2, 4, 100)

_HELD: Final[tuple[Case, ...]] = (
    Group("settlement", _FOURTH).accept(
        "ST-3-060",
        "what a firm order holds does not pay",
        bid(4, 990, USD),
        *_LOSES_30,
    ),
    Group("settlement", _FOURTH).trace(
        "ST-3-061",
        "what a firm order holds pays once the order is cancelled",
        bid(4, 990, USD),
        *_LOSES_30,
        CancelAllOrders(4, SPOT),
        *settled(20),
    ),
    Group("settlement", (Lend(4, "USDC", 500 * USD), *_FOURTH)).accept(
        "ST-3-062",
        "the lend behind an order that may redeem pays all the same",
        bid(4, 900, USD, flags=flags(redeem=True)),
        *moved(10 * USD, 10),
    ),
    Group("settlement", _FOURTH).accept(
        "ST-3-063",
        "a firm order holds, and the rest is borrowed",
        settings(4, auto_borrow_settlements=True),
        bid(4, 990, USD),
        *_LOSES_30,
    ),
    Group("settlement", (Lend(4, "USDC", 1000 * USD), *_FOURTH)).accept(
        "ST-3-064",
        "a lend is redeemed from a closed pool",
        pool_with(book_state=BookState.CLOSED),
        *_LOSES_30,
    ),
    Group(
        "settlement_bare",
        (Lend(6, "USDC", 1000 * USD), Borrow(2, "USDC", 850 * USD), *opened(2, 6, 100)),
    ).accept(
        "ST-3-065",
        "a lend is redeemed though the pool is used to its throttle",
        *_LOSES_30,
    ),
    Group("settlement", (*opened(2, 6, 100), *_FIFTH, _ON_CREDIT)).accept(
        "ST-3-066", "one loser redeems, the other borrows", *_LOSES_30
    ),
    Group("settlement", (*opened(2, 3, 100), *_FOURTH, *opened(2, 6, 100))).accept(
        "ST-3-067", "three losers pay, each as it can, one winner", *_LOSES_30
    ),
    Group("settlement", (*opened(2, 5, 100), *moved(1_300_000, 10), *virtual(2))).accept(
        "ST-3-068",
        "a loss that an unpaid gain covers moves nothing of the pool, and nothing is told of it",
        *moved(1_200_000, 20),
    ),
    Group("settlement", (*opened(2, 5, 100), *moved(1_300_000, 10), *virtual(2))).accept(
        "ST-3-069",
        "a loss of exactly what was left unpaid",
        *moved(USD, 20),
        why=Why.BOUNDARY,
    ),
)

_DUST: Final = Group(
    "settlement_bare",
    (
        CreateAccount(8, 8),
        Deposit(8, "SOL", "solana", 7, COIN),
        Lend(7, "USDC", 100 * USD),
        Borrow(6, "USDC", 50 * USD),
        *virtual(5),
        *opened(2, 5, 500),
        AdvanceTime(YEAR),
        *moved(1_100_000, YEAR + 10),
        *opened(8, 5, 1, 1_100_000),
        *moved(1_100_001, YEAR + 20),
        Lend(7, "USDC", 1000 * USD),
    ),
    Why.ROUNDING,
    ("MM-12",),
)
"""The pool's cash is gone: account 8 was paid an atom as shares that claim none."""

_BACK: Final = moved(1_099_900, YEAR + 30)
"""Account 8 loses 101 atoms."""

_ENDED: Final[tuple[Case, ...]] = (
    _DUST.accept(
        "ST-3-320",
        "a lend that claims no atom ends before the borrow, which it would stand against",
        settings(8, auto_borrow_settlements=True),
        *_BACK,
    ),
    _DUST.accept("ST-3-321", "it ends where nothing is borrowed, too", *_BACK),
    _DUST.accept(
        "ST-3-322",
        "an atom more is owed than is free: it ends",
        Deposit(8, "USDC", "solana", 8, 100),
        *_BACK,
    ),
    _DUST.accept(
        "ST-3-323",
        "what is free is enough: it stays",
        Deposit(8, "USDC", "solana", 8, 101),
        *_BACK,
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *_WINNERS,
    *_WAYS,
    *_LIMITS,
    *_HELD,
    *_ENDED,
)
