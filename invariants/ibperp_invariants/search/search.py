"""Looks for a run that breaks an invariant: `python -m ibperp_invariants.search`.

One seed is one run of a small world. The report holds the next seed, so that a search goes on
where the last one ended, and each violation as the shortest list of actions that was found.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import takewhile
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
from ibperp_invariants.workers import DeathsError, NoClusterError, cluster, each, processes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ibperp.outcomes import Outcome
    from ibperp.state import State

STEPS: Final = 250
BAR: Final = 30
JOBS_MAX: Final = 512
TOGETHER: Final = 8
"""How many seeds another process is given at a time, so that handing them out costs little."""

AGAIN: Final = "the same command without --seed goes on from the report"
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

    def add(self, run: Run) -> None:
        """Count the run of the next seed, and keep what it broke."""
        self.runs += 1
        self.steps += run.steps
        self.accepted = dict(Counter(self.accepted) + run.accepted)
        if run.violation:
            self.violations.append(run.violation)
        self.next_seed = run.seed + 1


@dataclass(frozen=True, slots=True)
class Run:
    """What a seed did: steps that broke nothing, accepted actions by kind, and what it broke."""

    seed: int
    steps: int
    accepted: Counter[str]
    violation: dict[str, Any] | None = None


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


def ran(seed: int, draw: Callable[[Random, State], Action] = drawn) -> Run:
    """Return what one seed did and broke: the same in whatever process."""
    random = Random(seed)  # noqa: S311 - a seeded run, nothing secret
    first = state = start(random)
    monitor, actions, accepted, name, message = (
        Monitor(state),
        list[Action](),
        Counter[str](),
        "",
        "",
    )
    for _ in range(STEPS):
        action = draw(random, state)
        actions.append(action)
        outcome, name, message = stepped(monitor, state, action)
        if name:
            break
        if isinstance(outcome, Accepted):
            accepted[type(action).__name__] += 1
            state = outcome.state
    if not name:
        return Run(seed, len(actions), accepted)
    least = shrunk(first, actions, name)
    _, _, message = broken(first, least) or (0, name, message)
    steps = [told(action) for action in least]
    found = {"seed": seed, "invariant": name, "message": message, "actions": steps}
    return Run(seed, len(actions) - 1, accepted, found)


def ran_each(seeds: Iterable[int]) -> list[Run]:
    """Return what some seeds did: a task for another process."""
    return [ran(seed) for seed in seeds]


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
    parser = _parser()
    given = parser.parse_args(arguments)
    if not 1 <= given.jobs <= JOBS_MAX:
        parser.error(f"--jobs is 1 to {JOBS_MAX}, not {given.jobs}")
    try:
        report = resumed(given.report, given.seed)
        report.write(given.report)
        try:
            _search(given, report)
        except KeyboardInterrupt:
            sys.stderr.write(f"\nstopped; {AGAIN}\n")
        if given.evidence and not report.violations:
            write_evidence(report.runs, report.steps)
        return int(bool(report.violations))
    except (DeathsError, NoClusterError) as error:
        parser.exit(2, f"{error}; {AGAIN}\n")
    except OSError as error:
        parser.exit(2, f"{given.report}: cannot be read or written: {error.strerror}\n")
    except ReportError:
        parser.exit(2, f"{given.report}: not a report of a search; name another file\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ibperp_invariants.search", description=__doc__)
    parser.add_argument("--seed", type=int, help="start here, with an empty report")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to search")
    parser.add_argument("--runs", type=int, default=0, help="stop when the report has so many")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time")
    parser.add_argument("--dask", metavar="ADDRESS", help="search on the cluster of this scheduler")
    parser.add_argument("--report", type=Path, default=Path("search.json"), help="where to report")
    parser.add_argument("--evidence", action="store_true", help="save it as the grades' evidence")
    return parser


def _search(given: argparse.Namespace, report: Report) -> None:
    """Add runs to the report, and write it after each task, until the time or the runs are over."""
    begun = monotonic()
    last = report.next_seed + (given.runs - report.runs if given.runs else sys.maxsize)
    with cluster(given.dask) if given.dask else processes(given.jobs) as pool:
        size = TOGETHER if pool else 1
        seeds = range(report.next_seed, last, size)
        tasks = (range(seed, min(seed + size, last)) for seed in seeds)
        due = takewhile(lambda _: monotonic() - begun < given.seconds, tasks)
        for runs in each(pool, ran_each, due):
            for run in runs:
                report.add(run)
            report.write(given.report)
            _show(round(BAR * (monotonic() - begun)), round(given.seconds), report)
    _show(BAR, 1, report)
    sys.stderr.write("\n")


def _show(spent: int, seconds: int, report: Report) -> None:
    """Draw the progress on a terminal; elsewhere say nothing. `spent` is in parts of the bar."""
    if sys.stderr.isatty():
        done = min(div_down(spent, max(seconds, 1)), BAR)
        bar = "#" * done + "." * (BAR - done)
        found = len(report.violations)
        text = f"{bar} {report.runs} runs, {report.steps} steps, {found} violations"
        sys.stderr.write(f"\r{text}")
        sys.stderr.flush()
