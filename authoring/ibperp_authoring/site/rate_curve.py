"""The rate curve of a pool as a picture, drawn from the reference itself (MM-4, MM-5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.numbers import RATIO
from ibperp.pool import borrow_rate, lend_rate
from ibperp_conformance.pictures.chart import Axis, Chart, percent, percent_axis

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibperp.parameters import PoolParameters
    from ibperp_conformance.pictures.chart import Points

SAMPLES: Final = 200
NAMES: Final = ("borrow rate (MM-4)", "lend rate (MM-5)")
UTILIZATION: Final = Axis(
    "utilization: borrowed / lent",
    tuple((RATIO * tenth // 10, percent(RATIO * tenth // 10)) for tenth in range(0, 11, 2)),
)


def sampled(parameters: PoolParameters, rate: Callable[[PoolParameters, int], int]) -> Points:
    """Return (utilization, rate a year) from empty to fully used, the optimum included."""
    points = {RATIO * step // SAMPLES for step in range(SAMPLES + 1)}
    points.add(parameters.optimal_utilization)
    return tuple((used, rate(parameters, used)) for used in sorted(points))


def curve_svg(symbol: str, parameters: PoolParameters) -> str:
    """Return a picture of both rates; it takes its colours from the page and names every line."""
    borrow, lend = sampled(parameters, borrow_rate), sampled(parameters, lend_rate)
    chart = Chart(UTILIZATION, percent_axis("rate a year", borrow[-1][1]))
    description = (
        f"Borrow rate of {symbol} by utilization: {percent(borrow[0][1])} when nothing is "
        f"borrowed, {percent(borrow_rate(parameters, parameters.optimal_utilization))} at the "
        f"optimum of {percent(parameters.optimal_utilization)}, {percent(borrow[-1][1])} when "
        "everything is borrowed."
    )
    marks = [(used, f"{name} {percent(used)}") for used, name in _bounds(parameters)]
    parts = (*chart.marks(marks), *chart.lines((borrow, lend)), *chart.legend(NAMES))
    return chart.picture(description, parts)


def rate_table(parameters: PoolParameters) -> str:
    """Return a Markdown table of both rates at round utilizations and at the pool's own bounds."""
    named = dict(_bounds(parameters))
    points = {RATIO * tenth // 10 for tenth in range(0, 11, 2)} | named.keys()
    rows = (
        f"| {percent(used)} | {percent(borrow_rate(parameters, used))} "
        f"| {percent(lend_rate(parameters, used))} | {named.get(used, '')} |"
        for used in sorted(points)
    )
    return "\n".join(("| utilization | borrow rate | lend rate | |", "|--:|--:|--:|---|", *rows))


def _bounds(parameters: PoolParameters) -> tuple[tuple[int, str], ...]:
    return (
        (parameters.optimal_utilization, "optimal"),
        (parameters.throttle_utilization, "throttle"),
        (parameters.max_utilization, "maximum"),
    )
