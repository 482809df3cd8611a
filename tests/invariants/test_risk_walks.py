"""Walks and stories of failing accounts, the programs around them, and governance."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Final, get_args

import pytest

from faults.risk import BACKED
from ibperp.actions import (
    Action,
    AdvanceTime,
    CancelRequest,
    Liquidate,
    RegisterBackstop,
    ResolveBankruptcy,
    Resume,
    RunRisk,
    SetAssetParameters,
    SubmitQuote,
)
from ibperp.events import (
    BankruptcyResolved,
    Event,
    LiquidationStage,
    LiquidationStep,
    OrderEnd,
    OrderEnded,
    RequestEnd,
    RequestEnded,
    SettlementSource,
    Unsettled,
)
from ibperp.orders import Side
from ibperp.outcomes import Accepted, RejectionCode
from ibperp.risk import due_accounts
from ibperp.state import State
from ibperp.transition import transition
from ibperp_invariants import Monitor, check_state
from ibperp_invariants.view.from_state import view_of_state
from ibperp_invariants.view.totals import totals_of
from walks.walk import spoilt_action, traders, useful_action
from walks.walk_perpetual import limited
from walks.walk_risk import RISK, risky
from worlds.failing import FAILING, bankrupt, due, indebted, requested, ruined, shared, won_since
from worlds.starts import defaulted, insured
from worlds.tiny import NO_FLAGS, SYSTEM, order, run

if TYPE_CHECKING:
    from collections.abc import Iterable

WALKS: Final = 22
STEPS: Final = 150
CODES: Final = {
    RejectionCode.HALTED,
    RejectionCode.EXPIRY_INVALID,
    RejectionCode.REQUEST_UNKNOWN,
    RejectionCode.REQUEST_NOT_OWNED,
    RejectionCode.REQUEST_NOT_OPEN,
    RejectionCode.QUOTE_UNKNOWN,
    RejectionCode.COUNTERPARTY_MISMATCH,
    RejectionCode.PRICE_AT_FLOOR,
    RejectionCode.PRICE_DEVIATING,
    RejectionCode.LIQUIDATION_PAUSED,
    RejectionCode.NOT_LIQUIDATABLE,
    RejectionCode.NOTHING_TO_LIQUIDATE,
    RejectionCode.NOT_BANKRUPT,
    RejectionCode.NOT_HALTED,
}
SOURCES: Final = {
    SettlementSource.TRADING_FEES_SYSTEM,
    SettlementSource.BACKSTOP_PROVIDER_LIQUIDATION,
    SettlementSource.BACKSTOP_ADL_LIQUIDATION,
    SettlementSource.SYSTEM_LIABILITY_TRANSFER,
}
BEARERS: Final = (
    "insurance",
    "reserve",
    "spread",
)
BRICKS: Final = ("liquidation", "programs", "governance")
KINDS: Final = {kind for kind in get_args(Action) if kind.__module__.endswith(BRICKS)}
EVENTS: Final = {kind for kind in get_args(Event) if kind.__module__.endswith(BRICKS)}


def stories() -> list[tuple[State, list[Action]]]:
    """Each way of a liquidation, worked off step by step."""
    steps: list[Action] = [*[Liquidate(FAILING)] * 8, ResolveBankruptcy(FAILING)]
    debts: list[Action] = [*[Liquidate(2)] * 4, ResolveBankruptcy(2)]
    bid, ask = order(4, "ORE_USD", Side.BID, 10, 12), order(3, "GEM_PERP", Side.ASK, 1, 500)
    asked = run(indebted(), Liquidate(2))
    request = len(asked.requests) - 1
    floor = replace(asked.assets[1].parameters, price_floor=10**6)
    governed: list[Action] = [Resume(), CancelRequest(3, 0), SetAssetParameters("ORE", floor), bid]
    return [
        (requested(), governed),
        (shared(), [RunRisk(10_000)]),
        (due(), [Liquidate(FAILING), ask, *steps]),
        (due(BACKED), steps),
        (ruined(), [RunRisk(3), RunRisk(10_000)]),
        (bankrupt(), [ResolveBankruptcy(FAILING)]),
        (won_since(), [ResolveBankruptcy(FAILING)]),
        (indebted(), [bid, *debts]),
        (indebted(RegisterBackstop(4, 10**6)), debts),
        (defaulted(), debts),
        (insured(), [RunRisk(10_000)]),
        (asked, [SubmitQuote(4, request, 12, NO_FLAGS), *debts]),
        (indebted(), [AdvanceTime(61), RunRisk(10_000), AdvanceTime(10**6), RunRisk(10_000)]),
    ]


def walks() -> Iterable[tuple[State, list[Action]]]:
    """Walks from seeds; the actions are drawn as the walk goes on."""
    for seed in range(WALKS):
        random = Random(seed)
        state = start = traders(risky(random, limited(random, SYSTEM)))
        actions = list[Action]()
        for _ in range(STEPS):
            action = useful_action(random, state, RISK)
            if random.randrange(12) == 0:
                action = spoilt_action(random, action)
            actions.append(action)
            outcome = transition(state, action)
            state = outcome.state if isinstance(outcome, Accepted) else state
        yield start, actions


def said(outcome: Accepted) -> Iterable[object]:
    """What the events of an outcome are and name."""
    for event in outcome.events:
        yield type(event)
        if isinstance(event, LiquidationStep):
            yield event.stage
        if isinstance(event, OrderEnded | RequestEnded):
            yield event.reason
        if isinstance(event, Unsettled):
            yield event.source
        if isinstance(event, BankruptcyResolved):
            yield from (name for name in BEARERS if getattr(event, name))


@pytest.mark.no_cover
def test_risk_walk__every_invariant_holds_and_everything_happens() -> None:
    seen, refused = Counter[object](), set[RejectionCode]()
    for number, (state, actions) in enumerate([*walks(), *stories()]):
        monitor = Monitor(state)
        for action in actions:
            outcome = transition(monitor.state, action)
            assert monitor.check(action, outcome) == [], (number, action)
            if isinstance(outcome, Accepted):
                seen.update([type(action), *said(outcome)])
            else:
                refused.update(outcome.violated)
        assert monitor.totals == totals_of(view_of_state(monitor.state))
        assert check_state(monitor.state) == []
    named = {*LiquidationStage, *RequestEnd, *BEARERS, OrderEnd.LIQUIDATION}
    missing = (KINDS | EVENTS | SOURCES | named) - seen.keys()
    assert not missing
    assert not CODES - refused


def test_run_risk__leaves_nobody_due() -> None:
    for state in (due(), due(BACKED), ruined(), indebted()):
        outcome = transition(state, RunRisk(10_000))
        assert isinstance(outcome, Accepted)
        last = transition(outcome.state, RunRisk(10_000))
        assert isinstance(last, Accepted)
        assert due_accounts(last.state) == ()
