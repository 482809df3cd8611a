"""Who won and who lost, held against what accounts have and what they brought."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Final

import pytest

from ibperp_conformance.report.gains import GAINS, INTEREST, Leg, gains_of
from ibperp_conformance.report.report import as_json
from ibperp_conformance.scenario.run import run_scenario

FOLDER: Final = Path(__file__).parents[2] / "docs" / "scenarios"

BROUGHT: Final = {
    "alice/main": {"USDC": 10_000},
    "bob/main": {"SOL": 100},
    "carol/main": {"USDC": 5000},
}
"""What the accounts of lend-and-short bring; no price changes after that."""


def test_gains__say_what_a_liquidation_cost_whom() -> None:
    result = run_scenario(FOLDER / "october-2025.yaml", is_checked=False)
    accounts = as_json(result)["gains"]["accounts"]
    totals = {name: legs["total"] for name, legs in accounts.items() if "total" in legs}
    assert totals["lara/main"] == "-700"
    assert totals["insurance"] == "-239"
    assert totals["sam/main"] == "312"
    assert Fraction(totals["hugo/main"]) - Fraction(accounts["hugo/main"]["spot"]) == 624
    assert accounts["hugo/main"]["spot"] == str(2 * (1200 - 2000))


@pytest.mark.parametrize("name", ["october-2025", "luna-cascade", "leveraged-buy"])
def test_gains__sum_to_zero_with_spot_aside(name: str) -> None:
    result = run_scenario(FOLDER / f"{name}.yaml", is_checked=False)
    gains = gains_of((*result.scene, *result.steps))
    assert [gains.total([leg]) for leg in GAINS] == [0, 0, 0]
    assert gains.total(INTEREST) == 0
    assert gains.total([Leg.SPOT]) != 0


def test_gains__include_what_a_short_of_spot_won() -> None:
    result = run_scenario(FOLDER / "lend-and-short.yaml", is_checked=False)
    report = as_json(result)
    for row in report["accounts"]:
        name = row["account"]
        have = Fraction(0)
        for asset, held in row["assets"].items():
            net = Fraction(held["free"]) + Fraction(held["lent"]) - Fraction(held["owed"])
            brought = BROUGHT.get(name, {}).get(asset, 0)
            have += (net - brought) * (1 if asset == "USDC" else Fraction(held["price"]))
        total = Fraction(report["gains"]["accounts"].get(name, {}).get("total", "0"))
        assert abs(have - total) < Fraction(1, 10**6), name
