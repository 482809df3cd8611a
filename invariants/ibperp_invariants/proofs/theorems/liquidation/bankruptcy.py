"""Theorems about debts that nobody pays, and who bears them, for all integers (liquidation)."""

from dataclasses import replace

from ibperp import pool as kernel
from ibperp.operations.liquidation import bankruptcy
from ibperp.ordered import Ordered
from ibperp.state import Account, Pool
from ibperp_invariants.proofs.states import INSURANCE_LIMIT, asset_of, state_of

BANKRUPT = 2
"""The account that cannot pay, behind those of fees and insurance and before all others."""


def owes(pool: Pool, shares: int) -> bool:
    """Tell whether shares are those of a debt to a pool that has no total below zero."""
    lends = (pool.lent >= 0, pool.lend_shares >= 0, pool.reserve >= 0, pool.unearned >= 0)
    return all((*lends, pool.borrowed > 0, shares > 0, shares <= pool.borrow_shares))


def t_write_off_is_borne_by_reserve_and_lenders(pool: Pool, shares: int) -> None:
    """What is borrowed falls by what reserve and lenders are told to lose, and lose (LQ-9)."""
    assert owes(pool, shares)
    after, by_reserve, by_lenders = kernel.written_off(pool, shares)
    told = by_reserve + by_lenders == pool.borrowed - after.borrowed
    lenders = kernel.supplied(pool) - kernel.supplied(after)
    lost = (pool.reserve - after.reserve, lenders) == (by_reserve, by_lenders)
    assert all((told, lost, by_reserve >= 0, by_lenders >= 0))


def t_write_off_keeps_the_net_claim(pool: Pool, shares: int) -> None:
    """A write-off moves no cash: the net claim is what it was (LQ-9, MM-1)."""
    assert owes(pool, shares)
    after, _, _ = kernel.written_off(pool, shares)
    assert kernel.net_claim(after) == kernel.net_claim(pool)


def t_write_off_is_the_debt_but_for_an_atom(pool: Pool, shares: int) -> None:
    """A write-off ends all shares of a debt, and what they owe or an atom less (LQ-9)."""
    assert owes(pool, shares)
    after, by_reserve, by_lenders = kernel.written_off(pool, shares)
    less = kernel.debt(pool, shares) - by_reserve - by_lenders
    gone = pool.borrow_shares - after.borrow_shares == shares
    assert all((gone, less >= 0, less <= 1))


def t_write_off_of_the_only_debt_leaves_nothing_borrowed(pool: Pool) -> None:
    """Nothing is borrowed when the only debt is written off, in atoms and in shares (LQ-9)."""
    assert owes(pool, pool.borrow_shares)
    after, _, _ = kernel.written_off(pool, pool.borrow_shares)
    assert all((after.borrowed == 0, after.borrow_shares == 0))


def t_write_off_leaves_no_total_below_zero(pool: Pool, shares: int) -> None:
    """Of a pool whose cash is not below zero no total falls below zero (LQ-9, MM-2)."""
    assert all((owes(pool, shares), kernel.net_claim(pool) >= 0))
    after, _, _ = kernel.written_off(pool, shares)
    sides = (after.lend_shares, after.borrowed, after.borrow_shares, after.reserve)
    assert all(side >= 0 for side in (*sides, after.lent, after.unearned))


def t_write_off_takes_the_reserve_first(pool: Pool, shares: int) -> None:
    """Lenders lose nothing while an atom is in the reserve (LQ-9)."""
    assert owes(pool, shares)
    after, _, by_lenders = kernel.written_off(pool, shares)
    assert any((by_lenders == 0, after.reserve == 0))


def t_write_off_leaves_what_others_owe(pool: Pool, shares: int) -> None:
    """After a write-off what is borrowed is what all others together owed before (LQ-9)."""
    assert all((owes(pool, shares), shares < pool.borrow_shares))
    due = kernel.debt(pool, pool.borrow_shares - shares)
    after, _, _ = kernel.written_off(pool, shares)
    assert after.borrowed == due


def t_write_off_costs_a_lender_its_proportion(pool: Pool, shares: int, lent: int) -> None:
    """A lender's claim falls by less than an atom more or less than its proportion (LQ-9)."""
    assert all((owes(pool, shares), lent > 0, lent <= pool.lend_shares))
    assert pool.lent >= pool.borrowed
    claim = kernel.lend_claim(pool, lent)
    after, _, by_lenders = kernel.written_off(pool, shares)
    whole = pool.lend_shares + kernel.SHARES_PER_ATOM
    error = (claim - kernel.lend_claim(after, lent)) * whole - by_lenders * lent
    assert all((error < whole, -error < whole))


def resolved(owed: int, insured: int, *claims: int) -> list[int]:
    """Return what is unsettled of each account once a debt to the fund is resolved."""
    unsettled = (0, insured, -owed, *claims)
    accounts = tuple(Account(user, unsettled=own) for user, own in enumerate(unsettled))
    everybody = Ordered((index,) for index in range(len(accounts)))
    state = replace(state_of((asset_of(price=1),), accounts), active=everybody)
    after = bankruptcy.resolved_bankruptcy(state, BANKRUPT).state
    return [account.unsettled for account in after.accounts]


def t_debt_that_is_insured_costs_no_claim(owed: int, insured: int, claim: int) -> None:
    """A debt to the fund that the insurance can pay costs nobody else anything (LQ-8, LQ-9)."""
    assert all((owed > 0, owed <= insured, insured <= INSURANCE_LIMIT, claim > 0))
    left = resolved(owed, insured, claim)
    assert left == [0, insured - owed, 0, claim]


def t_claim_bears_what_is_not_insured(owed: int, insured: int, claim: int) -> None:
    """Of a debt to the fund the insurance pays what it has, the only claim the rest (LQ-9)."""
    assert all((owed > insured, insured > 0, insured <= INSURANCE_LIMIT, claim > 0))
    assert owed <= insured + claim
    left = resolved(owed, insured, claim)
    assert left == [0, 0, 0, insured + claim - owed]


def t_claims_lose_the_same_part(first: int, second: int, times: int) -> None:
    """Two claims lose the same part of themselves where a loss divides evenly (LQ-9)."""
    assert all((first > 0, second > 0, times >= 0))
    left = resolved(first + second, 0, first + first * times, second + second * times)
    assert left == [0, 0, 0, first * times, second * times]
