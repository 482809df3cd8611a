"""The messages of the protocol as records and enumerations, read from its JSON Schema.

The templates of every language write their types from this, so that no field is listed twice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any, Final

from ibperp_conformance.runner.capabilities import NEEDED
from ibperp_conformance.spec_files import spec_path

CAPABILITIES: Final[Mapping[str, str]] = {
    "CU": "custody",
    "MM": "money_market",
    "PF": "portfolio",
    "SM": "spot_margin",
    "PP": "perpetuals",
    "ST": "settlement",
    "LQ": "liquidation",
    "PG": "programs",
    "GV": "governance",
    "CF": "fills",
}
"""The capability of an action, by the chapter of its clause (CF-1)."""

_ENUM_NAMES: Final = {"code": "RejectionCode"}
_CLAUSE: Final = re.compile(r"\((?P<chapter>[A-Z]{2})-[1-9][0-9]*[^()]*\)\.?$")


class SchemaError(Exception):
    """The schema holds a shape that the templates of the adapters cannot write."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a field holds.

    `shape` is one of `integer`, `amount_or_all`, `text`, `boolean`, `enum`, `record`, `union`,
    `list` and `map`; `name` is that of an enumeration, a record or a union; `item` is what a list
    or a map (by text) holds.
    """

    shape: str
    name: str = ""
    item: Kind | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A member of an object: optional when it may be left out."""

    name: str
    kind: Kind
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """An object of the protocol; one with a `tag` carries it as its member `type`."""

    name: str
    fields: tuple[Field, ...]
    tag: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """An action: its record, and the capability that an engine needs to answer it."""

    record: Record
    capability: str

    @property
    def tag(self) -> str:
        """The `type` of the action on the wire."""
        return self.record.tag


@dataclass(slots=True)
class Model:
    """The records, enumerations and unions of the protocol, in the order of their names.

    `read` are the records that an engine receives, `written` those that it sends.
    """

    actions: tuple[Action, ...] = ()
    events: tuple[Record, ...] = ()
    records: dict[str, Record] = field(default_factory=dict)
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    read: tuple[Record, ...] = ()
    written: tuple[Record, ...] = ()

    @property
    def capabilities(self) -> dict[str, list[Action]]:
        """The actions of each capability, in the order of the specification."""
        names = dict.fromkeys((*CAPABILITIES.values(), *NEEDED))
        grouped = {name: [own for own in self.actions if own.capability == name] for name in names}
        return {name: actions for name, actions in grouped.items() if actions}

    def enums_of(self, records: tuple[Record, ...]) -> dict[str, tuple[str, ...]]:
        """Return the enumerations that fields of `records` have."""
        kinds = chain.from_iterable(_within(each.kind) for own in records for each in own.fields)
        used = {kind.name for kind in kinds if kind.shape == "enum"}
        return {name: values for name, values in self.enums.items() if name in used}


def load_model() -> Model:
    """Return the model of `schema/message.json`; raise `SchemaError` for an unknown shape."""
    path = spec_path() / "schema" / "message.json"
    return _Reader(json.loads(path.read_text(encoding="utf-8"))["$defs"]).model()


