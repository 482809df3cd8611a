"""The lending pool's kernel: claims in atoms and shares, exact in integers (chapter money-market).

Cash is moved by postings alone. Each function here moves the net claim `lent + reserve + unearned -
borrowed` by exactly the atoms that its caller posts into (or out of) cash, so that in every state
`cash + borrowed == lent + reserve + unearned` (MM-1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.numbers import RATIO, SECONDS_PER_YEAR, div_down, mul_div_down, mul_div_up, remainder
from ibperp.records import replace

if TYPE_CHECKING:
    from ibperp.parameters import PoolParameters
    from ibperp.state import Pool

SHARES_PER_ATOM: Final = 10**6
"""Shares of an atom in a new pool; also the virtual lend shares, for one virtual atom (MM-2)."""

CARRY_UNIT: Final = RATIO * SECONDS_PER_YEAR
"""What an atom of interest is in `interest_carry` (MM-6)."""

THROTTLE_STEPS_MAX: Final = 64
"""The most steps that the throttle bound makes in one advance of the clock (MM-9)."""


def net_claim(pool: Pool) -> int:
    """Return what the pool's cash must be: all claims less the debts, in atoms (MM-1)."""
    return pool.lent + pool.reserve + pool.unearned - pool.borrowed


def supplied(pool: Pool) -> int:
    """Return what belongs to lenders now and until the next boundary, in atoms (MM-3)."""
    return pool.lent + pool.unearned


def lend_claim(pool: Pool, shares: int) -> int:
    """Return the atoms that `shares` lend shares are worth, rounded down (MM-2)."""
    return mul_div_down(shares, pool.lent + 1, pool.lend_shares + SHARES_PER_ATOM)


def debt(pool: Pool, shares: int) -> int:
    """Return the atoms that `shares` borrow shares owe, rounded up; zero shares owe zero (MM-2)."""
    if shares == 0:
        return 0
    return mul_div_up(shares, pool.borrowed, pool.borrow_shares)


def lend_shares_minted(pool: Pool, amount: int) -> int:
    """Return the shares that lending `amount` atoms mints, rounded down (MM-11)."""
    return mul_div_down(amount, pool.lend_shares + SHARES_PER_ATOM, pool.lent + 1)


def lend_shares_burned(pool: Pool, amount: int) -> int:
    """Return the shares that redeeming `amount` atoms burns, rounded up (MM-12)."""
    return mul_div_up(amount, pool.lend_shares + SHARES_PER_ATOM, pool.lent + 1)


def borrow_shares_minted(pool: Pool, amount: int) -> int:
    """Return the shares that owing `amount` atoms more mints, rounded up (MM-13)."""
    if pool.borrow_shares == 0:
        return amount * SHARES_PER_ATOM
    return mul_div_up(amount, pool.borrow_shares, pool.borrowed)


def borrow_shares_burned(pool: Pool, amount: int) -> int:
    """Return the shares that repaying `amount` atoms of a debt burns, rounded down (MM-14)."""
    return mul_div_down(amount, pool.borrow_shares, pool.borrowed)


def shares_to_pass(pool: Pool, held: int, amount: int) -> int:
    """Return the shares that `amount` atoms of a lend are: all of them for all of it (LQ-3)."""
    return held if amount == lend_claim(pool, held) else lend_shares_burned(pool, amount)


def shares_to_redeem(pool: Pool, held: int, amount: int) -> int:
    """Return the shares that redeeming `amount` atoms of a lend burns (MM-12).

    All of them if the rest would claim not one atom: no lend is left that claims nothing.
    """
    burned = shares_to_pass(pool, held, amount)
    if burned == held:
        return held
    return burned if lend_claim(redeem(pool, amount, burned), held - burned) else held


def shares_to_repay(pool: Pool, owed: int, amount: int) -> int:
    """Return the shares that repaying `amount` atoms of a debt burns: all for all of it (MM-14)."""
    return owed if amount == debt(pool, owed) else borrow_shares_burned(pool, amount)


def lend(pool: Pool, amount: int, shares: int) -> Pool:
    """Add `amount` atoms and `shares` to the lend side (MM-11)."""
    return replace(pool, lent=pool.lent + amount, lend_shares=pool.lend_shares + shares)


def redeem(pool: Pool, amount: int, shares: int) -> Pool:
    """Take `amount` atoms and `shares` from the lend side (MM-12)."""
    return replace(pool, lent=pool.lent - amount, lend_shares=pool.lend_shares - shares)


def borrow(pool: Pool, amount: int, shares: int) -> Pool:
    """Add `amount` atoms and `shares` to the borrow side (MM-13)."""
    return replace(pool, borrowed=pool.borrowed + amount, borrow_shares=pool.borrow_shares + shares)


def borrow_with_fee(pool: Pool, amount: int, fee: int, reserve_fee: int) -> tuple[Pool, int]:
    """Return the pool after a borrow, and the shares that owe `amount` and the entry fee (MM-13).

    The fee is interest (MM-7): what the reserve gains is the reserve's part of it.
    """
    shares = borrow_shares_minted(pool, amount + fee)
    return borrow(charge(pool, fee, reserve_fee), amount, shares), shares


def repay(pool: Pool, amount: int, shares: int) -> Pool:
    """Take `shares` from the borrow side for `amount` atoms paid (MM-14).

    The debt falls by what the shares owe, rounded down; the rest of it goes to the reserve.
    """
    principal = mul_div_down(shares, pool.borrowed, pool.borrow_shares)
    return replace(
        pool,
        borrowed=pool.borrowed - principal,
        borrow_shares=pool.borrow_shares - shares,
        reserve=pool.reserve + amount - principal,
    )


