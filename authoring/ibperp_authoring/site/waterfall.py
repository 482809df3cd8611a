"""The shipped scenarios of failing accounts, each with its picture and its table (LQ-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp_authoring.site.runs import shipped
from ibperp_conformance.pictures.waterfall_chart import waterfall_picture, waterfall_table

if TYPE_CHECKING:
    from pathlib import Path

SCENARIOS: Final = ("luna-cascade", "october-2025", "negative-account-deposit")


def waterfall_pictures(root: Path) -> str:
    """Return picture and table of each shipped scenario of failing accounts, as Markdown.

    Raises ValueError if a step went otherwise than a scenario expects.
    """
    return "\n".join(_section(root / "docs" / "scenarios" / f"{name}.yaml") for name in SCENARIOS)


def _section(path: Path) -> str:
    result, _ = shipped(path)
    link = f"[{path.name}](../scenarios/{path.name})"
    return "\n".join(
        (f"### {result.title}\n", f"{link}\n", waterfall_picture(result), waterfall_table(result))
    )
