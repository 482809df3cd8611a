"""Cases of the value of debts (PF-3)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Borrow, Lend, SetPrice, Transfer
from ibperp_authoring.cases.builder import Case, Group, Why
from ibperp_authoring.cases.setups import COIN, USD

_LENT: Final = Group("funded", (Lend(3, "SOL", 9 * COIN),))

OWED: Final[tuple[Case, ...]] = tuple(
    _LENT.accept(name, title, Borrow(2, "SOL", atoms), why=Why.ROUNDING)
    for name, title, atoms in (
        ("PF-3-001", "an atom of SOL is worth a tenth and owes one", 1),
        ("PF-3-002", "ten atoms are worth one and owe one", 10),
        ("PF-3-003", "eleven atoms owe two", 11),
        ("PF-3-004", "a whole SOL owes its price", COIN),
    )
)

DEBTS: Final[tuple[Case, ...]] = (
    _LENT.accept(
        "PF-3-005",
        "a debt at a price of one atom a SOL owes no less than an atom",
        Borrow(2, "SOL", COIN // 2),
        SetPrice("SOL", 1),
        why=Why.ROUNDING,
    ),
    Group("aged", why=Why.ROUNDING, clauses=("MM-2",)).accept(
        "PF-3-006",
        "the debt in atoms is rounded up before its value is",
        SetPrice("USDC", 999_999),
    ),
    _LENT.accept(
        "PF-3-007",
        "a rising price raises what is owed beyond the equity",
        Borrow(2, "SOL", 3 * COIN),
        Transfer(2, 3, "SOL", 3 * COIN),
        SetPrice("SOL", 400 * USD),
        why=Why.BOUNDARY,
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *OWED,
    *DEBTS,
)
