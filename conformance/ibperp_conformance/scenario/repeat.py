"""A step that repeats others: so often, for so long, or once for each of some values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ibperp_conformance.presets.reading import suggestion
from ibperp_conformance.presets.units import UnitError, integer_of, seconds_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp_conformance.presets.document import FieldPath
    from ibperp_conformance.presets.reading import Reading

REPEAT: Final = "repeat"
FIELDS: Final = ("every", "for", "times", "with", "steps")
HOW_OFTEN: Final = ("for", "times", "with")
ROUNDS_MAX: Final = 100_000
STEPS_MAX: Final = 1_000_000
"""How many steps a scenario may have, with those of each round of its repeats."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Where a repeat stands in the file, and how it is told on one line."""

    line: int
    label: str


@dataclass(frozen=True, slots=True)
class Rounds:
    """What to repeat: `every` seconds, or 0, pass before each round; each has its own values."""

    every: int
    values: tuple[dict[str, Any], ...]
    steps: list[Any]

    def __iter__(self) -> Iterator[list[Any]]:
        """Yield the steps of each round, its values in place of their names."""
        for values in self.values:
            yield [_filled(step, values) for step in self.steps]


def read_rounds(reading: Reading, path: FieldPath, written: object) -> Rounds | None:
    """Return what a repeat step asks for, or None after noting a problem."""
    try:
        return _rounds(written)
    except _FieldError as error:
        reading.refuse((*path, *error.path), str(error))
        return None


def steps_in(written: object, most: int = STEPS_MAX) -> int:
    """Return how many steps a step stands for, each round at least one; above `most`, roughly.

    What cannot be read counts as one: it is told when it is read.
    """
    if not isinstance(written, dict) or REPEAT not in written:
        return 1
    try:
        rounds = _rounds(written[REPEAT])
    except _FieldError:
        return 1
    own = 1 if rounds.every else 0
    if "with" not in written[REPEAT]:
        return len(rounds.values) * max(own + _sum_of(rounds.steps, most), 1)
    count = 0
    for steps in rounds:
        count += max(own + _sum_of(steps, most), 1)
        if count > most:
            break
    return count


def _sum_of(steps: list[Any], most: int) -> int:
    count = 0
    for step in steps:
        count += steps_in(step, most)
        if count > most:
            break
    return count


def repeat_of(reading: Reading, path: FieldPath, written: dict[str, Any]) -> Repeat:
    """Return where a repeat stands, and its label."""
    words = [REPEAT]
    for name in ("every", "for", "times"):
        if name in written:
            words += [name, str(written[name])]
    if "with" in written:
        words += ["with", ", ".join(written["with"])]
    return Repeat(reading.document.problem(path, "").line, " ".join(words))


class _FieldError(Exception):
    def __init__(self, message: str, *path: str) -> None:
        super().__init__(message)
        self.path = path


def _rounds(written: object) -> Rounds:
    if not isinstance(written, dict):
        raise _FieldError("expected fields, such as {every: 10s, for: 1h, steps: [...]}")
    for name in written:
        if name not in FIELDS:
            raise _FieldError(f"unknown field; {suggestion(name, FIELDS)}", name)
    if not isinstance(written.get("steps"), list):
        raise _FieldError("expected a list of steps", "steps")
    if sum(name in written for name in HOW_OFTEN) != 1:
        raise _FieldError(f"expected one of {', '.join(HOW_OFTEN)}")
    every = _seconds(written, "every") if "every" in written else 0
    if "with" in written:
        values = _values(written["with"])
    else:
        count = _times(written) if "times" in written else _lasting(written, every)
        values = ({},) * count
    return Rounds(every, values, written["steps"])


def _times(written: dict[str, Any]) -> int:
    try:
        count = integer_of(written["times"], 1)
    except UnitError as error:
        raise _FieldError(str(error), "times") from None
    if not 1 <= count <= ROUNDS_MAX:
        raise _FieldError(f"expected 1 to {ROUNDS_MAX} rounds", "times")
    return count


def _lasting(written: dict[str, Any], every: int) -> int:
    """Return how many rounds there are in a duration."""
    duration = _seconds(written, "for")
    if every == 0:
        raise _FieldError("missing; a duration needs it", "every")
    count, rest = divmod(duration, every)
    if rest or not count:
        raise _FieldError(f"expected a multiple of {every} seconds", "for")
    if count > ROUNDS_MAX:
        raise _FieldError(f"expected at most {ROUNDS_MAX} rounds", "for")
    return count


def _seconds(written: dict[str, Any], name: str) -> int:
    try:
        seconds = seconds_of(written[name])
    except UnitError as error:
        raise _FieldError(str(error), name) from None
    if seconds == 0:
        raise _FieldError("expected a duration above 0", name)
    return seconds


def _values(written: object) -> tuple[dict[str, Any], ...]:
    """Return the values of each round; every name has as many."""
    if not isinstance(written, dict) or not written:
        raise _FieldError("expected names with lists of values, such as {price: [1, 2]}", "with")
    for name, values in written.items():
        if not isinstance(values, list) or not values:
            raise _FieldError("expected a list of values", "with", name)
    lists = list(written.values())
    if len({len(values) for values in lists}) > 1:
        raise _FieldError("expected lists of the same length", "with")
    return tuple(dict(zip(written, values, strict=True)) for values in zip(*lists, strict=True))


def _filled(written: Any, values: dict[str, Any]) -> Any:
    """Return what is written with the value of each `$name`."""
    if isinstance(written, dict):
        return {name: _filled(value, values) for name, value in written.items()}
    if isinstance(written, list):
        return [_filled(value, values) for value in written]
    if isinstance(written, str) and written.startswith("$"):
        return values.get(written[1:], written)
    return written
