"""Worked examples of the specification: executed, and rendered as the tables of the chapters.

A chapter holds fenced YAML blocks. One titled `Example base` gives the actions that every example
of the chapter starts from. One titled `Example: ...` gives further setup actions and the action
that is shown. What they leave out stands in `spec/examples/base.yaml` (`example_base`). `render`
writes two kinds of regions: between `<!-- table:begin -->` and `<!-- table:end -->` after an
example what it did, between `<!-- holdings:begin -->` and `<!-- holdings:end -->` who holds what in
the base.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from ibperp.actions import Action
from ibperp.outcomes import Accepted, Outcome
from ibperp.state import State, genesis
from ibperp.transition import transition
from ibperp_authoring import example_base
from ibperp_authoring.example_holdings import holdings
from ibperp_authoring.example_readings import Readings
from ibperp_authoring.markdown import rows
from ibperp_conformance.protocol import observation, wire

BEGIN: Final = "<!-- table:begin -->"
END: Final = "<!-- table:end -->"
ABSENT: Final = "-"
EMPTY: Final = (False, "0")
BASE_TITLE: Final = "Example base"
HOLDINGS: Final = re.compile(
    r"^<!-- holdings:begin -->\n.*?^<!-- holdings:end -->\n", re.DOTALL | re.MULTILINE
)

_PIECE: Final = re.compile(
    r'^```yaml title="(?P<title>Example[^"\n]*)"\n(?P<yaml>.*?)^```\n'
    r"|^<!-- table:begin -->\n(?P<table>.*?)^<!-- table:end -->\n",
    re.DOTALL | re.MULTILINE,
)

DIVISION: Final = '<div class="example" markdown="1">'
_MARKED: Final = re.compile(
    r"^All examples of this chapter start .*?^</details>\n"
    r'|(?:^(?![`#|<])(?:[^\n]+\n)*[^\n]*:\n\n)?^```yaml title="Example: .*?^<!-- table:end -->\n',
    re.DOTALL | re.MULTILINE,
)

Leaves: TypeAlias = Mapping[str, observation.Leaf]


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
        if title == BASE_TITLE:
            base = document
        else:
            waiting = run(title, base, document)
    if waiting is not None:
        raise ExampleError(f"{waiting.title}: no table follows")
    rendered = "".join((*pieces, chapter[end:]))
    return HOLDINGS.sub(lambda _: _holdings(base), rendered)


def _holdings(base: Mapping[str, object]) -> str:
    table = holdings(_started(BASE_TITLE, base, {}))
    return f"<!-- holdings:begin -->\n\n{table}\n<!-- holdings:end -->\n"


def marked(chapter: str) -> str:
    """Return the chapter with its base, and each example with the line that leads to it, marked.

    The mark is a `div` of the class `example`, by which a page can hide them.
    """
    return _MARKED.sub(lambda match: f"{DIVISION}\n\n{match[0]}\n</div>\n", chapter)


def without_examples(chapter: str) -> str:
    """Return the chapter without its examples and their tables."""
    return _MARKED.sub("", chapter)


def scripts(chapter: str) -> dict[str, dict[str, Any]]:
    """Return what each example of a chapter runs, by its title, with every field filled in.

    `system` are the system parameters, `setup` the actions that lead to the start, and `steps` the
    action that is shown.
    """
    found: dict[str, dict[str, Any]] = {}
    base: Mapping[str, object] = {}
    for match in _PIECE.finditer(chapter):
        if match["title"] is None:
            continue
        document = _document(match["title"], match["yaml"])
        if match["title"] == BASE_TITLE:
            base = document
            continue
        setup = (*_actions(base.get("setup")), *_actions(document.get("setup")))
        found[match["title"]] = {
            "system": example_base.system_of(base.get("system"), document.get("system")),
            "setup": [example_base.completed(action) for action in setup],
            "steps": [example_base.completed(document.get("action"))],
        }
    return found


def run(title: str, base: Mapping[str, object], example: Mapping[str, object]) -> Example:
    """Execute an example from its chapter's base; every setup action must be accepted.

    An example may change system parameters. Raises ExampleError.
    """
    state = _started(title, base, example)
    try:
        action = wire.decode_action(example_base.completed(example.get("action")))
    except wire.WireError as error:
        raise ExampleError(f"{title}: {error}") from error
    return Example(title, state, action, transition(state, action))


def _started(title: str, base: Mapping[str, object], example: Mapping[str, object]) -> State:
    """Return the state after the setup of the base and of the example; raise ExampleError."""
    try:
        system = example_base.system_of(base.get("system"), example.get("system"))
        state = genesis(wire.decode_system(system))
        for document in (*_actions(base.get("setup")), *_actions(example.get("setup"))):
            outcome = transition(state, wire.decode_action(example_base.completed(document)))
            if not isinstance(outcome, Accepted):
                raise ExampleError(f"{title}: setup action {document} is {outcome.code}")
            state = outcome.state
    except wire.WireError as error:
        raise ExampleError(f"{title}: {error}") from error
    return state


def table(example: Example) -> str:
    """Return the Markdown of an example: the changed leaves before and after, then the events."""
    outcome = example.outcome
    if not isinstance(outcome, Accepted):
        violated = ", ".join(f"`{code}`" for code in outcome.violated)
        code = f"Rejected with code `{outcome.code}`"
        return f"\n{code}; violated: {violated}. The state is unchanged.\n\n"
    leaves = rows(("leaf", "before", "after"), _changes(example.before, outcome.state))
    if not outcome.events:
        return f"\n{leaves}\nNo events.\n\n"
    readings = Readings(outcome.state)
    documents = [wire.encode_event(outcome.state, event) for event in outcome.events]
    events = rows(
        ("event", "type", "fields"),
        (
            (str(number), f"`{document['type']}`", _fields(document, readings))
            for number, document in enumerate(documents, start=1)
        ),
    )
    return f"\n{leaves}\nEvents, in order:\n\n{events}\n"


def _changes(before: State, after: State) -> Iterator[tuple[str, str, str]]:
    """Yield the rows of what changed.

    A record that came or went is one row with its leaves; those that are 0 or false are left out.
    """
    old, new = (observation.flatten(observation.observe(state)) for state in (before, after))
    changed = [path for path in sorted({*old, *new}) if old.get(path) != new.get(path)]
    were, are = Readings(before), Readings(after)
    for record, paths in groupby(changed, lambda path: _record(path, old, new)):
        members = list(paths)
        if len(members) == 1:
            path = members[0]
            yield f"`{path}`", _cell(path, old.get(path), were), _cell(path, new.get(path), are)
        elif members[0] in new:
            yield f"`{record}`", ABSENT, _members(record, members, new, are)
        else:
            yield f"`{record}`", _members(record, members, old, were), ABSENT


def _record(path: str, old: Leaves, new: Leaves) -> str:
    """Return the outermost record of a leaf that only one of two observations has, or the leaf."""
    if (path in old) == (path in new):
        return path
    without = old if path in new else new
    names = path.split("/")
    for length in range(2, len(names)):
        record = "/".join(names[:length])
        if not any(other.startswith(f"{record}/") for other in without):
            return record
    return path


def _members(record: str, paths: list[str], leaves: Leaves, readings: Readings) -> str:
    told = [path for path in paths if leaves[path] not in EMPTY] or paths
    return ", ".join(
        f"{path.removeprefix(record + '/')} {_cell(path, leaves[path], readings)}" for path in told
    )


def _fields(document: Mapping[str, object], readings: Readings) -> str:
    return ", ".join(
        f"{name} {_shown(value, readings.event(document, name))}"
        for name, value in document.items()
        if name != "type"
    )


def _cell(path: str, value: observation.Leaf | None, readings: Readings) -> str:
    if value is None:
        return ABSENT
    return _shown(value, readings.leaf(path, str(value)))


def _shown(value: object, reading: str) -> str:
    written = f"`{str(value).lower() if isinstance(value, bool) else value}`"
    return f"{written} ({reading})" if reading else written


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
