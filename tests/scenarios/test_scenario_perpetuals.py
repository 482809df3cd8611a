import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from ibperp.actions import AdvanceTime, Settle, SettleMarket
from ibperp.outcomes import Accepted, Rejected
from ibperp.position import Position, pnl_realized
from ibperp.state import (
    FEES,
    Perpetual,
    find_market,
    genesis,
    with_account,
    with_market,
    with_position,
)
from ibperp.transition import transition
from ibperp_conformance.presets.document import DocumentError
from ibperp_conformance.presets.preset import load_preset
from ibperp_conformance.presets.scales import market_scales
from ibperp_conformance.presets.units import integer_of
from ibperp_conformance.report.events import happened
from ibperp_conformance.report.gains import GAINS, INTEREST, THROUGH_THE_FUND, UNEARNED, gains_of
from ibperp_conformance.report.positions import position_standings
from ibperp_conformance.report.report import as_json
from ibperp_conformance.report.tables import quantity
from ibperp_conformance.run_command import main_run
from ibperp_conformance.scenario.run import run_scenario
from worlds.perpetual_story import HEAD, RISE, TRADE, YEAR, exact, ran, written


def refused(folder: Path, step: str) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        ran(folder, f"  - {step}\n")
    return [str(problem) for problem in caught.value.problems]


def test_place__works_on_a_perpetual_in_whole_units_and_quote_per_unit(tmp_path: Path) -> None:
    result = ran(tmp_path, TRADE)
    told = [line for step in result.steps for line in happened(result, step)]
    assert "traded 2 ETH_USDC_PERP at 2000 with 0" in told
    assert "bob/main: TradingFees 2 USDC" in told
    assert [
        position.lots for account in result.final.accounts for position in account.positions
    ] == [
        -200,
        300,
        -100,
    ]


def test_positions__show_what_is_recorded(tmp_path: Path) -> None:
    result = ran(tmp_path, TRADE + RISE)
    ana, bob, vera = position_standings(result.final, result.names)
    assert (ana.account, ana.side, bob.side) == ("ana/main", "short", "long")
    assert [ana.size, ana.entry, ana.mark] == exact(2, 2000, 2200)
    assert [ana.notional, ana.unrealized, ana.realized] == exact(4400, 0, -400)
    assert [ana.fees, ana.break_even] == exact(4, 1998)
    assert [bob.realized, bob.fees, bob.break_even] == exact(600, -3, 1999)
    assert [vera.virtual, vera.interest] == exact(-200, 0)
    assert all(
        each.realized + each.unrealized == (each.mark - each.entry) * each.size * sign
        for each, sign in ((ana, -1), (bob, 1), (vera, -1))
        if each.entry is not None
    )


@pytest.mark.parametrize(
    ("market", "lots", "cost", "fees", "funding", "mark", "shown"),
    [
        (
            "ETH_USDC_PERP",
            36,
            "13.7768",
            "0.006889",
            "0.009218",
            "3787.46813304",
            ("3826.888888", "13.634885", "-0.141914", "3831.363055"),
        ),
        (
            "SOL_USDC_PERP",
            -1,
            "-1.2697",
            "0.000254",
            "0.000139",
            "120.96",
            ("126.97", "1.2096", "0.0601", "126.9307"),
        ),
    ],
)
def test_positions__recorded_ones_show_what_was_recorded(  # noqa: PLR0917
    market: str, lots: int, cost: str, fees: str, funding: str, mark: str, shown: tuple[str, ...]
) -> None:
    preset = load_preset("launch")
    state = genesis(preset.system)
    for action in preset.actions:
        outcome = transition(state, action)
        assert isinstance(outcome, Accepted)
        state = outcome.state
    index = find_market(state, market)
    assert index is not None
    books = state.markets[index]
    assert isinstance(books, Perpetual)
    _, prices = market_scales(state, books)
    state = with_market(state, index, replace(books, mark_price=integer_of(mark, prices)))
    paid, fee, due = (integer_of(text, 10**14) for text in (cost, fees, funding))
    position = Position(index, lots, paid, paid, fees=fee, funding=due)
    state = with_account(state, FEES, with_position(state.accounts[FEES], position))
    (found,) = position_standings(state, {})
    numbers = (found.entry, found.notional, found.unrealized, found.break_even)
    assert tuple(quantity(number) for number in numbers if number is not None) == shown


def test_positions__liquidation_price_is_where_the_account_fails(tmp_path: Path) -> None:
    result = ran(tmp_path, TRADE + RISE)
    _, bob, _ = position_standings(result.final, result.names)
    assert bob.liquidation_price is not None
    price = int(bob.liquidation_price)
    for index, is_liquidatable in ((price + 1, False), (price, True)):
        steps = (
            f"  - set_market: {{market: ETH_USDC_PERP, changes: {{mark_threshold: 1}}}}\n"
            f"  - repeat: {{times: 3, steps: [update_mark: "
            f"{{market: ETH_USDC_PERP, index_price: {index}}}]}}\n"
        )
        books = as_json(ran(tmp_path, TRADE + RISE + steps))["accounts"]
        (row,) = (row for row in books if row["account"] == "bob/main")
        assert row["is_liquidatable"] is is_liquidatable


