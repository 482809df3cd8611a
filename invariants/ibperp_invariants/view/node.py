"""Decoded JSON, read place by place with the path at hand."""

from __future__ import annotations

import re
from json import dumps
from typing import TYPE_CHECKING, Final, TypeVar

from ibperp.records import record

if TYPE_CHECKING:
    from enum import StrEnum

E = TypeVar("E", bound="StrEnum")

INTEGER: Final = re.compile(r"0|-?[1-9][0-9]*")
DIGITS_MAX: Final = 1_000


class ViewError(ValueError):
    """An observation lacks a field or holds a wrong value; the message names the path."""


@record
class Node:
    """A place in decoded JSON: reads what must stand there, or raises ViewError naming the path."""

    value: object
    path: str

    def get(self, name: str) -> Node:
        """Return the member `name` of an object."""
        found = self.find(name)
        if found is None:
            raise ViewError(f"{self.at(name)} is missing")
        return found

    def find(self, name: str) -> Node | None:
        """Return the member `name` of an object, None if it has none."""
        members = self.object()
        return Node(members[name], self.at(name)) if name in members else None

    def object(self) -> dict[str, object]:
        """Return an object with its members as they are."""
        if not isinstance(self.value, dict):
            raise ViewError(f"{self.path or 'the value'} must be an object, is {self._shown()}")
        return self.value

    def members(self) -> dict[str, Node]:
        """Return the members of an object."""
        return {name: Node(value, self.at(name)) for name, value in self.object().items()}

    def numbered(self) -> dict[int, Node]:
        """Return the members of an object whose keys are ids."""
        return {Node(key, node.path).integer(): node for key, node in self.members().items()}

    def items(self) -> list[Node]:
        """Return the items of an array."""
        if not isinstance(self.value, list):
            raise ViewError(f"{self.path or 'the value'} must be an array, is {self._shown()}")
        return [Node(value, self.at(str(index))) for index, value in enumerate(self.value)]

    def integer(self) -> int:
        """Return an integer written as a decimal string."""
        text = self.value
        if not isinstance(text, str) or not INTEGER.fullmatch(text) or len(text) > DIGITS_MAX:
            raise ViewError(f"{self.path} must be a decimal string, is {self._shown()}")
        return int(text)

    def number(self, name: str) -> int:
        """Return the integer of a member of an object."""
        text = self.object().get(name)
        if type(text) is str and len(text) < DIGITS_MAX and INTEGER.fullmatch(text):
            return int(text)
        return self.get(name).integer()

    def word(self, name: str) -> str:
        """Return the string of a member of an object."""
        text = self.object().get(name)
        return text if type(text) is str else self.get(name).text()

    def boolean(self) -> bool:
        """Return a JSON boolean."""
        if not isinstance(self.value, bool):
            raise ViewError(f"{self.path} must be true or false, is {self._shown()}")
        return self.value

    def text(self) -> str:
        """Return a JSON string."""
        if not isinstance(self.value, str):
            raise ViewError(f"{self.path} must be a string, is {self._shown()}")
        return self.value

    def choice(self, kind: type[E]) -> E:
        """Return a member of `kind` from its string."""
        known = {member.value: member for member in kind}
        if self.text() not in known:
            raise ViewError(f"{self.path} must be one of {', '.join(known)}, is {self._shown()}")
        return known[self.text()]

    def at(self, name: str) -> str:
        """Return the path of a member."""
        return f"{self.path}/{name}" if self.path else name

    def _shown(self) -> str:
        shown = dumps(self.value, ensure_ascii=False)
        return shown if len(shown) <= 40 else shown[:37] + "..."  # noqa: PLR2004
