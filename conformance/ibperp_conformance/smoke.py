"""Try every message of the protocol once, and say for each what to mend (CF)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ibperp_conformance.client import (
    Engine,
    EngineFailureError,
    EngineNotStartedError,
    Reply,
    visible,
)

SYSTEM: Final[Mapping[str, object]] = {
    "quote_unit": "100",
    "accrual_interval": "3600",
    "throttle_interval": "3600",
    "entry_fee": False,
}
ACCOUNT: Final[Mapping[str, object]] = {"type": "create_account", "account": "2", "user": "1"}
LATER: Final[Mapping[str, object]] = {"type": "advance_time", "time": "60"}
PARTS: Final = ("time", "chains", "assets", "accounts", "withdrawals", "rebalances")
MALFORMED: Final = b'{"id": 1, "op": \n'


@dataclass(frozen=True, slots=True)
class Check:
    """One thing tried: `problem` is empty when the engine did well, `remedy` says what to mend."""

    name: str
    problem: str = ""
    remedy: str = ""
    stderr: str = ""
    could_not_run: bool = False


class _UnexpectedError(Exception):
    """The engine answered, but not what the protocol asks for."""


def smoke(command: Sequence[str], timeout: float = 10.0) -> Iterator[Check]:
    """Yield a check for every message, in order; stop when the engine cannot be talked to."""
    try:
        engine = Engine(command, timeout)
    except EngineNotStartedError as error:
        remedy = "give the path of an executable file, and its arguments, after --"
        yield Check("start", str(error), remedy, could_not_run=True)
        return
    with engine:
        yield Check("start")
        for name, remedy, attempt in _ATTEMPTS:
            try:
                attempt(engine)
            except _UnexpectedError as error:
                yield Check(name, str(error), remedy)
            except EngineFailureError as error:
                stderr = engine.stderr_tail()
                yield Check(name, str(error), remedy, stderr, could_not_run=name == "hello")
                return
            else:
                yield Check(name)


def _hello(engine: Engine) -> None:
    capabilities = engine.hello().capabilities
    if "custody" not in capabilities:
        raise _UnexpectedError("hello does not declare custody, which every engine needs")


def _reset(engine: Engine) -> None:
    _want("ok", engine.request("reset", system=SYSTEM))


def _accepted(engine: Engine) -> None:
    _want("accepted", engine.request("apply", action=ACCOUNT))


def _rejected(engine: Engine) -> None:
    body = _want("rejected", engine.request("apply", action=ACCOUNT))
    if body.get("code") != "account_exists":
        raise _UnexpectedError(f'the code is {_show(body.get("code"))}, not "account_exists"')


def _observe(engine: Engine) -> None:
    body = _want("observation", engine.request("observe"))
    missing = [part for part in PARTS if part not in body]
    if missing:
        raise _UnexpectedError(f"the observation lacks {', '.join(missing)}")
    _equal(body, "time", "0")
    accounts = body["accounts"]
    account = accounts.get("2") if isinstance(accounts, dict) else None
    if not isinstance(account, dict):
        raise _UnexpectedError("the observation lacks the account 2 that was just created")
    _equal(account, "user", "1")


def _batch(engine: Engine) -> None:
    replies = engine.batch([("apply", {"action": LATER}), ("observe", {})])
    _want("accepted", replies[0])
    _equal(_want("observation", replies[1]), "time", "60")


def _malformed(engine: Engine) -> None:
    received = engine.exchange(MALFORMED)
    if not isinstance(received, dict) or set(received) != {"id", "errored"} or received["id"]:
        raise _UnexpectedError(f"the answer is {_show(received)}")
    _equal(_want("observation", engine.request("observe")), "time", "60")


def _unknown(engine: Engine) -> None:
    _want("errored", engine.request("no_such_operation"))


def _bye(engine: Engine) -> None:
    _want("ok", engine.request("bye"))
    if not engine.finish():
        raise _UnexpectedError("the engine still runs a second after bye")


_ATTEMPTS: Final[tuple[tuple[str, str, Callable[[Engine], None]], ...]] = (
    (
        "hello",
        (
            'answer {"id": 1, "ok": {"protocol": "1", "name": ..., "version": ..., "capabilities": '
            '["custody", "money_market"]}} on one line, and flush standard output after every line'
        ),
        _hello,
    ),
    (
        "reset",
        'forget every state, take the system parameters, answer {"id": ..., "ok": {}}',
        _reset,
    ),
    (
        "apply, accepted",
        (
            'accounts 0 and 1 exist after reset, so account 2 can be created: answer {"id": ..., '
            '"accepted": {"events": []}}'
        ),
        _accepted,
    ),
    (
        "apply, rejected",
        'account 2 exists now: answer {"id": ..., "rejected": {"code": "account_exists"}}',
        _rejected,
    ),
    (
        "observe",
        (
            "answer the whole state as the chapter on conformance lays it out, every integer as a "
            "string"
        ),
        _observe,
    ),
    (
        "batch",
        (
            'answer {"id": ..., "replies": [...]} with one reply per request, in order, each with '
            "the id of its own request"
        ),
        _batch,
    ),
    (
        "malformed line",
        'answer {"id": null, "errored": {"message": ...}} to a line that is not JSON, and go on',
        _malformed,
    ),
    ("unknown operation", 'answer {"id": ..., "errored": {"message": ...}} and go on', _unknown),
    ("bye", 'answer {"id": ..., "ok": {}} and exit', _bye),
)


def _want(kind: str, reply: Reply) -> Mapping[str, object]:
    if reply.kind != kind or not isinstance(reply.body, dict):
        raise _UnexpectedError(f"expected {kind}, received {reply.kind}: {_show(reply.body)}")
    return reply.body


def _equal(fields: Mapping[str, object], name: str, expected: str) -> None:
    if fields.get(name) != expected:
        raise _UnexpectedError(f'{name} is {_show(fields.get(name))}, expected "{expected}"')


def _show(value: object) -> str:
    return visible(json.dumps(value), 200)
