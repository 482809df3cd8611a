"""What accounts and pools were over the course of a run, thinned to what a picture can show."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from ibperp.pool import borrow_rate, lend_rate, utilization
from ibperp.portfolio import health
from ibperp.state import FEES, INSURANCE, find_asset
from ibperp.valuation import virtual_atoms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ibperp.state import State
    from ibperp_conformance.scenario.result import ScenarioResult

FRAMES_MAX: Final = 300
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
    """One moment: its time or step, the equity of each account in US dollars, and the pools."""

    at: int
    equity: dict[str, Fraction]
    pools: dict[str, PoolFrame]


@dataclass(frozen=True, slots=True)
class Course:
    """The moments of a run; `is_timed`: they are seconds, not steps."""

    is_timed: bool
    frames: tuple[Frame, ...]


def course_of(result: ScenarioResult) -> Course:
    """Return the moments of a run: at each time the last state, or after each step the state."""
    states = [step.after for step in result.steps] or [result.final]
    by_time = {state.time: state for state in states}
    is_timed = len(by_time) >= TIMES_MIN
    moments = list(by_time.items()) if is_timed else list(enumerate(states, start=1))
    frames = tuple(_frame(at, state, result.names) for at, state in _thinned(moments))
    return Course(is_timed, frames)


def _thinned(moments: Sequence[tuple[int, State]]) -> Iterator[tuple[int, State]]:
    """Yield moments at even distances, the first and the last among them."""
    count, last = min(len(moments), FRAMES_MAX), len(moments) - 1
    for index in range(count):
        yield moments[index * last // max(count - 1, 1)]


def _frame(at: int, state: State, names: dict[int, str]) -> Frame:
    unit = state.system.quote_unit
    return Frame(
        at,
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
