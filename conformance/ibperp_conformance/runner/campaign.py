"""Hold an engine to the vectors: replay each one and judge every answer (CF)."""

from __future__ import annotations

import shlex
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from threading import Lock
from typing import Final

from ibperp_conformance.json_text import visible
from ibperp_conformance.protocol.client import (
    Engine,
    EngineDiedError,
    EngineFailureError,
    EngineGarbageError,
    EngineTimedOutError,
    Fields,
    Hello,
    Reply,
)
from ibperp_conformance.runner.comparison import (
    Row,
    compare_observation,
    compare_setup,
    compare_step,
)
from ibperp_conformance.runner.vectors import Object, Setup, Suite, Vector, needs, overlay

BATCH: Final = 1000
STATES: Final = "states"
"""The capability with which a setup is built once and then restored (CF-10)."""
TIMEOUTS_IN_A_ROW: Final = 5
FAILURES_IN_A_ROW: Final = 25


class Outcome(StrEnum):
    """What became of a vector."""

    PASSED = "passed"
    DIVERGED = "diverged"
    ERRORED = "errored"
    UNSUPPORTED = "unsupported"
    CRASHED = "crashed"
    TIMED_OUT = "timed_out"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: its place in words, and of an action of the vector itself the step, from 1."""

    op: str
    fields: Fields
    where: str
    step: int | None = None
    action: Object | None = None

    @property
    def name(self) -> str:
        """The action that was sent, or the operation."""
        return self.op if self.action is None else str(self.action["type"])


@dataclass(frozen=True, slots=True)
class Divergence:
    """Where an answer differs: `step` counts from 1, None when it is not a step of the vector."""

    where: str
    step: int | None
    action: Object | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the replies to a vector come to: `what` went wrong, at which action, and `where`."""

    outcome: Outcome
    where: str = ""
    at: str = ""
    what: str = ""
    divergence: Divergence | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one vector; `known` is the reason given in the known-failures file.

    `at`: the action or operation that failed first, in the words of the protocol; `what`: how.
    """

    vector: Vector
    outcome: Outcome
    message: str = ""
    divergence: Divergence | None = None
    stderr: str = ""
    seconds: float = 0.0
    known: str | None = None
    at: str = ""
    what: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the result was expected: a pass, or a failure that is listed as known."""
        if self.known is None:
            return self.outcome is Outcome.PASSED
        return self.outcome not in (Outcome.PASSED, Outcome.SKIPPED)


@dataclass(slots=True)
class Campaign:
    """A run of vectors against one engine, as far as it got."""

    command: tuple[str, ...]
    tier: str
    total: int
    suite: Suite | None = None
    hello: Hello | None = None
    results: list[Result] = field(default_factory=list)
    seconds: float = 0.0
    failure: EngineFailureError | None = None
    stopped: str = ""
    interrupted: bool = False
    date: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def exit_code(self) -> int:
        """0 conforms, 1 diverges, 3 the engine could not be run, 130 interrupted."""
        if self.interrupted:
            return 130
        if self.failure is not None:
            return 3
        return 0 if all(result.is_good for result in self.results) else 1

    @property
    def counts(self) -> dict[str, int]:
        """How many vectors have each outcome, every outcome named."""
        counted = Counter(result.outcome for result in self.results)
        return {outcome.value: counted[outcome] for outcome in Outcome}

    @property
    def bad(self) -> list[Result]:
        """The results that keep the engine from conforming, without the skipped ones."""
        return [r for r in self.results if not r.is_good and r.outcome is not Outcome.SKIPPED]

    def rerun(self, vector: Vector) -> str:
        """Return the command line that runs only `vector`."""
        engine = f" -- {shlex.join(self.command)}" if self.command else ""
        return f"ibperp conform {vector.selection}{engine}"


def embedded_command() -> tuple[str, ...]:
    """Return the command that serves the reference as a process of its own."""
    return (sys.executable, "-P", "-m", "ibperp_conformance.protocol.server")


