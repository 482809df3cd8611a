"""Chooses the core tier: few vectors that together show everything, for `spec/tiers.json`.

The core shows every clause, code, type of event and stage that any vector shows, and holds the
vectors by which the score's mutants were noticed. `fill` writes the file; vectors and their hashes
do not change with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from ibperp_authoring.precedence.wanted import all_stages
from ibperp_authoring.score.record import SCORE, load
from ibperp_conformance.runner.vectors import FORMAT

Record: TypeAlias = Mapping[str, Any]

BYTES_MAX: Final = 2_000_000
"""What the vectors of the core and their setups may weigh as JSON."""


def document(vectors: Sequence[Record]) -> str:
    """Return the text of `spec/tiers.json` for vectors as they are written."""
    lines = ",\n".join(json.dumps(name) for name in core(vectors))
    return f'{{"format":"{FORMAT}","core":[\n{lines}\n]}}\n'


def core(vectors: Sequence[Record]) -> list[str]:
    """Return the ids of the core, in the order of the vectors.

    After the vectors of the score, the one that shows most of what is missing for its length is
    taken, again and again.
    """
    shown = {each["id"]: elements(each) for each in vectors}
    weights = {each["id"]: len(json.dumps(each)) for each in vectors}
    known = load().verdicts if SCORE.exists() else ()
    chosen = {name for each in known if (name := each.noticed_by) in shown and name is not None}
    missing = (
        frozenset().union(*shown.values()).difference(*(shown[name] for name in chosen if name))
    )
    while missing:
        best = max(shown, key=lambda name: (len(shown[name] & missing) / weights[name], name))
        chosen.add(best)
        missing -= shown[best]
    return [each["id"] for each in vectors if each["id"] in chosen]


def elements(vector: Record) -> frozenset[tuple[str, ...]]:
    """Return what a vector shows: clauses, codes, types of events, and stages that refuse."""
    found: set[tuple[str, ...]] = {("clause", clause) for clause in vector["clauses"]}
    for step in vector["steps"]:
        expected, action = step["expect"], step["action"]["type"]
        found.update(
            ("event", each["type"]) for each in expected.get("accepted", {}).get("events", ())
        )
        found.add(("action", action, *expected))
        if rejected := expected.get("rejected"):
            code = rejected["code"]
            found.add(("code", code))
            found.update(
                ("stage", stage.clause, action, str(stage.number))
                for stage in all_stages()
                if stage.action == action and code in stage.codes
            )
    return frozenset(found)
