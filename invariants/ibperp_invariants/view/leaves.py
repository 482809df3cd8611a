"""Leaves that change by themselves: integers at a path at which one stood before.

Most changes of most steps are of this kind. What such a change is to a record is known by its path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from typing import Any, Final

from ibperp.margin import Health
from ibperp.records import record
from ibperp.state import Pool
from ibperp.unpaid import Unpaid
from ibperp_invariants.view.from_json import SHORT
from ibperp_invariants.view.observed import Named, names_of, with_parts
from ibperp_invariants.view.view import AccountView, AssetView, PerpetualView, PositionView

REMEMBERED: Final = 1 << 16
"""Of so many paths it is remembered where they lead."""

TIMES: Final = frozenset({"time", "settlement_time", "unpaid_rate_time", "liquidation_time"})
"""The leaves that stand in no record."""

PORTFOLIO: Final = "portfolio"
"""The member of an account that is its health, and no part of the account in a view."""


@record
class Leaf:
    """A leaf by its path: an integer of a record of a view.

    `name`: the part of the view. `key`, `own`: its entry, as it is shown and as the view has it.
    `members`: those that lead to the leaf from there. `part`: what moves with it, by the names of
    `step/moved.py`; empty for a reported health, which is no part.
    """

    path: str
    name: str
    key: str = ""
    own: Any = ""
    members: tuple[str, ...] = ()
    part: str = ""


def _integers(kind: Any) -> frozenset[str]:
    return frozenset(part.name for part in fields(kind) if part.type == "int")


ALONE: Final[Mapping[str, frozenset[str]]] = {
    "assets": _integers(AssetView),
    "markets": _integers(PerpetualView),
    "accounts": _integers(AccountView),
}
"""The integers of an entry, by the part of the view."""

NESTED: Final[Mapping[tuple[str, str], frozenset[str]]] = {
    ("assets", "pool"): frozenset(names_of(Pool)),
    ("accounts", "unpaid"): frozenset(names_of(Unpaid)),
    ("accounts", PORTFOLIO): frozenset(names_of(Health)),
}
"""The integers of a record within an entry."""

POSITION: Final = frozenset(names_of(PositionView))


@lru_cache(maxsize=REMEMBERED)
def leaf_at(path: str) -> Leaf | None:
    """Return the leaf at a path; None if there may be something else than an integer."""
    if path in TIMES:
        return Leaf(path, path, part=path)
    name, *within = path.split("/")
    if name not in ALONE or len(within) < 2 or "~" in path:  # noqa: PLR2004 - key and member
        return None
    key, *members = within
    if name == "accounts" and not SHORT.fullmatch(key):
        return None
    own = int(key) if name == "accounts" else key
    match members:
        case [member] if member in ALONE[name]:
            part = f"{name}/{member}"
        case [member, inner] if inner in NESTED.get((name, member), ()):
            part = f"{name}/{inner if name == 'assets' else member}"
        case ["positions", _, inner] if name == "accounts" and inner in POSITION:
            part = f"{name}/{inner}"
        case _:
            return None
    return Leaf(path, name, key, own, tuple(members), "" if members[0] == PORTFOLIO else part)


def with_leaves(entry: Any, changes: Sequence[tuple[tuple[str, ...], int]]) -> Any:
    """Return a record, or entries by name, with integers at other places; all these are there."""
    if len(changes) == 1:
        members, number = changes[0]
        name, last = members[0], members[-1]
        if len(members) == 1:
            return with_parts(entry, **{name: number})
        if len(members) == 2 and not isinstance(entry, Named):  # noqa: PLR2004 - a record in one
            part: Any = with_parts(getattr(entry, name), **{last: number})
            return with_parts(entry, **{name: part})
    values: dict[str, Any] = {}
    within: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for members, number in changes:
        if len(members) == 1:
            values[members[0]] = number
        else:
            within.setdefault(members[0], []).append((members[1:], number))
    if isinstance(entry, Named):
        inner = {name: with_leaves(entry[name], own) for name, own in within.items()}
        return Named({**entry, **inner}, entry.path)
    for name, own in within.items():
        values[name] = with_leaves(getattr(entry, name), own)
    return with_parts(entry, **values)
