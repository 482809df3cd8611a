"""Ask an engine a whole run and find the first place where it answers otherwise."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from ibperp_conformance.protocol.client import (
    Engine,
    EngineDiedError,
    EngineFailureError,
    EngineGarbageError,
    EngineTimedOutError,
    Reply,
)
from ibperp_conformance.protocol.observation import flatten as flat
from ibperp_conformance.protocol.observation import observe
from ibperp_conformance.protocol.states import dump
from ibperp_conformance.protocol.wire import (
    encode_action,
    encode_outcome,
    encode_system,
    type_name,
)
from ibperp_conformance.runner.comparison import Row, compare, compare_observation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibperp.parameters import SystemParameters
    from ibperp_conformance.fuzz.generator.run import Step
    from ibperp_conformance.protocol.client import Fields

ANSWERED: Final = frozenset({"reply", "observation", "violated", "invariant"})
"""The kinds of differences of an engine that answers; every other kind is how it failed."""

BATCH: Final = 1000
ID: Final = re.compile(r"\d+")

Request = tuple[str, "Fields"]


class Asked(Protocol):
    """What answers requests: an engine in another process, or one in this."""

    capabilities: frozenset[str]

    def batch(self, requests: Sequence[Request]) -> list[Reply]:
        """Return a reply to each request; raise EngineFailureError."""
        ...


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place where an engine answers otherwise.

    `step` counts from 0. `kind` is one of ANSWERED, or how the engine failed. `expected` and
    `received` are both answers, whole. `clauses`: those of a broken invariant.
    """

    step: int
    kind: str
    action: str
    path: str
    expected: Any
    received: Any
    rows: tuple[Row, ...] = ()
    clauses: tuple[str, ...] = ()

    @property
    def signature(self) -> str:
        """What findings with the same cause have in common: numbers and names taken out."""
        row = next((row for row in self.rows if row.differs), None)
        if self.kind == "invariant":
            return f"{self.action} | invariant | {self.path}"
        sides = [_coarse(row.expected), _coarse(row.received)] if row else []
        return " | ".join((self.action, self.kind, _shape(self.path), *sides))


FAILURES: Final[dict[type, str]] = {
    EngineTimedOutError: "timed out",
    EngineGarbageError: "broke the protocol",
    EngineDiedError: "crashed",
}


def failure_kind(failure: EngineFailureError) -> str:
    """Return in words how an engine failed."""
    return FAILURES.get(type(failure), "failed")


def differs(
    engine: Asked,
    system: SystemParameters,
    steps: Sequence[Step],
    every: int,
    other: Asked | None = None,
    *,
    loaded: int = 0,
) -> Difference | None:
    """Return the first difference between an engine and the reference, or another engine.

    The observation is compared after every `every`-th step and after the last. With `loaded`, so
    many steps are not sent: their state is loaded. Raise EngineFailureError where `other` fails.
    """
    places, requests = _requests(system, steps, every, loaded)
    expected = reference_replies(steps, places) if other is None else answers(other, requests)
    try:
        received = answers(engine, requests)
    except EngineFailureError as failure:
        return failed(steps, failure)
    shared = engine.capabilities if other is None else engine.capabilities & other.capabilities
    for place, wanted, found in zip(places, expected, received, strict=True):
        difference = different(steps, place, wanted, found, shared)
        if difference:
            return difference
    return None


def _requests(
    system: SystemParameters, steps: Sequence[Step], every: int, loaded: int
) -> tuple[list[tuple[int, str]], list[Request]]:
    """Return the requests of a run, each with the step that it is about and its operation."""
    places: list[tuple[int, str]] = [(loaded, "load" if loaded else "reset")]
    requests: list[Request] = [("reset", {"system": encode_system(system)})]
    if loaded:
        requests = [("load", {"state": dump(steps[loaded].before)})]
    for place in range(loaded, len(steps)):
        requests.append(("apply", {"action": encode_action(steps[place].action)}))
        places.append((place, "apply"))
        if (place + 1) % every == 0 or place == len(steps) - 1:
            requests.append(("observe", {}))
            places.append((place, "observe"))
    return places, requests