def accrue(pool: Pool, rate_time: int, reserve_fee: int) -> Pool:
    """Charge simple interest on `borrowed`; `rate_time`: rate a year times seconds (MM-6).

    The fraction of an atom stays in `interest_carry`; the reserve gets its fee rounded up.
    """
    due = pool.borrowed * rate_time + pool.interest_carry
    charged = charge(pool, div_down(due, CARRY_UNIT), reserve_fee)
    return replace(charged, interest_carry=remainder(due, CARRY_UNIT))


def charge(pool: Pool, interest: int, reserve_fee: int) -> Pool:
    """Add `interest` atoms to the debts, for time to come: lenders earn it as time passes (MM-6).

    The reserve gets its fee, rounded up, at once.
    """
    fee = mul_div_up(interest, reserve_fee, RATIO)
    return replace(
        pool,
        unearned=pool.unearned + interest - fee,
        borrowed=pool.borrowed + interest,
        reserve=pool.reserve + fee,
    )


def earn(pool: Pool, seconds: int, left: int) -> Pool:
    """Give lenders what they earn in `seconds` of the `left` seconds that are paid for (MM-6).

    Without lend shares there is no lender, and the reserve earns it.
    """
    earned = mul_div_down(pool.unearned, seconds, left)
    unearned = pool.unearned - earned
    if pool.lend_shares == 0:
        return replace(pool, unearned=unearned, reserve=pool.reserve + earned)
    return replace(pool, unearned=unearned, lent=pool.lent + earned)


def entry_fee(amount: int, rate: int, seconds: int) -> int:
    """Return the interest on a new borrow for the rest of the interval, rounded up (MM-7)."""
    return mul_div_up(amount, rate * seconds, CARRY_UNIT)


def utilization(pool: Pool) -> int:
    """Return borrowed / supplied as a ratio, rounded up; one if a debt faces no lend (MM-3)."""
    if supplied(pool) == 0:
        return RATIO if pool.borrowed else 0
    return mul_div_up(pool.borrowed, RATIO, supplied(pool))


def borrow_rate(parameters: PoolParameters, used: int) -> int:
    """Return the borrow rate a year at the utilization `used`, rounded up (MM-4)."""
    optimal = parameters.optimal_utilization
    used = min(used, RATIO)
    if used <= optimal:
        return parameters.base_rate + mul_div_up(parameters.slope_low, used, optimal)
    beyond = mul_div_up(parameters.slope_high, used - optimal, RATIO - optimal)
    return parameters.base_rate + parameters.slope_low + beyond


def unpaid_rate(parameters: PoolParameters, pool: Pool, unpaid: int) -> int:
    """Return the borrow rate a year as if what is unpaid, above zero, were lent and borrowed too.

    So it costs what virtual shares cost (ST-10).
    """
    used = mul_div_up(pool.borrowed + unpaid, RATIO, supplied(pool) + unpaid)
    return borrow_rate(parameters, used)


def lend_rate(parameters: PoolParameters, used: int) -> int:
    """Return the lend rate a year at the utilization `used`, rounded down (MM-5)."""
    gross = mul_div_down(borrow_rate(parameters, used), min(used, RATIO), RATIO)
    return mul_div_down(gross, RATIO - parameters.reserve_fee, RATIO)


def throttle(pool: Pool, parameters: PoolParameters, steps: int) -> Pool:
    """Move the throttle bound by `steps` throttle intervals (MM-9).

    At or above the throttle utilization it rises by a fraction of what is left to the maximum;
    below, it falls back to the throttle utilization.
    """
    bound = pool.throttle_bound
    if utilization(pool) < parameters.throttle_utilization:
        return replace(pool, throttle_bound=parameters.throttle_utilization)
    for _ in range(min(steps, THROTTLE_STEPS_MAX)):
        left = parameters.max_utilization - bound
        bound += mul_div_down(left, parameters.throttle_fraction, RATIO)
    return replace(pool, throttle_bound=bound)


def with_bound_in(pool: Pool, limits: PoolParameters) -> Pool:
    """Return a pool with its throttle bound moved into the range of new parameters (MM-16)."""
    bound = max(pool.throttle_bound, limits.throttle_utilization)
    return replace(pool, throttle_bound=min(bound, limits.max_utilization))


def merged(pool: Pool, first: int, second: int) -> tuple[Pool, int]:
    """Return signed shares joined into one amount, and the pool after it (LQ-3).

    Shares of the same side add up. A lend and a debt cancel at what the smaller is worth, without
    cash, so that an account never holds both; what claims nothing is burned.
    """
    if first * second >= 0:
        return pool, first + second
    lend_side, owed_side = max(first, second), -min(first, second)
    part = min(lend_claim(pool, lend_side), debt(pool, owed_side))
    burned = shares_to_pass(pool, lend_side, part)
    repaid = shares_to_repay(pool, owed_side, part)
    after = repay(redeem(pool, part, burned), part, repaid)
    return after, lend_side - burned - owed_side + repaid


def written_off(pool: Pool, shares: int) -> tuple[Pool, int, int]:
    """Return the pool without an unpaid debt, and the losses of reserve and lenders (LQ-9)."""
    principal = mul_div_down(shares, pool.borrowed, pool.borrow_shares)
    by_reserve = min(pool.reserve, principal)
    by_lenders = principal - by_reserve
    at_once = min(pool.lent, by_lenders)
    after = replace(
        pool,
        borrowed=pool.borrowed - principal,
        borrow_shares=pool.borrow_shares - shares,
        reserve=pool.reserve - by_reserve,
        lent=pool.lent - at_once,
        unearned=pool.unearned - (by_lenders - at_once),
    )
    return after, by_reserve, by_lenders
