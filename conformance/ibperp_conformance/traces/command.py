"""The command `ibperp check-trace`: logs held to the invariants, one after another or at once."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Final, TypeVar

import typer

from ibperp_conformance.files import WrongUseError
from ibperp_conformance.options import EXIT_WRONG_USE
from ibperp_conformance.progress import Progress
from ibperp_conformance.traces.check import LogReport, check_log, summary
from ibperp_conformance.traces.files import STDIN
from ibperp_conformance.traces.pieces import Found, Piece, check_piece, pieces_of
from ibperp_invariants.workers import (
    DeathsError,
    NoClusterError,
    Processes,
    cluster,
    processes,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ibperp_invariants.workers import Answer, Pool

T = TypeVar("T")

EACH: Final = 20
"""How many findings of an invariant are shown of a log, unless all are requested."""

Checked = tuple[LogReport | None, list[str]]
"""What a log came to, None if it could not be read, and the lines to show."""


def main_check_trace(
    names: Sequence[str], *, jobs: int = 1, everything: bool = False, dask: str = ""
) -> int:
    """Check logs and show what they break; return 0, 1 for a finding, 2 if one cannot be read."""
    most = 0 if everything else EACH
    codes, is_whole = [], True
    for name, (report, lines) in zip(names, _checked(names, jobs, most, dask), strict=False):
        for line in lines:
            typer.echo(line, err=report is None)
        if report is None:
            codes.append(EXIT_WRONG_USE)
            continue
        for line in summary(report) if report.read or not report.is_whole else ():
            typer.echo(line)
        codes.append(_code(name, report))
        is_whole &= report.is_whole
    if not is_whole:
        raise KeyboardInterrupt
    return max(codes, default=0)


def _code(name: str, report: LogReport) -> int:
    if report.read or not report.is_whole:
        return 1 if report.found else 0
    hint = "write a trace with: ibperp run FILE.yaml --trace"
    what = "no line can be read as one of a trace" if report.found else "the file is empty"
    typer.echo(f"ibperp: {name}: {what}; {hint}", err=True)
    return EXIT_WRONG_USE


def _checked(names: Sequence[str], jobs: int, most: int, dask: str) -> Iterable[Checked]:
    """Yield what each log comes to, in their order."""
    if dask:
        return _on_cluster(names, most, dask)
    if jobs > 1 and len(names) > 1:
        return _in_processes(names, jobs, most)
    if jobs > 1:
        return [_in_pieces(names[0], jobs, most)]
    return _in_turn(names, most)


def _in_turn(names: Sequence[str], most: int) -> Iterable[Checked]:
    for name in names:
        checked = _watched(name, most)
        yield checked
        if checked[0] is not None and not checked[0].is_whole:
            return


def _in_processes(names: Sequence[str], jobs: int, most: int) -> Iterable[Checked]:
    with processes(min(jobs, len(names)), _heed_signals) as pool:
        yield from _at_once(names, most, pool)


def _on_cluster(names: Sequence[str], most: int, address: str) -> Iterable[Checked]:
    try:
        with cluster(address) as pool:
            yield from _at_once(names, most, pool)
    except NoClusterError as error:
        raise WrongUseError(str(error)) from None


def _at_once(names: Sequence[str], most: int, pool: Pool | None) -> Iterable[Checked]:
    """Yield what each log comes to; standard input is read here, nobody else has it."""
    tasks = [
        None if name == STDIN or pool is None else pool.submit(apart, (name, most))
        for name in names
    ]
    with Progress("logs", len(names)) as progress:
        for name, task in zip(names, tasks, strict=True):
            try:
                yield apart((name, most)) if task is None else _result(pool, task)
            except DeathsError as error:
                yield _not_told(name, pool, error)
            progress.step()


def _in_pieces(name: str, jobs: int, most: int) -> Checked:
    """Check a log in as many pieces at once, or as it is where it cannot be divided."""
    with Progress("lines looked through for places to divide the log") as looked:
        pieces, report = pieces_of(name, jobs, looked.step), LogReport(name)
    if len(pieces) == 1:
        return _watched(name, most)
    with (
        processes(len(pieces), _heed_signals) as pool,
        Progress("pieces", len(pieces)) as progress,
    ):
        assert pool is not None, "there are two pieces or more"
        places = [f"piece {number} of {len(pieces)}" for number in range(1, len(pieces) + 1)]
        parts = zip(places, pieces, strict=True)
        for task in [pool.submit(_piece_apart, (name, most, *part)) for part in parts]:
            try:
                _result(pool, task).join(report, most, typer.echo)
            except DeathsError as error:
                return _not_told(name, pool, error)
            if not report.is_whole:
                break
            progress.step()
    return report, []


def _result(pool: Pool | None, task: Answer[T]) -> T:
    """Return what a task came to; if a signal asks for the end, what its process has until then."""
    try:
        return task.result()
    except KeyboardInterrupt:
        if not isinstance(pool, Processes):
            raise
        pool.end()
        return task.result()


def _not_told(name: str, pool: Pool | None, error: DeathsError) -> Checked:
    """Return what is said of a log that nobody has checked to its end."""
    if isinstance(pool, Processes) and pool.is_ending:
        return LogReport(name, is_whole=False), []
    return None, [f"ibperp: {name}: {error}"]


def _watched(name: str, most: int) -> Checked:
    """Check a log here, showing findings as they come and how far it is."""
    try:
        with Progress("lines") as progress:
            return check_log(name, most, typer.echo, progress.step), []
    except WrongUseError as error:
        return None, [f"ibperp: {error}"]


def apart(task: tuple[str, int]) -> Checked:
    """Check a log in another process or on another machine: its name, and how much is shown."""
    name, most = task
    lines = list[str]()
    try:
        return check_log(name, most, lines.append, _go_on), lines
    except WrongUseError as error:
        return None, [f"ibperp: {error}"]


def _piece_apart(task: tuple[str, int, str, Piece]) -> Found:
    """Check a piece in another process, which says itself how far it is."""
    name, most, place, piece = task
    with Progress(f"lines of {place}") as progress:

        def on_line() -> None:
            _go_on()
            progress.step()

        return check_piece(name, most, piece, on_line)


INTERRUPTED: Final = threading.Event()
"""Set in a process that checks logs for another one, when a signal asks it to end."""


def _heed_signals() -> None:
    """Let a signal end the log that is being checked, not the process, which has yet to tell."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: INTERRUPTED.set())


def _go_on() -> None:
    if INTERRUPTED.is_set():
        raise KeyboardInterrupt
