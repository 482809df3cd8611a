"""Which accounts are due for liquidation, and what of an account fails first (LQ-1, LQ-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.margin import Health, is_liquidatable
from ibperp.numbers import RATIO, mul_div_down
from ibperp.portfolio import portfolio, solvency
from ibperp.records import record
from ibperp.state import FEES, INSURANCE, find_asset
from ibperp.valuation import held_atoms, owed_atoms, settlement_value, worth_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ibperp.portfolio import Valuation
    from ibperp.ranking import Rankings
    from ibperp.state import Account, State


@record
class Exposure:
    """One exposure of a failing account: a position, or what it owes of an asset (LQ-2).

    `index`: the market, or the asset. `size`: signed lots, or atoms owed to the pool; `fund`:
    atoms owed to the fund besides. `notional`: quote atoms.
    """

    index: int
    size: int
    fund: int
    notional: int
    is_position: bool = False


@record
class Failing:
    """A failing account, and its health before the step, by which all of the step is judged.

    `rankings`: of the markets, as far as earlier steps needed them.
    """

    account: int
    health: Health
    rankings: Rankings


def exposures_of(account: Valuation) -> tuple[Exposure, ...]:
    """Return an account's exposures, the largest maintenance first, then assets, by id (LQ-2)."""
    found = [
        (
            -line.required.maintenance,
            Exposure(line.asset, line.owed, line.exposed - line.owed, line.required.notional),
        )
        for line in account.lines
        if line.exposed
    ]
    found += [
        (
            -line.required.maintenance,
            Exposure(line.market, line.lots, 0, line.required.notional, is_position=True),
        )
        for line in account.positions
        if line.lots
    ]
    found.sort(key=lambda entry: (entry[0], entry[1].is_position, entry[1].index))
    return tuple(exposure for _, exposure in found)


def due_accounts(state: State) -> tuple[int, ...]:
    """Return all accounts that are due: lowest equity per maintenance first, ties by id (LQ-10).

    Only accounts that owe, trade or hold positions are looked at; prices of any age count.
    """
    return tuple(account for _, account in sorted(_due(state, candidates(state))))


def candidates(state: State) -> tuple[int, ...]:
    """Return the accounts that can be due at all, ascending; none of the system's own (LQ-10)."""
    found = {account for (account,) in state.active} | {account for (account,) in state.exposed}
    return tuple(sorted(found - {FEES, INSURANCE}))


def owing_accounts(state: State) -> tuple[int, ...]:
    """Return the accounts that owe the fund: the largest debt first, ties by id (LQ-10, ST-9)."""
    owed = ((state.accounts[own].unsettled, own) for (own,) in state.active)
    return tuple(own for debt, own in sorted(owed) if debt < 0 and own not in {FEES, INSURANCE})


def resources(state: State) -> int:
    """Return the atoms of the settlement asset that the insurance can pay with (LQ-8)."""
    insurance, asset = state.accounts[INSURANCE], find_asset(state, state.system.settlement_asset)
    if asset is None:
        return 0
    owned = held_atoms(state, insurance, asset) - owed_atoms(state, insurance, asset)
    return max(owned + insurance.unsettled, 0)


def lacking(state: State, account: Account, equity: int) -> int:
    """Return an equity; below zero only what is missing with all that haircuts set aside (LQ-7)."""
    if equity >= 0:
        return equity
    lines = portfolio(state, account)
    set_aside = sum(worth_of(state, line.asset, line.held) - line.collateral for line in lines)
    return min(equity + set_aside, 0)


def insured_equity(state: State, equity: int) -> int:
    """Return an equity, raised as far as zero by what the insurance may pay for it (LQ-7)."""
    covered = min(resources(state), state.system.insurance_limit)
    return equity if equity >= 0 else min(equity + settlement_value(state, covered), 0)


def urgency(of: Health) -> int:
    """Return equity per maintenance, rounded down: the lower the sooner (LQ-10)."""
    return mul_div_down(of.equity, RATIO, max(of.maintenance, 1))


def _due(state: State, accounts: Iterable[int]) -> Iterable[tuple[int, int]]:
    for account in accounts:
        found = solvency(state, state.accounts[account])
        if is_liquidatable(found):
            yield urgency(found), account
