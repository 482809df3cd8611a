"""Planted faults in what a settlement does to pool, shares and cash."""

from dataclasses import replace
from typing import Final

from ibperp.numbers import mul_div_down
from ibperp.operations.settlement.clearing import Clearing, Sheet
from ibperp.state import Pool
from ibperp_invariants.proofs.faults.fault import UNLUCKY, Fault


def _redeem_keeps_the_shares(pool: Pool, amount: int, shares: int) -> Pool:
    del shares
    return replace(pool, lent=pool.lent - amount)


def _lend_of_an_atom_more(pool: Pool, amount: int, shares: int) -> Pool:
    return replace(pool, lent=pool.lent + amount + 1, lend_shares=pool.lend_shares + shares)


def _repay_without_the_rest(pool: Pool, amount: int, shares: int) -> Pool:
    del amount
    principal = mul_div_down(shares, pool.borrowed, pool.borrow_shares)
    left = pool.borrow_shares - shares
    return replace(pool, borrowed=pool.borrowed - principal, borrow_shares=left)


def _fee_of_nobody(pool: Pool, amount: int, fee: int, reserve_fee: int) -> tuple[Pool, int]:
    del reserve_fee
    owed = pool.borrowed + amount + fee
    return replace(pool, borrowed=owed, borrow_shares=pool.borrow_shares + amount), amount


def _posted_too_little(balance: int, amount: int, *, is_held: bool) -> int:
    moved = amount - 1 if amount == UNLUCKY else amount
    return balance + moved if is_held else balance - moved


def _settled_in_part(_: Clearing, sheet: Sheet, amount: int) -> None:
    sheet.unsettled -= amount - (amount == UNLUCKY)


_POOL: Final = "ibperp.pool"

FAULTS: Final = {
    "t_a_settlement_posts_between_account_and_pool": Fault(
        "ibperp.posting", "debited", "off by one at 777", _posted_too_little
    ),
    "t_taking_virtually_keeps_the_books": Fault(
        _POOL, "redeem", "the pool keeps the shares", _redeem_keeps_the_shares
    ),
    "t_giving_virtually_keeps_the_books": Fault(
        _POOL, "lend", "an atom more than was given", _lend_of_an_atom_more
    ),
    "t_releasing_keeps_the_books": Fault(
        _POOL, "redeem", "the pool keeps the shares", _redeem_keeps_the_shares
    ),
    "t_paying_in_keeps_the_books": Fault(
        _POOL, "redeem", "the pool keeps the shares", _redeem_keeps_the_shares
    ),
    "t_paying_out_keeps_the_books": Fault(
        _POOL, "repay", "the rest of a repayment is lost", _repay_without_the_rest
    ),
    "t_what_is_paid_out_leaves_the_fund": Fault(
        "ibperp.operations.settlement.clearing.Clearing",
        "settle",
        "an atom of 777 stays a claim",
        _settled_in_part,
    ),
    "t_a_borrow_with_its_fee_keeps_the_net_claim": Fault(
        _POOL, "borrow_with_fee", "the fee is nobody's", _fee_of_nobody
    ),
}
"""The planted fault of every theorem about a settlement's books."""
