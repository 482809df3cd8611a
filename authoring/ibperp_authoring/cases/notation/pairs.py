"""Pairs of preconditions that fail together, as `python -m ibperp_authoring.precedence` made them.

Each merges two refusals of other cases; `pairs.json` keeps setup, steps and the code.
When a changed rule answers one otherwise, the same command with `--write` makes others.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from ibperp.outcomes import RejectionCode
from ibperp_authoring.cases.builder import Case, Kind, Refused, Why
from ibperp_conformance.protocol.wire import decode_action

PAIRS: Final = Path(__file__).with_name("pairs.json")
FIRST: Final = 500
"""The number of the first of these cases of NT-9."""


def _case(entry: dict[str, Any]) -> Case:
    refused = Refused(decode_action(entry["action"]), RejectionCode(entry["code"]))
    return Case(
        id=f"NT-9-{FIRST - 1 + entry['number']}",
        kind=Kind.REJECT,
        why=Why.PRECEDENCE,
        title=entry["title"],
        setup=entry["setup"],
        steps=(*map(decode_action, entry["before"]), refused),
        twin=entry["twin"],
        more_clauses=(entry["clause"],),
    )


CASES: Final = tuple(map(_case, json.loads(PAIRS.read_text(encoding="utf-8"))))
