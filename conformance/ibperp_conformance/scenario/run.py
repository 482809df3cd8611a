"""Scenarios: a story in decimals, run through the reference, every invariant after every step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from ibperp.actions import AdvanceTime, PlaceOrder
from ibperp.outcomes import Accepted, RejectionCode
from ibperp.parameter_laws import system_violations
from ibperp.state import INSURANCE, State, genesis
from ibperp.transition import transition
from ibperp_conformance.presets.document import DocumentError, Problem, load_document
from ibperp_conformance.presets.preset import Preset, load_preset, no_such_preset, preset_path
from ibperp_conformance.presets.reading import Reading, suggestion
from ibperp_conformance.presets.units import UnitError, date_of
from ibperp_conformance.protocol.wire import WireError, decode_system
from ibperp_conformance.scenario.fields import Cast, is_account_name, is_order_name
from ibperp_conformance.scenario.repeat import (
    REPEAT,
    STEPS_MAX,
    read_rounds,
    repeat_of,
    steps_in,
)
from ibperp_conformance.scenario.result import ScenarioResult, StepResult
from ibperp_conformance.scenario.steps import WIRE, read_action, step_readers
from ibperp_invariants import Follower

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from ibperp.actions import Action
    from ibperp_conformance.presets.document import Document, FieldPath

FIELDS: Final = ("title", "preset", "system", "start", "accounts", "steps")
BEGINNINGS: Final = {"preset", "system"}
BESIDE_ACTION: Final = ("as", "expect_rejected", "note")
FIRST_ACCOUNT: Final = INSURANCE + 1
IN_ORDER: Final = "name all of its accounts in the order in which they were made"


def run_scenario(
    path: Path,
    start: State | None = None,
    *,
    is_checked: bool = True,
    on_step: Callable[[], None] = lambda: None,
) -> ScenarioResult:
    """Run the scenario in a file; raise DocumentError naming every field that cannot be read.

    From `start` the preset is not listed again, and of `accounts` only those that are new are made.
    If it is not checked, no invariant runs: for what is only drawn. `on_step` is called after
    each step, for a person who watches. Where it is interrupted, what was done until then counts.
    """
    document = load_document(path)
    reading = Reading(document)
    data = _fields(document)
    _bounded(document, data["steps"])
    preset = _preset_of(reading, data, path.parent)
    begins = _start_of(document, data)
    cast = Cast(follower=Follower() if is_checked else None, start=begins)
    first = genesis(preset.system) if start is None else start
    scene = list(_listed(preset, first, cast)) if start is None else []
    state = scene[-1].after if scene else first
    scene += _named(reading, data["accounts"], state, cast)
    state = scene[-1].after if scene else first
    steps, is_whole = list[StepResult](), True
    try:
        for index, written in enumerate(data["steps"]):
            for step in _played(reading, ("steps", index), written, state, cast):
                steps.append(step)
                state = step.after
                on_step()
    except KeyboardInterrupt:
        is_whole = False
    reading.finish()
    names = {account: name for name, account in cast.accounts.items()}
    orders = {order: name for name, order in cast.orders.items()}
    told = (data["title"], preset, tuple(scene), tuple(steps), names, orders, first)
    return ScenarioResult(*told, begins=begins, is_whole=is_whole)


def _fields(document: Document) -> dict[str, Any]:
    data = document.data
    if not isinstance(data, dict):
        raise document.error((), f"expected the fields {', '.join(FIELDS)}")
    problems = [
        document.problem((name,), f"unknown field; {suggestion(name, list(FIELDS))}")
        for name in data
        if name not in FIELDS
    ]
    for name, kind, expected in (
        ("title", str, "a line of text"),
        ("preset", str, "a preset's name"),
        ("system", dict, "the system parameters of a reset (CF-6)"),
        ("accounts", list, "a list of names such as alice/main"),
        ("steps", list, "a list of steps, [] for none"),
    ):
        if name in BEGINNINGS and name not in data and BEGINNINGS & data.keys():
            continue
        if not isinstance(data.get(name), kind):
            problem = "missing" if name not in data else "of the wrong kind"
            problem = "empty" if name in data and data[name] is None else problem
            problems.append(document.problem((name,), f"{problem}; expected {expected}"))
    if problems:
        raise DocumentError(document.source, problems)
    return data


def _preset_of(reading: Reading, data: dict[str, Any], beside: Path) -> Preset:
    """Return the preset that a scenario names, or one that is its system alone."""
    if "system" not in data:
        name = data["preset"]
        if preset_path(name, beside) is None:
            raise reading.document.error(("preset",), f"{name}: {no_such_preset()}")
        return load_preset(name, beside=beside)
    if "preset" in data:
        raise reading.document.error(("system",), "beside a preset; keep one of the two")
    try:
        system = decode_system(data["system"])
    except WireError as error:
        message = str(error).removeprefix("system").lstrip(".: ")
        raise reading.document.error(("system",), message) from None
    reading.laws(("system",), system_violations(system))
    reading.finish()
    return Preset("of its own", system, (), (), ())


def _start_of(document: Document, data: dict[str, Any]) -> datetime | None:
    """Return the date of second 0 of a scenario, if it has one."""
    if "start" not in data:
        return None
    try:
        return date_of(data["start"])
    except UnitError as error:
        raise document.error(("start",), str(error)) from None


def _bounded(document: Document, steps: list[Any]) -> None:
    """Raise DocumentError if the repeats of a scenario come to too many steps."""
    count = 0
    for index, written in enumerate(steps):
        count += steps_in(written)
        if count > STEPS_MAX:
            where = ("steps", index, REPEAT)
            message = f"comes to {count} steps, or more; at most {STEPS_MAX} in all, lower a count"
            raise document.error(where, message)


def _listed(preset: Preset, state: State, cast: Cast) -> Iterator[StepResult]:
    """Yield the steps that list the assets and markets of a preset."""
    for action in preset.actions:
        step = _taken(cast, 0, f"preset {preset.name}", action, state)
        if not isinstance(step.outcome, Accepted):
            message = f"the specification refuses it: {step.outcome.code.value}"
            symbol = getattr(action, "market", None)
            listed = ("markets", symbol) if symbol else ("assets", getattr(action, "asset", ""))
            source = preset.source or preset.name
            raise DocumentError(source, [Problem(0, ".".join(listed), message)])
        yield step
        state = step.after


def _named(reading: Reading, accounts: list[Any], state: State, cast: Cast) -> Iterator[StepResult]:
    """Give the accounts of the state their names, and yield the steps that make the others."""
    known = len(state.accounts)
    if known > len(accounts) + FIRST_ACCOUNT:
        missing = known - len(accounts) - FIRST_ACCOUNT
        reading.refuse(("accounts",), f"{missing} accounts of the snapshot lack a name; {IN_ORDER}")
    for index, name in enumerate(accounts):
        where, account = ("accounts", index), index + FIRST_ACCOUNT
        if not is_account_name(name):
            reading.refuse(where, "expected a name such as alice/main")
        elif name in cast.accounts:
            reading.refuse(where, "named twice; remove one")
        else:
            action = cast.add(name, account)
            if account >= known:
                step = _taken(cast, 0, name, action, state)
                yield step
                state = step.after
            elif state.accounts[account].user != action.user:
                reading.refuse(where, f"belongs to another user in the snapshot; {IN_ORDER}")


def _played(
    reading: Reading, path: FieldPath, written: object, state: State, cast: Cast
) -> Iterator[StepResult]:
    """Yield a step of the file, or every step of a repeat."""
    if not isinstance(written, dict) or REPEAT not in written:
        step = _step(reading, path, written, state, cast)
        if step is not None:
            yield step
        return
    for name in written.keys() - {REPEAT, "note"}:
        reading.refuse((*path, name), "not part of a repeat; write it beside a step")
    where = (*path, REPEAT)
    rounds = read_rounds(reading, where, written[REPEAT])
    if rounds is None:
        return
    repeat = repeat_of(reading, where, written[REPEAT])
    for steps in rounds:
        if reading.problems:
            return
        if rounds.every:
            time = AdvanceTime(state.time + rounds.every)
            step = _taken(cast, repeat.line, f"advance_time {rounds.every}", time, state)
            yield replace(step, repeat=repeat)
            state = step.after
        for index, member in enumerate(steps):
            for step in _played(reading, (*where, "steps", index), member, state, cast):
                yield replace(step, repeat=repeat)
                state = step.after


def _step(
    reading: Reading, path: FieldPath, written: object, state: State, cast: Cast
) -> StepResult | None:
    kinds = step_readers()
    fields = written if isinstance(written, dict) else {}
    named = [name for name in fields if name not in BESIDE_ACTION]
    if len(named) != 1:
        reading.refuse(path, "expected one action, such as deposit: {...}")
        return None
    (kind,) = named
    if kind not in kinds and kind != WIRE:
        hint = suggestion(kind, [*kinds, REPEAT, WIRE])
        reading.refuse((*path, kind), f"unknown action; {hint}")
        return None
    if not isinstance(fields.get("note", ""), str):
        reading.refuse((*path, "note"), "expected a line of text")
    expected = _expected(reading, path, fields)
    action = read_action(reading, (*path, kind), fields[kind], state, cast)
    if action is None:
        return None
    line = reading.document.problem((*path, kind), "").line
    step = replace(_taken(cast, line, _label(kind, fields), action, state), expected=expected)
    _name_order(reading, path, fields, step, cast)
    return step


def _label(kind: str, written: dict[str, Any]) -> str:
    """Return a step on one line: its values, and the names of what is true or false."""
    words = [] if kind == WIRE else [kind]
    for name, value in written[kind].items():
        if not isinstance(value, bool | dict):
            words.append(str(value))
        elif isinstance(value, bool):
            words.append(name if value else f"{name} false")
    if "as" in written:
        words.append(f"as {written['as']}")
    return " ".join(words)


def _name_order(
    reading: Reading,
    path: FieldPath,
    written: dict[str, Any],
    step: StepResult,
    cast: Cast,
) -> None:
    """Remember the order that a step placed by the name beside it."""
    if "as" not in written:
        return
    name, where = written["as"], (*path, "as")
    if not isinstance(step.action, PlaceOrder):
        reading.refuse(where, "only a place step has an order to name; remove it")
    elif not is_order_name(name):
        reading.refuse(where, "expected a name of letters, digits and dashes, not a number")
    elif name in cast.orders:
        reading.refuse(where, "named twice; choose another name")
    elif isinstance(step.outcome, Accepted):
        cast.orders[name] = len(step.before.orders)


def _expected(reading: Reading, path: FieldPath, written: dict[str, Any]) -> RejectionCode | None:
    if "expect_rejected" not in written:
        return None
    code = written["expect_rejected"]
    known = [known.value for known in RejectionCode]
    if code not in known:
        where = (*path, "expect_rejected")
        reading.refuse(where, f"unknown rejection code; {suggestion(code, known)}")
        return None
    return RejectionCode(code)


def _taken(cast: Cast, line: int, label: str, action: Action, state: State) -> StepResult:
    outcome = transition(state, action)
    violations = tuple(cast.follower.check(state, action, outcome)) if cast.follower else ()
    return StepResult(line, label, action, state, outcome, None, violations)
