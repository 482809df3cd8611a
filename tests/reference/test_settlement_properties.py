"""Settlements compared with each other: repeated, in both modes, flattened, in another order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import permutations
from random import Random
from typing import Final

import pytest

from ibperp import pool as kernel
from ibperp.actions import (
    Action,
    AdvanceTime,
    ApplyFunding,
    CreateAccount,
    Deposit,
    Lend,
    ListAsset,
    ListPerpetual,
    SetAccountSettings,
    SetPrice,
    Settle,
    UpdateMark,
)
from ibperp.events import Event, SettlementSource, VirtualInterest, VirtualMoved
from ibperp.numbers import INT128_MAX, RATIO
from ibperp.orders import Side
from ibperp.outcomes import Accepted, Rejected, RejectionCode
from ibperp.parameters import SystemParameters
from ibperp.state import State, genesis, with_account, with_pool
from ibperp.transition import transition
from ibperp_invariants import Monitor
from ibperp_invariants.claims.portfolio.positions import settled_wealth
from ibperp_invariants.view.from_state import view_of_state
from walks.walk import traders, useful_action
from walks.walk_perpetual import DRAIN, limited
from worlds.perpetual import MARK, PERPETUALS, with_perpetuals
from worlds.positions import accepted, market, positioned, virtually
from worlds.tiny import POOL, SYSTEM, asset, order, run

FREE: Final = replace(POOL, base_rate=0, slope_low=0, slope_high=0, open_borrow_lend_limit=10**9)
DEAR: Final = replace(POOL, base_rate=RATIO // 2, open_borrow_lend_limit=10**9)
UNLIMITED: Final = replace(
    SYSTEM,
    entry_fee=False,
    account_virtual_limit=INT128_MAX,
    system_virtual_limit=INT128_MAX,
    book_utilization_limit=RATIO,
)
PARTIES: Final = (2, 3, 4)
DAY: Final = 86_400


def worth(state: State, accounts: Sequence[int] = PARTIES) -> list[int]:
    view = view_of_state(state)
    return [settled_wealth(view, account) for account in accounts]


def rich(pool: object, system: SystemParameters = UNLIMITED) -> State:
    """Three users with a million atoms each and a lender, in a system of one asset."""
    listed = replace(asset(), pool=pool)  # type: ignore[arg-type]
    state = run(genesis(system), ListAsset("USD", listed), SetPrice("USD", 100))
    for account in (*PARTIES, 5):
        sequence = state.chains[0].next_sequence
        state = run(
            state,
            CreateAccount(account, account),
            Deposit(account, "USD", "north", sequence, 10**6),
        )
    return with_perpetuals(run(state, Lend(5, "USD", 900_000)))


def script(seed: int, length: int = 60) -> list[Action]:
    """Trades of the three users, moves of the marks, and a settlement every minute or more."""
    random, actions, time = Random(seed), list[Action](), 0
    while len(actions) < length:
        market, mark = random.choice(tuple(PERPETUALS)), MARK + random.randrange(-30, 31)
        actions.append(UpdateMark(market, mark, has_basis=False, basis=0))
        for _ in range(2):
            buyer, seller = random.sample(PARTIES, 2)
            lots, price = random.randrange(1, 9), mark + mark % 2
            actions += [
                order(buyer, market, Side.BID, lots, price),
                order(seller, market, Side.ASK, lots, price),
            ]
        time += random.choice((60, 30 * DAY, 300 * DAY))
        actions += [AdvanceTime(time), SetPrice("USD", 100)]
        actions += [UpdateMark(symbol, mark, has_basis=False, basis=0) for symbol in PERPETUALS]
        actions.append(Settle())
    return actions


def in_mode(state: State, *, auto_realize: bool) -> State:
    settings = (replace(virtually(account), auto_realize=auto_realize) for account in PARTIES)
    return run(state, *settings)


def steps_of(state: State, actions: Sequence[Action]) -> list[tuple[Action, State, list[Event]]]:
    """Apply what is accepted; return each action with the state and the events after it."""
    found = []
    for action in actions:
        outcome = transition(state, action)
        state = outcome.state if isinstance(outcome, Accepted) else state
        events = list(outcome.events) if isinstance(outcome, Accepted) else []
        found.append((action, state, events))
    return found


def flattened(state: State, account: int) -> State:
    """Realize all that an account has virtually, and let it go on as before."""
    own = state.accounts[account].settings
    now = replace(virtually(account), auto_realize=True, auto_lend=own.auto_lend)
    return run(state, now, AdvanceTime(state.time + 60), Settle(), virtually(account))


@pytest.mark.parametrize("seed", range(12))
def test_settle__again_at_the_same_marks_moves_only_interest(seed: int) -> None:
    state = in_mode(rich(FREE if seed % 2 else DEAR), auto_realize=False)
    *_, (_, state, _) = steps_of(state, script(seed))
    assert any(position.virtual for position in state.accounts[2].positions)
    again = accepted(transition(run(state, AdvanceTime(state.time + 60)), Settle()))
    moved = [event for event in again.events if not isinstance(event, VirtualInterest)]
    assert moved == []
    assert not (seed % 2 and again.events)


@pytest.mark.parametrize("seed", range(12))
def test_modes__equal_at_every_time_without_rates(seed: int) -> None:
    actions = script(seed)
    runs = [
        steps_of(in_mode(rich(FREE), auto_realize=auto_realize), actions)
        for auto_realize in (False, True)
    ]
    for (action, one, _), (_, other, _) in zip(*runs, strict=True):
        assert worth(one) == worth(other), action
    assert any(position.virtual for position in runs[0][-1][1].accounts[2].positions)
    assert not any(position.virtual for position in runs[1][-1][1].accounts[2].positions)


@pytest.mark.parametrize("seed", range(12))
def test_modes__differ_by_the_interest_of_virtual_shares_alone(seed: int) -> None:
    actions = script(seed)
    virtual, automatic = (
        steps_of(in_mode(rich(DEAR), auto_realize=auto_realize), actions)
        for auto_realize in (False, True)
    )
    earned, moves = dict.fromkeys(PARTIES, 0), 0
    for (action, one, events), (_, other, _) in zip(virtual, automatic, strict=True):
        for event in events:
            moves += isinstance(event, VirtualMoved)
            if isinstance(event, VirtualInterest):
                earned[event.account] += event.amount
        if isinstance(action, Settle):
            for account, mine, theirs in zip(PARTIES, worth(one), worth(other), strict=True):
                assert abs(mine - theirs - earned[account]) <= moves, (action, account)
    assert any(earned.values())


@pytest.mark.parametrize("account", [2, 4])
@pytest.mark.parametrize("days", [1, 30, 365])
def test_flattening_before_a_charge__gains_nothing(account: int, days: int) -> None:
    """Claims that become one are rounded once: an atom of each may come on top."""
    base = positioned()
    state = replace(base, system=UNLIMITED)
    state = run(state, AdvanceTime(state.time + 60), Settle())
    later = state.time + days * DAY
    before = run(state, AdvanceTime(later))
    kept = worth(run(before, AdvanceTime(later + 60)), [account])[0]
    merged = len(state.accounts[account].positions) - 1
    assert worth(flattened(before, account), [account])[0] <= kept + merged
    split = run(state, AdvanceTime(later - 120), Settle(), AdvanceTime(later))
    assert abs(worth(split, [account])[0] - worth(before, [account])[0]) <= 2


def shared(ids: tuple[int, ...]) -> tuple[list[int], list[int]]:
    """Let two short accounts owe more than they have; return what each role has and waits for.

    The roles are two that lose and two that win; `ids` says which account plays which.
    """
    state = run(genesis(UNLIMITED), ListAsset("USD", asset(pool=FREE)), SetPrice("USD", 100))
    state = run(state, *(CreateAccount(account, account) for account in range(2, 6)))
    for role, amount in enumerate((210, 311, 1000, 1000)):
        state = run(state, Deposit(ids[role], "USD", "north", role + 1, amount))
    first, second, one, other = ids
    state = run(
        with_perpetuals(state),
        order(first, "ORE_PERP", Side.BID, 7, MARK),
        order(one, "ORE_PERP", Side.ASK, 7, MARK),
        order(second, "ORE_PERP", Side.BID, 11, MARK),
        order(other, "ORE_PERP", Side.ASK, 11, MARK),
    )
    for mark in (200, 160):
        state = run(state, UpdateMark("ORE_PERP", mark, has_basis=False, basis=0))
    state = run(state, AdvanceTime(60), Settle())
    accounts = [state.accounts[account] for account in ids]
    return [account.free[0] if account.free else 0 for account in accounts], [
        account.unsettled for account in accounts
    ]


def test_order_of_accounts__moves_no_more_than_an_atom() -> None:
    results = [shared(ids) for ids in permutations((2, 3, 4, 5))]
    for values in zip(*(unsettled for _, unsettled in results), strict=True):
        assert max(values) - min(values) <= 1
    for values in zip(*(free for free, _ in results), strict=True):
        assert max(values) - min(values) <= 1
    _, unsettled = results[0]
    assert unsettled[0] < 0 < unsettled[2]


def walked(seed: int, reached: Callable[[State], bool]) -> State | None:
    """Return the first state of a walk in which a settlement is due that `reached` looks for."""
    random = Random(seed)
    state = traders(limited(random, replace(SYSTEM, entry_fee=False)))
    for _ in range(150):
        outcome = transition(state, useful_action(random, state, DRAIN))
        state = outcome.state if isinstance(outcome, Accepted) else state
        if reached(state):
            return state
    return None


def culls(state: State) -> bool:
    outcome = transition(state, Settle())
    return isinstance(outcome, Accepted) and any(
        isinstance(event, VirtualMoved)
        and event.source
        in {
            SettlementSource.CULLED_ACCOUNT_THRESHOLD,
            SettlementSource.CULLED_SYSTEM_THRESHOLD,
            SettlementSource.CULLED_BOOK_UTILISATION,
        }
        for event in outcome.events
    )


def test_culling__lowers_debts_and_never_raises_utilization() -> None:
    compared = 0
    for seed in range(40):
        state = walked(seed, culls)
        if state is None:
            continue
        compared += 1
        with_culling, without = (
            accepted(transition(replace(state, system=system), Settle())).state
            for system in (state.system, replace(UNLIMITED, book_utilization_limit=INT128_MAX))
        )
        pools = [each.assets[0].pool for each in (with_culling, without)]
        assert kernel.utilization(pools[0]) <= kernel.utilization(pools[1])
        for one, other in zip(with_culling.accounts, without.accounts, strict=True):
            debts = [
                sum(kernel.debt(pool, max(-own.virtual, 0)) for own in account.positions)
                for account, pool in zip((one, other), pools, strict=True)
            ]
            assert debts[0] <= debts[1] + len(one.positions)
    assert compared > 10


def test_settings__switched_mid_position_break_nothing() -> None:
    state, random = in_mode(rich(DEAR), auto_realize=False), Random(1)
    monitor = Monitor(state)
    for action in script(1, 150):
        switch = SetAccountSettings(
            random.choice(PARTIES),
            auto_lend=random.random() < 0.5,
            auto_repay_borrows=False,
            auto_borrow_settlements=True,
            auto_realize=random.random() < 0.5,
            leverage_limit=10 * RATIO,
        )
        for each in (action, switch):
            outcome = transition(state, each)
            assert monitor.check(each, outcome) == []
            state = outcome.state if isinstance(outcome, Accepted) else state


def test_payer_with_a_lend_that_claims_nothing__borrows_what_it_owes() -> None:
    """Of an atom lent at an uneven price the claim may be nothing."""
    state = run(positioned(), Lend(3, "USD", 400))
    state = run(state, SetAccountSettings(4, False, False, True, True, 10 * RATIO))
    pool, holder = state.assets[0].pool, state.accounts[4]
    state = with_pool(state, 0, replace(pool, lend_shares=pool.lend_shares + 1))
    poor = replace(holder, free=(0, 10**6), shares=(1,))
    state = with_account(state, 4, poor)
    assert kernel.lend_claim(state.assets[0].pool, 1) == 0
    after = run(state, Settle())
    assert after.accounts[4].unsettled == 0
    assert after.accounts[4].shares[0] < 0


def test_update_mark__beyond_the_range_refused() -> None:
    limits = replace(PERPETUALS["ORE_PERP"], mark_threshold=RATIO)
    state = run(rich(FREE), ListPerpetual("NEW_PERP", limits))
    action = UpdateMark("NEW_PERP", INT128_MAX, has_basis=True, basis=1)
    outcome = transition(state, action)
    assert isinstance(outcome, Rejected)
    assert outcome.code is RejectionCode.OUT_OF_RANGE
    assert Monitor(state).check(action, outcome) == []


def test_apply_funding__beyond_the_range_refused() -> None:
    state = market(positioned(), funding_index=INT128_MAX)
    state = run(state, AdvanceTime(state.time + DAY))
    outcome = transition(state, ApplyFunding("ORE_PERP", RATIO // 10))
    assert isinstance(outcome, Rejected)
    assert outcome.code is RejectionCode.OUT_OF_RANGE
