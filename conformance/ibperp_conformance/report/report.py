"""What a scenario came to: tables for people, and the same as JSON."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ibperp.events import LiquidationHeldBack
from ibperp.outcomes import Accepted, Rejected
from ibperp_conformance.protocol.observation import observe
from ibperp_conformance.protocol.wire import encode_action, encode_outcome
from ibperp_conformance.report.events import happened
from ibperp_conformance.report.gains import gains_of
from ibperp_conformance.report.layout import print_table, shown, table_of
from ibperp_conformance.report.position_tables import (
    POSITIONS_LEGEND,
    balances_table,
    gains_json,
    gains_table,
    position_tables,
    settlements_table,
)
from ibperp_conformance.report.positions import position_standings
from ibperp_conformance.report.standing import market_standings, open_orders, standings
from ibperp_conformance.report.tables import (
    LEGEND,
    holdings_table,
    margin_table,
    markets_table,
    orders_table,
    pools_table,
    record_json,
    standing_json,
    values_table,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from ibperp_conformance.scenario.repeat import Repeat
    from ibperp_conformance.scenario.result import ScenarioResult, StepResult


def print_result(result: ScenarioResult, console: Console) -> None:
    """Print title, steps, where accounts and markets stand, and what was not expected."""
    console.print(f"[bold]{shown(result.title)}[/bold]  preset {shown(result.preset.name)}")
    print_table(console, steps_table(result))
    accounts = standings(result.final, result.names)
    orders = open_orders(result.final, result.names, result.orders)
    positions = tuple(position_standings(result.final, result.names))
    gains = gains_of((*result.scene, *result.steps))
    for table in (
        holdings_table(accounts),
        values_table(accounts),
        *position_tables(positions),
        balances_table(accounts),
        margin_table(accounts),
        orders_table(orders),
        markets_table(market_standings(result.final)),
        pools_table(result.final),
        settlements_table(result.final, gains, result.names),
        gains_table(result.final, gains, result.names),
    ):
        if table.row_count:
            print_table(console, table)
    console.print(LEGEND)
    if positions:
        console.print(POSITIONS_LEGEND.format(asset=result.final.system.settlement_asset))
    for standing in accounts:
        if standing.is_liquidatable:
            console.print(f"[yellow]{shown(standing.account)} is liquidatable[/yellow]")
    for line in held_back(result):
        console.print(f"[yellow]{shown(line)}[/yellow]")
    for step in (*result.scene, *result.steps):
        for line in complaints(step):
            console.print(f"[red]{shown(line)}[/red]", soft_wrap=True)
    verdict = "every outcome as expected, every invariant holds"
    console.print(f"[green]{verdict}[/green]" if result.is_ok else "[red]failed[/red]")


def held_back(result: ScenarioResult) -> list[str]:
    """Return a line for each account that runs of the risk left alone for want of a price."""
    events = (
        event
        for step in (*result.scene, *result.steps)
        if isinstance(step.outcome, Accepted)
        for event in step.outcome.events
    )
    found = Counter(
        (event.account, event.code.value)
        for event in events
        if isinstance(event, LiquidationHeldBack)
    )
    return [
        f"{result.names.get(account, account)} was left alone by run_risk {times} times: {code}"
        for (account, code), times in sorted(found.items())
    ]


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
    for repeat, steps in groupby(result.steps, key=lambda step: step.repeat):
        if repeat is not None:
            _add_repeat(table, repeat, list(steps))
            continue
        for step in steps:
            is_rejected = isinstance(step.outcome, Rejected)
            came = [_verdict(step)] if is_rejected else happened(result, step)
            if not step.is_expected or step.violations:
                came = [f"{_verdict(step)} ✗", *came[1:]]
            lines = "\n".join(map(shown, came or [_verdict(step)]))
            time = str(step.after.time)
            table.add_row(str(step.line), time, shown(step.label), lines)
    return table


def _add_repeat(table: Table, repeat: Repeat, steps: list[StepResult]) -> None:
    """Add one row for all steps of a repeat: how many of each kind, and what was refused."""
    kinds = Counter(step.label.partition(" ")[0] for step in steps)
    refused = Counter(_verdict(step) for step in steps if isinstance(step.outcome, Rejected))
    lines = [f"{count} {kind}" for kind, count in (*kinds.items(), *refused.items())]
    if any(not step.is_expected or step.violations for step in steps):
        lines[0] += " ✗"
    time = str(steps[-1].after.time)
    table.add_row(str(repeat.line), time, shown(repeat.label), shown("\n".join(lines)))


def as_json(result: ScenarioResult) -> dict[str, Any]:
    """Return the run as a JSON object: integers in actions and outcomes, decimals elsewhere."""
    state = result.final
    return {
        "title": result.title,
        "preset": result.preset.name,
        "ok": result.is_ok,
        "steps": [
            entry
            for repeat, steps in groupby(result.steps, key=lambda step: step.repeat)
            for entry in (
                map(_step_json, steps) if repeat is None else [_repeat_json(repeat, list(steps))]
            )
        ],
        "accounts": [standing_json(standing) for standing in standings(state, result.names)],
        "positions": [
            record_json(position) for position in position_standings(state, result.names)
        ],
        "gains": gains_json(state, gains_of((*result.scene, *result.steps)), result.names),
        "orders": [record_json(order) for order in open_orders(state, result.names, result.orders)],
        "observation": observe(state),
    }


def _step_json(step: StepResult) -> dict[str, Any]:
    return {
        "line": step.line,
        "step": step.label,
        "action": encode_action(step.action),
        "outcome": encode_outcome(step.before, step.outcome),
        "expected_rejection": step.expected.value if step.expected else None,
        "as_expected": step.is_expected,
        "violations": _violations_json(step),
    }


def _repeat_json(repeat: Repeat, steps: list[StepResult]) -> dict[str, Any]:
    """Return a repeat as one step; a trace has all of them."""
    return {
        "line": repeat.line,
        "step": repeat.label,
        "repeated": dict(Counter(step.label.partition(" ")[0] for step in steps)),
        "rejected": sum(isinstance(step.outcome, Rejected) for step in steps),
        "as_expected": all(step.is_expected for step in steps),
        "violations": [violation for step in steps for violation in _violations_json(step)],
    }


def _violations_json(step: StepResult) -> list[dict[str, Any]]:
    return [
        {
            "invariant": violation.invariant,
            "clauses": list(violation.clauses),
            "message": violation.message,
        }
        for violation in step.violations
    ]


def _verdict(step: StepResult) -> str:
    if isinstance(step.outcome, Accepted):
        return "accepted"
    return f"rejected as {step.outcome.code.value}"
