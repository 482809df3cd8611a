"""The command `ibperp check-trace`: logs held to the invariants, one after another or at once."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import typer

from ibperp_conformance.files import WrongUseError
from ibperp_conformance.options import EXIT_WRONG_USE
from ibperp_conformance.progress import Progress
from ibperp_conformance.traces.check import LogReport, check_log, summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

EACH: Final = 20
"""How many findings of an invariant are shown of a log, unless all are requested."""

Checked = tuple[LogReport | None, list[str]]
"""What a log came to, None if it could not be read, and the lines to show."""


def main_check_trace(
    names: Sequence[str], *, jobs: int = 1, everything: bool = False, dask: str = ""
) -> int:
    """Check logs and show what they break; return 0, 1 for a finding, 2 if one cannot be read."""
    most = 0 if everything else EACH
    codes = []
    for name, (report, lines) in zip(names, _checked(names, jobs, most, dask), strict=True):
        for line in lines:
            typer.echo(line, err=report is None)
        if report is None:
            codes.append(EXIT_WRONG_USE)
            continue
        for line in summary(report) if report.read else ():
            typer.echo(line)
        codes.append(_code(name, report))
    return max(codes, default=0)


def _code(name: str, report: LogReport) -> int:
    if report.read:
        return 1 if report.found else 0
    hint = "write a trace with: ibperp run FILE.yaml --trace"
    what = "no line can be read as one of a trace" if report.found else "the file is empty"
    typer.echo(f"ibperp: {name}: {what}; {hint}", err=True)
    return EXIT_WRONG_USE


def _checked(names: Sequence[str], jobs: int, most: int, dask: str) -> Iterable[Checked]:
    """Yield what each log comes to, in their order."""
    if dask:
        client = _client(dask)
        return (task.result() for task in client.map(apart, names, [most] * len(names)))
    if jobs > 1 and len(names) > 1:
        return _at_once(names, jobs, most)
    return (_watched(name, most) for name in names)


def _at_once(names: Sequence[str], jobs: int, most: int) -> Iterable[Checked]:
    with ProcessPoolExecutor(min(jobs, len(names))) as pool, Progress("logs", len(names)) as told:
        yield from told.over(pool.map(apart, names, [most] * len(names)))


def _watched(name: str, most: int) -> Checked:
    """Check a log here, showing findings as they come and how far it is."""
    try:
        with Progress("lines") as progress:
            return check_log(name, most, typer.echo, progress.step), []
    except WrongUseError as error:
        return None, [f"ibperp: {error}"]


def apart(name: str, most: int) -> Checked:
    """Check a log in another process or on another machine."""
    lines = list[str]()
    try:
        return check_log(name, most, lines.append), lines
    except WrongUseError as error:
        return None, [f"ibperp: {error}"]


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        message = "--dask needs the extra dask: pip install 'ibperp[dask]'"
        raise WrongUseError(message) from None
    try:
        return Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise WrongUseError(f"no Dask scheduler at {address}: {error}") from None
