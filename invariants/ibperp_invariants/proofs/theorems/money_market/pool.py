"""Theorems about the lend side of the pool and its interest, for all integers (money-market)."""

from dataclasses import replace

from ibperp import pool as kernel
from ibperp.numbers import RATIO
from ibperp.parameters import BookState, PoolParameters
from ibperp.state import Pool

VIRTUAL = kernel.SHARES_PER_ATOM


def sound(pool: Pool) -> bool:
    """Tell whether no total is negative."""
    return all((pool.lent >= 0, pool.lend_shares >= 0, pool.borrowed >= 0, pool.borrow_shares >= 0))


def no_cheaper(before: Pool, after: Pool) -> bool:
    """Tell whether a lend share is worth at least as much after as before."""
    then = (before.lent + 1) * (after.lend_shares + VIRTUAL)
    return (after.lent + 1) * (before.lend_shares + VIRTUAL) >= then


def curve(base: int, low: int, high: int, optimal: int, fee: int) -> PoolParameters:
    """Return pool parameters with this rate curve and reserve fee."""
    return PoolParameters(BookState.OPEN, base, low, high, optimal, RATIO, 0, RATIO, fee, 0)


def t_lend_moves_the_net_claim_by_the_amount(pool: Pool, amount: int, shares: int) -> None:
    """Lending raises the net claim by exactly the atoms posted into cash (MM-1, MM-11)."""
    assert amount > 0
    after = kernel.lend(pool, amount, shares)
    assert kernel.net_claim(after) == kernel.net_claim(pool) + amount


def t_redeem_moves_the_net_claim_by_the_amount(pool: Pool, amount: int, shares: int) -> None:
    """Redeeming lowers the net claim by exactly the atoms posted out of cash (MM-1, MM-12)."""
    assert amount > 0
    after = kernel.redeem(pool, amount, shares)
    assert kernel.net_claim(after) == kernel.net_claim(pool) - amount


def t_charge_keeps_the_net_claim(pool: Pool, interest: int, fee: int) -> None:
    """Charging interest moves no cash and leaves the net claim as it was (MM-1, MM-6)."""
    assert all((interest >= 0, fee >= 0, fee <= RATIO))
    after = kernel.charge(pool, interest, fee)
    assert kernel.net_claim(after) == kernel.net_claim(pool)


def t_accrue_keeps_the_net_claim(pool: Pool, rate: int, seconds: int, fee: int) -> None:
    """Accruing interest moves no cash and leaves the net claim as it was (MM-1, MM-6)."""
    assert all((rate >= 0, seconds >= 0, fee >= 0, fee <= RATIO))
    after = kernel.accrue(pool, rate * seconds, fee)
    assert kernel.net_claim(after) == kernel.net_claim(pool)


def t_lend_never_lowers_the_lend_price(pool: Pool, amount: int) -> None:
    """A lend share never loses worth when another lends (MM-2, MM-11)."""
    assert all((sound(pool), amount > 0))
    after = kernel.lend(pool, amount, kernel.lend_shares_minted(pool, amount))
    assert no_cheaper(pool, after)


def t_redeem_of_an_amount_never_lowers_the_lend_price(pool: Pool, amount: int) -> None:
    """A lend share never loses worth when another redeems an amount (MM-2, MM-12)."""
    assert all((sound(pool), amount > 0, amount <= pool.lent))
    after = kernel.redeem(pool, amount, kernel.lend_shares_burned(pool, amount))
    assert no_cheaper(pool, after)


def t_redeem_of_a_claim_never_lowers_the_lend_price(pool: Pool, shares: int) -> None:
    """A lend share never loses worth when another redeems all of its shares (MM-2, MM-12)."""
    assert all((sound(pool), shares > 0, shares <= pool.lend_shares))
    after = kernel.redeem(pool, kernel.lend_claim(pool, shares), shares)
    assert no_cheaper(pool, after)


def t_earn_never_lowers_the_lend_price(pool: Pool, seconds: int, left: int) -> None:
    """A lend share never loses worth by the passing of time (MM-2, MM-6)."""
    assert all((sound(pool), pool.unearned >= 0, seconds >= 0, left > 0))
    after = kernel.earn(pool, seconds, left)
    assert no_cheaper(pool, after)


def t_earn_keeps_the_net_claim(pool: Pool, seconds: int, left: int) -> None:
    """What lenders earn moves no cash and leaves the net claim as it was (MM-1, MM-6)."""
    assert all((pool.unearned >= 0, seconds >= 0, left > 0))
    after = kernel.earn(pool, seconds, left)
    assert kernel.net_claim(after) == kernel.net_claim(pool)


def t_earn_is_the_share_of_the_time(pool: Pool, seconds: int, left: int) -> None:
    """Of what is paid for lenders earn the part of the time that passed, rounded down (MM-6)."""
    assert all((sound(pool), pool.unearned >= 0, seconds >= 0, left > 0))
    after = kernel.earn(pool, seconds, left)
    earned, exact = pool.unearned - after.unearned, pool.unearned * seconds
    assert all((earned * left <= exact, exact < (earned + 1) * left, earned >= 0))


