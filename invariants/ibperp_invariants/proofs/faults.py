"""Planted faults: beside each theorem a kernel function with one defect, which it must refute."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ibperp import pool as kernel
from ibperp.numbers import INT128_MAX, RATIO, div_down, mul_div_down, mul_div_up, remainder
from ibperp.outcomes import Posting
from ibperp.parameters import PoolParameters
from ibperp.posting import balance_of, post
from ibperp.state import Pool, State, with_asset

UNLUCKY = 777
"""An amount at which some faults are off by one, and right everywhere else."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`function` stands in for the function `name` of `module` while the theorem is checked."""

    module: str
    name: str
    defect: str
    function: Callable[..., Any]


def _lend_off_by_one(pool: Pool, amount: int, shares: int) -> Pool:
    added = amount - (amount == UNLUCKY)
    return replace(pool, lent=pool.lent + added, lend_shares=pool.lend_shares + shares)


def _redeem_off_by_one(pool: Pool, amount: int, shares: int) -> Pool:
    taken = amount - (amount == UNLUCKY)
    return replace(pool, lent=pool.lent - taken, lend_shares=pool.lend_shares - shares)


def _borrow_off_by_one(pool: Pool, amount: int, shares: int) -> Pool:
    owed = amount + (amount == UNLUCKY)
    return replace(
        pool, borrowed=pool.borrowed + owed, borrow_shares=pool.borrow_shares + shares
    )


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
        lent=pool.lent + interest - fee,
        borrowed=pool.borrowed + interest,
        reserve=pool.reserve + earned,
    )


def _charge_without_reserve(pool: Pool, interest: int, reserve_fee: int) -> Pool:
    return _charge(pool, interest, mul_div_up(interest, reserve_fee, RATIO), 0)


def _charge_fee_twice(pool: Pool, interest: int, reserve_fee: int) -> Pool:
    return _charge(pool, interest, 0, mul_div_up(interest, reserve_fee, RATIO))


def _charge_one_more(pool: Pool, interest: int, reserve_fee: int) -> Pool:
    fee = mul_div_up(interest, reserve_fee, RATIO) + 1
    return _charge(pool, interest, fee, fee)


def _charge_rounded_down(pool: Pool, interest: int, reserve_fee: int) -> Pool:
    fee = mul_div_down(interest, reserve_fee, RATIO)
    return _charge(pool, interest, fee, fee)


def _charge_debts_less_fee(pool: Pool, interest: int, reserve_fee: int) -> Pool:
    fee = mul_div_up(interest, reserve_fee, RATIO)
    return replace(_charge(pool, interest, fee, fee), borrowed=pool.borrowed + interest - fee)


def _accrue(pool: Pool, due: int, carry: int, reserve_fee: int) -> Pool:
    charged = kernel.charge(pool, div_down(due, kernel.CARRY_UNIT), reserve_fee)
    return replace(charged, interest_carry=carry)


def _accrue_dropping_carry(pool: Pool, rate: int, seconds: int, reserve_fee: int) -> Pool:
    return _accrue(pool, pool.borrowed * rate * seconds + pool.interest_carry, 0, reserve_fee)


def _accrue_keeping_due(pool: Pool, rate: int, seconds: int, reserve_fee: int) -> Pool:
    due = pool.borrowed * rate * seconds + pool.interest_carry
    return _accrue(pool, due, due, reserve_fee)


def _accrue_forgetting_carry(pool: Pool, rate: int, seconds: int, reserve_fee: int) -> Pool:
    due = pool.borrowed * rate * seconds
    return _accrue(pool, due, remainder(due, kernel.CARRY_UNIT), reserve_fee)


def _claim_rounded_up(pool: Pool, shares: int) -> int:
    return mul_div_up(shares, pool.lent + 1, pool.lend_shares + kernel.SHARES_PER_ATOM)


def _claim_without_virtual_shares(pool: Pool, shares: int) -> int:
    return mul_div_down(shares, pool.lent + 1, pool.lend_shares)


def _minted_rounded_up(pool: Pool, amount: int) -> int:
    return mul_div_up(amount, pool.lend_shares + kernel.SHARES_PER_ATOM, pool.lent + 1)


def _burned_rounded_down(pool: Pool, amount: int) -> int:
    return mul_div_down(amount, pool.lend_shares + kernel.SHARES_PER_ATOM, pool.lent + 1)


def _burned_one_more(pool: Pool, amount: int) -> int:
    return mul_div_up(amount, pool.lend_shares + kernel.SHARES_PER_ATOM, pool.lent + 1) + 1


def _debt_rounded_down(pool: Pool, shares: int) -> int:
    return mul_div_down(shares, pool.borrowed, pool.borrow_shares)


def _debt_one_more(pool: Pool, shares: int) -> int:
    return mul_div_up(shares, pool.borrowed, pool.borrow_shares) + (shares == UNLUCKY)


def _borrow_minted_rounded_down(pool: Pool, amount: int) -> int:
    return mul_div_down(amount, pool.borrow_shares, pool.borrowed)


def _first_borrow_off_by_one(_pool: Pool, amount: int) -> int:
    return amount * kernel.SHARES_PER_ATOM - kernel.SHARES_PER_ATOM * (amount == UNLUCKY)


def _borrow_burned_rounded_up(pool: Pool, amount: int) -> int:
    return mul_div_up(amount, pool.borrow_shares, pool.borrowed)


def _borrow_burned_one_more(pool: Pool, amount: int) -> int:
    return mul_div_down(amount, pool.borrow_shares, pool.borrowed) + 1


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


def _div_rounded_up(numerator: int, divisor: int) -> int:
    return -(-numerator // divisor)


def _div_rounded_down(numerator: int, divisor: int) -> int:
    return numerator // divisor


def _div_plus_one(numerator: int, divisor: int) -> int:
    return numerator // divisor + 1


def _div_towards_zero(numerator: int, divisor: int) -> int:
    return abs(numerator) // divisor


def _remainder_signed(numerator: int, divisor: int) -> int:
    return numerator - divisor * -(-numerator // divisor)


def _in_range_of_twos_complement(value: int) -> bool:
    return -INT128_MAX - 1 <= value <= INT128_MAX + 1


def _debited_off_by_one(balance: int, amount: int, *, is_held: bool) -> int:
    moved = amount - (amount == UNLUCKY)
    return balance + moved if is_held else balance - moved


def _debited_one_way(balance: int, amount: int, *, is_held: bool) -> int:
    del is_held
    return balance + amount


def _credited_one_way(balance: int, amount: int, *, is_held: bool) -> int:
    del is_held
    return balance - amount


def _post_to_pool_twice(state: State, posting: Posting) -> State:
    state = post(state, posting)
    books = state.assets[posting.asset]
    cash = balance_of(state, posting.asset, posting.debit) if posting.amount == UNLUCKY else 0
    return with_asset(state, posting.asset, replace(books, in_transit=books.in_transit + cash))


def _in_pool(name: str, defect: str, function: Callable[..., Any]) -> Fault:
    return Fault("ibperp.pool", name, defect, function)


def _in_numbers(name: str, defect: str, function: Callable[..., Any]) -> Fault:
    return Fault("ibperp.numbers", name, defect, function)


def _in_posting(name: str, defect: str, function: Callable[..., Any]) -> Fault:
    return Fault("ibperp.posting", name, defect, function)
