"""What is worked out once for a view, and shared by the invariants that look at it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

if TYPE_CHECKING:
    from ibperp_invariants.view.view import View

F = TypeVar("F", bound=Callable[..., Any])
G = TypeVar("G", bound=Callable[[Any], Any])

ALONE: Final = object()
"""In place of an account, for what is worked out of the view itself."""


def once_for_a_view(work_out: F) -> F:
    """Make a function of a view, or of a view and an account, remember what it returned.

    It does so for the two last views: those of the step that is looked at. A view is never changed
    while a step is looked at, so that the same view has the same answer.
    """
    last, found = cast("View | None", None), dict[Any, Any]()
    older, earlier = cast("View | None", None), dict[Any, Any]()

    @wraps(work_out)
    def remembered(view: View, of: object = ALONE) -> Any:
        nonlocal last, found, older, earlier
        if view is last:
            known = found
        elif view is older:
            known = earlier
        else:
            older, earlier = last, found
            last = view
            known = found = {}
        try:
            return known[of]
        except KeyError:
            pass
        answer = known[of] = work_out(view) if of is ALONE else work_out(view, of)
        return answer

    return cast("F", remembered)


def kept_for_last(most: int) -> Callable[[G], G]:
    """Make a function of an object that never changes remember what it returned for so many.

    An object is the same one only if it is it: equal ones are not looked for. It is kept with its
    answer, so that no other object takes its number.
    """

    def kept(work_out: G) -> G:
        found: dict[int, tuple[object, Any]] = {}

        @wraps(work_out)
        def remembered(of: object) -> Any:
            known = found.get(id(of))
            if known is not None:
                return known[1]
            answer = work_out(of)
            if len(found) >= most:
                found.clear()
            found[id(of)] = of, answer
            return answer

        return cast("G", remembered)

    return kept
