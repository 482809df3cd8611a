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


def isqrt_and_rest(value: int) -> tuple[int, int]:
    """Return the largest integer whose square is at most `value`, and what that leaves (NT-6)."""
    root = isqrt(value)
    return root, value - root * root


def scaled_isqrt_up(scale: int, value: int, divisor: int) -> int:
    """Return the smallest root whose square is at least `(scale * RATIO)^2 * value / divisor`.

    The root is taken as on paper, first the digits of `RATIO`, then those of `scale`, so that
    nothing is as wide as the square (NT-6): what is left below a root is at most twice the root.
    """
    square, part = value * RATIO * RATIO, scale * scale
    coarse, left = isqrt_and_rest(div_down(square, divisor))
    rest = remainder(square, divisor) * part
    root, left = coarse * scale, left * part + div_down(rest, divisor)
    more = missing_digits(root, left, scale)
    is_exact = more * (root + root + more) == left and not remainder(rest, divisor)
    return root + more + (not is_exact)


def missing_digits(root: int, left: int, limit: int) -> int:
    """Return the most that can be added to a root whose square leaves `left`, up to `limit` (NT-6).

    From above, each step comes nearer and none goes below (Newton's method).
    """
    more = limit
    while more * (root + root + more) > left:
        more = div_down(left + more * more, (root + more) * 2)
    return more


def in_range(value: int) -> bool:
    """Tell whether a stored value fits signed 128 bits (NT-7)."""
    return -INT128_MAX <= value <= INT128_MAX
