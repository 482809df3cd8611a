from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    Deposit,
    Lend,
    Redeem,
    Repay,
    RequestWithdrawal,
    Transfer,
)
from ibperp.numbers import INT128_MAX, RATIO
from ibperp.outcomes import Accepted, RejectionCode
from ibperp.pool import CARRY_UNIT
from ibperp.state import Account, Pool, State, Token, at, put, with_account, with_asset, with_pool
from ibperp.transition import transition
from ibperp_invariants import INVARIANTS, Monitor, Scope, check_state, check_step
from ibperp_invariants.registry import check_views, step_of
from ibperp_invariants.step import Step
from ibperp_invariants.view import totals_after, totals_of, view_of_state
from strategies import funded, run


def active() -> State:
    """Account 2 lends USD, account 3 owes USD and awaits a withdrawal of ORE; a year passed."""
    return run(
        funded(),
        Lend(2, "USD", 500),
        Borrow(3, "USD", 300),
        RequestWithdrawal(3, "ORE", "north", 10, auto_lend_redeem=False, auto_borrow=False),
        AdvanceTime(31_536_000),
    )


def pool(state: State, **changes: int) -> State:
    """Change USD's pool by the given amounts."""
    old = state.assets[0].pool
    new = {name: getattr(old, name) + change for name, change in changes.items()}
    return with_pool(state, 0, replace(old, **new))


def held(state: State, account: int, *, free: int = 0, shares: int = 0) -> State:
    """Change an account's USD by the given amounts."""
    old = state.accounts[account]
    new = replace(
        old,
        free=put(old.free, 0, at(old.free, 0) + free),
        shares=put(old.shares, 0, at(old.shares, 0) + shares),
    )
    return with_account(state, account, new)


def custody(state: State, change: int) -> State:
    """Change USD's custody in the north."""
    token, *others = state.assets[0].tokens
    moved = Token(token.custody + change, token.pending)
    return with_asset(state, 0, replace(state.assets[0], tokens=(moved, *others)))


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
    "lend_shares_bound": lambda state: pool(state, lend_shares=10**9),
    "throttle_bound_in_range": lambda state: pool(state, throttle_bound=RATIO),
    "interest_carry_in_range": lambda state: pool(state, interest_carry=CARRY_UNIT),
    "non_negative": lambda state: pool(state, reserve=-(10**6)),
    "stored_values_in_range": lambda state: pool(state, cash=INT128_MAX),
    "system_accounts_are_nobodys": lambda state: held(state, 1, shares=1),
}

ADVANCE: Final = AdvanceTime(31_536_060)
BAD_STEPS: Final[dict[str, tuple[Action, Callable[[State], State]]]] = {
    "donation_proof": (Lend(2, "USD", 1), lambda state: custody(state, 1)),
    "lend_share_price_monotone": (Lend(2, "USD", 1), lambda state: pool(state, lend_shares=10**8)),
    "lend_share_price_rises_by_interest": (Lend(2, "USD", 1), lambda state: pool(state, lent=9)),
    "borrow_share_price_never_falls": (Repay(3, "USD", 9), lambda state: pool(state, borrowed=-9)),
    "borrow_share_price_rises_by_interest": (
        Repay(3, "USD", 9),
        lambda state: pool(state, borrowed=9),
    ),
    "interest_legs_balance": (ADVANCE, lambda state: pool(state, reserve=1)),
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


OTHER_FAULTS: Final = {
    "rejection_is_no_op": broken_rejection,
    "determinism": broken_determinism,
}


def names(violations: Any) -> set[str]:
    return {violation.invariant for violation in violations}


def accepted(state: State, action: Action) -> Accepted:
    outcome = transition(state, action)
    assert isinstance(outcome, Accepted), outcome
    return outcome


def test_invariants__each_has_a_planted_fault() -> None:
    states = [item.name for item in INVARIANTS if item.scope is Scope.STATE]
    steps = [item.name for item in INVARIANTS if item.scope is Scope.STEP]
    assert sorted(BAD_STATES) == sorted(states)
    assert sorted({**BAD_STEPS, **OTHER_FAULTS}) == sorted(steps)
    assert all(item.clauses and item.statement.endswith(".") for item in INVARIANTS)


def test_active_state__breaks_nothing() -> None:
    assert check_state(active()) == []


@pytest.mark.parametrize("name", BAD_STATES)
def test_check_state__planted_fault_reported(name: str) -> None:
    found = [item for item in check_state(BAD_STATES[name](active())) if item.invariant == name]
    assert found
    assert any(character.isdigit() for character in found[0].message)


@pytest.mark.parametrize("name", BAD_STEPS)
def test_check_step__planted_fault_reported(name: str) -> None:
    action, spoil = BAD_STEPS[name]
    state = active()
    outcome = accepted(state, action)
    assert check_step(state, action, outcome) == []
    spoilt = replace(outcome, state=spoil(outcome.state))
    assert name in names(check_step(state, action, spoilt))


@pytest.mark.parametrize("name", OTHER_FAULTS)
def test_check_views__planted_fault_reported(name: str) -> None:
    for step in OTHER_FAULTS[name]():
        assert name in names(check_views(step))


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


def test_totals_after__equal_to_the_full_sums() -> None:
    before = active()
    after = run(before, Lend(2, "USD", 9), Deposit(4, "ORE", "south", 1, 10))
    views = view_of_state(before), view_of_state(after)
    assert totals_after(totals_of(views[0]), *views) == totals_of(views[1])


def test_monitor__finds_what_check_state_finds() -> None:
    state, action = active(), Lend(2, "USD", 9)
    outcome = accepted(state, action)
    spoilt = replace(outcome, state=held(outcome.state, 4, free=5))
    found = Monitor(state).check(action, spoilt)
    assert set(check_state(spoilt.state)) <= set(found)


def test_violation__names_the_numbers() -> None:
    state = with_pool(active(), 1, Pool(cash=3, throttle_bound=RATIO))
    messages = [item.message for item in check_state(state) if item.invariant == "pool_identity"]
    assert messages == ["ORE: cash 3 + borrowed 0 = 3, but lent 0 + reserve 0 = 0"]
