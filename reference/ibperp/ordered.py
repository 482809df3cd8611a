"""A persistent ordered set of tuples of integers: every operation costs the logarithm of its size.

A weight-balanced tree: of two sister subtrees neither is ever more than three times the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Key: TypeAlias = tuple[int, ...]
Node: TypeAlias = "tuple[int, Key, Node, Node] | None"

HEAVY: Final = 3
"""How many times heavier than its sister a subtree may be."""

SINGLE: Final = 2
"""A heavy subtree is turned once if its inner part is below this many times its outer part."""


class Ordered:
    """Immutable set of tuples in ascending order, equal by content."""

    __slots__ = ("_root",)

    def __init__(self, keys: Iterable[Key] = ()) -> None:
        """Build a set of `keys`, of which no two are equal."""
        ascending = sorted(keys)
        self._root = _built(ascending, 0, len(ascending))

    def __len__(self) -> int:
        """Return the number of keys."""
        return _weight(self._root)

    def add(self, key: Key) -> Ordered:
        """Return a version with `key`, which is not in this one."""
        return _version(_added(self._root, key))

    def remove(self, key: Key) -> Ordered:
        """Return a version without `key`; raise KeyError if it is not there."""
        return _version(_removed(self._root, key))

    def first(self) -> Key | None:
        """Return the smallest key, or None."""
        return None if self._root is None else _first(self._root)

    def __iter__(self) -> Iterator[Key]:
        """Iterate over the keys in ascending order."""
        path: list[tuple[int, Key, Node, Node]] = []
        node = self._root
        while path or node:
            while node:
                path.append(node)
                node = node[2]
            node = path.pop()
            yield node[1]
            node = node[3]

    def __eq__(self, other: object) -> bool:
        """Compare by content; what two versions share is not looked at if they grew alike."""
        return isinstance(other, Ordered) and (
            self._root == other._root or (len(self) == len(other) and tuple(self) == tuple(other))
        )

    def __hash__(self) -> int:
        """Hash by content."""
        return hash(tuple(self))

    def __repr__(self) -> str:
        """Show the keys."""
        return f"Ordered({list(self)!r})"


def _version(root: Node) -> Ordered:
    ordered = Ordered.__new__(Ordered)
    ordered._root = root  # noqa: SLF001
    return ordered


def _weight(node: Node) -> int:
    return 0 if node is None else node[0]


def _node(key: Key, left: Node, right: Node) -> Node:
    return (_weight(left) + _weight(right) + 1, key, left, right)


def _first(node: Node) -> Key:
    assert node is not None
    return node[1] if node[2] is None else _first(node[2])


def _built(keys: list[Key], start: int, end: int) -> Node:
    """Build a balanced tree of the ascending keys from `start` up to but not including `end`."""
    if start == end:
        return None
    middle = (start + end) >> 1
    return _node(keys[middle], _built(keys, start, middle), _built(keys, middle + 1, end))


def _added(node: Node, key: Key) -> Node:
    if node is None:
        return _node(key, None, None)
    _, here, left, right = node
    if key < here:
        return _balanced(here, _added(left, key), right)
    return _balanced(here, left, _added(right, key))


def _removed(node: Node, key: Key) -> Node:
    if node is None:
        raise KeyError(key)
    _, here, left, right = node
    if key < here:
        return _balanced(here, _removed(left, key), right)
    if key > here:
        return _balanced(here, left, _removed(right, key))
    if left is None or right is None:
        return left or right
    following = _first(right)
    return _balanced(following, left, _removed(right, following))


def _balanced(key: Key, left: Node, right: Node) -> Node:
    """Join two subtrees that differ from balanced ones by one key."""
    if _weight(left) + _weight(right) <= 1:
        return _node(key, left, right)
    if _weight(right) > HEAVY * _weight(left):
        assert right is not None
        _, above, inner, outer = right
        if _weight(inner) < SINGLE * _weight(outer):
            return _node(above, _node(key, left, inner), outer)
        assert inner is not None
        _, top, low, high = inner
        return _node(top, _node(key, left, low), _node(above, high, outer))
    if _weight(left) > HEAVY * _weight(right):
        assert left is not None
        _, above, outer, inner = left
        if _weight(inner) < SINGLE * _weight(outer):
            return _node(above, outer, _node(key, inner, right))
        assert inner is not None
        _, top, low, high = inner
        return _node(top, _node(above, outer, low), _node(key, high, right))
    return _node(key, left, right)
