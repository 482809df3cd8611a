"""The sheets of all vectors, kept in `build/sheets` while vectors and code stay as they are."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Final

from ibperp_authoring.site.runs import suite_in
from ibperp_conformance.runner.sheet import sheet

if TYPE_CHECKING:
    from pathlib import Path

    from ibperp.state import State

PARTS: Final = 8
"""The vectors are dealt into so many parts, for as many processors as there are."""


def sheets(root: Path) -> dict[str, str]:
    """Return the sheet of every vector by its id, made anew only where something changed."""
    key, kept = _key(root), root / "build" / "sheets.json"
    if kept.is_file():
        found: dict[str, dict[str, str]] = json.loads(kept.read_text(encoding="utf-8"))
        if key in found:
            return found[key]
    made: dict[str, str] = {}
    suite_in(root / "spec" / "vectors")  # A process that is forked has it already.
    with ProcessPoolExecutor() as pool:
        for part in pool.map(_part, range(PARTS), [root / "spec" / "vectors"] * PARTS):
            made |= part
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps({key: made}), encoding="utf-8")
    return made


def _part(part: int, folder: Path) -> dict[str, str]:
    suite = suite_in(folder)
    starts: dict[str, State] = {}
    vectors = sorted(suite.vectors.values(), key=lambda each: each.setup)
    size = -(-len(vectors) // PARTS)
    return {
        vector.id: "\n".join(sheet(suite, vector, starts))
        for vector in vectors[part * size : (part + 1) * size]
    }


def _key(root: Path) -> str:
    """Return a hash of the vectors and of the code that writes sheets."""
    hashed = hashlib.sha256()
    folders = ("reference", "conformance/ibperp_conformance", "spec/vectors")
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in {".py", ".json"}:
                hashed.update(path.read_bytes())
    return hashed.hexdigest()
