"""What is worked out once for a view, and shared by the invariants that look at it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

if TYPE_CHECKING:
    from ibperp_invariants.view.view import View

F = TypeVar("F", bound=Callable[..., Any])

VIEWS: Final = 2
"""Of so many views what was worked out is kept: of the two of the step that is looked at."""


def once_for_a_view(work_out: F) -> F:
    """Make a function of a view, and mostly of an account, remember what it returned for the last.

    A view is never changed while a step is looked at, so that the same view has the same answer.
    """
    kept: list[tuple[View | None, dict[Any, Any]]] = [(None, {})] * VIEWS

    @wraps(work_out)
    def remembered(view: View, *of: object) -> Any:
        for of_view in kept:
            if of_view[0] is view:
                found = of_view[1]
                break
        else:
            found = {}
            kept[:] = [(view, found), *kept[:-1]]
        if of not in found:
            found[of] = work_out(view, *of)
        return found[of]

    return cast("F", remembered)
