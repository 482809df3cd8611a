"""Theorems about whole moves between an account and a pool, for all integers (money-market).

Each says what a move does to the books of the system: what is held and owed, the pool's identity,
and the shares of all holders. Nothing is said of other accounts but that they are the same record.
"""

from dataclasses import replace

from ibperp import pool as kernel
from ibperp.events import Reason
from ibperp.operations.effect import Effect
from ibperp.operations.money_market import moves
from ibperp.ordered import Ordered
from ibperp.state import Account, Pool, State, Token, at
from ibperp_invariants.proofs.states import asset_of, state_of

HOLDER = 0
BYSTANDER = 1
OTHER = Account(2, (1,), (1,))


def world(pool: Pool, free: int, shares: int, custody: int) -> State:
    """Return a state with one asset, a holder, and an account that no move names."""
    asset = asset_of(tokens=(Token(custody, 0),), pool=pool)
    state = state_of((asset,), (Account(1, (free,), (shares,)), OTHER))
    return replace(state, exposed=Ordered(((HOLDER,),) if shares < 0 else ()))


def books(state: State) -> tuple[int, ...]:
    """Return what must not move: held less owed, the pool's identity, holders less shares."""
    asset, holder = state.assets[0], state.accounts[HOLDER]
    pool, shares = asset.pool, at(holder.shares, 0)
    held = asset.tokens[0].custody - at(holder.free, 0) - pool.cash
    lends, owes = shares * (shares > 0), -shares * (shares < 0)
    identity = pool.cash - kernel.net_claim(pool)
    return held, identity, lends - pool.lend_shares, owes - pool.borrow_shares


def is_kept(before: State, after: State) -> bool:
    """Tell whether the books are as they were, and nobody else is touched."""
    same = [old == new for old, new in zip(books(before), books(after), strict=True)]
    return all((*same, after.accounts[BYSTANDER] is before.accounts[BYSTANDER]))


def sound(pool: Pool) -> bool:
    """Tell whether no total of a pool is below zero."""
    sides = (pool.cash >= 0, pool.lent >= 0, pool.lend_shares >= 0, pool.borrowed >= 0)
    return all((*sides, pool.borrow_shares >= 0, pool.unearned >= 0))


def t_lent_keeps_the_books(pool: Pool, free: int, shares: int, custody: int, amount: int) -> None:
    """A lend leaves custody, pool and shares in balance and nobody else touched (CU-1, MM-11)."""
    assert all((sound(pool), shares >= 0, amount > 0, free >= amount))
    state = world(pool, free, shares, custody)
    after = moves.lent(Effect(state), HOLDER, 0, amount, Reason.LEND).state
    assert is_kept(state, after)


def t_redeemed_keeps_the_books(
    pool: Pool, free: int, shares: int, custody: int, amount: int
) -> None:
    """A redemption leaves custody, pool and shares in balance, nobody else touched (MM-12)."""
    assert all((sound(pool), free >= 0, shares > 0, shares <= pool.lend_shares))
    assert all((amount > 0, amount <= pool.cash, amount <= kernel.lend_claim(pool, shares)))
    state = world(pool, free, shares, custody)
    after = moves.redeemed(Effect(state), HOLDER, 0, amount, Reason.REDEEM).state
    assert is_kept(state, after)


def t_borrowed_keeps_the_books(
    pool: Pool, free: int, shares: int, custody: int, amount: int
) -> None:
    """A borrow leaves custody, pool and shares in balance, and nobody else touched (MM-13)."""
    assert all((sound(pool), free >= 0, shares <= 0, amount > 0, amount <= pool.cash))
    assert any((pool.borrowed > 0, pool.borrow_shares == 0))
    state = world(pool, free, shares, custody)
    after = moves.borrowed(Effect(state), HOLDER, 0, amount, Reason.BORROW).state
    assert is_kept(state, after)


def t_repaid_keeps_the_books(pool: Pool, free: int, shares: int, custody: int, amount: int) -> None:
    """A repayment leaves custody, pool and shares in balance, and nobody else touched (MM-14)."""
    assert all((sound(pool), pool.borrowed > 0, shares < 0, -shares <= pool.borrow_shares))
    assert all((amount > 0, amount <= free, amount <= kernel.debt(pool, -shares)))
    state = world(pool, free, shares, custody)
    after = moves.repaid(Effect(state), HOLDER, 0, amount, Reason.REPAY).state
    assert is_kept(state, after)


def t_claimed_moves_no_balance(
    pool: Pool, free: int, shares: int, custody: int, change: int
) -> None:
    """A change of shares moves them by as much, and no free balance and no custody (MM-2)."""
    assert change != 0
    state = world(pool, free, shares, custody)
    after = Effect(state).claimed(HOLDER, 0, change, pool, Reason.LEND).state
    holder, kept = after.accounts[HOLDER], after.accounts[BYSTANDER]
    moved = at(holder.shares, 0) == shares + change
    same = all((at(holder.free, 0) == free, after.assets[0].pool == pool, kept is OTHER))
    assert all((moved, same, after.assets[0].tokens == state.assets[0].tokens))


def t_a_borrow_lowers_the_price_by_less_than_a_share(pool: Pool, owed: int) -> None:
    """A new debt lowers the price of a borrow share by the rounding of one share (MM-2, MM-13)."""
    assert all((pool.borrowed > 0, pool.borrow_shares > 0, owed > 0))
    minted = kernel.borrow_shares_minted(pool, owed)
    fall = minted * pool.borrowed - owed * pool.borrow_shares
    assert all((fall >= 0, fall < pool.borrowed, minted > 0))


def t_a_debt_that_is_repaid_in_part_keeps_its_shares_rounded(pool: Pool, amount: int) -> None:
    """A repayment burns at most the shares that it pays for, and less than one below (MM-14)."""
    assert all((pool.borrowed > 0, pool.borrow_shares > 0, amount > 0))
    burned = kernel.borrow_shares_burned(pool, amount)
    rest = amount * pool.borrow_shares - burned * pool.borrowed
    assert all((rest >= 0, rest < pool.borrowed))


def t_shares_of_a_lend_are_rounded_by_less_than_one(pool: Pool, amount: int) -> None:
    """A lend mints, and a redemption burns, the exact shares within less than one (MM-11)."""
    assert all((pool.lent >= 0, pool.lend_shares >= 0, amount > 0))
    minted = kernel.lend_shares_minted(pool, amount)
    burned = kernel.lend_shares_burned(pool, amount)
    exact, unit = amount * (pool.lend_shares + kernel.SHARES_PER_ATOM), pool.lent + 1
    under, over = exact - minted * unit, burned * unit - exact
    assert all((under >= 0, under < unit, over >= 0, over < unit))
