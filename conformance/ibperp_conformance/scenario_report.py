"""What a scenario came to: tables for people, and the same as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from ibperp import pool as pool_kernel
from ibperp.margin import health
from ibperp.outcomes import Accepted, InterestCharged, Posting
from ibperp.state import at
from ibperp_conformance.observation import observe
from ibperp_conformance.units import format_units
from ibperp_conformance.wire import encode_action, encode_outcome

if TYPE_CHECKING:
    from rich.console import Console

    from ibperp.outcomes import Event
    from ibperp.state import Account, State
    from ibperp_conformance.scenario import ScenarioResult, StepResult

RATIO_DECIMALS = 18


def print_result(result: ScenarioResult, console: Console) -> None:
    """Print title, steps, final books and pools, and what was not expected."""
    console.print(f"[bold]{escape(result.title)}[/bold]  preset {escape(result.preset.name)}")
    console.print(steps_table(result))
    console.print(books_table(result))
    console.print(pools_table(result.final))
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
    """Return the steps of the file: time after the step, action, outcome, what happened."""
    table = Table("line", "time", "step", "outcome", "what happened")
    for step in result.steps:
        mark = "" if step.is_expected and not step.violations else " ✗"
        table.add_row(
            str(step.line),
            str(step.after.time),
            escape(step.label),
            _verdict(step) + mark,
            escape("\n".join(_happened(step))),
        )
    return table


def books_table(result: ScenarioResult) -> Table:
    """Return what each account holds and owes at the end, in whole units and dollars."""
    table = Table("account", "asset", "free", "lent", "owed", "equity USD", "required USD")
    for row in _books(result):
        held = row["assets"] or {"": {"free": "0", "lent": "0", "owed": "0"}}
        for place, (symbol, amounts) in enumerate(held.items()):
            own = (row["account"], row["equity"], row["initial_requirement"])
            name, equity, required = own if place == 0 else ("", "", "")
            cells = (amounts["free"], amounts["lent"], amounts["owed"], equity, required)
            table.add_row(escape(name), escape(symbol), *cells)
    return table


def pools_table(state: State) -> Table:
    """Return the pools at the end, in whole units."""
    table = Table("pool", "cash", "lent", "borrowed", "reserve", "utilization")
    for asset in state.assets:
        pool, decimals = asset.pool, asset.parameters.decimals
        amounts = (pool.cash, pool.lent, pool.borrowed, pool.reserve)
        used = format_units(pool_kernel.utilization(pool), RATIO_DECIMALS)
        table.add_row(
            escape(asset.symbol), *(format_units(amount, decimals) for amount in amounts), used
        )
    return table


def as_json(result: ScenarioResult) -> dict[str, Any]:
    """Return the run as a JSON object: integers in actions and outcomes, decimals in books."""
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
        "books": _books(result),
        "observation": observe(result.final),
    }


def _books(result: ScenarioResult) -> list[dict[str, Any]]:
    state = result.final
    unit = len(str(state.system.quote_unit)) - 1
    rows = []
    for index, account in enumerate(state.accounts):
        fit = health(state, account)
        rows.append(
            {
                "account": result.names.get(index, str(index)),
                "assets": _holdings(state, account),
                "equity": format_units(fit.equity, unit),
                "initial_requirement": format_units(fit.initial, unit),
                "maintenance_requirement": format_units(fit.maintenance, unit),
            }
        )
    return rows


def _holdings(state: State, account: Account) -> dict[str, dict[str, str]]:
    held = {}
    for index, asset in enumerate(state.assets):
        shares, free = at(account.shares, index), at(account.free, index)
        lent = pool_kernel.lend_claim(asset.pool, max(shares, 0))
        owed = pool_kernel.debt(asset.pool, max(-shares, 0))
        if free or shares:
            amounts = {"free": free, "lent": lent, "owed": owed}
            decimals = asset.parameters.decimals
            held[asset.symbol] = {
                name: format_units(amount, decimals) for name, amount in amounts.items()
            }
    return held


def _verdict(step: StepResult) -> str:
    if isinstance(step.outcome, Accepted):
        return "accepted"
    return f"rejected as {step.outcome.code.value}"


def _happened(step: StepResult) -> list[str]:
    if not isinstance(step.outcome, Accepted):
        return []
    state = step.outcome.state
    lines = [_event_line(state, event) for event in step.outcome.events]
    return [line for line in lines if line]


def _event_line(state: State, event: Event) -> str:
    asset = state.assets[event.asset]
    decimals = asset.parameters.decimals
    match event:
        case Posting():
            return f"{event.reason.value} {format_units(event.amount, decimals)} {asset.symbol}"
        case InterestCharged():
            return f"interest {format_units(event.interest, decimals)} {asset.symbol}"
        case _:
            return ""
