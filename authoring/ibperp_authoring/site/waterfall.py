"""The shipped scenarios of failing accounts, each with its picture and its table (LQ-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp_conformance.pictures.waterfall_chart import waterfall_picture, waterfall_table
from ibperp_conformance.scenario.run import run_scenario

if TYPE_CHECKING:
    from pathlib import Path

SCENARIOS: Final = ("luna-cascade", "october-2025", "negative-account-deposit")


def waterfall_pictures(root: Path) -> str:
    """Return picture and table of each shipped scenario of failing accounts, as Markdown.

    Raises ValueError if a step went otherwise than a scenario expects.
    """
    return "\n".join(_section(root / "docs" / "scenarios" / f"{name}.yaml") for name in SCENARIOS)


def _section(path: Path) -> str:
    result = run_scenario(path, is_checked=False)
    if not result.is_ok:
        raise ValueError(f"{path.name}: the run does not go as the scenario says")
    link = f"[{path.name}](../scenarios/{path.name})"
    return "\n".join(
        (f"### {result.title}\n", f"{link}\n", waterfall_picture(result), waterfall_table(result))
    )
