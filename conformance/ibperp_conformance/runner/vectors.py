"""Vectors as records: what is sent to an engine, and what it must answer (CF)."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

from ibperp_conformance.files import WrongUseError, read_whole
from ibperp_conformance.json_text import JsonTextError, decode, told
from ibperp_conformance.runner.capabilities import needed_for
from ibperp_conformance.spec_files import spec_path as spec_path  # noqa: PLC0414 - re-exported

FORMAT: Final = "1"
KINDS: Final = ("accept", "reject", "trace")
WHYS: Final = (
    "boundary",
    "rounding",
    "precedence",
    "conservation",
    "attack",
    "regression",
    "rule",
    "trace-long",
)
REQUIRED: Final = ("id", "clauses", "kind", "why", "title", "setup", "steps", "post", "hash")
OF_FILLS: Final = "F"
"""What the id of a vector ends with whose trades arrive as fills: `PP-4-001F` (CF-11)."""

TIERS: Final = ("core", "full")
Object: TypeAlias = Mapping[str, object]


class VectorError(Exception):
    """A vector file is not what the format says; the message names file, vector and field."""


@dataclass(frozen=True, slots=True)
class Setup:
    """A state to start from: how to reach it, and its observation as leaf paths.

    `state`: the same as one value, for an engine that can load it; the setups of the specification
    have none.
    """

    id: str
    system: Object
    actions: tuple[Object, ...]
    observation: Object
    state: Object | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """Acceptance with `events`, or, when `code` is given, rejection with that code."""

    code: str | None
    violated: tuple[str, ...]
    events: tuple[Object, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One action and what it must lead to."""

    action: Object
    expect: Expectation


@dataclass(frozen=True, slots=True)
class Vector:
    """Steps from a setup; `post` holds the leaves that differ at the end, None for a gone one."""

    id: str
    clauses: tuple[str, ...]
    kind: str
    why: str
    title: str
    effect: str | None
    twin: str | None
    setup: str
    steps: tuple[Step, ...]
    post: Object
    hash: str
    tier: str

    @property
    def core(self) -> bool:
        """Whether the vector belongs to the core tier."""
        return self.tier == "core"

    @property
    def selection(self) -> str:
        """The options that select this vector alone."""
        book = "--capability fills " if self.id.endswith(OF_FILLS) else ""
        return f"{book}--vector {shlex.quote(self.id)}"


@dataclass(frozen=True, slots=True)
class Suite:
    """Every setup and every vector by id, vectors in the order of files and of their place.

    `is_part`: whether only what was named was read.
    """

    setups: Mapping[str, Setup]
    vectors: Mapping[str, Vector]
    is_part: bool = False


def content_hash(content: Mapping[str, object]) -> str:
    """Return the SHA-256, in hex, of a vector's canonical JSON without its `hash` (CF-8)."""
    bare = {name: value for name, value in content.items() if name != "hash"}
    return sha256(compact(bare).encode()).hexdigest()


