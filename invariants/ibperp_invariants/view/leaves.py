"""Leaves that change by themselves: integers at a path at which one stood before.

Most changes of most steps are of this kind. What such a change is to a record is known by its path.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from typing import Any, Final, TypeAlias

from ibperp.margin import Health
from ibperp.records import record, replace
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

OF_PORTFOLIO: Final = (PORTFOLIO,)
OF_POSITIONS: Final = ("positions",)
"""What leads from an account to its health, and begins to lead to a position."""


Entry: TypeAlias = tuple[str, Any]
"""The entry of a leaf: the part of the view, and its key there."""


@record
class Leaf:
    """A leaf by its path: an integer of a record of a view.

    `name`: the part of the view. `key`, `own`: its entry, as it is shown and as the view has it;
    `entry`: both names of the latter.
    `within`: the members that lead from there to the record that has it, as its `member`. `part`:
    what moves with it, by the names of `step/moved.py`; empty for a reported health.
    """

    path: str
    name: str
    key: str = ""
    own: Any = ""
    within: tuple[str, ...] = ()
    member: str = ""
    part: str = ""
    entry: Entry = ("", "")


Places: TypeAlias = dict[tuple[str, ...], dict[str, int]]
"""Leaves of an entry that change: by the members that lead to a record, integers by member."""


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
    part = "" if members[0] == PORTFOLIO else part
    return Leaf(path, name, key, own, tuple(members[:-1]), members[-1], part, (name, own))


def with_leaves(entry: Any, places: Places) -> Any:
    """Return an entry with other leaves; all of these are there, and it lacks nothing."""
    parts: dict[str, Any] = {}
    for within, numbers in places.items():
        if not within:
            parts |= numbers
        elif len(within) == 1:
            parts[within[0]] = replace(getattr(entry, within[0]), **numbers)
        else:
            name, market = within
            held = parts.get(name) or Named(entry.positions, entry.positions.path)
            held[market] = replace(held[market], **numbers)
            parts[name] = held
    return with_parts(entry, **parts)
