import json
from pathlib import Path
from typing import Any

import pytest

from ibperp_authoring import examples
from ibperp_authoring.play import export, scenario, story
from ibperp_authoring.site.run_data import refusals, runnable
from ibperp_conformance.protocol.observation import flatten, observe
from ibperp_conformance.protocol.wire import decode_action, encode_outcome
from ibperp_conformance.runner.vectors import load_file
from ibperp_conformance.scenario.run import run_scenario
from worlds.shipped import shipped_suite

ROOT = Path(__file__).resolve().parents[2]
CHAPTER = (ROOT / "spec" / "custody.md").read_text(encoding="utf-8")
SCRIPTS = examples.scripts(CHAPTER)
DEPOSIT = next(found for title, found in SCRIPTS.items() if "replayed deposit" in title)
SCENARIO = (ROOT / "docs" / "scenarios" / "any-chain.yaml").read_text(encoding="utf-8")


def told(changed: Any) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(story.tell(json.dumps(changed)))
    return answer


def test_story__of_every_example_ends_as_its_chapter_shows() -> None:
    assert SCRIPTS
    for title, script in SCRIPTS.items():
        answer = told(script)
        shown = CHAPTER.partition(f'title="{title}"')[2].partition(examples.END)[0]
        (outcome,) = answer["steps"]
        if "rejected" in outcome:
            assert f"Rejected: `{outcome['rejected']['code']}`" in shown
        else:
            assert "Rejected" not in shown
            assert all(f"`{event['type']}`" in shown for event in outcome["accepted"]["events"])
        assert answer["violations"] == []


def test_story__names_the_clauses_whose_functions_ran__and_no_other() -> None:
    answer = told(DEPOSIT)
    assert "CU-4" in answer["clauses"]
    assert {"LQ-9", "ST-3", "CU-5"}.isdisjoint(answer["clauses"])


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"steps": [{"type": "deposit"}]}, "step 1: action.account: "),
        ({"steps": 1}, "steps: expected a list of actions"),
        ({"system": {}}, "system: "),
        ({"setup": DEPOSIT["steps"] * 3}, "setup, action 1: rejected as "),
    ],
)
def test_story__that_cannot_be_told_says_where_and_why(
    change: dict[str, Any], problem: str
) -> None:
    answer = told({**DEPOSIT, **change})
    assert list(answer) == ["error"]
    assert answer["error"].startswith(problem)


def test_export__is_a_file_of_vectors_with_the_outcome_of_the_reference(tmp_path: Path) -> None:
    path = tmp_path / "page.json"
    path.write_text(json.loads(export.vector(json.dumps(DEPOSIT)))["file"], encoding="utf-8")
    suite = load_file(path)
    (vector,) = suite.vectors.values()
    state = story.started(json.dumps(DEPOSIT["system"]), json.dumps(DEPOSIT["setup"]))
    action = decode_action(DEPOSIT["steps"][0])
    outcome = encode_outcome(state, story.followed(state, action)[0])
    assert vector.steps[0].expect.code == outcome["rejected"]["code"]
    assert vector.post == {}


def of_vector(name: str) -> dict[str, Any]:
    vector = shipped_suite().vectors[name]
    start = shipped_suite().setups[vector.setup]
    steps = [step.action for step in vector.steps]
    return {"system": start.system, "setup": start.actions, "steps": steps}


@pytest.mark.parametrize("name", ["an example", "CU-4-001", "CU-4-010", "ST-3-104"])
def test_export__as_a_scenario_leads_to_the_same_state_by_the_same_outcomes(
    name: str, tmp_path: Path
) -> None:
    path, own = tmp_path / "page.yaml", DEPOSIT if name == "an example" else of_vector(name)
    path.write_text(json.loads(export.scenario(json.dumps(own)))["file"], "utf-8")
    result = run_scenario(path)
    answer = told(own)
    assert result.is_ok
    assert flatten(observe(result.final)) == answer["after"]
    ends = result.steps[-len(answer["steps"]) :]
    assert [encode_outcome(step.before, step.outcome) for step in ends] == answer["steps"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("system:", "preset: tiny\nsystem:"), "system: beside a preset"),
        (("order_limit: '100'", "order_limit: '0'"), "order_limit: "),
        (("type: deposit,", "type: deposits,"), "action"),
    ],
)
def test_scenario_of_the_protocol__that_is_wrong_says_where(
    change: tuple[str, str], problem: str
) -> None:
    text = json.loads(export.scenario(json.dumps(DEPOSIT)))["file"]
    assert change[0] in text
    bad = json.loads(scenario.tell(text.replace(*change, 1)))
    assert "scenario.yaml: line " in bad["error"]
    assert problem in bad["error"]


def test_scenario__gives_its_view__or_says_which_line_is_wrong() -> None:
    good = json.loads(scenario.tell(SCENARIO))
    assert 'href="../../spec/custody/#CU-4"' in good["html"]
    assert "every invariant holds" in good["html"]
    bad = json.loads(scenario.tell(SCENARIO.replace("deposit:", "depositt:", 1)))
    assert "scenario.yaml: line " in bad["error"]
    assert "unknown action" in bad["error"]


def test_refusals__of_an_action_name_the_clause_whose_table_lists_them() -> None:
    found = refusals(ROOT)
    assert found["deposit"]["sequence_replayed"]["clause"] == "CU-4"
    assert found["lend"]["book_closed"]["clause"] == "MM-11"
    assert found["deposit"]["sequence_replayed"]["when"]


def test_runnable__each_example_has_a_place_of_its_own() -> None:
    page = runnable(CHAPTER, "custody")
    assert page.count('<div class="play" data-from="examples/custody.json"') == len(SCRIPTS)