def compact(value: object) -> str:
    """Return canonical JSON: names in order, no space."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def load_setups() -> dict[str, Setup]:
    """Return the setups of the specification by their ids; raise `VectorError`."""
    return _by_id(_read(spec_path() / "vectors" / "setups.json", "setups", setup_of))


def load_suite(directory: Path | None = None) -> Suite:
    """Read every file of `directory`, by default the vectors of the specification.

    Raises `VectorError` for the first thing that breaks the format.
    """
    folder = directory or spec_path() / "vectors"
    setups = _by_id(_read(folder / "setups.json", "setups", setup_of))
    files = sorted(path for path in folder.glob("*.json") if path.name != "setups.json")
    if not files:
        raise VectorError(f"{folder}: no vector files; write them with: make fill")
    vectors = _by_id(each for path in files for each in _read(path, "vectors", vector_of))
    for vector in vectors.values():
        if vector.setup not in setups:
            raise VectorError(f"vector {vector.id}, field setup: no setup {vector.setup!r}")
        if vector.twin is not None and vector.twin not in vectors:
            raise VectorError(f"vector {vector.id}, field twin: no vector {vector.twin!r}")
    return Suite(setups, _tiered(vectors, folder.parent / "tiers.json"))


def _tiered(vectors: dict[str, Vector], path: Path) -> dict[str, Vector]:
    core = core_of(path)
    if core is None:
        return vectors
    for name in sorted(core - vectors.keys()):
        raise VectorError(f"{path}, core: no vector {name!r}; write it with: make fill")
    return {name: in_tier(each, core) for name, each in vectors.items()}


def core_of(path: Path) -> frozenset[str] | None:
    """Return the ids of the core that a file names; None without it, when all stay as they are."""
    if not path.exists():
        return None
    try:
        document = _object(path, "(top)", decode(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise VectorError(f"{path}: {error}; write it with: make fill") from None
    _only(path, document, ("format", "core"), ())
    return frozenset(_texts(path, "core", document["core"]))


def in_tier(vector: Vector, core: Collection[str]) -> Vector:
    """Return a vector in its tier: core if it is one of these."""
    return replace(vector, tier="core" if vector.id in core else "full")


def load_file(path: Path) -> Suite:
    """Read one file that holds setups and vectors, such as a finding of `ibperp fuzz`.

    Raises `VectorError` as `load_suite` does.
    """
    setups = _by_id(_read(path, "setups", setup_of))
    vectors = _by_id(_read(path, "vectors", vector_of))
    for vector in vectors.values():
        if vector.setup not in setups:
            raise VectorError(f"{path}, vector {vector.id}, field setup: no setup {vector.setup!r}")
    return Suite(setups, vectors)


def flatten(value: object, prefix: str = "") -> dict[str, object]:
    """Return the leaves of a nested value by path; null, empty objects and arrays have no leaf.

    An entry of an array has its place for a name. A slash inside a name is written `~1`, so that
    two different names never flatten alike.
    """
    leaves: dict[str, object] = {}
    pending: list[Iterator[tuple[str, object]]] = [iter([(prefix, value)])]
    while pending:
        for path, item in pending[-1]:
            if isinstance(item, str):
                leaves[path] = item
            elif isinstance(item, dict | list | tuple | Mapping):
                pending.append(_members(item, f"{path}/" if path else ""))
                break
            elif item is not None:
                leaves[path] = item
        else:
            pending.pop()
    return leaves


def _members(value: Any, prefix: str) -> Iterator[tuple[str, object]]:
    """Yield what is in an object or an array, each with its path."""
    named = value.items() if isinstance(value, dict | Mapping) else enumerate(value)
    for own, child in named:
        name = str(own)
        yield prefix + (name.replace("/", "~1") if "/" in name else name), child


def overlay(observation: Object, post: Object) -> dict[str, object]:
    """Return `observation` with the leaves of `post` written over it, None removing a leaf."""
    merged = {**observation, **post}
    return {path: leaf for path, leaf in merged.items() if leaf is not None}


def needs(setup: Setup, vector: Vector, claimed: Collection[str] = ()) -> frozenset[str]:
    """Return the capabilities that a vector needs of an engine because of its actions (CF-1)."""
    actions = (*setup.actions, *(step.action for step in vector.steps))
    return needed_for({str(action["type"]) for action in actions}, claimed)


_Record = TypeVar("_Record", Setup, Vector)


def _by_id(records: Iterable[tuple[object, _Record]]) -> dict[str, _Record]:
    found: dict[str, _Record] = {}
    for where, record in records:
        if record.id in found:
            raise VectorError(f"{where}, field id: {record.id!r} is used twice")
        found[record.id] = record
    return found


def _read(
    path: Path, name: str, made: Callable[[object, Object], _Record]
) -> Iterable[tuple[object, _Record]]:
    return ((where, made(where, fields)) for where, fields in _entries(path, name))


def setup_of(where: object, fields: Object) -> Setup:
    """Return a setup from an entry of a file; raise `VectorError` if it is not one."""
    _only(where, fields, ("id", "system", "actions", "observation"), ("state",))
    actions = enumerate(_list(where, fields, "actions"))
    return Setup(
        _text(where, fields, "id"),
        _object(where, "system", fields["system"]),
        tuple(_action(where, f"actions[{i}]", item) for i, item in actions),
        _object(where, "observation", fields["observation"]),
        _object(where, "state", fields["state"]) if "state" in fields else None,
    )


def vector_of(where: object, fields: Object) -> Vector:
    """Return a vector from an entry of a file; raise `VectorError` if it is not one."""
    _only(where, fields, REQUIRED, ("effect", "twin", "tier"))
    if not (steps := _list(where, fields, "steps")):
        raise VectorError(f"{where}, field steps: at least one step is needed")
    why = _one_of(where, fields, "why", WHYS)
    default = "full" if why == "trace-long" else "core"
    return Vector(
        id=_text(where, fields, "id"),
        clauses=_texts(where, "clauses", fields["clauses"]),
        kind=_one_of(where, fields, "kind", KINDS),
        why=why,
        title=_text(where, fields, "title"),
        effect=_text(where, fields, "effect") if "effect" in fields else None,
        twin=_text(where, fields, "twin") if "twin" in fields else None,
        setup=_text(where, fields, "setup"),
        steps=tuple(_step(where, f"steps[{i}]", item) for i, item in enumerate(steps)),
        post=_object(where, "post", fields["post"]),
        hash=_text(where, fields, "hash"),
        tier=_one_of(where, fields, "tier", TIERS) if "tier" in fields else default,
    )


def _step(where: object, field: str, value: object) -> Step:
    fields = _object(where, field, value)
    _only(where, fields, ("action", "expect"), (), f"{field}.")
    return Step(
        _action(where, f"{field}.action", fields["action"]),
        _expectation(where, f"{field}.expect", fields["expect"]),
    )


def _expectation(where: object, field: str, value: object) -> Expectation:
    fields = _object(where, field, value)
    if fields.keys() == {"accepted"}:
        accepted = _object(where, f"{field}.accepted", fields["accepted"])
        _only(where, accepted, ("events",), (), f"{field}.accepted.")
        events = _list(where, accepted, "events", f"{field}.accepted.")
        named = enumerate(events)
        place = f"{field}.accepted.events"
        return Expectation(
            None, (), tuple(_action(where, f"{place}[{i}]", item) for i, item in named)
        )
    if fields.keys() == {"rejected"}:
        rejected = _object(where, f"{field}.rejected", fields["rejected"])
        _only(where, rejected, ("code", "violated"), (), f"{field}.rejected.")
        violated = _texts(where, f"{field}.rejected.violated", rejected["violated"])
        return Expectation(_text(where, rejected, "code", f"{field}.rejected."), violated, ())
    raise VectorError(f"{where}, field {field}: either accepted or rejected is needed, alone")


def _entries(path: Path, name: str) -> Iterable[tuple[object, Object]]:
    try:
        document = decode(read_whole(path, "vectors"))
    except WrongUseError as error:
        raise VectorError(f"{error}; write those of the specification with: make fill") from None
    except JsonTextError as error:
        raise VectorError(f"{path}: {error}") from None
    fields = _object(str(path), "(top)", document)
    _only(str(path), fields, ("format", name), ("setups", "vectors", "findings"))
    if fields["format"] != FORMAT:
        found = told(fields["format"])
        raise VectorError(f'{path}, field format: this runner reads "{FORMAT}", found {found}')
    for index, value in enumerate(_list(str(path), fields, name)):
        entry = _object(f"{path}, {name}[{index}]", "(top)", value)
        identity = entry.get("id")
        singular = name.removesuffix("s")
        label = f"{singular} {identity}" if isinstance(identity, str) else f"{name}[{index}]"
        yield _Place(path, identity, label), entry


@dataclass(frozen=True, slots=True)
class _Place:
    """An entry of a file; its line is looked for only when an error names it."""

    path: Path
    identity: object
    label: str

    def __str__(self) -> str:
        text, name = self.path.read_text(encoding="utf-8"), json.dumps(self.identity)
        found = re.search(rf'"id"\s*:\s*{re.escape(name)}', text)
        line = f", line {text.count(chr(10), 0, found.start()) + 1}" if found else ""
        return f"{self.path}{line}, {self.label}"


def _only(
    where: object,
    fields: Object,
    required: tuple[str, ...],
    optional: tuple[str, ...],
    prefix: str = "",
) -> None:
    for name in required:
        if name not in fields:
            raise VectorError(f"{where}, field {prefix}{name}: missing")
    for name in sorted(fields.keys() - {*required, *optional}):
        raise VectorError(f"{where}, field {prefix}{name}: unknown")


def _object(where: object, field: str, value: object) -> Object:
    if not isinstance(value, dict):
        raise VectorError(f"{where}, field {field}: an object is needed, found {told(value)}")
    return value


def _action(where: object, field: str, value: object) -> Object:
    action = _object(where, field, value)
    _text(where, action, "type", f"{field}.")
    return action


def _list(where: object, fields: Object, name: str, prefix: str = "") -> list[object]:
    value = fields[name]
    if not isinstance(value, list):
        raise VectorError(f"{where}, field {prefix}{name}: a list is needed, found {told(value)}")
    return value


def _text(where: object, fields: Object, name: str, prefix: str = "") -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise VectorError(f"{where}, field {prefix}{name}: a string is needed, found {told(value)}")
    return value


def _texts(where: object, field: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(x, str) for x in value):
        raise VectorError(f"{where}, field {field}: a list of strings is needed")
    return tuple(str(text) for text in value)


def _one_of(where: object, fields: Object, name: str, allowed: tuple[str, ...]) -> str:
    value = _text(where, fields, name)
    if value not in allowed:
        raise VectorError(f"{where}, field {name}: one of {', '.join(allowed)}, found {value!r}")
    return value
