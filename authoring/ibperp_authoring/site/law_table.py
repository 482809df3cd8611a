"""The table of laws that are composed: what each rests on, part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp_invariants.proofs.system.laws import LAWS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ibperp_invariants.proofs.grades import Grade


def law_table(grades: Mapping[str, Grade]) -> str:
    """Return for every law its fields, their writers with theorems, and what holds for any run."""
    parts = []
    for law in LAWS:
        grade = grades[law.invariant]
        checkers = ", ".join(grade.checkers) or "-"
        fields = ", ".join(f"`{field}`" for field in law.fields)
        holds = ", ".join(f"`{name}`" for name in law.holds)
        parts += [
            f"### {law.invariant}",
            "",
            (
                f'<span class="grade">{grade.shown()}</span>. {", ".join(law.clauses)}. '
                f"Written fields: {fields}. For any number and any run, in Coq: {holds}. "
                f"Each part is confirmed by one at least of: {checkers}."
            ),
            "",
            *(f"- lacks: {lack}" for lack in grade.lacks),
            "",
            "| writer | step of the model | theorems |",
            "|---|---|---|",
            *(
                f"| `{name}` | `{writer.step}` | {_listed(writer.theorems)} |"
                for name, writer in law.writers.items()
            ),
            "",
        ]
    return "\n".join(parts)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
