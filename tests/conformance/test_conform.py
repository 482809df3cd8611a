import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from ibperp.transition import OPERATIONS
from ibperp_conformance.protocol.client import Reply
from ibperp_conformance.protocol.wire import type_name
from ibperp_conformance.runner.campaign import Campaign, Outcome, Result, conduct
from ibperp_conformance.runner.capabilities import NEEDED
from ibperp_conformance.runner.comparison import compare, compare_observation, compare_step
from ibperp_conformance.runner.reports import as_html, as_json, as_junit
from ibperp_conformance.runner.selection import select
from ibperp_conformance.runner.summary import print_summary
from ibperp_conformance.runner.vectors import (
    Expectation,
    VectorError,
    flatten,
    load_suite,
    overlay,
)
from worlds import tiny_suite
from worlds.shipped import shipped_suite

ENGINES = Path(__file__).parents[1] / "engines"


def run(
    folder: Path,
    *command: str,
    timeout: float = 10.0,
    known: dict[str, str] | None = None,
    on_result: Callable[[Result], None] = lambda _: None,
    directory: Path | None = None,
) -> Campaign:
    suite = load_suite(directory or tiny_suite.write(folder))
    vectors = select(suite, "core", [])
    campaign = Campaign(command, "core", len(vectors))
    return conduct(
        suite, vectors, campaign, timeout=timeout, known=known or {}, on_result=on_result
    )


def wrong(
    folder: Path,
    fault: str,
    timeout: float = 10.0,
    known: dict[str, str] | None = None,
    directory: Path | None = None,
) -> Campaign:
    command = (sys.executable, str(ENGINES / "wrong_at_two.py"), fault)
    return run(folder, *command, timeout=timeout, known=known, directory=directory)


def printed(campaign: Campaign) -> str:
    console = Console(width=120, record=True, file=open("/dev/null", "w"))  # noqa: PTH123, SIM115
    print_summary(campaign, console)
    console.file.close()
    return console.export_text()


def test_conduct__reference_passes_every_vector(tmp_path: Path) -> None:
    campaign = run(tmp_path)
    assert [result.message for result in campaign.results] == ["", "", ""]
    assert campaign.counts["passed"] == 3
    assert campaign.exit_code == 0
    assert "conforms: 3 of 3" in printed(campaign)


@pytest.mark.slow(14)
@pytest.mark.no_cover
def test_conduct__reference_conforms() -> None:
    suite = shipped_suite()
    vectors = select(suite, "full", [])
    campaign = conduct(suite, vectors, Campaign((), "full", len(vectors)))
    assert [result.vector.id for result in campaign.bad] == []
    assert len(campaign.results) == len(suite.vectors)


@pytest.mark.parametrize(
    ("fault", "outcome", "message"),
    [
        ("crash", Outcome.CRASHED, "exited with code 9 while a reply was due (at step 1 of 1"),
        ("garbage", Outcome.ERRORED, "one of accepted, rejected, unsupported, errored"),
        ("errored", Outcome.ERRORED, r"step 1 of 1, create_account: not <b>today</b>\x00\x1b"),
        ("unsupported", Outcome.UNSUPPORTED, "the engine does not support custody"),
        ("reject", Outcome.DIVERGED, "step 1 of 1, create_account: outcome differs"),
    ],
)
def test_conduct__keeps_outcomes_apart_and_goes_on(
    tmp_path: Path, fault: str, outcome: Outcome, message: str
) -> None:
    campaign = wrong(tmp_path, fault)
    outcomes = [result.outcome for result in campaign.results]
    assert outcomes == [outcome, Outcome.PASSED, Outcome.PASSED]
    assert message in campaign.results[0].message
    assert campaign.exit_code == 1
    assert f"--vector CU-3-001 -- {shlex.quote(sys.executable)}" in printed(campaign)


def test_conduct__hanging_engine_times_out(tmp_path: Path) -> None:
    campaign = wrong(tmp_path, "hang", timeout=0.05)
    assert campaign.counts["timed_out"] == 1
    assert campaign.counts["passed"] == 2


def test_conduct__divergence_is_shown_side_by_side(tmp_path: Path) -> None:
    text = " ".join(printed(wrong(tmp_path, "reject")).split())
    assert "diverged: CU-3-001 [CU-3] title of CU-3-001" in text
    assert '≠ outcome "accepted" "rejected"' in text
    assert '≠ code (none) "account_exists"' in text


