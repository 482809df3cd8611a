"""Ask for every opinion that is missing or stale: `python -m ibperp_invariants.proofs.full`.

Opinions are saved one by one, so that a run that was stopped goes on where it was. Exit codes: 0
nothing is worse, 1 a theorem is refuted or lost its confirmation, 2 wrong use.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ibperp_invariants.proofs.checker import ALL_MODULES, all_theorems
from ibperp_invariants.proofs.coq.faults import FAULTS, is_found
from ibperp_invariants.proofs.coq.run import coqc
from ibperp_invariants.proofs.executor.prove import Opinion, needless
from ibperp_invariants.proofs.executor.solvers import SOLVERS
from ibperp_invariants.proofs.opinions import (
    CROSSHAIR,
    OPINIONS,
    REFUTES,
    Known,
    Question,
    answers,
    is_confirmed,
    noted,
    questions,
    read_opinions,
    write_opinions,
)
from ibperp_invariants.proofs.whole import second_opinions
from ibperp_invariants.proofs.workers import ENVIRONMENT

AS_BEFORE, WORSE, WRONG_USE = 0, 1, 2
CHECKERS: Final = (*SOLVERS, CROSSHAIR)
SHARE_OF_SOLVERS: Final = {"z3-solver": 95, "cvc5": 85}
"""The least part of all theorems, in percent, that each solver is to confirm."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; print what is worse, and how many each solver confirms."""
    options = _parser().parse_args(arguments)
    theorems = [pair for pair in all_theorems(ALL_MODULES) if options.only in ".".join(pair)]
    try:
        shipped, known = read_opinions(), read_opinions(options.opinions)
        if options.premises:
            return _premises(theorems)
        os.environ.update(ENVIRONMENT)
        asked = questions(theorems, known, tuple(options.solver or CHECKERS))
        worse = []
        for done, (question, found) in enumerate(answers(asked), 1):
            _show(question, done, len(asked))
            line = _taken(known, question, found, shipped, options.opinions)
            worse += [line] if line else []
    except (OSError, ValueError) as error:
        print(f"proofs: {error}", file=sys.stderr)
        return WRONG_USE
    except KeyboardInterrupt:
        print("\nstopped; the same command continues from here", file=sys.stderr)
        return WORSE
    for name, least in SHARE_OF_SOLVERS.items():
        entries = [known.get(theorem, {}).get(name) for _, theorem in theorems]
        confirmed = sum(entry is not None and is_confirmed(entry) for entry in entries)
        print(f"{name}: {confirmed} of {len(theorems)} confirmed; {least} % is the aim")
    print(*second_opinions(known), sep="\n")
    worse += [] if options.only else _unfound()
    print(*worse, sep="\n", end="\n" if worse else "", file=sys.stderr)
    return WORSE if worse else AS_BEFORE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ibperp_invariants.proofs.full",
        description="Run every theorem under the own executor with both solvers, and CrossHair.",
        epilog="exit codes: 0 nothing is worse, 1 worse or stopped, 2 wrong use",
    )
    parser.add_argument(
        "--opinions", type=Path, default=OPINIONS, metavar="FILE", help="where opinions are saved"
    )
    parser.add_argument(
        "--premises", action="store_true", help="report the premises that no theorem needs instead"
    )
    parser.add_argument(
        "--only", default="", metavar="WORD", help="theorems whose module or name has this word"
    )
    parser.add_argument("--solver", action="append", choices=CHECKERS, help="this one alone")
    return parser


def _taken(known: Known, question: Question, found: Opinion, shipped: Known, path: Path) -> str:
    """Save an opinion; return in what it is worse than the one that ships, or ""."""
    before = shipped.get(question.theorem, {}).get(question.solver)
    noted(known, question, found)
    write_opinions(path, known)
    now = known[question.theorem][question.solver]
    is_lost = before is not None and is_confirmed(before) and not is_confirmed(now)
    if found.verdict in REFUTES or is_lost:
        return f"{question.theorem}: {found.verdict}, {question.solver}: {found.detail}"
    return ""


def _premises(theorems: list[tuple[str, str]]) -> int:
    """Print each premise without which its theorem is confirmed all the same."""
    for module, theorem in theorems:
        for premise in needless(importlib.import_module(module), theorem, "z3-solver"):
            print(f"{theorem}: holds without {premise}", flush=True)
    return AS_BEFORE


def _unfound() -> list[str]:
    """Return the faults in translated kernels that Coq does not find; none without Coq."""
    if coqc() is None:
        print(f"left out: {len(FAULTS)} faults in translated kernels; there is no coqc")
        return []
    missed = [fault for fault in FAULTS if not is_found(fault)]
    print(f"coq: {len(FAULTS) - len(missed)} of {len(FAULTS)} planted faults found")
    return [f"{fault.law}: the fault in {fault.kernel} was not found" for fault in missed]


def _show(question: Question, done: int, total: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if done == total else ""
        name = f"{question.solver} {question.theorem}"[:70]
        print(f"\r\033[K{done}/{total} {name}", end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
