"""Worked examples of the specification: executed, and rendered as the tables of the chapters.

A chapter holds fenced YAML blocks. One titled `Example base` gives the actions that every example
of the chapter starts from. One titled `Example: ...` gives further setup actions and the action
that is shown. In a setup, `accounts` opens accounts with what is deposited to each. An example can
start where an earlier example of the chapter ended (`after`), or with the
setup of an earlier example (`like`); both name the title. What examples leave out stands in
`spec/examples/base.yaml` (`example_base`). `render` writes two kinds of regions: between
`<!-- table:begin -->` and `<!-- table:end -->` after an example what it did (`example_tables`),
between `<!-- holdings:begin -->` and `<!-- holdings:end -->` who holds what in the base.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from ibperp.actions import Action
from ibperp.outcomes import Accepted, Outcome
from ibperp.state import State, genesis
from ibperp.transition import transition
from ibperp_authoring import example_base
from ibperp_authoring.example_holdings import holdings
from ibperp_authoring.example_tables import tables
from ibperp_conformance.protocol import wire

BEGIN: Final = "<!-- table:begin -->"
END: Final = "<!-- table:end -->"
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
    waiting: Example | None = None
    end = 0
    documents = _documents(chapter)
    base = documents.get(BASE_TITLE, {})
    for match in _PIECE.finditer(chapter):
        pieces.append(chapter[end : match.start()])
        end = match.end()
        title = match["title"]
        if title is None:
            if waiting is None:
                raise ExampleError(f"a table follows no example: {match['table'][:60]!r}")
            pieces.append(f"{BEGIN}\n{tables(waiting.before, waiting.outcome)}{END}\n")
            waiting = None
            continue
        if waiting is not None:
            raise ExampleError(f"{waiting.title}: no table follows")
        pieces.append(match[0])
        if title != BASE_TITLE:
            waiting = run(title, base, documents[title])
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
    documents = _documents(chapter)
    base = documents.pop(BASE_TITLE, {})
    for title, document in documents.items():
        setup = (*_actions(base.get("setup")), *_actions(document.get("setup")))
        found[title] = {
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


def _documents(chapter: str) -> dict[str, Mapping[str, Any]]:
    """Return the base and the examples of a chapter by title, what they start from included."""
    found: dict[str, Mapping[str, Any]] = {}
    for match in _PIECE.finditer(chapter):
        if match["title"] is not None:
            document = _document(match["title"], match["yaml"])
            found[match["title"]] = _started_from(match["title"], document, found)
    return found


def _started_from(
    title: str, document: Mapping[str, Any], earlier: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, Any]:
    """Return an example whose setup begins with that of the example that it names."""
    for relation in ("after", "like"):
        if relation in document:
            start = earlier.get(f"Example: {document[relation]}")
            if start is None:
                raise ExampleError(f"{title}: no earlier example is {document[relation]!r}")
            before = _actions(start.get("setup"))
            if relation == "after":
                before.append(start["action"])
            setup = [*before, *_actions(document.get("setup"))]
            system = example_base.merged(start.get("system", {}), document.get("system", {}))
            return {**document, "setup": setup, "system": system}
    return document


def _document(title: str, text: str) -> Mapping[str, Any]:
    try:
        document = _as_sent(YAML(typ="safe").load(text))
    except YAMLError as error:
        raise ExampleError(f"{title}: {error}") from error
    if not isinstance(document, dict):
        raise ExampleError(f"{title}: expected a mapping")
    return document


def _as_sent(value: object) -> object:
    """Return a value with its integers as the strings that an engine receives (CF-2)."""
    if isinstance(value, dict):
        return {name: _as_sent(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_as_sent(member) for member in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _actions(documents: object) -> list[Any]:
    """Return the actions of a setup; an entry `accounts` opens accounts and deposits to them."""
    entries = documents if isinstance(documents, list) else []
    return [action for entry in entries for action in _spelled_out(entry)]


def _spelled_out(entry: Any) -> list[Any]:
    if not (isinstance(entry, dict) and "accounts" in entry):
        return [entry]
    opened: list[Any] = []
    deposits: list[Any] = []
    for account, has in entry["accounts"].items():
        opened.append({"type": "create_account", "account": str(account), "user": has["user"]})
        for asset, amount in has.items():
            if asset != "user":
                named = {"account": str(account), "asset": asset, "amount": amount}
                deposits.append({"type": "deposit", "sequence": str(len(deposits) + 1), **named})
    return [*opened, *deposits]