@pytest.mark.parametrize("fault", ["exits", "garbage"])
def test_conduct__engine_without_hello_could_not_be_run(tmp_path: Path, fault: str) -> None:
    campaign = run(tmp_path, sys.executable, str(ENGINES / "faulty.py"), fault)
    assert campaign.exit_code == 3
    assert campaign.counts["skipped"] == 3
    assert "could not be run" in printed(campaign)


def test_conduct__missing_engine_could_not_be_run(tmp_path: Path) -> None:
    assert run(tmp_path, "./no-such-engine").exit_code == 3


def test_conduct__wrong_observation_diverges(tmp_path: Path) -> None:
    campaign = run(tmp_path, sys.executable, str(ENGINES / "faulty.py"), "none")
    assert [result.outcome for result in campaign.results] == [Outcome.DIVERGED] * 3
    assert campaign.results[0].message == "the observation at the end: time differs"


DUST = {"type": "convert_dust", "account": "9", "market": "ORE_USD"}


def trading(folder: Path) -> Path:
    """Return a suite with a vector that trades in a step, and one that trades in its setup."""
    setups, document = tiny_suite.suite()
    traded = setups["setups"][0] | {"id": "traded", "actions": [DUST]}
    trades, later = tiny_suite.step(DUST, "account_unknown"), document["vectors"][2]["steps"]
    document["vectors"] += [
        tiny_suite.vector("SM-12-001", [trades], {}),
        tiny_suite.vector("SM-12-002", later, {"time": "9"}) | {"setup": "traded"},
    ]
    return tiny_suite.write(folder, document, setup=traded)


def test_conduct__trading_is_asked_of_an_engine_that_claims_it(tmp_path: Path) -> None:
    outcomes = [result.outcome for result in run(tmp_path, directory=trading(tmp_path)).results]
    assert outcomes == [*[Outcome.PASSED] * 4, Outcome.DIVERGED]


@pytest.mark.parametrize(
    ("action", "capability"),
    [
        ({"type": "update_mark"}, "perpetuals"),
        ({"type": "settle_market"}, "perpetuals"),
        ({"type": "settle"}, "settlement"),
    ],
)
def test_conduct__action_is_unsupported_without_its_capability(
    tmp_path: Path, action: dict[str, str], capability: str
) -> None:
    document = tiny_suite.suite()[1]
    vector = tiny_suite.vector("PP-6-001", [tiny_suite.step(action)], {})
    document["vectors"].append(vector)
    campaign = wrong(tmp_path, f"no-{capability}", directory=tiny_suite.write(tmp_path, document))
    assert campaign.counts["passed"] == 3
    assert campaign.results[-1].outcome is Outcome.UNSUPPORTED
    assert campaign.results[-1].message == f"the engine does not claim {capability}"


def test_conduct__every_capability_that_is_missing_is_named(tmp_path: Path) -> None:
    document = tiny_suite.suite()[1]
    steps = [tiny_suite.step(action) for action in (DUST, {"type": "settle"})]
    document["vectors"] = [tiny_suite.vector("ST-2-001", steps, {})]
    directory = tiny_suite.write(tmp_path, document)
    campaign = wrong(tmp_path, "unsupported", directory=directory)
    assert campaign.results[0].message == "the engine does not claim settlement and spot_margin"


def test_conduct__trading_is_unsupported_without_the_capability(tmp_path: Path) -> None:
    campaign = wrong(tmp_path, "no-spot-margin", directory=trading(tmp_path))
    outcomes = [result.outcome for result in campaign.results]
    assert outcomes == [*[Outcome.PASSED] * 3, *[Outcome.UNSUPPORTED] * 2]
    assert campaign.results[-1].message == "the engine does not claim spot_margin"
    assert campaign.exit_code == 1
    assert {"SM-12-001", "SM-12-002"} == {result.vector.id for result in campaign.bad}


@pytest.mark.parametrize("capability", ["spot_margin", "perpetuals", "settlement"])
def test_capability__is_needed_for_every_action_of_its_chapter(capability: str) -> None:
    chapter = f"ibperp.operations.{capability}."
    used = {type_name(a) for a, run in OPERATIONS.items() if run.__module__.startswith(chapter)}
    assert used == NEEDED[capability]


