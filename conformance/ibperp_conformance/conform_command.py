"""The commands `ibperp conform` and `ibperp show`."""

from __future__ import annotations

import contextlib
import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from ibperp_conformance.json_text import on_one_line
from ibperp_conformance.options import EXIT_WRONG_USE, Command, Invariants, Timeout

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ibperp_conformance.runner.campaign import Campaign
    from ibperp_conformance.runner.selection import Wanted
    from ibperp_conformance.runner.vectors import Suite, Vector

Many: TypeAlias = list[str] | None

VectorsFile = Annotated[
    Path | None,
    typer.Option("--vectors", help="Take the vectors of this file, such as one of ibperp fuzz."),
]


KnownFailures = Annotated[
    Path | None, typer.Option(help="Lines 'ID reason'; a listed vector must fail.")
]
WriteKnownFailures = Annotated[
    Path | None, typer.Option(help="Write the vectors that failed in this run here.")
]
Names = Annotated[
    Many, typer.Option(help="Only this vector, or all whose ids begin with it: CU-4-003, CU-4, CU.")
]
Capabilities = Annotated[
    Many,
    typer.Option(
        help="Only vectors that need no other than these; fills: those of an engine without a book."
    ),
]
Whys = Annotated[
    Many, typer.Option(help="Only of this reason: boundary, rounding, attack and so on.")
]
Report = Annotated[
    Path | None,
    typer.Option(metavar="REPORT", help="Only vectors that did not pass in this file of --json."),
]
Release = Annotated[
    str, typer.Option(metavar="X.Y.Z", help="Only the vectors that this version required.")
]
ListOnly = Annotated[
    bool, typer.Option("--list", help="Print the vectors that would run, and end.")
]
StopAtFirst = Annotated[bool, typer.Option("--stop-at-first", help="End with the first failure.")]
ByClause = Annotated[
    bool, typer.Option("--by-clause", help="Print a table with a row for each clause.")
]


def conform(  # noqa: PLR0917 - typer reads a parameter per option
    command: Command = None,
    tier: Annotated[str, typer.Option(help="core (seconds) or full.")] = "core",
    report: Annotated[Path | None, typer.Option(help="Write an HTML page here.")] = None,
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML here.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write JSON here.")] = None,
    known_failures: KnownFailures = None,
    write_known_failures: WriteKnownFailures = None,
    vector: Names = None,
    clause: Annotated[Many, typer.Option(help="Only vectors that show this clause.")] = None,
    capability: Capabilities = None,
    kind: Annotated[Many, typer.Option(help="Only accept, reject or trace.")] = None,
    why: Whys = None,
    code: Annotated[Many, typer.Option(help="Only vectors that expect this rejection.")] = None,
    rerun_failed: Report = None,
    vectors_file: VectorsFile = None,
    release: Release = "",
    list_only: ListOnly = False,
    stop_at_first: StopAtFirst = False,
    by_clause: ByClause = False,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Engines at a time.")] = 1,
    invariants: Invariants = False,
    timeout: Timeout = 10.0,
) -> int:
    """Check an engine against the vectors of the specification."""
    from ibperp_conformance.files import outputs
    from ibperp_conformance.progress import Progress
    from ibperp_conformance.runner.campaign import Campaign, conduct
    from ibperp_conformance.runner.known_failures import read_known_failures
    from ibperp_conformance.runner.selection import Wanted

    pages = {"page": report, "JUnit report": junit}
    renewed = {"JSON report": json_file, "known failures": write_known_failures}
    outputs(pages, read=(known_failures, rerun_failed))
    outputs(pages | renewed, read=(vectors_file,))
    files = (report, junit, json_file, known_failures, rerun_failed)
    needs_all = any((*files, release, by_clause, clause, capability, code))
    suite = _suite(vectors_file, () if needs_all else tuple(vector or ()))
    known = read_known_failures(known_failures, suite) if known_failures else {}
    whole, (suite, capabilities) = suite, _without_book(suite, capability or ())
    parts = (tuple(each or ()) for each in (vector, clause, capabilities, kind, why, code))
    vectors = _chosen(suite, Wanted(tier, *parts), rerun_failed, release)
    if list_only:
        return _listed(vectors)
    if invariants:
        from ibperp_conformance.fuzz.lawful import main_lawful

        return main_lawful(suite, vectors, command or (), timeout)
    campaign = Campaign(tuple(command or ()), tier, len(vectors))
    with Progress("vectors", len(vectors)) as progress:
        conduct(
            suite,
            vectors,
            campaign,
            timeout=timeout,
            known=known,
            jobs=jobs,
            stop_at_first=stop_at_first,
            on_result=lambda _: progress.step(),
        )
    if suite is not whole:
        _tell_shares(whole, suite, by_clause=by_clause)
    written = {"json_file": json_file, "junit": junit, "html": report}
    return _told(campaign, written, write_known_failures, by_clause=by_clause)


