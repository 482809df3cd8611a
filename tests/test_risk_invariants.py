"""Each invariant of liquidation, programs and governance finds a fault; a sound run has none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from active_state import accepted, names
from ibperp.actions import Deposit
from ibperp.risk_actions import Liquidate, ResolveBankruptcy, RunRisk
from ibperp.risk_events import LiquidationStage, LiquidationStep
from ibperp.state import State
from ibperp_invariants import check_state, check_step, due_list
from ibperp_invariants.registry import check_changes, check_views
from ibperp_invariants.step import Step
from ladder_faults import LADDER_FAULTS
from risk_faults import BACKED, BAD_STATES, OTHER_FAULTS
from risk_state import FAILING, bankrupt, due, requested, ruined, stepped, taken


@pytest.mark.parametrize("name", [*OTHER_FAULTS, *LADDER_FAULTS])
def test_check_views__planted_fault_of_risk_reported(name: str) -> None:
    for place, step in enumerate({**OTHER_FAULTS, **LADDER_FAULTS}[name]()):
        assert name in names(check_views(step)), place


@pytest.mark.parametrize("name", BAD_STATES)
def test_check_state__planted_fault_of_risk_reported(name: str) -> None:
    state, spoil = requested(), BAD_STATES[name]
    assert check_state(state) == []
    assert name in names(check_state(spoil(state)))
    action = Deposit(2, "USD", "south", 1, 10)
    outcome = accepted(state, action)
    assert name in names(check_step(state, action, replace(outcome, state=spoil(outcome.state))))


def test_risk_ends__an_unfinished_run_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    step = taken(ruined(), RunRisk(1))
    assert "risk_ends" not in names(check_views(step))
    monkeypatch.setattr(due_list, "STEPS_MAX", 1)
    assert "risk_ends" in names(check_views(step))


@pytest.mark.parametrize(
    "step",
    [
        stepped(LiquidationStage.ON_BOOK, offered=True),
        stepped(LiquidationStage.ON_ADL),
        stepped(LiquidationStage.ON_BACKSTOP, BACKED),
        taken(bankrupt(), ResolveBankruptcy(FAILING)),
        taken(ruined(), RunRisk(10_000)),
    ],
)
def test_check_views__sound_step_breaks_nothing(step: Step) -> None:
    assert check_views(step) == []
    assert check_changes(step) == []


@pytest.mark.parametrize(
    ("state", "stage"),
    [(due(), LiquidationStage.ON_ADL), (due(BACKED), LiquidationStage.ON_BACKSTOP)],
)
def test_liquidation__step_by_step_breaks_nothing(state: State, stage: LiquidationStage) -> None:
    stages = []
    for _ in range(5):
        outcome = accepted(state, Liquidate(FAILING))
        assert check_step(state, Liquidate(FAILING), outcome) == []
        state = outcome.state
        assert check_state(state) == []
        stages += [event.stage for event in outcome.events if isinstance(event, LiquidationStep)]
    assert stage in stages
