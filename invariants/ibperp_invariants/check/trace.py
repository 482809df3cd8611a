"""Checks a recorded run of any engine from what it published, without asking the reference.

A trace is JSON lines: a header `{"system": {...}}`, then per action
`{"action": {...}, "outcome": {...}, "observation": {...}}`. Every integer is a decimal string.

A trace starts at genesis, or at an `observation` in its header, which then tells the parameters at
that moment in `assets` and `markets`, arrays of `{"symbol": ..., "parameters": {...}}`. The header
may name the `capabilities` of the engine, as CF-1 does.

An observation may leave parts out, an outcome its events: what needs them is not checkable. What an
engine without a capability may leave out (CF-4) is read as what it is where nothing uses it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Final

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
from ibperp.parameters import (
    AssetParameters,
    MarketParameters,
    PerpetualParameters,
    SystemParameters,
    TradingParameters,
)
from ibperp.ramps import with_margins
from ibperp.state import genesis
from ibperp_invariants.check.records import action_of, built
from ibperp_invariants.check.verdicts import Answer, verdicts, verdicts_on
from ibperp_invariants.step.facts import Facts, facts_of_json
from ibperp_invariants.step.step import Violation
from ibperp_invariants.view.from_json import EMPTY, view_of_observation
from ibperp_invariants.view.from_state import view_of_state
from ibperp_invariants.view.node import Node, ViewError
from ibperp_invariants.view.observed import NotObserved, without
from ibperp_invariants.view.view import Known, View, perpetual_of, with_known

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ibperp.actions import Action
    from ibperp_invariants.check.verdicts import Verdict

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
class Unchecked:
    """In how many lines an invariant was not checkable, and what the first of them lacks."""

    lines: int
    line: int
    missing: str


@dataclass(frozen=True, slots=True)
class TraceReport:
    """What a trace breaks, and by name the invariants that were not checkable in all its lines."""

    violations: list[TraceViolation] = field(default_factory=list)
    unchecked: dict[str, Unchecked] = field(default_factory=dict)

    def add(self, line: int, verdicts: Iterable[Verdict]) -> None:
        """Add the verdicts on a line."""
        for verdict in verdicts:
            if verdict.messages:
                self.violations.extend(TraceViolation(line, own) for own in verdict.violations())
            elif verdict.missing:
                first = self.unchecked.get(verdict.invariant, Unchecked(0, line, verdict.missing))
                again = replace(first, lines=first.lines + 1)
                self.unchecked[verdict.invariant] = again


def check_trace(lines: Iterable[str]) -> list[TraceViolation]:
    """Return every finding in a trace; a line that cannot be read is a finding and ends the check.

    Raise TraceError if the trace is empty or its header cannot be read.
    """
    return report_of_trace(lines).violations


def report_of_trace(lines: Iterable[str]) -> TraceReport:
    """Return what a trace breaks and what of it was not checkable; else as `check_trace`."""
    numbered = ((n, text) for n, text in enumerate(lines, start=1) if text.strip())
    first = next(numbered, None)
    if first is None:
        raise TraceError("the trace is empty; its first line must be a header with `system`")
    report = TraceReport()
    try:
        checker = _Checker(Node(_decoded(first[1]), ""))
    except ViewError as error:
        raise TraceError(f"line {first[0]}, the header: {error}") from None
    report.add(first[0], checker.start())
    for number, text in numbered:
        try:
            report.add(number, checker.check(text))
        except ViewError as error:
            unreadable = Violation(MALFORMED, ("CF-1",), f"{error}; the check ends here")
            report.violations.append(TraceViolation(number, unreadable))
            break
    return report


class _Checker:
    """Goes through the steps of a trace, keeping the view and what outcomes were seen."""

    def __init__(self, header: Node) -> None:
        """Start at genesis, or at the observation that the header holds; raise ViewError."""
        system = built(SystemParameters, header.get("system"))
        self._known = Known(None if system_violations(system) else system)
        named, self._observed = header.find("capabilities"), header.find("observation")
        self._capabilities = [item.text() for item in named.items()] if named else list(EMPTY)
        if self._observed is None:
            self._known = replace(self._known, next_order=0)
            self._view = view_of_state(genesis(system))
        else:
            view = self._read(self._observed)
            self._known = _known_at(header, view, self._known)
            self._view = with_known(view, self._known)
        self._state = ""
        self._seen: dict[str, str] = {}

    def start(self) -> list[Verdict]:
        """Return the verdicts on the observation of the header, if it has one."""
        return [] if self._observed is None else verdicts_on(self._view)

    def check(self, text: str) -> list[Verdict]:
        """Return the verdicts on one line; raise ViewError if it cannot be read."""
        decoded = Node(_decoded(text), "")
        answer = _answer(decoded.get("outcome"))
        action = action_of(decoded.get("action").value)
        view = self._read(decoded.get("observation"))
        answer = replace(answer, repeat=self._repeat(decoded))
        if answer.code is None:
            self._known = _learned(self._known, action, answer.facts)
        before, self._view = self._view, with_known(view, self._known)
        return verdicts(before, action, answer, self._view)

    def _read(self, observation: Node) -> View:
        return view_of_observation(observation.value, capabilities=self._capabilities)

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


def _known_at(header: Node, view: View, known: Known) -> Known:
    """Return what a header tells of parameters, with the margins that a ramp goes to (GV-2)."""
    assets, markets = dict[str, AssetParameters](), dict[str, TradingParameters]()
    for symbol, node in _listed(header, "assets"):
        asset = built(AssetParameters, node)
        ramp = view.assets[symbol].ramp if symbol in view.assets else None
        if not asset_violations(asset):
            assets[symbol] = with_margins(asset, ramp.target) if ramp else asset
    for symbol, node in _listed(header, "markets"):
        if node.find("base"):
            market = built(MarketParameters, node)
            markets |= {} if market_violations(market) else {symbol: market}
            continue
        perpetual = built(PerpetualParameters, node)
        shown = perpetual_of(view, symbol)
        if not perpetual_violations(perpetual):
            to = shown.ramp.target if shown and shown.ramp else None
            markets[symbol] = with_margins(perpetual, to) if to else perpetual
    return replace(known, assets=assets, markets=markets)


def _listed(header: Node, name: str) -> Iterator[tuple[str, Node]]:
    listed = header.find(name)
    for item in listed.items() if listed else ():
        yield item.get("symbol").text(), item.get("parameters")


def _learned(known: Known, action: Action, facts: Facts) -> Known:
    """Return what is known after an accepted action; parameters that no law admits are not."""
    match action:
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
        case Liquidate() | RunRisk() | PlaceOrder():
            return replace(known, next_order=_next_order(known, action, facts))
        case _:
            return known


def _next_order(known: Known, action: Action, facts: Facts) -> int | None:
    """Return the id of the next order after some were accepted, None where that is not told."""
    try:
        accepted = facts.accepted
    except NotObserved:
        return None
    if isinstance(action, PlaceOrder):
        first = accepted[0] if accepted else None
        last = first if known.next_order is None else known.next_order
        return None if last is None else last + 1
    return None if known.next_order is None else known.next_order + len(accepted)


def _answer(outcome: Node) -> Answer:
    sides = set(outcome.members())
    if sides == {"accepted"}:
        accepted = outcome.get("accepted")
        if "events" in accepted.members():
            return Answer(facts=facts_of_json(accepted.get("events").items()))
        path = accepted.at("events")
        return Answer(facts=without(Facts(), {part.name: path for part in fields(Facts)}))
    if sides != {"rejected"}:
        raise ViewError("outcome must hold either `accepted` or `rejected`")
    rejected = outcome.get("rejected")
    named = "violated" in rejected.members()
    violated = tuple(_code(item) for item in rejected.get("violated").items()) if named else ()
    return Answer(_code(rejected.get("code")), violated)


def _code(node: Node) -> str:
    if node.text() not in CODES:
        raise ViewError(f"{node.path} must be a rejection code, is {node.value!r}")
    return node.text()


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
