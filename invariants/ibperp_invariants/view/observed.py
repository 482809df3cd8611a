"""Records of which parts may not have been observed: reading such a part raises NotObserved.

A record with all its parts is one of the ordinary class. One that lacks some is of a subclass whose
slots for them stay empty, so that whatever reads a part either gets it or says what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import Field, fields
from functools import cache
from types import MemberDescriptorType
from typing import Any, ClassVar, TypeVar, overload

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


class NotObserved(Exception):  # noqa: N818 - it says what happened, and is no error of the log.
    """Something was looked at that the observations do not hold; the message is its path."""


class _Partial:
    """What the partial forms of all records share."""

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    _missing: Mapping[str, str]

    def __getattr__(self, name: str) -> Any:
        """Raise NotObserved for a part that is missing; called for what no slot holds."""
        if name != "_missing" and name in self._missing:
            raise NotObserved(self._missing[name])
        raise AttributeError(name)

    def __eq__(self, other: object) -> bool:
        """Compare by what both hold; raise NotObserved if that is equal, and not all of it."""
        if not isinstance(other, _whole(type(self))):
            return NotImplemented
        mine, theirs = values_of(self), values_of(other)
        names = [part.name for part in fields(self) if part.compare and part.name in mine]
        if any(mine[name] != theirs[name] for name in names if name in theirs):
            return False
        raise NotObserved(next(iter({**missing_of(other), **self._missing}.values())))

    def __hash__(self) -> int:
        """Raise NotObserved, as the comparison of equal ones does."""
        raise NotObserved(next(iter(self._missing.values())))

    def __repr__(self) -> str:
        """Show what there is."""
        shown = ", ".join(f"{name}={value!r}" for name, value in values_of(self).items())
        return f"{type(self).__name__}({shown})"


@cache
def _partial(kind: Any) -> Any:
    """Return the partial form of a frozen record with slots."""
    for part in fields(kind):
        assert isinstance(getattr(kind, part.name), MemberDescriptorType), "a default would be read"
    return type(f"Partial{kind.__name__}", (_Partial, kind), {"__slots__": ("_missing",)})


def _whole(kind: type[T]) -> type[T]:
    """Return the ordinary class of a record."""
    return kind.__mro__[2] if issubclass(kind, _Partial) else kind


def observed(kind: type[T], values: Mapping[str, Any], missing: Mapping[str, str]) -> T:
    """Return a record from its parts by name; `missing`: paths of those that were not observed."""
    if not missing:
        return kind(**values)
    form: Any = kind
    record: Any = object.__new__(_partial(form))
    for name, value in values.items():
        object.__setattr__(record, name, value)
    object.__setattr__(record, "_missing", missing)
    return record  # type: ignore[no-any-return]


def missing_of(record: object) -> Mapping[str, str]:
    """Return the parts of a record that were not observed, with their paths."""
    return record._missing if isinstance(record, _Partial) else {}  # noqa: SLF001


def values_of(record: Any) -> dict[str, Any]:
    """Return the parts of a record that were observed, by name."""
    kind: Any = type(record)
    missing, names = missing_of(record), names_of(kind)
    if missing:
        return {name: getattr(record, name) for name in names if name not in missing}
    return {name: getattr(record, name) for name in names}


@cache
def names_of(kind: Any) -> tuple[str, ...]:
    """Return the names of the parts of a kind of record."""
    return tuple(part.name for part in fields(kind))


def with_parts(record: T, **parts: Any) -> T:
    """Return a record with other parts, whether they were observed before or not."""
    missing = missing_of(record)
    if missing:
        missing = {name: path for name, path in missing.items() if name not in parts}
    elif hasattr(record, "__replace__"):
        return record.__replace__(**parts)  # type: ignore[no-any-return]
    return observed(_whole(type(record)), {**values_of(record), **parts}, missing)


def without(record: T, missing: Mapping[str, str]) -> T:
    """Return a record without some of its parts, given the paths to name for them."""
    values = {name: value for name, value in values_of(record).items() if name not in missing}
    return observed(_whole(type(record)), values, {**missing_of(record), **missing})


def first_missing(value: object) -> str | None:
    """Return the path of something that a record, or a record in it, lacks; None if it is whole."""
    if isinstance(value, _Partial):
        return next(iter(missing_of(value).values()))
    parts: Iterator[object] = iter(())
    if isinstance(value, Mapping):
        parts = iter(value.values())
    elif hasattr(type(value), "__dataclass_fields__"):
        parts = iter(values_of(value).values())
    return next((path for part in parts if (path := first_missing(part))), None)


def different_leaves(path: str, old: Any, new: Any) -> Iterator[str]:
    """Yield what differs of two values, each by the path of its leaf; None: it is not there."""
    if old is new:
        return
    if old is None:
        yield f"{path}: {new if isinstance(new, int) else 'it'} was not there before"
    elif new is None:
        yield f"{path}: it is gone"
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*old, *new)):
            yield from different_leaves(f"{path}/{key}", old.get(key), new.get(key))
    elif hasattr(type(old), "__dataclass_fields__") and hasattr(type(new), "__dataclass_fields__"):
        parts, others = values_of(old), values_of(new)
        compared = [part.name for part in fields(old) if part.compare]
        for name in (name for name in compared if name in parts and name in others):
            yield from different_leaves(f"{path}/{name}", parts[name], others[name])
    elif old != new:
        yield f"{path}: {old} to {new}"


class Named(dict[K, V]):
    """Entries by name as an observation holds them: to look one up that is not there says so."""

    def __init__(self, entries: dict[K, V], path: str) -> None:
        super().__init__(entries)
        self.path = path

    def __missing__(self, key: K) -> V:
        """Raise NotObserved; `get` and `in` do not."""
        raise NotObserved(f"{self.path}/{key}")


class Unsure(Sequence[K]):
    """Keys of which some are known, but not that there are no others: the end is not observed."""

    def __init__(self, known: Sequence[K], path: str) -> None:
        self._known: Sequence[K] = known
        self._path = path

    def __iter__(self) -> Iterator[K]:
        """Yield the known ones, then raise NotObserved."""
        yield from self._known
        raise NotObserved(self._path)

    def __contains__(self, key: object) -> bool:
        """Tell whether a key is among the known ones, or raise NotObserved."""
        if key in self._known:
            return True
        raise NotObserved(self._path)

    def __bool__(self) -> bool:
        """Tell whether there is one, or raise NotObserved."""
        return bool(self._known) or len(self) > 0

    def __len__(self) -> int:
        """Raise NotObserved."""
        raise NotObserved(self._path)

    @overload
    def __getitem__(self, index: int) -> K: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[K]: ...

    def __getitem__(self, index: int | slice) -> K | Sequence[K]:
        """Raise NotObserved: a key that is not known may come before."""
        raise NotObserved(self._path)
