"""What a run is asked for, what it leaves behind, and how a vector is shown."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance.test_cli import WRONG, ibperp
from ibperp_conformance.files import WrongUseError
from ibperp_conformance.protocol.client import Hello
from ibperp_conformance.runner import vectors
from ibperp_conformance.runner.campaign import Campaign, Outcome, Result, conduct
from ibperp_conformance.runner.evidence import exercised, not_compared
from ibperp_conformance.runner.guidance import BROKEN, advice, groups
from ibperp_conformance.runner.selection import Wanted, choose, failed_in, select
from ibperp_conformance.runner.sheet import sheet
from ibperp_conformance.runner.vectors import load_suite
from worlds import tiny_suite
from worlds.shipped import shipped_suite

ENGINES = Path(__file__).parents[2] / "engines"
WRONG_COMMAND = (sys.executable, str(ENGINES / "wrong_at_two.py"))


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    spec = tiny_suite.write(tmp_path).parent
    monkeypatch.setattr(vectors, "spec_path", lambda: spec)
    return tmp_path


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (Wanted(vectors=("CU-3",)), ["CU-3-001", "CU-3-002", "CU-3-003"]),
        (Wanted(vectors=("CU-3-002", "CU-3-002")), ["CU-3-002"]),
        (Wanted(clauses=("CU-3",), kinds=("reject",)), ["CU-3-002"]),
        (Wanted(codes=("account_unknown",)), ["CU-3-002"]),
        (Wanted(whys=("rule",), kinds=("accept",)), ["CU-3-001", "CU-3-003"]),
        (Wanted(capabilities=("custody",)), ["CU-3-001", "CU-3-002", "CU-3-003"]),
    ],
)
def test_choose__every_part_must_hold(tmp_path: Path, wanted: Wanted, ids: list[str]) -> None:
    suite = load_suite(tiny_suite.write(tmp_path))
    assert [vector.id for vector in choose(suite, wanted)] == ids


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (Wanted(vectors=("CU-4",)), "there is no vector 'CU-4'"),
        (Wanted(clauses=("CU-33",)), "no 'CU-33'; did you mean CU-3"),
        (Wanted(codes=("account_known",)), "did you mean account_unknown"),
        (Wanted(kinds=("refuse",)), "--kind is one of accept, reject, trace"),
        (Wanted(whys=("fun",)), "--why is one of boundary"),
        (Wanted(capabilities=("magic",)), "--capability is one of custody"),
        (Wanted(kinds=("reject",), vectors=("CU-3-001",)), "no vector among those named"),
    ],
)
def test_choose__wrong_names_are_refused(tmp_path: Path, wanted: Wanted, message: str) -> None:
    suite = load_suite(tiny_suite.write(tmp_path))
    with pytest.raises(WrongUseError, match=message):
        choose(suite, wanted)


def test_list__prints_what_would_run(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ibperp(monkeypatch, "conform", "--list", "--kind", "reject") == 0
    assert capsys.readouterr().out == "CU-3-002  reject  rule  title of CU-3-002\n"
    assert tiny.exists()


def test_rerun_failed__runs_what_did_not_pass(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    record, known = tiny / "r.json", tiny / "known"
    written = ["--json", str(record), "--write-known-failures", str(known)]
    assert ibperp(monkeypatch, "conform", *written, "--", *WRONG, "reject") == 1
    assert known.read_text().splitlines()[1].startswith("CU-3-001 diverged: step 1 of 1")
    capsys.readouterr()
    assert ibperp(monkeypatch, "conform", "--rerun-failed", str(record)) == 0
    assert "1 of 1 vectors passed" in capsys.readouterr().out
    listed = ["--known-failures", str(known), "--", *WRONG, "reject"]
    assert ibperp(monkeypatch, "conform", *listed) == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "line 1 column 2"),
        ("[]", "it has no results"),
        ('{"format":"9","results":[]}', 'format: expected "1", found "9"'),
        ('{"format":null,"results":[]}', 'format: expected "1", found null'),
        ('{"format":"1","results":[3]}', r"results\[0\]: an object with id and ok"),
        ('{"format":"1","results":[{"ok":false}]}', r"results\[0\], id: a string is needed"),
        ('{"format":"1","results":[{"ok":true,"id":"CU-3-001"}]}', "nothing failed"),
        ('{"format":"1","results":[{"ok":false,"id":"XX-1-001"}]}', "exists any more"),
    ],
)
def test_failed_in__what_is_no_report_is_refused(tmp_path: Path, text: str, message: str) -> None:
    suite = load_suite(tiny_suite.write(tmp_path))
    (tmp_path / "r.json").write_text(text)
    with pytest.raises(WrongUseError, match=message):
        failed_in(tmp_path / "r.json", suite)


def test_stop_at_first__skips_the_rest(tmp_path: Path) -> None:
    suite = load_suite(tiny_suite.write(tmp_path))
    chosen = select(suite, "core", [])
    campaign = Campaign((*WRONG_COMMAND, "reject"), "core", len(chosen))
    conduct(suite, chosen, campaign, stop_at_first=True)
    assert [r.outcome.value for r in campaign.results] == ["diverged", "skipped", "skipped"]
    assert campaign.stopped == "stopped at the first failure, CU-3-001"


def test_jobs__change_no_result_and_no_order(tmp_path: Path) -> None:
    suite = load_suite(tiny_suite.write(tmp_path))
    chosen = select(suite, "core", [])
    for fault in ("reject", "crash"):
        command = (*WRONG_COMMAND, fault)
        alone, beside = (
            conduct(suite, chosen, Campaign(command, "core", 3), jobs=jobs) for jobs in (1, 2)
        )
        told = [[(r.vector.id, r.outcome, r.at) for r in each.results] for each in (alone, beside)]
        assert told[0] == told[1]


def test_jobs__engine_that_cannot_be_run_is_named_once(tmp_path: Path) -> None:
    suite = load_suite(tiny_suite.write(tmp_path))
    chosen = select(suite, "core", [])
    campaign = conduct(suite, chosen, Campaign(("./no-such-engine",), "core", 3), jobs=2)
    assert (campaign.exit_code, campaign.counts["skipped"]) == (3, 3)


def young(results: list[tuple[Outcome, str, str]]) -> Campaign:
    """Return the campaign of an engine that claims custody alone, with these results."""
    vector: Any = next(iter(shipped_suite().vectors.values()))
    campaign = Campaign((), "core", len(results), shipped_suite())
    campaign.hello = Hello("young", "1", frozenset(("custody",)))
    campaign.results += [
        Result(vector, outcome, f"step 1: {what}", at=at, what=what)
        for outcome, at, what in results
    ]
    return campaign


def test_guidance__failures_that_are_alike_lead_to_one_action() -> None:
    lacking = (Outcome.UNSUPPORTED, "", "the engine does not claim perpetuals and settlement")
    campaign = young(
        [
            *[(Outcome.ERRORED, "list_asset", f"no asset {number}") for number in range(5)],
            (Outcome.DIVERGED, "deposit", "accounts/3/free/USDC differs"),
            lacking,
        ]
    )
    told = [(len(each.results), each.at, each.what) for each in groups(campaign)]
    assert told == [
        (5, "list_asset", "no asset *"),
        (1, "deposit", "accounts/*/free/USDC differs"),
        (1, "", "not claimed in hello: perpetuals (1), settlement (1)"),
    ]
    assert advice(campaign) == "next: implement `list_asset`; 6 vectors wait for it"
    only = (Outcome.UNSUPPORTED, "", "the engine does not claim spot_margin")
    expected = "next: implement spot_margin, claim it in hello; 1 vector waits for it"
    assert advice(young([lacking, only])) == expected
    assert advice(young([(Outcome.PASSED, "", "")])) == ""
    noise = (Outcome.ERRORED, "deposit", f"{BROKEN}: not a line of JSON: 'debug'")
    expected = "next: mend how the engine answers, with ibperp smoke; 2 vectors wait for it"
    assert advice(young([noise, noise])) == expected


def test_evidence__what_was_not_compared_is_named() -> None:
    campaign = young([(Outcome.PASSED, "", ""), (Outcome.ERRORED, "list_asset", "no")])
    unseen = " ".join(not_compared(campaign))
    assert "the engine does not claim events" in unseen
    assert "the portfolio of each account" in unseen
    shown = exercised(campaign)
    assert shown.clauses == set(campaign.results[0].vector.clauses)
    assert shown.events == frozenset()


def test_reports__name_suite_date_and_what_was_exercised(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [tiny / name for name in ("r.html", "r.xml", "r.json")]
    options = ["--report", str(files[0]), "--junit", str(files[1]), "--json", str(files[2])]
    assert ibperp(monkeypatch, "conform", *options) == 0
    record = json.loads(files[2].read_text())
    assert record["exercised"] == {"clauses": ["CU-3"], "codes": ["account_unknown"], "events": []}
    for file in files:
        for part in (record["suite"]["digest"], record["suite"]["date"], "events of the actions"):
            assert part in file.read_text()
    assert ibperp(monkeypatch, "conform", "--json", str(files[2]), "--junit", str(files[2])) == 2


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        (
            "PF-5-057",
            (
                "1 market (SOL_USDC)",
                "2. place_order account 3 SOL_USDC bid auto_borrow lots=5334 (53.34 SOL) at 900000",
                "   refused: insufficient_margin",
                "10000000000000000000 (10) -> 2000000000000000000 (2)",
            ),
        ),
        ("SM-4-030", ("violated too: out_of_range", "nothing changed")),
        ("LQ-5-071", ("amount=1111111107 (1.111111107 SOL)", "(90 dollars) -> 42000000")),
    ],
)
def test_sheet__reads_as_people_do(name: str, parts: tuple[str, ...]) -> None:
    suite = shipped_suite()
    lines = sheet(suite, suite.vectors[name])
    assert all(part in "\n".join(lines) for part in parts)
    assert all(len(line) <= 130 for line in lines)


def test_vectors_file__error_names_line_and_where_the_format_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    setups, document = tiny_suite.suite()
    del document["vectors"][1]["title"]
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(document | setups, indent=1))
    assert ibperp(monkeypatch, "conform", "--vectors", str(path)) == 2
    line = path.read_text().splitlines().index('   "id": "CU-3-002",') + 1
    told = capsys.readouterr().err
    assert f"mine.json, line {line}, vector CU-3-002, field title: missing" in told
    assert "spec/schema/vectors.json" in told
