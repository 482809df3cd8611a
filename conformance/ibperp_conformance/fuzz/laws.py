"""Ask an engine a whole run and hold what it shows to the invariants alone.

Nothing is compared with the reference, which only draws the actions: for an engine that rounds or
books otherwise. What an engine does not show leaves invariants unchecked, and that is told.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ibperp_conformance.fuzz.ask import Difference, answers, failed
from ibperp_conformance.protocol.client import EngineFailureError, Reply
from ibperp_conformance.protocol.states import dump
from ibperp_conformance.protocol.wire import encode_action, encode_system, type_name
from ibperp_conformance.runner.comparison import Row
from ibperp_invariants.check.trace import report_of_trace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibperp.parameters import SystemParameters
    from ibperp_conformance.fuzz.ask import Asked, Request
    from ibperp_conformance.fuzz.generator.run import Step

HOLDS: Final = "holds"


@dataclass(slots=True)
class Laws:
    """Holds runs to the invariants; `unchecked` names those that were not checkable, and why."""

    unchecked: dict[str, str] = field(default_factory=dict)

    def breaks(
        self,
        engine: Asked,
        system: SystemParameters,
        steps: Sequence[Step],
        every: int,
        other: Asked | None = None,
        *,
        loaded: int = 0,
    ) -> Difference | None:
        """Return the first step after which an invariant is broken, as `differs` has it.

        Every observation is looked at, whatever `every` says; there is no `other` engine.
        """
        del every, other
        start: Request = ("reset", {"system": encode_system(system)})
        header: dict[str, Any] = {"system": encode_system(system)}
        if loaded:
            state = dump(steps[loaded].before)
            start = ("load", {"state": state})
            header |= {name: state[name] for name in ("system", "assets", "markets")}
        header["capabilities"] = sorted(engine.capabilities)
        actions = [encode_action(step.action) for step in steps[loaded:]]
        requests: list[Request] = [start, ("observe", {})]
        for action in actions:
            requests += [("apply", {"action": action}), ("observe", {})]
        try:
            replies = answers(engine, requests)
        except EngineFailureError as failure:
            return failed(steps, failure)
        if loaded:
            header["observation"] = replies[1].body
        pairs = list(zip(replies[2::2], replies[3::2], strict=True))
        return self._judged(steps, loaded, header, actions, pairs)

    def _judged(
        self,
        steps: Sequence[Step],
        loaded: int,
        header: dict[str, Any],
        actions: Sequence[Any],
        pairs: Sequence[tuple[Reply, Reply]],
    ) -> Difference | None:
        """Check the trace of a run as far as the engine answers to its actions."""
        lines, places = [json.dumps(header)], [loaded]
        ill: Difference | None = None
        for place, (action, (answer, shown)) in enumerate(zip(actions, pairs, strict=True), loaded):
            if answer.kind == "unsupported":
                continue
            if answer.kind == "errored" or shown.kind != "observation":
                ill = _ill(steps, place, answer)
                break
            line = {"action": action, "outcome": {answer.kind: answer.body}}
            lines.append(json.dumps({**line, "observation": shown.body}))
            places.append(place)
        report = report_of_trace(lines)
        for name, lacking in report.unchecked.items():
            self.unchecked.setdefault(name, lacking.missing)
        if not report.violations:
            return ill
        first = report.violations[0]
        place, broken = places[first.line - 1], first.violation
        row = Row(broken.invariant, HOLDS, broken.message)
        kind = type_name(type(steps[place].action))
        name, told = broken.invariant, broken.message
        return Difference(place, "invariant", kind, name, HOLDS, told, (row,), broken.clauses)


def _ill(steps: Sequence[Step], place: int, answer: Reply) -> Difference:
    """Return that an engine calls a well-formed action an error (CF-6)."""
    kind = type_name(type(steps[place].action))
    row = Row("outcome", "accepted or rejected", answer.kind)
    return Difference(place, "reply", kind, "outcome", "an outcome", answer.body, (row,))
