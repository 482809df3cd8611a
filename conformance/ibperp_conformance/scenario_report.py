"""What a scenario came to: tables for people, and the same as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.markup import escape

from ibperp.outcomes import Accepted, Rejected
from ibperp_conformance.observation import observe
from ibperp_conformance.scenario_events import happened
from ibperp_conformance.standing import market_standings, open_orders, standings
from ibperp_conformance.standing_tables import (
    LEGEND,
    holdings_table,
    margin_table,
    markets_table,
    orders_table,
    pools_table,
    record_json,
    standing_json,
    table_of,
    values_table,
)
from ibperp_conformance.wire import encode_action, encode_outcome

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from ibperp_conformance.scenario import ScenarioResult, StepResult


def print_result(result: ScenarioResult, console: Console) -> None:
    """Print title, steps, where accounts and markets stand, and what was not expected."""
    console.print(f"[bold]{escape(result.title)}[/bold]  preset {escape(result.preset.name)}")
    console.print(steps_table(result))
    accounts = standings(result.final, result.names)
    orders = open_orders(result.final, result.names, result.orders)
    for table in (
        holdings_table(accounts),
        values_table(accounts),
        margin_table(accounts),
        orders_table(orders),
        markets_table(market_standings(result.final)),
        pools_table(result.final),
    ):
        if table.row_count:
            console.print(table)
    console.print(LEGEND)
    for standing in accounts:
        if standing.is_liquidatable:
            console.print(f"[yellow]{escape(standing.account)} is liquidatable[/yellow]")
    for step in (*result.scene, *result.steps):
        for line in complaints(step):
            console.print(f"[red]{escape(line)}[/red]", soft_wrap=True)
    verdict = "every outcome as expected, every invariant holds"
    console.print(f"[green]{verdict}[/green]" if result.is_ok else "[red]failed[/red]")


def complaints(step: StepResult) -> list[str]:
    """Return what went wrong in a step, one line each; nothing if all is well."""
    where = f"line {step.line}, {step.label}" if step.line else step.label
    found = [
        f"{where}: invariant {violation.invariant} ({', '.join(violation.clauses)}) is violated: "
        f"{violation.message}"
        for violation in step.violations
    ]
    if not step.is_expected:
        wanted = "accepted" if step.expected is None else f"rejected as {step.expected.value}"
        found.append(f"{where}: expected to be {wanted}, was {_verdict(step)}")
    return found


def steps_table(result: ScenarioResult) -> Table:
    """Return the steps of the file: line, time after the step, action, what came of it."""
    table = table_of("", ("line", "time", "step", "outcome"), ())
    for step in result.steps:
        came = [_verdict(step)] if isinstance(step.outcome, Rejected) else happened(result, step)
        if not step.is_expected or step.violations:
            came = [f"{_verdict(step)} ✗", *came[1:]]
        lines = "\n".join(came or [_verdict(step)])
        time = str(step.after.time)
        table.add_row(str(step.line), time, escape(step.label), escape(lines))
    return table


def as_json(result: ScenarioResult) -> dict[str, Any]:
    """Return the run as a JSON object: integers in actions and outcomes, decimals in books."""
    state = result.final
    return {
        "title": result.title,
        "preset": result.preset.name,
        "ok": result.is_ok,
        "steps": [
            {
                "line": step.line,
                "step": step.label,
                "action": encode_action(step.action),
                "outcome": encode_outcome(step.before, step.outcome),
                "expected_rejection": step.expected.value if step.expected else None,
                "as_expected": step.is_expected,
                "violations": [
                    {
                        "invariant": violation.invariant,
                        "clauses": list(violation.clauses),
                        "message": violation.message,
                    }
                    for violation in step.violations
                ],
            }
            for step in result.steps
        ],
        "books": [standing_json(standing) for standing in standings(state, result.names)],
        "orders": [record_json(order) for order in open_orders(state, result.names, result.orders)],
        "observation": observe(state),
    }


def _verdict(step: StepResult) -> str:
    if isinstance(step.outcome, Accepted):
        return "accepted"
    return f"rejected as {step.outcome.code.value}"