def reference_replies(steps: Sequence[Step], places: Sequence[tuple[int, str]]) -> list[Reply]:
    """Return what the reference replies; a place is a step and the operation that is about it."""
    replies = []
    for place, operation in places:
        step = steps[place]
        if operation == "apply":
            ((kind, body),) = encode_outcome(step.before, step.outcome).items()
            replies.append(Reply(kind, body))
        elif operation == "observe":
            replies.append(Reply("observation", observe(step.after)))
        else:
            replies.append(Reply("ok", {}))
    return replies


def answers(engine: Asked, requests: Sequence[Request]) -> list[Reply]:
    """Return the replies to all requests, sent in batches; raise EngineFailureError."""
    replies: list[Reply] = []
    for first in range(0, len(requests), BATCH):
        replies += engine.batch(requests[first : first + BATCH])
    return replies


def different(
    steps: Sequence[Step],
    place: tuple[int, str],
    wanted: Reply,
    found: Reply,
    capabilities: frozenset[str],
) -> Difference | None:
    """Return in what a reply about a place differs from the wanted one, or None."""
    index, operation = place
    action = type_name(type(steps[index].action))
    if wanted.kind == found.kind and wanted.body == found.body:
        return None
    is_shown = operation == "observe" and wanted.kind == found.kind
    if is_shown and isinstance(wanted.body, dict) and isinstance(found.body, dict):
        leaves, others = flat(wanted.body), flat(found.body)
        rows = compare_observation(leaves, found.body, capabilities)
        if not rows:
            return None
        path = next(row.path for row in rows if row.differs)
        sides = (leaves.get(path), others.get(path))
        return Difference(index, "observation", action, path, *sides, rows)
    rows = compare(_told(wanted, capabilities), _told(found, capabilities))
    if rows:
        path = next(row.path for row in rows if row.differs)
        return Difference(index, "reply", action, path, wanted.body, found.body, rows)
    return _noted(index, action, wanted, found)


def _noted(index: int, action: str, wanted: Reply, found: Reply) -> Difference | None:
    """Compare `violated`, which an engine may leave out and which never decides (CF-7)."""
    if wanted.kind != "rejected" or not isinstance(found.body, dict):
        return None
    lists = [own.body.get("violated") for own in (wanted, found) if isinstance(own.body, dict)]
    if None in lists or lists[0] == lists[1]:
        return None
    rows = (Row("violated", str(lists[0]), str(lists[1])),)
    return Difference(index, "violated", action, "violated", wanted.body, found.body, rows)


def _told(reply: Reply, capabilities: frozenset[str]) -> dict[str, object]:
    """Return the leaves of a reply that decide (CF-7)."""
    body = reply.body if isinstance(reply.body, dict) else {}
    leaves: dict[str, object] = {"outcome": reply.kind}
    if reply.kind == "rejected":
        leaves["code"] = body.get("code")
    elif reply.kind == "errored":
        leaves["message"] = body.get("message")
    elif reply.kind == "accepted" and "events" in capabilities:
        listed = body.get("events", [])
        leaves |= {f"events/{name}": value for name, value in flat({"": listed}).items()}
        leaves["events"] = len(listed)
    return leaves


def failed(steps: Sequence[Step], failure: EngineFailureError) -> Difference:
    """Return how an engine failed; where is found by asking fewer steps, later."""
    kind = failure_kind(failure)
    last = len(steps) - 1
    action = type_name(type(steps[last].action))
    text = re.sub(r"\d+", "N", str(failure))
    return Difference(last, kind, action, text, "a reply", str(failure))


def _shape(path: str) -> str:
    """Return a path without ids and names, so that the same leaf of two accounts is one."""
    parts = ID.sub("*", path).split("/")
    if parts[0] in {"assets", "markets", "chains"} and len(parts) > 1:
        parts[1] = "*"
    return "/".join(
        "*" if part.isupper() or ("_" in part and part[0].isupper()) else part for part in parts
    )


def _coarse(text: str | None) -> str:
    """Return a value without its numbers: words stay, for they tell two causes apart."""
    if text is None:
        return "nothing"
    word = text.strip('"')
    return "a number" if re.fullmatch(r"-?\d+", word) else ID.sub("*", word)


def opened(command: Sequence[str], timeout: float) -> Engine:
    """Start an engine and introduce the runner; raise EngineFailureError."""
    engine = Engine(command, timeout)
    try:
        engine.hello()
    except EngineFailureError:
        engine.close()
        raise
    return engine
