"""Theorems about the rounding primitives, for all integers (chapter notation)."""

from ibperp import numbers


def t_div_down_is_the_floor(numerator: int, divisor: int) -> None:
    """The quotient rounded down is the only integer q with q*d <= n < (q+1)*d (NT-4)."""
    assert divisor > 0
    quotient = numbers.div_down(numerator, divisor)
    assert all((quotient * divisor <= numerator, numerator < quotient * divisor + divisor))


def t_div_up_is_the_ceiling(numerator: int, divisor: int) -> None:
    """The quotient rounded up is the only integer q with (q-1)*d < n <= q*d (NT-4)."""
    assert divisor > 0
    quotient = numbers.div_up(numerator, divisor)
    assert all((quotient * divisor - divisor < numerator, numerator <= quotient * divisor))


def t_remainder_is_what_the_quotient_leaves(quotient: int, rest: int, divisor: int) -> None:
    """Of q*d + r with 0 <= r < d, which every integer is, the remainder is r (NT-4)."""
    assert all((rest >= 0, rest < divisor))
    numerator = quotient * divisor + rest
    assert numbers.remainder(numerator, divisor) == rest


def t_mul_div_directions_differ_by_at_most_one(value: int, multiplier: int, divisor: int) -> None:
    """Up minus down is one if the exact product leaves a remainder, else zero (NT-4)."""
    assert divisor > 0
    down = numbers.mul_div_down(value, multiplier, divisor)
    up = numbers.mul_div_up(value, multiplier, divisor)
    assert up - down == (down * divisor != value * multiplier)


def t_mul_div_down_is_the_floor_of_the_exact_product(
    value: int, multiplier: int, divisor: int
) -> None:
    """The product is exact, whatever its size, and rounded once, downwards (NT-4)."""
    assert divisor > 0
    quotient = numbers.mul_div_down(value, multiplier, divisor)
    left = value * multiplier - quotient * divisor
    assert all((left >= 0, left < divisor))


def t_div_down_is_monotone(numerator: int, more: int, divisor: int) -> None:
    """A larger numerator never has a smaller quotient rounded down (NT-4)."""
    assert all((divisor > 0, more >= 0))
    quotient = numbers.div_down(numerator, divisor)
    assert quotient <= numbers.div_down(numerator + more, divisor)


def t_in_range_is_symmetric(value: int) -> None:
    """A value fits exactly if its absolute value is at most 2^127 - 1 (NT-7)."""
    assert value >= 0
    fits = numbers.in_range(value)
    assert all((fits == (value < 2**127), numbers.in_range(-value) == (value < 2**127)))