def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="The vector, such as CU-4-003.")],
    vectors_file: VectorsFile = None,
) -> int:
    """Print a vector as a readable sheet: setup, steps, outcome and changes."""
    from ibperp_conformance.runner.selection import select
    from ibperp_conformance.runner.sheet import sheet

    suite = _suite(vectors_file, [name])
    for place, vector in enumerate(select(suite, "full", [name])):
        typer.echo(("\n" if place else "") + "\n".join(sheet(suite, vector)))
    return 0


def _without_book(suite: Suite, capabilities: Sequence[str]) -> tuple[Suite, Sequence[str]]:
    """Return the vectors of an engine without a book if `fills` is one of the capabilities."""
    from ibperp_conformance.runner.capabilities import FILLS

    if FILLS not in capabilities:
        return suite, capabilities
    from ibperp_conformance.runner.fills import suite_of_fills

    return suite_of_fills(suite), capabilities if len(capabilities) > 1 else ()


def _listed(vectors: Sequence[Vector]) -> int:
    for each in vectors:
        typer.echo(on_one_line(f"{each.id}  {each.kind}  {each.why}  {each.title}"))
    return 0


def _suite(file: Path | None, names: Sequence[str] = ()) -> Suite:
    """Return the vectors of a file or of the specification, of these only those named."""
    from ibperp_conformance.runner import vectors
    from ibperp_conformance.runner.part import load_part
    from ibperp_conformance.runner.vectors import VectorError, load_file, load_suite

    folder = vectors.spec_path() / "vectors"
    if file is None and names and (part := load_part(names, folder)):
        return part
    if file is None:
        gc.disable()  # Nothing of the suite is ever garbage, and to look for some costs as much.
        suite = load_suite()
        gc.freeze()
        gc.enable()
        return suite
    try:
        return load_file(file)
    except VectorError as error:
        remedy = "spec/schema/vectors.json and setups.json say what belongs there"
        raise VectorError(f"{error}; {remedy}") from None


def _chosen(suite: Suite, wanted: Wanted, report: Path | None, release: str) -> list[Vector]:
    """Return the vectors to run: those wanted, of these those that a file or a release names."""
    from dataclasses import replace

    from ibperp_conformance.files import WrongUseError
    from ibperp_conformance.runner.releases import required
    from ibperp_conformance.runner.selection import choose, failed_in

    if report is not None:
        failed, gone = failed_in(report, suite)
        if gone:
            _say(f"{len(gone)} vectors that failed in {report} do not exist any more: left out")
        chosen = [each for each in choose(suite, replace(wanted, tier="full")) if each.id in failed]
    else:
        chosen = choose(suite, wanted)
    if release:
        frozen = required(release, suite)
        chosen = [each for each in chosen if each.id in set(frozen.standing)]
        if frozen.changed:
            _say(f"{len(frozen.changed)} vectors of {release} changed since: left out")
    if not chosen:
        raise WrongUseError("no vector is all of that; ask for less at once")
    return chosen


def _tell_shares(whole: Suite, suite: Suite, *, by_clause: bool) -> None:
    from ibperp_conformance.runner.fills import shares, told_shares

    for line in told_shares(shares(whole, suite), by_clause=by_clause):
        typer.echo(line)


def _told(
    campaign: Campaign, files: Mapping[str, Path | None], listed: Path | None, *, by_clause: bool
) -> int:
    """Write the requested reports, print the summary, and return the exit code."""
    from ibperp_conformance.files import WrongUseError
    from ibperp_conformance.runner.known_failures import write_known_failures
    from ibperp_conformance.runner.summary import verdict

    errors: list[str] = []
    if any(files.values()):
        from ibperp_conformance.runner.reports import write_reports

        errors = write_reports(campaign, **files)
    if listed is not None:
        try:
            write_known_failures(listed, campaign)
        except WrongUseError as error:
            errors.append(str(error))
    is_short = campaign.exit_code == 0 and campaign.suite is not None and campaign.suite.is_part
    if is_short and not by_clause:  # A line needs no Rich, whose import costs more than the run.
        typer.secho(verdict(campaign), fg="green", bold=True)
    else:
        _print_summary(campaign, by_clause=by_clause)
    for problem in errors:
        _say(problem)
    return EXIT_WRONG_USE if errors and not campaign.interrupted else campaign.exit_code


def _print_summary(campaign: Campaign, *, by_clause: bool) -> None:
    from rich.console import Console

    from ibperp_conformance.runner.summary import print_summary

    with contextlib.suppress(SystemExit):  # Rich exits when nobody reads; the verdict stands.
        print_summary(campaign, Console(highlight=False), by_clause=by_clause)


def _say(message: str) -> None:
    sys.stderr.write(f"ibperp: {message}\n")
