from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

from faults import positions, risk
from faults.flows import FLOW_FAULTS
from faults.ladder import LADDER_FAULTS
from ibperp.actions import Action, AdvanceTime, Deposit, Lend, Redeem, Repay, SetPrice, Transfer
from ibperp.events import Traded
from ibperp.numbers import INT128_MAX, RATIO
from ibperp.ordered import Ordered
from ibperp.outcomes import RejectionCode
from ibperp.pool import CARRY_UNIT
from ibperp.state import Account, Pool, State, Token, at, with_account, with_asset, with_pool
from ibperp.transition import transition
from ibperp_invariants import INVARIANTS, Scope, check_state, check_step
from ibperp_invariants.check.monitor import step_of
from ibperp_invariants.check.registry import check_changes, check_view, check_views
from ibperp_invariants.step.step import Step
from ibperp_invariants.view.from_state import view_of_state
from ibperp_invariants.view.totals import totals_of
from worlds.active import (
    BUY,
    REST,
    SELL,
    accepted,
    active,
    book,
    custody,
    held,
    moved,
    names,
    ordered,
    pool,
    unpaid,
)
from worlds.positions import CROSS, market, position, positioned, unsettled


def reported(step: Step, account: int, **changes: int) -> Step:
    """Change the health that is reported of an account after a step."""
    told = dict(step.after.portfolios)
    told[account] = replace(told[account], **changes)
    return replace(step, after=replace(step.after, portfolios=told))


BAD_STATES: Final[dict[str, Callable[[State], State]]] = {
    "custody_identity": lambda state: held(state, 2, free=1),
    "withdrawal_pending_totals": lambda state: replace(
        state, withdrawals=state.withdrawals.set(0, replace(state.withdrawals[0], amount=11))
    ),
    "custody_covers_pending": lambda state: with_asset(
        state, 0, replace(state.assets[0], tokens=(Token(1, 2), Token()))
    ),
    "pool_identity": lambda state: pool(state, cash=1),
    "share_totals": lambda state: held(state, 2, shares=1),
    "claims_at_most_lent": lambda state: held(state, 2, shares=10**9),
    "debts_at_least_borrowed": lambda state: pool(state, borrow_shares=10**9),
    "throttle_bound_in_range": lambda state: pool(state, throttle_bound=RATIO),
    "interest_carry_in_range": lambda state: pool(state, interest_carry=CARRY_UNIT),
    "non_negative": lambda state: pool(state, reserve=-(10**6)),
    "stored_values_in_range": lambda state: pool(state, cash=INT128_MAX),
    "system_accounts_are_nobodys": lambda state: held(state, 0, shares=-1),
    "book_uncrossed": lambda state: ordered(state, 2, price=24),
    "book_ordered": lambda state: book(state, bids=Ordered([(-24, 1, 0), (-24, 0, 1)])),
    "reservations_are_sums": lambda state: ordered(state, 0, reserved=95),
    "firm_orders_covered": lambda state: held(state, 2, free=-at(state.accounts[2].free, 0)),
}
BAD_REPORTS: Final = {
    "health_ordering": {"auto_close": 10**6},
    "no_double_count": {"order_loss": 10**6},
    "profit_bounded": {"equity": 10**6},
}
"""What the account 3 reports in place of its health."""

