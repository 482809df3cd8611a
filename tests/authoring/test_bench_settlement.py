"""The benchmark settles sound states, and a settlement looks at active accounts alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

import pytest

import ibperp_invariants
from ibperp.actions import AdvanceTime, Settle, UpdateMark
from ibperp.outcomes import Accepted
from ibperp.persistent import Vector
from ibperp.pool import net_claim
from ibperp.position import unrealized
from ibperp.state import Account, Perpetual, State
from ibperp.transition import transition
from ibperp_authoring.bench import settlement
from ibperp_authoring.bench.floor import Floor, same
from ibperp_authoring.bench.settlement import MARK, MOVE, OPEN, kinds, settled, with_positions

POSITIONS: Final = 40


def gains(state: State) -> int:
    market = state.markets[0]
    assert isinstance(market, Perpetual)
    return sum(
        account.unsettled + sum(unrealized(own, market.mark_price) for own in account.positions)
        for account in state.accounts
    )


def test_with_positions__is_sound_before_and_after_settlements() -> None:
    state = with_positions(POSITIONS)
    assert ibperp_invariants.check_state(state) == []
    _, after = settled(state, 3)
    assert ibperp_invariants.check_state(after) == []
    assert len(after.active) == POSITIONS
    assert gains(after) == 0
    assert after.assets[0].pool.cash == net_claim(after.assets[0].pool)


def test_with_positions__half_are_virtual_and_half_paid() -> None:
    _, after = settled(with_positions(POSITIONS), 1)
    virtual = [own for account in after.accounts for own in account.positions if own.virtual]
    assert len(virtual) == POSITIONS // 2
    moved = [account for account in after.accounts if account.free not in {(), (10**12,)}]
    assert len(moved) == POSITIONS // 2


@pytest.mark.parametrize("row", kinds())
def test_kinds__are_accepted(row: str) -> None:
    state = with_positions(POSITIONS)
    for number in range(3):
        assert isinstance(transition(state, kinds()[row](number)), Accepted)


def test_settlements__are_measured_in_processes_of_their_own() -> None:
    (found,) = settlement.settlements((POSITIONS,)).values()
    floor = "floor_microseconds_per_position"
    assert found.keys() == {"seconds", "microseconds_per_position", floor, "peak_memory_mib"}
    assert all(figure > 0 for figure in found.values())


class Watched(Vector[Account]):
    """Accounts that may not be looked at, but for some."""

    def __init__(self, items: Iterable[Account], allowed: frozenset[int]) -> None:
        super().__init__(items)
        self.allowed = allowed

    def __getitem__(self, index: int) -> Account:
        assert index in self.allowed, f"account {index} was looked at"
        return super().__getitem__(index)

    def __iter__(self) -> Iterator[Account]:
        raise AssertionError("all accounts were looked at")

    def set(self, index: int, item: Account) -> Watched:
        assert index in self.allowed, f"account {index} was changed"
        items = list(super().__iter__())
        items[index] = item
        return Watched(items, self.allowed)


def watched(state: State, allowed: Iterable[int]) -> State:
    return replace(state, accounts=Watched(state.accounts, frozenset(allowed)))


def due(positions: int, idle: int) -> State:
    """A state in which a settlement is due, with accounts that have no position."""
    state = with_positions(positions)
    accounts = Vector((*state.accounts, *(Account(9, (10**6,)) for _ in range(idle))))
    state = replace(state, accounts=accounts)
    for action in (
        UpdateMark(OPEN, MARK + MOVE, has_basis=False, basis=0),
        AdvanceTime(state.time + 10),
    ):
        outcome = transition(state, action)
        assert isinstance(outcome, Accepted)
        state = outcome.state
    return state


def test_settle__looks_at_active_accounts_alone() -> None:
    state = due(POSITIONS, 20)
    outcome = transition(watched(state, (key for (key,) in state.active)), Settle())
    assert isinstance(outcome, Accepted)
    expected = transition(state, Settle())
    assert isinstance(expected, Accepted)
    assert outcome.events == expected.events
    unwatched = replace(outcome.state, accounts=Vector(Vector.__iter__(outcome.state.accounts)))
    assert unwatched == expected.state


def test_watched_accounts__fail_a_settlement_that_looks_at_another() -> None:
    state = due(POSITIONS, 0)
    allowed = [key for (key,) in state.active][1:]
    with pytest.raises(AssertionError, match="was looked at"):
        transition(watched(state, allowed), Settle())


def test_floor__comes_to_the_same_integers() -> None:
    state = with_positions(POSITIONS)
    for _ in range(4):
        state = settlement.moved(state)
        floor, market = Floor(state), state.markets[0]
        assert isinstance(market, Perpetual)
        floor.settle(market.mark_price)
        outcome = transition(state, Settle())
        assert isinstance(outcome, Accepted)
        assert same(floor, outcome.state)
        assert not same(floor, state)
        state = outcome.state
