"""Every clause beside its evidence: function, vectors, invariants or a written waiver (CF-1)."""

from __future__ import annotations

import importlib
import inspect
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from ibperp_conformance.runner.vectors import Vector, load_suite
from ibperp_conformance.spec_files import spec_path
from ibperp_conformance.specification.chapters import CHAPTERS, Clause, clauses_of
from ibperp_conformance.specification.grades import invariant_grades
from ibperp_invariants import INVARIANTS

WAIVABLE: Final = ("NT-", "CF-", "GV-5")
"""Clauses of definitions, formats and overviews: their waiver may stand for all evidence."""

QUESTIONS: Final = "ibperp.queries."
"""Functions that answer without an action, so that no vector shows them: a waiver stands for it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A clause with its evidence, and every gap in words."""

    clause: str
    title: str
    functions: tuple[str, ...]
    accepting: tuple[str, ...]
    rejecting: tuple[str, ...]
    invariants: tuple[str, ...]
    waiver: str
    gaps: tuple[str, ...]


def main(directory: Path | None = None) -> int:
    """Print the table of all clauses; return 1 when a clause lacks evidence, else 0."""
    found = spec_path() if directory is None else directory
    traced = lines(found)
    console = Console()
    grades = {name: grade.shown() for name, grade in invariant_grades(found).items()}
    console.print(_table(traced, grades))
    gaps = [f"{line.clause}: {gap}" for line in traced for gap in line.gaps]
    for gap in gaps:
        console.print(gap, style="red", markup=False, highlight=False)
    summary = f"{len(traced)} clauses, {len(gaps)} gaps"
    console.print(summary, markup=False, highlight=False)
    console.print(f"invariants: {_tally(grades.values())}", markup=False, highlight=False)
    return 1 if gaps or not traced else 0


def lines(directory: Path) -> tuple[Line, ...]:
    """Return the evidence of every clause of the chapters in `directory`, in reading order."""
    vectors = tuple(load_suite(directory / "vectors").vectors.values())
    known = {invariant.name: tuple(invariant.clauses) for invariant in INVARIANTS}
    chapters = (directory / f"{name}.md" for name in CHAPTERS)
    clauses = [
        clause
        for chapter in chapters
        if chapter.is_file()
        for clause in clauses_of(chapter.read_text(encoding="utf-8"))
    ]
    traced = tuple(evidence(clause, vectors, known) for clause in clauses)
    named = {clause.clause for clause in clauses}
    strays = {name for vector in vectors for name in vector.clauses} - named
    return (*traced, *(_stray(name) for name in sorted(strays)))


def evidence(clause: Clause, vectors: Sequence[Vector], known: Mapping[str, Sequence[str]]) -> Line:
    """Return what stands for a clause: `known` gives the clauses of every invariant by its name."""
    name = clause.clause
    mine = [vector for vector in vectors if name in vector.clauses]
    accepting = tuple(v.id for v in mine if v.kind != "reject")
    rejecting = tuple(v.id for v in mine if v.kind == "reject")
    functions = clause.names("function")
    declared = clause.names("invariants")
    linked = tuple(invariant for invariant, its in known.items() if name in its)
    waiver = clause.fields.get("waiver", "").strip()
    is_waived = bool(waiver) and name.startswith(WAIVABLE)
    is_question = bool(functions) and all(one.startswith(QUESTIONS) for one in functions)
    needs_vector = not is_waived and not (waiver and is_question)
    missing = [one for one in functions if _docstring(one) is None]
    gaps = [f"there is no function {one}" for one in missing]
    if functions and not any(_names(_docstring(one) or "", name) for one in functions):
        gaps.append(f"no docstring of {', '.join(functions)} names the clause")
    gaps += [f"no invariant is called {one}" for one in declared if one not in known]
    if not functions and not is_waived:
        gaps.append("no function")
    if not accepting and needs_vector:
        gaps.append("no accepting vector")
    if clause.fields.get("refusable", "no").strip() == "yes" and not rejecting:
        gaps.append("no rejecting vector")
    if not declared and not linked and not waiver:
        gaps.append("neither an invariant nor a waiver")
    invariants = tuple(dict.fromkeys((*declared, *linked)))
    return Line(
        name, clause.title, functions, accepting, rejecting, invariants, waiver, tuple(gaps)
    )


def _docstring(dotted: str) -> str | None:
    """Return the docstring of a function by its dotted name; None when there is none."""
    module, _, attribute = dotted.rpartition(".")
    try:
        function = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError):
        return None
    return inspect.getdoc(function) or ""


def _names(docstring: str, clause: str) -> bool:
    """Tell whether a docstring names a clause in parentheses."""
    return any(
        clause in (part.strip() for part in named.split(","))
        for named in re.findall(r"\(([^()]*)\)", docstring)
    )


def _stray(name: str) -> Line:
    return Line(name, "", (), (), (), (), "", ("vectors name it, and no chapter has it",))


def _tally(grades: Iterable[str]) -> str:
    """Return how many invariants have each grade, the most frequent first."""
    counted = Counter(grades).most_common()
    return ", ".join(f"{count} {grade}" for grade, count in counted)


def _table(traced: Sequence[Line], grades: Mapping[str, str]) -> Table:
    table = Table(title="Clauses and their evidence", title_justify="left")
    for heading in ("clause", "function", "accepting", "rejecting", "invariant or waiver"):
        table.add_column(heading, overflow="fold")
    for line in traced:
        table.add_row(
            line.clause,
            "\n".join(line.functions) or "-",
            _counted(line.accepting),
            _counted(line.rejecting),
            "\n".join(f"{name} ({grades[name]})" for name in line.invariants if name in grades)
            or (f"waived: {line.waiver}" if line.waiver else "-"),
            style="red" if line.gaps else "",
        )
    return table


def _counted(vectors: Sequence[str]) -> str:
    if not vectors:
        return "-"
    more = f" and {len(vectors) - 1} more" if len(vectors) > 1 else ""
    return vectors[0] + more
