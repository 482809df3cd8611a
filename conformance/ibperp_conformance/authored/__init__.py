"""The authored conformance cases, by the file of vectors they fill."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp_conformance.authored import (
    custody_accounts,
    custody_deposits,
    custody_moves,
    custody_rebalances,
    money_market_attacks,
    money_market_borrowing,
    money_market_lending,
    money_market_limits,
    money_market_margin,
    money_market_parameters,
    money_market_rates,
)

if TYPE_CHECKING:
    from ibperp_conformance.authored.builder import Case

BRICKS: Final[dict[str, tuple[Case, ...]]] = {
    "custody": (
        *custody_accounts.CASES,
        *custody_deposits.CASES,
        *custody_moves.CASES,
        *custody_rebalances.CASES,
    ),
    "money_market": (
        *money_market_attacks.CASES,
        *money_market_borrowing.CASES,
        *money_market_lending.CASES,
        *money_market_limits.CASES,
        *money_market_margin.CASES,
        *money_market_parameters.CASES,
        *money_market_rates.CASES,
    ),
}
"""Every case of a brick; `fill` writes each brick to the file of its name."""

ALSO: Final[dict[str, tuple[str, ...]]] = {
    "CU-10-032": ("NT-2",),
    "CU-3-002": ("NT-8",),
    "CU-4-018": ("NT-7",),
    "CU-4-028": ("NT-9",),
    "MM-11-017": ("NT-4",),
    "MM-13-020": ("NT-4",),
    "MM-17-003": ("NT-6",),
}
"""Clauses of the notation chapter that a case shows beside those its id and steps name."""
