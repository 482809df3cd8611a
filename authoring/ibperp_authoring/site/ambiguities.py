"""The register of ambiguities: what was unclear in the text, what holds, and what decides."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ibperp_authoring.markdown import rows
from ibperp_authoring.site.maps.text import home_of, vector_link

REGISTER: Final = Path(__file__).parents[1] / "ambiguities.toml"
HEAD: Final = ("clause", "what was unclear", "readings", "which one holds", "decided by")
VECTOR: Final = re.compile(r"[A-Z]{2}-\d+-\d{3}")


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A place of the text with several readings.

    `function`, `right`, `wrong`: how another reading is planted in the reference, if it can be.
    """

    clause: str
    unclear: str
    readings: list[str]
    holds: str
    decided_by: str
    function: str = ""
    right: str | list[str] = ""
    wrong: str | list[str] = field(default="")

    @property
    def is_decided(self) -> bool:
        """Tell whether a vector decides."""
        return VECTOR.fullmatch(self.decided_by) is not None


def register() -> list[Ambiguity]:
    """Return all entries, in the order of the file."""
    document = tomllib.loads(REGISTER.read_text(encoding="utf-8"))
    return [Ambiguity(**entry) for entry in document["ambiguity"]]


def ambiguity_table() -> str:
    """Return the register as a table."""
    return rows(HEAD, map(_row, register()))


def _row(entry: Ambiguity) -> tuple[str, ...]:
    chapter = home_of(entry.clause)
    decided = vector_link(entry.decided_by, "") if entry.is_decided else entry.decided_by
    numbered = enumerate(entry.readings, start=1)
    readings = "<br>".join(f"({number}) {text}" for number, text in numbered)
    return (
        f"[{entry.clause}](spec/{chapter}.md#{entry.clause})",
        entry.unclear,
        readings,
        entry.holds,
        decided,
    )
