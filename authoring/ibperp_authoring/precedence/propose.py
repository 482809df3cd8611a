"""Proposes a case for a pair: two refusals of one action made one, and tried on the reference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, islice, product
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ibperp.outcomes import Accepted
from ibperp.state import State, genesis
from ibperp.transition import transition
from ibperp_authoring.precedence.shown import Shown, shown
from ibperp_authoring.precedence.spoil import NEW, spoilt, without_price
from ibperp_authoring.precedence.wanted import Pair, applies, stage_codes
from ibperp_conformance.protocol.wire import WireError, decode_action, decode_system

if TYPE_CHECKING:
    from ibperp_conformance.runner.vectors import Object, Setup, Suite

SOURCES: Final = 10
"""How many refusals of each side are combined."""

_FAR: Final = (str(2**127), str(-(2**127) - 1))
_IDS: Final = ("99", "0", "1", "-1", "3")
SPOILT: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        ("amount", "lots", "price", "received", "steps", "capacity"), ("0", "-1", *_FAR)
    ),
    **dict.fromkeys(("leverage_limit", "time", "user", "index_price", "expires"), ("0", *_FAR)),
    **dict.fromkeys(("account", "sender", "receiver", "counterparty", "quoter"), _IDS),
    **dict.fromkeys(("request", "order", "withdrawal", "rebalance"), ("99",)),
    **dict.fromkeys(("asset", "market"), ("NONE", "none!", "SOL_PERP", "SOL_USDC")),
    **dict.fromkeys(("chain", "source", "destination"), ("nowhere", "solana")),
}
"""Values of fields that some precondition refuses."""

TRIES: Final = 120
"""How many candidates of a strategy are tried for a pair."""

STATES_OF: Final = 2
"""Of how many refusals of each side the state is spoilt."""

FIELDS: Final = 6
"""Up to how many fields that differ every mixture is tried."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused step of a vector: how to come to it, and what it shows."""

    setup: str
    before: tuple[Object, ...]
    action: Object
    twin: str
    shown: Shown


Candidate: TypeAlias = "tuple[Refusal, tuple[Object, ...], Object]"
"""What is tried: the refusal that it comes from, the steps before, and the action."""


@dataclass(slots=True)
class States:
    """States by setup and steps, each reached once."""

    setups: Mapping[str, Setup]
    known: dict[tuple[str, int], State] = field(default_factory=dict)
    reached: dict[str, State] = field(default_factory=dict)

    def after(self, setup: str, steps: Iterable[Object]) -> State | None:
        """Return the state after steps from a setup; None if one of them is refused."""
        if setup not in self.reached:
            own = self.setups[setup]
            start: State | None = genesis(decode_system(own.system))
            start = self._taken(start, own.actions)
            if start is None:
                return None
            self.reached[setup] = start
        return self._taken(self.reached[setup], steps)

    @staticmethod
    def _taken(state: State | None, steps: Iterable[Object]) -> State | None:
        for step in steps:
            outcome = transition(state, decode_action(step)) if state is not None else None
            if not isinstance(outcome, Accepted):
                return None
            state = outcome.state
        return state


def refusals(suite: Suite, states: States) -> list[Refusal]:
    """Return every refused last step of the vectors whose steps before it are all accepted."""
    found = []
    for vector in suite.vectors.values():
        *before, last = vector.steps
        if last.expect.code is None or any(step.expect.code for step in before):
            continue
        steps = tuple(step.action for step in before)
        state = states.after(vector.setup, steps)
        seen = None if state is None else shown(state, decode_action(last.action))
        if seen is not None:
            twin = vector.twin or vector.id
            found.append(Refusal(vector.setup, steps, last.action, twin, seen))
    return found


def proposals(
    wanted: Sequence[Pair], known: Sequence[Refusal], states: States
) -> Iterator[tuple[Pair, Refusal]]:
    """Yield a refusal for each pair that a mixture of two known ones shows."""
    by_action: dict[str, list[Refusal]] = defaultdict(list)
    for each in known:
        by_action[str(each.action["type"])].append(each)
    made: dict[str, list[Shown]] = defaultdict(list)
    for pair in wanted:
        actions = [action for action in by_action if applies(pair, action)]
        if any(each.shows(pair) for action in actions for each in made[action]):
            continue
        for action in actions:
            found = next(_mixed(pair, action, known, states), None)
            if found is not None:
                made[action].append(found.shown)
                yield pair, found
                break


