"""What is worked out once for a view, and shared by the invariants that look at it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Final, Generic, TypeVar

from ibperp_invariants.view.view import View

T = TypeVar("T")

VIEWS: Final = 2
"""Of so many views what was worked out is kept: of the two of the step that is looked at."""


def once_for_a_view(work_out: Callable[[View, int], T]) -> Callable[[View, int], T]:
    """Make a function of a view and an account remember what it returned for the last views.

    A view is never changed while a step is looked at, so that the same view has the same answer.
    """
    kept = _Kept[T]()

    @wraps(work_out)
    def remembered(view: View, account: int) -> T:
        found = kept.of(view)
        if account not in found:
            found[account] = work_out(view, account)
        return found[account]

    return remembered


class _Kept(Generic[T]):
    """What is kept by account for the last views, the newest last."""

    def __init__(self) -> None:
        self._last: list[tuple[View, dict[int, T]]] = []

    def of(self, view: View) -> dict[int, T]:
        for own, found in self._last:
            if own is view:
                return found
        new: dict[int, T] = {}
        self._last = [*self._last[1 - VIEWS :], (view, new)]
        return new
