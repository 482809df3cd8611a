"""Theorems about collateral, debts, requirements and prices, for all integers (portfolio)."""

from ibperp import margin
from ibperp.numbers import RATIO
from ibperp.parameters import HaircutKind, HaircutParameters


def sound(haircut: HaircutParameters) -> bool:
    """Tell whether weight and base are what an asset may have."""
    return all((haircut.weight >= 0, haircut.weight <= RATIO, haircut.base >= 0))


def t_listed_value_is_within_the_full_value(
    haircut: HaircutParameters, amount: int, price: int, lot_atoms: int
) -> None:
    """Collateral never counts for less than nothing, nor for more than its full value (PF-2)."""
    assert all((sound(haircut), amount >= 0, price >= 0, lot_atoms > 0))
    value = margin.listed_value(haircut, amount, price, lot_atoms)
    assert all((value >= 0, value * lot_atoms <= amount * price))


def t_identity_counts_the_listed_value(
    weight: int, amount: int, price: int, lot_atoms: int, unit: int
) -> None:
    """Without a penalty for size, collateral counts the listed value exactly (PF-2)."""
    assert all((weight >= 0, amount >= 0, price >= 0, lot_atoms > 0, unit > 0))
    identity = HaircutParameters(HaircutKind.IDENTITY, weight, 0, 0)
    value = margin.collateral_value(identity, amount, price, lot_atoms, unit) * lot_atoms * RATIO
    exact = amount * price * weight
    assert all((value <= exact, exact < value + lot_atoms * RATIO))


def t_more_atoms_never_count_less(
    haircut: HaircutParameters, amount: int, more: int, price: int, lot_atoms: int
) -> None:
    """At one weight, more atoms owned never count for less (PF-2)."""
    assert all((sound(haircut), amount >= 0, more >= 0, price >= 0, lot_atoms > 0))
    value = margin.listed_value(haircut, amount, price, lot_atoms)
    assert value <= margin.listed_value(haircut, amount + more, price, lot_atoms)


def t_a_higher_price_never_counts_less(
    haircut: HaircutParameters, amount: int, price: int, more: int, lot_atoms: int
) -> None:
    """At one weight, atoms owned never count for less at a higher price (PF-2)."""
    assert all((sound(haircut), amount >= 0, price >= 0, more >= 0, lot_atoms > 0))
    value = margin.listed_value(haircut, amount, price, lot_atoms)
    assert value <= margin.listed_value(haircut, amount, price + more, lot_atoms)


def t_splitting_collateral_never_gains(
    haircut: HaircutParameters, first: int, second: int, price: int, lot_atoms: int
) -> None:
    """Collateral in two accounts never counts for more than in one, at one weight (PF-2)."""
    assert all((sound(haircut), first >= 0, second >= 0, price >= 0, lot_atoms > 0))
    one = margin.listed_value(haircut, first, price, lot_atoms)
    other = margin.listed_value(haircut, second, price, lot_atoms)
    both = margin.listed_value(haircut, first + second, price, lot_atoms)
    assert all((one + other <= both, both <= one + other + 1))


def t_penalty_for_size_never_gains(
    haircut: HaircutParameters, amount: int, price: int, lot_atoms: int, root: int
) -> None:
    """With the penalty for size collateral counts from zero to its listed value (PF-2)."""
    assert all((sound(haircut), amount >= 0, price >= 0, lot_atoms > 0, root >= 0))
    listed = margin.listed_value(haircut, amount, price, lot_atoms)
    sized = margin.sized_value(haircut, amount, price, lot_atoms, root)
    assert all((sized >= 0, sized <= listed))


def t_larger_penalty_never_counts_more(
    haircut: HaircutParameters, amount: int, price: int, lot_atoms: int, root: int, *, more: int
) -> None:
    """A larger penalty for size never lets the same atoms count for more (PF-2)."""
    assert all((sound(haircut), amount >= 0, price >= 0, lot_atoms > 0))
    assert all((root >= 0, more >= 0))
    low = margin.sized_value(haircut, amount, price, lot_atoms, root + more)
    assert low <= margin.sized_value(haircut, amount, price, lot_atoms, root)


def t_owed_value_is_rounded_up_once(amount: int, price: int, lot_atoms: int) -> None:
    """A debt counts for its exact value rounded up (PF-3)."""
    assert all((amount >= 0, price >= 0, lot_atoms > 0))
    value = margin.owed_value(amount, price, lot_atoms)
    exact = amount * price
    assert all((exact <= value * lot_atoms, (value - 1) * lot_atoms < exact))


def t_an_atom_owned_never_counts_more_than_owed(
    haircut: HaircutParameters, amount: int, price: int, lot_atoms: int, root: int
) -> None:
    """The same atoms never count for more owned than owed, whatever the weight (PF-2, PF-3)."""
    assert all((sound(haircut), amount >= 0, price >= 0, lot_atoms > 0))
    assert root >= 0
    owned = margin.sized_value(haircut, amount, price, lot_atoms, root)
    assert owned <= margin.owed_value(amount, price, lot_atoms)


