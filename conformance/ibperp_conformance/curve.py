"""The rate curve of a pool as a picture, drawn from the reference itself (MM-4, MM-5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.numbers import RATIO
from ibperp.pool import borrow_rate, lend_rate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ibperp.parameters import PoolParameters

WIDTH: Final = 680
HEIGHT: Final = 420
LEFT: Final = 64
RIGHT: Final = 34
TOP: Final = 32
BOTTOM: Final = 56
SAMPLES: Final = 200

Curve = tuple[tuple[int, int], ...]


def percent(ratio: int, places: int = 2) -> str:
    """Return a ratio of 10^18 as a percentage, rounded toward zero, without zeros at its end."""
    scaled = ratio * 100 * 10**places // RATIO
    whole, fraction = divmod(scaled, 10**places)
    digits = f"{fraction:0{places}d}".rstrip("0")
    return f"{whole}.{digits} %" if digits else f"{whole} %"


def sampled(parameters: PoolParameters, rate: Callable[[PoolParameters, int], int]) -> Curve:
    """Return (utilization, rate a year) from empty to fully used, the optimum included."""
    points = {RATIO * step // SAMPLES for step in range(SAMPLES + 1)}
    points.add(parameters.optimal_utilization)
    return tuple((used, rate(parameters, used)) for used in sorted(points))


def curve_svg(symbol: str, parameters: PoolParameters) -> str:
    """Return a picture of both rates; it takes its colours from the page and names every line."""
    borrow, lend = sampled(parameters, borrow_rate), sampled(parameters, lend_rate)
    step = _tick(borrow[-1][1])
    top = step * max(1, -(-borrow[-1][1] // step))
    marks = _marks(parameters, top)
    description = (
        f"Borrow rate of {symbol} by utilization: {percent(borrow[0][1])} when nothing is "
        f"borrowed, {percent(borrow_rate(parameters, parameters.optimal_utilization))} at the "
        f"optimum of {percent(parameters.optimal_utilization)}, {percent(borrow[-1][1])} when "
        "everything is borrowed."
    )
    opening = (
        f'<svg class="rate-curve" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{description}">'
    )
    parts = (
        opening,
        *_grid(top, step),
        *marks,
        _line("curve-borrow", borrow, top),
        _line("curve-lend", lend, top),
        *_legend(),
        "</svg>",
    )
    return "\n".join(parts) + "\n"


def rate_table(parameters: PoolParameters) -> str:
    """Return a Markdown table of both rates at round utilizations and at the pool's own bounds."""
    named = {
        parameters.optimal_utilization: "optimal",
        parameters.throttle_utilization: "throttle",
        parameters.max_utilization: "maximum",
    }
    points = {RATIO * tenth // 10 for tenth in range(0, 11, 2)} | named.keys()
    rows = (
        f"| {percent(used)} | {percent(borrow_rate(parameters, used))} "
        f"| {percent(lend_rate(parameters, used))} | {named.get(used, '')} |"
        for used in sorted(points)
    )
    return "\n".join(("| utilization | borrow rate | lend rate | |", "|--:|--:|--:|---|", *rows))


def _tick(largest: int) -> int:
    candidates = (percents * RATIO // 100 for percents in (1, 2, 5, 10, 20, 50, 100, 200, 500))
    return next((step for step in candidates if step * 6 >= largest), 20 * RATIO)


def _x(used: int) -> str:
    return f"{LEFT + (WIDTH - LEFT - RIGHT) * used / RATIO:.1f}"


def _y(rate: int, top: int) -> str:
    return f"{HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * rate / top:.1f}"


def _line(name: str, curve: Curve, top: int) -> str:
    points = " ".join(f"{_x(used)},{_y(rate, top)}" for used, rate in curve)
    return f'<polyline class="{name}" points="{points}"/>'


def _text(name: str, x: str, y: str, words: str) -> str:
    return f'<text class="{name}" x="{x}" y="{y}">{words}</text>'


def _grid(top: int, step: int) -> Iterable[str]:
    right = WIDTH - RIGHT
    for rate in range(0, top + 1, step):
        y = _y(rate, top)
        yield f'<line class="curve-grid" x1="{LEFT}" y1="{y}" x2="{right}" y2="{y}"/>'
        yield _text("curve-tick-y", f"{LEFT - 8}", f"{float(y) + 4:.1f}", percent(rate))
    for tenth in range(0, 11, 2):
        used = RATIO * tenth // 10
        yield _text("curve-tick-x", _x(used), f"{HEIGHT - BOTTOM + 20}", percent(used))
    middle = f"{(LEFT + right) / 2:.1f}"
    yield _text("curve-tick-x", middle, f"{HEIGHT - 10}", "utilization: borrowed / lent")
    yield _text("curve-unit", "4", "16", "rate a year")


def _marks(parameters: PoolParameters, top: int) -> tuple[str, ...]:
    names = {
        "optimal": parameters.optimal_utilization,
        "throttle": parameters.throttle_utilization,
        "maximum": parameters.max_utilization,
    }
    parts: list[str] = []
    for level, (name, used) in enumerate(names.items()):
        x, low, high = _x(used), _y(0, top), _y(top, top)
        parts.append(f'<line class="curve-mark" x1="{x}" y1="{low}" x2="{x}" y2="{high}"/>')
        words = f"{name} {percent(used)}"
        height = float(high) + 18 + 23 * level
        parts.append(_text("curve-mark-name", f"{float(x) - 5:.1f}", f"{height:.1f}", words))
    return tuple(parts)


def _legend() -> tuple[str, ...]:
    left = LEFT + 16
    return (
        f'<line class="curve-borrow" x1="{left}" y1="52" x2="{left + 44}" y2="52"/>',
        _text("curve-name", f"{left + 52}", "57", "borrow rate (MM-4)"),
        f'<line class="curve-lend" x1="{left}" y1="78" x2="{left + 44}" y2="78"/>',
        _text("curve-name", f"{left + 52}", "83", "lend rate (MM-5)"),
    )
