"""What a run tells a person: who failed, who is next, by how much a step misses, and when."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from rich.console import Console

from ibperp_conformance.page.document import run_page
from ibperp_conformance.presets.document import DocumentError
from ibperp_conformance.presets.units import UnitError, moment_of, parse_decimal
from ibperp_conformance.progress import Progress
from ibperp_conformance.report.positions import position_standings
from ibperp_conformance.report.report import as_json, print_result
from ibperp_conformance.report.steps_table import complaints
from ibperp_conformance.run_command import main_check
from ibperp_conformance.scenario.run import run_scenario

if TYPE_CHECKING:
    from ibperp_conformance.scenario.result import ScenarioResult

FOLDER: Final = Path(__file__).parents[2] / "docs" / "scenarios"
SHIPPED: Final = (FOLDER / "october-2025.yaml").read_text(encoding="utf-8")


def ran(folder: Path, text: str) -> ScenarioResult:
    path = folder / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return run_scenario(path, is_checked=False)


def printed(result: ScenarioResult) -> str:
    console = Console(file=StringIO(), width=200, emoji=False)
    print_result(result, console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


SMALL: Final = """
title: small
preset: tiny
start: 2025-10-10 09:30
accounts: [ann/main]
steps:
  - deposit: {account: ann/main, asset: USDC, chain: solana, amount: 10}