ADVANCE: Final = AdvanceTime(31_536_060)
BAD_STEPS: Final[dict[str, tuple[Action, Callable[[State], State]]]] = {
    "donation_proof": (Lend(2, "USD", 1), lambda state: custody(state, 1)),
    "lend_share_price_monotone": (Lend(2, "USD", 1), lambda state: pool(state, lend_shares=10**8)),
    "lend_shares_bound": (Lend(2, "USD", 1), lambda state: pool(state, lend_shares=10**9)),
    "lend_share_price_rises_by_interest": (Lend(2, "USD", 1), lambda state: pool(state, lent=9)),
    "borrow_share_price_never_falls": (Repay(3, "USD", 9), lambda state: pool(state, borrowed=-9)),
    "borrow_share_price_rises_by_interest": (
        Repay(3, "USD", 9),
        lambda state: pool(state, borrowed=9),
    ),
    "interest_legs_balance": (ADVANCE, lambda state: pool(state, reserve=1)),
    "lenders_earn_by_time": (ADVANCE, lambda state: pool(state, lent=1, unearned=-1)),
    "entry_fee_once": (Repay(3, "USD", 9), lambda state: unpaid(state, 3)),
    "no_free_round_trip": (Redeem(2, "USD", 9), lambda state: held(state, 2, free=1)),
    "splitting_never_helps": (Lend(2, "USD", 9), lambda state: held(state, 2, shares=-(10**6))),
    "directed_rounding": (Lend(2, "USD", 9), lambda state: held(state, 2, shares=1)),
    "lend_claims_an_atom": (
        Redeem(2, "USD", 9),
        lambda state: held(state, 2, shares=1 - state.accounts[2].shares[0]),
    ),
    "no_account_lends_and_borrows": (
        Redeem(2, "USD", 9),
        lambda state: held(state, 2, shares=-(10**9)),
    ),
    "no_negative_free": (Lend(2, "USD", 9), lambda state: held(state, 2, free=-1000)),
    "frame_rule": (Lend(2, "USD", 9), lambda state: replace(state, time=state.time + 1)),
    "subaccount_isolation": (Lend(2, "USD", 9), lambda state: held(state, 3, free=1)),
    "own_actions_keep_safe": (
        REST,
        lambda state: with_account(
            state, 4, replace(state.accounts[4], free=(), shares=(-(10**9),))
        ),
    ),
    "makers_stay_safe": (
        BUY,
        lambda state: with_account(state, 3, replace(state.accounts[3], free=())),
    ),
    "nobody_else_loses_health": (BUY, lambda state: moved(state, 3, "USD", -100)),
    "gift_never_hurts": (Transfer(2, 3, "ORE", 9), lambda state: moved(state, 3, "ORE", -200)),
    "price_update_limited": (
        SetPrice("ORE", 10**6),
        lambda state: with_asset(state, 1, replace(state.assets[1], price=10**6)),
    ),
    "fills_are_transfers": (BUY, lambda state: moved(state, 0, "USD", -1)),
    "reduce_only_reduces": (SELL, lambda state: moved(state, 4, "ORE", 500)),
    "order_ids_dense": (
        REST,
        lambda state: replace(state, orders=state.orders.append(state.orders[0])),
    ),
}


def broken_rejection() -> list[Step]:
    state = active()
    step = step_of(state, Lend(2, "USD", 0), transition(state, Lend(2, "USD", 0)))
    wrong = RejectionCode.ACCOUNT_UNKNOWN.value, RejectionCode.AMOUNT_NOT_POSITIVE.value
    return [
        replace(step, after=view_of_state(held(state, 2, free=1))),
        replace(step, violated=wrong),
    ]


def broken_determinism() -> list[Step]:
    state = active()
    other = transition(state, Lend(2, "USD", 2))
    return [step_of(state, Lend(2, "USD", 1), other)]


def broken_limits() -> list[Step]:
    """A repayment that a limit refuses."""
    state, codes = active(), (RejectionCode.BORROW_LIMIT.value,)
    step = step_of(state, Repay(3, "USD", 0), transition(state, Repay(3, "USD", 0)))
    return [replace(step, code=codes[0], violated=codes)]


def broken_self_trade() -> list[Step]:
    """The account that the first trade's maker trades with becomes another of his user."""
    state = active()
    step = step_of(state, BUY, transition(state, BUY))
    accounts = dict(step.before.accounts)
    accounts[4] = replace(accounts[4], user=accounts[3].user)
    return [replace(step, before=replace(step.before, accounts=accounts))]


OTHER_FAULTS: Final = {
    "cap_one_way": broken_limits,
    "self_trade_never": broken_self_trade,
    "rejection_is_no_op": broken_rejection,
    "determinism": broken_determinism,
}


def test_invariants__each_has_a_planted_fault() -> None:
    states = [item.name for item in INVARIANTS if item.scope is Scope.STATE]
    steps = [item.name for item in INVARIANTS if item.scope is Scope.STEP]
    planted, risky = positions, risk
    others = {**OTHER_FAULTS, **planted.OTHER_FAULTS, **risky.OTHER_FAULTS, "risk_ends": None}
    others |= LADDER_FAULTS | FLOW_FAULTS | {"due_accounts_have_a_step": None}
    reports = {**BAD_REPORTS, **planted.BAD_REPORTS, **risky.BAD_STATES}
    assert sorted({**BAD_STATES, **planted.BAD_STATES, **reports}) == sorted(states)
    assert sorted({**BAD_STEPS, **planted.BAD_STEPS, **others}) == sorted(steps)
    assert all(item.clauses and item.statement.endswith(".") for item in INVARIANTS)


def test_active_state__breaks_nothing() -> None:
    assert check_state(active()) == []


@pytest.mark.parametrize("name", BAD_STATES)
def test_check_state__planted_fault_reported(name: str) -> None:
    found = [item for item in check_state(BAD_STATES[name](active())) if item.invariant == name]
    assert found
    assert any(character.isdigit() for character in found[0].message)


@pytest.mark.parametrize("name", BAD_REPORTS)
def test_check_view__planted_report_reported(name: str) -> None:
    state = active()
    step = reported(step_of(state, BUY, accepted(state, BUY)), 3, **BAD_REPORTS[name])
    assert name in names(check_view(step.after, totals_of(step.after)))
    assert name in names(check_changes(step))


