"""An engine as another process: one JSON object per line on its standard input and output (CF)."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Final, Self, TypeAlias

from ibperp_conformance.json_text import decode, visible

PROTOCOL: Final = "1"
LINE_LIMIT: Final = 64 * 2**20
STDERR_TAIL: Final = 4096
CHUNK: Final = 65536
GRACE: Final = 1.0
REPLIES_ALONE: Final = (
    "standard output is for replies alone, one a line; write logs to standard error"
)

Fields: TypeAlias = Mapping[str, object]

_KINDS: Final[Mapping[str, str]] = {
    "hello": "ok",
    "reset": "ok",
    "observe": "observation",
    "batch": "replies",
    "bye": "ok",
}


class EngineFailureError(Exception):
    """The engine cannot be talked to.

    `stderr` is the end of what it printed there; `remedy` says what to mend, where the failure
    alone tells it.
    """

    def __init__(self, message: str, stderr: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.stderr = stderr
        self.remedy = remedy

    @property
    def explained(self) -> str:
        """The failure, and its remedy where there is one."""
        return f"{self}; {self.remedy}" if self.remedy else str(self)


class EngineNotStartedError(EngineFailureError):
    """The command could not be started at all."""


class EngineDiedError(EngineFailureError):
    """The engine ended, or closed its output, while a reply was due."""


class EngineTimedOutError(EngineFailureError):
    """No complete reply line arrived in time."""


class EngineGarbageError(EngineFailureError):
    """What arrived is no reply of the protocol to the request that was sent."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply of the right shape: `kind` is the name of its one field beside the id."""

    kind: str
    body: object


@dataclass(frozen=True, slots=True)
class Hello:
    """How the engine introduced itself."""

    name: str
    version: str
    capabilities: frozenset[str]


def encode(message: Fields) -> bytes:
    """Return `message` as one line of JSON."""
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


