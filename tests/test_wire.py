import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from ibperp import actions
from ibperp.actions import Action, Redeem
from ibperp.outcomes import Accepted, InterestCharged, Rejected, RejectionCode, SharesMoved
from ibperp.outcomes import Reason as Why
from ibperp.parameters import BookState, PoolParameters, SystemParameters
from ibperp.state import genesis
from ibperp.transition import transition
from ibperp_conformance import messages, wire
from ibperp_conformance.engine import Engine
from ibperp_conformance.observation import apply_difference, difference, flatten, observe
from ibperp_conformance.presets import load_preset

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
POOLS = st.builds(
    PoolParameters,
    book_state=st.sampled_from(BookState),
    **dict.fromkeys(
        [name for name in PoolParameters.__dataclass_fields__ if name != "book_state"], INTEGERS
    ),
)
ACTIONS = st.one_of(
    st.builds(actions.Deposit, INTEGERS, TEXTS, TEXTS, INTEGERS, INTEGERS),
    st.builds(actions.Redeem, INTEGERS, TEXTS, st.none() | INTEGERS),
    st.builds(actions.SetAccountSettings, INTEGERS, st.booleans(), st.booleans(), INTEGERS),
    st.builds(actions.SetPoolParameters, TEXTS, POOLS),
    st.sampled_from(load_preset("launch").actions),
)


def refused(data: object) -> str:
    with pytest.raises(wire.WireError) as caught:
        wire.decode_action(data)
    return str(caught.value)


@given(ACTIONS)
def test_action__survives_json(action: Action) -> None:
    assert wire.decode_action(json.loads(json.dumps(wire.encode_action(action)))) == action


def test_actions__every_kind_has_its_name() -> None:
    assert wire.action_classes()["set_pool_parameters"] is actions.SetPoolParameters
    assert len(wire.action_classes()) == 17


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
    message = refused(data)
    assert "action.parameters.tokens[1].native_unit: expected" in message
    assert "action.parameters.pool.book_state: input should be 'open'" in message


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"a":1', "not JSON at line 1 column 7"),
        (b"", "not JSON"),
        (b"\xff", "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":NaN}', "NaN is not JSON"),
        (b"9" * 5000, "number too long"),
        (b'{"a":1,"a":2}', "a: named twice"),
    ],
)
def test_json__malformed_is_explained(line: bytes, message: str) -> None:
    with pytest.raises(wire.WireError, match=message):
        wire.decode_json(line)


def test_system__survives_json() -> None:
    system = SystemParameters(100, 1, 60, entry_fee=True)
    assert wire.decode_system(wire.encode_system(system)) == system
    with pytest.raises(wire.WireError, match=r"system\.entry_fee: expected true or false"):
        wire.decode_system(wire.encode_system(system) | {"entry_fee": "true"})


def test_outcome__names_ledgers_symbols_and_chains() -> None:
    preset = load_preset("tiny")
    state = genesis(preset.system)
    for action in (*preset.actions, actions.CreateAccount(2, 1)):
        outcome = transition(state, action)
        assert isinstance(outcome, Accepted)
        state = outcome.state
    encoded = wire.encode_outcome(state, transition(state, wire.decode_action(DEPOSIT)))
    posting = {
        "type": "posting",
        "debit": "custody:solana",
        "credit": "free:2",
        "asset": "USDC",
        "amount": "100",
        "reason": "deposit",
    }
    assert encoded == {"accepted": {"events": [posting]}}
    assert wire.encode_event(state, SharesMoved(2, 0, -5, Why.REDEEM))["shares"] == "-5"
    assert wire.encode_event(state, InterestCharged(1, 5, 1)) == {
        "type": "interest_charged",
        "asset": "ETH",
        "interest": "5",
        "reserve": "1",
    }


def test_rejection__lists_codes() -> None:
    codes = (RejectionCode.ACCOUNT_UNKNOWN, RejectionCode.ASSET_UNKNOWN)
    encoded = wire.encode_outcome(
        genesis(load_preset("tiny").system), Rejected(codes[0], violated=codes)
    )
    assert encoded == {"rejected": {"code": codes[0].value, "violated": [*codes]}}


def test_observation__difference_leads_from_one_to_the_other() -> None:
    preset = load_preset("tiny")
    before = genesis(preset.system)
    listed = transition(before, preset.actions[0])
    assert isinstance(listed, Accepted)
    old, new = flatten(observe(before)), flatten(observe(listed.state))
    assert apply_difference(old, difference(old, new)) == new
    assert apply_difference(new, difference(new, old)) == old
    assert difference(new, new) == {}
    assert difference(new, old)["assets/USDC/price"] is None


def test_flatten__keeps_names_with_slashes_apart() -> None:
    assert flatten({"a/b": "1", "a": {"b": "2"}}) == {"a~1b": "1", "a/b": "2"}


def test_messages__schema_describes_what_the_engine_says() -> None:
    schema = messages.message_schema()
    assert {"ApplyRequest", "ObservationReply", "Deposit", "Posting"} <= schema["$defs"].keys()
    engine, preset = Engine(), load_preset("tiny")
    engine.reply({"id": 1, "op": "reset", "system": wire.encode_system(preset.system)})
    for action in preset.actions:
        engine.reply({"id": 2, "op": "apply", "action": wire.encode_action(action)})
    observed = engine.reply({"id": 3, "op": "observe"})["observation"]
    TypeAdapter(messages.observation_model()).validate_python(observed)
