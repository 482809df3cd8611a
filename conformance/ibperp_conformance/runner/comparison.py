"""What is compared: a reply with what a vector expects, leaf by leaf (CF-7)."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ibperp_conformance.protocol.client import Reply
from ibperp_conformance.runner.vectors import Expectation, Object, flatten

ROWS: Final = 40
OWN_LEAVES: Final[Mapping[str, re.Pattern[str]]] = {
    "portfolio": re.compile("accounts/[^/]+/portfolio/"),
    "settlement": re.compile("(settlement_time|unpaid_rate_time|/unpaid/[a-z]+)$"),
    "governance": re.compile("(halted|liquidation_time)$"),
}
"""The leaves that only an engine with a capability answers for, whatever the vector (CF-7)."""

CONTAINERS: Final[Mapping[str, Mapping[str, str]]] = {
    "": {
        **dict.fromkeys(("chains", "assets", "accounts", "withdrawals", "rebalances"), "custody"),
        **dict.fromkeys(("markets", "orders"), "spot_margin"),
        **dict.fromkeys(("backstops", "requests"), "programs"),
    },
    "accounts": {
        "free": "custody",
        "shares": "custody",
        "reserved": "spot_margin",
        "positions": "perpetuals",
    },
    "markets": {"bids": "spot_margin", "asks": "spot_margin"},
    "requests": {"quotes": "programs"},
}
"""What is there even when empty, at the top and in each entry, by its capability (CF-4)."""

_LEAVES: Final = (str, bool, int, float)


@dataclass(frozen=True, slots=True)
class Row:
    """A leaf, or an empty object or array, as JSON text on both sides, None where it is absent."""

    path: str
    expected: str | None
    received: str | None

    @property
    def differs(self) -> bool:
        """Whether the two sides disagree about the leaf."""
        return self.expected != self.received


def compare_setup(reply: Reply) -> tuple[Row, ...]:
    """Compare the reply to an action of a setup, which must be accepted, its events unseen."""
    return compare({"outcome": "accepted"}, _received(reply, events=False))


def compare_step(
    expect: Expectation, reply: Reply, capabilities: Collection[str]
) -> tuple[Row, ...]:
    """Compare the reply to a step; its events only if the engine has the capability `events`."""
    events = "events" in capabilities
    expected: dict[str, object] = {"outcome": "accepted"}
    if expect.code is not None:
        expected = {"outcome": "rejected", "code": expect.code}
    elif events:
        expected |= _events(expect.events)
    return compare(expected, _received(reply, events=events))


def compare_observation(
    expected: Mapping[str, object], observation: Object, capabilities: Collection[str]
) -> tuple[Row, ...]:
    """Compare an observation with flat leaves, without those of what the engine does not claim.

    Objects and arrays without leaves are compared too: those of CF-4 are there, and no other.
    """
    rows = compare(_judged(expected, capabilities), _judged(flatten(observation), capabilities))
    return rows or (*absent(observation, capabilities), *surplus(observation, capabilities))


def absent(observation: Object, capabilities: Collection[str]) -> Iterator[Row]:
    """Yield the objects and arrays that an observation must have, even empty, and has not."""
    for parent, members in CONTAINERS.items():
        entries = {"": observation} if not parent else observation.get(parent, {})
        for entry, fields in entries.items() if isinstance(entries, Mapping) else ():
            prefix = f"{parent}/{entry}/" if parent else ""
            for name, capability in members.items():
                present = isinstance(fields, Mapping) and name in fields
                if capability in capabilities and not present:
                    yield Row(f"{prefix}{name}", _empty(name), None)


def surplus(observation: Object, capabilities: Collection[str]) -> Iterator[Row]:
    """Yield what an observation has without a leaf in it where nothing of the kind belongs."""
    pending: list[tuple[tuple[str, ...], object]] = [((), observation)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, dict | list) and value:
            named = value.items() if isinstance(value, dict) else enumerate(value)
            deeper = [each for each in named if not isinstance(each[1], _LEAVES)]
            pending += [((*path, str(name)), child) for name, child in deeper]
        else:
            parent = {1: "", 3: path[0]}.get(len(path), "none")
            belongs = path[-1:] and path[-1] in CONTAINERS.get(parent, {})
            expected = _empty(path[-1]) if belongs else None
            received, shown = json.dumps(value), "/".join(path)
            if expected != received and not _is_foreign(f"{shown}/", capabilities):
                yield Row(shown, expected, received)


def _empty(name: str) -> str:
    return "[]" if name in {"bids", "asks"} else "{}"


def compare(expected: Mapping[str, object], received: Mapping[str, object]) -> tuple[Row, ...]:
    """Return nothing when all leaves agree, else the differing leaves and the first one's siblings.

    A number and a string, or a number and a boolean, never agree.
    """
    if len(expected) == len(received) and all(
        path in received and _is_same(received[path], leaf) for path, leaf in expected.items()
    ):
        return ()
    paths = dict.fromkeys((*expected, *received))
    rows = [Row(path, _text(expected, path), _text(received, path)) for path in paths]
    first = next(row.path for row in rows if row.differs).rpartition("/")[0]
    shown = [row for row in rows if row.differs or row.path.rpartition("/")[0] == first]
    if len(shown) > ROWS:
        shown = [row for row in shown if row.differs]
    return tuple(shown)


def _judged(leaves: Mapping[str, object], capabilities: Collection[str]) -> Mapping[str, object]:
    if OWN_LEAVES.keys() <= set(capabilities):
        return leaves
    return {path: leaf for path, leaf in leaves.items() if not _is_foreign(path, capabilities)}


def _is_foreign(path: str, capabilities: Collection[str]) -> bool:
    return any(own.match(path) for name, own in OWN_LEAVES.items() if name not in capabilities)


def _received(reply: Reply, *, events: bool) -> dict[str, object]:
    body = reply.body if isinstance(reply.body, dict) else {}
    if reply.kind == "rejected":
        return {"outcome": "rejected", "code": body.get("code")}
    listed = _events(body.get("events", [])) if events else {}
    return {"outcome": reply.kind, **listed}


def _events(listed: Collection[object]) -> dict[str, object]:
    """Return the leaves of events, and their number: an event without leaves is one too."""
    return {**flatten(listed, "events"), "events": len(listed)}


def _is_same(received: object, expected: object) -> bool:
    return type(received) is type(expected) and received == expected


def _text(leaves: Mapping[str, object], path: str) -> str | None:
    return json.dumps(leaves[path]) if path in leaves else None