"""


def test_liquidation_inside_a_repeat__is_told(tmp_path: Path) -> None:
    inside = SHIPPED.replace(
        "  - run_risk: {steps: 10}", "  - repeat: {times: 2, steps: [run_risk: {steps: 10}]}"
    )
    assert inside != SHIPPED
    result = ran(tmp_path, inside)
    assert "lara/main: bankrupt with 239 USDC; borne by insurance 239 USDC" in printed(result)
    repeats = [step for step in as_json(result)["steps"] if "repeated" in step]
    assert [len(step["events"]) for step in repeats] == [1]
    assert "lara/main: PayOwn" in repeats[0]["events"][0]["happened"]


def test_margin_table__has_first_who_fails_first(tmp_path: Path) -> None:
    result = ran(tmp_path, SHIPPED.split("  - liquidate:")[0])
    rows = printed(result).split("nearest to liquidation first")[1].split("holdings")[0]
    first = [line.split()[0] for line in rows.splitlines() if line.rstrip().endswith(("%", "y"))]
    assert first == ["lara/main", "sam/main", "hugo/main"]


def test_liquidation_price__on_the_gaining_side_is_marked() -> None:
    """A long that is covered by much else fails when it rises, by its size alone."""
    for name in ("luna-cascade", "october-2025"):
        result = run_scenario(FOLDER / f"{name}.yaml", is_checked=False)
        for step in result.steps:
            for own in position_standings(step.after, result.names):
                price, side = own.liquidation_price, own.side
                if price is None or price == own.mark:
                    continue
                gains = (price > own.mark) == (side == "long")
                assert str(own.liquidation).startswith(("rises", "falls")) == gains


def test_rejected_step__says_by_how_much_it_misses(tmp_path: Path) -> None:
    lend = "lend: {account: ann/main, asset: USDC, amount: 12.5}"
    steps = f"  - {lend}\n  - repeat: {{times: 3, steps: [{lend}]}}\n"
    result = ran(tmp_path, SMALL + steps)
    told = complaints(result.steps)
    assert list(told.values()) == [1, 3]
    first = next(iter(told))
    assert "10 USDC would be accepted, 2.5 USDC less than 12.5 USDC" in first
    assert "(before: equity 10, locked 0, available 10 USD)" in first


def test_check__says_what_is_wrong_without_running(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(SMALL)
    assert main_check(path) == 0
    assert "1 steps go as expected" in capsys.readouterr().out
    path.write_text(SMALL + "  - lend: {account: ann/main, asset: USDC, amount: 11}\n")
    assert main_check(path) == 1
    assert "1 USDC less than 11 USDC" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("written", "now", "seconds"),
    [
        ('"12:50"', 0, 12_000),
        ('"09:30"', 1, 86_400),
        ('"09:30:05"', 0, 5),
        ("2025-10-11 09:31", 0, 86_460),
        ("2025-10-10T10:30:00+01:00", 0, 0),
        ('"3600"', 60, 3600),
    ],
)
def test_advance_time__to_a_time_of_day_or_a_date(
    tmp_path: Path, written: str, now: int, seconds: int
) -> None:
    wait = f"  - advance_time: {{by: {now}}}\n" if now else ""
    result = ran(tmp_path, f"{SMALL}{wait}  - advance_time: {{to: {written}}}\n")
    assert result.final.time == seconds


def test_start__dates_the_steps(tmp_path: Path) -> None:
    assert "2025-10-10 10:30:00" in printed(ran(tmp_path, SMALL + "  - advance_time: {by: 1h}\n"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SMALL + "  - advance_time: {to: 2025-10-09}\n", "before the start"),
        (SMALL.replace("start:", "# ") + "  - advance_time: {to: 2025-10-11}\n", "needs the field"),
        (SMALL.replace("2025-10-10 09:30", "yesterday"), "expected a date"),
        (SMALL + "  - advance_time: {to: noon}\n", "a time of day"),
    ],
)
def test_moment__that_cannot_be_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        ran(tmp_path, text)


def test_moment_of__time_of_day_without_a_start_counts_from_midnight() -> None:
    assert moment_of("00:01", 0, None) == 60
    assert moment_of("00:01", 61, None) == 86_460


@pytest.mark.parametrize(
    ("text", "advice"),
    [("10,000", "no comma"), ("1.000,5", "no comma"), ("5 ETH", "another unit"), ("5%", "unit")],
)
def test_parse_decimal__names_the_usual_slips(text: str, advice: str) -> None:
    with pytest.raises(UnitError, match=advice):
        parse_decimal(text)


def test_scenario_without_steps__says_so_in_place_of_an_empty_table(tmp_path: Path) -> None:
    result = ran(tmp_path, SMALL.partition("steps:")[0] + "steps: []\n")
    assert "no steps: nothing happened" in printed(result)
    assert "outcome" not in printed(result).partition("no steps")[0]
    assert "<p>no steps: nothing happened</p>" in "".join(run_page(result))
    assert "no steps" not in printed(ran(tmp_path, SMALL))


@pytest.mark.parametrize(
    ("preset", "file", "message"),
    [
        ("tiny", "own.yaml", "line 7: steps[0].deposit.asset"),
        ("huge", "own.yaml", "line 3: preset: huge: no such preset; choose launch, tiny"),
        ("bad.yaml", "bad.yaml", "line 1: what: unknown field"),
        ("none.yaml", "none.yaml", "No such file or directory"),
        ('"a\\0b.yaml"', "a\\x00b.yaml", "no file has this name"),
    ],
)
def test_error_of_a_scenario__shows_the_path_as_it_was_given(
    tmp_path: Path, preset: str, file: str, message: str
) -> None:
    (tmp_path / "bad.yaml").write_text("what: 1\n", encoding="utf-8")
    text = SMALL.replace("tiny", preset).replace("USDC", "NONE")
    with pytest.raises(DocumentError, match=re.escape(f"{tmp_path / file}: {message}")):
        ran(tmp_path, text)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("small", '"a\\0b"', ""),
        ("small", "a\0b", "line 2: not YAML: it holds the character #x0000; remove it"),
        ("2025-10-10 09:30", "0001-01-01T00:00+10:00", "start: expected a date such as"),
        ("amount: 10", "amount: [1]", "amount: expected one value; write amount: and its value"),
        ("10}", "10}\n    note: [a]", "note: expected a line of text"),
    ],
)
def test_value_of_a_scenario__that_cannot_be_meant_is_named(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    text = SMALL.replace(old, new)
    if not message:
        assert "small" not in printed(ran(tmp_path, text))
        return
    with pytest.raises(DocumentError, match=re.escape(message)):
        ran(tmp_path, text)


def test_time_after_the_last_year_of_dates__is_told_in_seconds(tmp_path: Path) -> None:
    late = SMALL.replace("2025-10-10 09:30", "9999-12-31 23:59")
    told = printed(ran(tmp_path, late + "  - advance_time: {by: 2 days}\n"))
    assert "9999-12-31 23:59:00" in told
    assert " 172800 " in told


def test_steps_without_anything__are_told_to_be_empty(tmp_path: Path) -> None:
    with pytest.raises(
        DocumentError, match=re.escape("steps: empty; expected a list of steps, [] ")
    ):
        ran(tmp_path, SMALL.partition("  - ")[0])


def test_check__that_is_interrupted_does_not_say_that_the_file_reads_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: Progress) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Progress, "step", interrupted)
    path = tmp_path / "own.yaml"
    path.write_text(SMALL, encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        main_check(path)
    assert capsys.readouterr().out == f"{path}: interrupted after 1 steps\n"