class Engine:
    """A running engine; every request waits at most `timeout` seconds for its reply line.

    One loop writes, reads and drains standard error, so neither side can block the other. The
    engine runs in a process group of its own, which `close` ends. `capabilities`: those it claimed
    when it introduced itself.
    """

    def __init__(self, command: Sequence[str], timeout: float = 10.0) -> None:
        """Start `command`, a program and its arguments; raise `EngineNotStartedError`."""
        self.command = tuple(command)
        self.timeout = timeout
        self.capabilities: frozenset[str] = frozenset()
        self._buffer = bytearray()
        self._searched = 0
        self._stderr = bytearray()
        self._next_id = 1
        self._process = _start(self.command)
        if not (self._process.stdin and self._process.stdout and self._process.stderr):
            raise AssertionError("all three streams are pipes")
        self._input = self._process.stdin.fileno()
        self._output = self._process.stdout.fileno()
        self._errors = self._process.stderr.fileno()
        self._selector = selectors.DefaultSelector()
        for descriptor in (self._input, self._output, self._errors):
            os.set_blocking(descriptor, False)
        self._selector.register(self._output, selectors.EVENT_READ)
        self._selector.register(self._errors, selectors.EVENT_READ)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def hello(self) -> Hello:
        """Introduce the runner; raise `EngineGarbageError` unless it speaks the protocol."""
        reply = self.request("hello", protocol=PROTOCOL)
        if reply.kind != "ok" or not isinstance(reply.body, dict):
            raise self._garbage(f"hello was answered with {reply.kind}: {_short(reply.body)}")
        body = reply.body
        if body.get("protocol") != PROTOCOL:
            raise self._garbage(
                f"the engine speaks protocol {_short(body.get('protocol'))}, "
                f'this runner speaks "{PROTOCOL}"'
            )
        capabilities = body.get("capabilities")
        texts = (body.get("name"), body.get("version"))
        if (
            not all(isinstance(text, str) for text in texts)
            or not isinstance(capabilities, list)
            or not all(isinstance(name, str) for name in capabilities)
        ):
            raise self._garbage(
                "hello needs name and version as strings and capabilities as a list of strings, "
                f"received {_short(body)}"
            )
        self.capabilities = frozenset(capabilities)
        return Hello(str(texts[0]), str(texts[1]), self.capabilities)

    def request(self, op: str, **fields: object) -> Reply:
        """Send one request and return its reply; raise a subclass of `EngineFailureError`."""
        message = self._message(op, fields)
        received = self.exchange(encode(message))
        return self._checked(op, message["id"], received)

    def batch(self, requests: Sequence[tuple[str, Fields]]) -> list[Reply]:
        """Send `requests`, pairs of operation and fields, as one line; return a reply to each."""
        messages = [self._message(op, fields) for op, fields in requests]
        reply = self.request("batch", requests=messages)
        if reply.kind != "replies" or not isinstance(reply.body, list):
            return [reply] * len(messages)
        if len(reply.body) != len(messages):
            raise self._garbage(
                f"a batch of {len(messages)} requests was answered with {len(reply.body)} replies"
            )
        return [
            self._checked(op, message["id"], received)
            for (op, _), message, received in zip(requests, messages, reply.body, strict=True)
        ]

    def exchange(self, line: bytes) -> object:
        """Send `line` as it is and return the next line as JSON; raise like `request`."""
        received = self._converse(line)
        try:
            return decode(received)
        except ValueError as error:
            problem = f"not a line of JSON ({error}): {_quoted(received)}"
            raise self._garbage(problem, REPLIES_ALONE) from None

    def stderr_tail(self) -> str:
        """Return the end of what the engine printed on standard error, safe to print."""
        return visible(self._stderr.decode("utf-8", "replace").strip())

    def finish(self, grace: float = GRACE) -> bool:
        """Close the engine's input; return whether it ended by itself within `grace` seconds."""
        try:
            with contextlib.suppress(OSError):
                if self._process.stdin:
                    self._process.stdin.close()
            self._loop(b"", monotonic() + grace, lambda: False)
        except EngineTimedOutError:
            return False
        except EngineFailureError:
            return True
        return True

    def close(self) -> None:
        """End the engine and everything in its process group."""
        if self._selector.get_map() is None:
            return
        self._selector.close()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream:
                with contextlib.suppress(OSError):
                    stream.close()

    def _message(self, op: str, fields: Fields) -> dict[str, object]:
        number = self._next_id
        self._next_id += 1
        return {"id": number, "op": op, **fields}

    def _converse(self, line: bytes) -> bytes:
        self._loop(line, monotonic() + self.timeout, self._has_line)
        end = self._buffer.index(b"\n", self._searched)
        received = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        self._searched = 0
        return received

    def _has_line(self) -> bool:
        """Tell whether a whole line has arrived; what was searched before is not searched again."""
        if self._buffer.find(b"\n", self._searched) >= 0:
            return True
        self._searched = len(self._buffer)
        return False

    def _loop(self, line: bytes, deadline: float, finished: Callable[[], bool]) -> None:
        """Write `line` and read until it is written and `finished`, or raise."""
        outgoing = memoryview(line)
        if outgoing:
            self._selector.register(self._input, selectors.EVENT_WRITE)
        try:
            while outgoing or not finished():
                remaining = deadline - monotonic()
                events = self._selector.select(max(remaining, 0))
                if not events and remaining <= 0:
                    raise self._timed_out()
                for key, _ in events:
                    if key.fd == self._input:
                        outgoing = self._write(outgoing)
                    elif key.fd == self._output:
                        self._read_output()
                    else:
                        self._read_errors()
                    if key.fd == self._input and not outgoing:
                        self._selector.unregister(self._input)
                if remaining <= 0 and (outgoing or not finished()):
                    raise self._timed_out()
        finally:
            if self._input in self._selector.get_map():
                self._selector.unregister(self._input)

    def _write(self, outgoing: memoryview) -> memoryview:
        try:
            return outgoing[os.write(self._input, outgoing[:CHUNK]) :]
        except BlockingIOError:
            return outgoing
        except OSError:
            # The engine no longer reads; what it printed and how it ended say more than this.
            return outgoing[len(outgoing) :]

    def _read_output(self) -> None:
        chunk = _read(self._output)
        if chunk is None:
            return
        if not chunk:
            self._selector.unregister(self._output)
            raise self._ended()
        self._buffer += chunk
        if len(self._buffer) > LINE_LIMIT + CHUNK or (
            len(self._buffer) > LINE_LIMIT and not self._has_line()
        ):
            message = f"more than {LINE_LIMIT} bytes without the end of a line, or unasked for"
            raise self._garbage(message, REPLIES_ALONE)

    def _read_errors(self) -> None:
        chunk = _read(self._errors)
        if chunk:
            self._stderr += chunk
            del self._stderr[:-STDERR_TAIL]
        elif chunk is not None:
            self._selector.unregister(self._errors)

    def _ended(self) -> EngineFailureError:
        try:
            code = self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            how = "closed its standard output"
        else:
            how = f"exited with code {code}" if code >= 0 else f"was ended by {_signal_name(code)}"
        for _ in range(STDERR_TAIL):
            if self._errors not in self._selector.get_map():
                break
            ready = self._selector.select(0)
            if self._errors not in {key.fd for key, _ in ready}:
                break
            self._read_errors()
        if self._buffer:
            return self._garbage(f"{how} in the middle of a line: {_quoted(bytes(self._buffer))}")
        return EngineDiedError(f"the engine {how} while a reply was due", self.stderr_tail())

    def _timed_out(self) -> EngineTimedOutError:
        half = f"; it printed half a line: {_quoted(bytes(self._buffer))}" if self._buffer else ""
        return EngineTimedOutError(
            f"no reply within {self.timeout:g} seconds{half}", self.stderr_tail()
        )

    def _garbage(self, message: str, remedy: str = "") -> EngineGarbageError:
        problem = f"the engine broke the protocol: {message}"
        return EngineGarbageError(problem, self.stderr_tail(), remedy)

    def _checked(self, op: str, number: object, received: object) -> Reply:
        """Return `received` as the reply to request `number`, or raise `EngineGarbageError`."""
        if not isinstance(received, dict) or "id" not in received:
            message = f"a reply is an object with an id, received {_short(received)}"
            raise self._garbage(message, REPLIES_ALONE)
        identity = received["id"]
        if type(identity) is not int or identity != number:
            raise self._garbage(
                f"request {number} ({op}) was answered with the id {_short(identity)}, "
                f"expected {number}; received {_short(received)}"
            )
        kinds = [name for name in received if name != "id"]
        if len(kinds) != 1 or kinds[0] not in _allowed(op):
            allowed = ", ".join(_allowed(op))
            raise self._garbage(
                f"a reply to {op} has the id and one of {allowed}; received {_short(received)}"
            )
        kind, body = kinds[0], received[kinds[0]]
        problem = _shape_problem(kind, body)
        if problem:
            raise self._garbage(f"in a reply to {op}, {problem}; received {_short(received)}")
        return Reply(kind, body)


