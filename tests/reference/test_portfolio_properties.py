"""Properties of the margin kernel: collateral is monotone and concave, requirements are ordered."""

from __future__ import annotations

from math import isqrt
from typing import Final

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ibperp.margin import (
    Health,
    auto_close_requirement,
    collateral_value,
    is_admissible,
    is_no_riskier,
    limited_price,
    owed_value,
    requirement,
)
from ibperp.numbers import RATIO
from ibperp.parameters import HaircutKind, HaircutParameters

PROPERTY = settings(max_examples=300, derandomize=True, deadline=None, database=None)
EXACT: Final = 5 * 10**35
"""Below this value, in quote atoms, the rounding of the root never shows in a whole atom."""


def up_to(limit: int, low: int = 0) -> st.SearchStrategy[int]:
    """Integers of every order of magnitude up to `limit`."""
    digits = range(len(str(limit)))
    powers = st.sampled_from([10**n for n in digits if low <= 10**n <= limit])
    near = st.builds(
        lambda power, add: min(max(power + add, low), limit), powers, st.integers(-2, 2)
    )
    return st.one_of(near, st.integers(low, limit), powers.flatmap(lambda n: st.integers(low, n)))


units = up_to(10**24, low=1)
ratios = st.one_of(st.sampled_from((0, 1, RATIO // 10**4, RATIO)), st.integers(0, RATIO))
haircuts = st.builds(
    HaircutParameters,
    st.sampled_from(HaircutKind),
    weight=ratios,
    base=st.one_of(ratios, up_to(10**6 * RATIO)),
    penalty=ratios,
)
notionals = up_to(10**38)


@PROPERTY
@given(haircuts, up_to(10**36), up_to(10**36), up_to(10**12), units, units)
def test_collateral__never_falls_with_the_amount(  # noqa: PLR0917
    haircut: HaircutParameters, amount: int, more: int, price: int, lot: int, unit: int
) -> None:
    grown = amount + more
    assume(more * price >= lot and grown * price < EXACT * lot)
    low = collateral_value(haircut, amount, price, lot, unit)
    assert low <= collateral_value(haircut, grown, price, lot, unit)


@PROPERTY
@given(haircuts, up_to(10**24), up_to(10**24), up_to(10**24), units, units)
def test_collateral__never_falls_with_the_price(  # noqa: PLR0917
    haircut: HaircutParameters, amount: int, price: int, rise: int, lot: int, unit: int
) -> None:
    assume(amount * rise >= lot and amount * (price + rise) < EXACT * lot)
    low = collateral_value(haircut, amount, price, lot, unit)
    assert low <= collateral_value(haircut, amount, price + rise, lot, unit)


@PROPERTY
@given(haircuts, up_to(10**33), up_to(10**33), up_to(10**33), units)
def test_collateral__weight_concave(
    haircut: HaircutParameters, amount: int, between: int, more: int, unit: int
) -> None:
    def value(atoms: int) -> int:
        return collateral_value(haircut, atoms, 1, 1, unit)

    early = value(amount + more) - value(amount)
    late = value(amount + between + more) - value(amount + between)
    assert late <= early + 2


@PROPERTY
@given(haircuts, up_to(10**36), up_to(10**12), units, units)
def test_collateral__bounded_by_its_weight_and_by_the_root_of_its_value(
    haircut: HaircutParameters, amount: int, price: int, lot: int, unit: int
) -> None:
    value = collateral_value(haircut, amount, price, lot, unit)
    assert 0 <= value * RATIO * lot <= haircut.weight * amount * price
    if haircut.kind is HaircutKind.INVERSE_SQRT:
        square = haircut.base**2 * amount * price * unit
        assert (value * haircut.penalty) ** 2 * lot <= square
        assert value * haircut.penalty <= isqrt(-(-square // lot)) + 1


@PROPERTY
@given(haircuts, up_to(10**36), up_to(10**12), units, units)
def test_owed__never_below_collateral(
    haircut: HaircutParameters, amount: int, price: int, lot: int, unit: int
) -> None:
    owed = owed_value(amount, price, lot)
    assert collateral_value(haircut, amount, price, lot, unit) <= owed
    assert owed_value(amount + 1, price, lot) >= owed


@PROPERTY
@given(notionals, notionals, ratios.filter(bool), ratios, units)
def test_requirement__requirement_monotone(
    notional: int, more: int, base: int, factor: int, unit: int
) -> None:
    needed = requirement(notional, base, factor, unit)
    assert needed <= requirement(notional + more, base, factor, unit)
    assert (needed > 0) == (notional > 0)
    assert needed * RATIO >= notional * base


@PROPERTY
@given(
    notionals,
    st.tuples(ratios, ratios).filter(lambda pair: 0 < min(pair) < max(pair)),
    st.tuples(ratios, ratios),
    up_to(10**6 * RATIO, low=RATIO),
    ratios,
    units,
)
def test_requirement__auto_close_below_maintenance_below_initial(  # noqa: PLR0917
    notional: int,
    bases: tuple[int, int],
    factors: tuple[int, int],
    divisor: int,
    offset: int,
    unit: int,
) -> None:
    initial = requirement(notional, max(bases), max(factors), unit)
    maintenance = requirement(notional, min(bases), min(factors), unit)
    auto_close = auto_close_requirement(notional, maintenance, divisor, offset)
    assert 0 <= auto_close <= maintenance <= initial
    assert (auto_close > 0) == (maintenance > 0)


@PROPERTY
@given(up_to(10**38, low=1), up_to(10**38, low=1), ratios, up_to(10**6 * RATIO, low=RATIO))
def test_limited_price__within_the_limits_and_as_near_as_they_let_it(
    previous: int, asked: int, low: int, high: int
) -> None:
    price = limited_price(previous, asked, low, high)
    assert price >= 1
    assert previous * low < (price + 1) * RATIO
    assert (price - 1) * RATIO < previous * high
    assert min(previous, asked) <= price <= max(previous, asked)
    assert price == asked or not (previous * low <= asked * RATIO <= previous * high)
    assert limited_price(previous, price, low, high) == price


healths = st.builds(
    lambda equity, loss, requirements: Health(
        equity, 0, loss, requirements[2], requirements[2], requirements[1], requirements[0]
    ),
    st.integers(-20, 60),
    st.integers(0, 9),
    st.lists(st.integers(1, 30), min_size=3, max_size=3).map(sorted),
)


@PROPERTY
@given(healths, healths, healths)
def test_no_riskier__is_an_order(first: Health, second: Health, third: Health) -> None:
    assert is_no_riskier(first, first)
    if is_no_riskier(first, second) and is_no_riskier(second, third):
        assert is_no_riskier(first, third)


@PROPERTY
@given(healths, healths, healths)
def test_admissible__several_in_turn_end_above_maintenance_or_no_riskier(
    first: Health, second: Health, third: Health
) -> None:
    if is_admissible(first, second) and is_admissible(second, third):
        assert third.equity - third.order_loss >= third.maintenance or is_no_riskier(first, third)
