"""The reference behind the engine protocol: one JSON request a line in, one reply a line out."""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import fields
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NoReturn

from ibperp.outcomes import Accepted
from ibperp.parameter_laws import system_violations
from ibperp.parameters import SystemParameters
from ibperp.state import genesis
from ibperp.transition import transition
from ibperp_conformance.json_text import JsonTextError, decode
from ibperp_conformance.protocol.fills import decode_fill, filled, is_fill
from ibperp_conformance.protocol.observation import observe
from ibperp_conformance.protocol.wire import WireError, decode_action, decode_system, encode_outcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from ibperp.actions import Action
    from ibperp.outcomes import Outcome
    from ibperp.state import State

    Step = Callable[[State, Action], Outcome]

PROTOCOL: Final = "1"
"""The version of the protocol (chapter conformance)."""

CAPABILITIES: Final = (
    "custody",
    "money_market",
    "portfolio",
    "spot_margin",
    "perpetuals",
    "settlement",
    "liquidation",
    "programs",
    "governance",
    "fills",
    "events",
    "states",
)

OPERATIONS: Final = {
    "hello": ("protocol",),
    "reset": ("system",),
    "apply": ("action",),
    "observe": (),
    "save": ("name",),
    "restore": ("name",),
    "load": ("state",),
    "batch": ("requests",),
    "bye": (),
}
"""The fields that a request carries beside `id` and `op`."""


class Server:
    """A state behind requests; `step` is what an action does."""

    def __init__(self, step: Step = transition, name: str = "ibperp reference") -> None:
        self.step = step
        self.name = name
        self.state: State | None = None
        self.saved: dict[str, State] = {}

    def reply(self, request: object, *, nested: bool = False) -> dict[str, Any]:
        """Return the reply to one decoded request; an invalid one is answered `errored`."""
        identifier = _identifier(request)
        try:
            answer = self._answer(_checked(request, nested=nested))
        except WireError as error:
            answer = _errored(str(error))
        except Exception as error:  # noqa: BLE001 - an engine answers, whatever happened inside
            answer = _errored(f"internal error, {type(error).__name__}: {error}")
        return {"id": identifier, **answer}

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        match request["op"]:
            case "hello":
                return self._hello(request["protocol"])
            case "reset":
                return self._reset(request["system"])
            case "apply":
                return self._apply(request["action"])
            case "observe":
                return {"observation": observe(self._current())}
            case "save":
                return self._save(request["name"])
            case "restore":
                return self._restore(request["name"])
            case "load":
                return self._load(request["state"])
            case "batch":
                return {"replies": [self.reply(one, nested=True) for one in request["requests"]]}
            case _:
                return {"ok": {}}

    def _hello(self, protocol: object) -> dict[str, Any]:
        if protocol != PROTOCOL:
            raise WireError(f'protocol: this engine speaks "{PROTOCOL}"; ask for that')
        capabilities = list(CAPABILITIES)
        return {
            "ok": {
                "protocol": PROTOCOL,
                "name": self.name,
                "version": _version(),
                "capabilities": capabilities,
            }
        }

    def _reset(self, data: object) -> dict[str, Any]:
        system = decode_system(_completed(data))
        broken = [
            f"system.{law.path}: expected {law.expected}" for law in system_violations(system)
        ]
        if broken:
            raise WireError("; ".join(broken))
        self.state = genesis(system)
        return {"ok": {}}

    def _apply(self, data: object) -> dict[str, Any]:
        state = self._current()
        if is_fill(data):
            outcome = filled(state, decode_fill(data))
        else:
            outcome = self.step(state, decode_action(data))
        if isinstance(outcome, Accepted):
            self.state = outcome.state
        return encode_outcome(state, outcome)

    def _save(self, name: object) -> dict[str, Any]:
        if not isinstance(name, str):
            raise WireError("name: expected a string")
        self.saved[name] = self._current()
        return {"ok": {}}

    def _restore(self, name: object) -> dict[str, Any]:
        if not isinstance(name, str) or name not in self.saved:
            raise WireError("name: expected one that a state was saved under")
        self.state = self.saved[name]
        return {"ok": {}}

    def _load(self, data: object) -> dict[str, Any]:
        from ibperp_conformance.protocol.states import load

        self.state = load(data)
        return {"ok": {}}

    def _current(self) -> State:
        if self.state is None:
            raise WireError("there is no state yet: send reset first")
        return self.state


def serve(requests: BinaryIO, replies: BinaryIO, server: Server | None = None) -> None:
    """Answer every line of `requests` on `replies` until `bye` or the end, bad ones too.

    A line that is not a request is answered with `errored`, empty lines are skipped. A reader
    that has gone away and an interrupt end the service quietly.
    """
    served = Server() if server is None else server
    try:
        for line in iter(requests.readline, b""):
            if not line.strip():
                continue
            reply, is_last = _reply_to(served, line)
            replies.write(json.dumps(reply, separators=(",", ":")).encode("ascii") + b"\n")
            replies.flush()
            if is_last:
                return
    except (BrokenPipeError, KeyboardInterrupt):
        return


def _leave(number: int, _: FrameType | None) -> NoReturn:
    """End quietly: every reply that was written has been flushed."""
    signal.signal(number, signal.SIG_IGN)
    raise SystemExit(0)


def main_server(server: Server | None = None) -> int:
    """Serve standard input and output; return exit code 0, also when interrupted."""
    signal.signal(signal.SIGINT, _leave)
    serve(sys.stdin.buffer, sys.stdout.buffer, server)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _reply_to(server: Server, line: bytes) -> tuple[dict[str, Any], bool]:
    try:
        request = decode(line)
    except JsonTextError as error:
        return {"id": None, **_errored(str(error))}, False
    reply = server.reply(request)
    is_last = "ok" in reply and request["op"] == "bye"
    return reply, is_last


def _checked(request: object, *, nested: bool) -> dict[str, Any]:
    if not isinstance(request, dict):
        raise WireError("request: expected a JSON object with id and op")
    operation = request.get("op")
    if not isinstance(operation, str) or operation not in OPERATIONS:
        raise WireError(f"op: expected one of {', '.join(OPERATIONS)}")
    if _identifier(request) is None:
        raise WireError("id: expected a JSON integer")
    expected = {"id", "op", *OPERATIONS[operation]}
    for name in sorted(expected - set(request)):
        raise WireError(f"{name}: missing; {operation} needs it")
    for name in sorted(set(request) - expected):
        raise WireError(f"{name}: unknown field of {operation}; remove it")
    if nested and operation in {"batch", "bye"}:
        raise WireError(f"op: {operation} cannot be inside a batch")
    if operation == "batch" and not isinstance(request["requests"], list):
        raise WireError("requests: expected a JSON array of requests")
    return request


def _identifier(request: object) -> int | None:
    if not isinstance(request, dict):
        return None
    identifier = request.get("id")
    return identifier if type(identifier) is int else None


def _errored(message: str) -> dict[str, Any]:
    return {"errored": {"message": message}}


def _completed(data: object) -> object:
    """Return system parameters with those that came after an earlier version (CF-6)."""
    if (
        not isinstance(data, dict)
        or {each.name for each in fields(SystemParameters)} <= data.keys()
    ):
        return data
    from ibperp_invariants.check.later import SYSTEM

    return {**SYSTEM, **data}


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("ibperp")
    except PackageNotFoundError:
        return "0"


if __name__ == "__main__":
    sys.exit(main_server())
