from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, fields, is_dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    CreateAccount,
    Deposit,
    Lend,
    ListAsset,
    Redeem,
    Repay,
    RequestWithdrawal,
    SetPrice,
    StartRebalance,
)
from ibperp.outcomes import Accepted, InterestCharged
from ibperp.state import genesis
from ibperp.transition import transition
from ibperp_invariants import TraceError, check_trace
from ibperp_invariants.trace import ACTIONS, MALFORMED, action_of
from ibperp_invariants.view import View, view_of_observation, view_of_state
from strategies import SYSTEM, asset

KINDS = {kind: name for name, kind in ACTIONS.items()}
STEPS: tuple[Action, ...] = (
    ListAsset("USD", asset()),
    SetPrice("USD", 100),
    CreateAccount(2, 7),
    CreateAccount(3, 7),
    Deposit(2, "USD", "north", 1, 1000),
    Deposit(3, "USD", "north", 2, 1000),
    Lend(2, "USD", 500),
    Borrow(3, "USD", 300),
    Lend(3, "USD", 1),
    RequestWithdrawal(3, "USD", "north", 10, auto_lend_redeem=False, auto_borrow=False),
    StartRebalance("USD", "north", "south", 10),
    AdvanceTime(31_536_000),
    Repay(3, "USD", None),
)
LEND, REFUSED = 7, 9
Record = dict[str, Any]


def wire(value: Any) -> Any:
    """Write integers as decimal strings, records and views as objects."""
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return str(value)
    if value is None:
        return "all"
    if is_dataclass(value):
        return {part.name: wire(getattr(value, part.name)) for part in fields(value)}
    if hasattr(value, "items"):
        return {str(key): wire(item) for key, item in value.items()}
    return [wire(item) for item in value]


def observation(view: View) -> Record:
    written: Record = wire(view)
    for item in written["assets"].values():
        del item["throttle_range"]
    return written


def recorded(steps: tuple[Action, ...] = STEPS) -> list[Record]:
    """The trace of a run of the reference, the header first."""
    state = genesis(SYSTEM)
    lines: list[Record] = [{"system": wire(asdict(SYSTEM))}]
    for action in steps:
        outcome = transition(state, action)
        result: Record
        if isinstance(outcome, Accepted):
            state = outcome.state
            events = [
                {
                    "type": "interest_charged",
                    **wire(event),
                    "asset": state.assets[event.asset].symbol,
                }
                for event in outcome.events
                if isinstance(event, InterestCharged)
            ]
            result = {"accepted": {"events": events}}
        else:
            result = {"rejected": {"code": outcome.code, "violated": list(outcome.violated)}}
        given = {"type": KINDS[type(action)], **wire(action)}
        seen = observation(view_of_state(state))
        lines.append({"action": given, "outcome": result, "observation": seen})
    return lines


RECORDED = json.dumps(recorded((*STEPS[:-1], Repay(3, "USD", 9), Redeem(2, "USD", 9))))


def written(records: list[Record]) -> list[str]:
    return [json.dumps(record) + "\n" for record in records]


def test_recorded_trace__breaks_nothing() -> None:
    records = recorded()
    assert [next(iter(line["outcome"])) for line in records[1:]].count("rejected") == 1
    assert "rejected" in records[REFUSED]["outcome"]
    assert check_trace(written(records)) == []


def test_observation__same_view_as_the_state() -> None:
    for action in STEPS:
        given = {"type": KINDS[type(action)], **wire(action)}
        assert action_of(given) == action
    view = view_of_state(genesis(SYSTEM))
    assert view_of_observation(observation(view)) == view


