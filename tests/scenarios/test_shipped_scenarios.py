import json
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from ibperp.actions import Settle
from ibperp_conformance.report.events import happened
from ibperp_conformance.report.report import as_json, print_result
from ibperp_conformance.run_command import main_run
from ibperp_conformance.scenario.result import ScenarioResult
from ibperp_conformance.scenario.run import run_scenario
from ibperp_conformance.snapshot.state import restore, snapshot
from ibperp_conformance.traces.write import trace_lines

pytestmark = pytest.mark.no_cover  # The day has 18,000 steps; all code is run by other tests too.

LONGEST = "interest-bearing-day"
SHIPPED = sorted((Path(__file__).parents[2] / "docs" / "scenarios").glob("*.yaml"))

AT_THE_END: dict[str, dict[str, str | None]] = {
    "a-settlement-between-two-steps": {
        "lena/main/assets/USDC/lent": "6004.56",
        "lena/main/assets/ETH/free": "2.5861",
        "bo/main/assets/ETH/free": "0.4139",
        "bo/main/unsettled": "0",
    },
    "a-year-of-debt-to-the-fund": {
        "bo/main/unsettled": "-400.91",
        "mia/main/unsettled": "399.91",
    },
    "any-chain": {
        "alice/main/assets/USDC/free": "349.75",
        "fees/assets/USDC/free": "12",
    },
    "automatic-lending": {
        "dave/main/assets/SOL/price": "144.5",
        "dave/main/assets/SOL/weight": "0.95",
    },
    "basis-trader-without-dollars": {
        "tess/main/assets/SOL/free": "97.24",
        "tess/main/assets/USDC/free": "0",
        "tess/main/assets/USDC/owed": "100.43814444980713",
        "tess/main/unsettled": "0",
        "wim/main/assets/USDC/free": "5497.10001124012435",
        "wim/main/unsettled": "0",
        "mara/main/assets/SOL/free": "2.76",
    },
    "coin-at-its-floor": {
        "lara/main/equity": "1",
        "lara/main/unsettled": "-699",
        "mia/main/assets/USDC/free": "300",
        "mia/main/unsettled": "144.17",
        "sam/main/unsettled": "551.25",
    },
    "entry-fee-at-every-settlement": {
        "bo/main/assets/USDC/owed": "2.90025255001432",
        "mia/main/assets/USDC/free": "19992.75",
        "fees/assets/USDC/free": "10.15",
    },
    "haircuts-under-a-price-fall": {
        "bob/main/assets/ETH/weight": "0.9",
        "bob/main/assets/ETH/value": "14400",
        "bob/main/equity": "1400",
        "bob/main/maintenance_margin_ratio": "1",
        "bob/main/initial_margin_ratio": "2",
    },
    "interest-bearing-day": {
        "fees/assets/USDC/free": "207.333",
        "ana/main/assets/USDC/owed": "12509.90472542487481",
        "bob/main/assets/USDC/free": "62391.85425",
        "vera/main/assets/USDC/free": "6264.59999643968527",
        "walt/main/assets/USDC/free": "85.0675",
        "walt/main/virtually_owed": "6239.98661217388286",
    },
    "lending-for-one-second-an-hour": {
        "lena/main/assets/USDC/lent": "10000.03039864469032",
        "bo/main/assets/USDC/owed": "5000.05516577270063",
        "jo/main/assets/USDC/free": "90000.0000076015596",
    },
    "luna-cascade": {
        "lena/main/assets/USDC/lent": "2401.02",
        "lena/main/assets/ETH/free": "2",
        "bert/main/equity": "0",
        "ada/main/equity": "0",
        "bob/main/equity": "0.05",
        "sid/main/equity": "6549.4",
        "ben/main/equity": "2528.92",
        "insurance/equity": "0",
    },
    "october-2025": {
        "lara/main/equity": "0",
        "sam/main/assets/USDC/free": "612",
        "hugo/main/assets/USDC/free": "724",
        "insurance/assets/USDC/free": "1",
    },
    "negative-account-deposit": {
        "lena/main/assets/USDC/lent": "650",
        "liam/main/assets/USDC/lent": "650",
        "nina/main/equity": "0",
        "nora/main/equity": "0",
        "nora/second/assets/USDC/free": "500",
    },
    "reducing-below-zero": {
        "lara/main/equity": "0",
        "sam/main/assets/USDC/free": "2693.72",
        "mia/main/assets/USDC/free": "2001.98",
        "fees/assets/USDC/free": "4.3",
    },
    "lend-and-borrow": {
        "alice/main/assets/USDC/free": "5202.48",
        "bob/main/assets/USDC/free": "75",
        "bob/main/maintenance_margin_ratio": None,
    },
    "lend-and-short": {
        "alice/main/assets/USDC/lent": "9712.816",
        "alice/main/assets/SOL/lent": "1.9999885844",
        "bob/main/assets/USDC/lent": "724.275",
        "carol/main/assets/SOL/reserved": "3",
        "fees/assets/USDC/free": "7.0362",
    },
    "leveraged-buy": {
        "bob/main/assets/USDC/owed": "465.11",
        "bob/main/assets/ETH/free": "0.75",
        "bob/main/equity": "1019.89",
        "bob/main/initial_requirement": "46.52",
        "mark/main/order_loss": "165",
    },
}
TRACED = 200
"""Lines of a trace that are looked at."""

