"""A page with the course of a run in pictures; it needs no network, and no other file."""

from __future__ import annotations

from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, Final

from ibperp_conformance.pictures.chart import WIDTH, Axis, Chart, percent, spread, text
from ibperp_conformance.pictures.frames import course_of
from ibperp_conformance.pictures.waterfall_chart import waterfall_picture
from ibperp_conformance.presets.units import truncated
from ibperp_conformance.report.waterfall import waterfall_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ibperp_conformance.pictures.chart import Points
    from ibperp_conformance.pictures.frames import Course, PoolFrame
    from ibperp_conformance.scenario.result import ScenarioResult

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

STYLE: Final = """
:root { color-scheme: light dark; --back: #fff; --fore: #1f2328;
  --s1: #0550ae; --s2: #bc4c00; --s3: #116329; --s4: #8250df; --s5: #a40e26; --s6: #0a7c86;
  --s7: #7d5a00; --s8: #57606a; }
@media (prefers-color-scheme: dark) { :root { --back: #16181d; --fore: #e6e8eb;
  --s1: #79b8ff; --s2: #ffa657; --s3: #7ee787; --s4: #d2a8ff; --s5: #ff8f8f; --s6: #5fd7d7;
  --s7: #e3c55b; --s8: #a8b0b9; } }
body { margin: 0 auto; max-width: 46rem; padding: 1rem; background: var(--back);
  color: var(--fore); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 2rem 0 0; }
.chart { display: block; width: 100%; height: auto; }
.chart text { fill: currentcolor; font-size: 15px; paint-order: stroke; stroke: var(--back);
  stroke-width: 4px; }
.chart .chart-tick-y { text-anchor: end; }
.chart .chart-tick-x { text-anchor: middle; }
.chart .chart-grid { stroke: currentcolor; stroke-opacity: 0.18; }
.chart .chart-line { fill: none; stroke: currentcolor; stroke-width: 2.5; }
.chart-line-2 { stroke-dasharray: 9 5; } .chart-line-3 { stroke-dasharray: 3 4; }
.chart-line-4 { stroke-dasharray: 14 4 3 4; } .chart-line-5 { stroke-dasharray: 20 6; }
"""


def plot_page(result: ScenarioResult) -> Iterator[str]:
    """Yield the page: equity, then of each pool with debts its amounts, utilization and rates."""
    colours = "".join(f".series-{n} {{ color: var(--s{n}); }}\n" for n in range(1, COLOURS + 1))
    title = escape(result.title)
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}{colours}</style>\n</head>\n<body>\n"
        f"<h1>{title}</h1>\n<p>Preset {escape(result.preset.name)}, "
        f"{len(result.steps)} steps.</p>\n"
    )
    for heading, picture in pictures(course_of(result)):
        yield f"<h2>{escape(heading)}</h2>\n{picture}"
    if waterfall_of(result.steps).accounts():
        yield f"<h2>Who paid what</h2>\n{waterfall_picture(result)}"
    yield "</body>\n</html>\n"


def pictures(course: Course) -> Iterator[tuple[str, str]]:
    """Yield every picture with its heading."""
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
) -> Iterator[tuple[str, str]]:
    """Yield a heading with its picture, if there is anything to draw."""
    if not curves:
        return
    values = [value for curve in curves.values() for _, value in curve]
    chart = Chart(
        _course_axis(course), _value_axis(unit, min(values), max(values), words), NAMES_WIDTH
    )
    yield heading, chart.picture(escape(heading), _series(chart, curves))


def _series(chart: Chart, curves: dict[str, Points]) -> Iterator[str]:
    """Draw each curve in its own colour and dashes, with its name beside its end."""
    drawn = list(zip(curves, chart.lines(list(curves.values())), strict=True))
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