def conduct(
    suite: Suite,
    vectors: Sequence[Vector],
    campaign: Campaign,
    *,
    timeout: float = 10.0,
    known: Mapping[str, str] | None = None,
    jobs: int = 1,
    stop_at_first: bool = False,
    on_result: Callable[[Result], None] = lambda _: None,
) -> Campaign:
    """Run `vectors` and fill `campaign`, whatever the engine does; never raise for its faults.

    An empty `campaign.command` means the reference. An interrupt ends the run with what there is.
    `jobs` engines run at a time; the results stand in the order of `vectors`.
    """
    started = time.monotonic()
    reasons, found, lock = known or {}, dict[int, Result](), Lock()
    campaign.suite = suite

    def work(share: Sequence[int]) -> None:
        runner = Runner(suite, campaign, timeout)
        try:
            for place in share:
                if campaign.stopped:
                    break
                vector = vectors[place]
                result = runner.run(vector, reasons.get(vector.id))
                with lock:
                    found[place] = result
                    on_result(result)
                if stop_at_first and not result.is_good:
                    campaign.stopped = f"stopped at the first failure, {vector.id}"
                runner.check()
            runner.finish()
        except EngineFailureError as failure:
            campaign.failure = failure
            campaign.stopped = failure.explained
        finally:
            runner.close()

    with ThreadPoolExecutor(jobs) as pool:
        first, *others = _shares(vectors, jobs)
        try:
            later = [pool.submit(work, share) for share in others]
            work(first)
            for each in later:
                each.result()
        except KeyboardInterrupt:
            campaign.interrupted = True
            campaign.stopped = "interrupted"
    for place, vector in enumerate(vectors):
        reason = campaign.stopped or "the run ended early"
        skipped = Result(vector, Outcome.SKIPPED, reason, known=reasons.get(vector.id))
        campaign.results.append(found.get(place, skipped))
    campaign.seconds = time.monotonic() - started
    return campaign


