"""The course of a run in charts: a state holds until the next step, so curves are stairs."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from html import escape
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING, Final

from ibperp_conformance.pictures.chart import (
    BOTTOM,
    HEIGHT,
    TOP,
    WIDTH,
    Axis,
    Chart,
    percent,
    spread,
    text,
)
from ibperp_conformance.presets.units import truncated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ibperp_conformance.pictures.chart import Points
    from ibperp_conformance.pictures.frames import Course, PoolFrame

UNIT: Final = 10**6
"""What one dollar, or one whole unit, is on an axis."""

TICKS: Final = 6
COLOURS: Final = 8
NAMES_WIDTH: Final = 150
AMOUNTS: Final = ("lent", "borrowed", "virtually_lent", "virtually_borrowed")
RATES: Final = ("borrow_rate", "lend_rate")
MINUTE, HOUR, DAY = 60, 3600, 86_400
TIME_STEPS: Final = (
    *(1, 2, 5, 10, 30),
    *(MINUTE * count for count in (1, 2, 5, 10, 30)),
    *(HOUR * count for count in (1, 2, 4, 6, 12)),
    *(DAY * count for count in (1, 2, 7, 30, 90, 365)),
)
TIME_UNITS: Final = ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (1, "s"))


@dataclass(frozen=True, slots=True)
class Series:
    """A curve: its name, and its value at each moment in words, none before it begins."""

    name: str
    values: tuple[str | None, ...]
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart with its heading, the unit of its values, and the curves as they can be read off.

    `across`: where each moment of the course stands in it, from left to right.
    """

    heading: str
    unit: str
    svg: str
    series: tuple[Series, ...]
    across: tuple[float, ...]


def pictures(course: Course) -> Iterator[Picture]:
    """Yield every chart that has anything to show."""
    equity = _curves(
        course,
        lambda at: {name: int(value * UNIT) for name, value in course.frames[at].equity.items()},
    )
    yield from _picture(course, "Equity of each account", "USD", equity, _amount)
    for symbol in course.frames[-1].pools:
        pools = [frame.pools[symbol] for frame in course.frames if symbol in frame.pools]
        if not any(pool.borrowed or pool.virtually_borrowed for pool in pools):
            continue
        amounts = _pool_curves(course, symbol, AMOUNTS, lambda value: int(value * UNIT))
        yield from _picture(course, f"Pool of {symbol}", symbol, amounts, _amount)
        used = _pool_curves(course, symbol, ("utilization",), int)
        yield from _picture(course, f"Utilization of {symbol}", "borrowed / lent", used, percent)
        rates = _pool_curves(course, symbol, RATES, int)
        yield from _picture(course, f"Rates of {symbol}", "a year", rates, percent)


def _curves(course: Course, read: Callable[[int], Mapping[str, int]]) -> dict[str, Points]:
    """Return the curves that are not zero all along, by their names."""
    found: dict[str, list[tuple[int, int]]] = {}
    for index, frame in enumerate(course.frames):
        for name, value in read(index).items():
            found.setdefault(name, []).append((frame.at, value))
    return {
        name: tuple(points) for name, points in found.items() if any(value for _, value in points)
    }


def _pool_curves(
    course: Course, symbol: str, names: tuple[str, ...], scaled: Callable[[Fraction], int]
) -> dict[str, Points]:
    def read(index: int) -> dict[str, int]:
        pool: PoolFrame | None = course.frames[index].pools.get(symbol)
        if pool is None:
            return {}
        return {name.replace("_", " "): scaled(getattr(pool, name)) for name in names}

    return _curves(course, read)


def _picture(
    course: Course, heading: str, unit: str, curves: dict[str, Points], words: Callable[[int], str]
) -> Iterator[Picture]:
    """Yield a chart, if there is anything to draw."""
    if not curves:
        return
    values = [value for curve in curves.values() for _, value in curve]
    chart = Chart(
        _course_axis(course), _value_axis(unit, min(values), max(values), words), NAMES_WIDTH
    )
    across = tuple(chart.across(frame.at) for frame in course.frames)
    cursor = (
        f'<line class="chart-cursor" x1="{across[-1]:.1f}" x2="{across[-1]:.1f}" '
        f'y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
    )
    parts = (*_drawn(chart, curves), cursor)
    svg = chart.picture(escape(f"{heading}, {unit}"), parts)
    series = tuple(_series(name, curve, len(across), words) for name, curve in curves.items())
    yield Picture(heading, unit, svg, series, across)


def _series(name: str, curve: Points, count: int, words: Callable[[int], str]) -> Series:
    values = [value for _, value in curve]
    told = (*(None for _ in range(count - len(values))), *map(words, values))
    return Series(name, told, words(min(values)), words(max(values)))


def stairs(curve: Points) -> Points:
    """Return a curve on which each value holds until the next one."""
    corners = ((later, value) for (_, value), (later, _) in pairwise(curve))
    return tuple(point for pair in zip_longest(curve, corners) for point in pair if point)


def _drawn(chart: Chart, curves: dict[str, Points]) -> Iterator[str]:
    """Draw each curve in its own colour and dashes, with its name beside its end."""
    lines = chart.lines([stairs(curve) for curve in curves.values()])
    drawn = list(zip(curves, lines, strict=True))
    ends = sorted((chart.up(curve[-1][1]), index) for index, curve in enumerate(curves.values()))
    heights = spread([height for height, _ in ends])
    for height, (_, index) in zip(heights, ends, strict=True):
        name, line = drawn[index]
        label = text("chart-name", WIDTH - chart.right + 8, height + 5, escape(name))
        yield f'<g class="series-{1 + index % COLOURS}">{line}{label}</g>'


def _course_axis(course: Course) -> Axis:
    first, last = course.frames[0].at, max(course.frames[-1].at, course.frames[0].at + 1)
    steps = TIME_STEPS if course.is_timed else _round_steps(1)
    step = next((step for step in steps if (last - first) <= step * (TICKS + 2)), last - first)
    start = -(-first // step) * step
    ticks = {first: "", last: ""}
    ticks |= {at: _time(at) if course.is_timed else str(at) for at in range(start, last + 1, step)}
    return Axis("time" if course.is_timed else "step", tuple(sorted(ticks.items())))


def _value_axis(title: str, low: int, high: int, words: Callable[[int], str]) -> Axis:
    """Return an axis of round steps that holds all values from `low` to `high`."""
    low, high = (min(low, 0), high) if low * 3 <= high else (low, high)
    room = max(high - low, 1)
    step = next(step for step in _round_steps(1) if room <= step * (TICKS - 1))
    first, last = low // step, -(-high // step)
    ticks = range(first, max(last, first + 1) + 1)
    return Axis(title, tuple((step * count, words(step * count)) for count in ticks))


def _round_steps(unit: int) -> Iterator[int]:
    while True:
        yield from (unit, 2 * unit, 5 * unit)
        unit *= 10


def _amount(value: int) -> str:
    """Return an amount on an axis in short: 137.5k."""
    amount = Fraction(value, UNIT)
    for unit, name in ((10**9, "b"), (10**6, "m"), (10**3, "k")):
        if abs(amount) >= unit:
            return truncated(amount / unit, 3) + name
    return truncated(amount, 6)


def _time(seconds: int) -> str:
    for unit, name in TIME_UNITS:
        if seconds and seconds % unit == 0:
            return f"{seconds // unit} {name}"
    return "0"
