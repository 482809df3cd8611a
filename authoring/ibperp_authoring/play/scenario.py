"""A scenario run in a page: its view, or its trace."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from ibperp_conformance.page.document import run_body
from ibperp_conformance.presets.document import DocumentError, load_document
from ibperp_conformance.scenario.repeat import steps_in
from ibperp_conformance.scenario.result import ScenarioResult
from ibperp_conformance.scenario.run import run_scenario
from ibperp_conformance.specification.chapters import CHAPTER_OF
from ibperp_conformance.traces.write import trace_lines

CHECKED_MAX: Final = 1000
"""With more steps than these, the invariants are left to the command line: a page is slow."""

NAME: Final = "scenario.yaml"


def tell(text: str) -> str:
    """Return the title and the view of a scenario as JSON text, or `error`."""
    try:
        result, is_checked = _ran(text)
    except DocumentError as error:
        return _error(error)
    body = "".join(run_body(result, clause_address, is_checked=is_checked))
    return json.dumps({"title": result.title, "html": body})


def trace(text: str) -> str:
    """Return the trace of a scenario as JSON text, or `error`."""
    try:
        result, _ = _ran(text)
    except DocumentError as error:
        return _error(error)
    return json.dumps({"trace": "".join(trace_lines(result))})


def clause_address(clause: str) -> str:
    """Return where a clause is read, from the page of a scenario."""
    return f"../../spec/{CHAPTER_OF[clause.partition('-')[0]]}/#{clause}"


def ran(path: Path) -> tuple[ScenarioResult, bool]:
    """Run a scenario; tell whether its invariants were checked. Raises DocumentError."""
    data = load_document(path).data
    steps = data.get("steps") if isinstance(data, dict) else None
    count = sum(map(steps_in, steps)) if isinstance(steps, list) else 0
    is_checked = count <= CHECKED_MAX
    return run_scenario(path, is_checked=is_checked), is_checked


def _ran(text: str) -> tuple[ScenarioResult, bool]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        path.write_text(text, encoding="utf-8")
        return ran(path)


def _error(error: DocumentError) -> str:
    lines = (f"{NAME}: {problem}" for problem in error.problems)
    return json.dumps({"error": "\n".join(lines)})