def t_earn_leaves_nothing_at_the_boundary(pool: Pool, left: int) -> None:
    """When all the time has passed all is earned (MM-6)."""
    assert all((pool.unearned >= 0, left > 0))
    after = kernel.earn(pool, left, left)
    assert after.unearned == 0


def t_minted_shares_are_worth_at_most_the_amount(pool: Pool, amount: int) -> None:
    """The shares that a lend mints are worth at most the atoms paid (MM-2, MM-11)."""
    assert all((sound(pool), amount > 0))
    minted = kernel.lend_shares_minted(pool, amount)
    assert kernel.lend_claim(pool, minted) <= amount


def t_lend_then_redeem_never_gains(pool: Pool, amount: int) -> None:
    """Lending and redeeming all at once returns at most the atoms paid (MM-11, MM-12)."""
    assert all((sound(pool), amount > 0))
    minted = kernel.lend_shares_minted(pool, amount)
    after = kernel.lend(pool, amount, minted)
    assert kernel.lend_claim(after, minted) <= amount


def t_redeem_in_parts_never_gains(pool: Pool, shares: int, amount: int) -> None:
    """Atoms redeemed and the worth left are at most the worth before, unrounded too (MM-12)."""
    assert all((sound(pool), shares > 0, shares <= pool.lend_shares))
    assert all((amount > 0, amount <= pool.lent))
    burned = kernel.lend_shares_burned(pool, amount)
    after = kernel.redeem(pool, amount, burned)
    divisor, divisor_after = pool.lend_shares + VIRTUAL, after.lend_shares + VIRTUAL
    left = (shares - burned) * (after.lent + 1) * divisor
    taken = amount * divisor * divisor_after
    assert left + taken <= shares * (pool.lent + 1) * divisor_after


def t_burned_shares_fit_the_claim(pool: Pool, shares: int, amount: int) -> None:
    """An amount within the claim never burns more shares than the account has (MM-12)."""
    assert all((sound(pool), shares > 0, shares <= pool.lend_shares, amount > 0))
    claim = kernel.lend_claim(pool, shares)
    burned = kernel.lend_shares_burned(pool, amount)
    assert any((amount > claim, burned <= shares))


def t_split_lend_never_mints_more(pool: Pool, first: int, second: int) -> None:
    """Two lends never mint more shares than one lend of the sum (MM-11)."""
    assert all((sound(pool), first > 0, second > 0))
    minted = kernel.lend_shares_minted(pool, first)
    after = kernel.lend(pool, first, minted)
    total = minted + kernel.lend_shares_minted(after, second)
    assert total <= kernel.lend_shares_minted(pool, first + second)


def t_claims_are_within_what_is_lent(pool: Pool, mine: int, others: int) -> None:
    """The claims of all holders together never exceed what is lent (MM-2)."""
    assert all((sound(pool), pool.lend_shares <= VIRTUAL * pool.lent, mine >= 0, others >= 0))
    assert mine + others == pool.lend_shares
    claims = kernel.lend_claim(pool, mine) + kernel.lend_claim(pool, others)
    assert claims <= pool.lent


def t_lend_keeps_the_share_bound(pool: Pool, amount: int) -> None:
    """At most 10^6 lend shares stand against an atom lent, after a lend too (MM-2, MM-11)."""
    assert all((sound(pool), pool.lend_shares <= VIRTUAL * pool.lent, amount > 0))
    after = kernel.lend(pool, amount, kernel.lend_shares_minted(pool, amount))
    assert after.lend_shares <= VIRTUAL * after.lent


def t_redeem_keeps_the_share_bound(pool: Pool, amount: int) -> None:
    """At most 10^6 lend shares stand against an atom lent, after a redeem too (MM-2, MM-12)."""
    assert all((sound(pool), pool.lend_shares <= VIRTUAL * pool.lent))
    assert all((amount > 0, amount <= pool.lent))
    after = kernel.redeem(pool, amount, kernel.lend_shares_burned(pool, amount))
    assert after.lend_shares <= VIRTUAL * after.lent


def t_redeem_of_a_claim_keeps_the_share_bound(pool: Pool, shares: int) -> None:
    """At most 10^6 lend shares stand against an atom lent, after a full redeem too (MM-12)."""
    assert all((sound(pool), pool.lend_shares <= VIRTUAL * pool.lent))
    assert all((shares > 0, shares <= pool.lend_shares))
    after = kernel.redeem(pool, kernel.lend_claim(pool, shares), shares)
    assert after.lend_shares <= VIRTUAL * after.lent


