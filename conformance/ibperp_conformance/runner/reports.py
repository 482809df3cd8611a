"""The files that a run leaves behind: JSON, JUnit XML, and an HTML page."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from ibperp_conformance.files import WrongUseError, write_atomically
from ibperp_conformance.json_text import visible
from ibperp_conformance.runner.campaign import Campaign, Divergence, Outcome, Result
from ibperp_conformance.runner.evidence import exercised, not_compared, provenance, share, shown_by
from ibperp_conformance.runner.guidance import advice, groups
from ibperp_conformance.runner.report_records import (
    DivergenceRecord,
    EngineRecord,
    ExercisedRecord,
    LeafRecord,
    ReportRecord,
    ResultRecord,
)
from ibperp_conformance.runner.selection import REPORT_FORMAT
from ibperp_conformance.runner.summary import clause_counts, explanation, shown_outcomes

SHOWN_IN_FULL: Final = 10
"""How many failures of a group a page shows in full; the others are in its table."""


def as_json(campaign: Campaign) -> str:
    """Return the whole run as JSON; `complete` says whether no vector was skipped."""
    return json.dumps(asdict(_record(campaign)), indent=2) + "\n"


def _record(campaign: Campaign) -> ReportRecord:
    hello, shown = campaign.hello, exercised(campaign)
    assert REPORT_FORMAT == "1"
    return ReportRecord(
        format=REPORT_FORMAT,
        complete=not campaign.stopped,
        stopped=campaign.stopped or None,
        exit_code=campaign.exit_code,
        suite=provenance(campaign),
        command=list(campaign.command) or None,
        tier=campaign.tier,
        engine=EngineRecord(hello.name, hello.version, sorted(hello.capabilities))
        if hello
        else None,
        seconds=round(campaign.seconds, 3),
        counts={Outcome(name): count for name, count in campaign.counts.items()},
        exercised=ExercisedRecord(sorted(shown.clauses), sorted(shown.codes), sorted(shown.events)),
        not_compared=not_compared(campaign),
        results=[_result_record(campaign, result) for result in campaign.results],
    )


def _result_record(campaign: Campaign, result: Result) -> ResultRecord:
    divergence, vector = result.divergence, result.vector
    return ResultRecord(
        id=vector.id,
        clauses=list(vector.clauses),
        title=vector.title,
        kind=vector.kind,
        why=vector.why,
        outcome=result.outcome,
        ok=result.is_good,
        known_failure=result.known,
        at=result.at or None,
        message=result.message or None,
        stderr=result.stderr or None,
        seconds=round(result.seconds, 6),
        rerun=None if result.is_good else campaign.rerun(vector),
        divergence=_divergence_record(divergence) if divergence else None,
    )


def _divergence_record(own: Divergence) -> DivergenceRecord:
    leaves = [LeafRecord(row.path, row.expected, row.received, row.differs) for row in own.rows]
    return DivergenceRecord(own.where, own.step, own.action, leaves)


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
        timestamp=campaign.date.strftime("%Y-%m-%dT%H:%M:%S"),
    )
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(campaign):
        ET.SubElement(properties, "property", name=name, value=_xml(value))
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


def _properties(campaign: Campaign) -> Iterator[tuple[str, str]]:
    yield from (
        (f"suite.{name}", str(value)) for name, value in asdict(provenance(campaign)).items()
    )
    yield "command", shlex.join(campaign.command) or "the reference"
    shown = exercised(campaign)
    for name in shown.__slots__:
        yield f"exercised.{name}", " ".join(sorted(getattr(shown, name)))
    yield from (("not compared", text) for text in not_compared(campaign))


def _xml(text: str) -> str:
    return visible(text, 10_000)


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
        suite=asdict(provenance(campaign)),
        shown=exercised(campaign),
        whole=shown_by(campaign.suite.vectors.values() if campaign.suite else ()),
        share=share,
        unseen=not_compared(campaign),
        groups=groups(campaign),
        advice=advice(campaign),
        in_full=SHOWN_IN_FULL,
        outcomes=shown_outcomes(campaign),
        clauses=clause_counts(campaign),
        command=shlex.join(campaign.command) or "the reference",
        explanation=explanation,
        visible=visible,
        as_text=json.dumps,
    )


def write_reports(
    campaign: Campaign, *, json_file: Path | None, junit: Path | None, html: Path | None
) -> list[str]:
    """Write every requested report; return the errors of those that could not be written."""
    wanted: tuple[tuple[Path | None, Callable[[Campaign], str]], ...] = (
        (json_file, as_json),
        (junit, as_junit),
        (html, as_html),
    )
    errors: list[str] = []
    for path, render in wanted:
        if path is not None:
            try:
                write_atomically(path, (render(campaign),))
            except WrongUseError as error:
                errors.append(str(error))
    return errors
