"""Canonical JSON of the reference's records, by reflection: a field is listed in its record alone.

Integers become decimal strings, enums their values, None null, vectors and tuples arrays, ordered
sets arrays of keys in ascending order. Where several records may stand, `type` names which one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from ibperp import actions, orders, parameters, position, programs, state
from ibperp.ordered import Ordered
from ibperp.persistent import Vector

DIGITS_MAX: Final = 600
"""The most digits of an integer, its sign not counted; every Python can read and write so many."""

TYPE: Final = "type"
"""The field that names a record where several may stand."""

AGAIN: Final = "it is damaged or was written by another version of ibperp: write it again"
"""What to do about a field too many or too few."""

_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]*", re.ASCII)
_MODULES: Final = (actions, orders, parameters, position, programs, state)
_NAMES: Final = {name: value for module in _MODULES for name, value in vars(module).items()}


class CanonicalError(ValueError):
    """A value that is not what its record says: `path` from the outermost record, and `problem`."""

    def __init__(self, problem: str, path: str = "") -> None:
        super().__init__(problem)
        self.problem, self.path = problem, path

    def under(self, step: str) -> CanonicalError:
        """Return the same error, seen from one level further out."""
        return CanonicalError(self.problem, step + self.path)


@dataclass(frozen=True, slots=True)
class Codec:
    """How the values of one type become JSON and come back; both raise CanonicalError."""

    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]


def canonical_bytes(value: Any) -> bytes:
    """Return JSON in UTF-8 with sorted keys and no white space, as RFC 8785 has it for text."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def encoded(value: Any, hint: Any) -> Any:
    """Return the JSON value of a value of the type `hint`."""
    return codec_of(hint).encode(value)


def decoded(data: Any, hint: Any) -> Any:
    """Return the value of the type `hint` that a JSON value describes."""
    return codec_of(hint).decode(data)


@cache
def hints_of(record: type) -> dict[str, Any]:
    """Return the types of a record's fields in their order, annotations resolved."""
    hints = get_type_hints(record, _NAMES | {record.__name__: record})
    return {item.name: hints[item.name] for item in fields(record)}


