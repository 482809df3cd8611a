"""A persistent vector over dense ids: a new version costs what it changes, not what exists."""

from __future__ import annotations

from itertools import chain, compress, count, groupby, repeat
from operator import is_, is_not
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

T = TypeVar("T")

BITS: Final = 5
WIDTH: Final = 1 << BITS
MASK: Final = WIDTH - 1

MISSING: Final = object()
"""Stands for an entry that an earlier version does not have."""


class Vector(Generic[T]):
    """Immutable vector: a trie of tuples, 32 wide, equal by value, in ascending id order."""

    __slots__ = ("_length", "_root", "_shift")

    def __init__(self, items: Iterable[T] = ()) -> None:
        """Build a vector from `items`, which get the ids 0, 1, 2 and so on."""
        level: list[Any] = list(items)
        self._length, self._shift = len(level), 0
        level = _chunks(level) or [()]
        while len(level) > 1:
            level, self._shift = _chunks(level), self._shift + BITS
        self._root: Any = level[0]

    def __len__(self) -> int:
        """Return the number of entries, which is also the next id."""
        return self._length

    def __getitem__(self, index: int) -> T:
        """Return the entry with id `index`; raise IndexError outside 0 <= index < length."""
        if not 0 <= index < self._length:
            raise IndexError(index)
        node, shift = self._root, self._shift
        while shift:
            node, shift = node[(index >> shift) & MASK], shift - BITS
        return node[index & MASK]  # type: ignore[no-any-return]

    def set(self, index: int, item: T) -> Vector[T]:
        """Return a version with `item` as entry `index`; raise IndexError for any other number."""
        if not 0 <= index < self._length:
            raise IndexError(index)
        return _version(self._length, self._shift, _put(self._root, self._shift, index, item))

    def updated(self, entries: Iterable[tuple[int, T]]) -> Vector[T]:
        """Return a version with new entries, given with their ids, which are there, ascending.

        A part of which nothing changed is shared. Raise IndexError if there is no such id.
        """
        root = _put_all(self._root, self._shift, entries)
        return self if root is self._root else _version(self._length, self._shift, root)

    def append(self, item: T) -> Vector[T]:
        """Return a version with `item` under the next id."""
        root, shift = self._root, self._shift
        if self._length == WIDTH << shift:
            root, shift = (root,), shift + BITS
        return _version(self._length + 1, shift, _put(root, shift, self._length, item))

    def __iter__(self) -> Iterator[T]:
        """Iterate over the entries in ascending id order."""
        entries: Iterator[Any] = iter((self._root,))
        for _ in range(0, self._shift + 1, BITS):
            entries = chain.from_iterable(entries)
        return entries

    def __eq__(self, other: object) -> bool:
        """Compare by value; parts that two versions share are not looked at."""
        return (
            isinstance(other, Vector)
            and self._length == other._length
            and bool(self._root == other._root)
        )

    def __hash__(self) -> int:
        """Hash by value."""
        return hash((self._length, self._root))

    def __repr__(self) -> str:
        """Show the entries."""
        return f"Vector({list(self)!r})"

    def changed(self, old: Vector[T]) -> Iterator[tuple[int, T, T | None]]:
        """Yield (id, new, old) for entries that are not shared with `old`, an earlier version."""
        root = old._root
        for _ in range(old._shift, self._shift, BITS):
            root = (root,)
        return _differences(self._root, root, self._shift, 0)


def _chunks(level: list[Any]) -> list[Any]:
    return [tuple(level[start : start + WIDTH]) for start in range(0, len(level), WIDTH)]


def _version(length: int, shift: int, root: Any) -> Vector[Any]:
    vector: Vector[Any] = Vector.__new__(Vector)
    vector._length, vector._shift, vector._root = length, shift, root  # noqa: SLF001
    return vector


def _put(node: Any, shift: int, index: int, item: Any) -> Any:
    slots, slot = list(node), (index >> shift) & MASK
    if shift:
        item = _put(node[slot] if slot < len(node) else (), shift - BITS, index, item)
    slots[slot : slot + 1] = (item,)
    return tuple(slots)


def _put_all(root: Any, shift: int, entries: Iterable[tuple[int, Any]]) -> Any:
    """Return a root with new entries; above the leaves, these are the entries of a lower trie."""
    if shift:
        leaves = groupby(entries, lambda entry: entry[0] >> BITS)
        changed = ((at, _filled(_leaf(root, shift, at), at << BITS, some)) for at, some in leaves)
        return _put_all(root, shift - BITS, changed)
    return _filled(root, 0, entries)


def _filled(node: Any, first: int, entries: Iterable[tuple[int, Any]]) -> Any:
    """Return a node of which `first` is the first id, with new entries in it."""
    slots = list(node)
    for index, item in entries:
        if index < first:
            raise IndexError(index)
        slots[index - first] = item
    return node if all(map(is_, slots, node)) else tuple(slots)


def _leaf(node: Any, shift: int, leaf: int) -> Any:
    """Return the leaf of this number under a root; raise IndexError for any other number."""
    if leaf >> shift:
        raise IndexError(leaf << BITS)
    for above in range(shift - BITS, -1, -BITS):
        node = node[(leaf >> above) & MASK]
    return node


def _differences(new: Any, old: Any, shift: int, base: int) -> Iterator[tuple[int, Any, Any]]:
    """Yield (id, new, old) below two nodes of one place; what is missing in the old one is None."""
    olds = old if len(old) == len(new) else chain(old, repeat(MISSING))
    for slot in compress(count(), map(is_not, new, olds)):
        before = old[slot] if slot < len(old) else None
        if shift:
            yield from _differences(new[slot], before or (), shift - BITS, base | slot << shift)
        else:
            yield base | slot, new[slot], before
