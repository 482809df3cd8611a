"""One run of a campaign, in whatever process or on whatever machine: draw it, ask it, shrink it."""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cache
from threading import get_ident
from typing import TYPE_CHECKING, Final, NoReturn

from ibperp_conformance.fuzz.ask import ANSWERED, Difference, differs, failure_kind, opened
from ibperp_conformance.fuzz.corpus import beginnings
from ibperp_conformance.fuzz.finding import Finding
from ibperp_conformance.fuzz.generator.generate import LENGTH, Generated, generate
from ibperp_conformance.fuzz.generator.worlds import World
from ibperp_conformance.fuzz.laws import Laws
from ibperp_conformance.fuzz.script import scripted
from ibperp_conformance.fuzz.shrink import Asking, Shrinker, Shrunk
from ibperp_conformance.protocol.client import Engine, EngineFailureError
from ibperp_conformance.protocol.server import CAPABILITIES
from ibperp_conformance.protocol.wire import action_classes, decode_action, decode_system
from ibperp_conformance.runner.vectors import load_setups

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

    from ibperp.parameters import SystemParameters
    from ibperp_conformance.fuzz.generator.run import Step

AGAIN: Final = 4
"""How often a small run is repeated, to see whether the engine always answers so."""

EVERY: Final = (1, 5, 10, 25)
"""After how many steps the observation is compared; one of these, by the seed."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a run depends on: the same task has the same result wherever it is done.

    `command` is empty for the reference. `capabilities`: the parts of the system that are used.
    `is_lawful`: the invariants alone are checked, and no equality. `begun_at`: of a corpus.
    """

    seed: int
    known: Counter[str]
    command: tuple[str, ...]
    against: tuple[str, ...]
    capabilities: frozenset[str]
    timeout: float
    budget: float
    signatures: frozenset[str]
    is_lawful: bool = False
    begun_at: World | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What a run did; `raw` is the finding before it was made small.

    `beginnings`: lines of a corpus, by what they reach.
    """

    seed: int
    steps: int
    reached: Counter[str]
    finding: Finding | None = None
    raw: Finding | None = None
    signature: str = ""
    unchecked: dict[str, str] = field(default_factory=dict)
    beginnings: tuple[tuple[str, str], ...] = ()


def prepare() -> None:
    """Let an interrupt end this process at once, its engines with it, and without a word."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    end_engines()
    os._exit(1)


@cache
def starts() -> tuple[World, ...]:
    """Return the setups of the specification as worlds to begin with."""
    return tuple(
        World(
            setup.id,
            decode_system(dict(setup.system)),
            tuple(decode_action(dict(action)) for action in setup.actions),
        )
        for setup in load_setups().values()
        if setup.actions
    )


def admitted(capabilities: frozenset[str]) -> frozenset[str] | None:
    """Return the kinds of actions that an engine with these capabilities takes; None is all."""
    bricks = {name: kind.__module__.rpartition(".")[2] for name, kind in action_classes().items()}
    kinds = frozenset(name for name, brick in bricks.items() if brick in capabilities)
    return None if len(kinds) == len(bricks) else kinds


LAWS: Final = Laws()
"""What of the invariants was not checkable in this process."""


def asking(task: Task) -> Asking:
    """Return how a task asks its runs."""
    return LAWS.breaks if task.is_lawful else differs


_ENGINES: dict[tuple[int, tuple[str, ...]], Engine] = {}
"""The running engines of this process: one for every thread and command."""


def engine_of(command: tuple[str, ...], timeout: float) -> Engine:
    """Return the running engine of this thread, started if there is none."""
    key = (get_ident(), command)
    if key not in _ENGINES:
        _ENGINES[key] = opened(command, timeout)
    return _ENGINES[key]


def end_engine(command: tuple[str, ...]) -> None:
    """End an engine of this thread, so that the next question finds a new one."""
    engine = _ENGINES.pop((get_ident(), command), None)
    if engine:
        engine.close()


@atexit.register
def end_engines() -> None:
    """End all engines of this process."""
    while _ENGINES:
        _, engine = _ENGINES.popitem()
        engine.close()


def done(task: Task) -> Done:
    """Draw the run of a task and do it; say what of the invariants could not be checked."""
    run = drawn(task)
    found = tuple(beginnings(run, task.known))
    return replace(_done(task, run), unchecked=dict(LAWS.unchecked), beginnings=found)


def _done(task: Task, run: Generated) -> Done:
    """Ask the engine a run, and make what differs small."""
    counts = Counter(run.reached)
    if not task.command or not run.steps:
        return Done(task.seed, len(run.steps), counts)
    every = EVERY[task.seed % len(EVERY)]
    found = _asked(task, run, run.steps, every)
    if found is None:
        return Done(task.seed, len(run.steps), counts)
    return _reported(task, run, found, counts)


