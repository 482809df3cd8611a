"""A whole run from a seed: a start, a random mix of moves and stories, and what it reached."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Final, TypeVar

from ibperp.actions import Resume
from ibperp.outcomes import Accepted
from ibperp.state import genesis
from ibperp.transition import transition
from ibperp_conformance.fuzz.generator import moves_funds as funds
from ibperp_conformance.fuzz.generator import moves_markets as markets
from ibperp_conformance.fuzz.generator import moves_risk as risk
from ibperp_conformance.fuzz.generator.run import FullError, Run, Step
from ibperp_conformance.fuzz.generator.spoil import spoil
from ibperp_conformance.fuzz.generator.stories import STORIES
from ibperp_conformance.fuzz.generator.worlds import World, world
from ibperp_conformance.protocol.wire import type_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ibperp.actions import Action

T = TypeVar("T")

LENGTH: Final = 120
"""The most steps of a run after its start."""

SPOILT: Final = 15
"""One move in so many names something wrong."""

MOVES: Final[tuple[tuple[int, Callable[[Run], Action | None]], ...]] = (
    (2, funds.created),
    (5, funds.deposited),
    (6, funds.withdrawn),
    (3, funds.ended),
    (3, funds.rebalanced),
    (4, funds.transferred),
    (6, funds.lent),
    (6, funds.redeemed),
    (7, funds.borrowed),
    (5, funds.repaid),
    (5, funds.switched),
    (4, funds.repooled),
    (9, funds.repriced),
    (8, funds.refreshed),
    (9, funds.waited),
    (25, markets.placed),
    (5, markets.amended),
    (3, markets.cancelled),
    (4, markets.dusted),
    (10, markets.marked),
    (4, markets.funded),
    (9, markets.settled),
    (2, markets.referenced),
    (4, markets.reset_market),
    (1, markets.delisted),
    (1, markets.listed),
    (10, risk.worked),
    (3, risk.insured),
    (3, risk.backed),
    (4, risk.asked),
    (6, risk.quoted),
    (4, risk.resystemed),
    (3, risk.reassessed),
    (1, risk.halted),
)
"""Single steps, by weight."""


@dataclass(frozen=True, slots=True)
class Generated:
    """A run: how it starts, its steps, and how often it reached what."""

    seed: int
    start: World
    steps: tuple[Step, ...]
    reached: Counter[str]


def generate(
    seed: int,
    known: Counter[str],
    starts: Sequence[World] = (),
    *,
    length: int = LENGTH,
    admitted: frozenset[str] | None = None,
    begun_at: World | None = None,
) -> Generated:
    """Return the run of a seed.

    `known` counts what was reached before, `starts` are worlds to begin with besides drawn ones,
    `admitted` the kinds of actions that the run may hold; it begins at `begun_at` if that is given.
    The same arguments give the same run.
    """
    random = Random(seed)
    start = random.choice(starts) if starts and random.randrange(3) == 0 else world(random)
    start = begun_at or start
    begun = _begun(start, admitted)
    state = begun[-1].after if begun else genesis(start.system)
    run = Run(random, state, length, known, admitted=admitted)
    moves = _subset(random, MOVES)
    stories = _subset(random, STORIES)
    share = random.choice((10, 25, 25, 40))
    try:
        while run.goes_on():
            if random.randrange(100) < share:
                random.choices([told for _, told in stories], [w for w, _ in stories])[0](run)
                continue
            if run.state.is_halted and run.chance(3):
                run.act(Resume())
            make = random.choices([made for _, made in moves], [w for w, _ in moves])[0]
            if run.chance(SPOILT):
                spoil(run, make)
            elif run.chance(5):
                run.choose(lambda make=make: make(run))  # type: ignore[misc]
            else:
                run.offer(lambda make=make: make(run))  # type: ignore[misc]
    except FullError:
        pass
    return Generated(seed, start, (*begun, *run.steps), run.reached)


def _begun(start: World, admitted: frozenset[str] | None) -> list[Step]:
    """Return the steps of a start, without those that are not admitted or refused."""
    state, begun = genesis(start.system), list[Step]()
    for action in start.actions:
        if admitted is not None and type_name(type(action)) not in admitted:
            continue
        outcome = transition(state, action)
        if isinstance(outcome, Accepted):
            begun.append(Step(state, action, outcome))
            state = outcome.state
    return begun


def _subset(random: Random, entries: Sequence[tuple[int, T]]) -> list[tuple[int, T]]:
    """Return some of the entries with weights drawn anew: no two runs have the same mix."""
    share = random.choice((40, 70, 90, 100))
    kept = [entry for entry in entries if random.randrange(100) < share] or list(entries)
    return [(weight * random.choice((1, 2, 3, 6)), made) for weight, made in kept]
