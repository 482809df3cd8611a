"""Theorems about sharing, virtual shares and what gains count, for all integers (settlement)."""

from dataclasses import replace

from ibperp import margin, pool, sharing
from ibperp.events import SettlementSource
from ibperp.margin import Health
from ibperp.numbers import RATIO, mul_div_down
from ibperp.operations.settlement.clearing import Clearing
from ibperp.position import Position
from ibperp.state import Account, Pool
from ibperp_invariants.proofs.states import asset_of, state_of

HOLDER = 0
MARKET = 0

LENT = 3_000
SHARES = 2_000 * pool.SHARES_PER_ATOM
"""A lend side whose price is above the first one."""


def t_share_keeps_the_sum_of_the_parts(available: int, before: int, claim: int, rest: int) -> None:
    """Step of the fold: parts sum to the share of all claims so far, rounded down (ST-3, LQ-9)."""
    assert all((available >= 0, before >= 0, claim > 0, rest >= 0))
    total = before + claim + rest
    shared = mul_div_down(available, before, total)
    part = sharing.share(available, before + claim, total, shared)
    assert shared + part == mul_div_down(available, before + claim, total)


def t_share_of_the_last_claim_leaves_no_atom(available: int, before: int, claim: int) -> None:
    """The last claim gets all that the others left: parts are what is available (ST-3, LQ-9)."""
    assert all((available >= 0, before >= 0, claim > 0))
    total = before + claim
    shared = mul_div_down(available, before, total)
    part = sharing.share(available, total, total, shared)
    assert shared + part == available


def t_share_is_within_its_claim(available: int, before: int, claim: int, rest: int) -> None:
    """A part is from zero to its claim, if no more than all claims is available (ST-3, LQ-9)."""
    assert all((available >= 0, before >= 0, claim > 0, rest >= 0))
    assert available <= before + claim + rest
    total = before + claim + rest
    shared = mul_div_down(available, before, total)
    part = sharing.share(available, before + claim, total, shared)
    assert all((part >= 0, part <= claim))


def t_share_is_within_an_atom_of_proportional(
    available: int, before: int, claim: int, rest: int
) -> None:
    """A part is less than an atom from its exact proportion, whatever its place (ST-3, LQ-9)."""
    assert all((available >= 0, before >= 0, claim > 0, rest >= 0))
    total = before + claim + rest
    shared = mul_div_down(available, before, total)
    part = sharing.share(available, before + claim, total, shared)
    error = part * total - available * claim
    assert all((error < total, -error < total))


def t_three_shares_are_all_that_is_available(
    available: int, first: int, second: int, third: int
) -> None:
    """Three claims get exactly what is available, each no more than it claims (ST-3, LQ-9)."""
    assert all((first > 0, second > 0, third > 0, available >= 0))
    assert available <= first + second + third
    total = first + second + third
    one = sharing.share(available, first, total, 0)
    two = sharing.share(available, first + second, total, one)
    three = sharing.share(available, total, total, one + two)
    fits = all((one <= first, two <= second, three <= third))
    assert all((fits, one + two + three == available))


def clearing_of(books: Pool, virtual: int) -> Clearing:
    """Return a settlement of one account with a lot long and `virtual` shares in the pool."""
    position = Position(MARKET, lots=1, virtual=virtual)
    account = Account(1, positions=(position,))
    return Clearing(state_of((asset_of(pool=books),), (account,)), 0)


def imbalance(clearing: Clearing) -> int:
    """Return cash less the net claim, less what the fund holds: zero in every state (ST-3)."""
    held = clearing.paid_in - clearing.paid_out
    return clearing.pool.cash - pool.net_claim(clearing.pool) - held


def sound(books: Pool) -> bool:
    """Tell whether the sizes of a pool are what they may be."""
    sides = (books.lent, books.lend_shares, books.borrowed, books.borrow_shares)
    return all((*(side >= 0 for side in sides), books.borrow_shares >= books.borrowed))


def t_virtual_loss_without_shares_is_borrowed(books: Pool, loss: int) -> None:
    """A loss without virtual shares is owed in full, and the fund's books stay whole (ST-4)."""
    assert all((sound(books), books.borrowed > 0, loss > 0))
    clearing = clearing_of(books, 0)
    before = imbalance(clearing)
    clearing.take_virtually(clearing.sheet(HOLDER), MARKET, loss)
    after = clearing.pool
    owed = all((after.borrowed == books.borrowed + loss, after.lent == books.lent))
    assert all((owed, clearing.paid_in == loss, imbalance(clearing) == before))