def t_splitting_a_debt_never_counts_less(
    first: int, second: int, price: int, lot_atoms: int
) -> None:
    """Two debts never count for less than one of their sum (PF-3)."""
    assert all((first >= 0, second >= 0, price >= 0, lot_atoms > 0))
    parts = margin.owed_value(first, price, lot_atoms) + margin.owed_value(second, price, lot_atoms)
    assert parts >= margin.owed_value(first + second, price, lot_atoms)


def t_required_is_at_least_the_base_share(notional: int, base: int, by_size: int) -> None:
    """Whatever the fraction by size, no less than the base share is required (PF-4)."""
    assert all((notional >= 0, base >= 0, by_size >= 0))
    margin_required = margin.required(notional, max(base, by_size))
    assert margin_required * RATIO >= notional * base


def t_required_is_within_the_notional(notional: int, fraction: int) -> None:
    """A fraction of at most one never requires more than the notional (PF-4)."""
    assert all((notional >= 0, fraction >= 0, fraction <= RATIO))
    margin_required = margin.required(notional, fraction)
    assert all((margin_required >= 0, margin_required <= notional))


def t_larger_notional_never_requires_less(
    notional: int, more: int, fraction: int, rise: int
) -> None:
    """A larger notional at no smaller a fraction never requires less (PF-4)."""
    assert all((notional >= 0, more >= 0, fraction >= 0, rise >= 0))
    margin_required = margin.required(notional, fraction)
    assert margin_required <= margin.required(notional + more, fraction + rise)


def t_auto_close_is_within_maintenance(
    notional: int, maintenance: int, divisor: int, offset: int
) -> None:
    """The book never stops to serve above maintenance, nor below zero (PF-6)."""
    assert all((notional >= 0, maintenance >= 0, divisor >= RATIO, offset >= 0))
    closed = margin.auto_close_requirement(notional, maintenance, divisor, offset)
    assert all((closed >= 0, closed <= maintenance))


def t_auto_close_is_the_larger_of_two(
    notional: int, maintenance: int, divisor: int, offset: int
) -> None:
    """The auto-close equity is below neither maintenance divided nor less the offset (PF-6)."""
    assert all((notional >= 0, maintenance >= 0, divisor >= RATIO, offset >= 0))
    closed = margin.auto_close_requirement(notional, maintenance, divisor, offset)
    by_offset = maintenance * RATIO - notional * offset
    assert all((closed * divisor >= maintenance * RATIO, closed * RATIO >= by_offset))


def t_first_price_is_not_limited(asked: int, low: int, high: int) -> None:
    """Without a previous price nothing limits a price (PF-10)."""
    assert all((asked > 0, low >= 0, high >= 0))
    price = margin.limited_price(0, asked, low, high)
    assert price == asked


def t_limited_price_is_within_its_bounds(previous: int, asked: int, low: int, high: int) -> None:
    """A price moves by less than an atom beyond its multipliers, and never below one (PF-10)."""
    assert all((previous > 0, asked > 0, low >= 0, low <= RATIO, high >= RATIO))
    price = margin.limited_price(previous, asked, low, high)
    assert all(
        ((price + 1) * RATIO > previous * low, (price - 1) * RATIO < previous * high, price >= 1)
    )


def t_price_within_the_bounds_is_not_moved(previous: int, asked: int, low: int, high: int) -> None:
    """A price within the multipliers of the previous one is taken unchanged (PF-10)."""
    assert all((previous > 0, asked > 0, low >= 0, high >= 0))
    assert all((previous * low <= asked * RATIO, asked * RATIO <= previous * high))
    price = margin.limited_price(previous, asked, low, high)
    assert price == asked


def t_limited_price_asked_again_is_not_moved(
    previous: int, asked: int, low: int, high: int
) -> None:
    """Limiting a limited price against the same previous price changes nothing (PF-10)."""
    assert all((previous > 0, asked > 0, low >= 0, low <= RATIO, high >= RATIO))
    price = margin.limited_price(previous, asked, low, high)
    assert margin.limited_price(previous, price, low, high) == price


def t_limited_price_lies_between_previous_and_asked(
    previous: int, asked: int, low: int, high: int
) -> None:
    """A limited price never overshoots the new one, nor moves away from it (PF-10)."""
    assert all((previous > 0, asked > 0, low >= 0, low <= RATIO, high >= RATIO))
    price = margin.limited_price(previous, asked, low, high)
    assert all((min(previous, asked) <= price, price <= max(previous, asked)))


def t_limited_price_is_never_stuck(previous: int, asked: int, low: int, high: int) -> None:
    """If the multipliers leave room, a price always moves towards the new one (PF-10)."""
    assert all((previous > 0, asked > 0, low >= 0, low < RATIO, high > RATIO))
    price = margin.limited_price(previous, asked, low, high)
    rises = any((asked <= previous, price > previous))
    assert all((rises, any((asked >= previous, price < previous))))


def t_higher_asked_never_gives_a_lower_price(
    previous: int, asked: int, more: int, low: int, high: int
) -> None:
    """Asking for a higher price never gives a lower one (PF-10)."""
    assert all((previous > 0, asked > 0, more >= 0, low >= 0, low <= RATIO, high >= RATIO))
    price = margin.limited_price(previous, asked, low, high)
    assert price <= margin.limited_price(previous, asked + more, low, high)