def t_charge_splits_the_interest(pool: Pool, interest: int, fee: int) -> None:
    """The reserve gets the fee rounded up, within the interest; lenders get the rest (MM-6)."""
    assert all((interest >= 0, fee >= 0, fee <= RATIO))
    after = kernel.charge(pool, interest, fee)
    earned = after.reserve - pool.reserve
    exact = interest * fee
    assert all(
        (
            earned <= interest,
            exact <= earned * RATIO,
            earned * RATIO < exact + RATIO,
            after.unearned - pool.unearned == interest - earned,
        )
    )


def t_carry_is_a_fraction_of_an_atom(pool: Pool, rate: int, seconds: int) -> None:
    """Whatever was carried, less than one atom of interest is carried on (MM-6)."""
    assert all((rate >= 0, seconds >= 0, pool.interest_carry >= 0))
    after = kernel.accrue(pool, rate * seconds, 0)
    assert all((after.interest_carry >= 0, after.interest_carry < kernel.CARRY_UNIT))


def t_accrue_loses_no_fraction(pool: Pool, rate: int, seconds: int) -> None:
    """Interest charged and carried is exactly interest due and carried before (MM-6)."""
    assert all((sound(pool), rate >= 0, seconds >= 0))
    after = kernel.accrue(pool, rate * seconds, 0)
    due = pool.borrowed * rate * seconds + pool.interest_carry
    charged = after.borrowed - pool.borrowed
    assert charged * kernel.CARRY_UNIT + after.interest_carry == due


def t_accrue_in_parts_charges_the_same(pool: Pool, rate: int, first: int, second: int) -> None:
    """Two accruals on the same principal charge and carry what one of both does (MM-6)."""
    assert all((sound(pool), rate >= 0, first >= 0, second >= 0))
    once = kernel.accrue(pool, rate * (first + second), 0)
    early = kernel.accrue(pool, rate * first, 0)
    late = kernel.accrue(replace(early, borrowed=pool.borrowed), rate * second, 0)
    interest = early.borrowed - pool.borrowed + late.borrowed - pool.borrowed
    assert all(
        (interest == once.borrowed - pool.borrowed, late.interest_carry == once.interest_carry)
    )


def t_borrow_rate_is_within_the_curve(
    base: int, low: int, high: int, optimal: int, used: int
) -> None:
    """The borrow rate lies between the base rate and the sum of base and slopes (MM-4)."""
    assert all((base >= 0, low >= 0, high >= 0, optimal > 0, optimal < RATIO, used >= 0))
    rate = kernel.borrow_rate(curve(base, low, high, optimal, 0), used)
    assert all((base <= rate, rate <= base + low + high))


def t_borrow_rate_is_monotone(low: int, high: int, optimal: int, used: int, more: int) -> None:
    """A higher utilization never has a lower borrow rate (MM-4)."""
    assert all((low >= 0, high >= 0, optimal > 0, optimal < RATIO, used >= 0, more >= 0))
    parameters = curve(0, low, high, optimal, 0)
    assert kernel.borrow_rate(parameters, used) <= kernel.borrow_rate(parameters, used + more)


def t_lend_rate_is_within_what_borrowers_pay(rate: int, fee: int, used: int) -> None:
    """At any borrow rate, lenders get at most it times utilization, less the fee (MM-5)."""
    assert all((rate >= 0, fee >= 0, fee <= RATIO, used >= 0, used <= RATIO))
    paid = rate * used * (RATIO - fee)
    assert kernel.lend_rate(curve(rate, 0, 0, 1, fee), used) * RATIO * RATIO <= paid


def t_throttle_step_stays_in_bounds(pool: Pool, low: int, high: int, fraction: int) -> None:
    """A step of the throttle keeps its bound within throttle and maximum utilization (MM-9)."""
    assert all((sound(pool), low >= 0, low <= pool.throttle_bound, pool.throttle_bound <= high))
    assert all((high <= RATIO, fraction >= 0, fraction <= RATIO))
    parameters = PoolParameters(BookState.OPEN, 0, 0, 0, 1, low, fraction, high, 0, 0)
    bound = kernel.throttle(pool, parameters, 1).throttle_bound
    assert all((low <= bound, bound <= high))


def t_utilization_is_never_understated(pool: Pool) -> None:
    """Utilization is borrowed over supplied rounded up, at most one while less is owed (MM-3)."""
    assert all((sound(pool), pool.lent > 0, pool.unearned >= 0))
    used, supplied = kernel.utilization(pool), pool.lent + pool.unearned
    assert all(
        (
            pool.borrowed * RATIO <= used * supplied,
            (used - 1) * supplied < pool.borrowed * RATIO,
            any((used <= RATIO, pool.borrowed > supplied)),
        )
    )


def t_utilization_of_nothing_lent_is_zero_or_one(pool: Pool) -> None:
    """With nothing lent the utilization is one against any debt, else zero (MM-3)."""
    assert all((pool.lent == 0, pool.unearned == 0, pool.borrowed >= 0))
    used = kernel.utilization(pool)
    assert used == RATIO * (pool.borrowed > 0)
