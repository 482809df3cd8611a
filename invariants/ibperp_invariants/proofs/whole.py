"""The parts of `make prove` beside the theorems: the census of writers, Coq, second opinions."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from ibperp_invariants.fingerprint import checkout_spec, clause_texts
from ibperp_invariants.proofs.checker import ALL_MODULES, WHOLE_MODULES, Finding, all_theorems
from ibperp_invariants.proofs.coq.run import check, coqc, theorems
from ibperp_invariants.proofs.executor.prove import Opinion
from ibperp_invariants.proofs.grades import confirmed_by, write_system
from ibperp_invariants.proofs.opinions import (
    CROSSHAIR,
    OPINIONS,
    Known,
    Question,
    answers,
    disagreements,
    is_confirmed,
    noted,
    questions,
    read_opinions,
    theorem_hash,
    write_opinions,
)
from ibperp_invariants.proofs.system.check import gaps

FIRST_SOLVER: Final = "z3-solver"
"""The solver for a whole effect that changed; make prove-full asks the other."""

INSTALL: Final = "Debian: apt-get install coq libcoq-stdlib"


def problems(*, updates: bool) -> tuple[list[str], list[str]]:
    """Return what is wrong beside the theorems, and what is to be told; with `updates`, save."""
    found = [*gaps(), *disagreements(read_opinions())]
    count = sum(map(len, theorems().values()))
    if coqc() is None:
        return found, [f"left out: {count} theorems for any number; there is no coqc ({INSTALL})"]
    with tempfile.TemporaryDirectory() as folder:
        checked = check(Path(folder))
    if checked.problems:
        return [*found, *checked.problems], []
    if updates:
        write_system(checked, clause_texts(checkout_spec()))
    return found, [f"{count} theorems for any number, no axiom (Coq {checked.version})"]


def second_opinions(known: Known) -> list[str]:
    """Return how many theorems two executors, and two solvers, confirm about the present code."""
    listed = all_theorems(ALL_MODULES)
    by = [set(confirmed_by(theorem, known)) for _, theorem in listed]
    both = sum(CROSSHAIR in found and len(found) > 1 for found in by)
    solvers = sum({"z3-solver", "cvc5"} <= found for found in by)
    return [
        f"Of {len(listed)} theorems two executors confirm {both} as the code is now,",
        f"{solvers} are confirmed with two solvers",
    ]


def unconfirmed() -> list[str]:
    """Ask about whole effects that no checker confirmed as they are now; return what fails."""
    known = read_opinions()
    stale = [
        (module, theorem)
        for module, theorem in all_theorems(WHOLE_MODULES)
        if not confirmed_by(theorem, known)
    ]
    lines = []
    for question, found in answers(questions(stale, {}, (FIRST_SOLVER,))):
        noted(known, question, found)
        if not is_confirmed(known[question.theorem][FIRST_SOLVER]):
            lines.append(f"{question.theorem}: {found.verdict}, no checker confirms it")
    return lines


def save_findings(found: dict[str, Finding]) -> None:
    """Put the findings of the first checker among the opinions; raise OSError if that fails."""
    known = read_opinions()
    for finding in found.values():
        code = theorem_hash(finding.module, finding.theorem)
        question = Question(finding.module, finding.theorem, CROSSHAIR, code)
        said = Opinion(finding.verdict, finding.paths, 0, finding.witness, finding.fault_found)
        noted(known, question, said)
    write_opinions(OPINIONS, known)
