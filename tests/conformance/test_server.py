import io
import json
import signal
import subprocess
import sys
from typing import Any

import pytest

from ibperp.actions import Action
from ibperp.outcomes import Outcome
from ibperp.state import State
from ibperp_conformance.presets.preset import load_preset
from ibperp_conformance.protocol.server import Server, serve
from ibperp_conformance.protocol.wire import encode_action, encode_system
from ibperp_conformance.runner.smoke_requests import (
    ACCOUNT,
    BOOK,
    CANCEL,
    LATER,
    ORDER,
    PERPETUAL,
    SETTLEMENT,
    SYSTEM,
    TRADE,
)

PRESET = load_preset("tiny")
HELLO = {"id": 1, "op": "hello", "protocol": "1"}
RESET = {"id": 2, "op": "reset", "system": encode_system(PRESET.system)}
OBSERVE = {"id": 3, "op": "observe"}
BYE = {"id": 4, "op": "bye"}
COMMAND = [
    sys.executable,
    "-c",
    "from ibperp_conformance.protocol.server import main_server; main_server()",
]


def apply(identifier: int, action: Action) -> dict[str, Any]:
    return {"id": identifier, "op": "apply", "action": encode_action(action)}


def said(*lines: bytes | dict[str, Any], server: Server | None = None) -> list[dict[str, Any]]:
    raw = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    replies = io.BytesIO()
    serve(io.BytesIO(b"\n".join(raw)), replies, server)
    return [json.loads(line) for line in replies.getvalue().splitlines()]


def test_hello__names_protocol_and_capabilities() -> None:
    (reply,) = said(HELLO)
    assert reply["id"] == 1
    assert reply["ok"]["protocol"] == "1"
    funds = ["custody", "money_market", "portfolio"]
    trading = ["spot_margin", "perpetuals", "settlement"]
    risk = ["liquidation", "programs", "governance"]
    assert reply["ok"]["capabilities"] == [*funds, *trading, *risk, "fills", "events", "states"]


def test_apply__moves_the_state_and_a_rejection_does_not() -> None:
    listed, again, observed = said(
        RESET, apply(5, PRESET.actions[0]), apply(6, PRESET.actions[0]), OBSERVE
    )[1:]
    assert listed == {"id": 5, "accepted": {"events": []}}
    assert again["rejected"]["code"] == "asset_exists"
    assert list(observed["observation"]["assets"]) == ["USDC"]


def test_apply__order_is_accepted_then_ended() -> None:
    asked = [ACCOUNT, *BOOK, ORDER, CANCEL]
    applied = [{"id": 5, "op": "apply", "action": action} for action in asked]
    placed, ended = said(RESET | {"system": SYSTEM}, *applied)[-2:]
    accepted = {"order": "0", "account": "2", "market": "ORE_CASH"}
    accepted |= {"side": "bid", "price": "250", "lots": "2"}
    assert placed["accepted"]["events"] == [{"type": "order_accepted", **accepted}]
    cancelled = {"type": "order_ended", "order": "0", "lots": "2", "reason": "cancelled"}
    assert ended["accepted"]["events"] == [cancelled]


def test_apply__positions_are_marked_and_settled() -> None:
    asked = [ACCOUNT, LATER, *BOOK, *PERPETUAL, *TRADE, *SETTLEMENT, {"type": "settle"}]
    applied = [{"id": 5, "op": "apply", "action": action} for action in asked]
    marked, settled, again = said(RESET | {"system": SYSTEM}, *applied)[-3:]
    prices = {"market": "ORE_PERP", "index_price": "240", "mark_price": "240"}
    assert marked["accepted"]["events"] == [{"type": "mark_updated", **prices}]
    assert [event["type"] for event in settled["accepted"]["events"]] == [
        *["unsettled"] * 2,
        *["posting", "settled"] * 2,
    ]
    assert settled["accepted"]["events"][1] == {
        "type": "unsettled",
        "account": "3",
        "market": "ORE_PERP",
        "amount": "20",
        "source": "CulledRealizePnlAuto",
    }
    paid = {"type": "settled", "account": "3", "amount": "20", "unpaid": "0"}
    assert settled["accepted"]["events"][-1] == paid
    assert again["rejected"]["code"] == "too_early"


