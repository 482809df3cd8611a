"""What the vectors show: the events of accepted actions, and the codes of refused ones."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from ibperp_conformance.spec_files import spec_path

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Observed:
    """By event, reason or code: the actions that show it; the postings and share moves of reasons.

    `codes`: by code, the actions that it refused first, and how many vectors show it.
    """

    events: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    reasons: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    postings: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    shares: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    sources: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    codes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    shown: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


@cache
def observed() -> Observed:
    """Return what all vectors show."""
    found = Observed()
    for name, action, expected in _steps():
        for event in expected.get("accepted", {}).get("events", ()):
            _note(found, action, event)
        if "rejected" in expected:
            code = expected["rejected"]["code"]
            found.codes[code].add(action)
            if name not in found.shown[code]:
                found.shown[code].append(name)
    return found


def _note(found: Observed, action: str, event: dict[str, Any]) -> None:
    kind = event["type"]
    found.events[kind].add(action)
    if "source" in event:
        found.sources[event["source"]].add((kind, action))
    if kind in {"posting", "shares_moved"}:
        found.reasons[event["reason"]].add(action)
    if kind == "posting":
        sides = (event["debit"], event["credit"])
        found.postings[event["reason"]].add((_side(sides[0]), _side(sides[1])))
    if kind == "shares_moved":
        sign = "below zero" if event["shares"].startswith("-") else "above zero"
        found.shares[event["reason"]].add("zero" if event["shares"] == "0" else sign)


def _side(name: str) -> str:
    """Return a balance without its account or chain, except for system accounts."""
    kind, _, whose = name.partition(":")
    return name if kind == "free" and whose in {"0", "1"} else kind


def _steps() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path in sorted((spec_path() / "vectors").glob("*.json")):
        for vector in json.loads(path.read_text(encoding="utf-8")).get("vectors", ()):
            for step in vector["steps"]:
                yield vector["id"], step["action"]["type"], step["expect"]
