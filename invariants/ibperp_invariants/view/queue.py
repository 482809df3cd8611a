"""The orders of one side of a book, in the order of their rank."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from ibperp.ordered import Ordered


class Queue(Sequence[int]):
    """The orders of one side of a book of the reference, best first, read when looked at.

    An order that comes to rest takes `next_sequence` for its place among those of its price.
    """

    def __init__(self, keys: Ordered, next_sequence: int) -> None:
        self.keys, self.next_sequence = keys, next_sequence

    @overload
    def __getitem__(self, index: int) -> int: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[int]: ...

    def __getitem__(self, index: int | slice) -> int | Sequence[int]:
        first = self.keys.first() if index == 0 else None
        return tuple(self)[index] if first is None else first[2]

    def __iter__(self) -> Iterator[int]:
        return (order for _, _, order in self.keys)

    def __len__(self) -> int:
        return len(self.keys)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Queue):
            return self.keys == other.keys
        return tuple(self) == other

    def __repr__(self) -> str:
        return repr(tuple(self))

    def __hash__(self) -> int:
        return hash(tuple(self))
