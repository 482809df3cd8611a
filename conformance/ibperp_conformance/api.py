"""What a program of yours may rely on: the rules, the suite, scenarios, traces and fuzzing.

Everything here keeps its name and its meaning within a version of the package (see RELEASING.md);
what stands elsewhere may move.
"""

from __future__ import annotations

import codecs
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ibperp import actions, queries
from ibperp.outcomes import Accepted, Outcome, Rejected, RejectionCode
from ibperp.state import State, genesis
from ibperp.transition import transition
from ibperp_conformance.files import WrongUseError
from ibperp_conformance.fuzz import campaign as fuzzing
from ibperp_conformance.fuzz.command import working
from ibperp_conformance.presets.preset import load_preset
from ibperp_conformance.protocol.client import Engine, Hello
from ibperp_conformance.protocol.observation import observe
from ibperp_conformance.protocol.server import CAPABILITIES
from ibperp_conformance.runner.campaign import Campaign, Result, conduct
from ibperp_conformance.runner.selection import select
from ibperp_conformance.runner.vectors import Suite, Vector, load_suite
from ibperp_conformance.scenario.result import ScenarioResult
from ibperp_conformance.scenario.run import run_scenario
from ibperp_conformance.traces.files import DamagedError, lines_of, opened
from ibperp_conformance.traces.write import applied, trace_lines
from ibperp_invariants.check.lines import TOO_LONG, LineError, decoded, flaw_of
from ibperp_invariants.check.trace import TraceError, TraceViolation, check_trace

__all__ = [
    "Accepted",
    "Campaign",
    "Hello",
    "Outcome",
    "Rejected",
    "RejectionCode",
    "Result",
    "ScenarioResult",
    "State",
    "Suite",
    "TraceError",
    "TraceLine",
    "TraceViolation",
    "Vector",
    "WrongUseError",
    "actions",
    "check_trace",
    "fuzz",
    "genesis",
    "load_suite",
    "new_state",
    "observe",
    "queries",
    "read_trace",
    "run_scenario",
    "run_suite",
    "trace_lines",
    "transition",
]


@dataclass(frozen=True, slots=True)
class TraceLine:
    """A line of a trace, as decoded JSON: `number` counts from 1, and is of the line in the file.

    The header has the member `system` in place of an action and an outcome (CF-4, CF-6).
    """

    number: int
    action: Mapping[str, Any] | None
    outcome: Mapping[str, Any] | None
    observation: Mapping[str, Any] | None


def new_state(preset: str = "launch") -> State:
    """Return the state in which the assets and markets of a preset are listed, and nothing else.

    `preset` is the name of one of `spec/presets`, or the path of a file that ends in `.yaml`.
    """
    chosen = load_preset(preset)
    state = genesis(chosen.system)
    for action in chosen.actions:
        outcome = transition(state, action)
        if isinstance(outcome, Rejected):
            raise WrongUseError(f"{preset}: {type(action).__name__} is rejected: {outcome.code}")
        state = outcome.state
    return state


def run_suite(
    command: Sequence[str] = (),
    *,
    vectors: Sequence[str] = (),
    tier: str = "core",
    known_failures: Mapping[str, str] | None = None,
    timeout: float = 10.0,
) -> Campaign:
    """Hold an engine, by default the reference, to the vectors, and return what became of each.

    `vectors` are ids; without them the whole tier is run. `known_failures` gives the reason of each
    vector that is expected to fail, by id. The engine has `timeout` seconds for each reply (CF-9).
    Never raises for a fault of the engine: `exit_code` and `results` of the campaign tell it.
    """
    suite = load_suite()
    chosen = select(suite, tier, vectors)
    campaign = Campaign(tuple(command), tier, len(chosen))
    return conduct(suite, chosen, campaign, timeout=timeout, known=known_failures)


def fuzz(
    command: Sequence[str],
    *,
    against: Sequence[str] = (),
    seed: int = 0,
    seconds: float = 60.0,
    runs: int | None = None,
    folder: Path | None = None,
    timeout: float = 10.0,
    jobs: int = 1,
) -> fuzzing.Campaign:
    """Look for runs in which an engine answers otherwise than the reference, or than `against`.

    Ends after `seconds`, or after `runs` runs. Findings are in `findings` of what is returned, by
    signature, and with a `folder` as vectors and texts in files there. `jobs` processes work at a
    time; they start anew, so a script that asks for several needs `if __name__ == "__main__":`.
    Raises `EngineFailureError` when an engine cannot be started or introduces itself wrongly.
    """
    claimed = frozenset(CAPABILITIES)
    for each in filter(None, (command, against)):
        with Engine(each, timeout) as engine:
            claimed &= engine.hello().capabilities
    most = math.inf if runs is None else runs
    campaign = fuzzing.Campaign(tuple(command), tuple(against), claimed, seed, timeout, most=most)
    with working(jobs) as pool:
        fuzzing.conduct(campaign, fuzzing.Keeper(campaign, folder), pool, seconds, lambda _: None)
    return campaign


def read_trace(path: Path) -> Iterator[TraceLine]:
    """Yield the lines of a trace, one at a time; raise `WrongUseError` naming file and line.

    Where a line holds only what changed, `observation` is the whole of it none the less. The file
    may be plain, gzip or zstd, as for `ibperp check-trace`.
    """
    shown: Mapping[str, Any] | None = None
    number = 0
    with opened(str(path)) as stream:
        try:
            for number, (line, lost) in enumerate(lines_of(stream), start=1):
                if lost:
                    raise WrongUseError(f"{path}, line {number}: {flaw_of(line) or TOO_LONG}")
                if line.strip():
                    text = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
                    read = _trace_line(path, number, text, shown)
                    shown = read.observation or shown
                    yield read
        except DamagedError as error:
            raise WrongUseError(f"{path}, line {number + 1}: {error}") from None


def _trace_line(path: Path, number: int, line: bytes, shown: Mapping[str, Any] | None) -> TraceLine:
    try:
        members = decoded(line)
    except LineError as error:
        raise WrongUseError(f"{path}, line {number}: {error}") from None
    if not isinstance(members, dict):
        raise WrongUseError(f"{path}, line {number}: expected a JSON object")
    observation, changes = members.get("observation"), members.get("changes")
    if isinstance(changes, dict) and shown is not None:
        try:
            observation = applied(shown, changes)
        except (TypeError, AttributeError):
            message = "changes: a path leads through a value that is no object"
            raise WrongUseError(f"{path}, line {number}: {message}") from None
    return TraceLine(number, members.get("action"), members.get("outcome"), observation)
