import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from ibperp_conformance import cli, files
from ibperp_conformance.runner import campaign, vectors
from invariants.test_trace import recorded, written
from worlds import tiny_suite
from worlds.devices import FULL, needs_full

ENGINES = Path(__file__).parents[1] / "engines"
FAULTY = [sys.executable, str(ENGINES / "faulty.py")]
PERP = "ORE_PERP"
WRONG = [sys.executable, str(ENGINES / "wrong_at_two.py")]


@pytest.fixture(autouse=True)
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = tiny_suite.write(tmp_path).parent
    monkeypatch.setattr(vectors, "spec_path", lambda: spec)


def ibperp(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["ibperp", *arguments])
    before = signal.getsignal(signal.SIGTERM)
    try:
        cli.main()
    except SystemExit as end:
        return int(end.code or 0)
    finally:
        signal.signal(signal.SIGTERM, before)


def test_conform__writes_every_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page, xml, record = tmp_path / "r.html", tmp_path / "r.xml", tmp_path / "r.json"
    options = ["--report", str(page), "--junit", str(xml), "--json", str(record)]
    assert ibperp(monkeypatch, "conform", *options) == 0
    assert json.loads(record.read_text())["counts"]["passed"] == 3
    assert ET.parse(xml).getroot()[0].get("failures") == "0"
    assert "<h1>Conforms</h1>" in page.read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.html", "r.json", "r.xml", "spec"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["conform", "--", *WRONG, "reject"], 1, "does not conform: 2 of 3"),
        (["conform", "--vector", "CU-3-002", "--", *WRONG, "reject"], 0, "conforms: 1 of 1"),
        (["conform", "--", "./no-such-engine"], 3, "No such file or directory"),
        (["conform", "--", *FAULTY, "exits"], 3, "no licence"),
        (["conform", "--timeout", "0.5", "--", *FAULTY, "hangs"], 3, "no reply within 0.5"),
        (["conform", "--vector", "CU-3-01"], 2, "did you mean CU-3-001"),
        (["conform", "--tier", "all"], 2, "--tier is one of core, full"),
        (["conform", "--timeout", "0"], 2, "timeout"),
        (["conform", "--bogus"], 2, "No such option"),
        (["fuzz", "--against", "'engine"], 2, "No closing quotation"),
        (["fuzz", "--against", ""], 2, "--against names no command"),
        (["conform", "--json", "/no/such/place/r.json"], 2, "there is no directory"),
        (["conform", "--json", "/"], 2, "it is a directory"),
        (["conform", "--known-failures", "/no/such/file"], 2, "cannot read the known failures"),
        (["smoke"], 2, "Missing argument"),
        (["smoke", "--", "./no-such-engine"], 3, "remedy: give the path"),
        (["smoke", "--", *FAULTY, "exits"], 3, "FAIL  hello"),
        (["smoke", "--", *FAULTY, "half-line"], 1, "FAIL  reset"),
        (["smoke", "--", *FAULTY, "none"], 1, "does not declare custody"),
        (["smoke", "--", *campaign.embedded_command()], 0, "next: ibperp conform"),
        (["smoke", "--", *campaign.embedded_command()], 0, "ok    cancel an order"),
        (["smoke", "--", *campaign.embedded_command()], 0, "ok    settle"),
        (["smoke", "--", *WRONG, "no-spot-margin"], 0, "next: ibperp conform"),
        (["smoke", "--", *WRONG, "no-perpetuals"], 0, "next: ibperp conform"),
        (["smoke", "--", *WRONG, "no-settlement"], 0, "ok    trade a perpetual"),
        (["smoke", "--", *WRONG, f"set:markets/{PERP}/mark_price=1"], 1, 'mark_price is "1"'),
        (["smoke", "--", *WRONG, f"set:markets/{PERP}/open_interest=1"], 1, 'expected "2"'),
        (["smoke", "--", *WRONG, f"set:accounts/3/positions/{PERP}/lots=2"], 1, 'lots is "2"'),
        (
            ["smoke", "--", *WRONG, f"set:accounts/2/positions/{PERP}/cost=1"],
            1,
            'cost is "1", expected "500"',
        ),
        (["smoke", "--", *WRONG, "set:settlement_time=1"], 1, 'settlement_time is "1"'),
        (["smoke", "--", *WRONG, "set:accounts/3/free/CASH=1"], 1, 'CASH is "1"'),
        (["smoke", "--", *WRONG, "hides-bids"], 1, 'bids is [], expected ["0"]'),
        (["smoke", "--", *WRONG, "keeps-bids"], 1, "still among the bids"),
        (["smoke", "--", *WRONG, "hides-asks"], 1, "the market ORE_CASH lacks asks"),
        (["smoke", "--", *WRONG, "nothing-reserved"], 1, 'CASH is null, expected "500"'),
        (["smoke", "--", *WRONG, "hides-markets"], 1, "observation lacks markets, even if"),
        (["smoke", "--", *WRONG, "set:time=5"], 1, "1 check failed, 10 skipped"),
        (["smoke", "--", *WRONG, "set:time=5"], 1, "skip  batch: it needs what failed in 'obs"),
        (["smoke", "--", *WRONG, "set:time=5"], 1, "ok    malformed line"),
        (["smoke", "--", *FAULTY, "prints"], 1, "FAIL  reset"),
        (["smoke", "--", *FAULTY, "prints"], 1, "remedy: standard output is for replies alone"),
        (["smoke", "--", *FAULTY, "prints"], 1, "skip  bye: it needs what failed in 'reset'"),
        (["conform", "--", *FAULTY, "prints"], 1, "write logs to standard error"),
        (["smoke", "--", *FAULTY, "wrong-id"], 1, "was answered with the id 3, expected 2"),
        (["smoke", "--", *WRONG, "never-cancels"], 1, "still among the open orders"),
        (["check-trace", "/no/such/file"], 2, "cannot read /no/such/file"),
        (["bogus"], 2, "bogus"),
        (["--version"], 0, "(protocol 1, vectors 1)"),
        ([], 2, "Usage: ibperp"),
        (["conform", "--zzz"], 2, "ibperp: No such option: --zzz; see ibperp conform --help"),
        (["run", "--help"], 0, "1 a step did not go as expected"),
        (["smoke", "--help"], 0, "3 the engine could not be run"),
    ],
)
def test_ibperp__exit_code_and_message(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    message: str,
) -> None:
    assert ibperp(monkeypatch, *arguments) == code
    output = "".join(capfd.readouterr())
    assert message in " ".join(output.split()) or message in output
    assert "Traceback" not in output


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("# comment\n\nCU-3-001 not built yet\n", 0, "1 known failures"),
        ("CU-3-001\n", 2, "line 1: a reason is needed"),
        ("CU-3-009 gone\n", 2, "line 1: there is no vector 'CU-3-009'"),
        ("CU-3-001 a\nCU-3-001 b\n", 2, "line 2: CU-3-001 is listed twice"),
        ("CU-3-001 a\nCU-3-002 b\n", 1, "it is listed as a known failure (b)"),
        ("\ufeffCU-3-001 not\u2028built\r\n", 0, "1 known failures"),
        ("CU-3-001 a\nCU-3-002 \0\n", 1, r"it is listed as a known failure (\x00)"),
        ("CU-3-001 a\nCU-3-002 " + "b" * 3_000_000, 1, "b … b"),
    ],
)
def test_known_failures__are_read_strictly(  # noqa: PLR0917 - two fixtures and a table
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    text: str,
    code: int,
    message: str,
) -> None:
    file = tmp_path / "known"
    file.write_text(text)
    options = ["--known-failures", str(file), "--", *WRONG, "reject"]
    assert ibperp(monkeypatch, "conform", *options) == code
    assert message in " ".join("".join(capfd.readouterr()).split())


