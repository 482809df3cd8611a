"""What an account's atoms are worth at the prices of a state (PF-2, PF-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp import pool
from ibperp.margin import collateral_value, owed_value
from ibperp.numbers import mul_div_down
from ibperp.state import at, find_asset

if TYPE_CHECKING:
    from ibperp.position import Position
    from ibperp.state import Account, Pool, State


def held_atoms(state: State, account: Account, asset: int) -> int:
    """Return the atoms that an account owns: free, and the claim of its lend (MM-2)."""
    free, shares = at(account.free, asset), at(account.shares, asset)
    return free + pool.lend_claim(state.assets[asset].pool, shares) if shares > 0 else free


def owed_atoms(state: State, account: Account, asset: int) -> int:
    """Return the atoms that an account owes (MM-2)."""
    shares = at(account.shares, asset)
    return pool.debt(state.assets[asset].pool, -shares) if shares < 0 else 0


def virtual_atoms(state: State, position: Position) -> int:
    """Return what a position's virtual shares are worth: a claim, or below zero a debt (ST-4)."""
    if position.virtual == 0:
        return 0
    return virtual_worth(state.assets[settlement_asset(state)].pool, position.virtual)


def virtual_worth(pool_state: Pool, virtual: int) -> int:
    """Return what signed virtual shares are worth in the settlement asset's pool (ST-4)."""
    if virtual > 0:
        return pool.lend_claim(pool_state, virtual)
    return -pool.debt(pool_state, -virtual)


def unpaid_atoms(account: Account) -> int:
    """Return what an account has to pay the fund when it is next settled (PF-12)."""
    return max(-account.unsettled, 0)


def ended_debt(state: State, account: Account) -> int:
    """Return the virtual debts that an account has no position to show for (PF-12)."""
    return sum([max(-virtual_atoms(state, own), 0) for own in account.positions if own.lots == 0])


def collateral_of(state: State, asset: int, amount: int) -> int:
    """Return what `amount` atoms owned count for, in quote atoms (PF-2)."""
    asset_state = state.assets[asset]
    limits = asset_state.parameters
    return collateral_value(
        limits.haircut, amount, asset_state.price, limits.lot_atoms, state.system.quote_unit
    )


def worth_of(state: State, asset: int, amount: int) -> int:
    """Return what atoms are worth at their price, without a haircut, rounded down (LQ-7)."""
    asset_state = state.assets[asset]
    return mul_div_down(amount, asset_state.price, asset_state.parameters.lot_atoms)


def freed_by(state: State, account: Account, asset: int, amount: int) -> int:
    """Return what equity gains if atoms held are sold at their price: their haircut (LQ-5)."""
    held = held_atoms(state, account, asset)
    lost = collateral_of(state, asset, held) - collateral_of(state, asset, held - amount)
    return worth_of(state, asset, amount) - lost


def liability_of(state: State, asset: int, amount: int) -> int:
    """Return what `amount` atoms owed count for, in quote atoms (PF-3)."""
    asset_state = state.assets[asset]
    return owed_value(amount, asset_state.price, asset_state.parameters.lot_atoms)


def settlement_value(state: State, amount: int) -> int:
    """Return signed atoms of the settlement asset in quote atoms, rounded down (PF-12)."""
    asset_state = state.assets[settlement_asset(state)]
    return mul_div_down(amount, asset_state.price, asset_state.parameters.lot_atoms)


def settlement_asset(state: State) -> int:
    """Return the id of the settlement asset, which is listed before any perpetual (PP-1)."""
    asset = find_asset(state, state.system.settlement_asset)
    assert asset is not None
    return asset
