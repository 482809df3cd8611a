"""Planted faults where what passes on is shared and joined."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ibperp import liquidation
from ibperp import pool as kernel
from ibperp.numbers import mul_div_down
from ibperp.state import Pool
from ibperp_invariants.proofs.faults.fault import Fault

_merged, _redeem, _repay = kernel.merged, kernel.redeem, kernel.repay
_burned, _burned_of_borrow = kernel.lend_shares_burned, kernel.borrow_shares_burned


def _rest_to_the_first(total: int, weights: Sequence[int]) -> list[int]:
    parts = [mul_div_down(total, weight, sum(weights)) for weight in weights]
    return [total - sum(parts[1:]), *parts[1:]]


def _rest_lost(total: int, weights: Sequence[int]) -> list[int]:
    return [mul_div_down(total, weight, sum(weights)) for weight in weights]


def _netted(pool: Pool, first: int, second: int) -> tuple[Pool, int]:
    return pool, first - second


def _an_atom_stays(pool: Pool, amount: int, shares: int) -> Pool:
    return _redeem(pool, amount - 1, shares)


def _all_shares_gone(pool: Pool, first: int, second: int) -> tuple[Pool, int]:
    lent, owed = max(first, second), -min(first, second)
    part = kernel.lend_claim(pool, lent)
    return _repay(_redeem(pool, part, lent), part, owed), 0


def _burned_for_the_claim(pool: Pool, first: int, second: int) -> tuple[Pool, int]:
    """Burn by amount where all is redeemed, which leaves shares that claim nothing."""
    lent, owed = max(first, second), -min(first, second)
    part = min(kernel.lend_claim(pool, lent), kernel.debt(pool, owed))
    burned, repaid = kernel.lend_shares_burned(pool, part), kernel.borrow_shares_burned(pool, part)
    after = _repay(_redeem(pool, part, burned), part, repaid)
    return after, lent - burned - owed + repaid


def _a_share_more(pool: Pool, amount: int) -> int:
    return _burned(pool, amount) + 1


def _a_share_more_repaid(pool: Pool, amount: int) -> int:
    return _burned_of_borrow(pool, amount) + 1


def _burned_rounded_down(pool: Pool, amount: int) -> int:
    return mul_div_down(amount, pool.lend_shares + kernel.SHARES_PER_ATOM, pool.lent + 1)


def _all_off_the_borrow(pool: Pool, amount: int, shares: int) -> Pool:
    borrowed, owed = pool.borrowed - amount, pool.borrow_shares - shares
    return replace(pool, borrowed=borrowed, borrow_shares=owed)


def _lend_that_comes_is_lost(pool: Pool, first: int, second: int) -> tuple[Pool, int]:
    return _merged(pool, first, min(second, 0))


_POOL: Final = kernel.__name__
_LIQUIDATION: Final = liquidation.__name__

FAULTS: Final = {
    "t_two_portions_are_the_nearest": Fault(
        _LIQUIDATION, "portions", "the first gets the rest", _rest_to_the_first
    ),
    "t_three_portions_are_in_proportion": Fault(
        _LIQUIDATION, "portions", "nobody gets the rest", _rest_lost
    ),
    "t_shares_of_one_side_add_up": Fault(_POOL, "merged", "subtracted", _netted),
    "t_cancelling_keeps_the_net_claim": Fault(_POOL, "redeem", "an atom stays", _an_atom_stays),
    "t_cancelling_is_for_what_the_smaller_is_worth": Fault(
        _POOL, "merged", "all of both at once", _all_shares_gone
    ),
    "t_cancelling_leaves_one_side": Fault(
        _POOL, "merged", "shares left that claim nothing", _burned_for_the_claim
    ),
    "t_cancelling_burns_a_lend_that_claims_nothing": Fault(
        _POOL, "merged", "shares left that claim nothing", _burned_for_the_claim
    ),
    "t_cancelling_leaves_no_total_below_zero": Fault(
        _POOL, "lend_shares_burned", "a share more", _a_share_more
    ),
    "t_cancelling_never_lowers_the_lend_price": Fault(
        _POOL, "lend_shares_burned", "rounded down", _burned_rounded_down
    ),
    "t_cancelling_never_lowers_the_borrow_price": Fault(
        _POOL, "repay", "the rest not given to the reserve", _all_off_the_borrow
    ),
    "t_cancelling_never_raises_a_lend": Fault(
        _POOL, "lend_shares_burned", "rounded down", _burned_rounded_down
    ),
    "t_cancelling_never_lowers_a_debt": Fault(
        _POOL, "borrow_shares_burned", "a share more", _a_share_more_repaid
    ),
    "t_cancelling_has_no_order": Fault(
        _POOL, "merged", "a lend that comes is lost", _lend_that_comes_is_lost
    ),
}
"""The planted fault of every theorem about takeovers."""