def test_display__truncates_toward_zero_at_six_decimals_and_json_is_exact(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    text = HEAD.replace("tiny", "launch") + TRADE.replace("ETH_USDC_PERP", "SOL_USDC_PERP").replace(
        "price: 2000", "price: 144.96"
    )
    path = written(tmp_path, text.replace("chain: ethereum", "chain: base"))
    assert main_run(path, False, None) == 0
    rows = {" ".join(line.split()) for line in capsys.readouterr().out.splitlines()}
    assert "bob/main SOL_USDC_PERP -0.006455 0 0" in rows
    assert "ana/main SOL_USDC_PERP 0.004303 0 0" in rows
    position = as_json(run_scenario(path))["positions"][0]
    assert position["unrealized"] == "0.0043038"


def test_standing__shows_unsettled_and_virtual_balances(tmp_path: Path) -> None:
    books = {row["account"]: row for row in as_json(ran(tmp_path, TRADE + RISE))["accounts"]}
    assert books["vera/main"]["unsettled"] == "-2"
    assert books["vera/main"]["virtually_owed"] == "200"
    assert books["ana/main"]["assets"]["USDC"]["owed"] == "404"
    assert books["bob/main"]["assets"]["USDC"]["free"] == "5601.01"
    assert books["bob/main"]["unsettled"] == "1.99"


def test_gains__sum_to_zero_and_say_who_paid_interest_to_whom(tmp_path: Path) -> None:
    result = ran(tmp_path, TRADE + RISE + YEAR)
    report = as_json(result)["gains"]
    assert report["sums"] == {"price": "0", "funding": "0", "fees": "0", "interest": "0"}
    accounts = report["accounts"]
    assert accounts["ana/main"]["price"] == "-400"
    assert accounts["bob/main"]["price"] == "600"
    assert accounts["vera/main"]["price"] == "-200"
    assert accounts_interest(accounts, "ana/main") == Fraction("-3.06")
    assert accounts_interest(accounts, "vera/main") == Fraction("-1.52")
    paid = sum(accounts_interest(accounts, name) for name in ("ana/main", "vera/main"))
    earned = sum(
        accounts_interest(accounts, name)
        for name in ("lena/main", "the pool's reserve", UNEARNED, "the pool's rounding")
    )
    assert paid < 0
    assert paid + earned == 0
    gains = gains_of((*result.scene, *result.steps))
    assert [gains.total([leg]) for leg in GAINS] == [0, 0, 0]
    assert gains.total(INTEREST) == 0


def accounts_interest(accounts: dict[str, dict[str, str]], name: str) -> Fraction:
    kinds = ("lent", "borrowed", "virtually_lent", "virtually_borrowed", "interest")
    return sum((Fraction(accounts[name].get(kind, "0")) for kind in kinds), Fraction(0))


def test_gains__are_what_accounts_have_more_than_they_brought(tmp_path: Path) -> None:
    result = ran(tmp_path, TRADE + RISE + YEAR)
    brought = {"lena/main": 10000, "bob/main": 5000}
    report = as_json(result)
    for row in report["accounts"]:
        name = row["account"]
        usdc = row["assets"].get("USDC", {})
        had = {field: Fraction(usdc.get(field, "0")) for field in ("free", "lent", "owed")}
        virtual = Fraction(row["virtually_lent"]) - Fraction(row["virtually_owed"])
        marked = sum(
            (
                Fraction(position["unrealized"])
                for position in report["positions"]
                if position["account"] == name
            ),
            Fraction(0),
        )
        have = (
            had["free"] + had["lent"] - had["owed"] + virtual + Fraction(row["unsettled"]) + marked
        )
        total = Fraction(report["gains"]["accounts"].get(name, {}).get("total", "0"))
        assert have == brought.get(name, 0) + total, name


def test_settlements__pay_as_much_as_they_take(tmp_path: Path) -> None:
    result = ran(tmp_path, TRADE + RISE + YEAR)
    gains = gains_of(result.steps)
    flows = [amount for (_, flow), amount in gains.flows.items() if flow in THROUGH_THE_FUND]
    assert any(flows)
    assert sum(flows) == 0


def test_gains__follow_a_final_settlement_and_a_close(tmp_path: Path) -> None:
    close = """
  - place: {account: bob/main, market: ETH_USDC_PERP, side: ask, amount: 1, price: 2100}
  - place: {account: vera/main, market: ETH_USDC_PERP, side: bid, amount: 1, price: 2100}
  - set_market: {market: ETH_USDC_PERP, changes: {order_book_state: closed}}
  - settle_market: {market: ETH_USDC_PERP, price: 2150}
  - advance_time: {by: 10s}
  - settle: {}
"""
    result = ran(tmp_path, TRADE + RISE + close)
    assert result.steps[-3].action == SettleMarket("ETH_USDC_PERP", 2150)
    report = as_json(result)
    gains = report["gains"]
    assert gains["sums"] == {"price": "0", "funding": "0", "fees": "0", "interest": "0"}
    assert gains["accounts"]["bob/main"]["price"] == "400"
    assert gains["accounts"]["vera/main"]["price"] == "-100"
    assert gains["accounts"]["ana/main"]["price"] == "-300"
    (vera,) = report["positions"]
    assert (vera["account"], vera["side"], vera["entry"]) == ("vera/main", "closed", None)


def test_repeat__passes_time_before_each_round(tmp_path: Path) -> None:
    result = ran(tmp_path, TRADE + "  - repeat: {every: 10s, for: 1m, steps: [settle: {}]}\n")
    repeated = [step for step in result.steps if step.repeat]
    assert [type(step.action) for step in repeated] == [AdvanceTime, Settle] * 6
    assert {step.repeat.label for step in repeated if step.repeat} == {"repeat every 10s for 1m"}
    assert (result.final.time, result.is_ok) == (60, True)
    (row,) = (row for row in as_json(result)["steps"] if "repeated" in row)
    assert row["repeated"] == {"advance_time": 6, "settle": 6}


def test_repeat__puts_values_in_place_of_their_names_and_nests(tmp_path: Path) -> None:
    steps = """
  - repeat:
      with: {eth: [2100, 2200], name: [ana/main, bob/main]}
      steps:
        - update_mark: {market: ETH_USDC_PERP, index_price: $eth}
        - repeat:
            times: 2
            steps:
              - set_account_settings: {account: $name, auto_realize: false}
              - settle: {}
                expect_rejected: too_early
"""
    result = ran(tmp_path, steps)
    assert [step.label for step in result.steps if step.label.startswith("update")] == [
        "update_mark ETH_USDC_PERP 2100",
        "update_mark ETH_USDC_PERP 2200",
    ]
    assert len(result.steps) == 2 * (1 + 2 * 2)
    assert len({step.repeat for step in result.steps}) == 1
    assert result.is_ok
    rejected = [isinstance(step.outcome, Rejected) for step in result.steps]
    assert sum(rejected) == as_json(result)["steps"][0]["rejected"] == 4


def test_repeat__unexpected_outcome_is_told_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, f"{HEAD}  - repeat: {{every: 5s, for: 10s, steps: [settle: {{}}]}}\n")
    assert main_run(path, False, None) == 1
    shown = capsys.readouterr().out
    assert "2 advance_time ✗" in shown
    assert "1 rejected as too_early" in shown
    assert "line 5, settle: expected to be accepted, was rejected as too_early" in shown