def test_reset__empties_the_state() -> None:
    last = said(RESET, apply(5, PRESET.actions[0]), RESET, OBSERVE)[-1]
    assert last["observation"]["assets"] == {}
    assert last["observation"]["time"] == "0"


def test_reset__of_an_earlier_version_is_completed() -> None:
    system = encode_system(PRESET.system)
    del system["conversion_distance"]
    assert said({**RESET, "system": system}) == [{"id": 2, "ok": {}}]


def test_batch__answers_each_request_in_order() -> None:
    batch = {"id": 9, "op": "batch", "requests": [RESET, OBSERVE, BYE, 7]}
    replies = said(batch)[0]["replies"]
    assert [reply["id"] for reply in replies] == [2, 3, 4, None]
    assert "cannot be inside a batch" in replies[2]["errored"]["message"]


def test_bye__ends_the_service() -> None:
    assert said(BYE, HELLO) == [{"id": 4, "ok": {}}]


@pytest.mark.parametrize(
    ("line", "identifier", "message"),
    [
        (b'{"id":1', None, "not JSON"),
        (b"[]", None, "expected a JSON object"),
        (b"null", None, "expected a JSON object"),
        (b"\xff\xfe", None, "not UTF-8"),
        (b"[" * 100_000, None, "nested too deeply"),
        (b'{"id":1,"op":"hello","op":"bye"}', None, "op: named twice"),
        (b'{"id":"1","op":"observe"}', None, "id: expected a JSON integer"),
        (b'{"id":true,"op":"observe"}', None, "id: expected a JSON integer"),
        (b'{"op":"observe"}', None, "id: expected a JSON integer"),
        (b'{"id":7}', 7, "op: expected one of hello"),
        (b'{"id":7,"op":[]}', 7, "op: expected one of hello"),
        (b'{"id":7,"op":"hello"}', 7, "protocol: missing"),
        (b'{"id":7,"op":"hello","protocol":"2"}', 7, 'speaks "1"'),
        (b'{"id":7,"op":"bye","x":1}', 7, "x: unknown field of bye"),
        (b'{"id":7,"op":"observe"}', 7, "send reset first"),
        (b'{"id":7,"op":"apply","action":{}}', 7, "send reset first"),
        (b'{"id":7,"op":"reset","system":{}}', 7, "system.quote_unit: missing"),
        (b'{"id":7,"op":"batch","requests":{}}', 7, "expected a JSON array"),
    ],
)
def test_request__malformed_is_answered(line: bytes, identifier: int | None, message: str) -> None:
    broken, next_one = said(line, HELLO)
    assert broken["id"] == identifier
    assert message in broken["errored"]["message"]
    assert next_one["id"] == 1


def test_reset__breaking_a_law_is_refused_with_every_path() -> None:
    system = RESET["system"] | {"quote_unit": "0", "accrual_interval": "-1"}  # type: ignore[operator]
    message = said({"id": 1, "op": "reset", "system": system})[0]["errored"]["message"]
    assert "system.quote_unit: expected" in message
    assert "system.accrual_interval: expected" in message


def test_apply__malformed_action_keeps_the_state() -> None:
    action = encode_action(PRESET.actions[0]) | {"asset": 1}
    errored, observed = said(RESET, {"id": 5, "op": "apply", "action": action}, OBSERVE)[1:]
    assert "action.asset: expected a string" in errored["errored"]["message"]
    assert observed["observation"]["assets"] == {}


def test_engine__answers_when_the_step_fails() -> None:
    def faulty(_state: State, _action: Action) -> Outcome:
        raise AssertionError("boom")

    reply = said(RESET, apply(5, PRESET.actions[0]), server=Server(faulty))[1]
    assert reply == {"id": 5, "errored": {"message": "internal error, AssertionError: boom"}}


def test_process__ends_cleanly_at_the_end_of_input() -> None:
    done = subprocess.run(COMMAND, input=b'\n{"id":1,"op', capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["id"] is None


def test_process__survives_a_reader_that_leaves() -> None:
    line = json.dumps(HELLO).encode() + b"\n"
    with subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(line)
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write(line)
        process.stdin.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


def test_process__ends_quietly_when_interrupted() -> None:
    with subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(HELLO).encode() + b"\n")
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate()
    assert (process.returncode, stderr) == (0, b"")
