"""The command check-trace: kinds of files, several of them, and what it says of each."""

from __future__ import annotations

import errno
import gzip
import io
import json
import multiprocessing
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import pytest
import typer
import zstandard

from ibperp_conformance.files import WrongUseError
from ibperp_conformance.progress import Progress
from ibperp_conformance.protocol.server import CAPABILITIES
from ibperp_conformance.traces import check, command, files, pieces
from ibperp_conformance.traces.command import main_check_trace
from ibperp_conformance.traces.files import lines_of, opened
from ibperp_invariants.check import later
from ibperp_invariants.workers import Answer, DeathsError, NoClusterError, Processes
from invariants.test_trace import recorded, written
from worlds.processes import killed

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "".join(written(recorded())).encode()
BAD = GOOD.replace(b'"type": "lend"', b'"type": "lent"')


@pytest.mark.parametrize(
    "packed", [GOOD, gzip.compress(GOOD), zstandard.compress(GOOD), b"\xef\xbb\xbf" + GOOD]
)
def test_check_trace__reads_plain_and_packed_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], packed: bytes
) -> None:
    (tmp_path / "log").write_bytes(packed)
    assert main_check_trace([str(tmp_path / "log")]) == 0
    assert "every invariant holds in 14 lines" in capsys.readouterr().out


def test_check_trace__several_files_at_once_in_their_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a").write_bytes(BAD)
    (tmp_path / "b").write_bytes(GOOD)
    names = [str(tmp_path / name) for name in ("a", "b", "absent")]
    assert main_check_trace(names, jobs=2) == 2
    told = capsys.readouterr()
    assert "cannot read" in told.err
    assert told.out.index("/a, line ") < told.out.index("/b: every invariant holds")


def damaged(packed: bytes) -> bytes:
    return packed[:-9] + bytes([packed[-9] ^ 255]) + packed[-8:]


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(GOOD)[:-20],
        gzip.compress(GOOD) + b"more",
        zstandard.compress(GOOD)[:-20],
        zstandard.compress(GOOD)[:5],
        zstandard.compress(GOOD) + b"more",
        damaged(gzip.compress(GOOD)),
        damaged(zstandard.compress(GOOD)),
    ],
)
def test_check_trace__damaged_archive_is_a_finding_after_what_can_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], packed: bytes
) -> None:
    (tmp_path / "log").write_bytes(packed)
    code = main_check_trace([str(tmp_path / "log")])
    told = capsys.readouterr()
    assert "trace_is_readable [CF-1]: the compressed data is cut off or damaged" in told.out
    assert code == 1 or "no line can be read" in told.err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (GOOD.replace(b"\n", b"\r"), "a carriage return"),
        (GOOD.decode().encode("utf-16"), "the file is UTF-16"),
        (GOOD.replace(b"{", b"{\n"), "is not spread over several"),
        (b"\0" * 100, "a NUL"),
        (b"1" * 5000, "too many digits"),
    ],
)
def test_check_trace__file_that_is_no_log_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, message: str
) -> None:
    (tmp_path / "log").write_bytes(content)
    assert main_check_trace([str(tmp_path / "log")]) == 2
    told = capsys.readouterr()
    assert message in told.out + told.err


def test_check_trace__number_that_nobody_reads_is_shortened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "log").write_bytes(GOOD.replace(b'"31536000"', b'"' + b"9" * 300 + b'"'))
    assert main_check_trace([str(tmp_path / "log")]) == 1
    assert "time is 999999999999... (300 digits), above" in capsys.readouterr().out


def test_check_trace__shows_some_findings_and_counts_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = json.dumps({"action": {"type": "\u001b[31m"}}) + "\n"
    (tmp_path / "log").write_text(GOOD.decode() + line * 30)
    assert main_check_trace([str(tmp_path / "log")]) == 1
    some = capsys.readouterr().out
    assert "\x1b" not in some
    assert "only counted; --all" in some
    assert main_check_trace([str(tmp_path / "log")], everything=True) == 1
    assert capsys.readouterr().out.count("outcome is missing") == 30


def test_lines_of__end_at_a_line_feed_alone() -> None:
    text = "a\u2028b\u0085c\rd\n\ne".encode()
    lines = ["a\u2028b\u0085c\rd\n".encode(), b"\n", b"e"]
    assert list(lines_of(io.BytesIO(text))) == [(line, 0) for line in lines]


