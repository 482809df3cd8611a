import dataclasses
import importlib
import inspect
import os
import pkgutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ibperp_invariants.proofs import MADE, PROVED, Proof, by_clause, read_ledger
from ibperp_invariants.proofs import __main__ as runner
from ibperp_invariants.proofs.checker import (
    ALL_MODULES,
    Finding,
    all_theorems,
    defects,
    no_verdict,
)
from ibperp_invariants.proofs.faults import FAULTS
from ibperp_invariants.proofs.ledger import document, regressions, write
from ibperp_invariants.proofs.workers import ENVIRONMENT

GOOD = Finding(
    theorem="t_lend",
    module="theorems",
    clauses=("MM-1",),
    statement="Lending conserves (MM-1).",
    verdict="CONFIRMED",
    paths=3,
    witness=True,
    defect="lend: off by one",
    fault_found=True,
)


def expected(*findings: Finding) -> dict[str, Proof]:
    fields = [field.name for field in dataclasses.fields(Proof)]
    return {f.theorem: Proof(**{name: getattr(f, name) for name in fields}) for f in findings}


def test_ledger__lists_exactly_the_theorems_with_a_sound_verdict() -> None:
    made, proofs = read_ledger()
    assert made == MADE
    assert list(proofs) == [theorem for _, theorem in all_theorems()]
    for proof in proofs.values():
        assert (proof.verdict, proof.witness, proof.fault_found) == ("CONFIRMED", True, True)
        statement = importlib.import_module(proof.module).__dict__[proof.theorem].__doc__
        assert proof.statement == " ".join(statement.split())


def test_proved__names_theorems_by_clause() -> None:
    assert {"NT-4", "CU-1", "MM-1", "MM-2", "MM-6", "MM-11", "MM-12", "MM-13"} <= PROVED.keys()
    assert {f"PF-{number}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 10, 12)} <= PROVED.keys()
    assert {f"SM-{number}" for number in (4, 5, 6, 7, 9, 12)} <= PROVED.keys()
    assert {f"PP-{number}" for number in (3, 4, 6, 7, 8, 10)} <= PROVED.keys()
    assert {f"ST-{number}" for number in (2, 3, 4, 6)} <= PROVED.keys()
    assert {f"LQ-{number}" for number in (1, 3, 4, 6, 7, 8, 9, 10)} <= PROVED.keys()
    assert {"GV-2", "GV-3"} <= PROVED.keys()
    assert by_clause(read_ledger()[1]) == PROVED


def test_faults__stand_beside_every_theorem_and_nothing_else() -> None:
    assert FAULTS.keys() == {theorem for _, theorem in all_theorems(ALL_MODULES)}
    for fault in FAULTS.values():
        assert callable(getattr(pkgutil.resolve_name(fault.module), fault.name))


@pytest.mark.parametrize("module", ALL_MODULES)
def test_theorems__have_precondition_code_and_one_goal(module: str) -> None:
    assert defects(inspect.getsource(importlib.import_module(module))) == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('"""Of MM-1."""\n assert n\n m = n', "its goal is not an assertion after the code"),
        ('"""Of MM-1."""\n assert n\n assert n', "its goal is not an assertion after the code"),
        ('"""Of MM-1."""\n m = n\n assert m', "it begins without a precondition"),
        ('"""Of MM-1."""\n assert n\n m = n\n assert m\n assert n', "it has more than one goal"),
        ('"""Of nothing."""\n assert n\n m = n\n assert m', "its statement names no clause"),
        ('"""MM-1 :raises Exception: x"""\n assert n\n m = n\n assert m', "it would swallow"),
    ],
)
def test_defects__names_what_the_checker_would_skip(body: str, reason: str) -> None:
    (line,) = defects(f"def t_x(n):\n {body}\n")
    assert line.startswith(f"t_x: {reason}")


def test_regressions__none_when_all_is_as_expected() -> None:
    assert regressions(expected(GOOD), {"t_lend": GOOD}) == []


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"verdict": "CANNOT_CONFIRM"}, "t_lend: CANNOT_CONFIRM, not CONFIRMED"),
        ({"verdict": "EXEC_ERR"}, "t_lend: EXEC_ERR, not CONFIRMED"),
        ({"witness": False}, "t_lend: vacuous"),
        ({"fault_found": False}, "t_lend: the planted fault was not found (lend: off by one)"),
        ({"paths": 17}, "t_lend: 17 paths, 3 expected"),
        ({"statement": "Lending gains (MM-1)."}, "t_lend: its text changed"),
        ({"defect": ""}, "t_lend: no planted fault stands beside it"),
    ],
)
def test_regressions__name_what_got_worse(change: dict[str, object], line: str) -> None:
    found = dataclasses.replace(GOOD, **change)  # type: ignore[arg-type]
    assert regressions(expected(GOOD), {"t_lend": found})[0].startswith(line)