def test_conduct__portfolio_is_compared_if_it_is_claimed(tmp_path: Path) -> None:
    document = tiny_suite.suite()[1]
    document["vectors"][0]["post"]["accounts/2/portfolio/equity"] = "5"
    directory = tiny_suite.write(tmp_path, document)
    compared = run(tmp_path, directory=directory).results[0]
    assert compared.message == "the observation at the end: accounts/2/portfolio/equity differs"
    assert wrong(tmp_path, "no-portfolio", directory=directory).counts["passed"] == 3


def test_conduct__settlement_time_is_compared_if_settlement_is_claimed(tmp_path: Path) -> None:
    document = tiny_suite.suite()[1]
    document["vectors"][0]["post"]["settlement_time"] = "5"
    directory = tiny_suite.write(tmp_path, document)
    compared = run(tmp_path, directory=directory).results[0]
    assert compared.message == "the observation at the end: settlement_time differs"
    assert wrong(tmp_path, "no-settlement", directory=directory).counts["passed"] == 3


def observation(**account: object) -> dict[str, Any]:
    """The least that an engine with custody alone shows, with one account."""
    names = ("chains", "assets", "withdrawals", "rebalances")
    parts: dict[str, Any] = {name: {} for name in names}
    return {**parts, "accounts": {"2": {"free": {}, "shares": {}, **account}}}


@pytest.mark.parametrize(
    ("change", "capabilities", "differs"),
    [
        ({}, {"custody"}, None),
        ({"withdrawals": None}, {"custody"}, "withdrawals"),
        ({"withdrawals": []}, {"custody"}, "withdrawals"),
        ({"markets": {}, "requests": {}}, {"custody"}, None),
        ({"markets": {}, "orders": {}}, {"custody", "spot_margin"}, "accounts/2/reserved"),
        ({}, {"custody", "programs"}, "backstops"),
        ({"x": {}}, {"custody"}, "x"),
        ({"x": [[[]]]}, {"custody"}, "x/0/0"),
        ({"accounts": {"2": {"user": "1", "free": {}}}}, {"custody"}, "accounts/2/shares"),
        (
            {"accounts": {"2": {"user": "1", "free": {}, "shares": None}}},
            {"custody"},
            "accounts/2/shares",
        ),
        ({"accounts": observation(user="1", portfolio={})["accounts"]}, {"custody"}, None),
        (
            {"accounts": observation(user="1", portfolio={})["accounts"]},
            {"custody", "portfolio"},
            "accounts/2/portfolio",
        ),
    ],
)
def test_compare_observation__what_is_empty_is_there_and_nothing_else_is(
    change: dict[str, Any], capabilities: set[str], differs: str | None
) -> None:
    received = observation(user="1") | change
    rows = compare_observation({"accounts/2/user": "1"}, received, capabilities)
    assert next((row.path for row in rows), None) == differs


def test_compare_observation__drops_the_portfolio_from_both_sides() -> None:
    expected = {"accounts/2/portfolio/equity": "5", "accounts/2/user": "1"}
    received = observation(user="1", portfolio={"equity": "6", "more": "1"})
    rows = compare_observation(expected, received, {"portfolio"})
    assert [row.path for row in rows] == [
        "accounts/2/portfolio/equity",
        "accounts/2/portfolio/more",
    ]
    assert compare_observation(expected, received, {"custody"}) == ()
    other = observation(user="1", free={"portfolio": "7"})
    assert [row.path for row in compare_observation(expected, other, {"custody"})] == [
        "accounts/2/free/portfolio"
    ]


@pytest.mark.parametrize("events", [[{}], [{}, {}], [[]], [{"type": "traded"}]])
def test_compare_step__event_too_many_differs(events: list[object]) -> None:
    reply = Reply("accepted", {"events": events})
    expect = Expectation(None, (), ())
    assert compare_step(expect, reply, {"events"})
    assert compare_step(expect, reply, {"custody"}) == ()
    assert compare_step(expect, Reply("accepted", {"events": []}), {"events"}) == ()


def test_conduct__interrupt_keeps_what_there_is(tmp_path: Path) -> None:
    def interrupt(_: Result) -> None:
        raise KeyboardInterrupt

    campaign = run(tmp_path, on_result=interrupt)
    assert campaign.exit_code == 130
    assert [result.outcome.value for result in campaign.results] == ["passed", "skipped", "skipped"]
    assert json.loads(as_json(campaign))["complete"] is False


def test_conduct__known_failure_may_fail_and_may_not_pass(tmp_path: Path) -> None:
    assert wrong(tmp_path, "reject", known={"CU-3-001": "later"}).exit_code == 0
    campaign = run(tmp_path, known={"CU-3-001": "later"})
    assert campaign.exit_code == 1
    assert "listed as a known failure (later)" in printed(campaign)


