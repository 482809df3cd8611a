"""Theorems about how what passes on is shared and joined, for all integers (liquidation)."""

from ibperp import liquidation
from ibperp import pool as kernel
from ibperp.state import Pool
from ibperp_invariants.proofs.theorems.money_market.pool import no_cheaper


def is_near(part: int, total: int, weight: int, whole: int) -> bool:
    """Tell whether a part is less than one from its exact proportion."""
    error = part * whole - total * weight
    return all((error < whole, -error < whole))


def t_two_portions_are_the_nearest(total: int, first: int, second: int) -> None:
    """Two portions are all there is, each the nearest to its share; a tie is the first's (LQ-6)."""
    assert all((total >= 0, first > 0, second > 0))
    one, other = liquidation.portions(total, (first, second))
    whole = first + second
    error = one * whole - total * first
    assert all((one + other == total, 2 * error <= whole, -2 * error < whole))


def t_three_portions_are_in_proportion(total: int, first: int, second: int, third: int) -> None:
    """Three portions are all there is, each less than one from its exact share (LQ-6)."""
    assert all((total >= 0, first > 0, second > 0, third > 0))
    one, two, three = liquidation.portions(total, (first, second, third))
    whole = first + second + third
    near = (is_near(one, total, first, whole), is_near(two, total, second, whole))
    assert all((*near, is_near(three, total, third, whole), one + two + three == total))


def meets(pool: Pool, lent: int, owed: int) -> bool:
    """Tell whether shares of a lend and of a debt are both in a pool, which may be any."""
    sides = (pool.lent >= 0, pool.lend_shares >= lent, pool.borrow_shares >= owed)
    return all((*sides, pool.borrowed > 0, lent > 0, owed > 0))


def t_shares_of_one_side_add_up(pool: Pool, first: int, second: int) -> None:
    """Shares that join others of their side add up, and leave the pool as it is (LQ-3)."""
    assert any((all((first >= 0, second >= 0)), all((first <= 0, second <= 0))))
    after, joined = kernel.merged(pool, first, second)
    assert all((after == pool, joined == first + second))


def t_cancelling_keeps_the_net_claim(pool: Pool, lent: int, owed: int) -> None:
    """A lend and a debt cancel without cash: the net claim is what it was (LQ-3, MM-1)."""
    assert meets(pool, lent, owed)
    after, _ = kernel.merged(pool, lent, -owed)
    assert kernel.net_claim(after) == kernel.net_claim(pool)


def t_cancelling_is_for_what_the_smaller_is_worth(pool: Pool, lent: int, owed: int) -> None:
    """What a lend and a debt cancel is the smaller of claim and debt (LQ-3)."""
    assert meets(pool, lent, owed)
    after, _ = kernel.merged(pool, lent, -owed)
    part = pool.lent - after.lent
    claimed, due = kernel.lend_claim(pool, lent), kernel.debt(pool, owed)
    assert all((part <= claimed, part <= due, any((part == claimed, part == due))))


def t_cancelling_leaves_one_side(pool: Pool, lent: int, owed: int) -> None:
    """Of a lend and a debt that cancel one is used up; neither falls by more than it is (LQ-3)."""
    assert meets(pool, lent, owed)
    after, joined = kernel.merged(pool, lent, -owed)
    burned = pool.lend_shares - after.lend_shares
    repaid = pool.borrow_shares - after.borrow_shares
    within = all((burned >= 0, burned <= lent, repaid >= 0, repaid <= owed))
    one = any((burned == lent, repaid == owed))
    assert all((within, one, joined == lent - burned - (owed - repaid)))


def t_cancelling_burns_a_lend_that_claims_nothing(pool: Pool, lent: int, owed: int) -> None:
    """Lend shares that are worth no atom are burned, and nothing is repaid with them (LQ-3)."""
    assert meets(pool, lent, owed)
    assert kernel.lend_claim(pool, lent) == 0
    after, joined = kernel.merged(pool, lent, -owed)
    kept = all((after.lent == pool.lent, after.borrow_shares == pool.borrow_shares))
    assert all((kept, after.lend_shares == pool.lend_shares - lent, joined == -owed))


def t_cancelling_leaves_no_total_below_zero(pool: Pool, lent: int, owed: int) -> None:
    """No total of a pool falls below zero when shares cancel, and no reserve falls (LQ-3)."""
    assert all((meets(pool, lent, owed), pool.lend_shares <= kernel.SHARES_PER_ATOM * pool.lent))
    after, _ = kernel.merged(pool, lent, -owed)
    sides = (after.lent, after.lend_shares, after.borrowed, after.borrow_shares)
    assert all((*(side >= 0 for side in sides), after.reserve >= pool.reserve))


def t_cancelling_never_lowers_the_lend_price(pool: Pool, lent: int, owed: int) -> None:
    """A lend share never loses worth when shares of another cancel (LQ-3, MM-2)."""
    assert meets(pool, lent, owed)
    after, _ = kernel.merged(pool, lent, -owed)
    assert no_cheaper(pool, after)


def t_cancelling_never_lowers_the_borrow_price(pool: Pool, lent: int, owed: int) -> None:
    """What a borrow share owes never falls when shares of another cancel (LQ-3, MM-2)."""
    assert meets(pool, lent, owed)
    after, _ = kernel.merged(pool, lent, -owed)
    assert after.borrowed * pool.borrow_shares >= pool.borrowed * after.borrow_shares


def t_cancelling_never_raises_a_lend(pool: Pool, lent: int, owed: int) -> None:
    """What cancels of a lend and what is left are at most its worth, unrounded too (LQ-3)."""
    assert meets(pool, lent, owed)
    after, _ = kernel.merged(pool, lent, -owed)
    part, left = pool.lent - after.lent, lent - (pool.lend_shares - after.lend_shares)
    whole, rest = (side.lend_shares + kernel.SHARES_PER_ATOM for side in (pool, after))
    before = lent * (pool.lent + 1) * rest
    assert left * (after.lent + 1) * whole + part * whole * rest <= before


def t_cancelling_never_lowers_a_debt(pool: Pool, lent: int, owed: int) -> None:
    """What cancels of a debt and what is left are no less than it was, unrounded too (LQ-3)."""
    assert meets(pool, lent, owed)
    after, _ = kernel.merged(pool, lent, -owed)
    part, left = pool.lent - after.lent, owed - (pool.borrow_shares - after.borrow_shares)
    whole, rest = pool.borrow_shares, after.borrow_shares
    assert left * after.borrowed * whole + part * whole * rest >= owed * pool.borrowed * rest


def t_cancelling_has_no_order(pool: Pool, lent: int, owed: int) -> None:
    """Whether a lend comes to a debt or a debt to a lend, the same is left (LQ-3)."""
    assert meets(pool, lent, owed)
    joined = kernel.merged(pool, lent, -owed)
    assert joined == kernel.merged(pool, -owed, lent)
