"""The kernels in Coq: what is translated computes what Python does, and the theorems hold."""

import subprocess
from pathlib import Path

import pytest

from ibperp.transition import transition
from ibperp_authoring.cases import BRICKS, SETUPS
from ibperp_authoring.cases.builder import Refused
from ibperp_authoring.fill import replayed
from ibperp_invariants.proofs.coq import run
from ibperp_invariants.proofs.coq.evaluate import Recorder, comparison
from ibperp_invariants.proofs.coq.faults import FAULTS, defective, is_found
from ibperp_invariants.proofs.coq.run import check, coqc, theorems
from ibperp_invariants.proofs.coq.translate import Translation

STRIDE = 60
"""Every so many vectors are replayed; their numbers are those of all."""

needs_coq = pytest.mark.skipif(
    coqc() is None,
    reason="Coq is no package of Python: apt-get install coq libcoq-stdlib, as CI does",
)


@pytest.fixture(scope="module")
def translation() -> Translation:
    return Translation()


def replay() -> None:
    starts = {source.id: replayed(source) for source in SETUPS}
    cases = [case for brick in BRICKS.values() for case in brick]
    for case in cases[::STRIDE]:
        state = starts[case.setup]
        for step in case.steps:
            outcome = transition(state, step.action if isinstance(step, Refused) else step)
            state = getattr(outcome, "state", state)


def test_translation__covers_the_kernels_and_says_what_it_leaves_out(
    translation: Translation,
) -> None:
    assert len(translation.functions) >= 75
    assert {"pool_lend", "pool_written_off", "position_filled", "sharing_share"} <= set(
        translation.functions
    )
    assert all(translation.left_out.values())


@pytest.mark.slow(11)
@needs_coq
def test_translation__computes_what_python_does(translation: Translation, tmp_path: Path) -> None:
    recorder = Recorder(translation, most=20)
    recorder.run(replay)
    calls = {name: list(found.items()) for name, found in recorder.calls.items()}
    assert sum(bool(found) for found in calls.values()) >= 50
    right = compiled(translation, comparison(translation, calls), tmp_path)
    assert right.returncode == 0, right.stderr
    (given, result), *_ = calls["pool_net_claim"]
    wrong = comparison(translation, {"pool_net_claim": [(given, result + 1)]})
    assert compiled(translation, wrong, tmp_path).returncode != 0


def compiled(translation: Translation, text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Compare in a folder, where the kernels are compiled once."""
    command = ["coqc", "-q", "-Q", ".", "Ibperp"]
    if not (folder / "Kernels.vo").exists():
        (folder / "Kernels.v").write_text(translation.text(), encoding="utf-8")
        subprocess.run([*command, "Kernels.v"], cwd=folder, check=True)
    (folder / "Calls.v").write_text(text, encoding="utf-8")
    return subprocess.run(
        [*command, "Calls.v"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_theorems__are_stated_and_not_admitted() -> None:
    listed = theorems()
    assert "custody_identity_after_any_run" in listed["Ledger"]
    assert sum(map(len, listed.values())) >= 21


AXIOM = """From Coq Require Import Classical.
Theorem either : forall claim : Prop, claim \\/ ~ claim.
Proof. exact classic. Qed.
"""
PLAIN = "Theorem same : forall claim : Prop, claim -> claim.\nProof. auto. Qed.\n"


@needs_coq
def test_theorem__that_rests_on_an_axiom_is_wrong_and_its_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "_source", {"First": PLAIN, "Second": AXIOM}.__getitem__)
    checked = check(tmp_path, kernels="(* none *)", files=("First", "Second"))
    assert [problem.partition(" : ")[0] for problem in checked.problems] == [
        "Second.v: rests on an axiom: Axioms: Classical_Prop.classic"
    ]
    assert check(tmp_path, kernels="(* none *)", files=("First",)).problems == ()


def test_faults__are_faults_of_translated_kernels() -> None:
    shipped = Translation().text()
    assert len({fault.law for fault in FAULTS}) >= 10
    assert all(defective(fault) != shipped for fault in FAULTS)


@needs_coq
def test_faults__one_in_a_posting_is_found() -> None:
    assert is_found(FAULTS[0])
