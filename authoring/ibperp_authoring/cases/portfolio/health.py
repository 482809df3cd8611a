"""Cases of leverage and health (PF-7)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import (
    AdvanceTime,
    Borrow,
    Deposit,
    Lend,
    Repay,
    SetAccountSettings,
    SetPrice,
    Transfer,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Why, ask, flags, settings
from ibperp_authoring.cases.setups import COIN, USD, YEAR

_RICH: Final = Group(
    "market",
    (Lend(3, "SOL", 9 * COIN), Deposit(2, "USDC", "solana", 3, 10_000 * USD)),
    why=Why.BOUNDARY,
)
"""SOL can be borrowed by account 2: 20 % and 10 % up to 400 dollars, then more by the root."""


def _settings(account: int, leverage: int) -> SetAccountSettings:
    return settings(account, leverage_limit=leverage)


_KEPT: Final = Group("market", (Transfer(3, 2, "USDC", 400 * USD),), why=Why.BOUNDARY)
"""Account 3 owes 400 dollars; its 10 SOL count for 900: an equity of 500."""

LEVERAGE: Final[tuple[Case, ...]] = (
    _KEPT.accept(
        "PF-7-001", "a leverage of ten asks for no more than USDC does", _settings(3, 10 * RATIO)
    ),
    _KEPT.accept(
        "PF-7-002",
        "a leverage just below ten asks for an atom more",
        _settings(3, 10 * RATIO - 1),
        why=Why.ROUNDING,
    ),
    _KEPT.accept(
        "PF-7-003",
        "a leverage of three: a third of the debt, rounded up",
        _settings(3, 3 * RATIO),
        why=Why.ROUNDING,
    ),
    *_KEPT.pair(
        ("PF-7-004", "PF-7-005"),
        ("a leverage of one: as much debt as equity", "an atom of debt beyond the equity"),
        _settings(3, RATIO),
        accepted=Borrow(3, "USDC", 100 * USD),
        refused=Borrow(3, "USDC", 100 * USD + 1),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *_KEPT.pair(
        ("PF-7-006", "PF-7-007"),
        ("what leaves keeps a third of the debt", "an atom that counts for one more may not leave"),
        _settings(3, 3 * RATIO),
        accepted=Transfer(3, 2, "SOL", 4_074_074_066),
        refused=Transfer(3, 2, "SOL", 4_074_074_067),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *Group(
        "market",
        (Transfer(3, 2, "USDC", 400 * USD), Transfer(3, 2, "SOL", 5 * COIN)),
        why=Why.BOUNDARY,
        clauses=("MM-15", "PF-8"),
    ).pair(
        ("PF-7-008", "PF-7-009"),
        ("a leverage of eight is just kept by 50 dollars", "a hair below eight is refused"),
        accepted=_settings(3, 8 * RATIO),
        refused=_settings(3, 8 * RATIO - 1),
        code=R.INSUFFICIENT_MARGIN,
    ),
    _RICH.accept(
        "PF-7-010",
        "leverage looks at all debts together, the margins at each",
        Deposit(4, "USDC", "solana", 4, 400 * USD),
        Lend(4, "USDC", 400 * USD),
        Borrow(2, "SOL", 4 * COIN),
        Borrow(2, "USDC", 400 * USD),
        _settings(2, 5 * RATIO),
        why=Why.RULE,
    ),
    *Group("spot", (_settings(3, RATIO),), why=Why.BOUNDARY, clauses=("PF-5",)).pair(
        ("PF-7-011", "PF-7-012"),
        (
            "a leverage of one with an order that would borrow as much as the equity",
            "one lot beyond it",
        ),
        accepted=ask(3, 2900, 1_000_000, flags=flags(borrow=True)),
        refused=ask(3, 2901, 1_000_000, flags=flags(borrow=True)),
        code=R.INSUFFICIENT_MARGIN,
    ),
)

_OWES_360: Final = Group(
    "market", (Repay(3, "USDC", 40 * USD), Transfer(3, 2, "USDC", 360 * USD)), why=Why.BOUNDARY
)
"""Account 3 owes 360 dollars, of which 36, 18 and 9 are required; its 10 SOL count for nine."""

HEALTH: Final[tuple[Case, ...]] = (
    *(
        _OWES_360.accept(name, title, SetPrice("SOL", price * USD))
        for name, title, price in (
            ("PF-7-020", "equity equal to the initial margin", 44),
            ("PF-7-021", "equity equal to the maintenance margin", 42),
            ("PF-7-022", "equity equal to the auto-close margin", 41),
            ("PF-7-023", "an equity of zero", 40),
            ("PF-7-024", "an equity below zero", 39),
        )
    ),
    Group("aged", why=Why.ROUNDING).trace(
        "PF-7-025",
        "interest alone lowers equity and raises what is required",
        AdvanceTime(YEAR),
        AdvanceTime(3 * YEAR),
    ),
    _KEPT.accept(
        "PF-7-026",
        "a price of the debt's own asset moves what is owed and what is required",
        SetPrice("USDC", 1_100_000),
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *LEVERAGE,
    *HEALTH,
)
