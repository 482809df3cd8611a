"""Pairs of preconditions that fail together, as `python -m ibperp_authoring.precedence` made them.

Each merges two refusals of other cases; `pairs.json` keeps setup, steps and the code.
When a changed rule answers one otherwise, the same command with `--write` makes others.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from ibperp.actions import Action
from ibperp.outcomes import RejectionCode
from ibperp_authoring.cases.builder import Case, Kind, Refused, Why
from ibperp_conformance.protocol.wire import decode_action, encode_record
from ibperp_invariants.worlds import asset_of, market_of, perpetual_of, pool_of, system_of

PAIRS: Final = Path(__file__).with_name("pairs.json")
FIRST: Final = 500
"""The number of the first of these cases of NT-9."""


DEFAULTS: Final[dict[str, Any]] = {
    "list_asset": asset_of(),
    "set_asset_parameters": asset_of(),
    "list_market": market_of(),
    "set_market_parameters": market_of(),
    "list_perpetual": perpetual_of(),
    "set_perpetual_parameters": perpetual_of(),
    "set_system_parameters": system_of(),
    "set_pool_parameters": pool_of(),
}
"""What a parameter is that a case was written without: parameters come and go with the rules."""


def action_of(written: dict[str, Any]) -> Action:
    """Return a written action, with the parameters that there are now."""
    default = DEFAULTS.get(written["type"])
    if default is None:
        return decode_action(written)
    whole = _completed(encode_record(default), written["parameters"])
    return decode_action({**written, "parameters": whole})


def _completed(default: dict[str, Any], written: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _completed(value, written[name])
        if isinstance(value, dict) and name != "tokens" and name in written
        else written.get(name, value)
        for name, value in default.items()
    }


def _case(entry: dict[str, Any]) -> Case:
    refused = Refused(action_of(entry["action"]), RejectionCode(entry["code"]))
    return Case(
        id=f"NT-9-{FIRST - 1 + entry['number']}",
        kind=Kind.REJECT,
        why=Why.PRECEDENCE,
        title=entry["title"],
        setup=entry["setup"],
        steps=(*map(action_of, entry["before"]), refused),
        twin=entry["twin"],
        more_clauses=(entry["clause"],),
    )


CASES: Final = tuple(map(_case, json.loads(PAIRS.read_text(encoding="utf-8"))))