@cache
def codec_of(hint: Any) -> Codec:
    """Return the codec of a type; raise TypeError for one that has none."""
    origin, within = get_origin(hint), get_args(hint)
    if hint in _LEAVES:
        return _LEAVES[hint]
    if origin is Vector:
        return _array(codec_of(within[0]), Vector)
    if origin is tuple and within[1:] == (...,):
        return _array(codec_of(within[0]), tuple)
    if origin in {UnionType, Union}:
        return _union(within)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _enum(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        return _record(hint)
    raise TypeError(f"{hint} has no canonical form")


def _wanted(expected: str, value: object) -> CanonicalError:
    shown = "" if isinstance(value, list | dict | tuple) else f", got {ascii(value)[:60]}"
    return CanonicalError(f"expected {expected}{shown}")


def _of_type(kind: type, expected: str) -> Callable[[Any], Any]:
    def same(value: Any) -> Any:
        if type(value) is not kind:
            raise _wanted(expected, value)
        return value

    return same


def _encode_integer(value: Any) -> str:
    if type(value) is not int:
        raise _wanted("an integer", value)
    if abs(value) >= 10**DIGITS_MAX:
        raise CanonicalError(f"expected at most {DIGITS_MAX} digits")
    return str(value)


def _decode_integer(data: Any) -> int:
    if not isinstance(data, str) or not _INTEGER.fullmatch(data):
        raise _wanted('an integer as a decimal string, such as "100" or "-5"', data)
    if len(data.lstrip("-")) > DIGITS_MAX:
        raise CanonicalError(f"expected at most {DIGITS_MAX} digits")
    return int(data)


def _text(value: Any) -> str:
    if type(value) is not str:
        raise _wanted("text", value)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise CanonicalError("expected text without lone surrogates") from None
    return value


def _encode_ordered(value: Any) -> Any:
    if not isinstance(value, Ordered):
        raise _wanted("an ordered set", value)
    return [[_encode_integer(part) for part in key] for key in value]


def _decode_ordered(data: Any) -> Ordered:
    keys = _KEYS.decode(data)
    for index in range(1, len(keys)):
        if keys[index - 1] >= keys[index]:
            raise CanonicalError("expected a key above the one before it", f"[{index}]")
    return Ordered(keys)


def _array(item: Codec, kind: Callable[[Iterable[Any]], Any]) -> Codec:
    expected: Any = kind

    def encode(value: Any) -> list[Any]:
        if not isinstance(value, expected):
            raise _wanted(f"a {expected.__name__.lower()}", value)
        return _each(item.encode, value)

    def decode(data: Any) -> Any:
        if not isinstance(data, list):
            raise _wanted("a JSON array", data)
        return kind(_each(item.decode, data))

    return Codec(encode, decode)


def _each(convert: Callable[[Any], Any], values: Iterable[Any]) -> list[Any]:
    done: list[Any] = []
    try:
        done.extend(map(convert, values))
    except CanonicalError as error:
        raise error.under(f"[{len(done)}]") from None
    return done


def _enum(kind: type[StrEnum]) -> Codec:
    values = {member.value: member for member in kind}

    def decode(data: Any) -> StrEnum:
        if not isinstance(data, str) or data not in values:
            raise _wanted(f"one of {', '.join(values)}", data)
        return values[data]

    same = _of_type(kind, f"a member of {kind.__name__}")
    return Codec(lambda value: same(value).value, decode)


def _record(kind: type) -> Codec:
    codecs = {name: codec_of(hint) for name, hint in hints_of(kind).items()}
    same = _of_type(kind, f"a record {kind.__name__}")

    def encode(value: Any) -> dict[str, Any]:
        own, name, done = same(value), "", {}
        try:
            for name, codec in codecs.items():
                done[name] = codec.encode(getattr(own, name))
        except CanonicalError as error:
            raise error.under(f".{name}") from None
        return done

    def decode(data: Any) -> Any:
        _exactly(data, codecs.keys())
        name, done = "", {}
        try:
            for name, codec in codecs.items():
                done[name] = codec.decode(data[name])
        except CanonicalError as error:
            raise error.under(f".{name}") from None
        return kind(**done)

    return Codec(encode, decode)


def _exactly(data: Any, names: Iterable[str]) -> None:
    """Raise CanonicalError unless `data` is a JSON object of exactly these fields."""
    if not isinstance(data, dict):
        raise _wanted("a JSON object", data)
    expected = list(names)
    for name in expected:
        if name not in data:
            raise CanonicalError(f"missing; {AGAIN}", f".{name}")
    for name in data:
        if name not in expected:
            raise CanonicalError(f"unknown field; {AGAIN}", f".{ascii(name)[1:-1][:60]}")


def _union(members: tuple[Any, ...]) -> Codec:
    """Return the codec of a union: of one type or None, or of records told apart by `type`."""
    others = [member for member in members if member is not NoneType]
    inner = codec_of(others[0]) if len(others) == 1 else _tagged({_tag(one): one for one in others})
    if len(others) == len(members):
        return inner
    return Codec(
        lambda value: None if value is None else inner.encode(value),
        lambda data: None if data is None else inner.decode(data),
    )


def _tagged(kinds: dict[str, type]) -> Codec:
    names = {kind: tag for tag, kind in kinds.items()}

    def encode(value: Any) -> dict[str, Any]:
        kind: Any = type(value)
        if kind not in names:
            raise _wanted(f"a record of {', '.join(kinds)}", value)
        return {TYPE: names[kind], **codec_of(kind).encode(value)}

    def decode(data: Any) -> Any:
        if not isinstance(data, dict):
            raise _wanted("a JSON object", data)
        tag = data.get(TYPE)
        if not isinstance(tag, str) or tag not in kinds:
            raise _wanted(f"one of {', '.join(kinds)}", tag).under(f".{TYPE}")
        rest = {name: value for name, value in data.items() if name != TYPE}
        return codec_of(kinds[tag]).decode(rest)

    return Codec(encode, decode)


def _tag(kind: type) -> str:
    """Return the name of a record as the engine protocol has it: `SpotMarket` is `spot_market`."""
    assert is_dataclass(kind)
    assert TYPE not in hints_of(kind)
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


_INTEGERS: Final = Codec(_encode_integer, _decode_integer)
_KEYS: Final = _array(_array(_INTEGERS, tuple), tuple)
_LEAVES: Final[dict[Any, Codec]] = {
    int: _INTEGERS,
    bool: Codec(*[_of_type(bool, "true or false")] * 2),
    str: Codec(_text, _text),
    Ordered: Codec(_encode_ordered, _decode_ordered),
}
