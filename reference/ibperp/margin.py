"""The margin kernel: values of collateral, requirements of exposures, and admissible changes.

All values are quote atoms, all weights and fractions ratios of 10^18. No function looks at a state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.numbers import RATIO, div_up, isqrt_up, mul_div_down, mul_div_up, scaled_isqrt_up
from ibperp.parameters import HaircutKind
from ibperp.records import record, replace

if TYPE_CHECKING:
    from ibperp.parameters import HaircutParameters

REDUCTION_DIVISOR: Final = 10
"""A reduction may cost a tenth of the maintenance that it releases, at any equity (PF-8)."""


@record
class Health:
    """What an account is worth, what its open orders may cost, and what it requires (PF-7).

    `uncounted_gain`: the part of equity that does not count for initial margin. `order_loss`: the
    most that filling open orders takes from equity. `exposure`: the notional of all debts and
    positions, those of filled orders included. The others are requirements.
    """

    equity: int
    uncounted_gain: int
    order_loss: int
    exposure: int
    initial: int
    maintenance: int
    auto_close: int


def collateral_value(
    haircut: HaircutParameters, amount: int, price: int, lot_atoms: int, quote_unit: int
) -> int:
    """Return what `amount` atoms owned count for, rounded down once (PF-2).

    The weight is `haircut.weight`, or less: with `inverse_sqrt` at most `base / (1 + penalty * r)`,
    r the square root of the value in US dollars, taken with 18 more digits and rounded up.
    """
    if haircut.kind is HaircutKind.IDENTITY:
        return listed_value(haircut, amount, price, lot_atoms)
    root = scaled_isqrt_up(haircut.penalty, amount * price, lot_atoms * quote_unit)
    return sized_value(haircut, amount, price, lot_atoms, root)


def listed_value(haircut: HaircutParameters, amount: int, price: int, lot_atoms: int) -> int:
    """Return what `amount` atoms owned count for whatever their value, rounded down (PF-2)."""
    return mul_div_down(amount * price, haircut.weight, lot_atoms * RATIO)


def sized_value(
    haircut: HaircutParameters, amount: int, price: int, lot_atoms: int, root: int
) -> int:
    """Return what atoms owned count for, given the penalty times the root of their value (PF-2).

    `root` has 36 digits after the point.
    """
    divisor = lot_atoms * (RATIO * RATIO + root)
    sized = mul_div_down(amount * price, haircut.base * RATIO, divisor)
    return min(listed_value(haircut, amount, price, lot_atoms), sized)


def owed_value(amount: int, price: int, lot_atoms: int) -> int:
    """Return what `amount` atoms owed count for, rounded up (PF-3)."""
    return mul_div_up(amount, price, lot_atoms)


def requirement(notional: int, base: int, factor: int, quote_unit: int) -> int:
    """Return the margin that a notional requires, rounded up (PF-4).

    The fraction is the larger of `base` and `factor` times the square root of the notional in USD.
    """
    by_size = isqrt_up(div_up(factor * factor * notional, quote_unit))
    return required(notional, max(base, by_size))


def required(notional: int, fraction: int) -> int:
    """Return a fraction of a notional, rounded up (PF-4)."""
    return mul_div_up(notional, fraction, RATIO)


def auto_close_requirement(notional: int, maintenance: int, divisor: int, offset: int) -> int:
    """Return the equity at or below which the book is not used, rounded up (PF-6)."""
    by_offset = maintenance - mul_div_down(notional, offset, RATIO)
    return max(mul_div_up(maintenance, RATIO, divisor), by_offset)


def counted_gain(gain: int, weight: int, cap: int) -> int:
    """Return what of a gain counts for initial margin; a loss counts in full (PF-12)."""
    if gain <= 0:
        return gain
    return min(mul_div_down(gain, weight, RATIO), cap)


def counted_equity(health: Health) -> int:
    """Return the equity that may meet an initial requirement (PF-8)."""
    return health.equity - health.uncounted_gain - health.order_loss


def order_loss(delivered: int, received: int) -> int:
    """Return what one filled order takes from equity at most: never below zero (PF-5)."""
    return max(delivered - received, 0)


def is_admissible(before: Health, after: Health) -> bool:
    """Tell whether an owner's action may lead from one health to the other (PF-8)."""
    return counted_equity(after) >= after.initial or is_no_riskier(before, after)


def is_no_riskier(before: Health, after: Health) -> bool:
    """Tell whether maintenance did not rise, and equity over maintenance did not fall (PF-8).

    That holds for the equity that counts for initial margin, and for the whole equity: otherwise an
    account could lose a gain that does not count, and become due by its own action.
    """
    required, still = before.maintenance, after.maintenance
    keeps_counted = is_ratio_kept(counted_equity(before), counted_equity(after), required, still)
    keeps_whole = is_ratio_kept(before.equity, after.equity, required, still)
    return still <= required and keeps_counted and keeps_whole


def is_ratio_kept(was: int, now: int, required: int, still: int) -> bool:
    """Tell whether equity over the requirement did not fall, `was / required` to `now / still`.

    Or equity fell by at most a tenth of what the requirement fell by: near zero and below, a ratio
    leaves nothing for the cost of a reduction (PF-8).
    """
    is_kept = now >= 0 and now * required >= was * still
    return is_kept or (was - now) * REDUCTION_DIVISOR <= required - still


def is_admissible_without(healths: tuple[Health, Health], uncounted: tuple[int, int]) -> bool:
    """Tell whether a change is admissible if a part of the collateral counts for nothing (PF-9).

    `uncounted`: what that part counts for before and after. A change that is admissible only by
    being no riskier must be so with that part too, because an account must not withdraw it as if it
    were worthless.
    """
    before, after = (
        replace(of, equity=of.equity - part) for of, part in zip(healths, uncounted, strict=True)
    )
    if counted_equity(after) >= after.initial:
        return True
    return is_no_riskier(before, after) and is_no_riskier(*healths)


def is_liquidatable(health: Health) -> bool:
    """Tell whether an account has an exposure that its equity does not maintain (PF-7)."""
    return health.exposure > 0 and health.equity <= health.maintenance


def limited_price(previous: int, asked: int, low: int, high: int) -> int:
    """Return `asked`, moved into what one update may do to a previous price (PF-10).

    The bounds are `low` and `high` times the previous price, rounded outward; never below one.
    Without a previous price (0) nothing is limited.
    """
    if previous == 0:
        return asked
    floor = max(mul_div_down(previous, low, RATIO), 1)
    return min(max(asked, floor), mul_div_up(previous, high, RATIO))
