"""What a run leaves behind: the summary on the terminal, and JSON, JUnit and HTML files."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from ibperp_conformance.files import WrongUseError, write_atomically
from ibperp_conformance.json_text import visible
from ibperp_conformance.runner.campaign import Campaign, Outcome, Result

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

JSON_FORMAT: Final = "1"
SHOWN_FAILURES: Final = 20

_STYLES: Final = {
    "passed": "green",
    "unsupported": "yellow",
    "skipped": "yellow",
}


def as_json(campaign: Campaign) -> str:
    """Return the whole run as JSON; `complete` says whether no vector was skipped."""
    return json.dumps(_record(campaign), indent=2) + "\n"


def _record(campaign: Campaign) -> dict[str, object]:
    hello = campaign.hello
    return {
        "format": JSON_FORMAT,
        "complete": not campaign.stopped,
        "stopped": campaign.stopped or None,
        "exit_code": campaign.exit_code,
        "command": list(campaign.command) or None,
        "tier": campaign.tier,
        "engine": hello
        and {
            "name": hello.name,
            "version": hello.version,
            "capabilities": sorted(hello.capabilities),
        },
        "seconds": round(campaign.seconds, 3),
        "counts": campaign.counts,
        "results": [_result_record(campaign, result) for result in campaign.results],
    }


def _result_record(campaign: Campaign, result: Result) -> dict[str, object]:
    divergence = result.divergence
    return {
        "id": result.vector.id,
        "clauses": list(result.vector.clauses),
        "title": result.vector.title,
        "kind": result.vector.kind,
        "why": result.vector.why,
        "outcome": result.outcome.value,
        "ok": result.is_good,
        "known_failure": result.known,
        "message": result.message or None,
        "stderr": result.stderr or None,
        "seconds": round(result.seconds, 6),
        "rerun": None if result.is_good else campaign.rerun(result.vector),
        "divergence": divergence
        and {
            "where": divergence.where,
            "step": divergence.step,
            "action": divergence.action,
            "leaves": [
                {
                    "path": row.path,
                    "expected": row.expected,
                    "received": row.received,
                    "differs": row.differs,
                }
                for row in divergence.rows
            ],
        },
    }


def as_junit(campaign: Campaign) -> str:
    """Return the run as JUnit XML: one test case per vector, one class per first clause."""
    results = campaign.results
    is_error = (Outcome.ERRORED, Outcome.CRASHED, Outcome.TIMED_OUT)
    errors = [r for r in results if not r.is_good and r.outcome in is_error]
    skips = [r for r in results if r.outcome is Outcome.SKIPPED]
    suite = ET.Element(
        "testsuite",
        name=f"ibperp conform ({campaign.tier})",
        tests=str(len(results)),
        failures=str(len(campaign.bad) - len(errors)),
        errors=str(len(errors)),
        skipped=str(len(skips)),
        time=f"{campaign.seconds:.3f}",
    )
    for result in results:
        vector = result.vector
        case = ET.SubElement(
            suite,
            "testcase",
            classname=_xml(vector.clauses[0]),
            name=_xml(f"{vector.id} {vector.title}"),
            time=f"{result.seconds:.6f}",
        )
        if result.outcome is Outcome.SKIPPED:
            ET.SubElement(case, "skipped", message=_xml(result.message))
        elif not result.is_good:
            tag = "error" if result.outcome in is_error else "failure"
            message = _xml(explanation(result))
            child = ET.SubElement(case, tag, type=result.outcome.value, message=message)
            child.text = _xml(_plain(campaign, result))
    suites = ET.Element("testsuites")
    suites.append(suite)
    ET.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(suites, "unicode") + "\n"


def _xml(text: str) -> str:
    return visible(text, 10_000)


def explanation(result: Result) -> str:
    """Return in one sentence why a result is not good."""
    if result.outcome is Outcome.PASSED:
        return f"passed, but it is listed as a known failure ({result.known}); remove it there"
    return result.message


def _plain(campaign: Campaign, result: Result) -> str:
    lines, none = [], "(none)"
    if result.divergence:
        if result.divergence.action is not None:
            lines.append(f"action: {json.dumps(result.divergence.action)}")
        for row in result.divergence.rows:
            mark = "≠" if row.differs else " "
            sides = f"expected {row.expected or none}, received {row.received or none}"
            lines.append(f"{mark} {row.path}: {sides}")
    if result.stderr:
        lines.append(f"standard error of the engine:\n{result.stderr}")
    return "\n".join([*lines, f"rerun: {campaign.rerun(result.vector)}"])


def as_html(campaign: Campaign) -> str:
    """Return the run as one HTML page that needs nothing else to be shown."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("ibperp_conformance"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("report.html").render(
        campaign=campaign,
        command=shlex.join(campaign.command) or "the reference",
        explanation=explanation,
        visible=visible,
        as_text=json.dumps,
    )


