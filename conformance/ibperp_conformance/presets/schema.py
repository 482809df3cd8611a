"""The format of presets, from the models that read them: a JSON Schema for editors."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel

from ibperp_conformance.presets.assets import AssetPreset
from ibperp_conformance.presets.markets import market_preset
from ibperp_conformance.presets.perpetuals import KIND, PERPETUAL, perpetual_preset
from ibperp_conformance.presets.preset import FIELDS, REQUIRED
from ibperp_conformance.presets.system import SystemPreset

VALUE: Final = {"type": ["number", "string"]}
"""What stands for a value that is read from its text: a decimal, a count or a word."""


def preset_schema() -> dict[str, Any]:
    """Return the JSON Schema of a preset file."""
    definitions: dict[str, Any] = {}
    markets = (market_preset(is_whole=True), perpetual_preset(is_whole=True))
    system, asset, market, perpetual = (
        _schema(model, definitions) for model in (SystemPreset, AssetPreset, *markets)
    )
    perpetual["properties"][KIND] = {"const": PERPETUAL}
    perpetual["required"] = [*perpetual.get("required", []), KIND]
    kinds = {"anyOf": [market, perpetual]}
    parts = {
        "system": system,
        "assets": {"type": "object", "additionalProperties": asset},
        "markets": {"type": "object", "additionalProperties": kinds},
    }
    return {
        "type": "object",
        "properties": {name: parts[name] for name in FIELDS},
        "required": list(REQUIRED),
        "additionalProperties": False,
        "$defs": definitions,
    }


def _schema(model: type[BaseModel], definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a model, its definitions put with the others."""
    schema: dict[str, Any] = _told(model.model_json_schema())
    definitions |= schema.pop("$defs", {})
    return schema


def _told(schema: Any) -> Any:
    """Return a schema without titles, in which no value is left open."""
    if isinstance(schema, list):
        return [_told(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    told = {name: _told(item) for name, item in schema.items() if name != "default"}
    if isinstance(told.get("title"), str):
        del told["title"]
    for name, item in told.get("properties", {}).items():
        if not item:
            told["properties"][name] = VALUE
    return told
