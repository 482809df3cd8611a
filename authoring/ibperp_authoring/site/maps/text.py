"""What the chapters say about actions and codes, read from their tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from ibperp.rejection_codes import RejectionCode
from ibperp_conformance.protocol import wire
from ibperp_conformance.spec_files import spec_path
from ibperp_conformance.specification.chapters import CHAPTERS, clause_texts
from ibperp_conformance.specification.stages import Stage, stages_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ORDER: Final = {code.value: place for place, code in enumerate(RejectionCode, 1)}
"""The place of every code in the precedence, from 1 (NT-9)."""

_ACTION: Final = re.compile(r"^\| `(\w+)` \| .* \| ([A-Z]{2}-\d+) \|$", re.MULTILINE)
_MEANING: Final = re.compile(r"^\| \d+ \| `([a-z_]+)` \| (.*) \|$", re.MULTILINE)
_REFERRED: Final = re.compile(r"^\| (\d+) \| +\| +([^|]+?) \| (.*) \|$")
_NAMED: Final = re.compile(r"(`\w+`(?:, `\w+`)*):")
COLUMNS: Final = 4
"""Stage, order, code and reason: the columns of a table of refusals."""

_CLAUSE: Final = re.compile(r"\b(?:NT|CU|MM|PF|SM|PP|ST|LQ|PG|GV|CF)-\d+\b")


@dataclass(frozen=True, slots=True)
class Referred:
    """A stage of an action whose codes another clause lists."""

    clause: str
    number: int
    words: str


@cache
def clauses() -> dict[str, str]:
    """Return the text of every clause of the chapters."""
    found: dict[str, str] = {}
    for name in CHAPTERS:
        found |= clause_texts((spec_path() / f"{name}.md").read_text(encoding="utf-8"))
    return found


@cache
def home_of(clause: str) -> str:
    """Return the chapter of a clause."""
    for name in CHAPTERS:
        if f"{{#{clause}}}" in (spec_path() / f"{name}.md").read_text(encoding="utf-8"):
            return name
    raise LookupError(f"no chapter has {clause}")


def link(clause: str) -> str:
    """Return a link to a clause from a page of the map."""
    return f"[{clause}](../spec/{home_of(clause)}.md#{clause})"


def vector_link(name: str, up: str = "../") -> str:
    """Return a link to a vector from a page that is `up` below the pages."""
    return f"[`{name}`]({up}vectors/{name.rpartition('-')[0]}.md#{name})"


def linked(text: str) -> str:
    """Return a text with a link at every clause that it names."""
    return _CLAUSE.sub(lambda match: link(match[0]), text)


def action_clauses() -> dict[str, str]:
    """Return the clause of every action, in the order of CF-3."""
    return dict(_ACTION.findall(clauses()["CF-3"]))


def meanings() -> dict[str, str]:
    """Return what every rejection code means, by precedence (NT-9)."""
    return dict(_MEANING.findall(clauses()["NT-9"]))


@cache
def stages() -> dict[str, tuple[Stage, ...]]:
    """Return the stages of every action, and under `any` those of shared parts."""
    found: dict[str, tuple[Stage, ...]] = {}
    actions = list(wire.action_classes())
    for name in CHAPTERS:
        text = (spec_path() / f"{name}.md").read_text(encoding="utf-8")
        for stage in stages_of(text, actions, ORDER):
            found[stage.action] = (*found.get(stage.action, ()), stage)
    return found


def referred(action: str) -> Iterator[Referred]:
    """Yield the stages of an action that another clause lists."""
    clause = action_clauses()[action]
    for line in clauses()[clause].splitlines():
        row = _REFERRED.match(line)
        if row is None:
            continue
        if _is_of(action, row[3]):
            yield Referred(clause, int(row[1]), row[2].removeprefix("the codes of ").strip())


def price_rows(action: str) -> str:
    """Return why an action's clause refuses with codes of prices, row after row."""
    cells = [
        line.strip("|").split("|") for line in clauses()[action_clauses()[action]].splitlines()
    ]
    return "\n".join(
        row[3]
        for row in cells
        if len(row) == COLUMNS and "`price_" in row[2] and _is_of(action, row[3])
    )


def _is_of(action: str, reason: str) -> bool:
    """Tell whether a row is about an action: about all of its clause, unless it names some."""
    only = _NAMED.match(reason.strip())
    return only is None or f"`{action}`" in only[1]
