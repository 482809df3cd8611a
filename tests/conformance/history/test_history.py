"""Histories in published shapes, with made-up rows: what adds up, and each thing that does not."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from ibperp_conformance.files import WrongUseError
from ibperp_conformance.history.command import main_check_history

if TYPE_CHECKING:
    from pathlib import Path

Rows = dict[str, list[dict[str, Any]]]
MARKET = "ORE_USD_PERP"


def fill(trade: int, minute: int, side: str, lots: str, price: str, **more: Any) -> dict[str, Any]:
    return {
        "tradeId": trade,
        "timestamp": f"2030-01-01T00:{minute:02}:00",
        "symbol": MARKET,
        "side": side,
        "quantity": lots,
        "price": price,
        "isMaker": side == "Ask",
        "fee": "0.01",
        "feeSymbol": "USD",
        **more,
    }


def moved(kind: str, minute: int, quantity: str, held: str) -> dict[str, Any]:
    return {
        "eventType": kind,
        "timestamp": f"2030-01-01T00:{minute:02}:00",
        "symbol": "USD",
        "quantity": quantity,
        "positionQuantity": held,
        "source": "Manual",
    }


def good() -> Rows:
    """Two accounts that trade twice, pay funding, and lend; everything adds up."""
    paid = {
        "symbol": MARKET,
        "fundingRate": "0.0001",
        "intervalEndTimestamp": "2030-01-01T01:00:00",
    }
    paid_at = "2030-01-01T01:00:00"
    earned = {
        "paymentType": "Lend",
        "symbol": "USD",
        "timestamp": paid_at,
        "interestRate": "0.0876",
    }
    settled = {"source": "RealizePnl", "timestamp": "2030-01-01T02:00:00"}
    closing = {"timestamp": "2030-01-01T01:30:00"}
    return {
        "ann": [
            fill(1, 1, "Bid", "2.5", "100"),
            {**paid, "quantity": "-0.025"},
            {**fill(2, 0, "Ask", "2.5", "104.2"), **closing},
            {**settled, "quantity": "10.5"},
        ],
        "bob": [
            fill(1, 1, "Ask", "2.5", "100"),
            {**paid, "quantity": "0.025"},
            {**fill(2, 0, "Bid", "2.5", "104.2"), **closing},
            {**settled, "quantity": "-10.50"},
            moved("Lend", 5, "1000", "1000"),
            moved("LendRedeem", 6, "400.5", "599.5"),
            {**earned, "quantity": "0.005995"},
        ],
    }


def checked(tmp_path: Path, rows: Rows) -> int:
    names = []
    for account, own in rows.items():
        (tmp_path / f"{account}.json").write_text(json.dumps(own))
        names.append(str(tmp_path / f"{account}.json"))
    return main_check_history(names)


def test_history__all_of_it_adds_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(tmp_path, good()) == 0
    counts = "4 fills, 2 payments of funding, 1 of interest, 2 lends and borrows, 2 settlements"
    assert capsys.readouterr().out == f"{counts}: everything adds up\n"


@pytest.mark.parametrize(
    ("place", "changes", "message"),
    [
        (("bob", 0), {"price": "100.1"}, "trades_agree [SM-9, PP-4]"),
        (("bob", 0), {"isMaker": False}, "trades_agree [SM-9, PP-4]"),
        (("ann", 2), {"tradeId": 1}, "has trade 1 twice"),
        (("ann", 0), {"systemOrderType": "LiquidatePositionOnBook"}, "liquidation_reduces [LQ-4]"),
        (("ann", 1), {"quantity": "0.025"}, "2.5 lots received 0.025 at 0.0001"),
        (("bob", 1), {"quantity": "0.031"}, "funding is not in proportion"),
        (("bob", 5), {"positionQuantity": "599.4"}, "LendRedeem of 400.5 took 1000 to 599.4"),
        (("bob", 6), {"quantity": "0.006995"}, "0.006995 for an hour of 599.5 at 0.0876 a year"),
        (("ann", 3), {"quantity": "10.4"}, "fills came to 10.50, 10.4 was realized"),
        (("ann", 3), {"source": "Gift"}, "'Gift' is no reason of a settlement"),
        (("ann", 0), {"price": "1e9999999"}, "price: expected a decimal"),
        (("ann", 0), {"side": "Buy"}, "side: expected one of Bid, Ask, found 'Buy'"),
        (("ann", 0), {"timestamp": "noon"}, "timestamp: expected a date and time"),
        (("ann", 3), {"source": ["x"]}, "source: expected a string"),
    ],
)
def test_history__what_does_not_add_up_is_found_in_its_row(
    place: tuple[str, int],
    changes: dict[str, Any],
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = good()
    rows[place[0]][place[1]] |= changes
    assert checked(tmp_path, rows) == 1
    lines = [line for line in capsys.readouterr().out.splitlines() if message in line]
    assert lines
    assert ".json, row " in lines[0]


def test_history__lines_with_numbers_and_milliseconds_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {**fill(1, 1, "Bid", "0.1", "0.3"), "quantity": 0.1, "timestamp": 1893456000000}
    (tmp_path / "ann.jsonl").write_text(f"\ufeff{json.dumps(row)}\n\n{json.dumps(row)}\n")
    assert main_check_history([str(tmp_path / "ann.jsonl")]) == 1
    assert "has trade 1 twice" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "there is no row to check"),
        ("[]", "there is no row to check"),
        ("{", "line 1: not JSON"),
        ('[{"price": NaN}]', "NaN is not JSON"),
        ("[5]", "row 1: expected an object"),
        ('{"a": 1}', "no known shape"),
    ],
)
def test_history__file_without_a_row_is_wrong_use(
    tmp_path: Path, content: str, message: str
) -> None:
    (tmp_path / "x.json").write_text(content)
    with pytest.raises(WrongUseError, match=message):
        main_check_history([str(tmp_path / "x.json")])


def test_check_history__row_that_cannot_be_read_keeps_no_other_from_being_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [json.dumps(row) for row in next(iter(good().values()))]
    rows += ['{"cut":', '{"source": NaN}', json.dumps({"source": "RealizePnl", "quantity": "1_0"})]
    (tmp_path / "alice.json.gz").write_bytes(gzip.compress("\n".join(rows).encode()))
    names = [str(tmp_path / name) for name in ("absent", "alice.json.gz")]
    with pytest.raises(WrongUseError, match=r"cannot read .*absent"):
        main_check_history(names)
    told = capsys.readouterr().out
    assert f"line {len(rows) - 2}: not JSON at column 8" in told
    assert f"line {len(rows) - 1}: NaN is not JSON" in told
    assert f"row {len(rows)}: timestamp is missing" in told
    assert "0 findings, 3 rows that cannot be read" in told


@pytest.mark.parametrize(
    ("member", "wrong"), [("quantity", "1_0"), ("price", " 1"), ("userId", []), ("userId", True)]
)
def test_check_history__members_of_the_wrong_kind_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], member: str, wrong: object
) -> None:
    rows = [fill(1, 1, "Bid", "1", "2"), fill(2, 2, "Bid", "1", "2") | {member: wrong}]
    (tmp_path / "a.json").write_text(json.dumps(rows))
    assert main_check_history([str(tmp_path / "a.json")]) == 1
    assert f"a.json, row 2: {member}: expected a" in capsys.readouterr().out


def test_check_history__many_rows_are_no_more_than_many(tmp_path: Path) -> None:
    paid = {"symbol": MARKET, "fundingRate": "0.1", "quantity": "0"}
    paid["intervalEndTimestamp"] = "2030-01-01T01:00:00"
    rows = [fill(trade, 1, ("Bid", "Ask")[trade % 2], "1", "2") for trade in range(10_000)]
    (tmp_path / "a.json").write_text(json.dumps([*rows, *[paid] * 10_000]))
    assert main_check_history([str(tmp_path / "a.json")]) == 0
