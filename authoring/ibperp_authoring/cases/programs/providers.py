"""Cases of backstop providers (PG-1)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import RegisterBackstop
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Why
from ibperp_authoring.cases.liquidation.setups import deposit
from ibperp_authoring.cases.settlement.setups import mark, opened
from ibperp_authoring.cases.setups import MAX, USD

_PLAIN: Final = Group("liquidation")

_PROVIDERS: Final[tuple[Case, ...]] = (
    _PLAIN.accept("PG-1-001", "an account offers a capacity", RegisterBackstop(3, 500 * USD)),
    _PLAIN.accept(
        "PG-1-002",
        "a new capacity replaces the old one, lower or higher",
        RegisterBackstop(3, 500 * USD),
        RegisterBackstop(3, 100 * USD),
    ),
    _PLAIN.accept(
        "PG-1-003",
        "a capacity of nothing ends it",
        RegisterBackstop(3, 500 * USD),
        RegisterBackstop(3, 0),
    ),
    _PLAIN.accept("PG-1-004", "nothing ends nothing", RegisterBackstop(3, 0)),
    _PLAIN.accept("PG-1-005", "the largest capacity is stored", RegisterBackstop(3, MAX)),
    *_PLAIN.refusals(
        "PG-1-001",
        ("PG-1-006", "a capacity is not below nothing", RegisterBackstop(3, -1), R.OUT_OF_RANGE),
        ("PG-1-007", "a capacity is in range", RegisterBackstop(3, MAX + 1), R.OUT_OF_RANGE),
        ("PG-1-008", "no such account", RegisterBackstop(99, USD), R.ACCOUNT_UNKNOWN),
        ("PG-1-009", "the insurance is no provider", RegisterBackstop(1, USD), R.ACCOUNT_RESERVED),
    ),
    Group("liquidation_long").reject(
        "PG-1-010",
        "an account below its initial requirement is no provider",
        mark(940_000),
        RegisterBackstop(2, USD),
        code=R.INSUFFICIENT_MARGIN,
        twin="PG-1-011",
    ),
    Group("liquidation_long").accept(
        "PG-1-011",
        "it may end what it offered",
        RegisterBackstop(2, USD),
        mark(940_000),
        RegisterBackstop(2, 0),
    ),
    Group("liquidation", (deposit(2, 100 * USD, after=0), *opened(2, 3, 1000))).accept(
        "PG-1-012",
        "an account at its initial requirement is a provider",
        RegisterBackstop(2, USD),
        why=Why.BOUNDARY,
    ),
)


CASES: Final[tuple[Case, ...]] = (*_PROVIDERS,)
