"""A run under way: the reference leads, and every action is drawn from the state it has reached.

What `answer` alone tries is a look ahead that the engine never sees; what is sent with
`act` is a step of the run.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from ibperp.numbers import INT128_MAX
from ibperp.outcomes import Accepted
from ibperp.state import INSURANCE, Market, Perpetual, at
from ibperp.transition import transition
from ibperp_conformance.fuzz.generator.reached import features
from ibperp_conformance.protocol.wire import type_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from ibperp.actions import Action
    from ibperp.outcomes import Outcome
    from ibperp.state import Account, Asset, State

T = TypeVar("T")

TRIES: Final = 5
"""How often a step is drawn again while it is refused."""

KEPT_REFUSALS: Final = 8
"""One refusal in so many is kept as it is."""


TURNS: Final = 5
"""How many turns a run has for every step that it may have."""


class FullError(Exception):
    """The run has as many steps as it may have."""


@dataclass(frozen=True, slots=True)
class Step:
    """An action, what the reference answered, and the state before it."""

    before: State
    action: Action
    outcome: Outcome

    @property
    def after(self) -> State:
        """The state that the step led to."""
        return self.outcome.state if isinstance(self.outcome, Accepted) else self.before


@dataclass(slots=True)
class Run:
    """A state, the steps that led to it, and what was reached on the way.

    `known` counts what earlier runs reached; `length` is the most steps this one may have;
    `admitted` names the kinds of actions that it may hold, all if it is None.
    """

    random: Random
    state: State
    length: int
    known: Counter[str]
    admitted: frozenset[str] | None = None
    steps: list[Step] = field(default_factory=list)
    reached: Counter[str] = field(default_factory=Counter)
    turns: int = 0

    def goes_on(self) -> bool:
        """Tell whether there may be a next turn: a run that finds no steps ends too."""
        self.turns += 1
        return len(self.steps) < self.length and self.turns < TURNS * self.length

    def act(self, action: Action) -> bool:
        """Make a step; tell whether it was accepted. Raise FullError when the run is over.

        An action of a kind that is not admitted is left out.
        """
        if self.admitted is not None and type_name(type(action)) not in self.admitted:
            return False
        if len(self.steps) >= self.length:
            raise FullError
        step = Step(self.state, action, self.answer(action))
        self.steps.append(step)
        self.reached.update(features(step))
        self.state = step.after
        return isinstance(step.outcome, Accepted)

    def answer(self, action: Action) -> Outcome:
        """Return what the reference would answer, without making the step."""
        return transition(self.state, action)

    def accepts(self, action: Action) -> bool:
        """Tell whether an action would be accepted."""
        return isinstance(self.answer(action), Accepted)

    def offer(self, make: Callable[[], Action | None]) -> None:
        """Make a step that `make` draws, drawn again while it is refused for a common reason."""
        for attempt in range(TRIES):
            action = make()
            if action is None:
                return
            outcome = self.answer(action)
            is_last = attempt == TRIES - 1
            if isinstance(outcome, Accepted) or is_last or self.chance(KEPT_REFUSALS):
                self.act(action)
                return
            if self.is_rare(Step(self.state, action, outcome)):
                self.act(action)
                return

    def choose(self, make: Callable[[], Action | None], count: int = 4) -> None:
        """Make that one of `count` steps drawn whose answer was seen least so far."""
        drawn = [action for action in (make() for _ in range(count)) if action is not None]
        if drawn:
            self.act(min(drawn, key=lambda action: self._times(self._look(action))))

    def is_rare(self, step: Step) -> bool:
        """Tell whether a step would reach something for one of the first times."""
        return self._times(step) < TRIES

    def _look(self, action: Action) -> Step:
        return Step(self.state, action, self.answer(action))

    def _times(self, step: Step) -> int:
        return min(self.known[name] + self.reached[name] for name in features(step))

    # Chance

    def chance(self, one_in: int) -> bool:
        """Tell true once in `one_in` times."""
        return self.random.randrange(one_in) == 0

    def pick(self, values: Sequence[T]) -> T:
        """Return one of the values."""
        return self.random.choice(values)

    def near(self, value: int, low: int = 1) -> int:
        """Return a number that matters where `value` does: it, beside it, or a part of it."""
        whole = max(value, low)
        candidates = (
            *(whole, whole, whole - 1, whole + 1, whole // 2, whole // 3 + 1, low),
            self.random.randint(low, max(whole, low)),
            int(f"1{'0' * self.random.randint(0, len(str(whole)))}"),
        )
        return min(max(self.pick(candidates), low), INT128_MAX)

    def share(self, value: int, *percents: int) -> int:
        """Return one of the percentages of a number, at least one."""
        return max(value * self.pick(percents) // 100, 1)

    # Boundaries

    def edge(self, make: Callable[[int], Action], low: int = 1, high: int = INT128_MAX) -> int:
        """Return the last number from `low` up that is accepted, `low - 1` if not even that."""
        return edge(lambda number: self.accepts(make(number)), low, high)

    def both_sides(self, make: Callable[[int], Action], low: int = 1, high: int = 10**24) -> int:
        """Ask one more than is accepted, then all of it or a little less; return the most."""
        most = self.edge(make, low, high)
        if most < high:
            self.act(make(most + 1))
        if most >= low:
            self.act(make(most - 1 if most > low and self.chance(4) else most))
        return most

    def turn(self, make: Callable[[int], Action], low: int, high: int) -> None:
        """Act on both sides of a number between `low` and `high` where the answer changes."""

        def told(number: int) -> frozenset[str]:
            return frozenset(features(self._look(make(number))))

        first, last = told(low), told(high)
        if first == last:
            self.act(make(self.random.randint(low, high)))
            return
        while high - low > 1:
            middle = (low + high) // 2
            if told(middle) == first:
                low = middle
            else:
                high = middle
        sides = [make(high), make(low)]
        sides.sort(key=self.accepts)
        for action in sides:
            self.act(action)

    # What is there

    def owners(self) -> list[int]:
        """Return the accounts that have an owner."""
        return list(range(INSURANCE + 1, len(self.state.accounts)))

    def owner(self) -> int:
        """Return an account that has an owner."""
        return self.pick(self.owners() or [2])

    def account(self, index: int) -> Account:
        """Return an account as it is now."""
        return self.state.accounts[index]

    def holds(self, account: int, asset: int) -> int:
        """Return the free atoms of an account."""
        return at(self.account(account).free, asset)

    def asset(self) -> int:
        """Return the id of an asset, every third time that of the settlement asset."""
        if self.chance(3) and self.settlement is not None:
            return self.settlement
        return self.random.randrange(len(self.state.assets))

    @property
    def settlement(self) -> int | None:
        """The id of the settlement asset, if it is listed."""
        symbol = self.state.system.settlement_asset
        found = (place for place, own in enumerate(self.state.assets) if own.symbol == symbol)
        return next(found, None)

    def priced(self) -> list[Asset | Perpetual]:
        """Return everything that has a price of its own: assets and perpetual markets."""
        return [*self.state.assets, *marked(self.state)]

    def perpetuals(self) -> list[int]:
        """Return the ids of the perpetual markets."""
        markets = enumerate(self.state.markets)
        return [place for place, market in markets if isinstance(market, Perpetual)]

    def spots(self) -> list[int]:
        """Return the ids of the spot markets."""
        markets = enumerate(self.state.markets)
        return [place for place, market in markets if isinstance(market, Market)]

    def mark(self, place: int) -> int:
        """Return what a lot of a market is worth, in quote atoms, at least one."""
        market = self.state.markets[place]
        if isinstance(market, Perpetual):
            return max(market.mark_price, 1)
        base, quote = (self.state.assets[index] for index in (market.base, market.quote))
        value = market.parameters.lot_atoms * base.price * quote.parameters.lot_atoms
        return max(value // max(base.parameters.lot_atoms * quote.price, 1), 1)


def marked(state: State) -> list[Perpetual]:
    """Return the perpetual markets of a state."""
    return [market for market in state.markets if isinstance(market, Perpetual)]


def edge(accepts: Callable[[int], bool], low: int, high: int) -> int:
    """Return the last number from `low` to `high` that is accepted, by doubling, then halving."""
    if not accepts(low):
        return low - 1
    step = 1
    while low < high and accepts(min(low + step, high)):
        low, step = min(low + step, high), step * 2
    while step > 1:
        step //= 2
        if low + step <= high and accepts(low + step):
            low += step
    return low