@needs_full
def test_conform__full_disk_is_a_clear_error(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert ibperp(monkeypatch, "conform", "--json", "/dev/full") == 2
    assert "cannot write the report /dev/full: No space left" in capfd.readouterr().err
    assert FULL.is_char_device()


@pytest.mark.parametrize(
    ("closed", "code", "message"),
    [
        (">&-", 2, "ibperp: cannot write to standard output: it is closed"),
        ("<&- >&-", 2, "ibperp: cannot write to standard output: it is closed"),
        ("2>&-", 0, ""),
        ("<&- 2>&-", 0, ""),
        ("<&- >&- 2>&-", 2, ""),
        pytest.param(
            ">/dev/full",
            2,
            "ibperp: cannot write to standard output: No space left on device",
            marks=needs_full,
        ),
    ],
)
def test_ibperp__closed_or_full_standard_stream_is_no_fault(
    closed: str, code: int, message: str
) -> None:
    command = f'"$0" -m ibperp_conformance.cli show CU-3-001 {closed}'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.strip()) == (code, message)


def test_run__check_refuses_options_that_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    trace = tmp_path / "trace"
    assert ibperp(monkeypatch, "run", "--check", "--json", "--trace", str(trace), "own.yaml") == 2
    assert "--check writes nothing; leave out --json, --trace" in capfd.readouterr().err
    assert not trace.exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("module", ["ibperp_conformance.cli", "ibperp_conformance.files"])
