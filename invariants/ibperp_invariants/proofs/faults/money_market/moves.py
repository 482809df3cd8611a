"""Planted faults in whole moves between an account and a pool."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from ibperp.events import Reason
from ibperp.operations.effect import Effect
from ibperp.posting import POOL, free
from ibperp.state import Pool, put
from ibperp_invariants.proofs.faults.fault import UNLUCKY, Fault


def _lend_without_shares(pool: Pool, amount: int, shares: int) -> Pool:
    del shares
    return replace(pool, lent=pool.lent + amount)


def _redeem_of_an_atom_less(pool: Pool, amount: int, shares: int) -> Pool:
    kept = amount - (amount == UNLUCKY)
    return replace(pool, lent=pool.lent - kept, lend_shares=pool.lend_shares - shares)


def _borrow_without_shares(pool: Pool, amount: int, fee: int, reserve_fee: int) -> tuple[Pool, int]:
    del reserve_fee
    return replace(pool, borrowed=pool.borrowed + amount, lent=pool.lent + fee), amount


def _repaid_before_the_pool(
    effect: Effect, account: int, asset: int, amount: int, reason: Reason
) -> Effect:
    return effect.moved(asset, amount, reason, debit=free(account), credit=POOL)


def _put_off_by_one(values: tuple[int, ...], index: int, value: int) -> tuple[int, ...]:
    return put(values, index, value + (value == UNLUCKY))


def _fault(module: str, name: str, defect: str, function: Callable[..., Any]) -> Fault:
    return Fault(module, name, defect, function)


_KERNEL: Final = "ibperp.pool"


def _rounded_the_other_way(amount: int, times: int, divisor: int) -> int:
    return -(-amount * times // divisor)


def _rounded_down(amount: int, times: int, divisor: int) -> int:
    return amount * times // divisor


FAULTS: Final = {
    "t_lent_keeps_the_books": _fault(
        _KERNEL, "lend", "the pool counts no shares", _lend_without_shares
    ),
    "t_redeemed_keeps_the_books": _fault(
        _KERNEL, "redeem", "an atom less at 777", _redeem_of_an_atom_less
    ),
    "t_borrowed_keeps_the_books": _fault(
        _KERNEL, "borrow_with_fee", "the pool counts no shares", _borrow_without_shares
    ),
    "t_repaid_keeps_the_books": _fault(
        "ibperp.operations.money_market.moves",
        "repaid",
        "cash without a claim",
        _repaid_before_the_pool,
    ),
    "t_a_borrow_lowers_the_price_by_less_than_a_share": _fault(
        _KERNEL, "mul_div_up", "shares are rounded down", _rounded_down
    ),
    "t_a_debt_that_is_repaid_in_part_keeps_its_shares_rounded": _fault(
        _KERNEL, "mul_div_down", "shares are rounded up", _rounded_the_other_way
    ),
    "t_shares_of_a_lend_are_rounded_by_less_than_one": _fault(
        _KERNEL, "mul_div_down", "shares are rounded up", _rounded_the_other_way
    ),
    "t_claimed_moves_no_balance": _fault(
        "ibperp.operations.effect", "put", "a share too many at 777", _put_off_by_one
    ),
}
"""The planted fault of every theorem about these moves."""