@pytest.mark.parametrize(
    ("line", "path", "value", "name"),
    [
        (LEND, ("observation", "accounts", "2", "free", "USD"), "501", "custody_identity"),
        (LEND, ("observation", "accounts", "3", "free", "USD"), "999", "subaccount_isolation"),
        (LEND, ("observation", "assets", "USD", "pool", "reserve"), "1", "pool_identity"),
        (LEND, ("observation", "assets", "USD", "pool", "throttle_bound"), "1", "frame_rule"),
        (
            LEND,
            ("observation", "assets", "USD", "pool", "throttle_bound"),
            "1",
            "throttle_bound_in_range",
        ),
        (REFUSED, ("observation", "time"), "1", "rejection_is_no_op"),
        (5, ("observation", "assets", "USD", "tokens", "south", "custody"), "1", "donation_proof"),
    ],
)
def test_planted_fault__reported_with_its_line(
    line: int, path: tuple[str, ...], value: str, name: str
) -> None:
    records = recorded()
    place = records[line]
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    found = [item for item in check_trace(written(records)) if item.violation.invariant == name]
    assert found
    assert found[0].line == line + 1
    assert any(character.isdigit() for character in found[0].violation.message)


def test_same_question_other_answer__determinism_reported() -> None:
    refused = Lend(3, "USD", 0)
    records = recorded((*STEPS, refused, refused))
    records[-1]["outcome"]["rejected"] = {"code": "out_of_range"}
    found = check_trace(written(records))
    assert [(item.line, item.violation.invariant) for item in found] == [
        (len(records), "determinism")
    ]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda text: text[:200], "cut off"),
        (lambda _: "{]", "not JSON"),
        (lambda _: "[]", "must be an object"),
        (lambda _: '{"action":{}}', "outcome is missing"),
        (lambda text: text.replace('"time"', '"thyme"'), "observation/time is missing"),
        (lambda text: text.replace('"amount": "500"', '"amount": 500'), "decimal string, is 500"),
        (lambda text: text.replace('"lend"', '"lent"', 1), "action/type must be one of"),
        (lambda text: text.replace('"amount": "500"', '"amount": "500", "x": "1"'), "unknown"),
        (lambda text: text.replace('"accepted"', '"granted"'), "accepted` or `rejected"),
        (lambda text: text.replace('"north": {', '"north": "1", "north": {'), "twice"),
        (lambda text: text.replace('"user": "0"', '"user": NaN'), "NaN"),
        (lambda text: text.replace('"500"', '"' + "9" * 5000 + '"'), "decimal string"),
        (lambda _: "[" * 100_000, "JSON"),
    ],
)
def test_unreadable_line__reported_and_ends_the_check(
    spoil: Callable[[str], str], message: str
) -> None:
    lines = written(recorded())
    lines[LEND] = spoil(lines[LEND])
    found = check_trace(lines)
    assert [(item.line, item.violation.invariant) for item in found] == [(LEND + 1, MALFORMED)]
    assert message in found[0].violation.message


def leaves(value: Any) -> Iterator[tuple[Any, Any]]:
    for key, item in value.items() if isinstance(value, dict) else ():
        if isinstance(item, str) and item.lstrip("-").isdigit():
            yield value, key
        yield from leaves(item)


@settings(derandomize=True, deadline=None, max_examples=300, database=None)
@given(st.data())
def test_any_integers__checked_without_an_exception(data: st.DataObject) -> None:
    records = json.loads(RECORDED)
    places = [place for record in records[1:] for place in leaves(record)]
    for _ in range(3):
        members, key = data.draw(st.sampled_from(places))
        members[key] = str(data.draw(st.sampled_from((0, 1, -1, -(10**6), 10**40, 2))))
    check_trace(written(records))


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "empty"),
        (["\n"], "empty"),
        (["{"], "line 1, the header: not JSON"),
        (['{"system":{}}'], "system/quote_unit is missing"),
        (['{"action":{}}'], "system is missing"),
    ],
)
def test_header__unreadable_raises_trace_error(lines: list[str], message: str) -> None:
    with pytest.raises(TraceError, match=message):
        check_trace(lines)


def test_header__observation_is_where_the_trace_starts() -> None:
    records = recorded()
    start = {**records[0], "observation": records[LEND]["observation"]}
    assert check_trace(written([start, *records[LEND + 1 :]])) == []
    start["observation"]["time"] = "-1"
    assert check_trace(written([start]))[0].violation.invariant == "non_negative"