def test_regressions__name_missing_and_new_theorems() -> None:
    (missing,) = regressions(expected(GOOD), {})
    (new,) = regressions({}, {"t_lend": GOOD})
    assert missing == "t_lend: in the ledger, but gone"
    assert new.startswith("t_lend: not in the ledger")


def run_with(monkeypatch: pytest.MonkeyPatch, found: Finding, *arguments: str) -> int:
    monkeypatch.setattr(runner, "_prove", lambda: {found.theorem: found})
    monkeypatch.setattr(runner, "problems", lambda **_: ([], []))
    monkeypatch.setattr(runner, "unconfirmed", list)
    return runner.main(list(arguments))


def test_runner__passes_on_its_own_ledger(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = tmp_path / "ledger.json"
    assert run_with(monkeypatch, GOOD, "--update", "--ledger", str(ledger)) == 0
    assert run_with(monkeypatch, GOOD, "--ledger", str(ledger)) == 0
    assert "1 theorems proved" in capsys.readouterr().out


def test_runner__refuses_to_write_a_worse_ledger(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = tmp_path / "ledger.json"
    vacuous = dataclasses.replace(GOOD, witness=False)
    assert run_with(monkeypatch, vacuous, "--update", "--ledger", str(ledger)) == 1
    assert not ledger.exists()
    assert "vacuous" in capsys.readouterr().err


def test_runner__fails_on_a_missing_theorem(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = tmp_path / "ledger.json"
    other = dataclasses.replace(GOOD, theorem="t_redeem")
    write(ledger, document({"t_lend": GOOD, "t_redeem": other}))
    assert run_with(monkeypatch, GOOD, "--ledger", str(ledger)) == 1
    assert "t_redeem: in the ledger, but gone" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"date": 1, "versions": {}, "theorems": 1}'])
def test_runner__names_a_broken_ledger(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    content: str,
) -> None:
    ledger = tmp_path / "ledger.json"
    ledger.write_text(content)
    assert run_with(monkeypatch, GOOD, "--ledger", str(ledger)) == 2
    assert capsys.readouterr().err.startswith("proofs: ")


CHECK_TWO = """
import sys
from ibperp_invariants.proofs.checker import check
for name in (
    "money_market.pool:t_lend_never_lowers_the_lend_price",
    "custody.posting:t_credit_undoes_debit",
):
    module, theorem = name.split(":")
    found = check(f"ibperp_invariants.proofs.theorems.{module}", theorem)
    print(found.verdict, found.witness, found.fault_found)
"""


def test_check__confirms_two_theorems_and_finds_their_faults() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHECK_TWO],
        env=os.environ | ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["CONFIRMED True True"] * 2


VACUOUS = '''
def t_vacuous(n: int) -> None:
    """Of MM-1."""
    assert all((n > 0, n < 0))
    m = n
    assert m == 777
def t_false(n: int) -> None:
    """Of MM-1."""
    assert n > 0
    m = n
    assert m != 777
'''


def test_check__sees_a_vacuous_and_a_false_theorem(tmp_path: Path) -> None:
    (tmp_path / "toy.py").write_text(VACUOUS)
    script = (
        "from ibperp_invariants.proofs.checker import check\n"
        "for name in ('t_vacuous', 't_false'):\n"
        "    found = check('toy', name)\n"
        "    print(found.verdict == 'CONFIRMED', found.witness, found.fault_found)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | ENVIRONMENT,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    vacuous, false = done.stdout.splitlines()
    assert vacuous.split()[1] == "False"
    assert false.split()[0] == "False"


def test_no_verdict__is_a_regression() -> None:
    module, theorem = all_theorems()[0]
    dead = no_verdict(module, theorem, "CRASHED", "the process ended")
    lines = regressions(read_ledger()[1], {theorem: dead})
    assert f"{theorem}: CRASHED, not CONFIRMED: the process ended" in lines


ENDLESS = """
import os, socket, sys
from ibperp_invariants.proofs import workers

def endless(port):
    with socket.create_connection(("127.0.0.1", port)) as told:
        told.sendall(str(os.getpid()).encode())
        while True:
            pass

if __name__ == "__main__":
    workers.PRELOADED.clear()
    workers.apart(600, endless, int(sys.argv[1]))
"""


def test_worker__ends_when_the_command_that_asked_is_terminated(tmp_path: Path) -> None:
    (tmp_path / "endless.py").write_text(ENDLESS, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        command = [sys.executable, "endless.py", str(server.getsockname()[1])]
        with subprocess.Popen(command, cwd=tmp_path) as asking:
            worker, _ = server.accept()
            with worker:
                worker.settimeout(60)
                number = int(worker.recv(20))
                asking.terminate()
                try:
                    is_ended = worker.recv(1) == b""
                except TimeoutError:
                    os.kill(number, signal.SIGKILL)
                    is_ended = False
    assert is_ended
