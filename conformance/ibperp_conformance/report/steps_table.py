"""The steps of a scenario as a table, and what was not as expected in them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from ibperp.outcomes import Accepted, Rejected
from ibperp_conformance.presets.scales import asset_price, market_scales
from ibperp_conformance.presets.units import decimal_of
from ibperp_conformance.report.events import happened, margin_lines
from ibperp_conformance.report.layout import shown, table_of
from ibperp_conformance.report.risk_events import has_risk_events
from ibperp_conformance.report.shortfall import shortfall

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.table import Table

    from ibperp.state import State
    from ibperp_conformance.scenario.repeat import Repeat
    from ibperp_conformance.scenario.result import ScenarioResult, StepResult

NO_STEPS: Final = "no steps: nothing happened"
"""What stands in place of the steps of a scenario that has none."""


@dataclass(frozen=True, slots=True)
class StepRow:
    """A row of the story: a step or a whole repeat, where the file has it, and what came of it.

    `steps`: all that the row stands for; the last of them tells the time.
    """

    line: int
    label: str
    came: tuple[str, ...]
    steps: tuple[StepResult, ...]

    @property
    def is_failed(self) -> bool:
        """Tell whether a step went otherwise than expected, or broke an invariant."""
        return any(not step.is_expected or step.violations for step in self.steps)


def step_rows(result: ScenarioResult) -> Iterator[StepRow]:
    """Yield the story: every step, a repeat as one row, and of it each step that liquidated."""
    for repeat, group in groupby(result.steps, key=lambda step: step.repeat):
        steps = tuple(group)
        if repeat is not None:
            yield from _repeat_rows(result, repeat, steps)
            continue
        for step in steps:
            is_rejected = isinstance(step.outcome, Rejected)
            came = [verdict(step)] if is_rejected else happened(result, step)
            if not step.is_expected or step.violations:
                came = [f"{verdict(step)} ✗", *came[1:]]
            yield StepRow(step.line, step.label, tuple(came or [verdict(step)]), (step,))


def steps_table(result: ScenarioResult) -> Table:
    """Return the steps of the file: line, time after the step, action, what came of it."""
    table = table_of("", ("line", "time", "step", "outcome"), ())
    for row in step_rows(result):
        time = result.moment(row.steps[-1].after.time)
        table.add_row(str(row.line), time, shown(row.label), "\n".join(map(shown, row.came)))
    return table


def risky_steps(
    result: ScenarioResult, steps: Iterable[StepResult]
) -> Iterator[tuple[StepResult, list[str]]]:
    """Yield the steps of a repeat in which an account failed, and what happened in each."""
    for step in steps:
        if has_risk_events(step):
            yield step, happened(result, step)


def _repeat_rows(
    result: ScenarioResult, repeat: Repeat, steps: tuple[StepResult, ...]
) -> Iterator[StepRow]:
    """Yield a row for each step of a repeat in which an account failed, then one for all of it."""
    for step, lines in risky_steps(result, steps):
        yield StepRow(step.line, step.label, tuple(lines), (step,))
    kinds = Counter(step.label.partition(" ")[0] for step in steps)
    refused = Counter(verdict(step) for step in steps if isinstance(step.outcome, Rejected))
    lines = [f"{count} {kind}" for kind, count in (*kinds.items(), *refused.items())]
    if any(not step.is_expected or step.violations for step in steps):
        lines[0] += " ✗"
    moved = list(_moved_prices(steps[0].before, steps[-1].after))
    margins = list(margin_lines(steps[-1].after, result.names)) if moved else []
    yield StepRow(repeat.line, repeat.label, (*lines, *moved, *margins), steps)


def _moved_prices(before: State, after: State) -> Iterator[str]:
    """Yield the prices and marks that a repeat moved: from, to."""
    for old, new in zip(before.assets, after.assets, strict=False):
        if old.price != new.price:
            prices = (decimal_of(asset_price(after, new, own.price)) for own in (old, new))
            yield f"{new.symbol} {' to '.join(prices)}"
    for old_market, market in zip(before.markets, after.markets, strict=False):
        was, now = (getattr(own, "mark_price", 0) for own in (old_market, market))
        if was != now:
            _, scale = market_scales(after, market)
            yield f"{market.symbol} marked {decimal_of(was / scale)} to {decimal_of(now / scale)}"


def complaints(steps: Iterable[StepResult]) -> Counter[str]:
    """Return what went wrong in steps, a line each, and how often the same did."""
    found = Counter[str]()
    told = dict[tuple[int, str, str], str]()
    for step in steps:
        where = f"line {step.line}, {step.label}" if step.line else step.label
        for violation in step.violations:
            clauses = ", ".join(violation.clauses)
            name = f"invariant {violation.invariant} ({clauses}) is violated"
            found[f"{where}: {name}: {violation.message}"] += 1
        if not step.is_expected:
            wanted = "accepted" if step.expected is None else f"rejected as {step.expected.value}"
            key = step.line, step.label, verdict(step)
            if key not in told:
                told[key] = f"{where}: expected to be {wanted}, was {verdict(step)}"
                told[key] += shortfall(step)
            found[told[key]] += 1
    return found


def verdict(step: StepResult) -> str:
    """Return the outcome of a step in words."""
    if isinstance(step.outcome, Accepted):
        return "accepted"
    return f"rejected as {step.outcome.code.value}"
