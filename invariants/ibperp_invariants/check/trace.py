"""Checks a recorded run of any engine from what it published, without asking the reference.

A trace is JSON lines: a header `{"system": {...}}`, optionally with the first `observation`, then
per action `{"action": {...}, "outcome": {...}, "observation": {...}}`. Without a first observation
the trace starts at genesis. Every integer is a decimal string.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, get_args

from ibperp import actions, orders, parameters
from ibperp.actions import (
    Liquidate,
    ListAsset,
    ListMarket,
    ListPerpetual,
    PlaceOrder,
    RunRisk,
    SetAssetParameters,
    SetMarketParameters,
    SetPerpetualParameters,
    SetPoolParameters,
    SetSystemParameters,
)
from ibperp.outcomes import RejectionCode
from ibperp.parameter_laws import (
    asset_violations,
    market_violations,
    perpetual_violations,
    pool_violations,
    system_violations,
)
from ibperp.parameters import SystemParameters
from ibperp.state import genesis
from ibperp_invariants.check.registry import check_changes, check_view, check_views
from ibperp_invariants.step.facts import Facts, facts_of_json
from ibperp_invariants.step.step import Step, Violation
from ibperp_invariants.view.from_json import Node, ViewError, view_of_observation
from ibperp_invariants.view.from_state import view_of_state
from ibperp_invariants.view.totals import totals_of
from ibperp_invariants.view.view import Known, View, with_known

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ibperp.actions import Action

MALFORMED: Final = "trace_is_readable"
"""The name under which a line that cannot be read is reported."""

CODES: Final = frozenset(code.value for code in RejectionCode)


class TraceError(ValueError):
    """A trace without a readable header, so that nothing in it can be checked."""


@dataclass(frozen=True, slots=True)
class TraceViolation:
    """A finding: the line of the trace, counted from 1, and what that line breaks."""

    line: int
    violation: Violation


@dataclass(frozen=True, slots=True)
class _Record:
    action: Action
    code: str | None
    violated: tuple[str, ...]
    facts: Facts
    view: View


def check_trace(lines: Iterable[str]) -> list[TraceViolation]:
    """Return every finding in a trace; a line that cannot be read is a finding and ends the check.

    Raise TraceError if the trace is empty or its header cannot be read.
    """
    numbered = ((n, text) for n, text in enumerate(lines, start=1) if text.strip())
    first = next(numbered, None)
    if first is None:
        raise TraceError("the trace is empty; its first line must be a header with `system`")
    try:
        header = Node(_decoded(first[1]), "")
        system = _built(SystemParameters, header.get("system"))
        known = Known(None if system_violations(system) else system, next_order=0)
        view = view_of_state(genesis(system))
        if "observation" in header.members():
            known = replace(known, next_order=None)
            view = view_of_observation(header.get("observation").value)
    except ViewError as error:
        raise TraceError(f"line {first[0]}, the header: {error}") from None
    view = with_known(view, known)
    checker = _Checker(view, known, system.entry_fee)
    findings: list[TraceViolation] = []
    if "observation" in header.members():
        found = check_view(view, totals_of(view))
        findings += [TraceViolation(first[0], violation) for violation in found]
    for number, text in numbered:
        try:
            found = checker.check(text)
        except ViewError as error:
            unreadable = Violation(MALFORMED, ("CF-1",), f"{error}; the check ends here")
            return [*findings, TraceViolation(number, unreadable)]
        findings += [TraceViolation(number, violation) for violation in found]
    return findings


class _Checker:
    """Goes through the steps of a trace, keeping the view and what outcomes were seen."""

    def __init__(self, view: View, known: Known, entry_fee: bool) -> None:  # noqa: FBT001
        self._view, self._known, self._entry_fee = view, known, entry_fee
        self._state = ""
        self._seen: dict[str, str] = {}

    def check(self, text: str) -> list[Violation]:
        """Return what one line breaks; raise ViewError if it cannot be read."""
        decoded = Node(_decoded(text), "")
        record = _record(decoded)
        repeat = self._repeat(decoded)
        entry_fee = self._entry_fee
        if record.code is None:
            self._known = _learned(self._known, record)
            if isinstance(record.action, SetSystemParameters):
                self._entry_fee = record.action.parameters.entry_fee
        view = with_known(record.view, self._known)
        step = Step(
            self._view,
            view,
            record.action,
            entry_fee,
            record.code,
            record.violated,
            record.facts,
            repeat,
        )
        self._view = view
        found = check_views(step) + check_view(view, totals_of(view))
        names = {violation.invariant for violation in found}
        return found + [item for item in check_changes(step) if item.invariant not in names]

    def _repeat(self, decoded: Node) -> str:
        """Return a difference if the same action on the same observation ended otherwise before."""
        parts = [decoded.get(name).value for name in ("action", "outcome", "observation")]
        question = _digest([self._state, repr(self._known), parts[0]])
        answer = _digest(parts[1:])
        self._state = _digest(parts[2])
        known = self._seen.setdefault(question, answer)
        if known == answer:
            return ""
        return "the same action on the same observation had another outcome earlier in the trace"


def _learned(known: Known, record: _Record) -> Known:
    """Return what is known after an accepted action; parameters that no law admits are not."""
    match record.action:
        case ListAsset(asset=symbol, parameters=asset) if not asset_violations(asset):
            return replace(known, assets={**known.assets, symbol: asset})
        case SetPoolParameters(asset=symbol, parameters=pool) if (
            symbol in known.assets and not pool_violations(pool)
        ):
            asset = replace(known.assets[symbol], pool=pool)
            return replace(known, assets={**known.assets, symbol: asset})
        case (
            ListMarket(market=symbol, parameters=market)
            | SetMarketParameters(market=symbol, parameters=market)
        ) if not market_violations(market):
            return replace(known, markets={**known.markets, symbol: market})
        case (
            ListPerpetual(market=symbol, parameters=perpetual)
            | SetPerpetualParameters(market=symbol, parameters=perpetual)
        ) if not perpetual_violations(perpetual):
            return replace(known, markets={**known.markets, symbol: perpetual})
        case SetAssetParameters(asset=symbol, parameters=asset) if not asset_violations(asset):
            return replace(known, assets={**known.assets, symbol: asset})
        case SetSystemParameters(parameters=system) if not system_violations(system):
            return replace(known, system=system)
        case Liquidate() | RunRisk() if known.next_order is not None:
            return replace(known, next_order=known.next_order + len(record.facts.accepted))
        case PlaceOrder():
            first = record.facts.accepted[0] if record.facts.accepted else None
            last = first if known.next_order is None else known.next_order
            return replace(known, next_order=None if last is None else last + 1)
        case _:
            return known


def action_of(wire: object, path: str = "action") -> Action:
    """Return the action that a decoded JSON object states; raise ViewError naming a wrong field."""
    node = Node(wire, path)
    kind = node.get("type").text()
    if kind not in ACTIONS:
        raise ViewError(f"{path}/type must be one of {', '.join(ACTIONS)}, is {kind!r}")
    return _built(ACTIONS[kind], node, given=("type",))  # type: ignore[no-any-return]


def _snake_case(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


ACTIONS: Final[dict[str, Any]] = {
    _snake_case(kind.__name__): kind for kind in get_args(actions.Action)
}
"""The actions by the `type` that names them in JSON."""


def _built(kind: Any, node: Node, given: tuple[str, ...] = ()) -> Any:
    """Return a record of the reference from a JSON object with exactly its fields."""
    names = [part.name for part in fields(kind)]
    unknown = sorted(set(node.members()) - {*names, *given})
    if unknown:
        raise ViewError(f"{node.path or 'the value'} has unknown fields: {', '.join(unknown)}")
    return kind(**{part.name: _read(str(part.type), node.get(part.name)) for part in fields(kind)})


def _read(kind: str, node: Node) -> Any:
    match kind:
        case "int":
            return node.integer()
        case "int | None":
            return None if node.value == "all" else node.integer()
        case "bool":
            return node.boolean()
        case "str":
            return node.text()
        case "tuple[TokenParameters, ...]":
            return tuple(_built(parameters.TokenParameters, item) for item in node.items())
        case _:
            record = getattr(parameters, kind, None) or getattr(orders, kind)
    if record is int:
        return node.integer()
    return node.choice(record) if issubclass(record, StrEnum) else _built(record, node)


def _record(node: Node) -> _Record:
    outcome = node.get("outcome")
    action = action_of(node.get("action").value)
    view = view_of_observation(node.get("observation").value)
    sides = set(outcome.members())
    if sides == {"accepted"}:
        return _Record(action, None, (), facts_of_json(_events(outcome)), view)
    if sides != {"rejected"}:
        raise ViewError("outcome must hold either `accepted` or `rejected`")
    rejected = outcome.get("rejected")
    code = _code(rejected.get("code"))
    named = "violated" in rejected.members()
    violated = tuple(_code(item) for item in rejected.get("violated").items()) if named else ()
    return _Record(action, code, violated, Facts(), view)


def _code(node: Node) -> str:
    if node.text() not in CODES:
        raise ViewError(f"{node.path} must be a rejection code, is {node.value!r}")
    return node.text()


def _events(outcome: Node) -> list[Node]:
    return outcome.get("accepted").get("events").items()


def _decoded(text: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_refused)
    except json.JSONDecodeError as error:
        cut = " (it seems to be cut off)" if _is_cut(text, error) else ""
        raise ViewError(f"not JSON{cut}: {error.msg} at column {error.colno}") from None
    except (RecursionError, ValueError) as error:
        raise ViewError(f"the line is not acceptable JSON: {error}") from None


def _is_cut(text: str, error: json.JSONDecodeError) -> bool:
    return error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        raise ViewError(f"a field is given twice: {max(names, key=names.count)}")
    return members


def _refused(constant: str) -> object:
    raise ViewError(f"{constant} is not a JSON value")


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
