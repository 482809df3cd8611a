"""The monitor looks at what a step changed, and finds what the full checks find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest

from ibperp.actions import (
    Action,
    AdvanceTime,
    AmendOrder,
    CancelAllOrders,
    CancelOrder,
    Deposit,
    Lend,
    Settle,
)
from ibperp.ordered import Ordered
from ibperp.state import State, with_account
from ibperp_invariants import Follower, Monitor, check_state
from ibperp_invariants.check import monitor
from ibperp_invariants.check.monitor import step_of
from ibperp_invariants.check.registry import check_changes
from ibperp_invariants.view.from_state import Portfolios, view_of_state
from ibperp_invariants.view.queue import Queue
from ibperp_invariants.view.totals import totals_after, totals_of
from ibperp_invariants.view.view import Entries
from worlds.active import BUY, REST, SELL, accepted, active, book, held, names, ordered
from worlds.positions import CLOSE, CROSS, positioned
from worlds.tiny import run


def test_totals_after__equal_to_the_full_sums() -> None:
    before = active()
    after = run(before, Lend(2, "USD", 9), Deposit(4, "ORE", "south", 1, 10))
    views = view_of_state(before), view_of_state(after)
    assert totals_after(totals_of(views[0]), *views) == totals_of(views[1])


INCREMENTAL: Final[dict[str, tuple[Action, Callable[[State], State]]]] = {
    "another order first": (REST, lambda state: book(state, bids=Ordered([(-24, 0, 1)]))),
    "older order last": (
        CancelOrder(3, 2),
        lambda state: book(state, bids=Ordered([(-24, 1, 0), (-24, 0, 1)])),
    ),
    "order left in its book": (
        CancelOrder(2, 0),
        lambda state: book(state, bids=Ordered([(-24, 0, 0), (-24, 1, 1)])),
    ),
    "filled order not in its book": (SELL, lambda state: book(state, bids=Ordered())),
    "amended order at its old place": (
        AmendOrder(2, 0, 6, 24),
        lambda state: book(ordered(state, 0, sequence=0), bids=Ordered([(-24, 0, 0), (-24, 1, 1)])),
    ),
    "order not in its account": (
        REST,
        lambda state: with_account(state, 4, replace(state.accounts[4], orders=())),
    ),
    "order in another account": (
        REST,
        lambda state: with_account(state, 4, replace(state.accounts[4], orders=(0, 3))),
    ),
    "reservation kept after the cancellation": (
        CancelAllOrders(2, "ORE_USD"),
        lambda state: with_account(state, 2, replace(state.accounts[2], reserved=(98,))),
    ),
    "reservation too small": (REST, lambda state: ordered(state, 3, reserved=19)),
}


@pytest.mark.parametrize("name", INCREMENTAL)
def test_check_changes__finds_what_the_full_form_finds(name: str) -> None:
    action, spoil = INCREMENTAL[name]
    state = active()
    outcome = accepted(state, action)
    step = step_of(state, action, outcome)
    assert check_changes(step) == []
    spoilt = replace(outcome, state=spoil(outcome.state))
    found = names(check_changes(step_of(state, action, spoilt)))
    assert found & {"book_ordered", "reservations_are_sums"}
    assert names(check_state(spoilt.state)) & {"book_ordered", "reservations_are_sums"} <= found


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        (
            active(),
            (BUY, REST, AmendOrder(2, 1, 2, 24), AmendOrder(2, 0, 6, 23), CancelOrder(2, 1)),
        ),
        (positioned(), (CROSS, Settle(), *CLOSE)),
    ],
)
def test_monitor__reads_no_whole_book_and_not_every_account(
    monkeypatch: pytest.MonkeyPatch, state: State, actions: tuple[Action, ...]
) -> None:
    monitor = Monitor(state)

    def refuse(self: object) -> Any:
        raise AssertionError(f"{type(self).__name__} was read as a whole")

    monkeypatch.setattr(Queue, "__iter__", refuse)
    monkeypatch.setattr(Entries, "__iter__", refuse)
    monkeypatch.setattr(Portfolios, "__iter__", refuse)
    for action in actions:
        outcome = accepted(state, action)
        assert monitor.check(action, outcome) == []
        state = outcome.state


def test_monitor__finds_what_check_state_finds() -> None:
    state, action = active(), Lend(2, "USD", 9)
    outcome = accepted(state, action)
    spoilt = replace(outcome, state=held(outcome.state, 4, free=5))
    found = Monitor(state).check(action, spoilt)
    assert set(check_state(spoilt.state)) <= set(found)


def test_follower__does_first_actions_and_each_sixteenth_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = list[int]()
    monkeypatch.setattr(monitor, "transition", lambda state, _: asked.append(state.time))
    state, follower, found = active(), Follower(), list[int]()
    for place in range(1, 50):
        action = AdvanceTime(state.time + 1)
        outcome = accepted(state, action)
        if "determinism" in names(follower.check(state, action, outcome)):
            found.append(place)
        state = outcome.state
    assert found == [*range(1, 17), 32, 48]
    assert len(asked) == len(found)
