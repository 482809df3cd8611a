"""Theorems about the borrow side of the pool, for all integers (chapter money-market)."""

from ibperp import pool as kernel
from ibperp.state import Pool


def owing(pool: Pool) -> bool:
    """Tell whether an account owes: both totals of the borrow side are positive."""
    return all((pool.borrowed > 0, pool.borrow_shares > 0))


def t_borrow_moves_the_net_claim_by_the_amount(pool: Pool, amount: int, shares: int) -> None:
    """Borrowing lowers the net claim by exactly the atoms posted out of cash (MM-1, MM-13)."""
    assert amount > 0
    after = kernel.borrow(pool, amount, shares)
    assert kernel.net_claim(after) == kernel.net_claim(pool) - amount


def t_repay_moves_the_net_claim_by_the_amount(pool: Pool, amount: int, shares: int) -> None:
    """Repaying raises the net claim by exactly the atoms posted into cash (MM-1, MM-14)."""
    assert all((owing(pool), amount > 0))
    after = kernel.repay(pool, amount, shares)
    assert kernel.net_claim(after) == kernel.net_claim(pool) + amount


def t_debts_cover_what_is_borrowed(pool: Pool, mine: int, others: int) -> None:
    """The debts of all borrowers together are never below what is borrowed (MM-2)."""
    assert all((owing(pool), mine >= 0, others >= 0, mine + others == pool.borrow_shares))
    debts = kernel.debt(pool, mine) + kernel.debt(pool, others)
    assert debts >= pool.borrowed


def t_repay_all_of_one_borrower_leaves_nothing(pool: Pool) -> None:
    """The only borrower owes exactly what is borrowed; repaying it leaves zero (MM-14)."""
    assert owing(pool)
    due = kernel.debt(pool, pool.borrow_shares)
    after = kernel.repay(pool, due, pool.borrow_shares)
    assert all((after.borrowed == 0, after.borrow_shares == 0, after.reserve == pool.reserve))


def t_borrow_then_repay_never_gains(pool: Pool, amount: int) -> None:
    """A borrower owes at least the atoms taken, at once (MM-13, MM-14)."""
    assert all((owing(pool), amount > 0))
    minted = kernel.borrow_shares_minted(pool, amount)
    after = kernel.borrow(pool, amount, minted)
    assert kernel.debt(after, minted) >= amount


def t_first_borrow_owes_exactly_the_amount(pool: Pool, amount: int) -> None:
    """The first borrower of a pool owes exactly the atoms taken (MM-2, MM-13)."""
    assert all((pool.borrowed == 0, pool.borrow_shares == 0, amount > 0))
    minted = kernel.borrow_shares_minted(pool, amount)
    after = kernel.borrow(pool, amount, minted)
    assert kernel.debt(after, minted) == amount


def t_split_borrow_never_owes_less(pool: Pool, first: int, second: int) -> None:
    """Two borrows never mint fewer shares than one of the sum at the same price (MM-13)."""
    assert all((owing(pool), first > 0, second > 0))
    minted = kernel.borrow_shares_minted(pool, first) + kernel.borrow_shares_minted(pool, second)
    assert minted >= kernel.borrow_shares_minted(pool, first + second)


def t_borrow_never_raises_the_debt_of_others(pool: Pool, amount: int, shares: int) -> None:
    """A borrow never raises what the shares of another owe (MM-2, MM-13)."""
    assert all((owing(pool), amount > 0, shares > 0, shares <= pool.borrow_shares))
    after = kernel.borrow(pool, amount, kernel.borrow_shares_minted(pool, amount))
    assert kernel.debt(after, shares) <= kernel.debt(pool, shares)


def t_repay_residue_is_never_negative(pool: Pool, amount: int) -> None:
    """The rest of a payment after the debt it extinguishes is never below zero (MM-14)."""
    assert all((owing(pool), amount > 0))
    after = kernel.repay(pool, amount, kernel.borrow_shares_burned(pool, amount))
    assert after.reserve >= pool.reserve


def t_repay_in_full_leaves_at_most_one_atom(pool: Pool, shares: int) -> None:
    """Repaying all that shares owe leaves a residue of zero or one atom (MM-14)."""
    assert all((owing(pool), shares > 0, shares <= pool.borrow_shares))
    after = kernel.repay(pool, kernel.debt(pool, shares), shares)
    residue = after.reserve - pool.reserve
    assert all((residue >= 0, residue <= 1))


def t_repay_never_lowers_the_borrow_price(pool: Pool, shares: int) -> None:
    """What a borrow share owes never falls by the repayment of another (MM-2, MM-14)."""
    assert all((owing(pool), shares > 0, shares <= pool.borrow_shares))
    after = kernel.repay(pool, kernel.debt(pool, shares), shares)
    assert after.borrowed * pool.borrow_shares >= pool.borrowed * after.borrow_shares


def t_accrue_never_lowers_the_borrow_price(pool: Pool, rate: int, seconds: int, fee: int) -> None:
    """What a borrow share owes never falls by the passing of time (MM-2, MM-6)."""
    assert all((owing(pool), pool.interest_carry >= 0, rate >= 0, seconds >= 0))
    after = kernel.accrue(pool, rate * seconds, fee)
    assert all((after.borrowed >= pool.borrowed, after.borrow_shares == pool.borrow_shares))


def t_repay_leaves_an_atom_while_others_owe(pool: Pool, shares: int) -> None:
    """While others hold borrow shares, at least one atom stays borrowed (MM-14)."""
    assert all((owing(pool), shares > 0, shares < pool.borrow_shares))
    after = kernel.repay(pool, kernel.debt(pool, shares), shares)
    assert after.borrowed >= 1


def t_repay_in_part_leaves_a_share(pool: Pool, shares: int, amount: int) -> None:
    """An amount below the debt leaves the account at least one borrow share (MM-14)."""
    assert all((owing(pool), shares > 0, shares <= pool.borrow_shares, amount > 0))
    due = kernel.debt(pool, shares)
    burned = kernel.borrow_shares_burned(pool, amount)
    assert any((amount >= due, burned < shares))


def t_entry_fee_is_never_understated(amount: int, rate: int, seconds: int) -> None:
    """The entry fee is the exact interest rounded up (MM-7)."""
    assert all((amount > 0, rate >= 0, seconds >= 0))
    fee = kernel.entry_fee(amount, rate, seconds)
    exact = amount * rate * seconds
    assert all((exact <= fee * kernel.CARRY_UNIT, (fee - 1) * kernel.CARRY_UNIT < exact))


def t_split_borrow_never_saves_entry_fee(first: int, second: int, rate: int, seconds: int) -> None:
    """Two borrows never pay less entry fee than one of the sum (MM-7)."""
    assert all((first > 0, second > 0, rate >= 0, seconds >= 0))
    fees = kernel.entry_fee(first, rate, seconds) + kernel.entry_fee(second, rate, seconds)
    assert fees >= kernel.entry_fee(first + second, rate, seconds)
