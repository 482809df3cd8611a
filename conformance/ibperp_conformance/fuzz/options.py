"""The options of `ibperp fuzz`: what the command line says, before anything heavy is imported."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from ibperp_conformance.files import WrongUseError
from ibperp_conformance.options import Command, Invariants, Timeout


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a campaign; `folder` is None where nothing is kept."""

    command: tuple[str, ...]
    against: tuple[str, ...]
    capabilities: tuple[str, ...]
    seed: int
    budget: str
    runs: int
    jobs: int
    folder: Path | None
    is_lawful: bool
    timeout: float
    dask: str
    corpus: Path | None = None
    is_whole: bool = False


def fuzz(  # noqa: PLR0917 - typer reads a parameter per option
    command: Command = None,
    against: Annotated[
        str | None,
        typer.Option(metavar="COMMAND", help="Compare with this engine, in one argument."),
    ] = None,
    capability: Annotated[
        list[str] | None, typer.Option(help="Use only this part of the system, and custody.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same findings.")] = 0,
    budget: Annotated[str, typer.Option(help="How long: 90s, 10m, 2h.")] = "60s",
    runs: Annotated[int, typer.Option(min=0, help="Stop after so many runs; 0: no limit.")] = 0,
    jobs: Annotated[int, typer.Option(min=1, max=512, help="Processes at a time.")] = 1,
    out: Annotated[
        Path | None, typer.Option(help="Keep findings here, and continue a campaign that is here.")
    ] = None,
    corpus: Annotated[
        Path | None,
        typer.Option(help="Begin half of the runs where an earlier campaign (--out) came far."),
    ] = None,
    unreached: Annotated[bool, typer.Option(help="Name all that was never reached.")] = False,
    invariants: Invariants = False,
    timeout: Timeout = 10.0,
    dask: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Run on the Dask cluster of this scheduler.")
    ] = "",
) -> int:
    """Search for runs in which an engine and the reference differ, and shrink them.

    Without an engine, only the reference runs, which shows what a campaign reaches.
    """
    from ibperp_conformance.fuzz.command import main_fuzz

    return main_fuzz(
        Options(
            command=tuple(command or ()),
            against=_words(against),
            capabilities=tuple(capability or ()),
            seed=seed,
            budget=budget,
            runs=runs,
            jobs=jobs,
            folder=out,
            is_lawful=invariants,
            timeout=timeout,
            dask=dask,
            corpus=corpus,
            is_whole=unreached,
        )
    )


def _words(command: str | None) -> tuple[str, ...]:
    if command is None:
        return ()
    try:
        words = tuple(shlex.split(command))
    except ValueError as error:
        raise WrongUseError(f"--against {command}: {error}; write it as for a shell") from None
    if not words:
        raise WrongUseError("--against names no command; leave it out, or name an engine")
    return words
