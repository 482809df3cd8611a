"""The parts of a view: which of them an observation shows, and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from ibperp_invariants.view.from_json import NAMES
from ibperp_invariants.view.node import Node

SCALARS: Final[Mapping[str, Callable[[Node], Any]]] = {
    "time": Node.integer,
    "settlement_time": Node.integer,
    "unpaid_rate_time": Node.integer,
    "is_halted": Node.boolean,
    "liquidation_time": Node.integer,
}
MAPS: Final = (
    "chains",
    "assets",
    "markets",
    "orders",
    "accounts",
    "withdrawals",
    "rebalances",
    "backstops",
    "requests",
)
"""The parts of a view with an entry for each name or id; accounts after what they go by."""

OF_MEMBERS: Final = frozenset({"assets", "markets", "accounts"})
"""The parts of which entries are read member by member where only some of these change."""

BY_NAME: Final = frozenset({"chains", "assets", "markets"})
UNTOLD: Final[Mapping[str, str]] = {
    "system": "the parameters of the system",
    "next_order": "the id of the next order",
}
TOP: Final = {NAMES.get(name, name): name for name in (*SCALARS, *MAPS)}
"""The parts of a view by the member that shows them."""
