"""Planted faults in sharing, in virtual shares and in what gains count."""

from typing import Final

from ibperp import margin, pool, sharing
from ibperp.margin import Health
from ibperp.numbers import RATIO, mul_div_down, mul_div_up
from ibperp.state import Pool
from ibperp_invariants.proofs.faults.fault import UNLUCKY, Fault

_lend, _borrow = pool.lend, pool.borrow


def _rounded_up(available: int, claimed: int, total: int, shared: int) -> int:
    return mul_div_up(available, claimed, total) - shared


def _off_by_one(available: int, claimed: int, total: int, shared: int) -> int:
    return mul_div_down(available, claimed, total) - shared - (available == UNLUCKY)


def _first_come(available: int, claimed: int, _total: int, shared: int) -> int:
    return min(available, claimed) - shared


def _all_at_once(available: int, claimed: int, total: int, _shared: int) -> int:
    return mul_div_down(available, claimed, total)


def _borrowed_but_one(books: Pool, amount: int, shares: int) -> Pool:
    return _borrow(books, amount - (amount == UNLUCKY), shares)


def _shares_alone(books: Pool, amount: int, shares: int) -> Pool:
    return _lend(books, 0 * amount, shares)


def _redeemed_but_one(books: Pool, amount: int, shares: int) -> Pool:
    return _lend(books, -(amount - (amount == UNLUCKY)), -shares)


def _an_atom_stays(books: Pool, amount: int, shares: int) -> Pool:
    return _lend(books, 1 - amount, -shares)


def _rest_lost(books: Pool, amount: int, shares: int) -> Pool:
    principal = mul_div_down(shares, books.borrowed, books.borrow_shares)
    return _lend(_borrow(books, -principal, -shares), 0 * amount, 0)


def _weight_alone(gain: int, weight: int, _cap: int) -> int:
    return mul_div_down(gain, weight, RATIO)


def _falls_beyond_the_cap(gain: int, weight: int, cap: int) -> int:
    counted = mul_div_down(gain, weight, RATIO)
    return gain if gain <= 0 else counted if counted <= cap else 0


def _whole_equity(health: Health) -> int:
    return health.equity - health.order_loss


def _gain_on_top(health: Health) -> int:
    return health.equity + health.uncounted_gain - health.order_loss


_SHARING: Final = sharing.__name__
_POOL: Final = pool.__name__
_MARGIN: Final = margin.__name__

FAULTS: Final = {
    "t_share_keeps_the_sum_of_the_parts": Fault(_SHARING, "share", "rounded up", _rounded_up),
    "t_share_of_the_last_claim_leaves_no_atom": Fault(
        _SHARING, "share", "off by one at 777", _off_by_one
    ),
    "t_share_is_within_its_claim": Fault(_SHARING, "share", "rounded up", _rounded_up),
    "t_share_is_within_an_atom_of_proportional": Fault(
        _SHARING, "share", "first come, first served", _first_come
    ),
    "t_three_shares_are_all_that_is_available": Fault(
        _SHARING, "share", "what others got is not deducted", _all_at_once
    ),
    "t_virtual_loss_without_shares_is_borrowed": Fault(
        _POOL, "borrow", "off by one at 777", _borrowed_but_one
    ),
    "t_virtual_loss_beyond_the_lend_keeps_the_books_whole": Fault(
        _POOL, "redeem", "off by one at 777", _redeemed_but_one
    ),
    "t_virtual_loss_within_the_lend_lowers_it_as_much": Fault(
        _POOL, "redeem", "an atom stays", _an_atom_stays
    ),
    "t_virtual_gain_without_debt_is_lent": Fault(
        _POOL, "lend", "shares without atoms", _shares_alone
    ),
    "t_virtual_gain_keeps_the_books_whole": Fault(
        _POOL, "repay", "what is rounded off is lost", _rest_lost
    ),
    "t_counted_gain_is_within_gain_and_cap": Fault(
        _MARGIN, "counted_gain", "the cap not looked at", _weight_alone
    ),
    "t_losses_count_in_full": Fault(_MARGIN, "counted_gain", "losses weighed too", _weight_alone),
    "t_larger_gain_never_counts_less": Fault(
        _MARGIN, "counted_gain", "nothing beyond the cap", _falls_beyond_the_cap
    ),
    "t_uncounted_gain_never_admits": Fault(
        _MARGIN, "counted_equity", "the gain added", _gain_on_top
    ),
    "t_uncounted_gain_never_meets_the_initial_requirement": Fault(
        _MARGIN, "counted_equity", "the whole equity counts", _whole_equity
    ),
}
"""The planted fault of every theorem about settlements."""
