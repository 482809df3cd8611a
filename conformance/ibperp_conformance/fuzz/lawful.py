"""`ibperp conform --invariants`: the runs of the vectors, held to the invariants alone."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from ibperp.outcomes import Accepted
from ibperp.state import genesis
from ibperp.transition import transition
from ibperp_conformance.fuzz.ask import ANSWERED, opened
from ibperp_conformance.fuzz.generator.run import Step
from ibperp_conformance.fuzz.laws import Laws
from ibperp_conformance.fuzz.work import admitted
from ibperp_conformance.json_text import visible
from ibperp_conformance.progress import Progress
from ibperp_conformance.protocol.wire import decode_action, decode_system, type_name
from ibperp_conformance.runner.campaign import embedded_command

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ibperp.parameters import SystemParameters
    from ibperp.state import State
    from ibperp_conformance.runner.vectors import Object, Setup, Suite, Vector

SHOWN: Final = 20
"""So many vectors that break an invariant are shown."""


def main_lawful(
    suite: Suite, vectors: Sequence[Vector], command: Sequence[str], timeout: float
) -> int:
    """Ask every vector's actions, and say which invariants break and which cannot be checked.

    Return the exit code; raise EngineFailureError if the engine cannot be run.
    """
    laws, broken, skipped = Laws(), list[str](), 0
    engine = opened(command or embedded_command(), timeout)
    starts = {setup.id: _begun(setup) for setup in suite.setups.values()}
    kinds = admitted(engine.capabilities)
    has_states = "states" in engine.capabilities
    with Progress("vectors", len(vectors)) as progress:
        for vector in vectors:
            progress.step()
            system, begun = starts[vector.setup]
            steps = (*begun, *_steps(_state(system, begun), (own.action for own in vector.steps)))
            if kinds is not None and not all(type_name(type(own.action)) in kinds for own in steps):
                skipped += 1
                continue
            loaded = len(begun) if has_states and begun else 0
            found = laws.breaks(engine, system, steps, 1, loaded=loaded)
            if found:
                clauses = f" [{', '.join(found.clauses)}]" if found.clauses else ""
                broken.append(f"{vector.id}: {found.path}{clauses}: {found.received}")
            if found and found.kind not in ANSWERED:
                engine.close()
                engine = opened(command or embedded_command(), timeout)
    engine.finish()
    engine.close()
    return _told(len(vectors), broken, skipped, laws)


def _told(count: int, broken: list[str], skipped: int, laws: Laws) -> int:
    for line in broken[:SHOWN]:
        sys.stdout.write(f"{visible(line)}\n")
    if len(broken) > SHOWN:
        sys.stdout.write(f"... and {len(broken) - SHOWN} more\n")
    for name, missing in laws.unchecked.items():
        sys.stdout.write(f"{name}: not checkable: missing {visible(missing)}\n")
    held = count - skipped - len(broken)
    sys.stdout.write(f"the invariants hold in {held} of {count} runs; {skipped} were not checked\n")
    return 1 if broken else 0


def _begun(setup: Setup) -> tuple[SystemParameters, tuple[Step, ...]]:
    """Return the system of a setup and the steps that lead to it."""
    system = decode_system(dict(setup.system))
    return system, tuple(_steps(genesis(system), setup.actions))


def _state(system: SystemParameters, begun: Sequence[Step]) -> State:
    return begun[-1].after if begun else genesis(system)


def _steps(state: State, actions: Iterable[Object]) -> list[Step]:
    steps = []
    for shown in actions:
        action = decode_action(dict(shown))
        outcome = transition(state, action)
        steps.append(Step(state, action, outcome))
        state = outcome.state if isinstance(outcome, Accepted) else state
    return steps