def _shares(vectors: Sequence[Vector], jobs: int) -> list[list[int]]:
    """Return the places of vectors in `jobs` shares, a setup in as few of them as it may."""
    places = list(range(len(vectors)))
    if jobs > 1:
        places.sort(key=lambda place: vectors[place].setup)
    size = -(-len(places) // jobs) or 1
    return [places[first : first + size] for first in range(0, len(places), size)] or [[]]


class Runner:
    """One engine, started with the first vector, and again when it fails."""

    def __init__(self, suite: Suite, campaign: Campaign, timeout: float) -> None:
        """Hold the engine of `campaign` to vectors of `suite`, with `timeout` seconds a reply."""
        self.suite = suite
        self.campaign = campaign
        self.timeout = timeout
        self.engine: Engine | None = None
        self.saved: set[str] = set()
        self.located = 0
        self.timeouts = 0
        self.failures = 0

    def close(self) -> None:
        """End the engine."""
        if self.engine:
            self.engine.close()
            self.engine = None
            self.saved.clear()

    def finish(self) -> None:
        """Let the engine end by itself, as it would in service."""
        if self.engine:
            self.engine.finish()

    def check(self) -> None:
        """Give up on an engine that only fails, so that a hanging one does not take hours."""
        if self.timeouts >= TIMEOUTS_IN_A_ROW:
            self.campaign.stopped = f"gave up after {self.timeouts} vectors in a row timed out"
        elif self.failures >= FAILURES_IN_A_ROW:
            times = f"{self.failures} times in a row"
            self.campaign.stopped = f"gave up after the engine failed {times}"

    def run(self, vector: Vector, known: str | None) -> Result:
        """Return what became of `vector`; raise when the engine cannot be started at all."""
        engine = self._started()
        began = time.monotonic()
        setup = self.suite.setups[vector.setup]
        hello = self.campaign.hello or Hello("", "", frozenset())
        asked = self._asked(setup, vector, hello)
        if missing := needs(setup, vector, hello.capabilities) - hello.capabilities:
            message = f"the engine does not claim {' and '.join(sorted(missing))}"
            return Result(vector, Outcome.UNSUPPORTED, message, known=known, what=message)
        stderr = ""
        try:
            replies: list[Reply] = []
            for first in range(0, len(asked), BATCH):
                requests = [(ask.op, ask.fields) for ask in asked[first : first + BATCH]]
                replies += engine.batch(requests)
            verdict = _judge(setup, vector, asked, replies, hello)
            self._note(setup, verdict)
            self.timeouts = self.failures = 0
            message = f"{verdict.where}: {verdict.what}" if verdict.what else ""
        except EngineFailureError as failure:
            outcome, stderr = _outcome_of(failure), failure.stderr
            self.close()
            place, at = self._place(setup, vector, outcome)
            verdict = Verdict(outcome, at=at, what=str(failure))
            message = f"{failure.explained}{place}"
            self.timeouts = self.timeouts + 1 if outcome is Outcome.TIMED_OUT else 0
            self.failures += 1
        return Result(
            vector,
            verdict.outcome,
            message,
            verdict.divergence,
            stderr,
            time.monotonic() - began,
            known,
            verdict.at,
            verdict.what,
        )

    def _started(self) -> Engine:
        if self.engine is None:
            engine = Engine(self.campaign.command or embedded_command(), self.timeout)
            self.engine = engine
            self.campaign.hello = engine.hello()
        return self.engine

    def _asked(self, setup: Setup, vector: Vector, hello: Hello) -> list[Ask]:
        """Return the requests of a vector: its setup, or how to come back to it, and its steps."""
        if STATES not in hello.capabilities:
            return [*_reaching(setup), *_steps(vector)]
        if setup.id in self.saved:
            return [Ask("restore", {"name": setup.id}, "restore"), *_steps(vector)]
        if setup.state is not None:
            return [Ask("load", {"state": setup.state}, "load"), *_steps(vector)]
        save = Ask("save", {"name": setup.id}, "save")
        return [*_reaching(setup), save, *_steps(vector)]

    def _note(self, setup: Setup, verdict: Verdict) -> None:
        """Remember that the engine has a setup saved, if it came to the steps after it."""
        is_reached = verdict.divergence is not None and verdict.divergence.step is not None
        if (verdict.outcome is Outcome.PASSED or is_reached) and setup.state is None:
            self.saved.add(setup.id)

    def _place(self, setup: Setup, vector: Vector, outcome: Outcome) -> tuple[str, str]:
        """Return at which request the engine fails when they are sent one at a time."""
        if outcome is Outcome.TIMED_OUT or self.located >= TIMEOUTS_IN_A_ROW:
            return "", ""
        self.located += 1
        engine = self._started()
        for ask in (*_reaching(setup), *_steps(vector)):
            try:
                engine.request(ask.op, **ask.fields)
            except EngineFailureError:
                self.close()
                return f" (at {ask.where})", ask.name
        return " (only when the requests of the vector are sent as one batch)", "batch"


def _reaching(setup: Setup) -> Iterator[Ask]:
    """Yield the requests that lead to a setup."""
    yield Ask("reset", {"system": setup.system}, "reset")
    for number, action in enumerate(setup.actions, 1):
        where = f"action {number} of setup {setup.id}, {action['type']}"
        yield Ask("apply", {"action": action}, where, action=action)


def _steps(vector: Vector) -> Iterator[Ask]:
    """Yield the requests of a vector's own steps, and the observation after them."""
    for number, step in enumerate(vector.steps, 1):
        where = f"step {number} of {len(vector.steps)}, {step.action['type']}"
        yield Ask("apply", {"action": step.action}, where, number, step.action)
    yield Ask("observe", {}, "the observation at the end")


def _outcome_of(failure: EngineFailureError) -> Outcome:
    if isinstance(failure, EngineTimedOutError):
        return Outcome.TIMED_OUT
    if isinstance(failure, EngineGarbageError):
        return Outcome.ERRORED
    if isinstance(failure, EngineDiedError):
        return Outcome.CRASHED
    raise failure


def _judge(
    setup: Setup, vector: Vector, asked: Sequence[Ask], replies: Sequence[Reply], hello: Hello
) -> Verdict:
    for ask, reply in zip(asked, replies, strict=True):
        body = reply.body if isinstance(reply.body, dict) else {}
        if reply.kind == "errored":
            what = visible(str(body.get("message")), 500)
            return Verdict(Outcome.ERRORED, ask.where, ask.name, what)
        if reply.kind == "unsupported":
            capability = str(body.get("capability"))
            name = visible(capability, 80)
            if capability in hello.capabilities:
                what = f"{name} is called unsupported, but hello declares it"
                return Verdict(Outcome.ERRORED, ask.where, ask.name, what)
            what = f"the engine does not support {name}"
            return Verdict(Outcome.UNSUPPORTED, ask.where, ask.name, what)
        if ask.action is None and reply.kind == "ok":
            continue
        if reply.kind == "observation":
            expected = overlay(setup.observation, vector.post)
            rows = compare_observation(expected, body, hello.capabilities)
        elif ask.step is None:
            rows = compare_setup(reply)
        else:
            rows = compare_step(vector.steps[ask.step - 1].expect, reply, hello.capabilities)
        if rows:
            what = f"{next(row for row in rows if row.differs).path} differs"
            divergence = Divergence(ask.where, ask.step, ask.action, rows)
            return Verdict(Outcome.DIVERGED, ask.where, ask.name, what, divergence)
    return Verdict(Outcome.PASSED)
