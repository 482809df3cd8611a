"""Who paid what in a run, to the atom, and the picture of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import pytest

from ibperp.events import BankruptcyResolved
from ibperp.outcomes import Accepted
from ibperp_authoring.site.waterfall import SCENARIOS
from ibperp_conformance.page.document import run_page
from ibperp_conformance.pictures.waterfall_chart import waterfall_picture, waterfall_table
from ibperp_conformance.report.waterfall import Party, waterfall_of
from ibperp_conformance.scenario.result import ScenarioResult
from ibperp_conformance.scenario.run import run_scenario

FOLDER: Final = Path(__file__).parents[2] / "docs" / "scenarios"


@cache
def ran(name: str) -> ScenarioResult:
    return run_scenario(FOLDER / f"{name}.yaml")


def flows(name: str) -> dict[str, dict[Party, int]]:
    """Cents, by account and party."""
    result = ran(name)
    found = waterfall_of(result.steps)
    return {result.names[account]: found.of(account) for account in found.accounts()}


def test_waterfall_of__names_every_party_of_the_collapse() -> None:
    assert flows("luna-cascade") == {
        "bob/main": {
            Party.BOOK: 190,
            Party.FEES: 71,
            Party.FEE: 702,
            Party.PROVIDERS: 4692,
            Party.OPPOSITE: 840,
        },
        "ada/main": {Party.OPPOSITE: -105_000, Party.INSURANCE: -600},
        "bert/main": {Party.INSURANCE: -102, Party.CLAIMANTS: -9898},
    }


def test_waterfall_of__asks_the_other_side_for_what_the_insurance_lacks() -> None:
    lara = flows("october-2025")["lara/main"]
    assert lara == {Party.OPPOSITE: -55_800, Party.INSURANCE: -23_900}


def test_waterfall_of__lenders_bear_what_nobody_pays() -> None:
    assert flows("negative-account-deposit") == {
        "nora/main": {Party.CLAIMANTS: -50_000},
        "nina/main": {Party.CLAIMANTS: -20_000},
    }


def resolved(result: ScenarioResult) -> list[BankruptcyResolved]:
    return [
        event
        for step in result.steps
        if isinstance(step.outcome, Accepted)
        for event in step.outcome.events
        if isinstance(event, BankruptcyResolved)
    ]


@pytest.mark.parametrize("name", SCENARIOS)
def test_waterfall_of__adds_up_to_what_was_owed(name: str) -> None:
    for event in resolved(ran(name)):
        assert event.owed == event.insurance + event.reserve + event.spread
    after = (Party.INSURANCE, Party.RESERVE, Party.CLAIMANTS)
    borne = sum(of.get(party, 0) for of in flows(name).values() for party in after)
    assert -borne == sum(event.owed for event in resolved(ran(name)))


@pytest.mark.parametrize("name", SCENARIOS)
def test_waterfall_table__every_row_sums_to_zero(name: str) -> None:
    _, _, *rows = waterfall_table(ran(name)).strip().split("\n")
    assert len(rows) == len(flows(name))
    for row in rows:
        amounts = [float(cell) for cell in row.strip("| ").split("|")[1:]]
        assert abs(sum(amounts)) < 1e-9


def test_waterfall_picture__names_accounts_parties_and_amounts() -> None:
    picture = waterfall_picture(ran("luna-cascade"))
    assert all(words in picture for words in ("ada/main", Party.OPPOSITE, "-1050", "46.92"))
    assert picture.count("<rect") == sum(map(len, flows("luna-cascade").values()))


def test_run_page__draws_the_waterfall_where_accounts_failed() -> None:
    assert "Who paid what" in "".join(run_page(ran("october-2025")))
    quiet = ran("lend-and-borrow")
    assert "Who paid what" not in "".join(run_page(quiet))
