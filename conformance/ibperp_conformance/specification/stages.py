"""The stage tables of the chapters: which codes each action checks together, and in which order."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ibperp_conformance.specification.chapters import clause_texts

SHARED: Final[Mapping[str, tuple[str, ...]]] = {
    "MM-10": ("lend", "redeem", "borrow", "repay"),
    "LQ-1": ("liquidate", "resolve_bankruptcy"),
    "MM-18": (),
    "PP-5": (),
    "GV-4": ("halt", "resume"),
}
"""The clauses whose table other clauses go by, and the actions for which it is judged.

Without actions: the stages of a part that several actions have, judged wherever it is run.
"""

ANY: Final = "any"
"""Stands for the action where the stage is a part that several actions have."""

_HEAD: Final = "| stage | order | code | refused if |"
_ROW: Final = re.compile(
    r"^\| *(?P<stage>\d+) *\| *(?P<order>\d+) *\| *`(?P<code>[a-z_]+)` *\| *(?P<when>.*?) *\|$"
)
_NAMES: Final = re.compile(r"^(?P<names>`[a-z_]+`(?:, `[a-z_]+`)*):")
_SIGNATURE: Final = re.compile(r"`([a-z_]+)\(")


class StageTableError(Exception):
    """A stage table is not as the others are; the message names clause and row."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The codes that an action checks at the same time, the first in precedence first."""

    clause: str
    action: str
    number: int
    codes: tuple[str, ...]


def stages_of(text: str, actions: Collection[str], order: Mapping[str, int]) -> list[Stage]:
    """Return the stages that a chapter's tables list for each action.

    `order`: the place of each code in the precedence, from 1. Raises `StageTableError` for a code
    that has another place, and for a table whose actions are not to be found.
    """
    found: list[Stage] = []
    for clause, content in clause_texts(text).items():
        head, table, rows = content.partition(_HEAD)
        if not table:
            continue
        signed = [name for name in _SIGNATURE.findall(head) if name in actions]
        named = SHARED.get(clause, tuple(dict.fromkeys(signed)))
        if not named and clause not in SHARED:
            raise StageTableError(f"{clause}: no action is named before its stage table")
        for action in named or (ANY,):
            found += _stages(clause, action, rows, order)
    return found


def _stages(clause: str, action: str, rows: str, order: Mapping[str, int]) -> Iterator[Stage]:
    codes: dict[int, list[str]] = {}
    for line in rows.partition("\n\n")[0].splitlines():
        row = _ROW.match(line.strip())
        if row is None:
            if line.strip() and not line.strip().startswith("|"):
                break
            continue
        code, place = row["code"], int(row["order"])
        if order.get(code) != place:
            raise StageTableError(f"{clause}, `{code}`: {place} is not its place in the precedence")
        only = _NAMES.match(row["when"])
        if only is None or action == ANY or f"`{action}`" in only["names"]:
            codes.setdefault(int(row["stage"]), []).append(code)
    for number, listed in sorted(codes.items()):
        yield Stage(clause, action, number, tuple(listed))