LIQUIDATABLE = {"haircuts-under-a-price-fall": ["bob/main"]}


@cache
def ran(path: Path) -> ScenarioResult:
    """Run a scenario without its checks, which one test makes."""
    return run_scenario(path, is_checked=False)


@cache
def report_of(path: Path) -> dict[str, Any]:
    return as_json(ran(path))


def shipped(name: str) -> Path:
    (path,) = (path for path in SHIPPED if path.stem == name)
    return path


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every leaf of nested mappings with its path."""
    if not isinstance(value, dict):
        yield path, value
        return
    for name, member in value.items():
        yield from leaves(member, f"{path}/{name}" if path else name)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=pytest.mark.slow(9) if path.stem == LONGEST else (), id=path.stem)
        for path in SHIPPED
    ],
)
def test_shipped_scenario__goes_as_it_says(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main_run(path, False, None) == 0
    assert "every invariant holds" in capsys.readouterr().out
    header, first, *steps = map(json.loads, islice(trace_lines(ran(path)), TRACED))
    assert header.keys() == {"system"}
    assert first.keys() == {"action", "outcome", "observation"}
    assert all(step.keys() == {"action", "outcome", "changes"} for step in steps)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_scenario__ends_with_the_numbers_it_tells(path: Path) -> None:
    books = {row["account"]: row for row in report_of(path)["accounts"]}
    found = {f"{name}/{field}": value for name in books for field, value in leaves(books[name])}
    expected = AT_THE_END[path.stem]
    assert {field: found[field] for field in expected} == expected
    liquidatable = [name for name, row in books.items() if row["is_liquidatable"]]
    assert liquidatable == LIQUIDATABLE.get(path.stem, [])


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_scenario__ends_in_a_state_that_is_restored(path: Path) -> None:
    end = ran(path).steps[-1].after
    assert snapshot(restore(snapshot(end))) == snapshot(end)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "haircuts-under-a-price-fall",
            [
                "bob/main: equity 19000, MMR 7.36 %",
                "ETH limited to 1000, asked 900",
                "bob/main: equity 4731.1, MMR 29.59 %",
                "bob/main: equity 1418, MMR 98.73 %",
                "bob/main: equity 1400, MMR 100 %",
            ],
        ),
        (
            "leveraged-buy",
            [
                "traded 1 ETH at 2000 with marks-ask",
                "order_borrow 1002 USDC",
                "mark/main: trade 1 ETH",
                "trade_fee 2 USDC",
                "fees: trade_rebate 1 USDC",
                "interest 12.55 USDC",
                "auto_repay 549.45 USDC",
            ],
        ),
        (
            "lend-and-short",
            [
                "order_borrow 10 SOL",
                "auto_lend 1448.55 USDC",
                "order_redeem 5 SOL",
                "carols-bid ends, 5 SOL left: cancelled",
                "auto_repay 4 SOL",
                "auto_repay 6.0000114156 SOL",
                "auto_lend 1.9999885844 SOL",
            ],
        ),
    ],
)
def test_shipped_scenario__tells_what_happened_in_order(name: str, lines: list[str]) -> None:
    result = ran(shipped(name))
    told = [line for step in result.steps for line in happened(result, step)]
    assert [line for line in told if line in lines] == lines


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_report__fits_80_columns_and_cuts_nothing(path: Path) -> None:
    console = Console(width=80, record=True, file=StringIO())
    print_result(ran(path), console)
    lines = console.export_text().splitlines()
    assert max(map(len, lines)) <= 80
    assert not [line for line in lines if "…" in line]


def test_report__shows_margin_orders_and_books(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert main_run(shipped("leveraged-buy"), False, None) == 0
    rows = {" ".join(line.split()) for line in capsys.readouterr().out.splitlines()}
    assert rows >= {
        "bob/main USDC 0 0 465.11 0 1",
        "bob/main USDC - 0 465.11 465.11 10 % 5 %",
        "bob/main 1019.89 46.52 973.37 4.56 % 2.28 %",
        "mark/main 12366.27 165 12201.27 - -",
        "marks-bid mark/main ETH_USDC bid 0.75 2200 1650",
        "ETH_USDC 2200 0.75 2200",
    }


DAY = shipped("interest-bearing-day")


def test_interest_bearing_day__settles_every_ten_seconds() -> None:
    times = [step.after.time for step in ran(DAY).steps if isinstance(step.action, Settle)]
    assert times == [10 * count for count in range(1, 8642)]


def test_interest_bearing_day__price_moves_what_one_side_loses_to_the_other() -> None:
    accounts = report_of(DAY)["gains"]["accounts"]
    moved = {name: legs["price"] for name, legs in accounts.items() if "price" in legs}
    rise = Fraction("157.5") - Fraction("144.96")
    assert {name: Fraction(amount) for name, amount in moved.items()} == {
        "ana/main": -1000 * rise,
        "bob/main": 1000 * rise,
        "vera/main": 500 * rise,
        "walt/main": -500 * rise,
    }


def test_interest_bearing_day__borrowers_and_virtual_losers_pay_what_all_others_earn() -> None:
    gains = report_of(DAY)["gains"]
    accounts = gains["accounts"]
    paid = {("ana/main", "borrowed"): "-0.82847542487481"}
    paid |= {("walt/main", "virtually_borrowed"): "-0.38098717388286"}
    earned = {
        ("lena/main", "lent"): "0.55754180093422",
        ("liam/main", "lent"): "0.37169453395615",
        ("vera/main", "virtually_lent"): "0.17287143968527",
        ("the pool's reserve", "interest"): "0.00120946259952",
        ("lenders, not earned yet", "interest"): "0.10614536158249",
        ("the pool's rounding", "interest"): "0.00000000000002",
    }
    for (name, leg), amount in (paid | earned).items():
        assert accounts[name][leg] == amount
    assert sum(Fraction(amount) for amount in (paid | earned).values()) == 0
    assert set(gains["sums"].values()) == {"0"}


def test_interest_bearing_day__position_shows_interest_only_where_it_is_virtual() -> None:
    positions = {row["account"]: row for row in report_of(DAY)["positions"]}
    assert positions["walt/main"]["interest"] == "-0.38098717388273"
    assert positions["walt/main"]["virtual"] == "-6239.98661217388286"
    assert positions["ana/main"]["interest"] == positions["bob/main"]["interest"] == "0"
    assert positions["bob/main"]["size"] == "1500"
    assert "vera/main" not in positions


def test_interest_bearing_day__nothing_is_left_unsettled() -> None:
    report = report_of(DAY)
    assert {row["unsettled"] for row in report["accounts"]} == {"0"}
    assert report["gains"]["through_the_fund"] == {"sum": "0"}
    assert {row["unrealized"] for row in report["positions"]} == {"0"}


def test_interest_bearing_day__table_says_it_to_the_atom() -> None:
    console = Console(file=StringIO(), width=80)
    print_result(ran(DAY), console)
    assert isinstance(console.file, StringIO)
    rows = {" ".join(line.split()) for line in console.file.getvalue().splitlines()}
    assert rows >= {
        "lena/main lent 0.55754180093422",
        "virtually borrowed -0.38098717388286",
        "all price 0",
        "all interest 0",
        "vera/main -60.68 0 -2650 8875.1 -6225.28",
    }


def test_shipped_scenarios__are_explained() -> None:
    assert all(path.read_text(encoding="utf-8").count("#") > 3 for path in SHIPPED)