def test_ibperp__signal_while_it_is_loaded_is_no_traceback(
    number: signal.Signals, module: str
) -> None:
    script = (
        "import os, signal, sys; from ibperp_conformance import start\n"
        "class Sent:\n"
        "    def find_spec(self, name, *_):\n"
        f"        if name == {module!r}: os.kill(os.getpid(), {number})\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "sys.meta_path.insert(0, Sent()); sys.argv = ['ibperp', '--version']; start.main()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"ibperp: interrupted\n")


@pytest.mark.parametrize(
    ("end", "code", "message"),
    [(KeyboardInterrupt(), 130, "ibperp: interrupted\n"), (SystemExit(0), 0, "")],
)
def test_ibperp__interrupt_that_arrives_packed_is_one(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    end: BaseException,
    code: int,
    message: str,
) -> None:
    def ended() -> None:
        if isinstance(end, SystemExit):
            raise end
        raise RuntimeError("Error calling __set_name__") from end

    monkeypatch.setattr(vectors, "load_suite", ended)
    assert ibperp(monkeypatch, "conform") == code
    assert capfd.readouterr().err == message


def test_ibperp__error_of_the_system_without_a_file_is_blamed_on_no_stream(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def failing() -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(vectors, "load_suite", failing)
    assert ibperp(monkeypatch, "conform") == 2
    assert capfd.readouterr().err == "ibperp: Resource temporarily unavailable\n"


def test_ibperp__unexpected_exception_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise RuntimeError("first\nsecond")

    monkeypatch.setattr(vectors, "load_suite", fail)
    assert ibperp(monkeypatch, "conform") == 70
    assert capfd.readouterr().err.count("\n") == 1
    monkeypatch.setenv("IBPERP_DEBUG", "1")
    assert ibperp(monkeypatch, "conform") == 70
    assert "Traceback" in capfd.readouterr().err


def test_check_trace__empty_file_is_wrong_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "t.jsonl").write_text("\n")
    assert ibperp(monkeypatch, "check-trace", str(tmp_path / "t.jsonl")) == 2
    (tmp_path / "t.jsonl").write_text("nonsense\n")
    assert ibperp(monkeypatch, "check-trace", str(tmp_path / "t.jsonl")) == 2
    assert "Traceback" not in capfd.readouterr().err


def test_check_trace__says_what_was_not_checkable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    lines = recorded()
    for line in lines[1:]:
        del line["observation"]["withdrawals"]
    (tmp_path / "t.jsonl").write_text("".join(written(lines)))
    assert ibperp(monkeypatch, "check-trace", str(tmp_path / "t.jsonl")) == 0
    told = capfd.readouterr().out
    where = "not checkable in 13 lines, first in line 2: missing observation/withdrawals"
    assert f"withdrawal_pending_totals: {where}" in told
    assert "every invariant that could be checked holds in 14 lines" in told


