"""Which pairs of codes, and which neighbouring stages, the chapters' tables ask a vector for."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, Final

from ibperp.outcomes import RejectionCode
from ibperp_conformance.protocol.wire import action_classes
from ibperp_conformance.spec_files import spec_path
from ibperp_conformance.specification.chapters import CHAPTERS
from ibperp_conformance.specification.stages import ANY, Stage, stages_of

REASONS: Final = Path(__file__).with_name("reasons.toml")
ORDER: Final = {code.value: place for place, code in enumerate(RejectionCode, 1)}


class ReasonError(Exception):
    """The file of reasons is not as it should be; the message names entry and problem."""


@dataclass(frozen=True, order=True, slots=True)
class Pair:
    """Two codes that an action can fail: of one stage, or of a stage and the one after it.

    `first` is answered where both fail: it precedes, or its stage does.
    """

    clause: str
    action: str
    stage: int
    first: str
    second: str
    is_next_stage: bool = False

    def __str__(self) -> str:
        where = f"{self.clause}, {self.action}, stage {self.stage}"
        if self.is_next_stage:
            return f"{where} before stage {self.stage + 1}"
        return f"{where}: {self.first} before {self.second}"


@cache
def all_stages() -> tuple[Stage, ...]:
    """Return the stages of all chapters."""
    texts = ((spec_path() / f"{name}.md").read_text(encoding="utf-8") for name in CHAPTERS)
    return tuple(each for text in texts for each in stages_of(text, action_classes(), ORDER))


def pairs() -> list[Pair]:
    """Return every pair of codes of one stage, and one for every two stages that follow."""
    return sorted([*_within(all_stages()), *_between(all_stages())])


def _within(stages: Iterable[Stage]) -> Iterator[Pair]:
    for each in stages:
        for first, second in combinations(each.codes, 2):
            yield Pair(each.clause, each.action, each.number, first, second)


def _between(stages: Iterable[Stage]) -> Iterator[Pair]:
    for before, after in pairwise(stages):
        is_same = (before.clause, before.action) == (after.clause, after.action)
        if is_same and after.number == before.number + 1:
            yield Pair(before.clause, before.action, before.number, "", "", is_next_stage=True)


def stage_codes(pair: Pair, number: int) -> frozenset[str]:
    """Return the codes of a stage of the pair's action in its clause."""
    key = (pair.clause, pair.action, number)
    found = (each for each in all_stages() if (each.clause, each.action, each.number) == key)
    return frozenset(code for each in found for code in each.codes)


def reasons() -> Mapping[str, str]:
    """Return why pairs have no vector, by the pair as it is written; raise `ReasonError`."""
    entries = _read()["never"]
    written: dict[str, str] = {}
    known = pairs()
    for number, entry in enumerate(entries, 1):
        if {*entry} - {"first", "second", "actions", "clause", "stage", "reason"}:
            raise ReasonError(f"reasons.toml, entry {number}: unknown field")
        meant = [each for each in known if _is_meant(entry, each)]
        if not meant or not entry.get("reason"):
            raise ReasonError(f"reasons.toml, entry {number}: it is of no pair, or has no reason")
        written |= {str(each): entry["reason"] for each in meant}
    return written


def _read() -> dict[str, Any]:
    return tomllib.loads(REASONS.read_text(encoding="utf-8"))


def _is_meant(entry: Mapping[str, object], pair: Pair) -> bool:
    if pair.is_next_stage != ("stage" in entry):
        return False
    if "stage" in entry and entry["stage"] != pair.stage:
        return False
    asked = (
        ("clause", pair.clause),
        ("actions", pair.action),
        ("first", pair.first),
        ("second", pair.second),
    )
    for name, value in asked:
        listed = entry.get(name)
        values = listed if isinstance(listed, list) else [listed]
        if listed is not None and value not in values:
            return False
    return True


def applies(pair: Pair, action: str) -> bool:
    """Tell whether an action can show a pair."""
    return pair.action in {ANY, action}
