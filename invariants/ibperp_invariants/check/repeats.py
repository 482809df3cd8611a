"""Notices that an engine answered the same question in two ways."""

from __future__ import annotations

from collections import deque
from typing import Any, Final

from ibperp_invariants.check.answers import NOTHING_SAID

REMEMBERED: Final = 1 << 16
"""How many answers are remembered, so that the same question with another one is noticed."""


class Repeats:
    """Remembers the last answers by their questions, as numbers."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, int], int] = {}
        # The first key of a dict is behind all that were removed before it.
        self._order = deque[tuple[int, int]]()

    def clear(self) -> None:
        """Forget all answers: another run begins."""
        self._seen.clear()
        self._order.clear()

    def difference(self, state: object, action: object, outcome: object, after: int) -> str:
        """Return a difference if the same action on the same state ended otherwise before.

        `action`, `outcome`: as they were decoded. `state`, `after`: what the states before and
        after have in common with equal ones, and not with others.
        """
        asked = _print(action)
        question = hash((state, asked)), asked
        answered = hash((NOTHING if outcome == NOTHING_SAID else _print(outcome), after))
        earlier = self._seen.get(question)
        if earlier is None:
            self._seen[question] = answered
            self._order.append(question)
            if len(self._order) > REMEMBERED:
                del self._seen[self._order.popleft()]
        if earlier in {None, answered}:
            return ""
        return "the same action on the same observation had another outcome earlier in the trace"


def _print(value: Any) -> int:
    """Return a number that equal decoded values have in common, in whatever order of members."""
    if type(value) is str:
        return hash(value)
    if type(value) is dict:
        return hash(frozenset([(name, _print(own)) for name, own in value.items()]))
    if type(value) is list:
        return hash(tuple([_print(own) for own in value]))
    return hash((repr(value),))  # A number, a truth value or null: 1 is neither "1" nor true.


NOTHING: Final = _print(NOTHING_SAID)
