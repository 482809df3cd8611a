from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ibperp.actions import (
    Action,
    AdvanceTime,
    AmendOrder,
    ApplyFunding,
    Borrow,
    CancelAllOrders,
    CancelOrder,
    CreateAccount,
    Deposit,
    Lend,
    ListAsset,
    ListMarket,
    ListPerpetual,
    Redeem,
    Repay,
    RequestWithdrawal,
    SetMarketParameters,
    SetMarketReference,
    SetPerpetualParameters,
    SetPrice,
    Settle,
    StartRebalance,
    UpdateMark,
)
from ibperp.numbers import RATIO
from ibperp.orders import Side, TimeInForce
from ibperp.outcomes import Accepted
from ibperp.state import State, genesis
from ibperp.transition import transition
from ibperp_conformance.protocol.observation import observe
from ibperp_conformance.protocol.wire import encode_action, encode_outcome, encode_system
from ibperp_invariants import TraceError, check_trace
from ibperp_invariants.check import repeats
from ibperp_invariants.check.records import action_of
from ibperp_invariants.check.trace import MALFORMED
from ibperp_invariants.view.follow import view_of_observation
from ibperp_invariants.view.from_state import view_of_state
from ibperp_invariants.view.view import Known, with_known
from worlds.perpetual import MARK, PERPETUALS
from worlds.positions import positioned, virtually
from worlds.tiny import ALL_FLAGS, DAY_MARKET, STEEP, SYSTEM, asset, order, quoted, run

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
MARKET = "ORE_USD"
TRADES: tuple[Action, ...] = (
    ListAsset("USD", asset()),
    ListAsset("ORE", asset(haircut=STEEP)),
    SetPrice("USD", 100),
    SetPrice("ORE", 250),
    SetPrice("ORE", 10**6),
    SetPrice("ORE", 250),
    ListMarket(MARKET, DAY_MARKET),
    CreateAccount(2, 7),
    CreateAccount(3, 8),
    Deposit(2, "USD", "north", 1, 1000),
    Deposit(3, "ORE", "north", 2, 1000),
    Lend(3, "ORE", 900),
    order(2, MARKET, Side.BID, 6, 24),
    order(2, MARKET, Side.BID, 6, 24),
    order(3, MARKET, Side.ASK, 20, 27, flags=ALL_FLAGS),
    order(3, MARKET, Side.ASK, 8, 24, flags=ALL_FLAGS),
    order(3, MARKET, Side.ASK, 8, 24, time_in_force=TimeInForce.FOK),
    AmendOrder(2, 1, 2, 24),
    AmendOrder(2, 1, 3, 25),
    SetMarketReference(MARKET, 25, 25, 0),
    order(2, MARKET, Side.BID, 4, 0, time_in_force=TimeInForce.IOC, flags=ALL_FLAGS),
    CancelOrder(2, 1),
    AdvanceTime(60),
    order(2, MARKET, Side.BID, 4, 20),
    CancelAllOrders(2, MARKET),
    SetMarketParameters(MARKET, DAY_MARKET),
)
BID, FILL, LIMITED = 13, 16, 5
YEAR = 31_536_000
POSITIONS: tuple[Action, ...] = (
    ListAsset("USD", asset()),
    SetPrice("USD", 100),
    ListPerpetual("ORE_PERP", PERPETUALS["ORE_PERP"]),
    UpdateMark("ORE_PERP", MARK, has_basis=False, basis=0),
    *(CreateAccount(account, account) for account in (2, 3, 4)),
    *(Deposit(account, "USD", "north", account - 1, 1000) for account in (2, 3, 4)),
    Lend(4, "USD", 800),
    virtually(2),
    order(2, "ORE_PERP", Side.BID, 8, MARK),
    order(3, "ORE_PERP", Side.ASK, 6, MARK),
    AdvanceTime(60),
    UpdateMark("ORE_PERP", MARK - 30, has_basis=False, basis=0),
    Settle(),
    AdvanceTime(60 + YEAR),
    SetPrice("USD", 100),
    UpdateMark("ORE_PERP", MARK - 20, has_basis=False, basis=0),
    ApplyFunding("ORE_PERP", RATIO // 10),
    order(2, "ORE_PERP", Side.ASK, 4, MARK, reduce_only=True),
    AdvanceTime(120 + YEAR),
    SetPerpetualParameters("ORE_PERP", replace(PERPETUALS["ORE_PERP"], position_limit=50)),
    Settle(),
)
SOLD: tuple[Action, ...] = (
    order(4, "ORE_USD", Side.ASK, 4, 24, flags=ALL_FLAGS),
    order(2, "USD_ORE", Side.ASK, 4, 10, flags=ALL_FLAGS),
)
Record = dict[str, Any]


def recorded(steps: tuple[Action, ...] = STEPS) -> list[Record]:
    """The trace of a run of the reference, the header first."""
    state = genesis(SYSTEM)
    lines: list[Record] = [{"system": encode_system(SYSTEM)}]
    for action in steps:
        outcome = transition(state, action)
        result = encode_outcome(state, outcome)
        state = outcome.state if isinstance(outcome, Accepted) else state
        given = encode_action(action)
        lines.append({"action": given, "outcome": result, "observation": observe(state)})
    return lines


RECORDED = (
    json.dumps(recorded((*STEPS[:-1], Repay(3, "USD", 9), Redeem(2, "USD", 9)))),
    json.dumps(recorded(TRADES)),
)


def written(records: list[Record]) -> list[str]:
    return [json.dumps(record) + "\n" for record in records]


def events_of(record: Record) -> list[Record]:
    events: list[Record] = record["outcome"].get("accepted", {}).get("events", [])
    return events


def test_recorded_trace__breaks_nothing() -> None:
    records = recorded()
    assert [next(iter(line["outcome"])) for line in records[1:]].count("rejected") == 1
    assert "rejected" in records[REFUSED]["outcome"]
    assert check_trace(written(records)) == []


def test_recorded_positions__break_nothing() -> None:
    records = recorded(POSITIONS)
    assert not [line for line in records[1:] if "rejected" in line["outcome"]]
    said = {event["type"] for line in records[1:] for event in events_of(line)}
    assert said >= {"unsettled", "settled", "virtual_moved", "virtual_interest", "funding_applied"}
    assert check_trace(written(records)) == []


@pytest.mark.parametrize(
    ("member", "name"),
    [
        (("accounts", "3", "unsettled"), "fund_is_flat"),
        (("accounts", "2", "positions", "ORE_PERP", "cost"), "fund_is_flat"),
        (("accounts", "2", "positions", "ORE_PERP", "lots"), "lots_sum_to_zero"),
        (("accounts", "2", "positions", "ORE_PERP", "virtual"), "virtual_shares_are_sums"),
        (("accounts", "2", "positions", "ORE_PERP", "interest"), "interest_attributed"),
        (("accounts", "2", "portfolio", "uncounted_gain"), "no_double_count"),
        (("markets", "ORE_PERP", "open_interest"), "open_interest_agrees"),
        (("markets", "ORE_PERP", "funding_index"), "frame_rule"),
        (("settlement_time",), "frame_rule"),
    ],
)
def test_fault_of_a_settlement__reported_with_its_line(member: tuple[str, ...], name: str) -> None:
    records = recorded(POSITIONS)
    *path, last = member
    place = records[-1]["observation"]
    for part in path:
        place = place[part]
    place[last] = str(int(place.get(last, "0")) + 1)
    found = check_trace(written(records))
    assert (len(records), name) in {(item.line, item.violation.invariant) for item in found}


def test_recorded_trades__break_nothing() -> None:
    records = recorded(TRADES)
    refused = [n for n, line in enumerate(records) if "rejected" in line.get("outcome", {})]
    assert refused == [FILL + 1]
    said = {event["type"] for line in records[1:] for event in events_of(line)}
    assert said >= {"price_limited", "order_accepted", "traded", "order_ended"}
    assert check_trace(written(records)) == []


@pytest.mark.parametrize("state", [genesis(SYSTEM), quoted(), run(quoted(), *SOLD), positioned()])
def test_observation__same_view_as_the_state(state: State) -> None:
    known = Known(
        state.system,
        {item.symbol: item.parameters for item in state.assets},
        {item.symbol: item.parameters for item in state.markets},
        len(state.orders),
    )
    view = with_known(view_of_observation(observe(state)), known)
    assert view == view_of_state(state)


@pytest.mark.parametrize("action", [*STEPS, *TRADES, *POSITIONS])
def test_action_of__reads_what_is_written(action: Action) -> None:
    assert action_of(encode_action(action)) == action


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
    assert_found(recorded(), line, path, value, name)


@pytest.mark.parametrize(
    ("line", "path", "value", "name"),
    [
        (BID, ("observation", "accounts", "2", "reserved", "USD"), "1", "reservations_are_sums"),
        (BID, ("observation", "orders", "0", "reserved"), "1", "reservations_are_sums"),
        (BID, ("observation", "markets", MARKET, "bids"), [], "book_ordered"),
        (BID + 1, ("observation", "markets", MARKET, "bids"), ["1", "0"], "book_ordered"),
        (BID + 2, ("observation", "orders", "2", "price"), "23", "book_uncrossed"),
        (BID, ("observation", "accounts", "2", "portfolio", "equity"), "0", "no_double_count"),
        (BID, ("observation", "accounts", "2", "portfolio", "auto_close"), "9", "health_ordering"),
        (BID, ("observation", "accounts", "2", "portfolio", "equity"), "99999", "profit_bounded"),
        (FILL, ("observation", "markets", MARKET, "last_price"), "1", "fills_are_transfers"),
        (FILL, ("outcome", "accepted", "events", 0, "order"), "9", "order_ids_dense"),
        (FILL, ("observation", "accounts", "2", "user"), "8", "frame_rule"),
        (LIMITED, ("observation", "assets", "ORE", "price"), "1000000", "price_update_limited"),
    ],
)
def test_planted_fault_of_a_trade__reported_with_its_line(
    line: int, path: tuple[str | int, ...], value: object, name: str
) -> None:
    assert_found(recorded(TRADES), line, path, value, name)


def assert_found(
    records: list[Record], line: int, path: tuple[str | int, ...], value: object, name: str
) -> None:
    place: Any = records[line]
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


def test_repeats__knows_the_last_questions_and_forgets_the_oldest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(repeats, "REMEMBERED", 2)
    seen = repeats.Repeats()
    assert not any(seen.difference(state, "a", "yes", 0) for state in (1, 2, 1, 3))
    assert "another outcome" in seen.difference(2, "a", "no", 0)
    assert seen.difference(3, "a", "yes", 1)
    assert not seen.difference(1, "a", "no", 0)
    assert not seen.difference(2, "a", "no", 0)
    seen.clear()
    assert not any(seen.difference(state, "a", "yes", 0) for state in (1, 2, 4))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda text: text[:200], "cut off"),
        (lambda _: "{]", "not JSON"),
        (lambda _: "[]", "must be an object"),
        (lambda _: '{"action":{}}', "outcome is missing"),
        (lambda text: text.replace('"amount": "500"', '"amount": 500'), "decimal string, is 500"),
        (lambda text: text.replace('"lend"', '"lent"', 1), "action/type must be one of"),
        (lambda text: text.replace('"amount": "500"', '"amount": "500", "x": "1"'), "unknown"),
        (lambda text: text.replace('"accepted"', '"granted"'), "accepted` or `rejected"),
        (lambda text: text.replace('"north": {', '"north": "1", "north": {'), "twice"),
        (lambda text: text.replace('"user": "0"', '"user": NaN'), "NaN"),
        (lambda text: text.replace('"500"', '"' + "9" * 5000 + '"'), "decimal string"),
        (lambda _: "[" * 100_000, "nested too deeply"),
    ],
)
def test_unreadable_line__reported_and_the_rest_is_checked(
    spoil: Callable[[str], str], message: str
) -> None:
    lines = written(recorded())
    lines[LEND] = spoil(lines[LEND])
    lines[-1] = lines[-1].replace('"time": "31536000"', '"time": "31536001"')
    found = check_trace(lines)
    first = found[0]
    assert (first.line, first.violation.invariant) == (LEND + 1, MALFORMED)
    assert sum(len(line) for line in lines[:LEND]) <= first.byte < sum(map(len, lines[: LEND + 1]))
    assert any(message in item.violation.message for item in found if item.line == LEND + 1)
    rest = {item.line for item in found if item.violation.invariant != "determinism"}
    assert rest == {LEND + 1, len(lines)}


