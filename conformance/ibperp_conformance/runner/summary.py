"""What a run prints: what failed, alike failures together, what is next, and the verdict."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from ibperp_conformance.json_text import visible
from ibperp_conformance.runner.campaign import Campaign, Outcome, Result
from ibperp_conformance.runner.evidence import (
    digest,
    exercised,
    installed_version,
    not_compared,
    share,
    shown_by,
)
from ibperp_conformance.runner.guidance import advice, groups

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

SHOWN_GROUPS: Final = 12
SHOWN_IDS: Final = 4
SHOWN_LEAVES: Final = 20

STYLES: Final = {"passed": "green", "unsupported": "yellow", "skipped": "yellow"}


def print_summary(campaign: Campaign, console: Console, *, by_clause: bool = False) -> None:
    """Print the first failure in full, all by groups, what is next, and the verdict."""
    from rich.text import Text

    if campaign.bad:
        first = next((r for r in campaign.bad if r.at), campaign.bad[0])
        _print_failure(campaign, first, console)
        _print_groups(campaign, console)
    ran = any(result.outcome is not Outcome.SKIPPED for result in campaign.results)
    if by_clause and ran:
        console.print(_clause_table(campaign))
    if ran:
        for line in _evidence(campaign):
            console.print(Text(line, "dim"))
    style = "bold green" if campaign.exit_code == 0 else "bold red"
    console.print(Text(verdict(campaign), style))
    if campaign.failure is not None and campaign.failure.stderr:
        console.print(Text(f"standard error of the engine:\n{campaign.failure.stderr}"))
    if ran and campaign.exit_code == 1 and (hint := advice(campaign)):
        console.print(Text(hint, "bold"))


def verdict(campaign: Campaign) -> str:
    """Return the sentence that says how a run ended."""
    passed = campaign.counts[Outcome.PASSED]
    name = f"{campaign.hello.name} {campaign.hello.version}" if campaign.hello else "the engine"
    name = visible(name, 120)
    known = sum(1 for r in campaign.results if r.is_good and r.known is not None)
    if campaign.failure is not None:
        return f"The engine could not be run: {campaign.failure.explained}"
    if campaign.interrupted:
        return f"Interrupted: {passed} of {campaign.total} vectors passed until then."
    if campaign.exit_code == 0:
        apart = f", {known} known failures" if known else ""
        seconds = f"{campaign.seconds:.1f} s"
        total = campaign.total
        return f"{name} conforms: {passed} of {total} vectors passed{apart} in {seconds}."
    stopped = f"; {campaign.stopped}" if campaign.stopped else ""
    return f"{name} does not conform: {passed} of {campaign.total} vectors passed{stopped}."


def explanation(result: Result) -> str:
    """Return in one sentence why a result is not good."""
    if result.outcome is Outcome.PASSED:
        return f"passed, but it is listed as a known failure ({result.known}); remove it there"
    return result.message


def _evidence(campaign: Campaign) -> list[str]:
    """Return the lines on what was shown and what was not compared."""
    suite = campaign.suite
    if suite is None or suite.is_part:
        return []
    whole, part = shown_by(suite.vectors.values()), exercised(campaign)
    counted = ((n, share(getattr(part, n), getattr(whole, n))) for n in part.__slots__)
    return [
        f"{campaign.tier} tier of ibperp {installed_version()}, digest {digest(suite)[:12]}",
        f"shown: {', '.join(f'{count} {name}' for name, count in counted)}",
        f"not compared: {'; '.join(not_compared(campaign))}",
    ]


def _print_groups(campaign: Campaign, console: Console) -> None:
    from rich.box import SIMPLE
    from rich.table import Table
    from rich.text import Text

    alike = groups(campaign)
    table = Table(box=SIMPLE, pad_edge=False, title="Failures, alike ones together")
    table.title_justify = "left"
    table.add_column("vectors", justify="right")
    for title in ("outcome", "at", "what", "such as"):
        table.add_column(title, overflow="fold", no_wrap=title == "at")
    for group in alike[:SHOWN_GROUPS]:
        names = [result.vector.id for result in group.results[:SHOWN_IDS]]
        more = ", ..." if len(group.results) > SHOWN_IDS else ""
        cells = (group.outcome.value, group.at, group.what, f"{', '.join(names)}{more}")
        texts = (Text(visible(cell, 300)) for cell in cells)
        table.add_row(f"{len(group.results):,}", *texts)
    console.print(table)
    if len(alike) > SHOWN_GROUPS:
        console.print(Text(f"... and {len(alike) - SHOWN_GROUPS} more groups"))


def _clause_table(campaign: Campaign) -> Table:
    from rich.box import SIMPLE
    from rich.table import Table

    table = Table(box=SIMPLE, title=f"{campaign.tier} tier", title_justify="left")
    table.add_column("vectors")
    outcomes = shown_outcomes(campaign)
    for outcome in outcomes:
        style = STYLES.get(outcome, "red") if campaign.counts[outcome] else "dim"
        table.add_column(outcome.value.replace("_", " "), justify="right", style=style)
    for clause, counts in clause_counts(campaign):
        table.add_row(clause, *(str(counts[outcome] or "·") for outcome in outcomes))
    table.add_section()
    table.add_row("all", *(str(campaign.counts[outcome]) for outcome in outcomes))
    return table


def shown_outcomes(campaign: Campaign) -> list[Outcome]:
    """Return the outcomes that a table of a run has a column for."""
    always = (Outcome.PASSED, Outcome.DIVERGED)
    return [each for each in Outcome if campaign.counts[each] or each in always]


def clause_counts(campaign: Campaign) -> list[tuple[str, dict[str, int]]]:
    """Return how many vectors of each clause, the one of the id, have each outcome."""
    counted: dict[str, dict[str, int]] = {}
    for result in campaign.results:
        clause = result.vector.id.rpartition("-")[0]
        counts = counted.setdefault(clause, {outcome.value: 0 for outcome in Outcome})
        counts[result.outcome.value] += 1
    return sorted(counted.items(), key=lambda item: _order(item[0]))


def _order(clause: str) -> tuple[str, int]:
    chapter, _, number = clause.rpartition("-")
    return chapter, int(number) if number.isdecimal() else 0


def _print_failure(campaign: Campaign, result: Result, console: Console) -> None:
    from rich.text import Text

    vector = result.vector
    clauses = ", ".join(vector.clauses)
    console.print(Text(f"{result.outcome.value}: {vector.id}  [{clauses}]  {vector.title}", "bold"))
    console.print(Text(f"  {explanation(result)}"))
    divergence = result.divergence
    if divergence:
        if divergence.action is not None:
            console.print(Text(f"  action    {visible(json.dumps(divergence.action))}"))
        console.print(_row_table(result))
    if result.stderr:
        console.print(Text(f"  standard error of the engine:\n{result.stderr}"))
    console.print(Text("  run only this vector, or read it:", "dim"))
    # Printed without wrapping, so that the lines can be copied.
    for line in (campaign.rerun(vector), f"ibperp show {vector.id}"):
        console.print(Text(f"  {line}"), soft_wrap=True)
    console.print()


def _row_table(result: Result) -> Table:
    from rich.box import SIMPLE
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE, pad_edge=False)
    for title in ("", "leaf", "expected", "received"):
        table.add_column(title, overflow="fold")
    rows = result.divergence.rows if result.divergence else ()
    for row in rows[:SHOWN_LEAVES]:
        style = "bold red" if row.differs else "dim"
        cells = ["≠" if row.differs else "", row.path, row.expected, row.received]
        table.add_row(*(Text(visible("(none)" if c is None else c, 400), style) for c in cells))
    if len(rows) > SHOWN_LEAVES:
        table.add_row("", f"... and {len(rows) - SHOWN_LEAVES} more", "", "")
    return table
