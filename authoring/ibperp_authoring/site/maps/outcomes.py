"""The indexes of rejection codes and of events."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Final, get_args

from ibperp.events import Event
from ibperp_authoring.markdown import rows
from ibperp_authoring.site.maps.observed import observed
from ibperp_authoring.site.maps.text import ORDER, clauses, linked, meanings
from ibperp_conformance.protocol import wire
from ibperp_conformance.specification.chapters import vector_page

CODES_HEAD: Final = (
    "order",
    "code",
    "meaning",
    "clauses that refuse with it",
    "vectors",
    "shown by",
)
EVENTS_HEAD: Final = ("event", "fields", "meaning", "actions that emit it in vectors")
SHOWN: Final = 3
"""The most vectors that are named beside a code; the rest are counted."""

NO_REFUSALS: Final = frozenset({"NT-9", "SM-7", "CF-5"})
"""Clauses whose tables name codes without refusing an action: their order, and reasons."""


def code_index() -> str:
    """Return the table of all rejection codes by precedence."""
    return rows(CODES_HEAD, (_code(code, meaning) for code, meaning in meanings().items()))


def refusing(code: str) -> tuple[str, ...]:
    """Return the clauses whose tables refuse with a code: a cell of a row is the code."""
    return tuple(clause for clause, cells in _cells().items() if f"`{code}`" in cells)


@cache
def _cells() -> dict[str, set[str]]:
    """Return the cells of all tables of each clause."""
    return {
        clause: {
            cell.strip()
            for line in text.splitlines()
            if line.startswith("|")
            for cell in line.split("|")
        }
        for clause, text in clauses().items()
        if clause not in NO_REFUSALS
    }


def event_index() -> str:
    """Return the table of all events."""
    return rows(EVENTS_HEAD, map(_event, get_args(Event)))


def _code(code: str, meaning: str) -> tuple[str, ...]:
    shown = observed().shown[code]
    named = ", ".join(f"[`{name}`]({vector_page(name)}#{name})" for name in shown[:SHOWN])
    return (
        str(ORDER[code]),
        f"`{code}`{{#{code}}}",
        meaning,
        linked(", ".join(refusing(code))),
        str(len(shown)),
        named,
    )


def _event(record: type) -> tuple[str, ...]:
    name = wire.type_name(record)
    fields = ", ".join(f"`{field.name}`" for field in dataclasses.fields(record))
    words = " ".join((record.__doc__ or "").split()).partition(". ")[0].rstrip(".")
    actions = ", ".join(
        f"[`{action}`](actions.md#{action})" for action in sorted(observed().events[name])
    )
    return f"`{name}`{{#{name}}}", fields, linked(words), actions
