"""What accounts and pools were over the course of a run, thinned to what a picture can show."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from ibperp.pool import borrow_rate, lend_rate, utilization
from ibperp.portfolio import health
from ibperp.state import FEES, INSURANCE, find_asset
from ibperp.valuation import virtual_atoms
from ibperp_conformance.report.risk_events import has_risk_events

if TYPE_CHECKING:
    from ibperp.state import State
    from ibperp_conformance.scenario.result import ScenarioResult, StepResult

FRAMES_MAX: Final = 240
TIMES_MIN: Final = 12
"""With fewer different times, a course is shown step by step."""


@dataclass(frozen=True, slots=True)
class PoolFrame:
    """A pool at one time: whole units by accounts and virtually, ratios of 10^18."""

    lent: Fraction
    borrowed: Fraction
    virtually_lent: Fraction
    virtually_borrowed: Fraction
    utilization: int
    borrow_rate: int
    lend_rate: int


@dataclass(frozen=True, slots=True)
class Frame:
    """One moment: its time or step, the equity of each account in US dollars, and the pools.

    `step`: the place of the step of the run that it stands after, from 0.
    """

    at: int
    step: int
    equity: dict[str, Fraction]
    pools: dict[str, PoolFrame]


@dataclass(frozen=True, slots=True)
class Course:
    """The moments of a run; `is_timed`: they are seconds, not steps."""

    is_timed: bool
    frames: tuple[Frame, ...]


def course_of(result: ScenarioResult) -> Course:
    """Return the moments of a run after its steps, at their times where many of these differ.

    Every step outside a repeat is a moment, and every step that liquidates, as far as there is
    room; the rounds of repeats are thinned evenly.
    """
    states = [step.after for step in result.steps] or [result.final]
    is_timed = len({state.time for state in states}) >= TIMES_MIN
    frames = (
        _frame(states[step].time if is_timed else step + 1, step, states[step], result.names)
        for step in _moments(result)
    )
    return Course(is_timed, tuple(frames))


def _moments(result: ScenarioResult) -> list[int]:
    """Return the places of the steps that are shown, the first and the last among them."""
    count = max(len(result.steps), 1)
    told = {place for place, step in enumerate(result.steps) if _is_told(step)}
    told = told if len(told) <= FRAMES_MAX // 2 else set()
    rest = [place for place in range(count) if place not in told]
    room = min(FRAMES_MAX - len(told), len(rest))
    kept = {rest[index * (len(rest) - 1) // max(room - 1, 1)] for index in range(room)}
    return sorted(told | kept | {0, count - 1})


def _is_told(step: StepResult) -> bool:
    return step.repeat is None or has_risk_events(step)


def _frame(at: int, step: int, state: State, names: dict[int, str]) -> Frame:
    unit = state.system.quote_unit
    return Frame(
        at,
        step,
        {
            names.get(index, str(index)): Fraction(health(state, account).equity, unit)
            for index, account in enumerate(state.accounts)
            if index not in {FEES, INSURANCE}
        },
        {asset.symbol: _pool_frame(state, index) for index, asset in enumerate(state.assets)},
    )


def _pool_frame(state: State, index: int) -> PoolFrame:
    asset = state.assets[index]
    pool, atoms = asset.pool, 10**asset.parameters.decimals
    used = utilization(pool)
    lent = owed = 0
    if index == find_asset(state, state.system.settlement_asset):
        for (account,) in state.active:
            for position in state.accounts[account].positions:
                worth = virtual_atoms(state, position)
                lent, owed = lent + max(worth, 0), owed + max(-worth, 0)
    return PoolFrame(
        lent=Fraction(pool.lent - lent, atoms),
        borrowed=Fraction(pool.borrowed - owed, atoms),
        virtually_lent=Fraction(lent, atoms),
        virtually_borrowed=Fraction(owed, atoms),
        utilization=used,
        borrow_rate=borrow_rate(asset.parameters.pool, used),
        lend_rate=lend_rate(asset.parameters.pool, used),
    )
