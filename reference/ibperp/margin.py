"""Equity, margin requirements, and which change of them an account's owner may make (MM-17)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ibperp import pool as pool_kernel
from ibperp.numbers import RATIO, div_up, isqrt_up, mul_div_down, mul_div_up
from ibperp.state import at

if TYPE_CHECKING:
    from ibperp.state import Account, Asset, State


@dataclass(frozen=True, slots=True)
class Health:
    """What an account is worth and what its debts require, all in quote atoms."""

    equity: int
    exposure: int
    initial: int
    maintenance: int


def health(state: State, account: Account) -> Health:
    """Return the health of an account; it looks at no other account (MM-17)."""
    quote_unit = state.system.quote_unit
    collateral = owed = initial = maintenance = 0
    for index, asset in enumerate(state.assets):
        shares = at(account.shares, index)
        amount = at(account.free, index)
        if shares > 0:
            amount += pool_kernel.lend_claim(asset.pool, shares)
        if amount:
            collateral += collateral_value(asset, amount)
        if shares < 0:
            notional = debt_value(asset, pool_kernel.debt(asset.pool, -shares))
            limits = asset.parameters
            owed += notional
            initial += requirement(notional, limits.imf_base, limits.imf_factor, quote_unit)
            maintenance += requirement(notional, limits.mmf_base, limits.mmf_factor, quote_unit)
    by_leverage = mul_div_up(owed, RATIO, account.settings.leverage_limit)
    return Health(collateral - owed, owed, max(initial, by_leverage), maintenance)


def collateral_value(asset: Asset, amount: int) -> int:
    """Return the weighted value of atoms owned, rounded down once, in quote atoms (NT-2, MM-17)."""
    limits = asset.parameters
    return mul_div_down(amount * asset.price, limits.collateral_weight, limits.lot_atoms * RATIO)


def debt_value(asset: Asset, amount: int) -> int:
    """Return the value of atoms owed, rounded up, in quote atoms (NT-2, MM-17)."""
    return mul_div_up(amount, asset.price, asset.parameters.lot_atoms)


def requirement(notional: int, base: int, factor: int, quote_unit: int) -> int:
    """Return the margin that a notional (quote atoms) requires, rounded up (MM-17).

    The fraction is the larger of `base` and `factor` times the square root of the notional in USD.
    """
    by_size = isqrt_up(div_up(factor * factor * notional, quote_unit))
    return mul_div_up(notional, max(base, by_size), RATIO)


def is_admissible(before: Health, after: Health) -> bool:
    """Tell whether an owner's action may lead from one health to the other (MM-17).

    Either the initial requirement is met afterwards, or the account became no riskier: the
    maintenance requirement did not rise and equity over maintenance did not fall.
    """
    return after.equity >= after.initial or is_no_riskier(before, after)


def is_no_riskier(before: Health, after: Health) -> bool:
    """Tell whether maintenance did not rise, and equity over maintenance did not fall (MM-17)."""
    ratio_kept = after.equity * before.maintenance >= before.equity * after.maintenance
    return after.maintenance <= before.maintenance and ratio_kept
