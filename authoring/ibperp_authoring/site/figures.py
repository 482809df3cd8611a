"""The figures of the front page, each counted when the site is built, with the date it is of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from ibperp_authoring.site.runs import laws_of
from ibperp_conformance.specification.chapters import clauses_in
from ibperp_invariants import INVARIANTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Any

PROVED: Final = "proved"
SCORE: Final = "authoring/ibperp_authoring/score/score.json"


def figures(root: Path, vectors: Sequence[Mapping[str, Any]]) -> str:
    """Return the figures as a list; each leads to the page that it is from."""
    clauses = sum(map(len, clauses_in(root / "spec").values()))
    grades = laws_of(root).values()
    proved = [grade for grade in grades if grade.word == PROVED]
    dates = sorted({grade.date for grade in proved})
    noticed, date = score(root)
    listed = (
        ("clauses", f"{clauses}", "spec/notation/", ""),
        ("vectors", f"{len(vectors):,}", "vectors/", ""),
        ("faults that a vector notices", noticed, "score/", date),
        ("invariants", f"{len(INVARIANTS)}", "proofs/", ""),
        ("of them proved for any run", f"{len(proved)}", "proofs/", dates[-1] if dates else ""),
    )
    entries = (
        f"<div><dt>{name}{f', {date}' if date else ''}</dt>"
        f'<dd><a href="{page}">{figure}</a></dd></div>'
        for name, figure, page, date in listed
    )
    return f'<dl class="figures">{"".join(entries)}</dl>\n'


def score(root: Path) -> tuple[str, str]:
    """Return the share of planted faults that a vector notices, as its page says, and the date."""
    page = (root / "docs" / "score.md").read_text(encoding="utf-8")
    share = page.partition("| noticed, of these and the open ones | ")[2].partition(" |")[0]
    date = json.loads((root / SCORE).read_text(encoding="utf-8"))["date"]
    if not share:
        raise LookupError("docs/score.md names no share; run make score")
    return share, date
