"""Integers of which only bounds are known: every result holds for all integers within them.

A comparison that the bounds do not decide is answered both ways, in runs one after another; neither
narrows a bound, so that what is found is never too small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import isqrt
from typing import Any, Final, TypeAlias

PATHS_MAX: Final = 4096
"""The most ways through a function that are followed."""


@dataclass(slots=True)
class Run:
    """One way through a function: the answers to undecided questions, and the widest value."""

    answers: list[bool] = field(default_factory=list)
    asked: int = 0
    bits: int = 0

    def answer(self) -> bool:
        """Return the next answer; the first time that a question comes up it is yes."""
        if self.asked == len(self.answers):
            self.answers.append(True)
        self.asked += 1
        return self.answers[self.asked - 1]


CURRENT: Final[list[Run]] = [Run()]
"""The run that operations belong to, alone in its list."""


def bits_of(value: int) -> int:
    """Return the bits of a signed integer that holds a value and its negative."""
    return abs(value).bit_length() + 1


class Interval:
    """All integers from `low` to `high`."""

    __slots__ = ("high", "low")

    def __init__(self, low: int, high: int) -> None:
        assert low <= high, (low, high)
        self.low, self.high = low, high
        run = CURRENT[0]
        run.bits = max(run.bits, bits_of(low), bits_of(high))

    def __repr__(self) -> str:
        """Show the bounds."""
        return f"[{self.low}, {self.high}]"

    def __add__(self, other: Number) -> Interval:
        """Return all sums."""
        right = interval(other)
        return Interval(self.low + right.low, self.high + right.high)

    def __sub__(self, other: Number) -> Interval:
        """Return all differences."""
        right = interval(other)
        return Interval(self.low - right.high, self.high - right.low)

    def __rsub__(self, other: Number) -> Interval:
        """Return all differences from a number."""
        return interval(other) - self

    def __mul__(self, other: Number) -> Interval:
        """Return all products."""
        right = interval(other)
        ends = [a * b for a in (self.low, self.high) for b in (right.low, right.high)]
        return Interval(min(ends), max(ends))

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Interval:
        """Return all negatives."""
        return Interval(-self.high, -self.low)

    def __abs__(self) -> Interval:
        """Return all absolute values."""
        ends = abs(self.low), abs(self.high)
        return Interval(0 if self.low <= 0 <= self.high else min(ends), max(ends))

    def __floordiv__(self, other: Number) -> Interval:
        """Return all quotients, rounded down; a divisor is above zero (NT-4)."""
        right = interval(other)
        ends = [a // b for a in (self.low, self.high) for b in (max(right.low, 1), right.high)]
        return Interval(min(ends), max(ends))

    def __rfloordiv__(self, other: Number) -> Interval:
        """Return all quotients of a number, rounded down."""
        return interval(other) // self

    def __mod__(self, other: Number) -> Interval:
        """Return bounds of all remainders."""
        return Interval(0, max(interval(other).high - 1, 0))

    def __lt__(self, other: Number) -> bool:
        """Tell whether one is below the other; either, if the bounds do not say."""
        right = interval(other)
        return _decided(self.high < right.low, self.low >= right.high)

    def __le__(self, other: Number) -> bool:
        """Tell whether one is at most the other."""
        right = interval(other)
        return _decided(self.high <= right.low, self.low > right.high)

    def __gt__(self, other: Number) -> bool:
        """Tell whether one is above the other."""
        return not self <= other

    def __ge__(self, other: Number) -> bool:
        """Tell whether one is at least the other."""
        return not self < other

    def __eq__(self, other: object) -> bool:
        """Tell whether both are the same number."""
        return isinstance(other, Interval | int) and _same(self, other)

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        """Tell whether it is another number than zero."""
        return not _same(self, 0)


Number: TypeAlias = Interval | int


def interval(value: Number) -> Interval:
    """Return a number as the interval that holds it alone."""
    return value if isinstance(value, Interval) else Interval(value, value)


def root(value: Number) -> Number:
    """Return all square roots, rounded down."""
    if isinstance(value, int):
        return isqrt(value)
    return Interval(isqrt(max(value.low, 0)), isqrt(max(value.high, 0)))


def root_and_rest(value: Number) -> tuple[Number, Number]:
    """Return all square roots, and all that they leave: at most twice the root (NT-6)."""
    whole = root(value)
    return whole, Interval(0, min(interval(whole).high * 2, interval(value).high))


def missing_digits(whole: Number, left: Number, limit: Number) -> Number:
    """Return all that may be missing, after a step that holds every step of the rule."""
    more = Interval(0, interval(limit).high)
    _ = more * (whole + whole + more), (left + more * more) // ((whole + more) * 2)
    return more


INTERVALS: Final = {
    "isqrt": root,
    "isqrt_and_rest": root_and_rest,
    "missing_digits": missing_digits,
}
"""What the rules take from `ibperp.numbers` that follows numbers rather than bounds."""


def widest(function: Callable[[], Any]) -> tuple[int, list[Any]]:
    """Return the bits of the widest value on any way through a function, and all its results."""
    bits = 0
    results: list[Any] = []
    for run, result in _ways(function):
        bits, results = max(bits, run.bits), [*results, result]
    return bits, results


def _ways(function: Callable[[], Any]) -> Iterator[tuple[Run, Any]]:
    """Follow every way: the last answer of yes is turned to no, until none is left."""
    answers: list[bool] = []
    for _ in range(PATHS_MAX):
        CURRENT[0] = Run(list(answers))
        result = function()
        run = CURRENT[0]
        yield run, result
        answers = run.answers
        while answers and not answers[-1]:
            answers.pop()
        if not answers:
            return
        answers[-1] = False
    raise AssertionError(f"more than {PATHS_MAX} ways through {function}")


def _same(left: Interval, other: Number) -> bool:
    right = interval(other)
    is_one = left.low == left.high == right.low == right.high
    return _decided(is_one, left.high < right.low or right.high < left.low)


def _decided(is_always: bool, is_never: bool) -> bool:  # noqa: FBT001
    return is_always or (not is_never and CURRENT[0].answer())
