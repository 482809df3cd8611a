"""The frame rule reports a change of any part that the row of an action does not admit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, get_args

import pytest

from ibperp.actions import Action, Deposit, Lend, Liquidate, SetPrice, Transfer, UpdateMark
from ibperp.fill import Fill
from ibperp.state import State
from ibperp.transition import transition
from ibperp_invariants.check.monitor import step_of
from ibperp_invariants.check.registry import check_views
from ibperp_invariants.frame.allowed import ALLOWED
from ibperp_invariants.frame.frame import KINDS, frame_rule, part_names, subaccount_isolation
from ibperp_invariants.frame.touches import (
    CREATED,
    ENDED,
    Accounts,
    Assets,
    Markets,
    Orders,
    Others,
)
from ibperp_invariants.frame.which import WHICH
from ibperp_invariants.step.step import Step
from worlds.active import BUY, active
from worlds.failing import requested
from worlds.pledged import pledged
from worlds.positions import CROSS, positioned


def step_from(state: State, action: Action) -> Step:
    step = step_of(state, action, transition(state, action))
    assert step.is_accepted()
    return step


def other(value: Any) -> Any:
    """Return a value of the same type that differs."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, dict):
        return {**value, next(iter(value), "USD"): other(next(iter(value.values()), 0))}
    if is_dataclass(value) and not isinstance(value, type):
        first = next(part.name for part in fields(value) if type(getattr(value, part.name)) is int)
        return replace(value, **{first: getattr(value, first) + 1})
    return (*value, 99)


def spoilt(step: Step) -> Iterator[tuple[str, Any, str, Step]]:
    """Yield the step with each part of a number or a list of each record changed, one by one."""
    for kind in KINDS:
        after = dict(getattr(step.after, kind).items())
        for key, record in after.items():
            if not is_dataclass(record) or isinstance(record, type):
                yield kind, key, *part_names(record, kind), replaced(step, kind, {**after, key: 99})
                continue
            for part in fields(record):
                value = getattr(record, part.name)
                if part.name in {"pool", "tokens"} or not isinstance(value, int | tuple | dict):
                    continue
                if part.name in {"flags", "quotes", "positions"}:
                    continue
                new = replace(record, **{part.name: other(value)})
                yield kind, key, part.name, replaced(step, kind, {**after, key: new})
            yield (
                kind,
                key,
                ENDED,
                replaced(step, kind, {k: v for k, v in after.items() if k != key}),
            )


def replaced(step: Step, kind: str, records: Any) -> Step:
    changes: Any = {kind: records}
    return replace(step, after=replace(step.after, **changes))


def test_allowed__one_row_an_action() -> None:
    assert set(ALLOWED) == {*get_args(Action), Fill}


def test_which__every_word_means_something_and_is_used() -> None:
    words = {*Accounts, *Assets, *Markets, *Orders, *Others}
    assert set(WHICH) == words
    assert {
        word for row in ALLOWED.values() for kind in KINDS for word in getattr(row, kind)
    } == words


def test_allowed__parts_are_those_of_the_records() -> None:
    records: dict[str, set[str]] = {kind: {CREATED, ENDED} for kind in KINDS}
    for step in (step_from(active(), BUY), step_from(positioned(), CROSS)):
        for kind in KINDS:
            for record in getattr(step.before, kind).values():
                records[kind] |= set(part_names(record, kind))
    view = step_from(requested(), Deposit(2, "USD", "south", 1, 10)).before
    records["requests"] |= {
        name for item in view.requests.values() for name in part_names(item, "requests")
    }
    records["rebalances"].add("status")
    records["backstops"].add("capacity")
    for row in ALLOWED.values():
        for kind in KINDS:
            assert {part for parts in getattr(row, kind).values() for part in parts} <= records[
                kind
            ]


@pytest.mark.parametrize(
    ("state", "action"),
    [
        (active(), Lend(2, "USD", 9)),
        (active(), Transfer(2, 3, "USD", 1)),
        (active(), SetPrice("ORE", 251)),
        (active(), BUY),
        (positioned(), CROSS),
        (positioned(), UpdateMark("ORE_PERP", 250, has_basis=False, basis=0)),
        (requested(), Deposit(2, "USD", "south", 1, 10)),
    ],
)
def test_frame_rule__reports_each_part_that_is_not_admitted(state: State, action: Action) -> None:
    step = step_from(state, action)
    assert [*frame_rule(step), *subaccount_isolation(step)] == []
    row = ALLOWED[type(action)]
    missed = [
        (kind, key, part)
        for kind, key, part, wrong in spoilt(step)
        if not any(
            part in parts and key in WHICH[word](wrong)
            for word, parts in getattr(row, kind).items()
        )
        and not any(frame_rule(wrong))
    ]
    assert missed == []


def test_frame_rule__accepts_the_liquidation_fee_of_a_spot_trade_without_a_perpetual() -> None:
    step = step_from(pledged(), Liquidate(2))
    owed = [account.unsettled for account in step.after.accounts.values()]
    assert min(owed) < 0 < max(owed)
    assert check_views(step) == []
