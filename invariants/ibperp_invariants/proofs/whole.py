"""The parts of `make prove` beside the theorems: the census of writers, Coq, second opinions."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from ibperp_invariants.fingerprint import checkout_spec, clause_texts
from ibperp_invariants.proofs.checker import ALL_MODULES, Finding, all_theorems
from ibperp_invariants.proofs.coq.run import check, coqc, theorems
from ibperp_invariants.proofs.executor.prove import Opinion
from ibperp_invariants.proofs.grades import confirmed_by, write_system
from ibperp_invariants.proofs.opinions import (
    CROSSHAIR,
    OPINIONS,
    Question,
    disagreements,
    noted,
    read_opinions,
    theorem_hash,
    write_opinions,
)
from ibperp_invariants.proofs.system.check import gaps

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


def second_opinions() -> list[str]:
    """Return how many theorems have second opinions about the present code."""
    known = read_opinions()
    listed = all_theorems(ALL_MODULES)
    by = [set(confirmed_by(theorem, known)) for _, theorem in listed]
    twice = sum(len(found - {CROSSHAIR}) > 0 for found in by)
    solvers = sum({"z3-solver", "cvc5"} <= found for found in by)
    return [
        f"of {len(listed)} theorems about the present code the own executor confirms {twice},",
        f"{solvers} of them with two solvers; make prove-full asks for the rest",
    ]


def save_findings(found: dict[str, Finding]) -> None:
    """Put the findings of the first checker among the opinions; raise OSError if that fails."""
    known = read_opinions()
    for finding in found.values():
        code = theorem_hash(finding.module, finding.theorem)
        question = Question(finding.module, finding.theorem, CROSSHAIR, code)
        said = Opinion(finding.verdict, finding.paths, 0, finding.witness, finding.fault_found)
        noted(known, question, said)
    write_opinions(OPINIONS, known)
