"""Planted faults in the kernel of the lending pool."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from ibperp import pool as kernel
from ibperp.numbers import RATIO, div_down, mul_div_down, mul_div_up, remainder
from ibperp.parameters import PoolParameters
from ibperp.state import Pool
from ibperp_invariants.proofs.faults.fault import UNLUCKY, Fault


def _lend_off_by_one(pool: Pool, amount: int, shares: int) -> Pool:
    added = amount - (amount == UNLUCKY)
    return replace(pool, lent=pool.lent + added, lend_shares=pool.lend_shares + shares)


def _redeem_off_by_one(pool: Pool, amount: int, shares: int) -> Pool:
    taken = amount - (amount == UNLUCKY)
    return replace(pool, lent=pool.lent - taken, lend_shares=pool.lend_shares - shares)


def _borrow_off_by_one(pool: Pool, amount: int, shares: int) -> Pool:
    owed = amount + (amount == UNLUCKY)
    return replace(pool, borrowed=pool.borrowed + owed, borrow_shares=pool.borrow_shares + shares)


def _repay(pool: Pool, shares: int, principal: int, residue: int) -> Pool:
    return replace(
        pool,
        borrowed=pool.borrowed - principal,
        borrow_shares=pool.borrow_shares - shares,
        reserve=pool.reserve + residue,
    )


def _repay_without_residue(pool: Pool, _amount: int, shares: int) -> Pool:
    return _repay(pool, shares, mul_div_down(shares, pool.borrowed, pool.borrow_shares), 0)


def _repay_rounded_up(pool: Pool, amount: int, shares: int) -> Pool:
    principal = mul_div_up(shares, pool.borrowed, pool.borrow_shares)
    return _repay(pool, shares, principal, amount - principal)


def _repay_with_virtual_share(pool: Pool, amount: int, shares: int) -> Pool:
    principal = mul_div_down(shares, pool.borrowed, pool.borrow_shares + 1)
    return _repay(pool, shares, principal, amount - principal)


def _charge(pool: Pool, interest: int, fee: int, earned: int) -> Pool:
    return replace(
        pool,
        unearned=pool.unearned + interest - fee,
        borrowed=pool.borrowed + interest,
        reserve=pool.reserve + earned,
    )


def _charge_without_reserve(pool: Pool, interest: int, reserve_fee: int) -> Pool:
    return _charge(pool, interest, mul_div_up(interest, reserve_fee, RATIO), 0)


def _charge_fee_twice(pool: Pool, interest: int, reserve_fee: int) -> Pool:
    return _charge(pool, interest, 0, mul_div_up(interest, reserve_fee, RATIO))


def _charge_rounded_down(pool: Pool, interest: int, reserve_fee: int) -> Pool:
    fee = mul_div_down(interest, reserve_fee, RATIO)
    return _charge(pool, interest, fee, fee)


def _charge_fee_from_debts(pool: Pool, interest: int, reserve_fee: int) -> Pool:
    charged = _charge_rounded_down(pool, interest, reserve_fee)
    return replace(charged, borrowed=pool.borrowed + interest - charged.reserve + pool.reserve)


def _accrue(pool: Pool, due: int, carry: int, reserve_fee: int) -> Pool:
    charged = kernel.charge(pool, div_down(due, kernel.CARRY_UNIT), reserve_fee)
    return replace(charged, interest_carry=carry)


def _accrue_dropping_carry(pool: Pool, rate_time: int, reserve_fee: int) -> Pool:
    return _accrue(pool, pool.borrowed * rate_time + pool.interest_carry, 0, reserve_fee)


def _accrue_keeping_due(pool: Pool, rate_time: int, reserve_fee: int) -> Pool:
    due = pool.borrowed * rate_time + pool.interest_carry
    return _accrue(pool, due, due, reserve_fee)


def _accrue_forgetting_carry(pool: Pool, rate_time: int, reserve_fee: int) -> Pool:
    due = pool.borrowed * rate_time
    return _accrue(pool, due, remainder(due, kernel.CARRY_UNIT), reserve_fee)


def _earned(pool: Pool, earned: int, taken: int) -> Pool:
    return replace(pool, lent=pool.lent + earned, unearned=pool.unearned - taken)


def _earn_rounded_up(pool: Pool, seconds: int, left: int) -> Pool:
    earned = mul_div_up(pool.unearned, seconds, left)
    return _earned(pool, earned, earned)


def _earn_twice(pool: Pool, seconds: int, left: int) -> Pool:
    earned = mul_div_down(pool.unearned, seconds, left)
    return _earned(pool, 2 * earned, earned)


def _earn_backwards(pool: Pool, seconds: int, left: int) -> Pool:
    earned = mul_div_down(pool.unearned, seconds, left)
    return _earned(pool, -earned, earned)


def _earn_all_but_one(pool: Pool, seconds: int, left: int) -> Pool:
    earned = max(mul_div_down(pool.unearned, seconds, left) - 1, 0)
    return _earned(pool, earned, earned)


def _claim_rounded_up(pool: Pool, shares: int) -> int:
    return mul_div_up(shares, pool.lent + 1, pool.lend_shares + kernel.SHARES_PER_ATOM)


def _minted_rounded_up(pool: Pool, amount: int) -> int:
    return mul_div_up(amount, pool.lend_shares + kernel.SHARES_PER_ATOM, pool.lent + 1)


def _burned_rounded_down(pool: Pool, amount: int) -> int:
    return mul_div_down(amount, pool.lend_shares + kernel.SHARES_PER_ATOM, pool.lent + 1)


def _burned_one_more(pool: Pool, amount: int) -> int:
    return mul_div_up(amount, pool.lend_shares + kernel.SHARES_PER_ATOM, pool.lent + 1) + 1


def _minted_one_more(pool: Pool, amount: int) -> int:
    return mul_div_down(amount, pool.lend_shares + kernel.SHARES_PER_ATOM, pool.lent + 1) + 1


def _burned_one_fewer(pool: Pool, amount: int) -> int:
    return mul_div_up(amount, pool.lend_shares + kernel.SHARES_PER_ATOM, pool.lent + 1) - 1


def _debt_rounded_down(pool: Pool, shares: int) -> int:
    return mul_div_down(shares, pool.borrowed, pool.borrow_shares)


def _debt_off_by_one(pool: Pool, shares: int) -> int:
    unlucky = shares == UNLUCKY * kernel.SHARES_PER_ATOM
    return mul_div_up(shares, pool.borrowed, pool.borrow_shares) + 2 * unlucky


def _borrow_minted_rounded_down(pool: Pool, amount: int) -> int:
    return mul_div_down(amount, pool.borrow_shares, pool.borrowed)


def _borrow_burned_rounded_up(pool: Pool, amount: int) -> int:
    return mul_div_up(amount, pool.borrow_shares, pool.borrowed)


def _entry_fee_rounded_down(amount: int, rate: int, seconds: int) -> int:
    return mul_div_down(amount, rate * seconds, kernel.CARRY_UNIT)


def _utilization_rounded_down(pool: Pool) -> int:
    return mul_div_down(pool.borrowed, RATIO, pool.lent)


def _utilization_zero(_pool: Pool) -> int:
    return 0


def _rate_uncapped(parameters: PoolParameters, used: int) -> int:
    optimal = parameters.optimal_utilization
    beyond = mul_div_up(parameters.slope_high, used - optimal, RATIO - optimal)
    return parameters.base_rate + parameters.slope_low + beyond


def _rate_without_low_slope(parameters: PoolParameters, used: int) -> int:
    optimal = parameters.optimal_utilization
    if used <= optimal:
        return parameters.base_rate + mul_div_up(parameters.slope_low, used, optimal)
    beyond = mul_div_up(parameters.slope_high, min(used, RATIO) - optimal, RATIO - optimal)
    return parameters.base_rate + beyond


def _lend_rate_without_fee(parameters: PoolParameters, used: int) -> int:
    return mul_div_down(kernel.borrow_rate(parameters, used), min(used, RATIO), RATIO)


def _throttle_whole_step(pool: Pool, parameters: PoolParameters, _steps: int) -> Pool:
    return replace(pool, throttle_bound=pool.throttle_bound + parameters.throttle_fraction)


def _fault(name: str, defect: str, function: Callable[..., Any]) -> Fault:
    return Fault("ibperp.pool", name, defect, function)


FAULTS: Final = {
    "t_lend_moves_the_net_claim_by_the_amount": _fault(
        "lend", "off by one at 777", _lend_off_by_one
    ),
    "t_redeem_moves_the_net_claim_by_the_amount": _fault(
        "redeem", "off by one at 777", _redeem_off_by_one
    ),
    "t_charge_keeps_the_net_claim": _fault("charge", "reserve forgotten", _charge_without_reserve),
    "t_accrue_keeps_the_net_claim": _fault("charge", "fee given to lenders too", _charge_fee_twice),
    "t_lend_never_lowers_the_lend_price": _fault(
        "lend_shares_minted", "rounded up", _minted_rounded_up
    ),
    "t_redeem_of_an_amount_never_lowers_the_lend_price": _fault(
        "lend_shares_burned", "rounded down", _burned_rounded_down
    ),
    "t_redeem_of_a_claim_never_lowers_the_lend_price": _fault(
        "lend_claim", "rounded up", _claim_rounded_up
    ),
    "t_earn_never_lowers_the_lend_price": _fault("earn", "taken from lenders", _earn_backwards),
    "t_earn_keeps_the_net_claim": _fault("earn", "earned twice", _earn_twice),
    "t_earn_is_the_share_of_the_time": _fault("earn", "rounded up", _earn_rounded_up),
    "t_earn_leaves_nothing_at_the_boundary": _fault("earn", "all but one", _earn_all_but_one),
    "t_minted_shares_are_worth_at_most_the_amount": _fault(
        "lend_shares_minted", "rounded up", _minted_rounded_up
    ),
    "t_lend_then_redeem_never_gains": _fault(
        "lend_shares_minted", "rounded up", _minted_rounded_up
    ),
    "t_redeem_in_parts_never_gains": _fault(
        "lend_shares_burned", "rounded down", _burned_rounded_down
    ),
    "t_burned_shares_fit_the_claim": _fault(
        "lend_shares_burned", "one share too many", _burned_one_more
    ),
    "t_split_lend_never_mints_more": _fault("lend_shares_minted", "rounded up", _minted_rounded_up),
    "t_claims_are_within_what_is_lent": _fault("lend_claim", "rounded up", _claim_rounded_up),
    "t_lend_keeps_the_share_bound": _fault(
        "lend_shares_minted", "one share too many", _minted_one_more
    ),
    "t_redeem_keeps_the_share_bound": _fault(
        "lend_shares_burned", "one share too few", _burned_one_fewer
    ),
    "t_redeem_of_a_claim_keeps_the_share_bound": _fault(
        "lend_claim", "rounded up", _claim_rounded_up
    ),
    "t_charge_splits_the_interest": _fault("charge", "fee rounded down", _charge_rounded_down),
    "t_carry_is_a_fraction_of_an_atom": _fault(
        "accrue", "carry keeps what was charged", _accrue_keeping_due
    ),
    "t_accrue_loses_no_fraction": _fault("accrue", "carry dropped", _accrue_dropping_carry),
    "t_accrue_in_parts_charges_the_same": _fault(
        "accrue", "carry of before forgotten", _accrue_forgetting_carry
    ),
    "t_borrow_rate_is_within_the_curve": _fault(
        "borrow_rate", "utilization not capped", _rate_uncapped
    ),
    "t_borrow_rate_is_monotone": _fault(
        "borrow_rate", "low slope forgotten beyond the kink", _rate_without_low_slope
    ),
    "t_lend_rate_is_within_what_borrowers_pay": _fault(
        "lend_rate", "reserve fee forgotten", _lend_rate_without_fee
    ),
    "t_throttle_step_stays_in_bounds": _fault(
        "throttle", "step of the fraction itself", _throttle_whole_step
    ),
    "t_utilization_is_never_understated": _fault(
        "utilization", "rounded down", _utilization_rounded_down
    ),
    "t_utilization_of_nothing_lent_is_zero_or_one": _fault(
        "utilization", "debt forgotten", _utilization_zero
    ),
    "t_borrow_moves_the_net_claim_by_the_amount": _fault(
        "borrow", "off by one at 777", _borrow_off_by_one
    ),
    "t_repay_moves_the_net_claim_by_the_amount": _fault(
        "repay", "residue lost", _repay_without_residue
    ),
    "t_debts_cover_what_is_borrowed": _fault("debt", "rounded down", _debt_rounded_down),
    "t_repay_all_of_one_borrower_leaves_nothing": _fault(
        "repay", "a virtual borrow share", _repay_with_virtual_share
    ),
    "t_borrow_then_repay_never_gains": _fault(
        "borrow_shares_minted", "rounded down", _borrow_minted_rounded_down
    ),
    "t_first_borrow_owes_exactly_the_amount": _fault(
        "debt", "off at 777 million shares", _debt_off_by_one
    ),
    "t_split_borrow_never_owes_less": _fault(
        "borrow_shares_minted", "rounded down", _borrow_minted_rounded_down
    ),
    "t_borrow_never_raises_the_debt_of_others": _fault(
        "borrow_shares_minted", "rounded down", _borrow_minted_rounded_down
    ),
    "t_repay_residue_is_never_negative": _fault(
        "borrow_shares_burned", "rounded up", _borrow_burned_rounded_up
    ),
    "t_repay_in_full_leaves_at_most_one_atom": _fault(
        "debt", "off at 777 million shares", _debt_off_by_one
    ),
    "t_repay_never_lowers_the_borrow_price": _fault(
        "repay", "debt reduced rounded up", _repay_rounded_up
    ),
    "t_accrue_never_lowers_the_borrow_price": _fault(
        "charge", "fee taken from the debts", _charge_fee_from_debts
    ),
    "t_repay_leaves_an_atom_while_others_owe": _fault(
        "repay", "debt reduced rounded up", _repay_rounded_up
    ),
    "t_repay_in_part_leaves_a_share": _fault(
        "borrow_shares_burned", "rounded up", _borrow_burned_rounded_up
    ),
    "t_entry_fee_is_never_understated": _fault(
        "entry_fee", "rounded down", _entry_fee_rounded_down
    ),
    "t_split_borrow_never_saves_entry_fee": _fault(
        "entry_fee", "rounded down", _entry_fee_rounded_down
    ),
}
"""The planted fault of every theorem about this kernel."""
