"""What the invariants say of one step of any engine: held, broken, or not checkable."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

from ibperp_invariants.check.registry import INVARIANTS
from ibperp_invariants.step.facts import Facts
from ibperp_invariants.step.step import Step, Violation
from ibperp_invariants.view.observed import NotObserved
from ibperp_invariants.view.totals import totals_of

if TYPE_CHECKING:
    from ibperp.actions import Action
    from ibperp_invariants.step.step import Invariant, StateCheck
    from ibperp_invariants.view.totals import Totals
    from ibperp_invariants.view.view import View


Form: TypeAlias = tuple[Callable[..., Iterator[str]] | None, tuple[object, ...]]
"""A check, where an invariant has it, and what it is called with."""


class Standing(StrEnum):
    """How an invariant stands after it was looked at."""

    HELD = "held"
    BROKEN = "broken"
    NOT_CHECKABLE = "not checkable"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one invariant says of a step: what breaks it, and what it needed and did not find.

    `missing`: the path of something that the observations or what is known beside them do not hold;
    empty if all was there.
    """

    invariant: str
    clauses: tuple[str, ...]
    messages: tuple[str, ...] = ()
    missing: str = ""

    @property
    def standing(self) -> Standing:
        """Tell how the invariant stands: it held only if all that it needs was there."""
        if self.messages:
            return Standing.BROKEN
        return Standing.NOT_CHECKABLE if self.missing else Standing.HELD

    def violations(self) -> list[Violation]:
        """Return what breaks the invariant."""
        return [Violation(self.invariant, self.clauses, message) for message in self.messages]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine answered to an action; `code` None: it was accepted.

    `repeat`: how it differs from the answer to the same action on the same state earlier.
    """

    code: str | None = None
    violated: tuple[str, ...] = ()
    facts: Facts = field(default_factory=Facts)
    repeat: str = ""


def verdicts(
    before: View,
    action: Action,
    answer: Answer,
    after: View,
    *,
    totals: Totals | None = None,
    whole: Container[str] | None = None,
) -> list[Verdict]:
    """Return the verdict of every invariant on a step and the state after it.

    `totals`: the sums of `after`, if they are known already. `whole`: the names of those invariants
    that look at the whole state though they have a form for changes; None: all. Nothing is raised
    for what the views lack: an invariant that needs it is not checkable.
    """
    step = Step(before, after, action, answer.code, answer.violated, answer.facts, answer.repeat)
    sums = totals_of(after) if totals is None else totals
    return [
        HELD[invariant.name]
        if _is_held(invariant, step, sums, whole)
        else _verdict(
            invariant,
            (invariant.on_step, (step,)),
            (_on_state(invariant, whole), (after, sums)),
            (invariant.on_change, (step,)),
        )
        for invariant in INVARIANTS
    ]


def _is_held(invariant: Invariant, step: Step, sums: Totals, whole: Container[str] | None) -> bool:
    """Tell at the least cost whether all that an invariant needs is there, and it holds."""
    on_step, on_change = invariant.on_step, invariant.on_change
    try:
        if on_step is not None:
            for _ in on_step(step):
                return False
        on_state = _on_state(invariant, whole)
        if on_state is not None:
            for _ in on_state(step.after, sums):
                return False
        if on_change is not None:
            for _ in on_change(step):
                return False
    except Exception:  # noqa: BLE001 - what it was is told when the verdict is made.
        return False
    return True


def _on_state(invariant: Invariant, whole: Container[str] | None) -> StateCheck | None:
    """Return the form for states of an invariant, if it has to be used."""
    is_needed = whole is None or invariant.on_change is None or invariant.name in whole
    return invariant.on_state if is_needed else None


def verdicts_on(view: View) -> list[Verdict]:
    """Return the verdicts of the invariants of every state on a view."""
    totals = totals_of(view)
    return [
        _verdict(invariant, (invariant.on_state, (view, totals)))
        for invariant in INVARIANTS
        if invariant.on_state is not None
    ]


def _verdict(invariant: Invariant, *forms: Form) -> Verdict:
    """Return the verdict by the forms of an invariant; a later one adds nothing to a fault.

    The form for changes sees what no observation shows, such as an order that lost its place.
    """
    messages, missing = list[str](), ""
    for check, arguments in forms:
        if check is None or messages:
            continue
        try:
            for message in check(*arguments):
                messages.append(message)
        except NotObserved as error:
            missing = missing or str(error)
        except Exception as error:  # noqa: BLE001 - values of a log that no rule ever met.
            what = f"{type(error).__name__}: {error}"[:80]
            missing = missing or f"values that it can be computed from ({what})"
    if not (messages or missing):
        return HELD[invariant.name]
    return Verdict(invariant.name, invariant.clauses, tuple(messages), missing)


HELD: Final = {
    invariant.name: Verdict(invariant.name, invariant.clauses) for invariant in INVARIANTS
}
"""The verdict of each invariant where it holds."""
