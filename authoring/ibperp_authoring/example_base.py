"""What the worked examples leave out: the base of all chapters, `spec/examples/base.yaml`.

A field that an example does not give has its value there: a system parameter, a parameter of an
asset or market by its symbol, a field of an action by the type of the action.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from ruamel.yaml import YAML

from ibperp_conformance.spec_files import spec_path

BASE: Final = "examples/base.yaml"
POOL: Final = "set_pool_parameters"
SYSTEM: Final = "set_system_parameters"
LISTING: Final = frozenset(
    {
        "list_asset",
        "list_market",
        "list_perpetual",
        "set_asset_parameters",
        "set_market_parameters",
        "set_perpetual_parameters",
    }
)
"""The actions that carry all parameters of the asset or market that they name."""

Document = Mapping[str, Any]


def system_of(*changes: object) -> Document:
    """Return the system parameters of the base with changes, the later ones over the earlier."""
    system: Document = _base()["system"]
    for change in changes:
        system = merged(system, change or {})
    return system


def completed(action: object) -> object:
    """Return an action with every field that it leaves out; what is no mapping stays as it is."""
    if not isinstance(action, Mapping):
        return action
    return merged(fields_of(action), action)


def fields_of(action: Document) -> Document:
    """Return the fields that the base gives to an action of this type, for its asset or market."""
    base, kind = _base(), action.get("type")
    fields: dict[str, Any] = dict(base["actions"].get(kind, {}))
    listing = base["listings"].get(action.get("asset", action.get("market")), {})
    if kind in LISTING:
        fields["parameters"] = listing
    elif kind == POOL:
        fields["parameters"] = listing.get("pool", {})
    elif kind == SYSTEM:
        fields["parameters"] = base["system"]
    return fields


def merged(base: Any, given: Any) -> Any:
    """Return a value over a base: mappings field by field, anything else as a whole."""
    if not (isinstance(base, Mapping) and isinstance(given, Mapping)):
        return given
    shared = {name: merged(base[name], given[name]) for name in base.keys() & given.keys()}
    return {**base, **given, **shared}


@cache
def _base() -> Mapping[str, Any]:
    text = (spec_path() / BASE).read_text(encoding="utf-8")
    document: Mapping[str, Any] = YAML(typ="safe").load(text)
    return document
