"""The table of laws that are composed: what each rests on, part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp_invariants import INVARIANTS
from ibperp_invariants.proofs.opinions import read_opinions
from ibperp_invariants.proofs.system.laws import LAWS
from ibperp_invariants.proofs.system.syntax.which import told
from ibperp_invariants.proofs.whole import second_opinions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ibperp_invariants.proofs.grades import Grade
    from ibperp_invariants.proofs.system.law import Law


def law_table(grades: Mapping[str, Grade]) -> str:
    """Return for every law its fields, their writers with theorems, and what holds for any run."""
    proved = sum(grade.word == "proved" for grade in grades.values())
    shown = f"{proved} of {len(INVARIANTS)} invariants are laws of which every part is shown."
    parts = [f"{shown} {' '.join(second_opinions(read_opinions()))}.", ""]
    for law in LAWS:
        parts += [f"### {law.invariant}", "", _told(law, grades[law.invariant]), ""]
        parts += [f"- lacks: {lack}" for lack in grades[law.invariant].lacks]
        parts += [""]
        if law.writers:
            parts += ["| writer | step of the model | theorems |", "|---|---|---|"]
        parts += [
            f"| `{name}` | `{writer.step}` | {_listed(writer.theorems)} |"
            for name, writer in law.writers.items()
        ]
        parts += [""]
    return "\n".join(parts)


def entry_table() -> str:
    """Return for every action and kind which entries it may put into a state, with theorems."""
    rows = ["| action | kind | entries | theorems |", "|---|---|---|---|"]
    for action, field, entries, theorems in told():
        rows.append(f"| {action} | {field} | {_listed(entries) or 'any'} | {_listed(theorems)} |")
    return "\n".join(rows) + "\n"


def _told(law: Law, grade: Grade) -> str:
    """Return what a law rests on beside its writers, in one paragraph."""
    told = [f'<span class="grade">{grade.shown()}</span>', ", ".join(law.clauses)]
    if law.part:
        told.append(f"Of the invariant this is one part: {law.part}")
    if law.fields:
        told.append(f"Written fields: {_listed(law.fields)}")
    if law.holds:
        told.append(f"For any number and any run, in Coq: {_listed(law.holds)}")
    if law.theorems:
        told.append(f"Theorems about no writer: {_listed(law.theorems)}")
    if law.facts:
        told.append(f"From the syntax: {_listed(law.facts)}")
    told.append(f"Each part is confirmed by one at least of: {', '.join(grade.checkers) or '-'}")
    return ". ".join(told) + "."


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
