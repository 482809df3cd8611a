"""Planted faults where debts end that nobody pays."""

from dataclasses import replace
from typing import Final

from ibperp import pool as kernel
from ibperp import sharing
from ibperp.numbers import mul_div_down, mul_div_up
from ibperp.operations.effect import Effect
from ibperp.operations.liquidation import bankruptcy
from ibperp.operations.liquidation.handover import unsettled_moved
from ibperp.risk import resources
from ibperp.state import Pool, State
from ibperp_invariants.proofs.faults.fault import UNLUCKY, Fault


def _written_off(pool: Pool, shares: int, principal: int, by_reserve: int) -> tuple[Pool, int, int]:
    after = replace(
        pool,
        borrowed=pool.borrowed - principal,
        borrow_shares=pool.borrow_shares - shares,
        reserve=pool.reserve - by_reserve,
        lent=pool.lent - (principal - by_reserve),
    )
    return after, by_reserve, principal - by_reserve


def _owed(pool: Pool, shares: int) -> int:
    return mul_div_down(shares, pool.borrowed, pool.borrow_shares)


def _lenders_told_alone(pool: Pool, shares: int) -> tuple[Pool, int, int]:
    principal = _owed(pool, shares)
    after, by_reserve, by_lenders = _written_off(pool, shares, principal, 0)
    return after, by_reserve + min(pool.reserve, principal), by_lenders


def _lenders_spared(pool: Pool, shares: int) -> tuple[Pool, int, int]:
    principal = _owed(pool, shares)
    after, by_reserve, rest = _written_off(pool, shares, principal, min(pool.reserve, principal))
    return replace(after, lent=pool.lent), by_reserve, rest


def _a_share_stays(pool: Pool, shares: int) -> tuple[Pool, int, int]:
    principal = _owed(pool, shares)
    return _written_off(pool, shares - 1, principal, min(pool.reserve, principal))


def _with_a_virtual_share(pool: Pool, shares: int) -> tuple[Pool, int, int]:
    principal = mul_div_down(shares, pool.borrowed, pool.borrow_shares + 1)
    return _written_off(pool, shares, principal, min(pool.reserve, principal))


def _reserve_spared(pool: Pool, shares: int) -> tuple[Pool, int, int]:
    return _written_off(pool, shares, _owed(pool, shares), 0)


def _half_from_the_reserve(pool: Pool, shares: int) -> tuple[Pool, int, int]:
    principal = _owed(pool, shares)
    return _written_off(pool, shares, principal, min(pool.reserve, mul_div_down(principal, 1, 2)))


def _rounded_up(pool: Pool, shares: int) -> tuple[Pool, int, int]:
    principal = mul_div_up(shares, pool.borrowed, pool.borrow_shares)
    return _written_off(pool, shares, principal, min(pool.reserve, principal))


def _lenders_lose_twice(pool: Pool, shares: int) -> tuple[Pool, int, int]:
    principal = _owed(pool, shares)
    after, by_reserve, rest = _written_off(pool, shares, principal, min(pool.reserve, principal))
    return replace(after, lent=after.lent - rest), by_reserve, rest


def _an_atom_too_many(effect: Effect, amount: int, giver: int, taker: int) -> Effect:
    return unsettled_moved(effect, amount - 1, giver, taker)


def _resources_but_one(state: State) -> int:
    found = resources(state)
    return found - (found == UNLUCKY)


def _first_come(available: int, claimed: int, _total: int, shared: int) -> int:
    return min(available, claimed) - shared


_POOL: Final = kernel.__name__
_BANKRUPTCY: Final = bankruptcy.__name__
_SHARING: Final = sharing.__name__

FAULTS: Final = {
    "t_write_off_is_borne_by_reserve_and_lenders": Fault(
        _POOL, "written_off", "the reserve told, the lenders charged", _lenders_told_alone
    ),
    "t_write_off_keeps_the_net_claim": Fault(
        _POOL, "written_off", "lenders lose nothing", _lenders_spared
    ),
    "t_write_off_is_the_debt_but_for_an_atom": Fault(
        _POOL, "written_off", "a share stays", _a_share_stays
    ),
    "t_write_off_of_the_only_debt_leaves_nothing_borrowed": Fault(
        _POOL, "written_off", "a virtual share", _with_a_virtual_share
    ),
    "t_write_off_leaves_no_total_below_zero": Fault(
        _POOL, "written_off", "the reserve spared", _reserve_spared
    ),
    "t_write_off_takes_the_reserve_first": Fault(
        _POOL, "written_off", "half and half", _half_from_the_reserve
    ),
    "t_write_off_leaves_what_others_owe": Fault(_POOL, "written_off", "rounded up", _rounded_up),
    "t_write_off_costs_a_lender_its_proportion": Fault(
        _POOL, "written_off", "lenders lose twice", _lenders_lose_twice
    ),
    "t_debt_that_is_insured_costs_no_claim": Fault(
        _BANKRUPTCY, "unsettled_moved", "an atom too many", _an_atom_too_many
    ),
    "t_claim_bears_what_is_not_insured": Fault(
        _BANKRUPTCY, "resources", "off by one at 777", _resources_but_one
    ),
    "t_claims_lose_the_same_part": Fault(
        _SHARING, "share", "first come, first served", _first_come
    ),
}
"""The planted fault of every theorem about bankruptcies."""
