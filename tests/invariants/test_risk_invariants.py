"""Each invariant of liquidation, programs and governance finds a fault; a sound run has none."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from faults.flows import FLOW_FAULTS
from faults.ladder import LADDER_FAULTS
from faults.risk import BACKED, BAD_STATES, OTHER_FAULTS
from ibperp.actions import (
    AdvanceTime,
    Deposit,
    FundInsurance,
    Liquidate,
    RegisterBackstop,
    ResolveBankruptcy,
    RunRisk,
    SetPrice,
    SetSystemParameters,
    SubmitQuote,
)
from ibperp.events import LiquidationStage, LiquidationStep
from ibperp.operations.liquidation import ladder
from ibperp.operations.liquidation.bankruptcy import worked_account
from ibperp.outcomes import Rejected, RejectionCode
from ibperp.pool import debt
from ibperp.ranking import Rankings
from ibperp.state import State
from ibperp.transition import transition
from ibperp_authoring import examples
from ibperp_conformance.spec_files import spec_path
from ibperp_invariants import check_state, check_step
from ibperp_invariants.check.registry import check_changes, check_views
from ibperp_invariants.claims.liquidation import due_list
from ibperp_invariants.claims.liquidation.due_list import runs_bound, steps_bound
from ibperp_invariants.claims.liquidation.rank import rank_of_all
from ibperp_invariants.claims.portfolio.health import health_of
from ibperp_invariants.step.step import Step
from ibperp_invariants.view.from_state import view_of_state
from worlds.active import accepted, names
from worlds.failing import (
    FAILING,
    bankrupt,
    chained,
    due,
    requested,
    ruined,
    stepped,
    taken,
    virtually_due,
)
from worlds.starts import crowded
from worlds.tiny import NO_FLAGS, run


@pytest.mark.parametrize("name", [*OTHER_FAULTS, *LADDER_FAULTS, *FLOW_FAULTS])
def test_check_views__planted_fault_of_risk_reported(name: str) -> None:
    for place, step in enumerate({**OTHER_FAULTS, **LADDER_FAULTS, **FLOW_FAULTS}[name]()):
        assert name in names(check_views(step)), place


@pytest.mark.parametrize("name", BAD_STATES)
def test_check_state__planted_fault_of_risk_reported(name: str) -> None:
    state, spoil = requested(), BAD_STATES[name]
    assert check_state(state) == []
    assert name in names(check_state(spoil(state)))
    action = Deposit(2, "USD", "south", 1, 10)
    outcome = accepted(state, action)
    assert name in names(check_step(state, action, replace(outcome, state=spoil(outcome.state))))


def test_due_accounts_have_a_step__ladder_without_rungs_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    step = taken(run(due(), Liquidate(FAILING)), AdvanceTime(1))
    assert "due_accounts_have_a_step" not in names(check_views(step))
    monkeypatch.setattr(ladder, "RUNGS", ())
    assert "due_accounts_have_a_step" in names(check_views(step))


def test_liquidation_lowers_rank__a_debt_below_half_a_lot_is_bought_back() -> None:
    chapter = (spec_path() / "liquidation.md").read_text(encoding="utf-8")
    script = examples.scripts(chapter)["Example: equity is above maintenance by six cents"]
    base = {"system": script["system"], "setup": script["setup"][:-1]}
    own = {"account": "2", "asset": "SOL", "amount": "4000"}
    other = {"account": "8", "market": "SOL_USDC", "side": "ask", "lots": "200", "price": "1000000"}
    example = {
        "setup": [
            {"type": "deposit", "account": "6", "asset": "SOL", "sequence": "8", "amount": "90000"},
            {"type": "lend", "account": "6", "asset": "SOL", "amount": "90000"},
            {"type": "borrow", **own},
            {"type": "request_withdrawal", **own},
            {"type": "place_order", **other},
            {"type": "update_mark", "market": "SOL_USDC_PERP", "index_price": "890000"},
        ],
        "action": {"type": "liquidate", "account": "2"},
    }
    begun = examples.run("a lot of 10,000 atoms", base, example)
    step = taken(begun.before, begun.action)
    before, after = (view.accounts[2] for view in (step.before, step.after))
    assert before.shares["SOL"] < 0
    assert after.free["SOL"] == 6000
    assert names(check_views(step)) == set()


def test_liquidation_lowers_rank__rounding_leaves_the_atoms_of_a_debt_as_they_were() -> None:
    # The only debtor owes three atoms; an atom buys a third of its shares, and the rest owe three.
    state = chained(1)
    debtor, lent = state.accounts[2], state.assets[2]
    pool = replace(lent.pool, borrowed=3, borrow_shares=2 * 10**6, cash=lent.pool.lent - 3)
    owing = replace(debtor, shares=(0, 0, -2 * 10**6), free=(1,))
    assets = (*state.assets[:2], replace(lent, pool=pool))
    step = taken(replace(state, assets=assets, accounts=state.accounts.set(2, owing)), Liquidate(2))
    views = (step.before, step.after)
    sides = [(view.assets["LENT0"].pool, -view.accounts[2].shares["LENT0"]) for view in views]
    assert sides[1][1] < sides[0][1]
    assert [debt(*side) for side in sides] == [3, 3]
    assert "liquidation_lowers_rank" not in names(check_views(step))


def test_liquidation_lowers_rank__of_the_state_where_a_borrow_share_owes_five_atoms() -> None:
    state = chained(1)
    debtor, lent = state.accounts[2], state.assets[2]
    pool = replace(lent.pool, borrowed=15, borrow_shares=3, cash=lent.pool.lent - 15)
    owing = replace(debtor, shares=(0, 0, -3), free=(7,))
    assets = (*state.assets[:2], replace(lent, pool=pool))
    state = replace(state, assets=assets, accounts=state.accounts.set(2, owing))
    ranks = [rank_of_all(view_of_state(state), range(len(state.accounts)))]
    while (done := worked_account(state, 2, Rankings())) is not None:
        state = done.state
        ranks.append(rank_of_all(view_of_state(state), range(len(state.accounts))))
    assert len(ranks) > 1
    assert ranks == sorted(set(ranks), reverse=True)
    assert min((0, *state.accounts[2].shares)) == 0


def test_risk_ends__steps_without_end_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    step = taken(ruined(), RunRisk(1))
    assert "risk_ends" not in names(check_views(step))
    idle = partial(ladder.noted, stage=LiquidationStage.PAY_OWN)
    monkeypatch.setattr(ladder, "_paid_own", idle)
    assert "risk_ends" in names(check_views(step))


def test_risk_ends__a_chain_of_lenders_takes_a_run_each(monkeypatch: pytest.MonkeyPatch) -> None:
    step = taken(chained(5), SetPrice("JUNK", 1))
    monkeypatch.setattr(due_list, "runs_bound", lambda _: 5)
    assert check_views(step) == []
    monkeypatch.setattr(due_list, "runs_bound", lambda _: 4)
    assert names(check_views(step)) == {"risk_ends"}


def test_steps_bound__counts_what_the_chapter_counts() -> None:
    # Two positions of 6 lots that go lot by lot, 100 lots of ORE to sell; one debt, to the fund.
    books, positions, debts = 2 * 6 + 100, 2, 1
    most = 2 * (2 + books + (positions + debts) * (2 + 2 * 0) + positions + 6 * debts) + 2
    state = due()
    assert steps_bound(state, FAILING) == most
    backed = due(BACKED, RegisterBackstop(2, 10**6))
    assert steps_bound(backed, FAILING) == most + 2 * (positions + debts) * (2 * 2)
    given = run(state, FundInsurance(2, "USD", 95))
    system = replace(given.system, non_recourse=False, insurance_limit=10)
    assert steps_bound(run(given, SetSystemParameters(system)), FAILING) == most + 10


def test_runs_bound__counts_positions_debts_and_assets() -> None:
    state = chained(5)
    assert runs_bound(state) == 2 * (2 * 0 + 5 * 2 + len(state.assets))
    assert runs_bound(due()) == 2 * (2 * 4 + 2 * 1 + 2)


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


def test_liquidates_only_the_due__late_quote_of_a_due_account_is_refused_rightly() -> None:
    """Not due any more is the account that asked for quotes, though the one that quotes is."""
    asking = run(crowded(RegisterBackstop(2, 300), RegisterBackstop(6, 220)), RunRisk(1))
    healed, quote = run(asking, RunRisk(1)), SubmitQuote(4, 0, 22, NO_FLAGS)
    outcome = transition(healed, quote)
    assert isinstance(outcome, Rejected)
    assert outcome.code is RejectionCode.NOT_LIQUIDATABLE
    assert check_step(healed, quote, outcome) == []
    assert "liquidates_only_the_due" in names(check_step(asking, quote, outcome))


def test_pay_own__a_virtual_lend_counts_as_its_asset_from_then_on() -> None:
    step = taken(virtually_due(), Liquidate(FAILING))
    old, new = (health_of(view, FAILING) for view in (step.before, step.after))
    assert step.facts.liquidation.steps()[0].stage is LiquidationStage.PAY_OWN
    assert old is not None
    assert new is not None
    assert new.equity < old.equity - 100
    assert check_views(step) == []


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
