"""Write the generated parts of the documentation: `python -m ibperp_authoring.site [--draft]`.

The chapters go to `docs/spec/`; tables and pictures that other pages include go to `build/`.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from ibperp_authoring import examples
from ibperp_authoring.site.ambiguities import ambiguity_table
from ibperp_authoring.site.browser import MADE, gather
from ibperp_authoring.site.day import day_pictures
from ibperp_authoring.site.exhausted_table import exhausted_table
from ibperp_authoring.site.figures import figures
from ibperp_authoring.site.five_minutes import interest, life
from ibperp_authoring.site.law_table import entry_table, law_table
from ibperp_authoring.site.maps import actions, moves, outcomes, parameters
from ibperp_authoring.site.margin_curve import haircut_svg, haircut_table, margin_svg, margin_table
from ibperp_authoring.site.playgrounds import playgrounds
from ibperp_authoring.site.rate_curve import curve_svg, rate_table
from ibperp_authoring.site.run_data import (
    clauses_json,
    drawings,
    examples_json,
    in_page,
    levelled,
    runnable,
    with_drawings,
)
from ibperp_authoring.site.runs import laws_of
from ibperp_authoring.site.vector_pages import vector_pages
from ibperp_authoring.site.waterfall import waterfall_pictures
from ibperp_conformance.files import WrongUseError, write_atomically
from ibperp_conformance.presets.document import DocumentError
from ibperp_conformance.presets.preset import load_preset
from ibperp_conformance.runner.vectors import VectorError
from ibperp_conformance.specification.chapters import (
    CHAPTER_OF,
    CHAPTERS,
    Evidence,
    chapter_page,
    clauses_in,
)
from ibperp_conformance.specification.grades import invariant_grades, theorem_checkers
from ibperp_invariants import INVARIANTS
from ibperp_invariants.proofs import read_ledger
from ibperp_invariants.proofs.strength import columns, read_strength

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ibperp_invariants.proofs import Proof

ROOT: Final = Path(__file__).resolve().parents[3]
"""The checkout: the site is built from one, never from an installed package."""

GRADE_PROVED: Final = "proved"
GRADE_CLAIMED: Final = "claimed"

MARKUP: Final = frozenset("&<>*_`|[]\\#{}$~^")
"""The signs that mean something in Markdown or HTML."""

MOST_LISTED: Final = 2
"""How many entries of a list a cell shows before it is folded."""

Result = TypeVar("Result")
Vector = dict[str, Any]


class Theorem(NamedTuple):
    """A theorem of the proof ledger: what it says of which clauses, and its grade."""

    name: str
    clauses: tuple[str, ...]
    statement: str
    grade: str


def main(arguments: Sequence[str]) -> int:
    """Write everything; return 0, 1 for something missing, 2 for wrong use or an unwritable page.

    With `--draft` what is missing leaves a note in its page instead.
    """
    if set(arguments) - {"--draft"}:
        sys.stderr.write("usage: python -m ibperp_authoring.site [--draft]\n")
        return 2
    is_draft = "--draft" in arguments
    try:
        gaps = generate(ROOT, is_draft=is_draft)
    except WrongUseError as error:
        sys.stderr.write(f"docs: {error}\n")
        return 2
    sys.stderr.writelines(f"docs: {gap}\n" for gap in gaps)
    return 1 if gaps and not is_draft else 0


def generate(root: Path, *, is_draft: bool = False) -> tuple[str, ...]:
    """Write the generated pages under a checkout; return what was missing, empty when complete."""
    gaps: list[str] = []
    vectors = _attempt(gaps, list[Vector](), partial(load_vectors, root))
    theorems = _attempt(gaps, list[Theorem](), partial(load_theorems, root))
    laws = laws_of(root)
    grades = {name: grade.shown() for name, grade in invariant_grades(root / "spec", laws).items()}
    evidence = Evidence(
        grades=grades,
        theorems=_by_clause((theorem.name, theorem.clauses) for theorem in theorems),
        theorem_grades={theorem.name: theorem.grade for theorem in theorems},
        vectors=_by_clause((vector["id"], vector["clauses"]) for vector in vectors),
    )
    writers: dict[str, Callable[[], str]] = {
        **{f"docs/spec/{name}.md": partial(_chapter, root, name, evidence) for name in CHAPTERS},
        "build/invariants.md": partial(invariant_table, grades),
        "build/laws.md": partial(law_table, laws),
        "build/entries.md": entry_table,
        "build/proofs.md": partial(theorem_table, theorems),
        "build/exhausted.md": exhausted_table,
        "build/ambiguities.md": ambiguity_table,
        "build/map-actions.md": actions.action_index,
        "build/map-codes.md": outcomes.code_index,
        "build/map-events.md": outcomes.event_index,
        "build/map-parameters.md": parameters.parameter_index,
        "build/map-moves.md": moves.move_table,
        "build/rate-curves.md": rate_curves,
        "build/haircut-curves.md": haircut_curves,
        "build/margin-curves.md": margin_curves,
        "build/day.md": partial(day_pictures, root),
        "build/figures.md": partial(figures, root, vectors),
        "build/five-minutes-interest.md": partial(interest, root),
        "build/five-minutes-life.md": partial(life, root),
        "build/waterfall.md": partial(waterfall_pictures, root),
        "build/presets.md": partial(preset_files, root),
        f"{MADE}/clauses.json": partial(clauses_json, root),
        **{f"build/drawings/{path.stem}.md": partial(in_page, path) for path in drawings(root)},
        **{f"{MADE}/examples/{name}.json": partial(examples_json, root, name) for name in CHAPTERS},
    }
    pages = {
        page: _attempt(gaps, f"Missing in this draft: {page}.\n", write)
        for page, write in writers.items()
    }
    for many in (vector_pages, playgrounds):
        pages |= _attempt(gaps, dict[str, str](), partial(_all_of, many, root))
    if is_draft or not gaps:
        for page, text in pages.items():
            _write(root / page, text)
        if absent := _attempt(gaps, "", partial(gather, root)):
            sys.stderr.write(f"docs: the pages are built without the reference: {absent}\n")
    return tuple(gaps)


def _all_of(many: Callable[[Path], Iterable[tuple[str, str]]], root: Path) -> dict[str, str]:
    return dict(many(root))


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


def _by_clause(named: Iterable[tuple[str, Sequence[str]]]) -> dict[str, list[str]]:
    by_clause: dict[str, list[str]] = defaultdict(list)
    for name, clauses in named:
        for clause in clauses:
            by_clause[clause].append(name)
    return by_clause


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
        text = with_drawings(levelled(path.read_text(encoding="utf-8")), root / "spec")
        text = examples.marked(runnable(text, name))
        return chapter_page(text, homes, evidence)
    except LookupError as error:
        raise LookupError(f"spec/{name}.md: {error}") from error


def invariant_table(grades: Mapping[str, str]) -> str:
    """Return the registered invariants as Markdown, each with its name as anchor and its grade."""
    lines = ["| invariant | holds for | clauses | grade |", "|---|---|---|---|"]
    for invariant in INVARIANTS:
        clauses = ", ".join(_clause_link(clause) for clause in invariant.clauses)
        grade = f'<span class="grade">{grades[invariant.name]}</span>'
        lines.append(
            f"| `{invariant.name}`{{#{invariant.name}}}<br>{_stated(invariant.statement)} "
            f"| every {invariant.scope} | {clauses} | {grade} |"
        )
    return "\n".join(lines) + "\n"


def load_theorems(root: Path) -> list[Theorem]:
    """Return the theorems of the proof ledger, in its order.

    Raises LookupError when there is no ledger, ValueError when it is not one.
    """
    path = root / "invariants" / "ibperp_invariants" / "proofs" / "ledger.json"
    if not path.is_file():
        raise LookupError("the proof ledger is missing; run make prove")
    _, proofs = read_ledger(path)
    return [
        Theorem(proof.theorem, proof.clauses, proof.statement, _grade(proof))
        for proof in proofs.values()
    ]


def theorem_table(theorems: Sequence[Theorem]) -> str:
    """Return the theorems as Markdown, each with its name as anchor and its grade."""
    checkers = theorem_checkers() if theorems else {}
    strong = columns(read_strength()) if theorems else {}
    names = "theorem", "clauses", "grade", "confirmed by, of the present code"
    measured = "premises not needed", "fixes", "mutants refuted"
    lines = [f"| {' | '.join((*names, *measured))} |", f"|{'---|' * len((*names, *measured))}"]
    for theorem in theorems:
        confirmed = ", ".join(checkers.get(theorem.name, ())) or "stale"
        clauses = ", ".join(_clause_link(clause) for clause in theorem.clauses)
        lines.append(
            f"| `{theorem.name}`{{#{theorem.name}}}<br>{_stated(theorem.statement)} | {clauses} "
            f'| <span class="grade">{theorem.grade}</span> | {confirmed} '
            f"| {' | '.join(map(_cell, strong.get(theorem.name, ('gone',) * 3)))} |"
        )
    return "\n".join(lines) + "\n"


def rate_curves() -> str:
    """Return picture and table of every asset of the launch preset."""
    parts = []
    for listing in load_preset("launch").listings:
        pool = listing.parameters.pool
        parts += [f"## {listing.asset}", "", curve_svg(listing.asset, pool), rate_table(pool), ""]
    return "\n".join(parts)


def haircut_curves() -> str:
    """Return one picture and table of the haircuts of the launch preset."""
    haircuts = {
        listing.asset: listing.parameters.haircut for listing in load_preset("launch").listings
    }
    return f"{haircut_svg(haircuts)}\n{haircut_table(haircuts)}\n"


def margin_curves() -> str:
    """Return picture and table of the fractions of every asset of the launch preset."""
    parts = []
    for listing in load_preset("launch").listings:
        asset, limits = listing.asset, listing.parameters
        parts += [f"## {asset}", "", margin_svg(asset, limits), margin_table(limits), ""]
    return "\n".join(parts)


def preset_files(root: Path) -> str:
    """Return every preset file as it is written."""
    parts = []
    for path in sorted((root / "spec" / "presets").glob("*.yaml")):
        text = path.read_text(encoding="utf-8").rstrip()
        parts += [f"## {path.stem}", "", f'```yaml title="{path.name}"', text, "```", ""]
    if not parts:
        raise LookupError("spec/presets holds no preset")
    return "\n".join(parts)


def _grade(proof: Proof) -> str:
    """Return `proved` only for a theorem that is confirmed, not vacuous, and catches its fault."""
    is_proved = proof.verdict == "CONFIRMED" and proof.witness and proof.fault_found
    return GRADE_PROVED if is_proved else GRADE_CLAIMED


def _stated(sentence: str) -> str:
    """Return a sentence for a cell of a table, with every sign shown as it is written."""
    shown = "".join(f"&#{ord(sign)};" if sign in MARKUP else sign for sign in sentence)
    return f'<span class="statement">{shown}</span>'


def _cell(text: str) -> str:
    """Return a column of a theorem's strength; of a long list the count, and the list to unfold."""
    shown = "".join(f"&#{ord(sign)};" if sign in MARKUP else sign for sign in text)
    count = text.count("; ") + 1
    if count > MOST_LISTED:
        return f"<details><summary>{count}</summary>{shown}</details>"
    return f'<span class="statement">{shown}</span>'


def _clause_link(clause: str) -> str:
    prefix = clause.partition("-")[0]
    return f"[{clause}](spec/{CHAPTER_OF[prefix]}.md#{clause})"


def _attempt(gaps: list[str], instead: Result, write: Callable[[], Result]) -> Result:
    try:
        return write()
    except (DocumentError, LookupError, ImportError, OSError, ValueError, VectorError) as error:
        gaps.append(str(error.args[0]) if isinstance(error, LookupError) else str(error))
        return instead


def _write(path: Path, text: str) -> None:
    """Write a file only when its text changes, so that a watching server settles."""
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, (text,), "page")