@pytest.fixture
def low_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line is too long, or has no end, after some mebibytes."""
    monkeypatch.setattr(files, "LINE_MAX", 3 << 19)
    monkeypatch.setattr(files, "SKIP_MAX", 4 << 20)


@pytest.mark.usefixtures("low_limits")
@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"\0" * (2 << 20), "byte 0: trace_is_readable [CF-1]: not JSON: a record is an object"),
        (b" " * (2 << 20), "byte 0: trace_is_readable [CF-1]: not JSON: a record is an object"),
        (
            b'{"action": "' + b"a" * (2 << 20),
            "byte 11: trace_is_readable [CF-1]: a text is longer than 65536 bytes, in a line that",
        ),
        (
            b'{"action": nothing' + b" " * (2 << 20),
            "byte 11: trace_is_readable [CF-1]: not JSON: Expecting value at column 12, in a line",
        ),
        (
            b'{"a":[' + b"1," * (2 << 20),
            "byte 0: trace_is_readable [CF-1]: the line is longer than 536870912 bytes",
        ),
        (
            b'{"a":1}' + b" " * (2 << 20),
            "byte 0: trace_is_readable [CF-1]: the line is longer than 536870912 bytes",
        ),
    ],
)
def test_check_trace__long_line_is_a_finding_and_the_rest_is_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: bytes, message: str
) -> None:
    (tmp_path / "log").write_bytes(line + b"\n" + GOOD + b"x")
    assert main_check_trace([str(tmp_path / "log")]) == 1
    told = capsys.readouterr().out
    assert f"line 1, {message}" in told
    assert f"line 16, byte {len(line) + 1 + len(GOOD)}: trace_is_readable" in told
    assert "2 findings in 16 lines" in told


def test_opened__file_of_which_no_more_is_given_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Failing(io.RawIOBase):
        """A disk that gives some lines, and then fails."""

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            if given:
                raise OSError(errno.EIO, "Input/output error")
            given.append(size := min(len(buffer), len(GOOD)))
            buffer[:size] = GOOD[:size]
            return size

    given: list[int] = []
    monkeypatch.setattr(sys, "stdin", Mock(buffer=io.BufferedReader(Failing())))
    with pytest.raises(WrongUseError, match="cannot read -: Input/output error"):
        check.check_log("-", 0, print)
    assert given


def test_check_trace__log_of_which_lines_were_read_is_read_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "UNREAD_MAX", 3)
    (tmp_path / "log").write_bytes(GOOD)
    assert main_check_trace([str(tmp_path / "log")]) == 0
    assert "every invariant holds in 14 lines" in capsys.readouterr().out


def test_lines_of__long_record_is_given_whole() -> None:
    record = b'{"a": [' + b"1, " * (1 << 20) + b"1]}\n"
    assert list(lines_of(io.BytesIO(record + b"{}"))) == [(record, 0), (b"{}", 0)]


class Endless(io.RawIOBase):
    """The same bytes again and again."""

    def __init__(self, piece: bytes) -> None:
        self._piece = piece

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = len(buffer) // len(self._piece)
        buffer[: count * len(self._piece)] = self._piece * count
        return count * len(self._piece)


@pytest.mark.usefixtures("low_limits")
@pytest.mark.parametrize(
    ("piece", "message"),
    [
        (b"\0", "the line has no end within"),
        (b"y\n", "none of the first 10000 lines is one of a trace; the rest is not read"),
        (b"\n", "none of the first 10000 lines is one of a trace; the rest is not read"),
    ],
)
def test_check_trace__endless_input_is_not_read_on(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    piece: bytes,
    message: str,
) -> None:
    endless = io.BufferedReader(Endless(piece), 1 << 16)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(endless))
    assert main_check_trace(["-"], everything=True) == 2
    told = capsys.readouterr()
    assert message in told.out
    assert "no line can be read as one of a trace" in told.err


@pytest.mark.usefixtures("low_limits")
def test_check_trace__decompression_bomb_is_not_unpacked_to_its_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for pack in (gzip.compress, zstandard.compress):
        (tmp_path / "log").write_bytes(pack(b"\0" * (16 << 20)))
        assert main_check_trace([str(tmp_path / "log")]) == 2
        assert "the line has no end within" in capsys.readouterr().out


def test_check_trace__unknown_capability_is_noted_and_the_rest_is_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, _, rest = GOOD.decode().partition("\n")
    claims = ["custody", "money_market", "teleport", "spot-margin"]
    header = json.dumps(json.loads(first) | {"capabilities": claims})
    (tmp_path / "log").write_text(f"{header}\n{rest}")
    assert main_check_trace([str(tmp_path / "log")]) == 0
    told = capsys.readouterr().out
    assert "note: line 1: the header names teleport, spot-margin; the capabilities are" in told
    assert "every invariant holds in 14 lines" in told
    assert set(CAPABILITIES) == later.CAPABILITIES


def test_opened__folder_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(WrongUseError, match="directory"), opened(str(tmp_path)):
        pass


def test_check_trace__stdin_is_read_beside_other_processes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "log").write_bytes(BAD)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(GOOD)))
    assert main_check_trace([str(tmp_path / "log"), "-"], jobs=2) == 1
    assert "-: every invariant holds in 14 lines" in capsys.readouterr().out


def test_check_trace__interrupted_tells_what_was_found_until_then(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = iter(range(10))

    def fifth(_: Progress) -> None:
        if next(counted) == 5:
            raise KeyboardInterrupt

    monkeypatch.setattr(Progress, "step", fifth)
    (tmp_path / "log").write_bytes(GOOD)
    with pytest.raises(KeyboardInterrupt):
        main_check_trace([str(tmp_path / "log")] * 2)
    told = capsys.readouterr().out
    assert told.endswith("holds in 6 lines, interrupted there\n")
    assert told.count("interrupted there") == 1


def test_check_trace__cluster_that_does_not_answer_is_wrong_use(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def gone(_: str) -> None:
        raise NoClusterError("no Dask scheduler at nowhere")

    monkeypatch.setattr(command, "cluster", gone)
    with pytest.raises(WrongUseError, match="no Dask scheduler at nowhere"):
        main_check_trace(["log"], dask="nowhere")


class Interrupted:
    """A task of which nothing is told: a signal comes first, then its process is ended."""

    def __init__(self, pool: Processes) -> None:
        self._pool = pool

    def result(self) -> object:
        if self._pool.is_ending:
            raise DeathsError("the processes were told to end")
        raise KeyboardInterrupt


@pytest.mark.parametrize("logs", [1, 2])
def test_check_trace__interrupted_with_jobs_ends_them_and_tells_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, logs: int
) -> None:
    monkeypatch.setattr(pieces, "LEAST", 1)
    monkeypatch.setattr(Processes, "submit", lambda pool, *_: Interrupted(pool))
    (tmp_path / "log").write_bytes(GOOD)
    with pytest.raises(KeyboardInterrupt):
        main_check_trace([str(tmp_path / "log")] * logs, jobs=2)
    told = capsys.readouterr()
    assert told.out.endswith("log: not checked, interrupted\n")
    assert not told.err


def submitted_before_one_dies(count: int) -> Callable[..., Answer[object]]:
    """Submit a task; after so many kill a process, which has not begun any of them yet."""
    submit, left = Processes.submit, iter(range(count))

    def submitted(pool: Processes, *task: object) -> Answer[object]:
        answer: Answer[object] = submit(pool, *task)  # type: ignore[arg-type]
        if next(left) == count - 1:
            multiprocessing.active_children()[0].kill()
        return answer

    return submitted


@pytest.mark.parametrize("logs", [1, 3])
def test_check_trace__process_that_is_killed_is_replaced_and_nothing_is_lost(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    logs: int,
) -> None:
    monkeypatch.setattr(pieces, "LEAST", 1)
    monkeypatch.setattr(Processes, "submit", submitted_before_one_dies(max(logs, 2)))
    (tmp_path / "log").write_bytes(GOOD.replace(b'"31536000"', b'"' + b"9" * 50 + b'"'))
    names = [str(tmp_path / "log")] * logs
    assert main_check_trace(names) == 1
    one = capsys.readouterr().out
    assert main_check_trace(names, jobs=2) == 1
    assert capsys.readouterr().out == one


def test_check_trace__log_at_which_processes_always_die_is_named_and_the_others_are_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "log").write_bytes(GOOD)
    monkeypatch.setattr(command, "apart", killed_at_absent)
    assert main_check_trace(["absent", str(tmp_path / "log")], jobs=2) == 2
    told = capsys.readouterr()
    assert "ibperp: absent: the processes died 3 times at one task" in told.err
    assert "every invariant holds in 14 lines" in told.out


def killed_at_absent(task: tuple[str, int]) -> command.Checked:
    """Check a log in another process, which dies at the name of one."""
    if task[0] == "absent":
        killed(task)
    return APART(task)


APART = command.apart


def test_check_trace__output_that_nobody_takes_is_not_told_of_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr(typer, "echo", full)
    (tmp_path / "log").write_bytes(BAD)
    with pytest.raises(BrokenPipeError):
        main_check_trace([str(tmp_path / "log")])


@pytest.mark.parametrize(
    ("value", "shown"), [("null", "null"), ("true", "true"), ('["a"]', '["a"]'), ('"é"', '"é"')]
)
def test_check_trace__value_of_the_wrong_kind_is_shown_as_the_log_has_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], value: str, shown: str
) -> None:
    (tmp_path / "log").write_text(f'{GOOD.decode()}{{"action": {value}, "outcome": {{}}}}\n')
    assert main_check_trace([str(tmp_path / "log")]) == 1
    assert f"action must be an object, is {shown}\n" in capsys.readouterr().out
