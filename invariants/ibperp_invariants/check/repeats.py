"""Notices that an engine answered the same question in two ways."""

from __future__ import annotations

from collections import deque
from json import JSONEncoder
from typing import Any, Final

from ibperp_invariants.check.answers import NOTHING_SAID

REMEMBERED: Final = 1 << 16
"""How many answers are remembered, so that the same question with another one is noticed."""

SORTED: Final = JSONEncoder(sort_keys=True, check_circular=False)
"""Writes values that are equal alike, whatever the order of their members."""


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
    return hash(SORTED.encode(value))


NOTHING: Final = _print(NOTHING_SAID)
