"""Decimals that people write, exactly as the integers that the rules compute with, and back."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from ibperp.numbers import RATIO

DECIMAL: Final = re.compile(r"(-?)([0-9][0-9_]*)(?:\.([0-9]+))?", re.ASCII)
DURATION: Final = re.compile(r"([0-9]+) ?(s|m|h|d|seconds?|minutes?|hours?|days?)?", re.ASCII)
LENGTH_MAX: Final = 80
SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class UnitError(ValueError):
    """A decimal that is none, or that no integer represents; `nearest` is the next one below."""

    def __init__(self, message: str, nearest: int | None = None) -> None:
        super().__init__(message)
        self.nearest = nearest


def parse_decimal(text: object) -> Fraction:
    """Return the exact value of a decimal such as `1000.5` or `1_000`; raise UnitError."""
    match = DECIMAL.fullmatch(text) if isinstance(text, str) and len(text) <= LENGTH_MAX else None
    if match is None:
        shown = f", got {text!r}" if isinstance(text, str) and len(text) <= LENGTH_MAX else ""
        raise UnitError(f'expected a decimal such as "1000.5"{shown}')
    sign, whole, part = match.groups()
    value = Fraction(f"{whole.replace('_', '')}.{part or '0'}")
    return -value if sign else value


def integer_of(text: object, scale: Fraction | int, *, unit: str = "") -> int:
    """Return `text` times `scale` as an integer; raise UnitError naming the nearest valid values.

    `text` may end with the name of its unit, as in `1000.5 USDC`.
    """
    if unit and isinstance(text, str):
        text = text.removesuffix(unit).rstrip(" ")
    value = parse_decimal(text) * scale
    below = value.numerator // value.denominator
    if value.denominator == 1:
        return below
    low, high = (decimal_of(Fraction(number) / scale) for number in (below, below + 1))
    message = f"{text} is not a multiple of {decimal_of(1 / Fraction(scale))}"
    raise UnitError(f"{message}; the nearest valid values are {low} and {high}", below)


def ratio_of(text: object) -> int:
    """Return a plain ratio such as `0.05` scaled by 10^18; raise UnitError."""
    if isinstance(text, str) and text.endswith("%"):
        raise UnitError("expected a plain ratio: write 5 % as 0.05")
    return integer_of(text, RATIO)


def seconds_of(text: object) -> int:
    """Return the seconds of a duration such as `90`, `10 minutes`, `1h`; raise UnitError."""
    match = DURATION.fullmatch(text) if isinstance(text, str) and len(text) <= LENGTH_MAX else None
    if match is None:
        raise UnitError('expected a duration such as "90", "10 minutes", "1h" or "2 days"')
    number, unit = match.groups()
    return int(number) * SECONDS[unit[0] if unit else "s"]


def decimal_of(value: Fraction) -> str:
    """Return an exact decimal, or a fraction where there is none."""
    places = 0
    while value.denominator != 1 and 10**places % value.denominator:
        places += 1
        if places > LENGTH_MAX:
            return str(value)
    return format_units(int(value * 10**places), places)


def format_units(value: int, decimals: int) -> str:
    """Return `value` / 10^decimals as a decimal without trailing zeros, exactly."""
    sign, digits = "-" if value < 0 else "", str(abs(value)).rjust(decimals + 1, "0")
    whole, part = digits[: len(digits) - decimals], digits[len(digits) - decimals :].rstrip("0")
    return f"{sign}{whole}.{part}" if part else f"{sign}{whole}"


def truncated(value: Fraction, places: int) -> str:
    """Return a value as a decimal with at most `places` digits after the point, toward zero."""
    return format_units(int(value * 10**places), places)
