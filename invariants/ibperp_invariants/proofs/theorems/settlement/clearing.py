"""Theorems about what a settlement does to pool, shares and cash, for all integers (settlement).

An account under settlement, with shares of its own and virtual ones: whatever is taken, given,
released, paid in or paid out, its books stay whole. No other account is looked at.
"""

from ibperp import pool
from ibperp.events import Reason, SettlementSource
from ibperp.operations.settlement.clearing import Clearing
from ibperp.position import Position
from ibperp.state import Account, Pool, at
from ibperp_invariants.proofs.states import asset_of, state_of

HOLDER = 0
MARKET = 0
SOURCE = SettlementSource.REALIZE_PNL


def sound(books: Pool) -> bool:
    """Tell whether no total of a pool is below zero."""
    sides = (books.cash >= 0, books.lent >= 0, books.lend_shares >= 0, books.borrowed >= 0)
    return all((*sides, books.borrow_shares >= 0, books.unearned >= 0))


def clearing_of(books: Pool, free: int = 0, shares: int = 0, virtual: int = 0) -> Clearing:
    """Return a settlement of one account, a lot long, with shares of its own and virtual ones."""
    position = Position(MARKET, lots=1, virtual=virtual)
    account = Account(1, (free,), (shares,), positions=(position,))
    return Clearing(state_of((asset_of(pool=books),), (account,)), 0)


def whole(clearing: Clearing) -> tuple[int, ...]:
    """Return what must not move: cash and free, the fund's part of the pool, shares by side."""
    sheet, books = clearing.sheet(HOLDER), clearing.pool
    own, virtual = sheet.shares, clearing.position(sheet, MARKET).virtual
    lends = own * (own > 0) + virtual * (virtual > 0) - books.lend_shares
    owes = -own * (own < 0) - virtual * (virtual < 0) - books.borrow_shares
    fund = clearing.paid_in - clearing.paid_out
    return sheet.free + books.cash, books.cash - pool.net_claim(books) - fund, lends, owes


def is_kept(before: tuple[int, ...], clearing: Clearing) -> bool:
    """Tell whether the books are as they were."""
    return all(old == new for old, new in zip(before, whole(clearing), strict=True))


def t_a_settlement_posts_between_account_and_pool(
    books: Pool, free: int, amount: int, *, is_debit: bool
) -> None:
    """Cash that a settlement moves leaves one side and reaches the other, no share moves (CU-1)."""
    assert all((sound(books), amount > 0, amount <= free, amount <= books.cash))
    clearing = clearing_of(books, free)
    cash, before = books.cash, whole(clearing)
    sheet = clearing.sheet(HOLDER)
    clearing._post(sheet, amount, Reason.SETTLEMENT, is_debit=is_debit)  # noqa: SLF001
    moved = clearing.pool.cash - cash
    kept = [old == new for old, new in zip(before[2:], whole(clearing)[2:], strict=True)]
    written = clearing.written()
    free_after = at(written.accounts[HOLDER].free, 0)
    sides = (
        moved * moved == amount * amount,
        free_after + written.assets[0].pool.cash == before[0],
    )
    assert all((*kept, *sides, written.assets[0].pool == clearing.pool))


def t_taking_virtually_keeps_the_books(books: Pool, virtual: int, loss: int) -> None:
    """A loss taken virtually moves pool and virtual shares together (ST-4, MM-2)."""
    assert all((sound(books), books.borrowed > 0, books.borrow_shares > 0, loss > 0))
    assert virtual <= books.lend_shares
    clearing = clearing_of(books, virtual=virtual)
    before = whole(clearing)
    clearing.take_virtually(clearing.sheet(HOLDER), MARKET, loss)
    assert is_kept(before, clearing)


def t_giving_virtually_keeps_the_books(books: Pool, virtual: int, gain: int) -> None:
    """A gain given virtually moves pool and virtual shares together (ST-4, MM-2)."""
    assert all((sound(books), books.borrowed > 0, books.borrow_shares > 0, gain > 0))
    assert all((virtual <= books.lend_shares, -virtual <= books.borrow_shares))
    clearing = clearing_of(books, virtual=virtual)
    before = whole(clearing)
    clearing.give_virtually(clearing.sheet(HOLDER), MARKET, gain, SOURCE)
    assert is_kept(before, clearing)


def t_releasing_keeps_the_books(books: Pool, virtual: int) -> None:
    """A virtual lend that becomes the account's own leaves the sum of shares (ST-4, MM-2)."""
    assert all((sound(books), virtual > 0, virtual <= books.lend_shares))
    clearing = clearing_of(books, virtual=virtual)
    before = whole(clearing)
    clearing.release(clearing.sheet(HOLDER), MARKET, SOURCE)
    assert is_kept(before, clearing)


def t_paying_in_keeps_the_books(books: Pool, free: int, shares: int, due: int) -> None:
    """What an account pays in from free balance and lend leaves the books whole (ST-3, MM-2)."""
    assert all((sound(books), free >= 0, shares >= 0, shares <= books.lend_shares, due > 0))
    clearing = clearing_of(books, free, shares)
    before = whole(clearing)
    clearing.pay_in(clearing.sheet(HOLDER), due, may_borrow=False)
    assert is_kept(before, clearing)


def t_paying_out_keeps_the_books(books: Pool, free: int, shares: int, amount: int) -> None:
    """What an account is paid, in its debt, in cash and in a lend, leaves them whole (ST-3)."""
    assert all((sound(books), books.borrowed > 0, books.borrow_shares > 0, amount > 0, free >= 0))
    assert all((shares <= books.lend_shares, -shares <= books.borrow_shares))
    clearing = clearing_of(books, free, shares)
    before = whole(clearing)
    clearing.pay_out(clearing.sheet(HOLDER), amount)
    assert is_kept(before, clearing)


def t_what_is_paid_out_leaves_the_fund(
    books: Pool, free: int, shares: int, amount: int, unsettled: int
) -> None:
    """What an account is paid is out of the fund, and off its claim, to the atom (ST-3)."""
    assert all((sound(books), books.borrowed > 0, books.borrow_shares > 0, amount > 0, free >= 0))
    assert all((shares <= books.lend_shares, -shares <= books.borrow_shares))
    clearing = clearing_of(books, free, shares)
    sheet = clearing.sheet(HOLDER)
    sheet.unsettled = unsettled
    clearing.pay_out(sheet, amount)
    assert all((clearing.paid_out == amount, sheet.unsettled == unsettled - amount))


def t_a_borrow_with_its_fee_keeps_the_net_claim(
    books: Pool, amount: int, fee: int, reserve_fee: int
) -> None:
    """A borrow and its entry fee lower the net claim by the atoms that leave (MM-7, MM-13)."""
    assert all((sound(books), amount > 0, fee >= 0, reserve_fee >= 0))
    assert any((books.borrowed > 0, books.borrow_shares == 0))
    after, shares = pool.borrow_with_fee(books, amount, fee, reserve_fee)
    kept = pool.net_claim(after) == pool.net_claim(books) - amount
    assert all((kept, after.borrow_shares == books.borrow_shares + shares))
