"""The tables under a worked example: the leaves that changed, then the events."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Final, TypeAlias

from ibperp.outcomes import Outcome, Rejected
from ibperp_authoring.example_base import fields_of
from ibperp_authoring.example_readings import EVENT_ATOMS, EVENT_QUOTE, Readings
from ibperp_authoring.markdown import rows
from ibperp_conformance.protocol import observation, wire

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ibperp.state import State

    Leaves: TypeAlias = Mapping[str, observation.Leaf]

ABSENT: Final = "-"
EMPTY: Final = (False, "0")
PORTFOLIO: Final = re.compile(r"accounts/\d+/portfolio(?=/)")
ZERO_SAYS_LITTLE: Final = EVENT_QUOTE | EVENT_ATOMS - {"amount"}
"""Fields of events that are left out where they are 0."""

NOT_SHOWN: Final = ("auto_close", "exposure")
"""What a row of a portfolio leaves out: few examples are about it."""


def tables(before: State, outcome: Outcome) -> str:
    """Return the Markdown of what an action did to a state."""
    if isinstance(outcome, Rejected):
        others = ", ".join(f"`{code}`" for code in outcome.violated if code != outcome.code)
        also = f"; also violated: {others}" if others else ""
        return f"\nRejected: `{outcome.code}`{also}.\n\n"
    leaves = rows(("leaf", "before", "after"), _changes(before, outcome.state))
    if not outcome.events:
        return f"\n{leaves}\nNo events.\n\n"
    readings = Readings(outcome.state)
    documents = [wire.encode_event(outcome.state, event) for event in outcome.events]
    events = rows(
        ("event", "fields"),
        ((f"`{document['type']}`", _fields(document, readings)) for document in documents),
    )
    return f"\n{leaves}\n{events}\n"


def _changes(before: State, after: State) -> Iterator[tuple[str, str, str]]:
    """Yield the rows of what changed.

    A record that came or went is one row with its leaves; those that are 0 or false are left out.
    The portfolio of an account is always one row.
    """
    old, new = (observation.flatten(observation.observe(state)) for state in (before, after))
    changed = [path for path in sorted({*old, *new}) if old.get(path) != new.get(path)]
    were, are = Readings(before), Readings(after)
    for record, paths in groupby(changed, lambda path: _record(path, old, new)):
        members = list(paths)
        if record.endswith("/portfolio"):
            yield from _portfolio(record, members, (old, were), (new, are))
        elif len(members) == 1:
            path = members[0]
            yield f"`{path}`", _cell(path, old.get(path), were), _cell(path, new.get(path), are)
        else:
            name = _shared(members)
            came = members[0] in new
            shown = _members(name, members, new if came else old, are if came else were)
            yield (f"`{name}`", ABSENT, shown) if came else (f"`{name}`", shown, ABSENT)


def _record(path: str, old: Leaves, new: Leaves) -> str:
    """Return the portfolio of a leaf, or the outermost record that came or went, or the leaf."""
    portfolio = PORTFOLIO.match(path)
    if portfolio:
        return portfolio[0]
    names = path.split("/")
    if (path in old) == (path in new):
        return path
    without = old if path in new else new
    for length in range(2, len(names)):
        record = "/".join(names[:length])
        if not any(other.startswith(f"{record}/") for other in without):
            return record
    return path


def _shared(paths: Sequence[str]) -> str:
    """Return the longest record that holds all leaves."""
    first, last = paths[0].split("/"), paths[-1].split("/")
    length = next(at for at, name in enumerate(first) if name != last[at])
    return "/".join(first[:length])


def _portfolio(
    record: str,
    members: Sequence[str],
    before: tuple[Leaves, Readings],
    after: tuple[Leaves, Readings],
) -> Iterator[tuple[str, str, str]]:
    """Yield the row of a portfolio in dollars, unless no value that is shown differs."""
    told = [
        path
        for path in members
        if path.rpartition("/")[2] not in NOT_SHOWN
        and before[0].get(path, "0") != after[0].get(path, "0")
    ]
    if told:
        cells = (
            ", ".join(
                f"{path.rpartition('/')[2]} {readings.dollars(int(leaves[path]))}"
                for path in told
                if path in leaves
            )
            for leaves, readings in (before, after)
        )
        first, second = (cell or ABSENT for cell in cells)
        yield f"`{record}`", first, second


def _members(record: str, paths: Sequence[str], leaves: Leaves, readings: Readings) -> str:
    usual = fields_of({"type": "place_order"}) if record.startswith("orders/") else {}
    told = [path for path in paths if leaves[path] not in (*EMPTY, *usual.values())] or paths
    return ", ".join(
        f"{path.removeprefix(record + '/')} {_cell(path, leaves[path], readings)}" for path in told
    )


def _fields(document: Mapping[str, object], readings: Readings) -> str:
    """Return the fields of an event without empty ones, and without an asset that is read off."""
    shown = {
        name: _shown(value, readings.event(document, name))
        for name, value in document.items()
        if name != "type" and value != "" and not (value == "0" and name in ZERO_SAYS_LITTLE)
    }
    if any(f" {document.get('asset')})" in shown.get(name, "") for name in EVENT_ATOMS):
        del shown["asset"]
    return ", ".join(f"{name} {value}" for name, value in shown.items())


def _cell(path: str, value: observation.Leaf | None, readings: Readings) -> str:
    if value is None:
        return ABSENT
    return _shown(value, readings.leaf(path, str(value)))


def _shown(value: object, reading: str) -> str:
    written = f"`{str(value).lower() if isinstance(value, bool) else value}`"
    return f"{written} ({reading})" if reading else written
