from __future__ import annotations

import json
import multiprocessing
from itertools import count
from pathlib import Path
from random import Random

import pytest

from ibperp import sharing
from ibperp.actions import Action, AdvanceTime, Settle
from ibperp.operations.settlement import settle
from ibperp.state import State
from ibperp_invariants import INVARIANTS, Monitor
from ibperp_invariants.check.records import action_of
from ibperp_invariants.fingerprint import reached
from ibperp_invariants.search import search
from ibperp_invariants.search.search import Report, Run, broken, main, ran
from ibperp_invariants.search.world import drawn, start


def report_of(*runs: Run) -> Report:
    report = Report(0)
    for run in runs:
        report.add(run)
    return report


def test_search__goes_on_from_its_report_and_jobs_of_which_one_is_killed_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(report: Report, path: Path) -> None:
        write(report, path)
        if report.runs == 1:
            multiprocessing.active_children()[0].kill()

    write = Report.write
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    monkeypatch.setattr(search, "TOGETHER", 1)
    assert main(["--seed", "7", "--runs", "1", "--report", str(one)]) == 0
    assert json.loads(one.read_text())["next_seed"] == 8
    assert main(["--runs", "4", "--report", str(one)]) == 0
    monkeypatch.setattr(Report, "write", told)
    assert main(["--seed", "7", "--runs", "4", "--jobs", "2", "--report", str(two)]) == 0
    assert one.read_text() == two.read_text()
    found = json.loads(one.read_text())
    assert (found["next_seed"], found["runs"], found["violations"]) == (11, 4, [])
    assert found["steps"] == 4 * search.STEPS


@pytest.mark.parametrize(
    "seed",
    [26113425, 26115031, 26117108, 26220467, 30112931, 30204402, 30301752, 30402839, 30605351],
)
def test_search__seed_that_broke_an_invariant_once_runs_clean(seed: int) -> None:
    """Old prices and marks, no exposure, two accounts, lost gains and lends, rests, a weight."""
    assert ran(seed).violation is None


def test_search__violation_shrunk_to_actions_that_all_matter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settle, "_release", lambda *_: [])
    monkeypatch.setattr(sharing, "share", lambda available, *_: available >> 1)
    found = next(filter(None, (ran(seed).violation for seed in count())))
    actions = [action_of(item) for item in found["actions"]]
    state = start(Random(found["seed"]))
    assert isinstance(actions[-1], Settle)
    assert len(actions) < 10
    for place in range(len(actions)):
        less = broken(state, actions[:place] + actions[place + 1 :])
        assert less is None or less[1] != found["invariant"]


def test_search__stopped_by_the_user_leaves_a_whole_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(seed: int) -> Run:
        if seed == 2:
            raise KeyboardInterrupt
        return ran(seed, lambda *_: AdvanceTime(1))

    monkeypatch.setattr(search, "ran", stopped)
    path = tmp_path / "report.json"
    assert main(["--seed", "0", "--seconds", "60", "--report", str(path)]) == 0
    assert json.loads(path.read_text())["next_seed"] == 2


def test_search__error_is_a_violation() -> None:
    def wrong(random: Random, state: State) -> Action:
        action = drawn(random, state)
        return AdvanceTime("soon") if isinstance(action, Settle) else action  # type: ignore[arg-type]

    found = ran(0, wrong).violation
    assert found is not None
    assert found["invariant"] == "TypeError"
    assert len(found["actions"]) == 1


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("missing/report.json", None, "cannot be read or written: No such file"),
        ("report.json", '{"a": 1}', "not a report of a search"),
        ("report.json", "[", "not a report of a search"),
    ],
)
def test_main__report_that_cannot_be_used_is_a_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str | None, message: str
) -> None:
    report = tmp_path / name
    if text is not None:
        report.write_text(text)
    with pytest.raises(SystemExit) as stopped:
        main(["--seconds", "0", "--report", str(report)])
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err
    assert text is None or report.read_text() == text


def test_evidence__speaks_of_every_invariant_whatever_the_process() -> None:
    texts = reached(Monitor)
    checks = {own.on_step or own.on_state for own in INVARIANTS}
    assert {f"{own.__module__}.{own.__qualname__}" for own in checks if own} <= texts.keys()
    assert not [name for name, text in texts.items() if " at 0x" in text]
