"""The course of the day scenario in pictures, drawn from the run of the reference itself (ST-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp_authoring.site.runs import shipped
from ibperp_conformance.pictures.frames import course_of
from ibperp_conformance.pictures.plot import pictures

if TYPE_CHECKING:
    from pathlib import Path

DAY: Final = "docs/scenarios/interest-bearing-day.yaml"


def day_pictures(root: Path) -> str:
    """Return every picture of the day as Markdown, under a heading of its own.

    Raises ValueError if a step went otherwise than the scenario expects.
    """
    result, _ = shipped(root / DAY)
    drawn = pictures(course_of(result))
    return "\n".join(f"### {chart.heading}\n\n{chart.svg}\n" for chart in drawn)
