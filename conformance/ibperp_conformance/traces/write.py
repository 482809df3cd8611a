"""Writes the trace of a run: whole states now and then, in between only what changed."""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING, Any, Final

from ibperp.state import genesis
from ibperp_conformance.protocol.observation import observe
from ibperp_conformance.protocol.wire import (
    encode_action,
    encode_outcome,
    encode_record,
    encode_system,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ibperp.state import Asset, Market, Perpetual
    from ibperp_conformance.scenario.result import ScenarioResult

EVERY: Final = 1000
"""After so many lines a whole state is written, from which a reader can go on."""


def trace_lines(result: ScenarioResult) -> Iterator[str]:
    """Yield the trace of a run: a header with the state at the start, then one line a step."""
    start = result.start
    header: dict[str, Any] = {"system": encode_system(start.system)}
    if start != genesis(start.system):
        header["assets"] = _parameters(start.assets)
        header["markets"] = _parameters(start.markets)
        header["observation"] = observe(start)
    yield _line(header)
    seen: dict[str, Any] | None = header.get("observation")
    for index, step in enumerate((*result.scene, *result.steps)):
        line = {
            "action": encode_action(step.action),
            "outcome": encode_outcome(step.before, step.outcome),
        }
        shown = seen if seen is not None and step.after is step.before else observe(step.after)
        is_whole = seen is None or index % EVERY == EVERY - 1
        line |= {"observation": shown} if is_whole else {"changes": changes_of(seen, shown)}
        seen = shown
        yield _line(line)


def changes_of(before: Any, after: Any, path: str = "") -> dict[str, Any]:
    """Return what differs in an observation: the new value by its path, None for what is gone.

    An array is given whole. A slash inside a name is written `~1`.
    """
    found: dict[str, Any] = {}
    for name in dict.fromkeys((*before, *after)):
        own = name.replace("/", "~1")
        where = f"{path}/{own}" if path else own
        if name not in after:
            found[where] = None
            continue
        old, new = before.get(name), after[name]
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict) and new:
            found |= changes_of(old, new, where)
        else:
            found[where] = new
    return found


def applied(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the observation that `changes_of` was taken with; `before` stays as it is."""
    after = {**before}
    for path, value in changes.items():
        place = after
        *parents, last = (part.replace("~1", "/") for part in path.split("/"))
        for part in parents:
            place[part] = {**place.get(part, {})}
            place = place[part]
        if value is None:
            place.pop(last, None)
        else:
            place[last] = value
    return after


def _parameters(entries: Iterable[Asset | Market | Perpetual]) -> list[dict[str, Any]]:
    return [{"symbol": own.symbol, "parameters": encode_record(own.parameters)} for own in entries]


def _line(value: dict[str, Any]) -> str:
    return dumps(value, separators=(",", ":")) + "\n"
