"""The JSON Schemas of what crosses the boundary: actions, system parameters, vectors, setups."""

from __future__ import annotations

from typing import Any, Final

from pydantic import TypeAdapter

from ibperp.outcomes import RejectionCode
from ibperp.parameters import SystemParameters
from ibperp_conformance.presets.schema import preset_schema
from ibperp_conformance.protocol import wire
from ibperp_conformance.protocol.fills import FILL
from ibperp_conformance.protocol.message_schema import message_schema
from ibperp_conformance.runner.report_records import report_schema
from ibperp_conformance.runner.vectors import FORMAT, KINDS, TIERS, WHYS
from ibperp_conformance.scenario.schema import scenario_schema

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Final = {"type": "string", "minLength": 1}
_LEAVES: Final = {"type": "object", "additionalProperties": {"type": ["string", "boolean"]}}
_POST: Final = {"type": "object", "additionalProperties": {"type": ["string", "boolean", "null"]}}
_CLAUSE: Final = "^(NT|CU|MM|PF|SM|PP|ST|LQ|PG|GV|CF)-[1-9][0-9]*$"
_VECTOR: Final = "^(NT|CU|MM|PF|SM|PP|ST|LQ|PG|GV|CF)-[1-9][0-9]*-[0-9]{3}$"


def schemas() -> dict[str, dict[str, Any]]:
    """Return every schema by the name of its file, without suffix (CF-8)."""
    return {
        "action": _named("An action", TypeAdapter(wire.action_type(FILL)).json_schema()),
        "system": _named("System parameters", wire.model_of(SystemParameters).model_json_schema()),
        "message": _named("A line of the protocol", message_schema()),
        "vectors": _named("A file of vectors", _file("vectors", _vector())),
        "setups": _named("The file of setups", _file("setups", _setup())),
        "preset": _named("A preset", preset_schema()),
        "scenario": _named("A scenario", scenario_schema()),
        "report": _named("The JSON report of a run", report_schema()),
        "trace": _named("A line of a trace", _trace()),
    }


def _named(title: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"$schema": _DIALECT, **schema, "title": title}


def _closed(required: dict[str, Any], **optional: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**required, **optional},
        "required": sorted(required),
        "additionalProperties": False,
    }


def _file(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    return _closed({"format": {"const": FORMAT}, name: {"type": "array", "items": entry}})


def _typed() -> dict[str, Any]:
    return {"type": "object", "properties": {"type": _TEXT}, "required": ["type"]}


def _trace() -> dict[str, Any]:
    """Return the schema of a line: a header, or an action with its outcome and what it led to."""
    system = wire.model_of(SystemParameters).model_json_schema()
    action = TypeAdapter(wire.action_type()).json_schema()
    definitions = {**system.pop("$defs", {}), **action.pop("$defs", {})}
    listed = _closed({"symbol": _TEXT, "parameters": {"type": "object"}})
    whole = {"type": "object", "description": "the observation, or the parts of it that are known"}
    changes = {"type": "object", "description": "values by their paths, null for what is gone"}
    named = {"type": "array", "items": _TEXT}
    header = {
        "type": "object",
        "properties": {
            "system": system,
            "capabilities": named,
            "observation": whole,
            "assets": {"type": "array", "items": listed},
            "markets": {"type": "array", "items": listed},
        },
        "required": ["system"],
    }
    code = {"enum": [code.value for code in RejectionCode]}
    accepted = {"type": "object", "properties": {"events": {"type": "array", "items": _typed()}}}
    rejected = {
        "type": "object",
        "properties": {"code": code, "violated": {"type": "array", "items": code}},
        "required": ["code"],
    }
    line = {
        "type": "object",
        "properties": {
            "action": action,
            "outcome": {
                "oneOf": [_closed({"accepted": accepted}), _closed({"rejected": rejected})]
            },
            "observation": whole,
            "changes": changes,
        },
        "required": ["action", "outcome"],
        "oneOf": [{"required": ["observation"]}, {"required": ["changes"]}],
    }
    return {"anyOf": [header, line], "$defs": definitions}


def _setup() -> dict[str, Any]:
    actions = {"type": "array", "items": _typed()}
    return _closed(
        {"id": _TEXT, "system": {"type": "object"}, "actions": actions, "observation": _LEAVES}
    )


def _vector() -> dict[str, Any]:
    code = {"enum": [code.value for code in RejectionCode]}
    accepted = _closed({"events": {"type": "array", "items": _typed()}})
    rejected = _closed({"code": code, "violated": {"type": "array", "items": code, "minItems": 1}})
    expect = {"oneOf": [_closed({"accepted": accepted}), _closed({"rejected": rejected})]}
    step = _closed({"action": _typed(), "expect": expect})
    clauses = {"type": "array", "items": {"pattern": _CLAUSE, "type": "string"}, "minItems": 1}
    identity = {"pattern": _VECTOR, "type": "string"}
    return _closed(
        {
            "id": identity,
            "clauses": clauses,
            "kind": {"enum": list(KINDS)},
            "why": {"enum": list(WHYS)},
            "title": _TEXT,
            "setup": _TEXT,
            "steps": {"type": "array", "items": step, "minItems": 1},
            "post": _POST,
            "hash": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        },
        twin=identity,
        effect=_TEXT,
        tier={"enum": list(TIERS)},
    )
