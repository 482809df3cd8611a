"""Entries that are followed from step to step: what changed is known, not looked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from ibperp_invariants.view.observed import Named, NotObserved, Unsure, first_missing

K = TypeVar("K")
V = TypeVar("V")

ABSENT: Final[Any] = object()
"""In place of an entry that was not there."""


class Live(Named[K, V]):
    """Entries by name as the last observation holds them, and what they were before its changes.

    `partial`: the paths of what entries lack, by key.
    """

    def __init__(self, path: str) -> None:
        super().__init__({}, path)
        self.was: dict[K, Any] = {}
        self.partial: dict[K, str] = {}
        self._other = set[K]()
        self._found: Sequence[K] | None = None

    def change(self, key: K, old: V, new: V) -> None:
        """Set an entry to another one that differs from it; both lack nothing."""
        self._found = None
        if key not in self.was:
            self.was[key] = old
            self._other.add(key)
        else:
            self._other.discard(key)
        self[key] = new

    def put(self, key: K, entry: V | None, *, is_whole: bool = False) -> None:
        """Set an entry, or remove it; `is_whole`: it is known that the entry lacks nothing."""
        self._found = None
        self._other.discard(key)
        self.was.setdefault(key, self.get(key, ABSENT))
        self.partial.pop(key, None)
        if entry is None:
            self.pop(key, None)
            return
        self[key] = entry
        missing = None if is_whole else first_missing(entry)
        if missing is not None:
            self.partial[key] = missing

    def settle(self) -> None:
        """Forget what was before: the changes of the next step begin."""
        self.was = {}
        self._other.clear()
        self._found = None

    def before(self) -> Mapping[K, V]:
        """Return the entries as they were before the changes; only until the next ones."""
        return Former(self, self.was) if self.was else self

    def moved(self, before: Mapping[K, V]) -> Collection[K]:
        """Return the keys of which what is observed may differ from `before()`."""
        return () if before is self else self.was.keys()

    def changed_since(self, before: Mapping[K, V]) -> Sequence[K]:
        """Return the keys whose entries differ from those of `before()`.

        Where it is not observed whether entries differ, the end of what is returned is not either.
        """
        if before is self and self.was:
            return ()
        if self._found is None:
            self._found = self._compared(before)
        return self._found

    def _compared(self, before: Mapping[K, V]) -> Sequence[K]:
        found, missing = list[K](), ""
        moved: list[Any] = sorted(self.moved(before))
        for key in moved:
            if key in self._other:
                found.append(key)
                continue
            old, new = self.was[key], self.get(key, ABSENT)
            try:
                if old is not new and (old is ABSENT or new is ABSENT or old != new):
                    found.append(key)
            except NotObserved as error:
                missing = missing or str(error)
        if self.partial:
            unsure = (path for key, path in self.partial.items() if key not in self.was)
            missing = missing or next(unsure, "")
        return Unsure(found, missing) if missing else tuple(found)


class Former(Mapping[K, V]):
    """What live entries were before their last changes."""

    def __init__(self, live: Live[K, V], was: dict[K, Any]) -> None:
        self.live, self.path, self._was = live, live.path, was

    def __getitem__(self, key: K) -> V:
        """Return an entry; raise NotObserved if it was not there."""
        if key not in self._was:
            return self.live[key]
        entry: V = self._was[key]
        if entry is ABSENT:
            raise NotObserved(f"{self.path}/{key}")
        return entry

    def get(self, key: K, default: Any = None) -> Any:
        """Return an entry, or what is given if it was not there."""
        if key not in self._was:
            return self.live.get(key, default)
        entry = self._was[key]
        return default if entry is ABSENT else entry

    def __contains__(self, key: object) -> bool:
        """Tell whether there was an entry."""
        if key in self._was:
            return self._was[key] is not ABSENT
        return key in self.live

    def __iter__(self) -> Iterator[K]:
        """Yield the keys, those that are gone last."""
        yield from (key for key in self.live if self._was.get(key) is not ABSENT)
        for key, entry in self._was.items():
            if entry is not ABSENT and key not in self.live:
                yield key

    def __len__(self) -> int:
        """Return how many there were."""
        return sum(1 for _ in self)
