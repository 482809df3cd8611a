"""The grade of a law, derived from evidence: whether it is proved, by whom, when, of what text."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from ibperp_invariants.fingerprint import clause_hash, text_hash
from ibperp_invariants.proofs.checker import ALL_MODULES, all_theorems
from ibperp_invariants.proofs.coq.run import Checked, sources
from ibperp_invariants.proofs.coq.translate import Translation
from ibperp_invariants.proofs.opinions import Known, is_confirmed, read_opinions, theorem_hash
from ibperp_invariants.proofs.system.check import gaps
from ibperp_invariants.proofs.system.law import Law
from ibperp_invariants.proofs.system.laws import LAWS

SYSTEM: Final = Path(__file__).with_name("system.json")
"""What Coq accepted, and the clauses that each law was about, when it was last shown."""


@dataclass(frozen=True, slots=True)
class Grade:
    """`word`: proved, proved for a part, searched n steps, or claimed.

    `lacks`: what keeps a law from being proved. `checkers`: those that confirmed its parts, each
    part one at least. `is_stale`: code or clause changed since `date`. `beside`: what is shown of
    a part.
    """

    word: str
    date: str = ""
    checkers: tuple[str, ...] = ()
    is_stale: bool = False
    lacks: tuple[str, ...] = ()
    beside: str = ""

    def shown(self) -> str:
        """Return the grade in words, for a table."""
        dated = f" {self.date}" if self.date else ""
        shown = f"stale: {self.word}{dated}" if self.is_stale else f"{self.word}{dated}"
        return f"{shown}; {self.beside}" if self.beside else shown


def read_system(path: Path = SYSTEM) -> dict[str, Any]:
    """Return what was saved of the system's proofs; empty if nothing was."""
    if not path.exists():
        return {"coq": {}, "laws": {}}
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def write_system(checked: Checked, texts: Mapping[str, str], path: Path = SYSTEM) -> None:
    """Save what Coq accepted today, and the hash of each law's clauses; raise OSError if not."""
    today = dt.datetime.now(dt.UTC).date().isoformat()
    content = {
        "coq": {
            "version": checked.version,
            "date": today,
            "code": coq_hash(),
            "theorems": checked.theorems,
        },
        "laws": {
            law.invariant: {"date": today, "clauses": clause_hash(law.clauses, texts)}
            for law in LAWS
        },
    }
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


@cache
def coq_hash() -> str:
    """Return the hash of the kernels as translated now and of the theorems over them."""
    return text_hash(Translation().text(), *sources().values())


@cache
def hashes() -> dict[str, str]:
    """Return the hash of every theorem and of the code that it reaches."""
    listed = all_theorems(ALL_MODULES)
    return {theorem: theorem_hash(module, theorem) for module, theorem in listed}


def confirmed_by(theorem: str, known: Known) -> tuple[str, ...]:
    """Return the checkers that confirmed a theorem about the present code."""
    now = hashes().get(theorem)
    return tuple(
        checker
        for checker, entry in known.get(theorem, {}).items()
        if is_confirmed(entry) and entry["code"] == now
    )


def law_grades(texts: Mapping[str, str]) -> dict[str, Grade]:
    """Return the grade of every law that is composed, by invariant; `texts`: of the clauses."""
    known, system, open_gaps = read_opinions(), read_system(), gaps()
    return {law.invariant: _grade(law, known, system, texts, open_gaps) for law in LAWS}


def _grade(
    law: Law,
    known: Known,
    system: Mapping[str, Any],
    texts: Mapping[str, str],
    open_gaps: list[str],
) -> Grade:
    cited = law.cited()
    by_theorem = {name: confirmed_by(name, known) for name in cited}
    ever = {name for name in cited if any(map(is_confirmed, known.get(name, {}).values()))}
    lacks = [f"no checker confirmed {name}" for name in cited if name not in ever]
    accepted = {
        f"{file}.{name}"
        for file, names in system["coq"].get("theorems", {}).items()
        for name in names
    }
    lacks += [f"Coq did not accept {name}" for name in law.holds if name not in accepted]
    lacks += open_gaps
    shown = system["laws"].get(law.invariant, {})
    is_stale = (
        any(not by_theorem[name] for name in ever)
        or (law.holds != () and system["coq"].get("code") != coq_hash())
        or shown.get("clauses") != clause_hash(law.clauses, texts)
    )
    checkers = {name for found in by_theorem.values() for name in found}
    checkers |= {"coq"} if law.holds else set()
    checkers |= {"census"} if law.fields or law.facts else set()
    word = f"proved for {law.part}" if law.part else "proved"
    return Grade(
        word="searched" if lacks else word,
        date=shown.get("date", ""),
        checkers=tuple(sorted(checkers)),
        is_stale=is_stale,
        lacks=tuple(lacks),
    )
