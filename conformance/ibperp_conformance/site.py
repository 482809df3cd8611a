"""Write the generated parts of the documentation: `python -m ibperp_conformance.site [--draft]`.

The chapters go to `docs/spec/`; tables and pictures that other pages include go to `build/`.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ibperp_conformance.chapters import CHAPTERS, Evidence, chapter_page, clauses_in
from ibperp_conformance.curve import curve_svg, rate_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

ROOT: Final = Path(__file__).resolve().parents[2]
"""The checkout: the site is built from one, never from an installed package."""

GRADE_PROVED: Final = "proved"
GRADE_SEARCHED: Final = "searched"

Vector = dict[str, Any]


def main(arguments: Sequence[str]) -> int:
    """Write everything; return 0, 1 when something is missing, 2 for a wrong argument.

    With `--draft` what is missing leaves a note in its page instead.
    """
    if set(arguments) - {"--draft"}:
        sys.stderr.write("usage: python -m ibperp_conformance.site [--draft]\n")
        return 2
    is_draft = "--draft" in arguments
    gaps = generate(ROOT, is_draft=is_draft)
    sys.stderr.writelines(f"docs: {gap}\n" for gap in gaps)
    return 1 if gaps and not is_draft else 0


def generate(root: Path, *, is_draft: bool = False) -> tuple[str, ...]:
    """Write the generated pages under a checkout; return what was missing, empty when complete."""
    gaps: list[str] = []
    vectors = _attempt(gaps, list[Vector](), partial(load_vectors, root))
    grades = _attempt(gaps, dict[str, str](), partial(invariant_grades, root))
    evidence = Evidence(grades=grades, vectors=_by_clause(vectors))
    writers: dict[str, Callable[[], str]] = {
        **{f"docs/spec/{name}.md": partial(_chapter, root, name, evidence) for name in CHAPTERS},
        "build/vectors.md": partial(vector_tables, vectors),
        "build/invariants.md": partial(invariant_table, root, grades),
        "build/proofs.md": partial(proof_table, root),
        "build/rate-curves.md": partial(rate_curves, root),
        "build/presets.md": partial(preset_files, root),
    }
    pages = {
        page: _attempt(gaps, f"# Missing\n\n{page} has no source in this draft.\n", write)
        for page, write in writers.items()
    }
    if is_draft or not gaps:
        for page, text in pages.items():
            _write(root / page, text)
    return tuple(gaps)


def load_vectors(root: Path) -> list[Vector]:
    """Return the vectors of every brick in the order of their files.

    Raises LookupError when there are none.
    """
    files = sorted((root / "spec" / "vectors").glob("*.json"))
    found = [
        vector
        for path in files
        if path.stem != "setups"
        for vector in json.loads(path.read_text(encoding="utf-8"))["vectors"]
    ]
    if not found:
        raise LookupError("spec/vectors holds no vectors; run make fill")
    return found


def vector_tables(vectors: Sequence[Vector]) -> str:
    """Return one Markdown table of vectors per clause, each row with the vector's id as anchor."""
    lines: list[str] = []
    by_first_clause: dict[str, list[Vector]] = defaultdict(list)
    for vector in vectors:
        by_first_clause[vector["clauses"][0]].append(vector)
    for clause, listed in by_first_clause.items():
        lines += [f"## Vectors of {clause}", "", "| id | kind | why | what it shows | ends with |"]
        lines += ["|---|---|---|---|---|", *(_vector_row(vector) for vector in listed), ""]
    return "\n".join(lines)


def _vector_row(vector: Vector) -> str:
    name = vector["id"]
    title = str(vector["title"]).replace("|", "\\|")
    last = vector["steps"][-1]
    outcome = "accepted"
    if "rejected" in last["expect"]:
        outcome = f"`{last['expect']['rejected']['code']}`"
    action = last["action"]["type"]
    return (
        f"| `{name}`{{#{name}}} | {vector['kind']} | {vector['why']} | {title} "
        f"| `{action}`: {outcome} |"
    )


def _by_clause(vectors: Sequence[Vector]) -> dict[str, list[str]]:
    named: dict[str, list[str]] = defaultdict(list)
    for vector in vectors:
        for clause in vector["clauses"]:
            named[clause].append(vector["id"])
    return named


def _chapter(root: Path, name: str, evidence: Evidence) -> str:
    path = root / "spec" / f"{name}.md"
    if not path.is_file():
        raise LookupError(f"spec/{name}.md is missing")
    homes = {
        clause.clause: chapter
        for chapter, clauses in clauses_in(root / "spec").items()
        for clause in clauses
    }
    try:
        return chapter_page(path.read_text(encoding="utf-8"), homes, evidence)
    except LookupError as error:
        raise LookupError(f"spec/{name}.md: {error}") from error


def _attempt[T](gaps: list[str], instead: T, write: Callable[[], T]) -> T:
    try:
        return write()
    except (LookupError, ImportError, OSError, ValueError) as error:
        gaps.append(str(error.args[0] if isinstance(error, LookupError) else error))
        return instead


def _write(path: Path, text: str) -> None:
    """Write a file only when its text changes, so that a watching server does not build for ever."""
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    partial_file = path.with_name(f".{path.name}.partial")
    partial_file.write_text(text, encoding="utf-8")
    partial_file.replace(path)
