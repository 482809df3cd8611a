"""What several pages show, each read or run once: scenarios, vectors, the grades of the laws."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ibperp_authoring.play.scenario import ran
from ibperp_conformance.runner.vectors import load_suite
from ibperp_invariants.fingerprint import clause_texts
from ibperp_invariants.proofs.grades import law_grades

if TYPE_CHECKING:
    from pathlib import Path

    from ibperp_conformance.runner.vectors import Suite
    from ibperp_conformance.scenario.result import ScenarioResult
    from ibperp_invariants.proofs.grades import Grade


@cache
def shipped(path: Path) -> tuple[ScenarioResult, bool]:
    """Return the run of a shipped scenario, and whether its invariants were checked.

    Raises ValueError if a step went otherwise than the scenario expects.
    """
    result, is_checked = ran(path)
    if not result.is_ok:
        raise ValueError(f"{path.name}: the run does not go as the scenario says")
    return result, is_checked


@cache
def suite_in(folder: Path) -> Suite:
    """Return the vectors in a folder."""
    return load_suite(folder)


@cache
def laws_of(root: Path) -> dict[str, Grade]:
    """Return the grade of every law that is composed, by invariant."""
    return law_grades(clause_texts(root / "spec"))