def test_cli__imports_nothing_heavy_at_first() -> None:
    script = (
        "import sys, ibperp_conformance.cli;"
        "print([m for m in ('rich', 'jinja2', 'pydantic', 'ruamel') if m in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", script], text=True) == "[]\n"


def test_conform__one_vector_that_passes_needs_no_tables() -> None:
    script = (
        "import sys; from ibperp_conformance import cli\n"
        "sys.argv = ['ibperp', 'conform', '--vector', 'CU-3-001']\n"
        "try: cli.main()\n"
        "except SystemExit as end: print(end.code, 'rich' in sys.modules)"
    )
    told = subprocess.check_output([sys.executable, "-c", script], text=True)
    assert "conforms: 1 of 1 vectors passed" in told
    assert told.endswith("\n0 False\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_conform__interrupt_writes_the_report(
    tmp_path: Path, hangs: Path, number: signal.Signals
) -> None:
    script = (
        "import signal, sys, pathlib; from ibperp_conformance import cli;"
        "from ibperp_conformance.runner import vectors;"
        # A shell that starts the tests in the background has it ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler);"
        "spec = pathlib.Path(sys.argv.pop(1)); vectors.spec_path = lambda: spec; cli.main()"
    )
    record, spec = tmp_path / "r.json", str(tmp_path / "spec")
    command = [sys.executable, "-c", script, spec, "conform", "--timeout", "600"]
    command += ["--json", str(record), "--", *WRONG, "hang"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        while not any(hangs.iterdir()) and process.poll() is None:
            time.sleep(0.05)
        os.kill(process.pid, number)
        _, errors = process.communicate()
    assert process.returncode == 130
    assert b"Traceback" not in errors
    assert json.loads(record.read_text())["stopped"] == "interrupted"


@pytest.mark.parametrize("option", ["--vectors", "--rerun-failed", "--known-failures"])
def test_conform__file_without_an_end_is_wrong_use(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], option: str
) -> None:
    monkeypatch.setattr(files, "READ_MAX", 1 << 20)
    monkeypatch.setattr(files.read_whole, "__defaults__", ("file", 1 << 20))
    assert ibperp(monkeypatch, "conform", option, "/dev/zero") == 2
    assert "it is larger than" in capfd.readouterr().err


@pytest.mark.parametrize("arguments", [["clauses"], ["conform", "--list"], ["run", "--help"]])
def test_command__whose_output_nobody_reads_gives_no_verdict(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    ends = os.pipe()
    os.close(ends[0])
    with os.fdopen(ends[1], "w") as nowhere:
        monkeypatch.setattr(sys, "stdout", nowhere)
        assert ibperp(monkeypatch, *arguments) == 2


@pytest.mark.parametrize(
    ("place", "wrong", "message"),
    [
        (("setups", 0, "system", "quote_unit"), "x", "setup empty: system.quote_unit: expected"),
        (("vectors", 0, "steps", 0, "expect", "accepted", "events"), [{}], "events[0].type: a"),
        (("vectors", 0, "post", "accounts/2/portfolio/equity"), "9" * 5000, ""),
    ],
)
def test_show__vectors_of_others_that_are_wrong(  # noqa: PLR0917 - two fixtures and a table
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    place: tuple[str | int, ...],
    wrong: object,
    message: str,
) -> None:
    setups, listed = tiny_suite.suite()
    file, value = tmp_path / "v.json", {**setups, **listed}
    at: Any = value
    for part in place[:-1]:
        at = at[part]
    at[place[-1]] = wrong
    file.write_text(json.dumps(value))
    code = ibperp(monkeypatch, "show", "CU-3-001", "--vectors", str(file))
    told = capfd.readouterr()
    assert (code, told.err.count("\n")) == ((2, 1) if message else (0, 0))
    assert message in told.err
