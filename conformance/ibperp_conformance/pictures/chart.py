"""A line chart as a picture: it takes its colours from the page, and is read without colour."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import log
from statistics import fmean
from typing import TYPE_CHECKING, Final

from ibperp.numbers import RATIO
from ibperp_conformance.presets.units import truncated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

WIDTH: Final = 680
HEIGHT: Final = 420
LEFT: Final = 76
TOP: Final = 38
BOTTOM: Final = 56
LABEL_HEIGHT: Final = 23
"""What a line of words needs on a narrow page."""

HALF: Final = 0.5
LINE_STYLES: Final = 5
"""Dash patterns of the style sheet."""

Points = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale from its first to its last tick; each tick is a value and the words at it."""

    title: str
    ticks: tuple[tuple[int, str], ...]
    is_log: bool = False

    def share(self, value: int) -> float:
        """Return how far along the axis a value lies, 0 to 1."""
        low, high = self.ticks[0][0], self.ticks[-1][0]
        if self.is_log:
            return log(value / low) / log(high / low)
        return (value - low) / (high - low)


@dataclass(frozen=True, slots=True)
class Chart:
    """Two axes; `right`: the room beside the last tick, for the names of lines that end there."""

    x: Axis
    y: Axis
    right: int = 34

    def across(self, value: int) -> float:
        """Return the horizontal place of a value."""
        return LEFT + (WIDTH - LEFT - self.right) * self.x.share(value)

    def up(self, value: int) -> float:
        """Return the vertical place of a value."""
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * self.y.share(value)

    def picture(self, description: str, parts: Iterable[str]) -> str:
        """Return the whole picture; `description` is read out in its place."""
        opening = (
            f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
            f'aria-label="{description}">'
        )
        return "\n".join((opening, *self._grid(), *parts, "</svg>")) + "\n"

    def lines(self, curves: Sequence[Points]) -> Iterator[str]:
        """Draw curves, each with a dash pattern of its own."""
        for style, curve in enumerate(curves):
            points = " ".join(f"{self.across(x):.1f},{self.up(y):.1f}" for x, y in curve)
            yield f'<polyline class="{_style(style)}" points="{points}"/>'

    def names_at_ends(self, names: Sequence[str], curves: Sequence[Points]) -> Iterator[str]:
        """Write the name of each curve beside its end."""
        ends = sorted(
            (self.up(curve[-1][1]), name) for curve, name in zip(curves, names, strict=True)
        )
        heights = spread([height for height, _ in ends])
        for height, (_, name) in zip(heights, ends, strict=True):
            yield text("chart-name", WIDTH - self.right + 8, height + 5, name)

    def legend(self, names: Sequence[str]) -> Iterator[str]:
        """Write the names of the curves in a corner, each beside a piece of its line."""
        left = LEFT + 16
        for style, name in enumerate(names):
            y = TOP + 20 + 26 * style
            yield f'<line class="{_style(style)}" x1="{left}" y1="{y}" x2="{left + 44}" y2="{y}"/>'
            yield text("chart-name", left + 52, y + 5, name)

    def marks(self, marks: Sequence[tuple[int, str]]) -> Iterator[str]:
        """Draw an upright at each value, with its words on the side that has more room."""
        for level, (value, words) in enumerate(marks):
            x, height = self.across(value), TOP + 18 + LABEL_HEIGHT * level
            yield (
                f'<line class="chart-mark" x1="{x:.1f}" y1="{HEIGHT - BOTTOM}" '
                f'x2="{x:.1f}" y2="{TOP}"/>'
            )
            if self.x.share(value) < HALF:
                yield text("chart-name", x + 5, height, words)
            else:
                yield text("chart-mark-name", x - 5, height, words)

    def _grid(self) -> Iterator[str]:
        right = WIDTH - self.right
        for value, words in self.y.ticks:
            y = self.up(value)
            yield f'<line class="chart-grid" x1="{LEFT}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}"/>'
            yield text("chart-tick-y", LEFT - 8, y + 4, words)
        for value, words in self.x.ticks:
            yield text("chart-tick-x", self.across(value), HEIGHT - BOTTOM + 24, words)
        yield text("chart-tick-x", (LEFT + right) / 2, HEIGHT - 8, self.x.title)
        yield text("chart-unit", 4, 17, self.y.title)


def spread(heights: Sequence[float]) -> list[float]:
    """Return ascending heights moved apart, no further than words need, around where they were."""
    groups: list[list[float]] = []
    for height in heights:
        group = [height]
        while groups and fmean(groups[-1]) + _depth(groups[-1]) > fmean(group) - _depth(group):
            group = groups.pop() + group
        groups.append(group)
    return [
        fmean(group) - _depth(group) + LABEL_HEIGHT * (index + HALF)
        for group in groups
        for index in range(len(group))
    ]


def _depth(group: Sequence[float]) -> float:
    return LABEL_HEIGHT * HALF * len(group)


def text(name: str, x: float, y: float, words: str) -> str:
    """Return words at a place."""
    return f'<text class="{name}" x="{x:.1f}" y="{y:.1f}">{words}</text>'


def percent(ratio: int, places: int = 2) -> str:
    """Return a ratio of 10^18 as a percentage, rounded toward zero, without zeros at its end."""
    return f"{truncated(Fraction(ratio * 100, RATIO), places)} %"


def percent_axis(title: str, largest: int) -> Axis:
    """Return an axis of ratios from zero to the first round step that holds `largest`."""
    steps = (RATIO * percents // 100 for percents in (1, 2, 5, 10, 20, 50, 100, 200, 500))
    step = next((step for step in steps if 6 * step >= largest), 50 * RATIO)
    count = max(1, -(-largest // step))
    return Axis(title, tuple((step * n, percent(step * n)) for n in range(count + 1)))


def dollars(amount: int) -> str:
    """Return whole US dollars in short, rounded toward zero: $4.58m."""
    for unit, name in ((10**9, "b"), (10**6, "m"), (10**3, "k")):
        if amount >= unit:
            return f"${truncated(Fraction(amount, unit), 2)}{name}"
    return f"${amount}"


def dollar_axis(title: str, low: int, high: int) -> Axis:
    """Return a logarithmic axis of US dollars from `10^low` to `10^high`."""
    powers = (10**power for power in range(low, high + 1))
    return Axis(title, tuple((amount, dollars(amount)) for amount in powers), is_log=True)


def _style(index: int) -> str:
    return f"chart-line chart-line-{1 + index % LINE_STYLES}"