class _Reader:
    """Walks from what an engine receives and sends through every record that these hold."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self.definitions = definitions
        self.records: dict[str, Record] = {}
        self.unions: dict[str, tuple[str, ...]] = {}

    def model(self) -> Model:
        actions = self._tagged(self._member("ApplyRequest", "action"))
        events = self._tagged(self._member("Accepted", "events")["items"])
        received = self._reached([*actions, "SystemParameters"])
        sent = self._reached([*events, "Observation", "Rejected"])
        return Model(
            tuple(
                Action(self.records[name], self._capability(self.records[name])) for name in actions
            ),
            tuple(self.records[name] for name in events),
            dict(sorted(self.records.items())),
            dict(sorted(self.enum_names.items())),
            self.unions,
            tuple(received),
            tuple(sent),
        )

    @cached_property
    def enum_names(self) -> dict[str, tuple[str, ...]]:
        """Every enumeration by name; fields of one name and one list of values share it."""
        return {name: values for (_, values), name in self._named_enums.items()}

    @cached_property
    def _named_enums(self) -> dict[tuple[str, tuple[str, ...]], str]:
        owners: dict[str, dict[tuple[str, ...], str]] = {}
        for record, definition in self.definitions.items():
            for name, schema in definition.get("properties", {}).items():
                for part in (schema, schema.get("items", {})):
                    if "enum" in part:
                        owners.setdefault(name, {}).setdefault(tuple(part["enum"]), record)
        own = {"violated": "code"}
        named: dict[tuple[str, tuple[str, ...]], str] = {}
        for name, lists in owners.items():
            base = own.get(name, name)
            for values, record in lists.items():
                short = _ENUM_NAMES.get(base, camel(base))
                named[name, values] = short if len(lists) == 1 else record + short
        return named

    def _member(self, record: str, name: str) -> Any:
        return self.definitions[record]["properties"][name]

    @staticmethod
    def _tagged(schema: Mapping[str, Any]) -> list[str]:
        return [_target(each) for each in schema["oneOf"]]

    def _capability(self, record: Record) -> str:
        """Return the capability that the runner asks for, else that of the action's chapter."""
        for capability, tags in NEEDED.items():
            if record.tag in tags:
                return capability
        clause = _CLAUSE.search(record.text)
        if clause is None or clause["chapter"] not in CAPABILITIES:
            raise SchemaError(f"the description of {record.name} ends with no clause of a chapter")
        return CAPABILITIES[clause["chapter"]]

    def _reached(self, names: list[str]) -> list[Record]:
        """Return the records `names` and all that they hold, each after those it holds."""
        found: dict[str, Record] = {}
        for name in names:
            self._visit(name, found)
        return list(found.values())

    def _visit(self, name: str, found: dict[str, Record]) -> None:
        if name in found:
            return
        record = self.records.get(name) or self._record(name)
        self.records[name] = record
        for held in record.fields:
            for kind in _within(held.kind):
                for inner in self.unions.get(kind.name, (kind.name,)):
                    if kind.shape in {"record", "union"}:
                        self._visit(inner, found)
        found[name] = record

    def _record(self, name: str) -> Record:
        definition = self.definitions[name]
        required = set(definition.get("required", ()))
        members = dict(definition.get("properties", {}))
        tag = members.pop("type")["const"] if "const" in members.get("type", {}) else ""
        fields = tuple(
            Field(member, self._kind(name, member, schema), member not in required)
            for member, schema in members.items()
        )
        text = " ".join(str(definition.get("description", "")).split("\n\n")[0].split())
        return Record(name, fields, tag, text)

    def _kind(self, record: str, member: str, schema: Mapping[str, Any]) -> Kind:
        match schema:
            case {"$ref": _}:
                return Kind("record", _target(schema))
            case {"enum": values}:
                return Kind("enum", self._named_enums[member, tuple(values)])
            case {"anyOf": [{"type": "string"}, {"const": "all"}]}:
                return Kind("amount_or_all")
            case {"anyOf": [{"$ref": _}, {"$ref": _}] as members}:
                names = tuple(_target(each) for each in members)
                self.unions["Or".join(names)] = names
                return Kind("union", "Or".join(names))
            case {"type": "string", "pattern": pattern} if "0-9" in pattern and ":" not in pattern:
                return Kind("integer")
            case {"type": "string"}:
                return Kind("text")
            case {"type": "boolean"}:
                return Kind("boolean")
            case {"type": "array", "items": items}:
                return Kind("list", item=self._kind(record, member, items))
            case {"type": "object", "additionalProperties": dict(items)}:
                return Kind("map", item=self._kind(record, member, items))
            case _:
                pass
        raise SchemaError(f"{record}.{member}: no template writes {json.dumps(schema)[:200]}")


def camel(name: str) -> str:
    """Return `order_book_state` as `OrderBookState`."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[_\s-]", name))


def lower_camel(name: str) -> str:
    """Return `order_book_state` as `orderBookState`."""
    return camel(name)[:1].lower() + camel(name)[1:]


def snake(name: str) -> str:
    """Return `CancelOrders` as `cancel_orders`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _target(schema: Mapping[str, Any]) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def _within(kind: Kind) -> Iterator[Kind]:
    yield kind
    if kind.item is not None:
        yield from _within(kind.item)
