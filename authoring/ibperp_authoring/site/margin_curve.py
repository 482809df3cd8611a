"""How haircuts and requirements grow with size, drawn from the reference itself (PF-2, PF-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.margin import collateral_value, requirement
from ibperp.numbers import RATIO
from ibperp_conformance.pictures.chart import Chart, dollar_axis, dollars, percent, percent_axis

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ibperp.parameters import AssetParameters, HaircutParameters
    from ibperp_conformance.pictures.chart import Points

UNIT: Final = 10**14
"""Quote atoms of a US dollar in these pictures: fine enough that no rounding shows."""

STEPS: Final = 40
"""Points of a curve in each decade."""

WEIGHT_DECADES: Final = (3, 9)
FRACTION_DECADES: Final = (5, 9)
FRACTIONS: Final = ("initial", "maintenance")


def weight(haircut: HaircutParameters, value: int) -> int:
    """Return the ratio of `value` US dollars held that counts as collateral (PF-2)."""
    counted = collateral_value(haircut, value * UNIT, 1, 1, UNIT)
    return counted * RATIO // (value * UNIT)


def fraction(notional: int, base: int, factor: int) -> int:
    """Return the ratio of `notional` US dollars owed that is required (PF-4)."""
    return requirement(notional * UNIT, base, factor, UNIT) * RATIO // (notional * UNIT)


def threshold(base: int, factor: int) -> int | None:
    """Return the US dollars, rounded down, up to which a fraction stays at its base (PF-4)."""
    return base * base // (factor * factor) if factor else None


def haircut_svg(haircuts: Mapping[str, HaircutParameters]) -> str:
    """Return one picture of every asset's weight over the value that is held."""
    values = _values(*WEIGHT_DECADES)
    curves = [tuple((value, weight(cut, value)) for value in values) for cut in haircuts.values()]
    title = "value held of one asset, US dollars"
    chart = Chart(
        dollar_axis(title, *WEIGHT_DECADES), percent_axis("counts as collateral", RATIO), right=78
    )
    ends = ", ".join(
        f"{symbol} from {percent(curve[0][1], 1)} to {percent(curve[-1][1], 1)}"
        for symbol, curve in zip(haircuts, curves, strict=True)
    )
    description = (
        f"Collateral weight from {dollars(values[0])} to {dollars(values[-1])} held: {ends}."
    )
    parts = (*chart.lines(curves), *chart.names_at_ends(tuple(haircuts), curves))
    return chart.picture(description, parts)


def haircut_table(haircuts: Mapping[str, HaircutParameters]) -> str:
    """Return a Markdown table of the weights at round values."""
    low, high = WEIGHT_DECADES
    rows = (
        f"| {dollars(10**power)} | "
        + " | ".join(percent(weight(cut, 10**power)) for cut in haircuts.values())
        + " |"
        for power in range(low, high + 1)
    )
    return "\n".join(
        (f"| held | {' | '.join(haircuts)} |", "|--:" * (1 + len(haircuts)) + "|", *rows)
    )


def margin_svg(symbol: str, parameters: AssetParameters) -> str:
    """Return a picture of an asset's initial and maintenance fraction over the notional."""
    curves = tuple(_fractions(base, factor) for base, factor in _functions(parameters))
    chart = Chart(
        dollar_axis("notional owed, US dollars", *FRACTION_DECADES),
        percent_axis("fraction required", curves[0][-1][1]),
        right=144,
    )
    bends = [
        (bend, name)
        for name, (base, factor) in zip(FRACTIONS, _functions(parameters), strict=True)
        if (bend := threshold(base, factor))
    ]
    marks = [(bend, f"{name} from {dollars(bend)}") for bend, name in bends]
    ends = " and ".join(
        f"{name} {percent(curve[0][1])} at {dollars(curve[0][0])}, "
        f"{percent(curve[-1][1])} at {dollars(curve[-1][0])}"
        for name, curve in zip(FRACTIONS, curves, strict=True)
    )
    parts = (*chart.marks(marks), *chart.lines(curves), *chart.names_at_ends(FRACTIONS, curves))
    return chart.picture(f"Fractions required of a debt in {symbol}: {ends}.", parts)


def margin_table(parameters: AssetParameters) -> str:
    """Return a Markdown table of both fractions at round notionals and where they leave a base."""
    functions = _functions(parameters)
    low, high = FRACTION_DECADES
    named = {
        bend: f"{name} leaves its base"
        for name, (base, factor) in zip(FRACTIONS, functions, strict=True)
        if (bend := threshold(base, factor))
    }
    points = {10**power for power in range(low, high + 1)} | named.keys()
    rows = (
        f"| {dollars(notional)} | "
        + " | ".join(percent(fraction(notional, *function)) for function in functions)
        + f" | {named.get(notional, '')} |"
        for notional in sorted(points)
    )
    return "\n".join(("| notional | initial | maintenance | |", "|--:|--:|--:|---|", *rows))


def _functions(parameters: AssetParameters) -> tuple[tuple[int, int], tuple[int, int]]:
    return (
        (parameters.imf_base, parameters.imf_factor),
        (parameters.mmf_base, parameters.mmf_factor),
    )


def _fractions(base: int, factor: int) -> Points:
    values = _values(*FRACTION_DECADES, threshold(base, factor))
    return tuple((notional, fraction(notional, base, factor)) for notional in values)


def _values(low: int, high: int, corner: int | None = None) -> tuple[int, ...]:
    """Return evenly spread dollars from `10^low` to `10^high`, and the corner of a curve."""
    spread = {round(10 ** (low + step / STEPS)) for step in range((high - low) * STEPS + 1)}
    return tuple(sorted(spread | ({corner} if corner else set())))
