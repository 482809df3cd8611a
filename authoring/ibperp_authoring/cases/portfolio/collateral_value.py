"""Cases of the value of collateral (PF-2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import Action, Borrow, Deposit, Lend, ListAsset, SetPrice, Transfer
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp.parameter_laws import MULTIPLIER_MAX
from ibperp.parameters import AssetParameters, HaircutKind
from ibperp_authoring.cases.builder import Case, Group, Why, withdraw
from ibperp_authoring.cases.setups import COIN, PERCENT, SOL, THIN, USD

_IDENTITY: Final = Group("market", why=Why.ROUNDING)
_WORTHLESS: Final = SetPrice("SOL", 1)
"""10 SOL of account 3 are worth an atom each and count for 0.9; its 400 dollars are owed."""

_UNPRICED: Final = Group(
    "funded",
    (
        ListAsset("JUP", SOL),
        Deposit(2, "JUP", "solana", 3, 100 * COIN),
        Lend(4, "USDC", 800 * USD),
        withdraw(2, "USDC", "solana", 1000 * USD),
    ),
    clauses=("PF-8",),
)

IDENTITY: Final[tuple[Case, ...]] = (
    _IDENTITY.accept(
        "PF-2-001",
        "9.9999 atoms count for 9",
        _WORTHLESS,
        Deposit(3, "SOL", "solana", 3, 1_111_111_111),
    ),
    _IDENTITY.accept(
        "PF-2-002",
        "10 atoms count for 10",
        _WORTHLESS,
        Deposit(3, "SOL", "solana", 3, 1_111_111_112),
    ),
    _IDENTITY.accept(
        "PF-2-003",
        "value and weight are rounded together: 90 % of 11.9 is 10.7, and not 90 % of 11",
        _WORTHLESS,
        Deposit(3, "SOL", "solana", 3, 1_900_000_000),
    ),
    _IDENTITY.accept(
        "PF-2-004",
        "less than an atom counts for nothing",
        Transfer(3, 2, "SOL", 8_888_888_889),
        _WORTHLESS,
    ),
    _UNPRICED.reject(
        "PF-2-005",
        "an asset without a price is no collateral",
        Borrow(2, "USDC", 100 * USD),
        code=R.INSUFFICIENT_MARGIN,
        twin="PF-2-006",
    ),
    _UNPRICED.accept(
        "PF-2-006",
        "with a price it is collateral",
        SetPrice("JUP", 100 * USD),
        Borrow(2, "USDC", 100 * USD),
    ),
)

_THIN: Final = Group("thin", why=Why.BOUNDARY)


def _worth(atoms: int) -> tuple[Action, ...]:
    """Give account 3 thin collateral alone, and a debt of one atom so that it reports it."""
    return (Transfer(2, 3, "THIN", atoms), Borrow(3, "USDC", 1))


INVERSE_SQRT: Final[tuple[Case, ...]] = (
    _THIN.accept("PF-2-010", "well below 100 dollars the listed weight holds", *_worth(50 * USD)),
    _THIN.accept(
        "PF-2-011", "an atom below 100 dollars the listed weight holds", *_worth(100 * USD - 1)
    ),
    _THIN.accept("PF-2-012", "at 100 dollars both weights are half", *_worth(100 * USD)),
    _THIN.accept(
        "PF-2-013", "two atoms above, the weight by size is the lower one", *_worth(100 * USD + 2)
    ),
    _THIN.accept("PF-2-014", "three atoms above count for one atom", *_worth(100 * USD + 3)),
    _THIN.accept("PF-2-015", "400 dollars count for a third", *_worth(400 * USD)),
    _THIN.accept("PF-2-016", "10,000 dollars count for an eleventh", *_worth(10_000 * USD)),
    _THIN.accept(
        "PF-2-017",
        "a root that is no whole number",
        *_worth(101 * USD),
        why=Why.ROUNDING,
    ),
    _THIN.trace(
        "PF-2-018",
        "the weight follows the price: four times the price is not twice the value",
        *_worth(400 * USD),
        SetPrice("THIN", 4 * USD),
    ),
    _THIN.accept(
        "PF-2-019",
        "a price that makes the holding worth nothing",
        *_worth(USD - 1),
        SetPrice("THIN", 1),
    ),
    _THIN.accept(
        "PF-2-020",
        "a price that makes the holding worth an atom, half of which counts for nothing",
        *_worth(USD),
        SetPrice("THIN", 1),
    ),
    _THIN.accept(
        "PF-2-021", "two atoms of value count for one", *_worth(2 * USD), SetPrice("THIN", 1)
    ),
    _THIN.accept(
        "PF-2-022",
        "the weight looks at free and lent atoms together",
        Transfer(2, 3, "THIN", 400 * USD),
        Lend(3, "THIN", 300 * USD),
        Borrow(3, "USDC", 1),
        why=Why.RULE,
    ),
    _THIN.accept(
        "PF-2-023",
        "another asset does not lower the weight",
        Deposit(3, "SOL", "solana", 3, 10 * COIN),
        *_worth(100 * USD),
        why=Why.RULE,
    ),
)


def _listed(price: int, atoms: int, **changes: Any) -> tuple[Action, ...]:
    """Give account 3 collateral with a haircut of its own beside what it holds."""
    haircut = replace(THIN.haircut, **changes)
    parameters: AssetParameters = replace(THIN, lot_atoms=1, haircut=haircut)
    return (
        ListAsset("NEW", parameters),
        SetPrice("NEW", price),
        Deposit(3, "NEW", "solana", 3, atoms),
    )


_BESIDE: Final = Group("market")

SHAPES: Final[tuple[Case, ...]] = (
    _BESIDE.accept(
        "PF-2-024",
        "without a penalty the base is one: the listed weight",
        *_listed(USD, 400, penalty=0),
    ),
    _BESIDE.accept(
        "PF-2-025",
        "a base below the listed weight counts from the first atom",
        *_listed(USD, 400, base=25 * PERCENT),
    ),
    _BESIDE.accept(
        "PF-2-026",
        "a base above one meets a weight of one at 400 dollars with a penalty of 5 %",
        *_listed(USD, 401, base=2 * RATIO, weight=RATIO, penalty=5 * PERCENT),
    ),
    _BESIDE.accept("PF-2-027", "a base of zero: nothing", *_listed(USD, 400, base=0)),
    _BESIDE.accept("PF-2-028", "a weight of zero: nothing", *_listed(USD, 400, weight=0)),
    _BESIDE.accept(
        "PF-2-029",
        "a penalty of one: 400 dollars count for a twenty-first",
        *_listed(USD, 400, weight=RATIO, penalty=RATIO),
    ),
    _BESIDE.accept(
        "PF-2-030",
        "the kind identity ignores base and penalty",
        *_listed(USD, 400, kind=HaircutKind.IDENTITY, base=0, penalty=RATIO),
    ),
    _BESIDE.accept(
        "PF-2-031",
        "the root is taken with 36 digits: with 18 the value would differ",
        *_listed(2 * 10**37, 7, weight=RATIO, penalty=1),
        why=Why.ROUNDING,
    ),
)

_EDGE: Final = Group("genesis", why=Why.BOUNDARY, clauses=("CU-2",))


def _haircut(**changes: Any) -> ListAsset:
    return ListAsset("THIN", replace(THIN, haircut=replace(THIN.haircut, **changes)))


LAWS: Final[tuple[Case, ...]] = (
    _EDGE.accept(
        "PF-2-040",
        "the largest base and penalty",
        _haircut(weight=RATIO, base=MULTIPLIER_MAX, penalty=RATIO),
    ),
    _EDGE.accept(
        "PF-2-041", "weight, base and penalty of zero", _haircut(weight=0, base=0, penalty=0)
    ),
    *_EDGE.refusals(
        "PF-2-040",
        ("PF-2-042", "a weight above one", _haircut(weight=RATIO + 1), R.PARAMETER_INVALID),
        ("PF-2-043", "a base above", _haircut(base=MULTIPLIER_MAX + 1), R.PARAMETER_INVALID),
        ("PF-2-044", "a penalty above one", _haircut(penalty=RATIO + 1), R.PARAMETER_INVALID),
    ),
    *_EDGE.refusals(
        "PF-2-041",
        ("PF-2-045", "a weight below zero", _haircut(weight=-1), R.PARAMETER_INVALID),
        ("PF-2-046", "a base below zero", _haircut(base=-1), R.PARAMETER_INVALID),
        ("PF-2-047", "a penalty below zero", _haircut(penalty=-1), R.PARAMETER_INVALID),
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *IDENTITY,
    *INVERSE_SQRT,
    *SHAPES,
    *LAWS,
)
