"""The command `ibperp run`: a scenario, run and printed, with the files that a user asks for."""

from __future__ import annotations

import sys
from json import dumps
from typing import TYPE_CHECKING

from rich.console import Console

from ibperp_conformance.files import WrongUseError, outputs, write_atomically
from ibperp_conformance.json_text import on_one_line
from ibperp_conformance.page.document import run_page
from ibperp_conformance.presets.document import DocumentError
from ibperp_conformance.progress import Progress
from ibperp_conformance.protocol.observation import flatten, observe
from ibperp_conformance.protocol.profile import beyond
from ibperp_conformance.protocol.wire import encode_action
from ibperp_conformance.report.report import as_json, print_result
from ibperp_conformance.report.steps_table import complaints
from ibperp_conformance.scenario.run import run_scenario
from ibperp_conformance.snapshot.files import read_snapshot, write_snapshot
from ibperp_conformance.traces.write import trace_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ibperp_conformance.scenario.result import ScenarioResult


def main_check(path: Path, start_file: Path | None = None) -> int:
    """Read a scenario and say what is wrong in it; return 0 if it reads and goes as expected, or 1.

    The steps are taken, because each is read against the state that it meets; no invariant is
    checked and nothing is written. Raise WrongUseError where it cannot be read.
    """
    start = None if start_file is None else read_snapshot(start_file)
    try:
        with Progress("steps") as progress:
            result = run_scenario(path, start, is_checked=False, on_step=progress.step)
    except DocumentError as error:
        raise WrongUseError(str(error)) from None
    found = complaints((*result.scene, *result.steps))
    for line, count in found.items():
        sys.stdout.write(on_one_line(f"{path}: {line}") + f"{f' ({count} times)' * (count > 1)}\n")
    for line in _beyond_profile(result):
        sys.stdout.write(on_one_line(f"{path}: note: {line}") + "\n")
    if not result.is_whole:
        sys.stdout.write(on_one_line(f"{path}: interrupted after {len(result.steps)} steps") + "\n")
        raise KeyboardInterrupt
    if not found:
        sys.stdout.write(f"{path}: reads well, {len(result.steps)} steps go as expected\n")
    return 1 if found else 0


def _beyond_profile(result: ScenarioResult) -> Iterator[str]:
    """Yield what leaves the profile of widths: of a step, its first; then of the state at the end.

    Of each leaf of a name the first is told.
    """
    told = set[str]()
    steps = (
        (f"line {step.line}: " if step.line else f"{step.label}: ", encode_action(step.action))
        for step in (*result.scene, *result.steps)
    )
    for where, value in (*steps, ("at the end: ", observe(result.final))):
        for own in beyond(flatten(value).items()):
            if (name := own.path.rpartition("/")[2]) not in told:
                told.add(name)
                yield f"{where}{own}"


def main_run(
    path: Path,
    json: bool,  # noqa: FBT001
    trace: Path | None,
    html: Path | None = None,
    *,
    snapshot_file: Path | None = None,
    start_file: Path | None = None,
) -> int:
    """Run a scenario and print it; return 0 if it went as expected, 1 if not.

    `start_file`: the snapshot to start from; `snapshot_file`: where to put that of the end. Raise
    WrongUseError when one of the files cannot be read or written. An interrupted run is told and
    written as far as it came.
    """
    outputs({"trace": trace, "page": html}, read=(path, start_file))
    outputs({"trace": trace, "page": html, "snapshot": snapshot_file}, read=(path,))  # Goes on.
    start = None if start_file is None else read_snapshot(start_file)
    try:
        with Progress("steps") as progress:
            result = run_scenario(path, start, on_step=progress.step)
    except DocumentError as error:
        raise WrongUseError(str(error)) from None
    errors = list(_unwritten(result, trace, html, snapshot_file))
    if json:
        sys.stdout.write(dumps(as_json(result), indent=2) + "\n")
    else:
        print_result(result, Console(emoji=False))
    if errors:
        raise WrongUseError("\n".join(errors))
    if not result.is_whole:
        raise KeyboardInterrupt
    return 0 if result.is_ok else 1


def _unwritten(
    result: ScenarioResult, trace: Path | None, html: Path | None, snapshot_file: Path | None
) -> Iterator[str]:
    """Write the files of a run; yield why one could not be, which keeps no other from it."""
    wanted: tuple[tuple[Path | None, Callable[[Path], None]], ...] = (
        (trace, lambda path: write_atomically(path, trace_lines(result), "trace")),
        (html, lambda path: write_atomically(path, run_page(result), "page")),
        (snapshot_file, lambda path: write_snapshot(path, result.final)),
    )
    for file, write in wanted:
        if file is not None:
            try:
                write(file)
            except WrongUseError as error:
                yield str(error)
