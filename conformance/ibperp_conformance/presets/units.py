"""Decimals that people write, exactly as the integers that the rules compute with, and back."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from fractions import Fraction
from typing import Final

from ibperp.numbers import RATIO

DECIMAL: Final = re.compile(r"(-?)([0-9][0-9_]*)(?:\.([0-9]+))?", re.ASCII)
DURATION: Final = re.compile(r"([0-9]+) ?(s|m|h|d|seconds?|minutes?|hours?|days?)?", re.ASCII)
UNITED: Final = re.compile(r"-?[0-9][0-9_.]* ?[A-Za-z$%]+", re.ASCII)
CLOCK: Final = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?", re.ASCII)
LENGTH_MAX: Final = 80
DAY: Final = 86_400
SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class UnitError(ValueError):
    """Not a decimal, or a decimal that no integer represents; `nearest` is the next one below."""

    def __init__(self, message: str, nearest: int | None = None) -> None:
        super().__init__(message)
        self.nearest = nearest


def parse_decimal(text: object) -> Fraction:
    """Return the exact value of a decimal such as `1000.5` or `1_000`; raise UnitError."""
    match = DECIMAL.fullmatch(text) if isinstance(text, str) and len(text) <= LENGTH_MAX else None
    if match is None:
        is_short = isinstance(text, str) and len(text) <= LENGTH_MAX
        shown = f", got {text!r}" if is_short else ""
        raise UnitError(f'expected a decimal such as "1000.5"{shown}{_advice(text)}')
    sign, whole, part = match.groups()
    value = Fraction(f"{whole.replace('_', '')}.{part or '0'}")
    return -value if sign else value


def _advice(text: object) -> str:
    """Return what to write instead of the usual slips."""
    if not isinstance(text, str):
        return ""
    if "," in text:
        return "; write no comma: 10_000 or 10000, and a point before decimals"
    if UNITED.fullmatch(text):
        return "; the amount is of another unit than this, write the number alone"
    return ""


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


def moment_of(text: object, now: int, start: datetime | None) -> int:
    """Return the seconds of a moment: a time of day, the next one from `now` on, or a date.

    Second 0 is `start`, without one midnight of a day without a date. Raise UnitError.
    """
    clock = CLOCK.fullmatch(text) if isinstance(text, str) else None
    if clock is not None:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        began = 0 if start is None else (start.hour * 60 + start.minute) * 60 + start.second
        asked = (hours * 60 + minutes) * 60 + seconds
        return now + (asked - began - now) % DAY
    if isinstance(text, str) and "-" in text:
        if start is None:
            raise UnitError("a date needs the field start: of the scenario, the date of second 0")
        passed = (date_of(text) - start).total_seconds()
        if passed < 0:
            raise UnitError("before the start of the scenario")
        return int(passed)
    try:
        return seconds_of(text)
    except UnitError as error:
        raise UnitError(f'{error}, a time of day "12:50", or a date "2025-10-10 12:50"') from None


def date_of(text: object) -> datetime:
    """Return a date with a time of day, in UTC unless it says otherwise; raise UnitError."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
        moment = moment.astimezone(UTC) if moment and moment.tzinfo else moment
    except (OverflowError, ValueError):
        moment = None
    if moment is None or moment.microsecond:
        raise UnitError('expected a date such as "2025-10-10 12:50" or "2025-10-10T12:50:00Z"')
    return moment.replace(tzinfo=UTC)


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
