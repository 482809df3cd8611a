from __future__ import annotations

import json
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
from ibperp_invariants.search.search import Report, broken, main, searched
from ibperp_invariants.search.world import drawn, start


def test_search__finds_nothing_and_goes_on_from_its_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.json"
    monkeypatch.setattr(search, "monotonic", count().__next__)
    assert main(["--seed", "7", "--seconds", "2", "--report", str(path)]) == 0
    first = json.loads(path.read_text())
    assert main(["--seconds", "3", "--report", str(path)]) == 0
    second = json.loads(path.read_text())
    assert (first["next_seed"], second["next_seed"], second["runs"]) == (8, 10, 3)
    assert second["steps"] > first["steps"]
    assert second["violations"] == []


@pytest.mark.parametrize("seed", [26113425, 26115031, 26117108])
def test_search__seed_that_broke_a_narrow_invariant_runs_clean(seed: int) -> None:
    """A debt at an old price, an order that may lose without exposure, a run over two accounts."""
    report = Report(seed)
    searched(seed, report)
    assert report.violations == []


def test_search__violation_shrunk_to_actions_that_all_matter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settle, "_release", lambda *_: [])
    monkeypatch.setattr(sharing, "share", lambda available, *_: available >> 1)
    report = Report(0)
    while not report.violations:
        searched(report.next_seed, report)
    (found,) = report.violations
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
    def stopped(seed: int, report: Report) -> None:
        if seed == 2:
            raise KeyboardInterrupt
        searched(seed, report, lambda *_: AdvanceTime(1))

    monkeypatch.setattr(search, "searched", stopped)
    path = tmp_path / "report.json"
    assert main(["--seed", "0", "--seconds", "60", "--report", str(path)]) == 0
    assert json.loads(path.read_text())["next_seed"] == 2


def test_search__error_is_a_violation() -> None:
    def wrong(random: Random, state: State) -> Action:
        action = drawn(random, state)
        return AdvanceTime("soon") if isinstance(action, Settle) else action  # type: ignore[arg-type]

    report = Report(0)
    searched(0, report, wrong)
    assert [item["invariant"] for item in report.violations] == ["TypeError"]
    assert len(report.violations[0]["actions"]) == 1


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
