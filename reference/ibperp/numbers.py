"""Integer arithmetic with named rounding: the only place that divides (chapter notation)."""

from math import isqrt
from typing import Final

RATIO: Final = 10**18
"""One, as a ratio: rates, weights, fractions and fees are integers scaled by this (NT-3)."""

SECONDS_PER_YEAR: Final = 31_536_000
"""A year of 365 days, in seconds (NT-5)."""

INT128_MAX: Final = 2**127 - 1
"""The largest stored value; the smallest is its negative (NT-7)."""


def div_down(numerator: int, divisor: int) -> int:
    """Return the quotient rounded toward minus infinity; `divisor` is positive (NT-4)."""
    return numerator // divisor


def div_up(numerator: int, divisor: int) -> int:
    """Return the quotient rounded toward plus infinity; `divisor` is positive (NT-4)."""
    return -(-numerator // divisor)


def mul_div_down(value: int, multiplier: int, divisor: int) -> int:
    """Return `value * multiplier / divisor` rounded down, from the exact product (NT-4)."""
    return div_down(value * multiplier, divisor)


def mul_div_up(value: int, multiplier: int, divisor: int) -> int:
    """Return `value * multiplier / divisor` rounded up, from the exact product (NT-4)."""
    return div_up(value * multiplier, divisor)


def remainder(numerator: int, divisor: int) -> int:
    """Return what `div_down` leaves: at least 0, below `divisor` (NT-4)."""
    return numerator % divisor


def isqrt_up(value: int) -> int:
    """Return the smallest integer whose square is at least `value`, which is 0 or more (NT-6)."""
    root = isqrt(value)
    return root + (root * root < value)


def in_range(value: int) -> bool:
    """Tell whether a stored value fits signed 128 bits (NT-7)."""
    return -INT128_MAX <= value <= INT128_MAX
