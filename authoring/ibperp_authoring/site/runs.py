"""The runs of the shipped scenarios; several pages show the same one, and each is run once."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ibperp_authoring.play.scenario import ran

if TYPE_CHECKING:
    from pathlib import Path

    from ibperp_conformance.scenario.result import ScenarioResult


@cache
def shipped(path: Path) -> tuple[ScenarioResult, bool]:
    """Return the run of a shipped scenario, and whether its invariants were checked.

    Raises ValueError if a step went otherwise than the scenario expects.
    """
    result, is_checked = ran(path)
    if not result.is_ok:
        raise ValueError(f"{path.name}: the run does not go as the scenario says")
    return result, is_checked
