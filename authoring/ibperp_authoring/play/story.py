"""A short story told by the reference: what the steps led to, which clauses took part, what holds.

It answers what a page shows under an example or a vector; the page sends JSON text and gets some.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from functools import cache
from types import FrameType
from typing import Any, Final

from ibperp.actions import Action
from ibperp.outcomes import Accepted, Outcome
from ibperp.state import State, genesis
from ibperp.transition import transition
from ibperp_conformance.protocol.observation import flatten, observe
from ibperp_conformance.protocol.wire import (
    WireError,
    decode_action,
    decode_system,
    encode_outcome,
)
from ibperp_conformance.spec_files import spec_path
from ibperp_conformance.specification.chapters import clauses_in
from ibperp_invariants import INVARIANTS, Follower

STORY: Final = ("system", "setup", "steps")
REFERENCE: Final = "ibperp."


class StoryError(ValueError):
    """A story that cannot be told; the message names the place, what is wrong, and what to do."""


def tell(text: str) -> str:
    """Return what a story leads to, as JSON text; its one field is `error` if it cannot be told."""
    try:
        return json.dumps(told(read_story(text)))
    except StoryError as error:
        return json.dumps({"error": str(error)})


def told(story: Mapping[str, Any]) -> dict[str, Any]:
    """Return the outcomes of the steps, the leaves before and after, clauses and invariants.

    Raises StoryError for what cannot be read, and for a start that the rules refuse.
    """
    state = started(json.dumps(story["system"]), json.dumps(story["setup"]))
    before, outcomes, violations = flatten(observe(state)), [], []
    follower, called = Follower(), set[str]()
    for number, document in enumerate(story["steps"], 1):
        action = _read(f"step {number}", decode_action, document)
        outcome, functions = followed(state, action)
        called |= functions
        violations += follower.check(state, action, outcome)
        outcomes.append(encode_outcome(state, outcome))
        state = outcome.state if isinstance(outcome, Accepted) else state
    return {
        "steps": outcomes,
        "before": before,
        "after": flatten(observe(state)),
        "clauses": clauses_of(called),
        "invariants": len(INVARIANTS),
        "violations": [
            {"invariant": own.invariant, "clauses": own.clauses, "message": own.message}
            for own in violations
        ],
    }


@cache
def started(system: str, setup: str) -> State:
    """Return the state that a setup leads to; raise StoryError if an action of it is refused."""
    state = genesis(_read("system", decode_system, json.loads(system)))
    for number, document in enumerate(json.loads(setup), 1):
        where = f"setup, action {number}"
        outcome = transition(state, _read(where, decode_action, document))
        if not isinstance(outcome, Accepted):
            raise StoryError(f"{where}: rejected as {outcome.code}; change it or remove it")
        state = outcome.state
    return state


def followed(state: State, action: Action) -> tuple[Outcome, set[str]]:
    """Return the outcome of an action, and the functions of the reference that ran for it."""
    called: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        module = str(frame.f_globals.get("__name__", ""))
        if event == "call" and module.startswith(REFERENCE):
            called.add(f"{module}.{frame.f_code.co_qualname}")

    sys.setprofile(note)
    try:
        return transition(state, action), called
    finally:
        sys.setprofile(None)


def clauses_of(functions: set[str]) -> list[str]:
    """Return the clauses that some of the functions execute, in the order of the chapters."""
    return [clause for clause, names in bindings().items() if functions.intersection(names)]


@cache
def bindings() -> Mapping[str, tuple[str, ...]]:
    """Return the functions that execute each clause, as the chapters name them."""
    return {
        clause.clause: clause.names("function")
        for clauses in clauses_in(spec_path()).values()
        for clause in clauses
    }


def read_story(text: str) -> Mapping[str, Any]:
    """Return a story of JSON text; raise StoryError if invalid."""
    try:
        story = json.loads(text)
    except ValueError as error:
        raise StoryError(f"not JSON: {error}; write one JSON object") from None
    if not isinstance(story, dict) or not set(STORY) <= story.keys():
        raise StoryError(f"expected an object with {', '.join(STORY)}")
    for name in ("setup", "steps"):
        if not isinstance(story[name], list):
            raise StoryError(f"{name}: expected a list of actions, such as [{{...}}]")
    return story


def _read(where: str, decode: Callable[[object], Any], document: object) -> Any:
    try:
        return decode(document)
    except WireError as error:
        raise StoryError(f"{where}: {error}") from None