def _mixed(pair: Pair, action: str, known: Sequence[Refusal], states: States) -> Iterator[Refusal]:
    """Yield refusals that show a pair, each strategy tried so often at most."""
    first, second = _sides(pair)
    own = [each for each in known if each.action["type"] == action]
    ones, others = _short(_with(own, first)), _short(_with(own, second))
    spoilers = _short(_with(known, first)), _short(_with(known, second))
    strategies: tuple[Iterator[Candidate], ...] = (
        _two_mixed(ones, others),
        _two_mixed(others, ones),
        ((one, one.before, action) for one in (*ones, *others) for action in _spoilt(one.action)),
        _steps_of_another(ones, spoilers[1]),
        _steps_of_another(others, spoilers[0]),
        _market_without_price((*ones, *others), states),
        _state_spoilt((*ones[:STATES_OF], *others[:STATES_OF]), states),
    )
    for strategy in strategies:
        for base, before, tried in islice(strategy, TRIES):
            state = states.after(base.setup, before)
            if state is None:
                continue
            try:
                seen = shown(state, decode_action(tried))
            except WireError:
                continue
            if seen is not None and seen.shows(pair):
                yield Refusal(base.setup, before, tried, base.twin, seen)


def _two_mixed(ones: Sequence[Refusal], others: Sequence[Refusal]) -> Iterator[Candidate]:
    for one, other in product(ones, others):
        for way, action in product(_ways(one, other), _actions(one.action, other.action)):
            yield one, way, action


def _steps_of_another(ones: Sequence[Refusal], others: Sequence[Refusal]) -> Iterator[Candidate]:
    for one, other in product(ones, others):
        for way in _ways(one, other)[1:]:
            yield one, way, one.action


def _market_without_price(ones: Sequence[Refusal], states: States) -> Iterator[Candidate]:
    for one in ones:
        state = states.after(one.setup, one.before) if "market" in one.action else None
        for steps in without_price(state) if state is not None else ():
            yield one, (*one.before, *steps), {**one.action, "market": NEW}


def _state_spoilt(ones: Sequence[Refusal], states: States) -> Iterator[Candidate]:
    for one in ones:
        state = states.after(one.setup, one.before)
        for steps in spoilt(state) if state is not None else ():
            yield one, (*one.before, *steps), one.action


def _with(known: Sequence[Refusal], codes: frozenset[str]) -> list[Refusal]:
    return [each for each in known if codes & {*each.shown.codes}]


def _spoilt(action: Object) -> Iterator[dict[str, Any]]:
    """Yield an action with one field, or two, at values that some precondition refuses."""
    changes = [
        {name: value}
        for name, values in SPOILT.items()
        if isinstance(action.get(name), str)
        for value in values
    ]
    for change in changes:
        yield {**action, **change}
    for one, other in combinations(changes, 2):
        if one.keys() != other.keys():
            yield {**action, **one, **other}


def _sides(pair: Pair) -> tuple[frozenset[str], frozenset[str]]:
    if pair.is_next_stage:
        return stage_codes(pair, pair.stage), stage_codes(pair, pair.stage + 1)
    return frozenset((pair.first,)), frozenset((pair.second,))


def _short(known: list[Refusal]) -> list[Refusal]:
    """Return some refusals, those with few steps first, and of each setup and codes one."""
    ordered = sorted(known, key=lambda each: (len(each.before), len(each.shown.codes)))
    kinds = {(each.setup, len(each.before), each.shown.codes): each for each in reversed(ordered)}
    return sorted(kinds.values(), key=ordered.index)[:SOURCES]


def _ways(one: Refusal, other: Refusal) -> list[tuple[Object, ...]]:
    """Return the steps to try before a mixture, in the setup of `one`."""
    ways = [one.before]
    if one.setup == other.setup:
        ways += [other.before, one.before + other.before, other.before + one.before]
    return ways


def _actions(one: Object, other: Object) -> Iterator[dict[str, Any]]:
    """Yield mixtures of two actions of a type: every choice for the fields that differ."""
    differing = [name for name in one if one[name] != other.get(name, one[name])]
    if len(differing) > FIELDS:
        yield from (dict(one), dict(other))
        for name in differing:
            yield {**one, name: other[name]}
            yield {**other, name: one[name]}
        return
    for choice in product((one, other), repeat=len(differing)):
        yield {**one, **{name: side[name] for name, side in zip(differing, choice, strict=True)}}
