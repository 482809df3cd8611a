"""Explore every setup breadth first: `python -m ibperp_conformance.exhaust -- COMMAND`.

What was explored of the present code is not explored again, so a run that was stopped goes on.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import shlex
import sys
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ibperp.outcomes import Accepted
from ibperp.state import genesis
from ibperp.transition import transition
from ibperp_conformance.exhaust.explore import Exploration, Found, digest, explore
from ibperp_conformance.files import WrongUseError, writable, write_atomically
from ibperp_conformance.fuzz.ask import opened
from ibperp_conformance.fuzz.finding import Finding, as_file
from ibperp_conformance.fuzz.generator.run import Step
from ibperp_conformance.fuzz.work import starts
from ibperp_conformance.progress import Progress
from ibperp_conformance.protocol.client import Engine, EngineFailureError
from ibperp_conformance.runner.vectors import VectorError
from ibperp_conformance.spec_files import SpecMissingError
from ibperp_invariants.search.exhausted import (
    Exhausted,
    Explored,
    exhaust_hash,
    read_exhausted,
    write_exhausted,
)

if TYPE_CHECKING:
    from ibperp_conformance.fuzz.ask import Asked
    from ibperp_conformance.fuzz.generator.worlds import World

NOTHING, WRONG, WRONG_USE, STOPPED = 0, 1, 2, 130
TIMEOUT: Final = 60.0
REFUSED: Final = (
    WrongUseError,
    EngineFailureError,
    SpecMissingError,
    VectorError,
    ValueError,
    OSError,
)
"""What ends the command with a message."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; print a line for each setup, and where an answer is wrong."""
    options = _parser().parse_args(arguments)
    try:
        with ExitStack() as stack:
            engine, name = None, ""
            if options.command:
                engine = stack.enter_context(_opened(options.command))
                name = shlex.join(options.command)
            figures = _begun(options, name)
            return _explored(options, figures, engine)
    except REFUSED as error:
        print(f"exhaust: {error}", file=sys.stderr)
        return WRONG_USE
    except KeyboardInterrupt:
        print("\nstopped; the same command continues from here", file=sys.stderr)
        return STOPPED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ibperp_conformance.exhaust",
        description="Try every run of a few actions from every setup, all invariants on, and "
        "compare replies and observations with an engine.",
        epilog="exit codes: 0 nothing is wrong, 1 something is, 2 wrong use, 130 stopped",
    )
    parser.add_argument("--depth", type=int, default=3, help="the most actions of a run (3)")
    parser.add_argument(
        "--steps", type=int, default=12_000, help="the most steps from a setup (12000)"
    )
    parser.add_argument(
        "--only", default="", metavar="WORD", help="setups whose name has this word"
    )
    parser.add_argument(
        "--figures",
        type=Path,
        default=Path("exhausted.json"),
        metavar="FILE",
        help="where figures are kept (exhausted.json); those that ship are made by make exhaust",
    )
    parser.add_argument(
        "--finding",
        type=Path,
        metavar="FILE",
        help="where the first finding is written as a vector",
    )
    parser.add_argument("command", nargs="*", metavar="COMMAND", help="the engine, after --")
    return parser


def _opened(command: Sequence[str]) -> Engine:
    """Start an engine that can load a state; raise WrongUseError or EngineFailureError."""
    engine = opened(command, TIMEOUT)
    if "states" not in engine.capabilities:
        engine.close()
        raise WrongUseError("the engine has no capability states: it cannot load one (CF-10)")
    return engine


def _begun(options: argparse.Namespace, engine: str) -> Exhausted:
    """Return what is known already; of other limits or of another engine nothing is."""
    writable(options.figures, "figures")
    if options.finding:
        writable(options.finding, "finding")
    known = read_exhausted(options.figures)
    fresh = Exhausted(options.depth, options.steps, engine)
    if known is None or replace(known, setups={}) != fresh:
        return fresh
    return known


def _explored(options: argparse.Namespace, figures: Exhausted, engine: Asked | None) -> int:
    worlds = [world for world in starts() if options.only in world.name]
    if not worlds:
        raise WrongUseError(f"no setup has {options.only!r} in its name")
    for world in worlds:
        steps = walked(world)
        state, code = steps[-1].after, exhaust_hash()
        setup = digest(state).hex()[:16]
        known = figures.setups.get(world.name)
        if known and (known.setup, known.code) == (setup, code):
            continue
        with Progress(f"states after {world.name}") as progress:
            done = explore(state, figures.depth, figures.steps, engine, progress.step)
        if done.found:
            return _wrong(options, world, steps, done.found)
        today = dt.datetime.now(dt.UTC).date().isoformat()
        entry = Explored(
            done.depth,
            len(done.actions),
            done.states,
            done.steps,
            done.accepted,
            today,
            setup,
            code,
        )
        figures = replace(figures, setups=_put(figures, world.name, entry))
        write_exhausted(options.figures, figures)
        print(f"{world.name}: {_told(done)}", flush=True)
    steps_of_all = sum(entry.steps for entry in figures.setups.values())
    print(
        f"{len(figures.setups)} setups to depth {figures.least()}, {steps_of_all} steps, none wrong"
    )
    return NOTHING


def walked(world: World) -> tuple[Step, ...]:
    """Return the steps that lead from genesis to a setup, all of them accepted."""
    state, steps = genesis(world.system), []
    for action in world.actions:
        steps.append(Step(state, action, transition(state, action)))
        assert isinstance(steps[-1].outcome, Accepted), (world.name, action)
        state = steps[-1].after
    return tuple(steps)


def _put(figures: Exhausted, name: str, entry: Explored) -> dict[str, Explored]:
    """Return the figures with one more, in the order of the setups, without those that are gone."""
    known = {**figures.setups, name: entry}
    return {world.name: known[world.name] for world in starts() if world.name in known}


def _told(done: Exploration) -> str:
    return (
        f"depth {done.depth}, {len(done.actions)} actions, {done.states} states, "
        f"{done.steps} steps, {done.accepted} accepted"
    )


def _wrong(options: argparse.Namespace, world: World, lead: Iterable[Step], found: Found) -> int:
    """Print a finding, and write it as a vector if it is wanted."""
    steps = (*lead, *found.steps)
    wrong = replace(found.difference, step=len(steps) - 1)
    own = len(found.steps)
    finding = Finding(0, world.system, steps, own, wrong, from_steps=own, seconds=0.0)
    print(f"{world.name}: {finding.sentence}", file=sys.stderr)
    if options.finding:
        content = json.dumps(as_file(finding, shlex.join(options.command)), indent=1)
        write_atomically(options.finding, [content, "\n"], "finding")
        print(f"written as a vector to {options.finding}", file=sys.stderr)
    return WRONG


if __name__ == "__main__":
    sys.exit(main())
