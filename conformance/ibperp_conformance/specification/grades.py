"""The grade of every invariant, from what commands left behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from ibperp_invariants import INVARIANTS
from ibperp_invariants.fingerprint import clause_texts
from ibperp_invariants.proofs.grades import Grade, confirmed_by, law_grades
from ibperp_invariants.proofs.opinions import read_opinions
from ibperp_invariants.proofs.system.laws import LAWS
from ibperp_invariants.search.evidence import read_evidence, search_hash
from ibperp_invariants.search.exhausted import read_exhausted

CLAIMED: Final = "claimed"


def invariant_grades(spec: Path, laws: Mapping[str, Grade] | None = None) -> dict[str, Grade]:
    """Return the grade of every invariant, by name; `spec` is where the chapters are.

    `laws`: what `law_grades` says of these chapters, for a caller that has asked already.

    A law that is composed and whose parts are all shown is proved. Any other holds in all runs of
    so many actions from every setup, or was searched for so many steps, if the commands left their
    evidence, else it is claimed. Of the two the first that is not stale counts. What is proved of
    a part stands beside it.
    """
    watched = [grade for grade in (_exhausted(), _searched()) if grade is not None]
    unproved = next((grade for grade in watched if not grade.is_stale), None)
    unproved = unproved or next(iter(watched), Grade(CLAIMED))
    laws = law_grades(clause_texts(spec)) if laws is None else laws
    proved = {name: grade for name, grade in laws.items() if not grade.lacks}
    parts = {law.invariant for law in LAWS if law.part} & proved.keys()
    proved |= {name: replace(unproved, beside=proved[name].shown()) for name in parts}
    return {invariant.name: proved.get(invariant.name, unproved) for invariant in INVARIANTS}


def theorem_checkers() -> dict[str, tuple[str, ...]]:
    """Return the checkers that confirmed each theorem about the present code."""
    known = read_opinions()
    return {name: confirmed_by(name, known) for name in known}


def _exhausted() -> Grade | None:
    found = read_exhausted()
    if found is None or not found.least():
        return None
    word = f"exhausted to depth {found.least()}"
    return Grade(word, found.date(), is_stale=found.is_stale())


def _searched() -> Grade | None:
    found = read_evidence()
    if found is None:
        return None
    return Grade(f"searched {found.steps} steps", found.date, is_stale=found.code != search_hash())