@pytest.mark.parametrize(
    ("repeat", "message"),
    [
        ("repeat: 5", "repeat: expected fields, such as {every: 10s"),
        ("repeat: {steps: []}", "repeat: expected one of for, times, with"),
        ("repeat: {times: 2, for: 1m, steps: []}", "repeat: expected one of for, times, with"),
        ("repeat: {times: 2}", "repeat.steps: expected a list of steps"),
        ("repeat: {times: 0, steps: []}", "repeat.times: expected 1 to 100000 rounds"),
        ("repeat: {times: 1.5, steps: []}", "repeat.times: 1.5 is not a multiple of 1"),
        ("repeat: {for: 1m, steps: []}", "repeat.every: missing; a duration needs it"),
        ("repeat: {every: 7s, for: 1m, steps: []}", "repeat.for: expected a multiple of 7 seconds"),
        ("repeat: {every: 1s, for: 9d, steps: []}", "repeat.for: expected at most 100000 rounds"),
        ("repeat: {every: 0, for: 1m, steps: []}", "repeat.every: expected a duration above 0"),
        ("repeat: {every: soon, for: 1m, steps: []}", "repeat.every: expected a duration"),
        ("repeat: {until: 1m, steps: []}", "repeat.until: unknown field"),
        ("repeat: {with: 1, steps: []}", "repeat.with: expected names with lists"),
        ("repeat: {with: {a: []}, steps: []}", "repeat.with.a: expected a list of values"),
        ("repeat: {with: {a: [1], b: [1, 2]}, steps: []}", "with: expected lists of the same"),
        ("repeat: {times: 1, steps: []}\n    as: x", "steps[0].as: not part of a repeat"),
        ("repeat: {times: 9, steps: [settled: {}]}", "repeat.steps[0].settled: unknown action"),
        ("repeats: {}", "steps[0].repeats: unknown action; did you mean repeat?"),
    ],
)
def test_repeat__bad_field_is_named_once(tmp_path: Path, repeat: str, message: str) -> None:
    (problem,) = refused(tmp_path, repeat)
    assert message in problem


def test_json__positions_and_gains_are_decimals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, HEAD + TRADE + RISE)
    assert main_run(path, True, None) == 0
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    ana = report["positions"][0]
    assert (ana["side"], ana["size"], ana["realized"]) == ("short", "2", "-400")
    flows = report["gains"]["settlements"]
    assert flows["vera/main"]["virtual_loss"] == "-200"
    assert report["gains"]["through_the_fund"] == {"sum": "0"}
    (position,) = run_scenario(path).final.accounts[3].positions
    assert pnl_realized(position) == -40_000
