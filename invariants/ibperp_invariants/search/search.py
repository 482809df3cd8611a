"""Looks for a run that breaks an invariant: `python -m ibperp_invariants.search`.

One seed is one run of a small world. The report holds the next seed, so that a search goes on
where the last one ended, and each violation as the shortest list of actions that was found.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from ibperp.actions import Action
from ibperp.numbers import div_down
from ibperp.outcomes import Accepted
from ibperp.transition import transition
from ibperp_invariants.check.monitor import Monitor
from ibperp_invariants.check.records import ACTIONS
from ibperp_invariants.search.evidence import write_evidence
from ibperp_invariants.search.world import drawn, start

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibperp.outcomes import Outcome
    from ibperp.state import State

STEPS: Final = 250
BAR: Final = 30
KINDS: Final = {kind: name for name, kind in ACTIONS.items()}


@dataclass
class Report:
    """What a search did: the seed it comes to next, its counts, and what it found."""

    next_seed: int
    runs: int = 0
    steps: int = 0
    accepted: dict[str, int] = field(default_factory=dict)
    violations: list[dict[str, Any]] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Write the report in one piece: a search that is stopped leaves the last whole one."""
        whole = path.with_suffix(f"{path.suffix}.part")
        whole.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")
        whole.replace(path)


def stepped(monitor: Monitor, state: State, action: Action) -> tuple[Outcome | None, str, str]:
    """Return the outcome of an action, with the name and the message of what it breaks.

    An error that is raised breaks what it is called.
    """
    outcome = None
    try:
        outcome = transition(state, action)
        found = monitor.check(action, outcome)
    except Exception as error:  # noqa: BLE001 - whatever it is, the search reports it
        return outcome, type(error).__name__, str(error)
    first = found[0] if found else None
    return outcome, first.invariant if first else "", first.message if first else ""


def broken(state: State, actions: Sequence[Action]) -> tuple[int, str, str] | None:
    """Return the first step that breaks an invariant, with its name and message, or None."""
    monitor = Monitor(state)
    for place, action in enumerate(actions):
        outcome, name, message = stepped(monitor, state, action)
        if name:
            return place, name, message
        state = outcome.state if isinstance(outcome, Accepted) else state
    return None


def shrunk(state: State, actions: Sequence[Action], name: str) -> list[Action]:
    """Return fewer actions that break the same invariant: no single one can be left out."""
    kept, size = list(actions), len(actions)
    while size:
        place = 0
        while place < len(kept):
            fewer = kept[:place] + kept[place + size :]
            found = broken(state, fewer)
            if found and found[1] == name:
                kept = fewer[: found[0] + 1]
            else:
                place += size
        size >>= 1
    return kept


def searched(seed: int, report: Report, draw: Callable[[Random, State], Action] = drawn) -> None:
    """Run one seed, and add what it did and what it broke to the report."""
    random = Random(seed)  # noqa: S311 - a seeded run, nothing secret
    first = state = start(random)
    monitor, actions, name, message = Monitor(state), list[Action](), "", ""
    for _ in range(STEPS):
        action = draw(random, state)
        actions.append(action)
        outcome, name, message = stepped(monitor, state, action)
        if name:
            break
        report.steps += 1
        if isinstance(outcome, Accepted):
            kind = type(action).__name__
            report.accepted[kind] = report.accepted.get(kind, 0) + 1
            state = outcome.state
    if name:
        least = shrunk(first, actions, name)
        _, _, message = broken(first, least) or (0, name, message)
        steps = [told(action) for action in least]
        report.violations.append(
            {"seed": seed, "invariant": name, "message": message, "actions": steps}
        )
    report.runs += 1
    report.next_seed = seed + 1


def told(action: Action) -> dict[str, Any]:
    """Return an action as JSON, as a trace has it."""
    return {"type": KINDS[type(action)], **_told(asdict(action))}


def _told(value: Any) -> Any:
    match value:
        case dict():
            return {name: _told(item) for name, item in value.items()}
        case list() | tuple():
            return [_told(item) for item in value]
        case bool() | str():
            return value
        case None:
            return "all"
        case _:
            return str(value)


class ReportError(ValueError):
    """A file is not the report of a search."""


def resumed(path: Path, seed: int | None) -> Report:
    """Return the report of an earlier search, or an empty one; raise ReportError if invalid."""
    if seed is not None or not path.exists():
        return Report(seed or 0)
    try:
        return Report(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise ReportError from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Search for a number of seconds; return 1 if the report holds a violation."""
    parser = argparse.ArgumentParser(prog="ibperp_invariants.search", description=__doc__)
    parser.add_argument("--seed", type=int, help="start here, with an empty report")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to search")
    parser.add_argument("--report", type=Path, default=Path("search.json"), help="where to report")
    parser.add_argument("--evidence", action="store_true", help="save it as the grades' evidence")
    given = parser.parse_args(arguments)
    try:
        report = resumed(given.report, given.seed)
        report.write(given.report)
        is_broken = _search(given.report, given.seconds, report)
        if given.evidence and not is_broken:
            write_evidence(report.runs, report.steps)
        return int(is_broken)
    except OSError as error:
        parser.exit(2, f"{given.report}: cannot be read or written: {error.strerror}\n")
    except ReportError:
        parser.exit(2, f"{given.report}: not a report of a search; name another file\n")


def _search(path: Path, seconds: float, report: Report) -> bool:
    """Search until the time is over or the user stops it; tell whether anything is violated."""
    begun = monotonic()
    try:
        while (spent := monotonic() - begun) < seconds:
            _show(round(BAR * spent), round(seconds), report)
            searched(report.next_seed, report)
            report.write(path)
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped; the same command continues from the report")
    report.write(path)
    _show(BAR, 1, report)
    sys.stderr.write("\n")
    return bool(report.violations)


def _show(spent: int, seconds: int, report: Report) -> None:
    """Draw the progress on a terminal; elsewhere say nothing. `spent` is in parts of the bar."""
    if sys.stderr.isatty():
        done = min(div_down(spent, max(seconds, 1)), BAR)
        bar = "#" * done + "." * (BAR - done)
        found = len(report.violations)
        text = f"{bar} {report.runs} runs, {report.steps} steps, {found} violations"
        sys.stderr.write(f"\r{text}")
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
