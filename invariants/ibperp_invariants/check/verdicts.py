"""What the invariants say of one step of any engine: held, broken, or not checkable."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

from ibperp.records import field, record
from ibperp_invariants.check.looks import EVERY, looks
from ibperp_invariants.check.narrow import OF_TIME, narrowed
from ibperp_invariants.check.registry import INVARIANTS
from ibperp_invariants.step.facts import Facts
from ibperp_invariants.step.step import Step, Violation
from ibperp_invariants.view.observed import NotObserved
from ibperp_invariants.view.totals import totals_of

if TYPE_CHECKING:
    from ibperp.actions import Action
    from ibperp_invariants.step.step import Invariant
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


@record
class Answer:
    """What an engine answered to an action; `code` None: it was accepted.

    `repeat`: how it differs from the answer to the same action on the same state earlier.
    """

    code: str | None = None
    violated: tuple[str, ...] = ()
    facts: Facts = field(default_factory=Facts)
    repeat: str = ""


def verdicts(
    before: View, action: Action, answer: Answer, after: View, *, totals: Totals | None = None
) -> list[Verdict]:
    """Return the verdict of every invariant on a step and the state after it.

    `totals`: the sums of `after`, if they are known already. Nothing is raised for what the views
    lack: an invariant that needs it is not checkable.
    """
    step = Step(before, after, action, answer.code, answer.violated, answer.facts, answer.repeat)
    found = not_held(step, totals_of(after) if totals is None else totals, EVERY)
    return list({**HELD, **{verdict.invariant: verdict for verdict in found}}.values())


def not_held(
    step: Step, totals: Totals, again: Collection[str], *, before: Totals | None = None
) -> list[Verdict]:
    """Return the verdicts that are not *held* on a step and the state after it.

    `again`: the names of invariants that the state before may not have kept, and that look at the
    whole state. Of the others those are called that such a step can break, on what it touched if
    the sums `before` it are known.
    """
    found = list[Verdict]()
    wide, narrow = (step.after,) * 2 if before is None else narrowed(step, before, totals)
    for invariant, on_step, on_state, on_change in looks(step, again):
        after = narrow
        if on_state is not None:
            after = wide if invariant.name in OF_TIME else narrow
            after = step.after if invariant.name in again else after
        try:
            # A check that finds nothing ends at once: this is all that most of them cost.
            is_held = (
                (on_step is None or next(on_step(step), None) is None)
                and (on_state is None or next(on_state(after, totals), None) is None)
                and (on_change is None or next(on_change(step), None) is None)
            )
        except Exception:  # noqa: BLE001 - what it was is told when the verdict is made.
            is_held = False
        if not is_held:
            forms = (on_step, (step,)), (on_state, (after, totals)), (on_change, (step,))
            found.append(_verdict(invariant, *forms))
    return found


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
