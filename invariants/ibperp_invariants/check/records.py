"""Reads actions and parameters of an engine, decoded from JSON, as records of the reference."""

from __future__ import annotations

import re
from dataclasses import fields
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final, get_args

from ibperp import actions, orders, parameters
from ibperp.fill import TYPE, Fill
from ibperp_invariants.view.from_json import SHORT
from ibperp_invariants.view.node import Node, ViewError

if TYPE_CHECKING:
    from ibperp.actions import Action


def action_of(wire: object, path: str = "action") -> Action:
    """Return the action that a decoded JSON object states; raise ViewError naming a wrong field."""
    node = Node(wire, path)
    kind = node.get("type").text()
    if kind not in ACTIONS:
        raise ViewError(f"{path}/type must be one of {', '.join(READ)}, is {kind!r}")
    return built(ACTIONS[kind], node, given=OF_TYPE)  # type: ignore[no-any-return]


def logged_action_of(wire: Node, problems: list[str]) -> Action | Fill:
    """Return the action of a line of a log, which may be a fill (CF-11).

    Fields that no such action has are a problem, and left out.
    """
    members = wire.object()
    kind = READ.get(str(members.get("type")))
    if kind is None:
        return action_of(wire.value, wire.path)
    names = _names_with(kind, OF_TYPE)
    if not members.keys() <= names:
        surplus = members.keys() - names
        problems.append(f"{wire.path} has unknown fields: {', '.join(sorted(surplus))}")
        wire = Node({k: v for k, v in members.items() if k not in surplus}, wire.path)
    return built(kind, wire, OF_TYPE)  # type: ignore[no-any-return]


OF_TYPE: Final = ("type",)
"""What an action has in JSON beside its fields."""


def _snake_case(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


ACTIONS: Final[dict[str, Any]] = {
    _snake_case(kind.__name__): kind for kind in get_args(actions.Action)
}
"""The actions by the `type` that names them in JSON."""

READ: Final[dict[str, Any]] = {**ACTIONS, TYPE: Fill}
"""The actions of a log: those of the rules, and the fills of an engine without a book."""


def built(kind: Any, node: Node, given: tuple[str, ...] = ()) -> Any:
    """Return a record of the reference from a JSON object with exactly its fields."""
    types, members = _types_of(kind), node.object()
    if members.keys() == _names_with(kind, given):
        return kind(**{name: _read_member(of, node, name) for name, of in types.items()})
    unknown = members.keys() - types.keys() - {*given}
    if unknown:
        names = ", ".join(sorted(unknown))
        raise ViewError(f"{node.path or 'the value'} has unknown fields: {names}")
    missing = [name for name in types if name not in members]
    if len(missing) > 1:
        raise ViewError(f"{node.path or 'the value'} lacks {', '.join(missing)}")
    return kind(**{name: _read(of, node.get(name)) for name, of in types.items()})


@cache
def _types_of(kind: Any) -> dict[str, str]:
    """Return the fields of a record with their types as they are written."""
    return {part.name: str(part.type) for part in fields(kind)}


@cache
def _names_with(kind: Any, given: tuple[str, ...]) -> frozenset[str]:
    """Return the fields of a record, and others beside them."""
    return frozenset((*_types_of(kind), *given))


def _read_member(kind: str, node: Node, name: str) -> Any:
    """Return a field of a record from a member that is there."""
    value = node.object()[name]
    if kind == "int" and type(value) is str and SHORT.fullmatch(value):
        return int(value)
    return _read(kind, node.get(name))


def _read(kind: str, node: Node) -> Any:
    match kind:
        case "int":
            return node.integer()
        case "int | None":
            return None if node.value == "all" else node.integer()
        case "bool":
            return node.boolean()
        case "str":
            return node.text()
        case "tuple[TokenParameters, ...]":
            return tuple(built(parameters.TokenParameters, item) for item in node.items())
        case _:
            record = getattr(parameters, kind, None) or getattr(orders, kind)
    if record is int:
        return node.integer()
    return node.choice(record) if issubclass(record, StrEnum) else built(record, node)
