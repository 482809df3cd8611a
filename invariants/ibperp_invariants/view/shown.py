"""What an observation shows, decoded from JSON, with a number that follows its changes."""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING, Any, Final

from ibperp_invariants.view.from_json import SHORT
from ibperp_invariants.view.live import ABSENT

if TYPE_CHECKING:
    from ibperp_invariants.view.leaves import Leaf


UNWRITTEN: Final = 1 << 16
"""So many leaves may wait to be written, however long the log is."""


class Shown:
    """The members of an observation, and of those with entries the entries, as they are shown.

    Below its entries nothing is changed in place that was read: what was read from an object stays
    as it was. What a set of changes copied is changed further until it is read. Leaves that changed
    by themselves are written before the next look at `members`: most texts are never read again.
    `fingerprint`: two observations of the same values in one run have the same.
    """

    def __init__(self) -> None:
        self._members: dict[str, Any] = {}
        self.fingerprint = 0
        self._fresh: dict[int, dict[str, Any]] = {}
        self._unwritten: dict[str, tuple[Leaf, str, int]] = {}

    @property
    def members(self) -> dict[str, Any]:
        """Return the members as they are shown now."""
        if self._unwritten:
            self._write()
        return self._members

    def begin(self) -> None:
        """Count changes from now on: of the first state no number is made."""
        self.fingerprint = self.fingerprint or 1

    def settle(self) -> None:
        """Note that what is shown is read from now on; keep no more leaves than need be."""
        if len(self._unwritten) > UNWRITTEN:
            self._write()
        self._fresh.clear()

    def entries(self, name: str) -> dict[str, Any]:
        """Return the entries of a member, which is shown from now on."""
        if name not in self.members:
            self.put(self.members, name, name, {})
        entries: dict[str, Any] = self.members[name]
        return entries

    def change(self, name: str, rest: str, value: object) -> bool:
        """Set what stands at a path below a member, None to remove it; tell whether it could be."""
        place = self.entries(name)
        parts = rest.split("/")
        if "~" in rest:
            parts = [part.replace("~1", "/") for part in parts]
        last = parts.pop()
        for depth, part in enumerate(parts, 1):
            if part not in place and value is not None:
                self.put(place, part, "/".join((name, *parts[:depth])), {})
            if not isinstance(place.get(part), dict):
                return False
            place = self._copied(place, part)
        path = "/".join((name, *parts, last))
        return self.put(place, last, path, ABSENT if value is None else value)

    def put_leaf(self, leaf: Leaf, value: object) -> int | None:
        """Set a leaf to another integer where a text stands already; return it if that was done."""
        if type(value) is not str or not SHORT.fullmatch(value):
            return None
        path = leaf.path
        if path in self._unwritten:
            _, old, number = self._unwritten[path]
        else:
            found = self._text_of(leaf)
            if found is None:
                return None
            old, number = found, hash((path, found))
        if old == value:
            return None
        new = hash((path, value))
        self._unwritten[path] = leaf, value, new
        if self.fingerprint:
            self.fingerprint += new - number
        return int(value)

    def _text_of(self, leaf: Leaf) -> str | None:
        """Return the text that stands at a leaf, None if none does."""
        place: Any = self._members
        parts = (leaf.key, *leaf.within, leaf.member) if leaf.member else ()
        for part in (leaf.name, *parts):
            if type(place) is not dict:
                return None
            place = place.get(part)
        return place if type(place) is str else None

    def _write(self) -> None:
        """Write the leaves that changed by themselves to their places, which are there."""
        unwritten, self._unwritten = self._unwritten, {}
        for leaf, value, _ in unwritten.values():
            if not leaf.member:
                self._members[leaf.name] = value
                continue
            place = self._members[leaf.name]
            for part in (leaf.key, *leaf.within):
                place = self._copied(place, part)
            place[leaf.member] = value
        self._fresh.clear()

    def _copied(self, place: dict[str, Any], part: str) -> dict[str, Any]:
        """Return an object within a place, in its stead a copy if it was read."""
        within: dict[str, Any] = place[part]
        if id(within) not in self._fresh:
            place[part] = within = {**within}
            self._fresh[id(within)] = within
        return within

    def put(self, place: dict[str, Any], key: str, path: str, value: object) -> bool:
        """Set a value at its path, ABSENT to remove it; tell whether there was or is one."""
        old = place.get(key, ABSENT)
        if self.fingerprint and type(value) is type(old) is str:
            self.fingerprint += hash((path, value)) - hash((path, old))
        elif self.fingerprint:
            self.fingerprint += fingerprint_of(path, value) - fingerprint_of(path, old)
        if value is ABSENT:
            place.pop(key, None)
            return old is not ABSENT
        place[key] = value
        return True


def fingerprint_of(path: str, value: object) -> int:
    """Return a number that equal values at the same path have in common; it adds up by leaves."""
    if value is ABSENT:
        return 0
    if isinstance(value, dict):
        inner = (fingerprint_of(f"{path}/{name}", own) for name, own in value.items())
        return hash(path) + sum(inner)
    return hash((path, value if isinstance(value, str) else dumps(value)))
