"""Measure how strong each theorem is: `python -m ibperp_authoring.strength`.

A premise is not needed if the theorem is confirmed without it; a mutant of a function that the
theorem calls is refuted if a run of the theorem on some example fails. What was measured of the
present code is not measured again, so a run that was stopped goes on. Exit codes: 0 all measured,
1 something was not or it was stopped, 2 wrong use.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from ibperp_authoring.score.mutants import Mutant, modules, of_module, planted
from ibperp_invariants.fingerprint import called
from ibperp_invariants.proofs.checker import ALL_MODULES, all_theorems
from ibperp_invariants.proofs.executor.prove import (
    CONFIRMED,
    EXAMPLES,
    REFUTED,
    explore,
    needless,
    premises,
)
from ibperp_invariants.proofs.opinions import theorem_hash
from ibperp_invariants.proofs.strength import (
    STRENGTH,
    Strength,
    fixed,
    read_strength,
    write_strength,
)
from ibperp_invariants.proofs.workers import NoAnswerError, apart

ALL, SOME, WRONG_USE = 0, 1, 2
PROCESS_SECONDS: Final = 300
"""A guard against a process that hangs; a theorem that needs it is not measured."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; print a line for each theorem."""
    options = _parser().parse_args(arguments)
    missed = 0
    try:
        known = read_strength(options.file)
        for module, theorem in _unmeasured(known, options.only):
            try:
                known[theorem] = apart(PROCESS_SECONDS, measured, module, theorem)
            except NoAnswerError as error:
                missed += 1
                print(f"{theorem}: not measured, {error.args[1]}", flush=True)
                continue
            write_strength(options.file, known)
            print(f"{theorem}: {_told(known[theorem])}", flush=True)
    except (OSError, ValueError) as error:
        print(f"strength: {error}", file=sys.stderr)
        return WRONG_USE
    except KeyboardInterrupt:
        print("\nstopped; the same command goes on from here", file=sys.stderr)
        return SOME
    return SOME if missed else ALL


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ibperp_authoring.strength")
    parser.description = "Measure premises, fixed numbers and refuted mutants of every theorem."
    parser.epilog = "exit codes: 0 all measured, 1 not all or stopped, 2 wrong use"
    parser.add_argument("--only", default="", metavar="WORD", help="theorems with this word")
    parser.add_argument("--file", type=Path, default=STRENGTH, help="where it is saved")
    return parser


def _unmeasured(known: dict[str, Strength], word: str) -> Iterator[tuple[str, str]]:
    for module, theorem in all_theorems(ALL_MODULES):
        found = known.get(theorem)
        is_wanted = word in f"{module}.{theorem}"
        if is_wanted and (found is None or found.code != theorem_hash(module, theorem)):
            yield module, theorem


def measured(module: str, theorem: str) -> Strength:
    """Return how strong a theorem is, of the present code."""
    home = importlib.import_module(module)
    planned = mutants_of(module, theorem)
    return Strength(
        premises=len(premises(home, theorem)),
        needless=tuple(needless(home, theorem, EXAMPLES)),
        fixes=fixed(module, theorem),
        mutants=len(planned),
        survivors=tuple(own.name for own in planned if not refutes(module, theorem, own)),
        date=dt.datetime.now(dt.UTC).date().isoformat(),
        code=theorem_hash(module, theorem),
    )


def mutants_of(module: str, theorem: str) -> list[Mutant]:
    """Return the mutants of the functions of the reference that a theorem calls by name."""
    functions = called(getattr(importlib.import_module(module), theorem))
    homes = {name.rpartition(".")[0] for name in functions}
    return [
        own
        for home in modules()
        if home.__name__ in homes
        for own in of_module(home)
        if f"{own.module}.{own.function}" in functions
    ]


def refutes(module: str, theorem: str, mutant: Mutant) -> bool:
    """Tell whether a theorem fails on an example if a mutant stands in for its function."""
    home = importlib.import_module(module)
    with planted(mutant):
        for way in (False, True):
            found = explore(home, theorem, EXAMPLES, merges=way, hunts=True)
            if found.verdict in {CONFIRMED, REFUTED}:
                return found.verdict == REFUTED
    return False


def _told(found: Strength) -> str:
    lists = f"{len(found.needless)} of {found.premises} premises not needed"
    return f"{lists}, {len(found.fixes)} numbers fixed, {found.killed} of {found.mutants} refuted"


if __name__ == "__main__":
    sys.exit(main())