def drawn(task: Task) -> Generated:
    """Return the run of a task."""
    return generate(
        task.seed,
        task.known,
        starts(),
        length=LENGTH,
        admitted=admitted(task.capabilities),
        begun_at=task.begun_at,
    )


def _asked(task: Task, run: Generated, steps: Sequence[Step], every: int) -> Difference | None:
    other = engine_of(task.against, task.timeout) if task.against else None
    engine = engine_of(task.command, task.timeout)
    found = asking(task)(engine, run.start.system, steps, every, other)
    if found and _is_failure(found):
        end_engine(task.command)
    return found


def _is_failure(found: Difference) -> bool:
    return found.kind not in ANSWERED


def _reported(task: Task, run: Generated, found: Difference, counts: Counter[str]) -> Done:
    """Look where the difference is, whether it is always there, and make it small."""
    size = len(run.steps)
    placed = _failed_at(task, run) if _is_failure(found) else None
    exact = placed or _asked(task, run, run.steps, 1)
    again = exact if placed else _asked(task, run, run.steps, 1)
    if exact is None or again is None or exact.signature != again.signature:
        note = "The engine is not deterministic: it answered the same actions otherwise."
        return _unsteady(task, run, found, counts, note)
    signature = exact.signature
    if signature in task.signatures:
        return Done(task.seed, size, counts, signature=signature)
    system = run.start.system
    raw = Finding(task.seed, system, run.steps[: exact.step + 1], 1, exact, size, 0.0)
    end_engine(task.command)
    other = engine_of(task.against, task.timeout) if task.against else None

    def opens() -> Engine:
        end_engine(task.command)
        return engine_of(task.command, task.timeout)

    script = scripted(system, run.steps)
    shrinker = Shrinker(script, exact, opens, task.budget, other=other, asks=asking(task))
    small = shrinker.shrunk()
    if _is_failure(exact):
        end_engine(task.command)
    finding = replace(
        raw,
        steps=small.steps,
        own=small.own,
        difference=small.difference,
        seconds=small.seconds,
        note=_note(task, system, small),
    )
    return Done(task.seed, size, counts, finding, raw, signature)


def _note(task: Task, system: SystemParameters, small: Shrunk) -> str:
    """Return what else is known of an engine: it lies in hello, or does not always answer so."""
    rows = small.difference.rows
    if rows and rows[0].received == '"unsupported"':
        return "In hello the engine claims the capability that it calls unsupported."
    if _is_failure(small.difference):
        return ""
    other = engine_of(task.against, task.timeout) if task.against else None
    for _ in range(AGAIN):
        engine = engine_of(task.command, task.timeout)
        found = asking(task)(engine, system, small.steps, 1, other)
        if found is None or found.signature != small.difference.signature:
            return "The engine is not deterministic: it does not always answer these actions so."
    return ""


def _unsteady(
    task: Task, run: Generated, found: Difference, counts: Counter[str], note: str
) -> Done:
    unsteady = replace(found, kind="is not deterministic", rows=())
    steps = run.steps[: found.step + 1]
    finding = Finding(task.seed, run.start.system, steps, 1, unsteady, len(run.steps), 0.0, note)
    known = unsteady.signature in task.signatures
    return Done(
        task.seed, len(run.steps), counts, None if known else finding, finding, unsteady.signature
    )


def _failed_at(task: Task, run: Generated) -> Difference | None:
    """Return the failure of an engine at the step where it fails when each is sent alone."""
    end_engine(task.command)
    low, high = 0, len(run.steps)
    found: Difference | None = None
    while low < high:
        middle = (low + high) // 2
        again: Difference | None = None
        with contextlib.suppress(EngineFailureError):
            again = _asked(task, run, run.steps[: middle + 1], middle + 1)
        if again and _is_failure(again):
            found, high = again, middle
        else:
            low = middle + 1
    return found


def refused_hello(command: tuple[str, ...], timeout: float) -> str:
    """Return what is wrong with how an engine introduces itself; nothing if it does well."""
    try:
        with opened(command, timeout) as engine:
            claimed = engine.capabilities
    except EngineFailureError as failure:
        kind, told = failure_kind(failure), str(failure)
        return told if kind in told else f"{kind}: {told}"
    if unknown := claimed - set(CAPABILITIES):
        return f"hello names capabilities that do not exist: {', '.join(sorted(unknown))}"
    return "" if "custody" in claimed else "hello names no custody, which every run needs"
