from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ibperp import numbers

EXACT = settings(derandomize=True, deadline=None, database=None)
positive = st.integers(1, 10**40)


@EXACT
@given(st.integers(), positive)
def test_division__floor_ceiling_and_remainder(numerator: int, divisor: int) -> None:
    exact = Fraction(numerator, divisor)
    assert numbers.div_down(numerator, divisor) == floor(exact)
    assert numbers.div_up(numerator, divisor) == ceil(exact)
    assert numbers.remainder(numerator, divisor) == numerator - floor(exact) * divisor


@EXACT
@given(st.integers(), st.integers(), positive)
def test_mul_div__rounds_the_exact_product_once(value: int, factor: int, divisor: int) -> None:
    exact = Fraction(value * factor, divisor)
    assert numbers.mul_div_down(value, factor, divisor) == floor(exact)
    assert numbers.mul_div_up(value, factor, divisor) == ceil(exact)


@EXACT
@given(st.integers(0, 10**60))
def test_isqrt_up__smallest_root_not_below(value: int) -> None:
    root = numbers.isqrt_up(value)
    assert root * root >= value
    assert root == 0 or (root - 1) ** 2 < value


@EXACT
@given(st.integers(0, 10**18), st.integers(0, 10**60), st.integers(1, 10**48))
def test_scaled_isqrt_up__equals_the_root_of_the_whole_square(
    scale: int, value: int, divisor: int
) -> None:
    square = numbers.mul_div_up((scale * numbers.RATIO) ** 2, value, divisor)
    assert numbers.scaled_isqrt_up(scale, value, divisor) == numbers.isqrt_up(square)


@EXACT
@given(st.integers(0, 10**18), st.integers(0, 10**20), st.sampled_from((1, 4, 9, 10**12, 10**36)))
def test_scaled_isqrt_up__exact_at_squares_and_one_atom_beside(
    scale: int, side: int, divisor: int
) -> None:
    exact = numbers.scaled_isqrt_up(scale, side * side * divisor, divisor)
    assert exact == scale * numbers.RATIO * side
    above = numbers.scaled_isqrt_up(scale, side * side * divisor + 1, divisor)
    assert above == exact if scale == 0 else above > exact


@pytest.mark.parametrize(
    ("value", "fits"),
    [(2**127 - 1, True), (2**127, False), (1 - 2**127, True), (-(2**127), False), (0, True)],
)
def test_in_range__both_boundaries(value: int, fits: bool) -> None:
    assert numbers.in_range(value) is fits
