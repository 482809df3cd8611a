import signal
import sys
import time
from pathlib import Path

import pytest

from ibperp_conformance.protocol import client
from ibperp_conformance.protocol.client import (
    Engine,
    EngineDiedError,
    EngineFailureError,
    EngineGarbageError,
    EngineNotStartedError,
    EngineTimedOutError,
)
from ibperp_conformance.runner.campaign import embedded_command
from worlds.processes import is_running

FAULTY = Path(__file__).parents[1] / "engines" / "faulty.py"


def engine(fault: str, timeout: float = 10.0) -> Engine:
    return Engine([sys.executable, str(FAULTY), fault], timeout)


def failure_of(started: Engine) -> EngineFailureError:
    with started:
        try:
            started.hello()
            started.batch([("observe", {}), ("reset", {"system": {}})])
        except EngineFailureError as failure:
            return failure
    pytest.fail("the engine did not fail")


def test_hello__introduces_the_engine() -> None:
    with engine("none") as started:
        assert started.hello() == client.Hello("faulty", "0", frozenset())
        assert started.capabilities == frozenset()
    with Engine(embedded_command()) as started:
        assert started.hello().capabilities == started.capabilities > {"custody", "settlement"}


def test_batch__gives_a_reply_to_each_request() -> None:
    with engine("none") as started:
        kinds = [reply.kind for reply in started.batch([("observe", {}), ("apply", {})])]
    assert kinds == ["observation", "accepted"]


@pytest.mark.parametrize("command", [["./no-such-engine"], [str(FAULTY)], ["/"], [""], ["a\0b"]])
def test_engine__not_started_when_the_command_cannot_run(command: list[str]) -> None:
    with pytest.raises(EngineNotStartedError, match="cannot start"):
        Engine(command)


@pytest.mark.parametrize(
    ("fault", "kind", "message"),
    [
        ("exits", EngineDiedError, "exited with code 1"),
        ("exits-later", EngineDiedError, "exited with code 7"),
        ("killed", EngineDiedError, "ended by SIGKILL"),
        ("closes-output", EngineDiedError, "closed its standard output"),
        ("garbage", EngineGarbageError, "Engine 1.0 ready"),
        ("half-line", EngineGarbageError, "exited with code 0 in the middle of a line"),
        ("wrong-id", EngineGarbageError, r"request 4 \(batch\) was answered with"),
        ("out-of-order", EngineGarbageError, r"request 2 \(observe\) was answered with"),
        ("id-as-text", EngineGarbageError, "was answered with"),
        ("two-kinds", EngineGarbageError, "one of replies, unsupported, errored"),
        ("a-list", EngineGarbageError, "a reply is an object"),
        ("nan", EngineGarbageError, "NaN is not JSON"),
        ("twice", EngineGarbageError, "named twice"),
        ("deep", EngineGarbageError, "not a line of JSON"),
        ("not-utf8", EngineGarbageError, "not a line of JSON"),
        ("no-reply-in-batch", EngineGarbageError, "2 requests was answered with 0 replies"),
    ],
)
def test_engine__names_the_fault(
    monkeypatch: pytest.MonkeyPatch, fault: str, kind: type[EngineFailureError], message: str
) -> None:
    if fault == "closes-output":
        monkeypatch.setattr(client, "GRACE", 0.05)
    failure = failure_of(engine(fault))
    assert type(failure) is kind
    with pytest.raises(kind, match=message):
        raise failure


@pytest.mark.parametrize("fault", ["hangs", "hangs-later", "half-line-hangs"])
def test_engine__times_out_and_is_ended(fault: str) -> None:
    started = engine(fault, 0.05)
    failure = failure_of(started)
    assert type(failure) is EngineTimedOutError
    assert ("half a line" in str(failure)) == (fault == "half-line-hangs")
    assert started._process.returncode == -signal.SIGKILL


def test_engine__times_out_when_it_does_not_read() -> None:
    with engine("hangs", 0.05) as started, pytest.raises(EngineTimedOutError):
        started.request("reset", system="x" * 10_000_000)


def test_engine__endless_line_is_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LINE_LIMIT", 2_000_000)
    failure = failure_of(engine("endless-line"))
    assert "without the end of a line" in str(failure)


def test_engine__endless_lines_are_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody asked for does not fill the memory while a request waits to be read."""
    monkeypatch.setattr(client, "LINE_LIMIT", 2_000_000)
    with engine("endless-lines") as started:
        started.hello()
        started.request("observe")
        with pytest.raises(EngineGarbageError, match="unasked for"):
            started.request("reset", system="x" * 10_000_000)


def test_engine__flooded_stderr_blocks_nothing() -> None:
    with engine("floods-stderr") as started:
        started.hello()
        assert started.request("observe").kind == "observation"
        assert len(started.stderr_tail()) <= client.STDERR_TAIL


def test_engine__keeps_the_end_of_stderr_printable() -> None:
    stderr = failure_of(engine("exits-later")).stderr
    assert stderr == r"out of memory in the \x1b[31mred\x1b[0m room"


def test_close__ends_the_children_too() -> None:
    with engine("child") as started:
        started.hello()
        started.request("observe")
        child = int(started.stderr_tail())
        started.close()
    while is_running(child):
        time.sleep(0.05)