def test_reports__hold_every_vector_and_no_markup_of_the_engine(tmp_path: Path) -> None:
    campaign = wrong(tmp_path, "errored")
    record = json.loads(as_json(campaign))
    assert [result["outcome"] for result in record["results"]] == ["errored", "passed", "passed"]
    suite = ET.fromstring(as_junit(campaign))[0]
    assert (suite.get("tests"), suite.get("errors")) == ("3", "1")
    assert len(suite.findall("testcase")) == 3
    page = as_html(campaign)
    assert "not &lt;b&gt;today" in page
    assert "http" not in page
    assert page.count("<code>CU-3-002</code>") == 1


@pytest.mark.parametrize("fault", ["reject", "crash"])
def test_reports__html_and_junit_of_a_failure_name_the_rerun(tmp_path: Path, fault: str) -> None:
    campaign = wrong(tmp_path, fault)
    for text in (as_html(campaign), as_junit(campaign)):
        assert "ibperp conform --vector CU-3-001 -- " in text


@pytest.mark.parametrize(
    ("expected", "received"),
    [("5", 5), (True, 1), (True, "true"), ("5", "05"), ("5", None), ("5", ["5"])],
)
def test_compare__never_takes_one_type_for_another(expected: object, received: object) -> None:
    assert compare(flatten({"a": expected}), flatten({"a": received}))


def test_compare__shows_the_siblings_of_the_first_difference() -> None:
    rows = compare({"a/x": "1", "a/y": "2", "b/z": "3"}, {"a/x": "1", "a/y": "4", "b/z": "3"})
    assert [(row.path, row.differs) for row in rows] == [("a/x", False), ("a/y", True)]


def test_flatten__slash_in_a_name_is_not_a_path() -> None:
    assert flatten({"a/b": "1"}) != flatten({"a": {"b": "1"}})
    assert flatten({"a": None, "b": {}, "c": [], "d": ["x", "y"]}) == {"d/0": "x", "d/1": "y"}


def test_overlay__null_removes_a_leaf() -> None:
    assert overlay({"a": "1", "b": "2"}, {"a": None, "c": "3"}) == {"b": "2", "c": "3"}


def _broken(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    document = tiny_suite.suite()[1]
    change(document)
    return document


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d["vectors"].append(d["vectors"][0]), "field id: 'CU-3-001' is used twice"),
        (lambda d: d["vectors"][0].pop("title"), "vector CU-3-001, field title: missing"),
        (lambda d: d["vectors"][0].update(note=""), "vector CU-3-001, field note: unknown"),
        (lambda d: d["vectors"][0].update(why="fun"), "field why: one of boundary"),
        (lambda d: d["vectors"][0].update(setup="x"), "CU-3-001, field setup: no setup 'x'"),
        (lambda d: d["vectors"][1].update(twin="x"), "CU-3-002, field twin: no vector 'x'"),
        (lambda d: d["vectors"][0].update(steps=[]), "field steps: at least one"),
        (lambda d: d["vectors"][0].update(steps=[3]), r"field steps\[0\]: an object"),
        (lambda d: d["vectors"][0]["steps"][0].update(expect={}), r"steps\[0\].expect: either"),
        (lambda d: d["vectors"][0]["steps"][0]["action"].pop("type"), "action.type: a string"),
        (lambda d: d["vectors"][0].update(clauses="CU-3"), "field clauses: a list of strings"),
        (lambda d: d.update(format="2"), "field format: this runner reads"),
        (lambda d: d.update(vectors={}), "field vectors: a list is needed"),
    ],
)
def test_load_suite__names_file_vector_and_field(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    directory = tiny_suite.write(tmp_path, _broken(change))
    with pytest.raises(VectorError, match=message):
        load_suite(directory)


@pytest.mark.parametrize("text", ["", "[1,", '{"a":1,"a":1}', "[]", "\xff"])
def test_load_suite__broken_file_is_named(tmp_path: Path, text: str) -> None:
    directory = tiny_suite.write(tmp_path)
    (directory / "custody.json").write_text(text, encoding="latin-1")
    with pytest.raises(VectorError, match=r"custody\.json"):
        load_suite(directory)


def test_load_suite__missing_files_name_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(VectorError, match="make fill"):
        load_suite(tmp_path)
