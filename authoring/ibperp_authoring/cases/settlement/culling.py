"""Cases of the settlement chapter: virtual debts above a limit are realized, largest first."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Action, Borrow, Deposit, Lend
from ibperp_authoring.cases.builder import Case, Group, Why, long, settings, short
from ibperp_authoring.cases.settlement.setups import OTHER, mark, moved, opened, settled, virtual
from ibperp_authoring.cases.setups import USD

_ALL: Final = virtual(2, 3, 4, 5, 6, 7)
_CREDIT: Final = settings(5, auto_realize=False, auto_borrow_settlements=True)


def _short(cause: str, *lots: tuple[int, int], credit: bool = False, why: Why = Why.RULE) -> Group:
    """Return a group in which account 7 is long of what others are short, all virtually."""
    return Group(
        f"cull_{cause}",
        (
            *_ALL,
            *((_CREDIT,) if credit else ()),
            *(step for account, count in lots for step in opened(7, account, count)),
        ),
        why,
    )


_DOUBLED: Final = moved(2 * USD, 10)
"""A lot short loses one USDC."""

_TRIPLED: Final = moved(3 * USD, 10)


def _deposit(amount: int, sequence: int = 7, account: int = 5) -> Action:
    return Deposit(account, "USDC", "solana", sequence, amount)


_EDGE: Final = _short("account", (3, 100), why=Why.BOUNDARY)

_TWO: Final = (
    *_ALL,
    short(3, 60, USD),
    long(7, 60, USD),
    *opened(7, 3, 9, 10 * USD, OTHER),
)
"""Account 3 is short in both markets: it loses 60 and 90 USDC when the marks double."""

_BOTH: Final = (mark(2 * USD), *moved(20 * USD, 10, OTHER))

_ACCOUNT: Final[tuple[Case, ...]] = (
    _EDGE.accept("ST-5-001", "a debt as large as the account's limit is not culled", *_DOUBLED),
    _EDGE.accept(
        "ST-5-002", "an atom a lot beyond the account's limit is culled", *moved(2 * USD + 1, 10)
    ),
    _short("account", (3, 100)).accept(
        "ST-5-003", "100 beyond the limit are paid from free", *_TRIPLED
    ),
    _short("account", (6, 100)).accept("ST-5-004", "100 beyond the limit are redeemed", *_TRIPLED),
    _short("account", (5, 100), credit=True).accept(
        "ST-5-005", "100 beyond the limit are borrowed", *_TRIPLED
    ),
    _short("account", (5, 100)).accept(
        "ST-5-006", "an account that can pay nothing keeps its virtual debt", *_TRIPLED
    ),
    _short("account", (5, 100)).accept(
        "ST-5-007", "an account that can pay a part keeps the rest", _deposit(40 * USD), *_TRIPLED
    ),
    _short("account", (5, 100)).trace(
        "ST-5-008",
        "the rest is culled when a deposit comes",
        _deposit(40 * USD),
        *_TRIPLED,
        _deposit(100 * USD, 8),
        *settled(20),
    ),
    _short("account", (5, 100), credit=True).accept(
        "ST-5-009",
        "free, then lent, then borrowed",
        _deposit(50 * USD),
        Lend(5, "USDC", 30 * USD),
        *_TRIPLED,
    ),
    _short("account", (3, 100)).trace(
        "ST-5-010",
        "a growing debt is culled at each settlement",
        *_TRIPLED,
        *moved(4 * USD, 20),
        *moved(5 * USD, 30),
    ),
    _short("account", (3, 100)).trace(
        "ST-5-011",
        "what was culled is not lost: the mark comes back, and it is lent",
        *_TRIPLED,
        *moved(USD, 20),
        why=Why.CONSERVATION,
    ),
    _short("account", (2, 100), (3, 100), (4, 100), why=Why.BOUNDARY).accept(
        "ST-5-012", "three accounts at their limits are not culled", *_DOUBLED
    ),
    _short("account", (2, 50), (3, 150), (4, 250)).accept(
        "ST-5-013", "each account is culled by itself", *_DOUBLED
    ),
    Group("cull_account", _TWO).accept("ST-5-014", "of two debts the larger is culled", *_BOTH),
    Group("cull_account", _TWO).accept(
        "ST-5-015",
        "of two debts the larger is gone before the smaller is culled",
        mark(3 * USD),
        *moved(23 * USD, 10, OTHER),
    ),
    Group(
        "cull_account", (*_ALL, *opened(7, 3, 60), *opened(7, 3, 6, 10 * USD, OTHER)), Why.BOUNDARY
    ).accept("ST-5-016", "of two equal debts the market listed first is culled", *_BOTH),
    Group("cull_account", (*_ALL, *opened(7, 3, 200), *opened(3, 7, 20, 10 * USD, OTHER))).accept(
        "ST-5-017",
        "a debt is culled beside a virtual lend of the same account",
        mark(2 * USD),
        *moved(20 * USD, 10, OTHER),
    ),
    Group("cull_account", (*_ALL, settings(3), *opened(7, 3, 200))).accept(
        "ST-5-018", "an account that realizes has nothing to cull", *_DOUBLED
    ),
    Group("cull_account", (*_ALL, settings(7), *opened(7, 3, 200))).accept(
        "ST-5-019", "the culled pays in what the winner was paid out", *_DOUBLED
    ),
    Group("cull_account", (*_ALL, *opened(7, 3, 200))).accept(
        "ST-5-020",
        "an own debt does not count for the account's limit",
        Borrow(3, "USDC", 90 * USD),
        *moved(1_500_000, 10),
    ),
    _short("account", (5, 100), credit=True, why=Why.BOUNDARY).accept(
        "ST-5-021", "the margin bears the borrow that culling asks for", *moved(8_500_000, 10)
    ),
    _short("account", (5, 100), credit=True, why=Why.BOUNDARY).accept(
        "ST-5-022",
        "an atom a lot beyond, the margin does not bear it: the debt stays virtual",
        *moved(8_500_001, 10),
    ),
)

_SYSTEM: Final[tuple[Case, ...]] = (
    _short("system", (2, 30), (3, 30), (4, 40), why=Why.BOUNDARY).accept(
        "ST-5-030", "three debts are together as large as the system's limit", *_DOUBLED
    ),
    _short("system", (2, 30), (3, 30), (4, 41), why=Why.BOUNDARY).accept(
        "ST-5-031", "one lot more: the largest is culled", *_DOUBLED
    ),
    _short("system", (2, 30), (3, 30), (4, 40), why=Why.BOUNDARY).accept(
        "ST-5-032", "an atom a lot beyond the system's limit", *moved(2 * USD + 1, 10)
    ),
    _short("system", (2, 80), (3, 80), (4, 80), why=Why.BOUNDARY).accept(
        "ST-5-033", "of equal debts the lowest account is culled first", *_DOUBLED
    ),
    _short("system", (2, 60), (3, 150), (4, 90)).accept(
        "ST-5-034", "the largest is gone, the next is culled in part", *_DOUBLED
    ),
    _short("system", (2, 60), (5, 150), (4, 90)).accept(
        "ST-5-035", "the largest can pay nothing: the next are culled", *_DOUBLED
    ),
    _short("system", (2, 60), (5, 150), (4, 90)).accept(
        "ST-5-036", "the largest pays a part, the next the rest", _deposit(50 * USD), *_DOUBLED
    ),
    _short("system", (5, 150)).accept(
        "ST-5-037", "nobody can pay: the debts stay above the system's limit", *_DOUBLED
    ),
    _short("system", (5, 150), credit=True).accept(
        "ST-5-038", "the largest borrows what is culled", *_DOUBLED
    ),
    _short("system", (6, 150), (3, 20)).accept(
        "ST-5-039", "the largest redeems what is culled", *_DOUBLED
    ),
    Group("cull_system", _TWO).accept(
        "ST-5-040", "two debts of one account count twice for the system", *_BOTH
    ),
    _short("system", (2, 80), (3, 80)).trace(
        "ST-5-041",
        "who was culled first owes less: the other is culled next",
        *_DOUBLED,
        *moved(2_500_000, 20),
    ),
    Group("cull_system", (*_ALL, *opened(2, 3, 300), *opened(4, 7, 50))).accept(
        "ST-5-042", "virtual lends do not lower what the system owes", *_DOUBLED
    ),
)

_BOOK_AUTO: Final = (*_ALL, settings(7))


def _book(*lots: tuple[int, int], why: Why = Why.RULE, credit: bool = False) -> Group:
    """Return a group in which the winner is paid in cash, so that what is lent stays 11,000."""
    return Group(
        "cull_book",
        (
            *_BOOK_AUTO,
            *((_CREDIT,) if credit else ()),
            *(step for account, count in lots for step in opened(7, account, count)),
        ),
        why,
    )


_BOOK: Final[tuple[Case, ...]] = (
    _book((3, 220), why=Why.BOUNDARY).accept(
        "ST-5-060", "220 owed of 11,000 are the book's limit", *_DOUBLED
    ),
    _book((3, 220), why=Why.BOUNDARY).accept(
        "ST-5-061", "an atom a lot beyond the book's limit", *moved(2 * USD + 1, 10)
    ),
    _book((3, 300)).accept("ST-5-062", "80 beyond the book's limit are paid from free", *_DOUBLED),
    _book((6, 300)).accept(
        "ST-5-063",
        "80 beyond the book's limit are redeemed: less is lent, and a rest is left",
        *_DOUBLED,
    ),
    _book((6, 300)).trace(
        "ST-5-064",
        "the rest is culled by the settlements after it",
        *_DOUBLED,
        *settled(20),
        *settled(30),
        *settled(40),
    ),
    _book((5, 300), credit=True).accept(
        "ST-5-065", "for the book nothing is borrowed: it would be as full as before", *_DOUBLED
    ),
    _book((5, 300), credit=True).accept(
        "ST-5-066", "a part is paid from free, none is borrowed", _deposit(50 * USD), *_DOUBLED
    ),
    _book((5, 200), (3, 100)).accept(
        "ST-5-067", "the largest can pay nothing: the next is culled", *_DOUBLED
    ),
    _book((2, 90), (3, 150), (4, 60)).accept(
        "ST-5-068", "the largest is culled first for the book", *_DOUBLED
    ),
    _book((2, 100), (3, 100), (4, 100), why=Why.BOUNDARY).accept(
        "ST-5-069", "of equal debts the lowest account is culled for the book", *_DOUBLED
    ),
    _book((2, 100), (3, 200)).accept(
        "ST-5-070",
        "an own debt fills the book, and virtual debts make room",
        Borrow(5, "USDC", 200 * USD),
        *_DOUBLED,
    ),
    _book().accept(
        "ST-5-071", "own debts alone are not culled", Borrow(5, "USDC", 300 * USD), *settled(10)
    ),
    _short("book", (3, 100), why=Why.BOUNDARY).accept(
        "ST-5-072", "what a virtual winner lends widens the limit", *moved(3_244_897, 10)
    ),
    _short("book", (3, 100), why=Why.BOUNDARY).accept(
        "ST-5-073", "an atom a lot beyond what the virtual winner lends", *moved(3_244_898, 10)
    ),
    _book((3, 300)).trace(
        "ST-5-074",
        "when lenders come, nothing more is culled",
        Lend(4, "USDC", 1000 * USD),
        *_DOUBLED,
        Lend(2, "USDC", 1000 * USD),
        *moved(2_100_000, 20),
    ),
)

_LIMITED: Final = Group("perpetual_limited")

_MORE: Final[tuple[Case, ...]] = (
    _LIMITED.accept(
        "ST-5-080",
        "the account's limit and the system's, one after the other",
        settings(4, auto_realize=False),
        long(2, 80, USD),
        short(4, 80, USD),
        *moved(1_200_000, 10),
    ),
    _LIMITED.trace(
        "ST-5-081",
        "up, culled, down: the other is culled",
        *moved(1_150_000, 10),
        *moved(800_000, 20),
    ),
    _LIMITED.accept("ST-5-082", "at the account's limit", *moved(1_100_000, 10), why=Why.BOUNDARY),
    _LIMITED.trace(
        "ST-5-083",
        "settled again at the same mark, nothing is culled again",
        *moved(1_190_000, 10),
        *settled(20),
        *settled(30),
    ),
)

CASES: Final[tuple[Case, ...]] = (*_ACCOUNT, *_SYSTEM, *_BOOK, *_MORE)
