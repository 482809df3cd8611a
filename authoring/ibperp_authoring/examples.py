"""Worked examples of the specification: executed, and rendered as the tables of the chapters.

A chapter holds fenced YAML blocks. One titled `Example base` gives the system parameters and the
actions that every example of the chapter starts from. One titled `Example: ...` gives further
setup actions and the action that is shown. The region between `<!-- table:begin -->` and
`<!-- table:end -->` after an example is written by `render`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from ibperp.actions import Action
from ibperp.outcomes import Accepted, Outcome
from ibperp.state import State, genesis
from ibperp.transition import transition
from ibperp_conformance.protocol import observation, wire

BEGIN: Final = "<!-- table:begin -->"
END: Final = "<!-- table:end -->"
ABSENT: Final = "-"

_PIECE: Final = re.compile(
    r'^```yaml title="(?P<title>Example[^"\n]*)"\n(?P<yaml>.*?)^```\n'
    r"|^<!-- table:begin -->\n(?P<table>.*?)^<!-- table:end -->\n",
    re.DOTALL | re.MULTILINE,
)


class ExampleError(Exception):
    """An example cannot be executed; the message names its title and what is wrong."""


@dataclass(frozen=True, slots=True)
class Example:
    """One executed example: the state before its action, the action, and what it led to."""

    title: str
    before: State
    action: Action
    outcome: Outcome


def render(chapter: str) -> str:
    """Return the chapter with every generated table written anew; raise ExampleError."""
    pieces: list[str] = []
    base: Mapping[str, object] = {}
    waiting: Example | None = None
    end = 0
    for match in _PIECE.finditer(chapter):
        pieces.append(chapter[end : match.start()])
        end = match.end()
        title = match["title"]
        if title is None:
            if waiting is None:
                raise ExampleError(f"a table follows no example: {match['table'][:60]!r}")
            pieces.append(f"{BEGIN}\n{table(waiting)}{END}\n")
            waiting = None
            continue
        if waiting is not None:
            raise ExampleError(f"{waiting.title}: no table follows")
        pieces.append(match[0])
        document = _document(title, match["yaml"])
        if title == "Example base":
            base = document
        else:
            waiting = run(title, base, document)
    if waiting is not None:
        raise ExampleError(f"{waiting.title}: no table follows")
    return "".join((*pieces, chapter[end:]))


def without_examples(chapter: str) -> str:
    """Return the chapter without its examples and their tables."""
    return _PIECE.sub("", chapter)


def run(title: str, base: Mapping[str, object], example: Mapping[str, object]) -> Example:
    """Execute an example from its chapter's base; every setup action must be accepted.

    An example may bring system parameters of its own. Raises ExampleError.
    """
    try:
        state = genesis(wire.decode_system(example.get("system", base.get("system"))))
        setup = (*_actions(base.get("setup")), *_actions(example.get("setup")))
        for document in setup:
            outcome = transition(state, wire.decode_action(document))
            if not isinstance(outcome, Accepted):
                raise ExampleError(f"{title}: setup action {document} is {outcome.code}")
            state = outcome.state
        action = wire.decode_action(example.get("action"))
    except wire.WireError as error:
        raise ExampleError(f"{title}: {error}") from error
    return Example(title, state, action, transition(state, action))


def table(example: Example) -> str:
    """Return the Markdown of an example: the changed leaves before and after, then the events."""
    outcome = example.outcome
    if not isinstance(outcome, Accepted):
        violated = ", ".join(f"`{code}`" for code in outcome.violated)
        code = f"Rejected with code `{outcome.code}`"
        return f"\n{code}; violated: {violated}. The state is unchanged.\n\n"
    before = observation.flatten(observation.observe(example.before))
    after = observation.flatten(observation.observe(outcome.state))
    changed = [path for path in sorted({*before, *after}) if before.get(path) != after.get(path)]
    leaves = rows(
        ("leaf", "before", "after"),
        ((f"`{path}`", _cell(before.get(path)), _cell(after.get(path))) for path in changed),
    )
    if not outcome.events:
        return f"\n{leaves}\nNo events.\n\n"
    documents = [wire.encode_event(outcome.state, event) for event in outcome.events]
    events = rows(
        ("event", "type", "fields"),
        (
            (str(number), f"`{document['type']}`", _fields(document))
            for number, document in enumerate(documents, start=1)
        ),
    )
    return f"\n{leaves}\nEvents, in order:\n\n{events}\n"


def rows(head: tuple[str, ...], cells: Iterable[tuple[str, ...]]) -> str:
    """Return a table in Markdown."""
    lines = (head, tuple("---" for _ in head), *cells)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _fields(document: Mapping[str, object]) -> str:
    return ", ".join(f"{key} `{value}`" for key, value in document.items() if key != "type")


def _cell(value: object) -> str:
    if value is None:
        return ABSENT
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _document(title: str, text: str) -> Mapping[str, object]:
    try:
        document = YAML(typ="safe").load(text)
    except YAMLError as error:
        raise ExampleError(f"{title}: {error}") from error
    if not isinstance(document, dict):
        raise ExampleError(f"{title}: expected a mapping")
    return document


def _actions(documents: object) -> list[object]:
    return list(documents) if isinstance(documents, list) else []