def leaves(value: Any) -> Iterator[tuple[Any, Any]]:
    members = value.items() if isinstance(value, dict) else ()
    for key, item in enumerate(value) if isinstance(value, list) else members:
        if isinstance(item, str) and item.lstrip("-").isdigit():
            yield value, key
        yield from leaves(item)


@pytest.mark.slow(3)
@settings(derandomize=True, deadline=None, max_examples=100, database=None)
@given(st.data())
def test_any_integers__checked_without_an_exception(data: st.DataObject) -> None:
    records = json.loads(data.draw(st.sampled_from(RECORDED)))
    places = [place for record in records[1:] for place in leaves(record)]
    for _ in range(3):
        members, key = data.draw(st.sampled_from(places))
        members[key] = str(data.draw(st.sampled_from((0, 1, -1, -(10**6), 10**40, 2))))
    check_trace(written(records))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not JSON"),
        ('{"system":{}}', "the header: system lacks quote_unit, accrual_interval"),
        ('{"action":{}}', "no header"),
        ("[]", "must be an object"),
    ],
)
def test_header__unreadable_is_reported_and_the_rest_is_checked(line: str, message: str) -> None:
    lines = written(recorded())
    lines[0] = line + "\n"
    lines[-1] = lines[-1].replace('"time": "31536000"', '"time": "31536001"')
    found = check_trace(lines)
    assert message in found[0].violation.message
    assert {item.line for item in found} == {1, len(lines)}


@pytest.mark.parametrize("lines", [[], ["\n"], [b"", b"\r\n"]])
def test_trace__without_a_line_raises_trace_error(lines: list[str]) -> None:
    with pytest.raises(TraceError, match="empty"):
        check_trace(lines)


def test_header__observation_is_where_the_trace_starts() -> None:
    records = recorded()
    start = {**records[0], "observation": records[LEND]["observation"]}
    assert check_trace(written([start, *records[LEND + 1 :]])) == []
    start["observation"]["time"] = "-1"
    assert check_trace(written([start]))[0].violation.invariant == "non_negative"
