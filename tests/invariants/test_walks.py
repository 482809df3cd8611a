"""Deep random walks from seeds: every invariant, every action, every event; and a churn of orders.

Now and then the forms of the invariants that look at everything are held beside those that look at
what a step changed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random
from typing import Final, get_args

import pytest

from ibperp import actions, events
from ibperp.actions import AmendOrder, CancelAllOrders, CancelOrder, PlaceOrder, SetPrice
from ibperp.events import OrderEnd, OrderEnded, SettlementSource
from ibperp.operations.spot_margin import matching
from ibperp.orders import Side, TimeInForce
from ibperp.outcomes import Accepted, RejectionCode
from ibperp.transition import transition
from ibperp_invariants import Monitor, check_state
from ibperp_invariants.check.monitor import step_of
from ibperp_invariants.claims.portfolio.portfolio import losses
from ibperp_invariants.view.from_state import view_of_state
from ibperp_invariants.view.totals import totals_of
from invariants import test_risk_walks
from walks.walk import EVERYTHING, TRADERS, WORK, spoilt_action, traders, useful_action
from walks.walk_perpetual import DRAIN, limited
from worlds.tiny import ALL_FLAGS, MARKETS, SYSTEM, order, run

WALKS: Final = 48
STEPS: Final = 150
ALWAYS: Final = 40
"""How often a kind of action may be accepted without being refused once."""


@pytest.mark.slow(7)
@pytest.mark.no_cover
def test_deep_walk__every_invariant_holds_and_every_action_was_accepted() -> None:
    accepted: Counter[object] = Counter()
    asked: Counter[object] = Counter()
    said: Counter[object] = Counter()
    for seed in range(WALKS):
        random = Random(seed)
        choices = DRAIN if seed % 3 == 0 else EVERYTHING
        state = traders(limited(random, replace(SYSTEM, entry_fee=bool(seed & 1))))
        monitor = Monitor(state)
        for _ in range(STEPS):
            action = useful_action(random, state, choices)
            if random.randrange(12) == 0:
                action = spoilt_action(random, action)
            outcome = transition(state, action)
            assert monitor.check(action, outcome) == [], (seed, action)
            if random.randrange(8) == 0:
                step = step_of(state, action, outcome)
                assert not [*losses(step, step.after.accounts)], (seed, action)
            asked[type(action)] += 1
            if isinstance(outcome, Accepted):
                accepted[type(action)] += 1
                said.update(type(event) for event in outcome.events)
                said.update(
                    event.reason for event in outcome.events if isinstance(event, OrderEnded)
                )
                said.update(
                    event.source
                    for event in outcome.events
                    if isinstance(event, events.Unsettled | events.VirtualMoved)
                )
                state = outcome.state
                assert random.randrange(8) or check_state(state) == []
        assert monitor.totals == totals_of(view_of_state(state))
        assert check_state(state) == []
    # The state machine, which begins from accounts that owe the fund, converts their collateral.
    others = test_risk_walks.KINDS | {actions.ConvertCollateral}
    kinds = [kind for kind in get_args(actions.Action) if kind not in others]
    rare = [kind.__name__ for kind in kinds if accepted[kind] < 5]
    assert not rare, f"hardly accepted: {rare}; accepted: {accepted}"
    assert not [kind for kind in asked if asked[kind] == accepted[kind] > ALWAYS]
    elsewhere = test_risk_walks.EVENTS | test_risk_walks.SOURCES | {OrderEnd.LIQUIDATION}
    missing = {*get_args(events.Event), *OrderEnd, *SettlementSource} - said.keys() - elsewhere
    assert not missing


@pytest.mark.no_cover
def test_churn__ends_with_nothing_reserved_after_cancel_all() -> None:
    random, state = Random(1), traders(replace(SYSTEM, order_limit=50))
    counts: Counter[object] = Counter()
    for _ in range(10_000):
        action = useful_action(random, state, WORK)
        outcome = transition(state, action)
        if isinstance(outcome, Accepted):
            state = outcome.state
            counts[type(action)] += 1
            counts.update(type(event) for event in outcome.events)
    assert min(counts[kind] for kind in (PlaceOrder, AmendOrder, CancelOrder, events.Traded)) > 99
    assert check_state(state) == []
    assert any(account.reserved for account in state.accounts)
    state = run(state, *(CancelAllOrders(n, market) for n in TRADERS for market in MARKETS))
    assert not any(account.reserved or account.orders for account in state.accounts)
    assert not any(len(item.book.bids) + len(item.book.asks) for item in state.markets)
    assert check_state(state) == []


def test_maker_below_its_requirement__ends_and_is_reported_if_it_trades(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    short = order(5, "ORE_USD", Side.ASK, 60, 26, flags=ALL_FLAGS)
    buy = order(4, "ORE_USD", Side.BID, 30, 26, time_in_force=TimeInForce.IOC)
    dearer = (SetPrice("ORE", price) for price in (312, 390))
    state = run(traders(), CancelAllOrders(4, "ORE_USD"), short, *dearer)
    outcome = transition(state, buy)
    assert isinstance(outcome, Accepted)
    ends = [event.reason for event in outcome.events if isinstance(event, OrderEnded)]
    assert ends == [RejectionCode.INSUFFICIENT_MARGIN, OrderEnd.IMMEDIATE_OR_CANCEL]
    assert Monitor(state).check(buy, outcome) == []
    monkeypatch.setattr(matching, "change_checks", lambda *_: ())
    found = Monitor(state).check(buy, transition(state, buy))
    assert "makers_stay_safe" in {violation.invariant for violation in found}