@pytest.mark.parametrize("name", BAD_STEPS)
def test_check_step__planted_fault_reported(name: str) -> None:
    action, spoil = BAD_STEPS[name]
    state = active()
    outcome = accepted(state, action)
    assert check_step(state, action, outcome) == []
    spoilt = replace(outcome, state=spoil(outcome.state))
    assert name in names(check_step(state, action, spoilt))


@pytest.mark.parametrize("name", [*OTHER_FAULTS, *positions.OTHER_FAULTS])
def test_check_views__planted_fault_reported(name: str) -> None:
    for step in {**OTHER_FAULTS, **positions.OTHER_FAULTS}[name]():
        assert name in names(check_views(step))


def test_positions__break_nothing() -> None:
    assert check_state(positioned()) == []


@pytest.mark.parametrize("name", positions.BAD_STATES)
def test_check_state__planted_fault_among_positions_reported(name: str) -> None:
    state, spoil = positioned(), positions.BAD_STATES[name]
    found = [item for item in check_state(spoil(state)) if item.invariant == name]
    assert found
    assert any(character.isdigit() for character in found[0].message)
    action = Deposit(2, "USD", "south", 1, 10)
    outcome = accepted(state, action)
    assert name in names(check_step(state, action, replace(outcome, state=spoil(outcome.state))))


@pytest.mark.parametrize("name", positions.BAD_REPORTS)
def test_check_view__planted_report_of_gains_reported(name: str) -> None:
    state = positioned()
    step = step_of(state, CROSS, accepted(state, CROSS))
    step = reported(step, 2, **positions.BAD_REPORTS[name])
    assert name in names(check_view(step.after, totals_of(step.after)))
    assert name in names(check_changes(step))


@pytest.mark.parametrize("name", positions.BAD_STEPS)
def test_check_step__planted_fault_among_positions_reported(name: str) -> None:
    action, spoil = positions.BAD_STEPS[name]
    state = positioned()
    outcome = accepted(state, action)
    assert check_step(state, action, outcome) == []
    spoilt = replace(outcome, state=spoil(outcome.state))
    assert name in names(check_step(state, action, spoilt))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda state: position(state, 2, entry_cost=1),
        lambda state: unsettled(state, 2, 1),
        lambda state: unsettled(state, 3, 1),
        lambda state: market(state, open_interest=0),
        lambda state: market(state, mark_price=1),
        lambda state: replace(state, settlement_time=state.time),
    ],
)
def test_check_step__position_outside_the_frame_reported(spoil: Callable[[State], State]) -> None:
    state, action = positioned(), Deposit(2, "USD", "south", 1, 10)
    outcome = accepted(state, action)
    spoilt = replace(outcome, state=spoil(outcome.state))
    assert names(check_step(state, action, spoilt)) & {"frame_rule", "subaccount_isolation"}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda state: held(state, 0, free=1),
        lambda state: replace(state, chains=state.chains[:1]),
        lambda state: with_account(state, 2, replace(state.accounts[2], user=9)),
        lambda state: with_asset(state, 1, replace(state.assets[1], price=1)),
        lambda state: with_pool(state, 0, replace(state.assets[0].pool, throttle_bound=1)),
        lambda state: replace(
            state, withdrawals=state.withdrawals.set(0, replace(state.withdrawals[0], fee=0))
        ),
        lambda state: replace(state, accounts=state.accounts.append(Account(user=9))),
    ],
)
def test_check_step__change_outside_the_frame_reported(spoil: Callable[[State], State]) -> None:
    state, action = active(), Transfer(2, 3, "USD", 1)
    outcome = accepted(state, action)
    spoilt = replace(outcome, state=spoil(outcome.state))
    assert names(check_step(state, action, spoilt)) & {"frame_rule", "subaccount_isolation"}


def test_fills_are_transfers__each_wrong_trade_reported() -> None:
    state = active()
    outcome = accepted(state, BUY)
    for changes in (
        {"price": 25},
        {"lots": 3},
        {"maker_fee": 0},
        {"taker_fee": -9, "maker_fee": 1},
        {"maker_order": 0},
    ):
        events = tuple(
            replace(event, **changes) if isinstance(event, Traded) else event
            for event in outcome.events
        )
        found = check_step(state, BUY, replace(outcome, events=events))
        assert "fills_are_transfers" in names(found), changes


def test_violation__names_the_numbers() -> None:
    state = with_pool(active(), 1, Pool(cash=3, throttle_bound=RATIO))
    messages = [item.message for item in check_state(state) if item.invariant == "pool_identity"]
    assert messages == ["ORE: cash 3 + borrowed 0 = 3, but lent 0 + reserve 0 + unearned 0 = 0"]
