"""Cases of culling: to pay a virtual debt moves the pool, and a debt by an atom (ST-5)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Action, Borrow
from ibperp_authoring.cases.builder import Case, Group, Why, settings
from ibperp_authoring.cases.settlement.setups import OTHER, mark, moved, opened, settled, virtual
from ibperp_authoring.cases.setups import HOUR, USD, YEAR

_DAY: Final = 24 * HOUR
_ALL: Final = virtual(2, 3, 4, 6, 7)
_CREDIT: Final = settings(5, auto_realize=False, auto_borrow_settlements=True)


def _borrower(owed: int, *more: Action, why: Why = Why.ROUNDING) -> Group:
    """Return a group in which account 4 owes a little, and 5 is culled to nothing by a borrow."""
    return Group("cull_all", (*_ALL, _CREDIT, Borrow(4, "USDC", owed), *more), why)


_OWN: Final[tuple[Case, ...]] = (
    _borrower(10, *opened(7, 5, 70), why=Why.REGRESSION).accept(
        "ST-5-110",
        "a loss of 70 atoms owes 71; the borrow that pays them makes it 70: one is a virtual lend",
        *moved(USD + 1, 10 * YEAR),
    ),
    _borrower(USD + 7, *opened(7, 5, 100), why=Why.REGRESSION).accept(
        "ST-5-111",
        "the atom that a borrow of 30 dollars made too much is a virtual lend",
        *moved(1_300_000, _DAY),
    ),
    _borrower(USD + 7, *opened(7, 5, 100)).trace(
        "ST-5-112",
        "the shares of such an atom are worth nothing: the next loss burns them, and is owed whole",
        *moved(1_300_000, _DAY),
        *moved(1_300_001, _DAY + 10),
    ),
    _borrower(USD + 7, *opened(7, 5, 100)).trace(
        "ST-5-113",
        "the shares of such an atom are worth nothing: when the account turns they are burned",
        *moved(1_300_000, _DAY),
        settings(5),
        *settled(_DAY + 10),
    ),
    Group(
        "settlement", (*virtual(2, 5), *opened(2, 5, 100), Borrow(4, "USDC", USD + 7)), Why.ROUNDING
    ).accept(
        "ST-3-460",
        "a borrow pays what ends, now an atom less: that atom is a virtual lend",
        *moved(1_300_000, YEAR),
        settings(5, auto_borrow_settlements=True),
        *settled(YEAR + 10),
    ),
)

_SHORTS: Final = (*_ALL, *virtual(5), *opened(7, 2, 300), *opened(7, 3, 250))
_FIFTH_UP: Final = moved(1_200_000, 10)

_TURNS: Final[tuple[Case, ...]] = (
    _borrower(10_007, *opened(7, 5, 100), *opened(7, 5, 10, 10 * USD, OTHER)).accept(
        "ST-5-120",
        "of two debts the second is an atom less when its turn comes: the first was borrowed",
        mark(10_000_246, OTHER),
        *moved(1_000_043, YEAR),
    ),
    Group("cull_system", (*_SHORTS, *opened(7, 5, 110)), Why.ROUNDING).accept(
        "ST-5-121",
        "the first that pays leaves the second an atom more, which it pays: nothing stays virtual",
        *_FIFTH_UP,
        *moved(2 * USD, _DAY),
    ),
    Group("cull_book", (*_SHORTS, settings(7), *opened(7, 5, 310)), Why.ROUNDING).accept(
        "ST-5-122",
        "for the book too a debt is what it is when its turn comes, an atom more",
        *_FIFTH_UP,
        *moved(2 * USD, 360),
    ),
)

_NOTHING: Final[tuple[Case, ...]] = (
    Group("cull_all", (*_ALL, *opened(7, 3, 100)), Why.BOUNDARY).accept(
        "ST-5-130", "with a limit of nothing an atom of virtual debt is culled", *moved(USD + 1, 10)
    ),
)

CASES: Final[tuple[Case, ...]] = (*_OWN, *_TURNS, *_NOTHING)