def t_virtual_loss_beyond_the_lend_keeps_the_books_whole(
    books: Pool, virtual: int, loss: int
) -> None:
    """A loss of all of a virtual lend, and of a borrow, keeps the fund's books whole (ST-4)."""
    assert all((sound(books), books.borrowed > 0, virtual > 0, virtual <= books.lend_shares))
    assert loss > pool.lend_claim(books, virtual)
    clearing = clearing_of(books, virtual)
    before = imbalance(clearing)
    clearing.take_virtually(clearing.sheet(HOLDER), MARKET, loss)
    assert all((clearing.paid_in == loss, imbalance(clearing) == before))


def t_virtual_loss_within_the_lend_lowers_it_as_much(
    cash: int, borrowed: int, virtual: int, loss: int
) -> None:
    """A loss that a virtual lend covers lowers what is lent by as much, no more (ST-4)."""
    assert all((borrowed >= 0, virtual > 0, virtual <= SHARES, loss > 0))
    assert loss * pool.SHARES_PER_ATOM <= virtual
    books = Pool(cash, LENT, SHARES, borrowed, 2 * borrowed)
    clearing = clearing_of(books, virtual)
    before = imbalance(clearing)
    clearing.take_virtually(clearing.sheet(HOLDER), MARKET, loss)
    after = clearing.pool
    taken = all((after.lent == books.lent - loss, after.borrowed == borrowed))
    assert all((taken, clearing.paid_in == loss, imbalance(clearing) == before))


def t_virtual_gain_without_debt_is_lent(books: Pool, gain: int) -> None:
    """A gain without a virtual debt is lent in full, and the fund's books stay whole (ST-4)."""
    assert all((sound(books), gain > 0))
    clearing = clearing_of(books, 0)
    before = imbalance(clearing)
    clearing.give_virtually(clearing.sheet(HOLDER), MARKET, gain, SettlementSource.VIRTUAL_GAIN)
    after = clearing.pool
    lent = all((after.lent == books.lent + gain, after.borrowed == books.borrowed))
    assert all((lent, clearing.paid_out == gain, imbalance(clearing) == before))


def t_virtual_gain_keeps_the_books_whole(books: Pool, owed: int, gain: int) -> None:
    """A gain that repays a virtual debt, and then is lent, keeps the fund's books whole (ST-4)."""
    assert all((sound(books), books.borrowed > 0, owed > 0, gain > 0))
    assert owed <= books.borrow_shares
    clearing = clearing_of(books, -owed)
    before = imbalance(clearing)
    clearing.give_virtually(clearing.sheet(HOLDER), MARKET, gain, SettlementSource.VIRTUAL_GAIN)
    assert all((clearing.paid_out == gain, imbalance(clearing) == before))


def t_counted_gain_is_within_gain_and_cap(gain: int, weight: int, cap: int) -> None:
    """A gain counts for no more than itself, its weight and the cap, nor below zero (PF-12)."""
    assert all((gain > 0, weight >= 0, weight <= RATIO, cap >= 0))
    counted = margin.counted_gain(gain, weight, cap)
    assert all((counted >= 0, counted <= gain, counted <= cap, counted * RATIO <= gain * weight))


def t_losses_count_in_full(loss: int, weight: int, cap: int) -> None:
    """A loss counts in full, whatever weight and cap (PF-12)."""
    assert all((loss >= 0, weight >= 0, cap >= 0))
    counted = margin.counted_gain(-loss, weight, cap)
    assert counted == -loss


def t_larger_gain_never_counts_less(gain: int, more: int, weight: int, cap: int) -> None:
    """A larger gain never counts for less (PF-12)."""
    assert all((gain > 0, more >= 0, weight >= 0, cap >= 0))
    counted = margin.counted_gain(gain, weight, cap)
    assert margin.counted_gain(gain + more, weight, cap) >= counted


def t_uncounted_gain_never_admits(before: Health, after: Health, uncounted: int) -> None:
    """What counts for less is never admissible where the whole is not (PF-8, PF-12)."""
    assert all((uncounted >= 0, before.maintenance >= 0))
    less = replace(after, uncounted_gain=after.uncounted_gain + uncounted)
    allowed = margin.is_admissible(before, less)
    assert any((not allowed, margin.is_admissible(before, after)))


def t_uncounted_gain_never_meets_the_initial_requirement(before: Health, after: Health) -> None:
    """Maintenance rises only if equity without uncounted gain meets the initial one (PF-12)."""
    assert after.maintenance > before.maintenance
    assert after.equity - after.uncounted_gain - after.order_loss < after.initial
    allowed = margin.is_admissible(before, after)
    assert not allowed
