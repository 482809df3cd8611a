"""What traces of earlier versions do not hold, because it came later, and what is taken for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ibperp_invariants.view.node import Node

SYSTEM: Final[Mapping[str, object]] = {"conversion_distance": "0"}
"""System parameters that came later; a trace whose header lacks one is of an earlier version."""

OBSERVED: Final[Mapping[str, object]] = {"unearned": "0", "rate_time": "0", "positions": {}}
"""Members of an observation that an earlier version did not show, or not always."""

CAPABILITIES: Final = frozenset(
    {
        *("custody", "money_market", "portfolio", "spot_margin", "perpetuals", "settlement"),
        *("liquidation", "programs", "governance", "fills", "events", "states"),
    }
)
"""What an engine may claim (CF-1)."""


def lacking(system: Node) -> dict[str, object]:
    """Return the later parameters that system parameters lack, with what is taken for them."""
    given = system.object()
    return {name: value for name, value in SYSTEM.items() if name not in given}


def completed(system: Node, later: Mapping[str, object]) -> Node:
    """Return system parameters with what they lack of `later`."""
    return Node({**later, **system.object()}, system.path)


def with_later(action: Node, later: Mapping[str, object]) -> Node:
    """Return an action of an earlier version with the parameters that came later."""
    if not later:
        return action
    members: dict[str, Any] = action.object()
    parameters = members.get("parameters")
    if members.get("type") == "set_system_parameters" and isinstance(parameters, dict):
        return Node({**members, "parameters": {**later, **parameters}}, action.path)
    return action


def notes_on(line: int, capabilities: Iterable[str]) -> list[str]:
    """Return what is said of the capabilities that a header names and nobody knows."""
    unknown = [name for name in capabilities if name not in CAPABILITIES]
    if not unknown:
        return []
    known = ", ".join(sorted(CAPABILITIES))
    return [f"line {line}: the header names {', '.join(unknown)}; the capabilities are {known}"]


def note_on(later: Mapping[str, object]) -> str:
    """Return what is said of a trace of an earlier version; empty if it is not one."""
    if not later:
        return ""
    parameters = ", ".join(f"{name} (taken as {value})" for name, value in later.items())
    return (
        f"the header lacks parameters that came later: {parameters}; "
        f"what an observation does not show of {', '.join(OBSERVED)} is taken as nothing"
    )
