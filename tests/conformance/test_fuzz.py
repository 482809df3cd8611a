"""Fuzzing: runs are repeatable, a fault is found and made small, and nothing found is lost."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from unittest import mock

import pytest

from conformance.wrong_claims import claim_up
from ibperp import pool
from ibperp.outcomes import Accepted
from ibperp_conformance.files import WrongUseError
from ibperp_conformance.fuzz.ask import Difference, Request, differs
from ibperp_conformance.fuzz.campaign import Campaign, Keeper, conduct, resumed
from ibperp_conformance.fuzz.command import seconds_of
from ibperp_conformance.fuzz.generator.generate import Generated, generate
from ibperp_conformance.fuzz.generator.reached import STATES, expected
from ibperp_conformance.fuzz.generator.run import edge
from ibperp_conformance.fuzz.laws import Laws
from ibperp_conformance.fuzz.local import LocalEngine
from ibperp_conformance.fuzz.script import replayed, scripted
from ibperp_conformance.fuzz.shrink import STEPS_MAX, Shrinker
from ibperp_conformance.fuzz.work import admitted
from ibperp_conformance.protocol.client import Reply
from ibperp_conformance.protocol.server import CAPABILITIES, Server

WRONG: Final = Path(__file__).with_name("wrong_claims.py")


class WrongClaims(Server):
    """Counts every claim on a pool an atom too high."""

    def reply(self, request: object, *, nested: bool = False) -> dict[str, Any]:
        with mock.patch.object(pool, "lend_claim", claim_up):
            return super().reply(request, nested=nested)


class Silent(LocalEngine):
    """The reference without its events."""

    def __init__(self) -> None:
        super().__init__()
        self.capabilities -= {"events"}

    def batch(self, requests: Sequence[Request]) -> list[Reply]:
        replies = super().batch(requests)
        return [Reply(own.kind, {}) if own.kind == "accepted" else own for own in replies]


def wrong() -> LocalEngine:
    return LocalEngine(WrongClaims())


def first_difference() -> tuple[Generated, Difference]:
    for seed in range(40):
        run = generate(seed, Counter())
        if found := differs(wrong(), run.start.system, run.steps, 1):
            return run, found
    pytest.fail("forty runs do not show a claim that is too high")


def test_generate__same_seed_same_run() -> None:
    first, second = generate(5, Counter()), generate(5, Counter())
    assert [step.action for step in first.steps] == [step.action for step in second.steps]
    assert first.steps != generate(6, Counter()).steps


def test_generate__runs_are_accepted_by_half_and_reach_much() -> None:
    reached: Counter[str] = Counter()
    steps = accepted = 0
    for seed in range(12):
        run = generate(seed, reached)
        reached.update(run.reached)
        steps += len(run.steps)
        accepted += sum(isinstance(step.outcome, Accepted) for step in run.steps)
    assert accepted * 2 > steps
    assert sum(name in reached for name in expected()) * 2 > len(expected())
    assert sum(name in reached for name in STATES) > len(STATES) // 3


def test_generate__uses_no_action_of_a_capability_that_is_not_there() -> None:
    kinds = admitted(frozenset({"custody", "money_market"}))
    assert kinds is not None
    run = generate(3, Counter(), admitted=kinds)
    modules = {type(step.action).__module__ for step in run.steps}
    assert modules == {"ibperp.actions.custody", "ibperp.actions.money_market"}


@pytest.mark.parametrize("most", [1, 2, 7, 1000])
def test_edge__is_the_last_number_that_is_accepted(most: int) -> None:
    assert edge(lambda number: number <= most, 1, 10**6) == most


def test_edge__is_below_the_first_if_none_is_accepted() -> None:
    assert edge(lambda _: False, 1, 10) == 0


def test_script__replays_the_run() -> None:
    run = generate(4, Counter())
    script = scripted(run.start.system, run.steps)
    again = replayed(script.system, script.lines)
    assert [step.action for step in again] == [step.action for step in run.steps]


def test_script__ids_follow_when_a_line_is_left_out() -> None:
    """Without one accepted deposit, the later ones of its chain are accepted all the same."""
    run = generate(4, Counter())
    script = scripted(run.start.system, run.steps)
    names = [type(line.action).__name__ for line in script.lines]
    place = names.index("Deposit")
    shorter = replayed(script.system, script.lines[:place] + script.lines[place + 1 :])
    later = [step for step in shorter[place:40] if type(step.action).__name__ == "Deposit"]
    assert later
    assert isinstance(later[0].outcome, Accepted)


def test_differs__finds_nothing_in_the_reference() -> None:
    run = generate(1, Counter())
    assert differs(LocalEngine(), run.start.system, run.steps, 10) is None


def test_shrinker__makes_a_run_small_and_keeps_its_difference() -> None:
    run, found = first_difference()
    small = Shrinker(scripted(run.start.system, run.steps), found, wrong, 30.0).shrunk()
    assert small.own <= STEPS_MAX
    assert len(small.steps) < 40 < len(run.steps)
    assert small.difference.signature == found.signature
    again = differs(wrong(), small.script.system, small.steps, 1)
    assert again is not None
    assert again.signature == found.signature
    lead = len(small.steps) - small.own
    assert differs(wrong(), small.script.system, small.steps, 1, loaded=lead)


@pytest.mark.parametrize(("fault", "is_broken"), [("", False), ("claims", True)])
def test_laws__break_where_claims_are_more_than_what_is_lent(
    fault: str, *, is_broken: bool
) -> None:
    """Without the reference: what an engine shows contradicts itself."""
    laws, found = Laws(), set[str]()
    for seed in range(2):
        run = generate(seed, Counter())
        engine = wrong() if fault else LocalEngine()
        broken = laws.breaks(engine, run.start.system, run.steps, 1)
        found |= {broken.path} if broken else set()
    assert bool(found) is is_broken
    assert not laws.unchecked


def test_laws__name_what_is_not_checkable() -> None:
    run, laws, engine = generate(0, Counter()), Laws(), Silent()
    assert laws.breaks(engine, run.start.system, run.steps[:40], 1) is None
    assert laws.unchecked


def campaign(*command: str) -> Campaign:
    return Campaign(command, (), frozenset(CAPABILITIES), 0, 10.0)


def test_campaign__goes_on_where_it_ended(tmp_path: Path) -> None:
    once = campaign()
    conduct(once, Keeper(once, None), None, 0.0, lambda _: None)
    assert once.rounds == 0
    first = campaign()
    first.rounds, first.reached["x"] = 3, 5
    assert Keeper(first, tmp_path).write() == ""
    again = resumed(campaign(), tmp_path)
    assert (again.rounds, again.reached["x"]) == (3, 5)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("{", "line 1"),
        ("{}", "no record of a campaign: format is missing; remove it"),
        ('{"format":"ibperp-fuzz-0"}', "this version"),
        ("[]", "no record of a campaign: it is no object; remove it"),
    ],
)
def test_campaign__refuses_a_broken_record(tmp_path: Path, content: str, part: str) -> None:
    (tmp_path / "campaign.json").write_text(content)
    with pytest.raises(WrongUseError, match=part):
        resumed(campaign(), tmp_path)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reached": {"x": "many"}},
        {"known": []},
        {"findings": {"x": []}},
        {"findings": {"x": {"sentence": 1}}},
        {"findings": ["x"]},
    ],
)
def test_campaign__refuses_a_record_of_the_wrong_kind(
    tmp_path: Path, wrong: dict[str, object]
) -> None:
    Keeper(campaign(), tmp_path).write()
    file = tmp_path / "campaign.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | wrong))
    with pytest.raises(WrongUseError, match="no record of a campaign"):
        resumed(campaign(), tmp_path)


def test_campaign__refuses_the_record_of_another_engine(tmp_path: Path) -> None:
    Keeper(campaign("one"), tmp_path).write()
    with pytest.raises(WrongUseError, match="another campaign"):
        resumed(campaign("two"), tmp_path)


def test_keeper__keeps_what_a_full_disk_does_not_take(tmp_path: Path) -> None:
    own = campaign()
    keeper = Keeper(own, tmp_path / "gone")
    own.unwritten["finding.json"] = "{}"
    assert "cannot write" in keeper.write()
    assert own.unwritten
    (tmp_path / "gone").mkdir()
    assert keeper.write() == ""
    assert not own.unwritten
    assert (tmp_path / "gone" / "finding.json").read_text() == "{}"


LIMITED = """
import pathlib, resource, sys
from ibperp_conformance.fuzz.campaign import Campaign, Keeper
own = Campaign((), (), frozenset(), 0, 1.0)
keeper = Keeper(own, pathlib.Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600))
own.unwritten |= {"small.json": "{}", "large.json": "x" * 1000}
sys.stdout.write(f"{keeper.write()}; left: {list(own.unwritten)}")
"""


def test_keeper__keeps_what_is_too_large_for_the_disk(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert "cannot write" in ran.stdout
    assert ran.stdout.endswith("left: ['large.json']")
    assert [path.name for path in tmp_path.iterdir()] == ["small.json"]


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("45s", 45), ("10m", 600), ("2h", 7200)])
def test_budget__is_a_number_with_a_unit(text: str, seconds: int) -> None:
    assert seconds_of(text) == seconds


def test_budget__of_another_form_is_refused() -> None:
    with pytest.raises(WrongUseError, match="--budget"):
        seconds_of("ten minutes")


def fuzzed(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ibperp_conformance.cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )


@pytest.mark.slow(6)
def test_command__writes_a_finding_that_conform_replays(tmp_path: Path) -> None:
    engine = ("--", sys.executable, str(WRONG))
    found = fuzzed("fuzz", "--runs", "1", "--budget", "10m", "--out", str(tmp_path), *engine)
    assert found.returncode == 1, found.stderr
    files = sorted(
        path
        for path in tmp_path.glob("*.json")
        if path.name != "campaign.json" and ".whole." not in path.name
    )
    assert files
    told = json.loads(files[0].read_text())["findings"][0]
    assert told["sentence"] in found.stdout
    assert told["expected"] != told["received"]
    replay = ("conform", "--vectors", str(files[0]))
    assert fuzzed(*replay).returncode == 0
    assert fuzzed(*replay, *engine).returncode == 1


def test_conform_invariants__hold_in_the_runs_of_vectors() -> None:
    held = fuzzed("conform", "--invariants", "--vector", "ST-3-003", "--vector", "LQ-4-030")
    assert held.returncode == 0, held.stderr
    assert "hold in 2 of 2 runs" in held.stdout


@pytest.mark.parametrize(
    ("fault", "part"),
    [
        ("exits", "could not"),
        ("garbage", "broke the protocol"),
        ("hangs-later", "names no custody"),
    ],
)
def test_command__engine_that_cannot_be_run(fault: str, part: str) -> None:
    faulty = Path(__file__).parents[1] / "engines" / "faulty.py"
    found = fuzzed("fuzz", "--budget", "1s", "--", sys.executable, str(faulty), fault)
    assert found.returncode == 3
    assert part in found.stderr or "crashed" in found.stderr
    assert "Traceback" not in found.stderr


@pytest.mark.slow(3)
def test_command__against_another_engine_finds_nothing_in_equal_ones() -> None:
    engine = (sys.executable, "-m", "ibperp_conformance.cli", "engine")
    found = fuzzed("fuzz", "--runs", "1", "--against", shlex.join(engine), "--", *engine)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "0 findings" in found.stdout


@pytest.mark.parametrize(("vector", "code"), [("ST-3-003", 0), ("LQ-5-703", 1)])
def test_example__engine_forgets_one_field_alone(vector: str, code: int) -> None:
    example = Path(__file__).parents[2] / "docs" / "examples" / "forgetful.py"
    assert (
        fuzzed("conform", "--vector", vector, "--", sys.executable, str(example)).returncode == code
    )