def write_reports(
    campaign: Campaign, *, json_file: Path | None, junit: Path | None, html: Path | None
) -> list[str]:
    """Write every report asked for; return the errors of those that could not be written."""
    wanted: tuple[tuple[Path | None, Callable[[Campaign], str]], ...] = (
        (json_file, as_json),
        (junit, as_junit),
        (html, as_html),
    )
    errors = []
    for path, render in wanted:
        if path is not None:
            try:
                write_atomically(path, (render(campaign),))
            except WrongUseError as error:
                errors.append(str(error))
    return errors


def print_summary(campaign: Campaign, console: Console) -> None:
    """Print the first failure in full, the others by line, the counts and the verdict."""
    from rich.text import Text

    if campaign.bad:
        _print_failure(campaign, campaign.bad[0], console)
        for result in campaign.bad[1:SHOWN_FAILURES]:
            text = f"{result.outcome.value:<11} {result.vector.id}  {explanation(result)}"
            console.print(Text(visible(text, 300)))
        if len(campaign.bad) > SHOWN_FAILURES:
            console.print(Text(f"... and {len(campaign.bad) - SHOWN_FAILURES} more"))
        console.print()
    if any(result.outcome is not Outcome.SKIPPED for result in campaign.results):
        console.print(_count_table(campaign))
    style = "bold green" if campaign.exit_code == 0 else "bold red"
    console.print(Text(verdict(campaign), style))
    if campaign.failure is not None and campaign.failure.stderr:
        console.print(Text(f"standard error of the engine:\n{campaign.failure.stderr}"))


def verdict(campaign: Campaign) -> str:
    """Return the sentence that ends a run."""
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


def _count_table(campaign: Campaign) -> Table:
    from rich.box import SIMPLE
    from rich.table import Table

    table = Table(box=SIMPLE, title=f"{campaign.tier} tier", title_justify="left")
    columns = list(Outcome)
    groups: dict[str, list[Result]] = {}
    for result in campaign.results:
        groups.setdefault(result.vector.id.rpartition("-")[0], []).append(result)
    table.add_column("vectors")
    shown = [o for o in columns if campaign.counts[o] or o in (Outcome.PASSED, Outcome.DIVERGED)]
    for outcome in shown:
        style = _STYLES.get(outcome, "red") if campaign.counts[outcome] else "dim"
        table.add_column(outcome.value.replace("_", " "), justify="right", style=style)
    for group, results in sorted(groups.items(), key=lambda item: _order(item[0])):
        table.add_row(group, *(str(sum(r.outcome is o for r in results) or "·") for o in shown))
    table.add_section()
    table.add_row("all", *(str(campaign.counts[outcome]) for outcome in shown))
    return table


def _order(group: str) -> tuple[str, int]:
    chapter, _, number = group.rpartition("-")
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
    console.print(Text("  run only this vector:", "dim"))
    # Printed without wrapping, so that the line can be copied.
    console.print(Text(f"  {campaign.rerun(vector)}"), soft_wrap=True)
    console.print()


def _row_table(result: Result) -> Table:
    from rich.box import SIMPLE
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE, pad_edge=False)
    for title in ("", "leaf", "expected", "received"):
        table.add_column(title, overflow="fold")
    rows = result.divergence.rows if result.divergence else ()
    for row in rows[:SHOWN_FAILURES]:
        style = "bold red" if row.differs else "dim"
        cells = ["≠" if row.differs else "", row.path, row.expected, row.received]
        table.add_row(*(Text(visible("(none)" if c is None else c, 400), style) for c in cells))
    if len(rows) > SHOWN_FAILURES:
        table.add_row("", f"... and {len(rows) - SHOWN_FAILURES} more", "", "")
    return table