def _start(command: tuple[str, ...]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except (OSError, ValueError, IndexError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        name = command[0] if command else ""
        raise EngineNotStartedError(f"cannot start {name!r}: {reason}") from None


def _read(descriptor: int) -> bytes | None:
    """Return what is there, empty at the end, None when nothing is there yet."""
    try:
        return os.read(descriptor, CHUNK)
    except BlockingIOError:
        return None


def _allowed(op: str) -> tuple[str, ...]:
    first = ("accepted", "rejected") if op == "apply" else (_KINDS.get(op, "ok"),)
    return (*first, "unsupported", "errored")


def _shape_problem(kind: str, body: object) -> str | None:
    if kind == "replies":
        return None if isinstance(body, list) else "replies is a list"
    if not isinstance(body, dict):
        return f"{kind} is an object"
    required = {"rejected": "code", "unsupported": "capability", "errored": "message"}.get(kind)
    if required and not isinstance(body.get(required), str):
        return f"{kind} needs {required} as a string"
    if kind == "accepted" and not isinstance(body.get("events", []), list):
        return "events is a list"
    return None


def _short(value: object) -> str:
    return visible(json.dumps(value), 300)


def _quoted(line: bytes) -> str:
    return visible(repr(line[:300].decode("utf-8", "replace")), 300)


def _signal_name(code: int) -> str:
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
