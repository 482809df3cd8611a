"""Trades that arrive from a book elsewhere, and the vectors of an engine that has none (CF-11)."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ibperp.events import SettlementSource, Unsettled
from ibperp.fill import Fill
from ibperp.orders import OrderFlags, Side
from ibperp.outcomes import Accepted, Rejected, RejectionCode
from ibperp.state import Perpetual
from ibperp_conformance import cli
from ibperp_conformance.protocol.fills import (
    decode_fill,
    encode_fill,
    filled,
    fills_of,
)
from ibperp_conformance.protocol.wire import WireError
from ibperp_conformance.runner import fills
from ibperp_conformance.runner.campaign import Campaign, conduct
from ibperp_conformance.runner.fills import shares, told_shares
from ibperp_conformance.runner.selection import select
from ibperp_conformance.runner.vectors import Suite
from worlds.perpetual import MARK
from worlds.positions import positioned
from worlds.shipped import shipped_fills, shipped_suite

PAGE = Path(__file__).parents[3] / "docs" / "risk-engine.md"
ENGINE = Path(__file__).parents[2] / "engines" / "bookless.py"
MARKET = "ORE_PERP"
FLAGS = OrderFlags(*[False] * 4)
FILL = Fill(MARKET, Side.BID, MARK, 2, 2, 3, FLAGS, 3, 5, FLAGS)


@pytest.fixture(scope="module")
def suite() -> Suite:
    return shipped_suite()


@pytest.fixture(scope="module")
def of_fills(tmp_path_factory: pytest.TempPathFactory) -> Suite:
    return shipped_fills(tmp_path_factory)


def test_fill__opens_positions_and_takes_its_own_fees() -> None:
    state = positioned()
    done = filled(state, FILL)
    assert isinstance(done, Accepted)
    before, after = state.markets, done.state.markets
    place = next(i for i, each in enumerate(after) if each.symbol == MARKET)
    own, was = after[place], before[place]
    assert isinstance(own, Perpetual)
    assert isinstance(was, Perpetual)
    assert own.book.last_price == MARK
    told = [event for event in done.events if isinstance(event, Unsettled)]
    fees = [event.amount for event in told if event.source is SettlementSource.TRADING_FEES]
    assert sorted(fees) == [-5, -3, 8]
    assert fills_of(done) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"lots": 0}, RejectionCode.AMOUNT_NOT_POSITIVE),
        ({"price": -1}, RejectionCode.AMOUNT_NOT_POSITIVE),
        ({"taker_fee": 10**40}, RejectionCode.OUT_OF_RANGE),
        ({"taker": 2}, RejectionCode.SAME_ACCOUNT),
        ({"market": "NONE"}, RejectionCode.MARKET_UNKNOWN),
        ({"maker": 99}, RejectionCode.ACCOUNT_UNKNOWN),
        ({"lots": 10**30}, RejectionCode.POSITION_LIMIT),
    ],
)
def test_fill__refused_by_precedence(changes: dict[str, object], code: RejectionCode) -> None:
    done = filled(positioned(), replace(FILL, **changes))  # type: ignore[arg-type]
    assert isinstance(done, Rejected)
    assert done.code is code


def test_fill__halted_system_refuses() -> None:
    done = filled(replace(positioned(), is_halted=True), FILL)
    assert isinstance(done, Rejected)
    assert done.code is RejectionCode.HALTED


def test_fill__is_read_as_it_is_written() -> None:
    wire = encode_fill(FILL)
    assert decode_fill(wire) == FILL
    with pytest.raises(WireError, match=r"action\.lots: missing"):
        decode_fill({name: value for name, value in wire.items() if name != "lots"})


def test_suite_of_fills__holds_the_rules_of_four_chapters(suite: Suite, of_fills: Suite) -> None:
    listed = shares(suite, of_fills)
    held = [each for each in listed if each.held]
    assert len(held) >= 0.9 * len(listed)
    assert sum(each.held for each in listed) >= 0.7 * sum(each.of for each in listed)
    assert told_shares(listed, by_clause=True)[0].startswith("without a book, PP: ")


def test_page__says_what_the_suite_holds(suite: Suite, of_fills: Suite) -> None:
    rows = PAGE.read_text(encoding="utf-8").split("| clauses held |")[1].splitlines()[2:6]
    on_page = [re.findall(r"\d+ of \d+", row) for row in rows]
    told = told_shares(shares(suite, of_fills))
    assert on_page == [re.findall(r"\d+ of \d+", line) for line in told]


def test_suite_of_fills__has_trades_and_no_order(of_fills: Suite) -> None:
    for vector in of_fills.vectors.values():
        setup = of_fills.setups[vector.setup]
        actions = (*setup.actions, *(step.action for step in vector.steps))
        used = {action["type"] for action in actions}
        assert not used & {"place_order", "cancel_order", "amend_order"}, vector.id
        assert vector.id.endswith("F") == setup.id.endswith("F")
    assert any("fill" in {s.action["type"] for s in v.steps} for v in of_fills.vectors.values())


@pytest.mark.slow(10)
def test_engine_without_a_book__is_judged_by_fills(of_fills: Suite) -> None:
    chosen = select(of_fills, "full", ["PP-4"])
    campaign = Campaign((sys.executable, str(ENGINE)), "full", len(chosen), of_fills)
    assert conduct(of_fills, chosen, campaign).exit_code == 0
    assert len(campaign.results) > 50


@pytest.mark.slow(3)
def test_engine_without_a_book__is_told_how_to_see_what_failed(
    of_fills: Suite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["conform", "--capability", "fills", "--clause", "PP-4", "--tier", "full"]
    monkeypatch.setattr(fills, "suite_of_fills", lambda _: of_fills)
    monkeypatch.setattr(
        sys, "argv", ["ibperp", *asked, "--", sys.executable, str(ENGINE), "no-fees"]
    )
    with pytest.raises(SystemExit) as ended:
        cli.main()
    told = capsys.readouterr().out
    assert ended.value.code == 1, told
    assert "without a book, PP: 10 of 10 clauses" in told
    assert "--capability fills --vector " in told
