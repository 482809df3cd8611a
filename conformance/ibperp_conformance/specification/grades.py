"""The grade of every invariant, from what commands left behind."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ibperp_invariants import INVARIANTS
from ibperp_invariants.fingerprint import clause_texts
from ibperp_invariants.proofs.grades import Grade, confirmed_by, law_grades
from ibperp_invariants.proofs.opinions import read_opinions
from ibperp_invariants.search.evidence import read_evidence, search_hash

CLAIMED: Final = "claimed"


def invariant_grades(spec: Path) -> dict[str, Grade]:
    """Return the grade of every invariant, by name; `spec` is where the chapters are.

    A law that is composed and whose parts are all shown is proved; any other was searched for so
    many steps, if a search left its evidence, else claimed.
    """
    searched = _searched()
    proved = {
        name: grade for name, grade in law_grades(clause_texts(spec)).items() if not grade.lacks
    }
    return {invariant.name: proved.get(invariant.name, searched) for invariant in INVARIANTS}


def theorem_checkers() -> dict[str, tuple[str, ...]]:
    """Return the checkers that confirmed each theorem about the present code."""
    known = read_opinions()
    return {name: confirmed_by(name, known) for name in known}


def _searched() -> Grade:
    found = read_evidence()
    if found is None:
        return Grade(CLAIMED)
    return Grade(f"searched {found.steps} steps", found.date, is_stale=found.code != search_hash())
