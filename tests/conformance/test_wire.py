import json
from dataclasses import is_dataclass
from enum import StrEnum
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from conformance.risk_events_written import RISK_EVENTS
from ibperp import actions, orders, parameters
from ibperp.actions import Action, Redeem
from ibperp.events import (
    Event,
    FundingApplied,
    InterestCharged,
    LedgerAccount,
    LedgerKind,
    MarkUpdated,
    OrderAccepted,
    OrderEnd,
    OrderEnded,
    Posting,
    PriceLimited,
    Settled,
    SettlementSource,
    SharesMoved,
    Traded,
    Unsettled,
    VirtualInterest,
    VirtualMoved,
)
from ibperp.events import Reason as Why
from ibperp.orders import Side
from ibperp.outcomes import Rejected, RejectionCode
from ibperp.state import genesis
from ibperp.transition import transition
from ibperp_conformance.presets.preset import load_preset
from ibperp_conformance.protocol import message_schema, wire
from worlds import tiny

DEPOSIT = {
    "type": "deposit",
    "account": "2",
    "asset": "USDC",
    "chain": "solana",
    "sequence": "1",
    "amount": "100",
}
INTEGERS = st.integers(-(10**60) + 1, 10**60 - 1)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=5)
RECORDS = vars(parameters) | vars(orders) | vars(actions)
FLAGS = {
    "auto_lend": True,
    "auto_lend_redeem": False,
    "auto_borrow": True,
    "auto_borrow_repay": False,
}
ORDER = {
    "type": "place_order",
    "account": "2",
    "market": "ORE_USD",
    "side": "bid",
    "kind": "market",
    "lots": "5",
    "price": "0",
    "time_in_force": "ioc",
    "post_only": False,
    "reduce_only": True,
    "self_trade_prevention": "reject_maker",
    "flags": FLAGS,
}


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Return all values of the type of a field, integers as far as the wire takes them."""
    if hint is int:
        return INTEGERS
    if hint is bool:
        return st.booleans()
    if hint is str:
        return TEXTS
    if isinstance(hint, UnionType):
        return st.none() | INTEGERS
    if get_origin(hint) is tuple:
        return st.lists(values(get_args(hint)[0]), max_size=2).map(tuple)
    if issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    assert isinstance(hint, type)
    assert is_dataclass(hint)
    return st.builds(hint, **{n: values(t) for n, t in get_type_hints(hint, RECORDS).items()})


def refused(data: object) -> str:
    with pytest.raises(wire.WireError) as caught:
        wire.decode_action(data)
    return str(caught.value)


@pytest.mark.parametrize("record", get_args(Action))
@given(st.data())
@settings(max_examples=20)
def test_action__survives_json(record: type, data: st.DataObject) -> None:
    action = data.draw(values(record))
    assert wire.decode_action(json.loads(json.dumps(wire.encode_action(action)))) == action


def test_actions__every_kind_has_its_name() -> None:
    assert wire.action_classes()["set_pool_parameters"] is actions.SetPoolParameters
    assert len(wire.action_classes()) == 47


def test_redeem__all_is_no_amount() -> None:
    data = {"type": "redeem", "account": "2", "asset": "USDC", "amount": "all"}
    assert wire.decode_action(data) == Redeem(2, "USDC", None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"amount": 100}, "action.amount: expected an integer as a decimal string"),
        ({"amount": 1.5}, "action.amount: expected an integer"),
        ({"amount": True}, "action.amount: expected an integer"),
        ({"amount": None}, "action.amount: expected an integer"),
        ({"amount": []}, "action.amount: expected an integer"),
        ({"amount": "all"}, "action.amount: expected an integer"),
        ({"amount": "01"}, "action.amount: expected an integer"),
        ({"amount": "-0"}, "action.amount: expected an integer"),
        ({"amount": "+1"}, "action.amount: expected an integer"),
        ({"amount": "1\n"}, "action.amount: expected an integer"),
        ({"amount": "1_0"}, "action.amount: expected an integer"),
        ({"amount": "１"}, "action.amount: expected an integer"),
        ({"amount": "9" * 61}, "action.amount: expected at most 60 digits"),
        ({"asset": 5}, "action.asset: expected a string"),
        ({"asset": "\ud800"}, "action.asset: "),
        ({"memo": "x"}, "action.memo: unknown field; remove it"),
        ({"type": "steal"}, "unknown type of action; expected one of create_account"),
        ({"type": ["deposit"]}, "unknown type of action"),
    ],
)
def test_action__bad_field_is_named(change: dict[str, Any], message: str) -> None:
    assert message in refused(DEPOSIT | change)


def test_order__has_the_fields_of_the_protocol() -> None:
    assert wire.encode_action(wire.decode_action(ORDER)) == ORDER


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"side": "buy"}, "action.side: input should be 'bid' or 'ask'"),
        ({"kind": "stop"}, "action.kind: input should be 'limit' or 'market'"),
        ({"lots": 5}, "action.lots: expected an integer as a decimal string"),
        ({"price": None}, "action.price: expected an integer"),
        ({"price": "all"}, "action.price: expected an integer"),
        ({"time_in_force": "GTC"}, "action.time_in_force: input should be 'gtc', 'ioc' or 'fok'"),
        ({"post_only": "false"}, "action.post_only: expected true or false"),
        (
            {"self_trade_prevention": None},
            "action.self_trade_prevention: input should be 'reject_t",
        ),
        ({"flags": True}, "action.flags: expected a JSON object"),
        ({"flags": FLAGS | {"auto_lend": 1}}, "action.flags.auto_lend: expected true or false"),
        ({"flags": FLAGS | {"auto_sell": True}}, "action.flags.auto_sell: unknown field"),
        ({"flags": {"auto_lend": True}}, "action.flags.auto_borrow: missing"),
        ({"order": "7"}, "action.order: unknown field"),
    ],
)
def test_order__bad_field_is_named(change: dict[str, Any], message: str) -> None:
    assert message in refused(ORDER | change)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ({"type": "list_market", "market": "A"}, "action.parameters: missing"),
        ({"type": "set_market_parameters", "parameters": {}}, "action.parameters.base: missing"),
        ({"type": "set_market_reference", "index_price": 5}, "action.index_price: expected"),
        ({"type": "cancel_order", "account": "2", "order": "-"}, "action.order: expected"),
        ({"type": "cancel_all_orders", "account": "2"}, "action.market: missing"),
        ({"type": "amend_order", "lots": True}, "action.lots: expected"),
        ({"type": "convert_dust", "account": "2", "market": 1}, "action.market: expected"),
    ],
)
def test_spot_margin__bad_field_is_named(action: dict[str, Any], message: str) -> None:
    assert message in refused(action)


MARK = {
    "type": "update_mark",
    "market": "ORE_PERP",
    "index_price": "250",
    "has_basis": True,
    "basis": "-3",
}


def test_mark__has_the_fields_of_the_protocol() -> None:
    mark = actions.UpdateMark("ORE_PERP", 250, has_basis=True, basis=-3)
    assert wire.decode_action(MARK) == mark
    assert wire.encode_action(mark) == MARK


def test_settle__has_no_fields() -> None:
    assert wire.decode_action({"type": "settle"}) == actions.Settle()
    assert wire.encode_action(actions.Settle()) == {"type": "settle"}


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ({"type": "list_perpetual", "market": "A"}, "action.parameters: missing"),
        (
            {"type": "set_perpetual_parameters", "parameters": {}},
            "action.parameters.lots_per_unit: missing",
        ),
        (MARK | {"has_basis": "true"}, "action.has_basis: expected true or false"),
        (MARK | {"basis": None}, "action.basis: expected an integer"),
        (MARK | {"mark_price": "250"}, "action.mark_price: unknown field"),
        ({"type": "apply_funding", "market": "A", "premium": 0.1}, "action.premium: expected"),
        ({"type": "settle_market", "market": "A"}, "action.price: missing"),
        ({"type": "settle", "time": "10"}, "action.time: unknown field"),
        ({"type": "set_account_settings"}, "action.auto_realize: missing"),
        ({"type": "set_account_settings"}, "action.auto_borrow_settlements: missing"),
    ],
)
def test_perpetuals__bad_field_is_named(action: dict[str, Any], message: str) -> None:
    assert message in refused(action)


def test_action__every_missing_field_is_named() -> None:
    message = refused({"type": "deposit"})
    assert all(f"action.{name}: missing" in message for name in DEPOSIT if name != "type")


@pytest.mark.parametrize("data", [None, 1, "deposit", [], {}, [DEPOSIT]])
def test_action__must_be_an_object_with_type(data: object) -> None:
    assert refused(data).startswith("action: expected")


def test_action__nested_field_has_its_whole_path() -> None:
    data = wire.encode_action(load_preset("tiny").actions[0])
    data["parameters"]["tokens"][1]["native_unit"] = 10
    data["parameters"]["pool"]["book_state"] = "ajar"
    data["parameters"]["haircut"] |= {"kind": "flat", "weight": 1}
    message = refused(data)
    assert "action.parameters.tokens[1].native_unit: expected" in message
    assert "action.parameters.pool.book_state: input should be 'open'" in message
    assert "action.parameters.haircut.kind: input should be 'identity'" in message
    assert "action.parameters.haircut.weight: expected an integer" in message


def test_system__survives_json() -> None:
    system = tiny.SYSTEM
    assert wire.decode_system(wire.encode_system(system)) == system
    with pytest.raises(wire.WireError, match=r"system\.entry_fee: expected true or false"):
        wire.decode_system(wire.encode_system(system) | {"entry_fee": "true"})


EVENTS: list[tuple[Event, dict[str, Any]]] = [
    (
        Posting(
            LedgerAccount(LedgerKind.CUSTODY, 1),
            LedgerAccount(LedgerKind.FREE, 2),
            0,
            100,
            Why.DEPOSIT,
        ),
        {
            "type": "posting",
            "debit": "custody:south",
            "credit": "free:2",
            "asset": "USD",
            "amount": "100",
            "reason": "deposit",
        },
    ),
    (
        Posting(
            LedgerAccount(LedgerKind.POOL, 0),
            LedgerAccount(LedgerKind.PENDING, 0),
            1,
            5,
            Why.DUST_REDEEM,
        ),
        {
            "type": "posting",
            "debit": "pool",
            "credit": "pending:north",
            "asset": "ORE",
            "amount": "5",
            "reason": "dust_redeem",
        },
    ),
    (
        SharesMoved(2, 0, -5, Why.ORDER_BORROW),
        {
            "type": "shares_moved",
            "account": "2",
            "asset": "USD",
            "shares": "-5",
            "reason": "order_borrow",
        },
    ),
    (
        InterestCharged(1, 5, 1),
        {"type": "interest_charged", "asset": "ORE", "interest": "5", "reserve": "1"},
    ),
    (
        PriceLimited(1, 900, 312),
        {"type": "price_limited", "asset": "ORE", "asked": "900", "price": "312"},
    ),
    (
        OrderAccepted(7, 2, 1, Side.ASK, 0, 9),
        {
            "type": "order_accepted",
            "order": "7",
            "account": "2",
            "market": "USD_ORE",
            "side": "ask",
            "price": "0",
            "lots": "9",
        },
    ),
    (
        Traded(0, 3, 7, 24, 6, -1, 4),
        {
            "type": "traded",
            "market": "ORE_USD",
            "maker_order": "3",
            "taker_order": "7",
            "price": "24",
            "lots": "6",
            "maker_fee": "-1",
            "taker_fee": "4",
        },
    ),
    (
        OrderEnded(7, 3, OrderEnd.PRICE_BAND),
        {"type": "order_ended", "order": "7", "lots": "3", "reason": "price_band"},
    ),
    (
        OrderEnded(7, 3, RejectionCode.INSUFFICIENT_MARGIN),
        {"type": "order_ended", "order": "7", "lots": "3", "reason": "insufficient_margin"},
    ),
    (
        MarkUpdated(1, 250, 249),
        {
            "type": "mark_updated",
            "market": "USD_ORE",
            "index_price": "250",
            "mark_price": "249",
        },
    ),
    (
        FundingApplied(1, -100, -3),
        {"type": "funding_applied", "market": "USD_ORE", "rate": "-100", "step": "-3"},
    ),
    (
        Unsettled(2, 1, -3, SettlementSource.FUNDING_PAYMENT),
        {
            "type": "unsettled",
            "account": "2",
            "market": "USD_ORE",
            "amount": "-3",
            "source": "FundingPayment",
        },
    ),
    (
        Settled(2, -3, 0),
        {"type": "settled", "account": "2", "amount": "-3", "unpaid": "0"},
    ),
    (
        VirtualMoved(2, 0, -5, -6, SettlementSource.CULLED_BOOK_UTILISATION),
        {
            "type": "virtual_moved",
            "account": "2",
            "market": "ORE_USD",
            "shares": "-5",
            "amount": "-6",
            "source": "CulledRealizePnlBookUtilisation",
        },
    ),
    (
        VirtualInterest(2, 0, -1),
        {"type": "virtual_interest", "account": "2", "market": "ORE_USD", "amount": "-1"},
    ),
    *RISK_EVENTS,
]


@pytest.mark.parametrize(("event", "encoded"), EVENTS)
def test_event__is_written_in_symbols_and_chains(event: Event, encoded: dict[str, Any]) -> None:
    assert wire.encode_event(tiny.listed(), event) == encoded
    TypeAdapter(message_schema.event_type()).validate_python(encoded)


def test_event__every_kind_is_tried() -> None:
    assert {type(event) for event, _ in EVENTS} == set(get_args(Event))


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("order_ended", {"reason": "because"}),
        ("order_ended", {"lots": 3}),
        ("order_ended", {"more": "1"}),
        ("unsettled", {"source": "funding_payment"}),
        ("unsettled", {"market": 1}),
        ("virtual_moved", {"shares": None}),
    ],
)
def test_event__schema_refuses_another_one(kind: str, change: dict[str, Any]) -> None:
    event = next(encoded for _, encoded in EVENTS if encoded["type"] == kind)
    with pytest.raises(ValidationError):
        TypeAdapter(message_schema.event_type()).validate_python(event | change)


def test_outcome__lists_the_events_of_the_action() -> None:
    state = tiny.funded()
    deposit = {**DEPOSIT, "asset": "USD", "chain": "north", "sequence": "9"}
    encoded = wire.encode_outcome(state, transition(state, wire.decode_action(deposit)))
    posting = {
        "type": "posting",
        "debit": "custody:north",
        "credit": "free:2",
        "asset": "USD",
        "amount": "100",
        "reason": "deposit",
    }
    assert encoded == {"accepted": {"events": [posting]}}


def test_rejection__lists_codes() -> None:
    codes = (RejectionCode.ACCOUNT_UNKNOWN, RejectionCode.ASSET_UNKNOWN)
    encoded = wire.encode_outcome(
        genesis(load_preset("tiny").system), Rejected(codes[0], violated=codes)
    )
    assert encoded == {"rejected": {"code": codes[0].value, "violated": [*codes]}}


@pytest.mark.parametrize("tag", wire.action_classes())
def test_decode_action__says_the_same_whether_one_model_reads_or_all(tag: str) -> None:
    data = {"type": tag, "more": "1"}
    with pytest.raises(wire.WireError) as alone:
        wire.decode_action(data)
    with pytest.raises(wire.WireError) as of_all:
        wire.validated(wire._action_adapter(), data, "action")
    assert str(alone.value) == str(of_all.value)
    assert "action.more: unknown field" in str(alone.value)
