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
    money_market_parameters,
    money_market_rates,
    money_market_settings,
    portfolio_attacks,
    portfolio_health,
    portfolio_orders,
    portfolio_prices,
    portfolio_requirements,
    portfolio_reserved,
    portfolio_subtle,
    portfolio_values,
    spot_margin_ages,
    spot_margin_amend,
    spot_margin_attacks,
    spot_margin_bands,
    spot_margin_book,
    spot_margin_cancel,
    spot_margin_dust,
    spot_margin_fees,
    spot_margin_firm,
    spot_margin_funding,
    spot_margin_kinds,
    spot_margin_makers,
    spot_margin_markets,
    spot_margin_matching,
    spot_margin_orders,
    spot_margin_pools,
    spot_margin_receipts,
    spot_margin_states,
    spot_margin_subtle,
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
        *money_market_parameters.CASES,
        *money_market_rates.CASES,
        *money_market_settings.CASES,
    ),
    "portfolio": (
        *portfolio_attacks.CASES,
        *portfolio_health.CASES,
        *portfolio_orders.CASES,
        *portfolio_prices.CASES,
        *portfolio_requirements.CASES,
        *portfolio_reserved.CASES,
        *portfolio_subtle.CASES,
        *portfolio_values.CASES,
    ),
    "spot_margin": (
        *spot_margin_ages.CASES,
        *spot_margin_amend.CASES,
        *spot_margin_attacks.CASES,
        *spot_margin_bands.CASES,
        *spot_margin_book.CASES,
        *spot_margin_cancel.CASES,
        *spot_margin_dust.CASES,
        *spot_margin_fees.CASES,
        *spot_margin_firm.CASES,
        *spot_margin_funding.CASES,
        *spot_margin_kinds.CASES,
        *spot_margin_makers.CASES,
        *spot_margin_markets.CASES,
        *spot_margin_matching.CASES,
        *spot_margin_orders.CASES,
        *spot_margin_pools.CASES,
        *spot_margin_receipts.CASES,
        *spot_margin_states.CASES,
        *spot_margin_subtle.CASES,
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
    "PF-4-010": ("NT-6",),
}
"""Clauses of the notation chapter that a case shows beside those its id and steps name."""
