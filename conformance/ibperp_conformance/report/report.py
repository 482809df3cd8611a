"""What a scenario came to: tables for people, and the same as JSON."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from ibperp.outcomes import Rejected
from ibperp_conformance.protocol.observation import observe
from ibperp_conformance.protocol.wire import encode_action, encode_outcome
from ibperp_conformance.report.gains import gains_of
from ibperp_conformance.report.layout import print_table, shown
from ibperp_conformance.report.position_tables import (
    POSITIONS_LEGEND,
    balances_table,
    gains_json,
    gains_table,
    limits_table,
    position_tables,
    settlements_table,
)
from ibperp_conformance.report.positions import position_standings
from ibperp_conformance.report.risk_events import held_back
from ibperp_conformance.report.standing import market_standings, open_orders, standings
from ibperp_conformance.report.steps_table import NO_STEPS, complaints, risky_steps, steps_table
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
    from collections.abc import Iterator

    from rich.console import Console
    from rich.table import Table

    from ibperp.state import State
    from ibperp_conformance.scenario.repeat import Repeat
    from ibperp_conformance.scenario.result import ScenarioResult, StepResult

ALL_WELL: Final = "every outcome as expected, every invariant holds"


def print_result(result: ScenarioResult, console: Console) -> None:
    """Print title, steps, where accounts and markets stand, and what was not expected."""
    console.print(f"[bold]{shown(result.title)}[/bold]  preset {shown(result.preset.name)}")
    if result.steps:
        print_table(console, steps_table(result))
    else:
        console.print(NO_STEPS)
    for table in final_tables(result):
        print_table(console, table)
    for line in legends(result):
        console.print(line)
    for line in warnings(result):
        console.print(f"[yellow]{shown(line)}[/yellow]", soft_wrap=True)
    for line, count in complaints((*result.scene, *result.steps)).items():
        times = f" ({count} times)" if count > 1 else ""
        console.print(f"[red]{shown(line, 2000)}{times}[/red]", soft_wrap=True)
    ended = "failed" if result.is_whole else f"interrupted after {len(result.steps)} steps"
    console.print(f"[green]{ALL_WELL}[/green]" if result.is_ok else f"[red]{ended}[/red]")


def final_tables(result: ScenarioResult) -> Iterator[Table]:
    """Yield the tables of how a run ends that have a row."""
    state = result.final
    accounts = standings(state, result.names)
    gains = gains_of((*result.scene, *result.steps))
    for table in (
        *state_tables(state, result),
        limits_table(tuple(position_standings(state, result.names))),
        values_table(accounts),
        balances_table(accounts),
        orders_table(open_orders(state, result.names, result.orders)),
        markets_table(market_standings(state)),
        settlements_table(state, gains, result.names),
        gains_table(state, gains, result.names),
    ):
        if table.row_count:
            yield table


def state_tables(state: State, result: ScenarioResult) -> Iterator[Table]:
    """Yield where the accounts, their positions and the pools stand in a state of a run."""
    accounts = standings(state, result.names)
    yield margin_table(accounts)
    yield holdings_table(accounts)
    positions = position_standings(state, result.names, with_liquidation=False)
    yield from position_tables(tuple(positions))
    yield pools_table(state)


def legends(result: ScenarioResult) -> Iterator[str]:
    """Yield what the words of the tables mean."""
    yield LEGEND
    if any(account.positions for account in result.final.accounts):
        yield POSITIONS_LEGEND.format(asset=result.final.system.settlement_asset)


def warnings(result: ScenarioResult) -> Iterator[str]:
    """Yield which accounts can be liquidated at the end, and which a run of the risk left alone."""
    for standing in standings(result.final, result.names):
        if standing.is_liquidatable:
            yield f"{standing.account} is liquidatable"
    yield from held_back(result)


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
                map(_step_json, steps)
                if repeat is None
                else [_repeat_json(result, repeat, list(steps))]
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


def _repeat_json(result: ScenarioResult, repeat: Repeat, steps: list[StepResult]) -> dict[str, Any]:
    """Return a repeat as one step; a trace has all of them."""
    return {
        "line": repeat.line,
        "step": repeat.label,
        "repeated": dict(Counter(step.label.partition(" ")[0] for step in steps)),
        "rejected": sum(isinstance(step.outcome, Rejected) for step in steps),
        "as_expected": all(step.is_expected for step in steps),
        "events": [
            {"line": step.line, "time": step.after.time, "step": step.label, "happened": lines}
            for step, lines in risky_steps(result, steps)
        ],
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
