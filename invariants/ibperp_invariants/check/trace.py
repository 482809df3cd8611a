"""Checks a recorded run of any engine from what it published, without asking the reference.

A trace is JSON lines: a header `{"system": {...}}`, then per action
`{"action": {...}, "outcome": {...}, "observation": {...}}`. In place of the whole `observation`, a
line may hold the `changes` to the one before: values by the path at which they stand now, null for
what is gone. Every integer is a decimal string.

A trace starts at genesis, or at an `observation` in its header, which then tells the parameters at
that moment in `assets` and `markets`, arrays of `{"symbol": ..., "parameters": {...}}`. The header
may name the `capabilities` of the engine, as CF-1 does.

An observation may leave parts out, an outcome its events: what needs them is not checkable. What an
engine without a capability may leave out (CF-4) is read as what it is where nothing uses it. What
cannot be read is a finding, and taken as left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ibperp.fill import Fill
from ibperp.parameter_laws import system_violations
from ibperp.parameters import SystemParameters
from ibperp.records import record, replace
from ibperp.state import genesis
from ibperp_invariants.check.answers import answer_of
from ibperp_invariants.check.known import known_at, learned
from ibperp_invariants.check.later import (
    OBSERVED,
    completed,
    lacking,
    note_on,
    notes_on,
    with_later,
)
from ibperp_invariants.check.lines import TOO_LONG, LineError, decoded, flaw_of, without_mark
from ibperp_invariants.check.looks import EVERY, PLAIN
from ibperp_invariants.check.records import built, logged_action_of
from ibperp_invariants.check.repeats import Repeats
from ibperp_invariants.check.structure import misplaced
from ibperp_invariants.check.verdicts import Verdict, not_held, verdicts_on
from ibperp_invariants.step.fill import trade_of
from ibperp_invariants.step.moved import sums_moved
from ibperp_invariants.step.step import Step, Violation
from ibperp_invariants.view.follow import Followed
from ibperp_invariants.view.from_json import EMPTY
from ibperp_invariants.view.from_state import view_of_state
from ibperp_invariants.view.node import Node, ViewError
from ibperp_invariants.view.observed import missing_of, with_parts
from ibperp_invariants.view.totals import Totals, totals_after, totals_of
from ibperp_invariants.view.view import Known, View

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ibperp.actions import Action
    from ibperp_invariants.check.verdicts import Answer

MALFORMED: Final = "trace_is_readable"
"""The name under which what cannot be read is reported."""

MISPLACED: Final = "trace_is_consistent"
"""The name under which it is reported that a record is gone, or names something that is not."""


class TraceError(ValueError):
    """A trace without any line."""


@dataclass(frozen=True, slots=True)
class TraceViolation:
    """A finding: the line of the trace, counted from 1, the byte of the trace, what is broken."""

    line: int
    violation: Violation
    byte: int = 0


@record
class Unchecked:
    """In how many lines an invariant was not checkable, and what the first of them lacks."""

    lines: int
    line: int
    missing: str


@dataclass(frozen=True, slots=True)
class TraceReport:
    """What a trace breaks, and by name the invariants that were not checkable in all its lines.

    `notes`: how it was read, where that is not plain from the trace.
    """

    violations: list[TraceViolation] = field(default_factory=list)
    unchecked: dict[str, Unchecked] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@record
class Told:
    """What a trace has told up to a line beside its states, so that a reader may go on there.

    `lines`, `bytes`: how much of the trace it is.
    """

    capabilities: tuple[str, ...]
    later: Mapping[str, object]
    known: Known
    lines: int
    bytes: int


def check_trace(lines: Iterable[str | bytes]) -> list[TraceViolation]:
    """Return every finding in a trace, as `report_of_trace`."""
    return report_of_trace(lines).violations


def report_of_trace(lines: Iterable[str | bytes]) -> TraceReport:
    """Return what a trace breaks, with what cannot be read, and what of it was not checkable.

    Raise TraceError if there is no line.
    """
    checker, found = TraceChecker(), list[TraceViolation]()
    for line in lines:
        found += checker.feed(line)
    if not checker.has_begun:
        raise TraceError("the trace is empty; its first line must be a header with `system`")
    return TraceReport(found, checker.unchecked, checker.notes)


class TraceChecker:
    """Checks a trace line by line; what a line costs goes by what it changes.

    `unchecked`: what was not checkable up to now. `notes`: how the trace was read. `lines`,
    `bytes`: how much of it. `value`: the last line as it was decoded, None if it could not be.
    """

    def __init__(self) -> None:
        self.unchecked: dict[str, Unchecked] = {}
        self.notes: list[str] = []
        self.has_begun = False
        self.value: object = None
        self.lines = 0
        self.bytes = 0
        self._capabilities = tuple(EMPTY)
        self._later: Mapping[str, object] = {}
        self._known = Known()
        self._known_print = 0
        self._followed = Followed()
        self._before: View | None = None
        self._totals: Totals | None = None
        self._again: frozenset[str] | None = None
        self._is_lost = False
        self._repeats = Repeats()

    @classmethod
    def resumed(cls, told: Told, whole: bytes) -> TraceChecker:
        """Return a checker that goes on after a line with a whole state, of which it says nothing.

        The same question with another answer is found among the lines that it reads itself.
        """
        checker = cls()
        checker.has_begun, checker.lines, checker.bytes = True, told.lines, told.bytes
        checker._capabilities, checker._later = told.capabilities, told.later
        checker._known, checker._followed = told.known, checker._unread()
        checker._followed.show(Node(decoded(whole), "").get("observation"))
        checker._started()
        checker.unchecked.clear()
        return checker

    def told(self) -> Told:
        """Return what the trace has told up to now beside its states."""
        return Told(self._capabilities, self._later, self._known, self.lines, self.bytes)

    def learn(self, line: bytes, *, is_read: bool) -> None:
        """Count a line, and if it `is_read` take from it what a run knows beside its states.

        Nothing is checked and the state is not followed. Raise ValueError if it cannot be read.
        """
        self.lines, self.bytes = self.lines + 1, self.bytes + len(line)
        if not is_read:
            return
        problems = list[str]()
        action, answer = self._told(Node(decoded(line), ""), problems)
        if problems or action is None or answer is None:
            raise ViewError("; ".join(problems))
        if answer.code is None:
            self._known = learned(self._known, action, answer.facts)

    def feed(self, line: str | bytes, lost: int = 0) -> list[TraceViolation]:
        """Return what the next line breaks, so many bytes of it `lost`; a blank one nothing."""
        self.lines, self.value = self.lines + 1, None
        size = len(line) if isinstance(line, bytes) else len(line.encode("utf-8", "replace"))
        begins, self.bytes = self.bytes, self.bytes + size + lost
        if not lost and not line.strip():
            return []
        problems, found, at = list[str](), list[Violation](), 0
        is_first, self.has_begun = not self.has_begun, True
        try:
            if lost:
                raise flaw_of(line) or LineError(TOO_LONG)
            self.value = decoded(without_mark(line) if is_first else line)
            wire = Node(self.value, "")
            is_header = "action" not in wire.object() and (is_first or "system" in wire.object())
            if is_header:
                if not is_first:
                    self.notes.append(f"line {self.lines}: another header; a new run begins")
                found = self._header(wire, problems)
            elif not is_first:
                found = self._step(wire, problems)
            else:
                problems.append("no header: the first line must be an object with `system`")
                found = self._step(wire, problems)
        except (LineError, ViewError) as error:
            at = error.at if isinstance(error, LineError) else 0
            problems.append(str(error))
            self._lose()
        except RecursionError:
            problems.append("the line is nested too deeply")
            self._lose()
        if not problems and not found:
            return []
        unread = [Violation(MALFORMED, ("CF-1",), message) for message in problems]
        return [TraceViolation(self.lines, each, begins + at) for each in (*unread, *found)]

    def _lose(self) -> None:
        """Forget where the run stands: what the next line did cannot be told."""
        self._before = self._totals = self._again = None
        self._known = replace(self._known, next_order=None)

    def _header(self, wire: Node, problems: list[str]) -> list[Violation]:
        """Take the header: start at genesis, or at the observation that it holds."""
        self._lose()
        self._is_lost = False
        self._repeats.clear()
        system = self._system_of(wire, problems)
        self._known = Known(system)
        try:
            named = wire.find("capabilities")
            self._capabilities = (
                tuple(item.text() for item in named.items()) if named else tuple(EMPTY)
            )
        except ViewError as error:
            problems.append(f"the header: {error}")
            self._capabilities = tuple(EMPTY)
        self.notes += notes_on(self.lines, self._capabilities)
        self._followed = self._unread()
        shown = wire.find("observation")
        if shown is None:
            if system is not None:
                self._known = replace(self._known, next_order=0)
                self._before = view_of_state(genesis(system))
            return []
        self._followed.show(shown)
        problems += self._followed.problems
        try:
            self._known = known_at(wire, self._followed.after(), self._known)
        except ViewError as error:
            problems.append(f"the header: {error}")
        return self._started()

    def _unread(self) -> Followed:
        """Return what is followed of a run before a state was shown."""
        return Followed(self._capabilities, later=OBSERVED if self._later else {})

    def _system_of(self, wire: Node, problems: list[str]) -> SystemParameters | None:
        """Return the system parameters, None where they cannot be read or break a law."""
        try:
            shown = wire.get("system")
            self._later = lacking(shown)
            system = built(SystemParameters, completed(shown, self._later))
        except ViewError as error:
            problems.append(f"the header: {error}")
            return None
        if self._later:
            self.notes.append(f"line {self.lines}: {note_on(self._later)}")
        laws = system_violations(system)
        problems += (f"the header: system/{law.path} must be {law.expected}" for law in laws)
        return None if laws else system

    def _know(self, known: Known) -> None:
        self._known, self._known_print = known, hash(repr(known))
        self._followed.know(known)

    def _started(self) -> list[Violation]:
        """Return what the state that was shown breaks by itself."""
        self._know(self._known)
        view = self._before = self._followed.after()
        self._totals = totals_of(view)
        said = verdicts_on(view)
        self._again = frozenset()
        found = [
            Violation(MISPLACED, ("CF-4",), message)
            for message in misplaced(view, view, self._followed.touched)
        ]
        return found + self._judged(said)

    def _step(self, wire: Node, problems: list[str]) -> list[Violation]:
        """Take an action, its outcome and what changed."""
        action, answer = self._told(wire, problems)
        had_shown = self._show(wire, problems)
        problems += self._followed.problems if had_shown else []
        if action is None or answer is None or self._before is None or not had_shown:
            self._lose()
            return self._started() if had_shown else []
        known = self._known
        if answer.code is None:
            known = learned(known, action, answer.facts)
        members, followed = wire.object(), self._followed
        asked = followed.former, self._known_print
        repeat = self._repeats.difference(
            asked, members["action"], members["outcome"], followed.fingerprint
        )
        if known is not self._known:
            self._know(known)
        after = followed.after()
        before = self._before if self._again is None else followed.before()
        told = answer.code, answer.violated, answer.facts, repeat
        step = Step(before, after, action, *told, leaves=followed.leaves)
        sums = self._totals
        if sums is None or self._may_be_whole_again(sums):
            self._totals = totals_of(after)
        else:
            self._totals = totals_after(sums, before, after, sums_moved(step.moved))
        again = EVERY if self._again is None else self._again
        said = not_held(step, self._totals, again, before=sums)
        self._before = after
        gone = misplaced(before, after, followed.touched)
        found = [Violation(MISPLACED, ("CF-4",), message) for message in gone]
        return found + self._judged(said)

    def _told(self, wire: Node, problems: list[str]) -> tuple[Action | Fill | None, Answer | None]:
        """Return the action and the outcome of a line, None where one cannot be read."""
        action, answer = None, None
        try:
            answer = answer_of(wire.get("outcome"), problems)
        except ViewError as error:
            problems.append(str(error))
        try:
            action = logged_action_of(with_later(wire.get("action"), self._later), problems)
        except ViewError as error:
            problems.append(str(error))
        if isinstance(action, Fill) and answer is not None and answer.code is None:
            traded = with_parts(answer.facts, trades=(trade_of(action),))
            answer = replace(answer, facts=traded)
        return action, answer

    def _show(self, wire: Node, problems: list[str]) -> bool:
        """Take the state of a line; tell whether it is known now."""
        changes = wire.find("changes")
        if changes is None:
            self._followed.show(wire.get("observation"))
            self._is_lost = False
        elif self._before is None or self._followed.is_new:
            if not self._is_lost:
                problems.append("changes of a state that is not known; nothing is checked until")
                problems[-1] += " a line shows a whole one"
            self._is_lost = True
            return False
        else:
            self._followed.change(changes)
        return True

    def _may_be_whole_again(self, totals: Totals) -> bool:
        """Tell whether an entry was shown again, for the lack of which a sum is not known."""
        if not missing_of(totals):
            return False
        lacking = {tuple(path.split("/")[1:3]) for path in missing_of(totals).values()}
        touched = self._followed.touched
        return any((name, key) in lacking for (name, _), key in touched.items())

    def _judged(self, said: Iterable[Verdict]) -> list[Violation]:
        """Return what verdicts say is broken; note what was not checkable, and look there again."""
        found, again = list[Violation](), set[str]()
        for verdict in said:
            if verdict.messages:
                found += verdict.violations()
            elif verdict.missing:
                first = self.unchecked.get(verdict.invariant)
                first = first or Unchecked(0, self.lines, verdict.missing)
                self.unchecked[verdict.invariant] = replace(first, lines=first.lines + 1)
            if verdict.messages or (verdict.missing and verdict.invariant in PLAIN):
                again.add(verdict.invariant)
        self._again = frozenset(again)
        return found
