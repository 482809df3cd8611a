import json
import re
from pathlib import Path

import pytest

from ibperp_conformance.files import WrongUseError
from ibperp_conformance.presets.document import DocumentError
from ibperp_conformance.presets.preset import load_preset
from ibperp_conformance.run_command import main_run
from ibperp_conformance.scenario.run import run_scenario
from ibperp_conformance.scenario.steps import step_readers
from ibperp_conformance.traces.write import trace_lines
from ibperp_invariants import Follower, Violation
from worlds.risk_story import RISK

HEAD = "title: Test\npreset: tiny\naccounts: [alice/main, alice/b, bob/main]\nsteps:\n"
MARKET = """base: USDC, quote: ETH, lot: 1, tick: 0.0001, minimum: 10, maker_fee: 0, taker_fee: 0,
    order_book_state: post_only, limit_min: 0, limit_max: 10, impact_min: 0, impact_max: 10,
    mean_mark_min: 0, mean_mark_max: 10, premium_tolerance: 1"""
PERPETUAL = """lot: 0.01, tick: 1, minimum: 0.1, maker_fee: 0, taker_fee: 0,
    order_book_state: open, limit_min: 0, limit_max: 10, impact_min: 0, impact_max: 10,
    mean_mark_min: 0, mean_mark_max: 10, premium_tolerance: 1, imf_base: 0.1, imf_factor: 0,
    mmf_base: 0.05, mmf_factor: 0, open_interest_limit: 10, position_limit: 1.5,
    funding_interval: 3600, interest_rate: 0, interest_clamp: 0, funding_floor: -1, funding_cap: 1,
    mark_threshold: 0.1, price_update_min: 0.5, price_update_max: 2"""
PLACE = "place: {account: bob/main, market: ETH_USDC, side: bid, amount: 1, price: 2000"
DEPOSIT = "  - deposit: {account: alice/main, asset: USDC, chain: solana, amount: 100.5}\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "story.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        run_scenario(written(folder, text))
    return [str(problem) for problem in caught.value.problems]


def test_sequence__is_filled_in_per_chain(tmp_path: Path) -> None:
    result = run_scenario(written(tmp_path, HEAD + DEPOSIT * 2))
    assert [getattr(step.action, "sequence", None) for step in result.steps] == [1, 2]
    assert result.is_ok


def test_json__has_decimals_in_books_and_integers_in_actions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main_run(written(tmp_path, HEAD + DEPOSIT), True, None) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is True
    assert report["steps"][0]["action"]["amount"] == "10050"
    alice = next(row for row in report["accounts"] if row["account"] == "alice/main")
    assert alice["assets"] == {
        "USDC": {
            "free": "100.5",
            "lent": "0",
            "owed": "0",
            "reserved": "0",
            "price": "1",
            "weight": "1",
            "value": "100.5",
            "liability": "0",
            "notional": "0",
            "initial_fraction": None,
            "maintenance_fraction": None,
        }
    }


def test_report__says_who_is_liquidatable_and_has_no_ratio_without_equity(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    text = f"""{HEAD}
  - deposit: {{account: alice/main, asset: USDC, chain: solana, amount: 5000}}
  - lend: {{account: alice/main, asset: USDC, amount: 5000}}
  - deposit: {{account: bob/main, asset: ETH, chain: ethereum, amount: 1}}
  - borrow: {{account: bob/main, asset: USDC, amount: 1500}}
  - request_withdrawal: {{account: bob/main, asset: USDC, chain: solana, amount: 1500}}
  - set_price: {{asset: ETH, price: 1000}}
  - advance_time: {{by: 1d}}
  - run_risk: {{steps: 10}}
"""
    assert main_run(written(tmp_path, text), False, None) == 0
    shown = capsys.readouterr().out
    assert "bob/main is liquidatable" in shown
    assert "bob/main was left alone by run_risk once: price_stale" in shown
    assert "alice/main is liquidatable" not in shown
    assert "bob/main: equity -600, MMR no equity" in shown


def test_report__shows_the_last_price_of_an_empty_book(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"""{HEAD}
  - deposit: {{account: alice/main, asset: ETH, chain: ethereum, amount: 1}}
  - deposit: {{account: bob/main, asset: USDC, chain: solana, amount: 3000}}
  - place: {{account: alice/main, market: ETH_USDC, side: ask, amount: 1, price: 1990}}
  - place: {{account: bob/main, market: ETH_USDC, side: bid, amount: 1, price: 1990}}
"""
    assert main_run(written(tmp_path, text), False, None) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["ETH_USDC", "1990"] in rows
    assert ["open", "orders"] not in rows


def test_every_action__can_be_written(tmp_path: Path) -> None:
    text = f"""{HEAD}{DEPOSIT}
  - create_account: {{account: carol/main}}
  - transfer: {{sender: alice/main, receiver: alice/b, asset: USDC, amount: "10 USDC"}}
  - lend: {{account: alice/b, asset: USDC, amount: 10}}
  - set_account_settings: {{account: bob/main, leverage_limit: 3.5}}
  - deposit: {{account: bob/main, asset: ETH, chain: ethereum, amount: 1}}
  - borrow: {{account: bob/main, asset: USDC, amount: 5}}
  - advance_time: {{to: 1h}}
  - advance_time: {{by: 90}}
  - repay: {{account: bob/main, asset: USDC, amount: 1}}
  - redeem: {{account: alice/b, asset: USDC, amount: 1}}
  - set_price: {{asset: ETH, price: "1500 USD"}}
  - set_pool_parameters: {{asset: ETH, changes: {{book_state: closed, open_borrow_lend_limit: 5}}}}
  - lend: {{account: bob/main, asset: ETH, amount: 1}}
    expect_rejected: book_closed
    note: nothing more may be lent
  - start_rebalance: {{asset: USDC, source: solana, destination: ethereum, amount: 20}}
  - complete_rebalance: {{rebalance: 0, received: 20}}
  - request_withdrawal: {{account: alice/main, asset: USDC, chain: ethereum, amount: 20}}
  - fail_withdrawal: {{}}
  - request_withdrawal: {{account: alice/main, asset: USDC, chain: ethereum, amount: 20}}
  - confirm_withdrawal: {{withdrawal: 1}}
  - list_market: {{market: USDC_ETH, parameters: {{{MARKET}}}}}
  - set_market: {{market: ETH_USDC, changes: {{minimum: 0.05, maker_fee: 0}}}}
  - set_reference: {{market: ETH_USDC, index_price: 1500, mean_mark_price: "1500 USDC"}}
  - set_reference:
      {{market: ETH_USDC, index_price: 1500, mean_mark_price: 1500, mean_premium: -0.01}}
  - deposit: {{account: carol/main, asset: ETH, chain: ethereum, amount: 2}}
  - place: {{account: carol/main, market: ETH_USDC, side: ask, amount: 0.5 ETH, price: 1500 USDC}}
    as: first
  - amend: {{account: carol/main, order: first, amount: 0.4}}
  - amend: {{account: carol/main, order: first, price: 1510}}
  - place:
      {{account: alice/main, market: ETH_USDC, side: bid, amount: 0.05, kind: market,
       time_in_force: fok, self_trade_prevention: reject_both, auto_lend: true}}
    expect_rejected: insufficient_funds
    as: second
  - deposit: {{account: alice/main, asset: USDC, chain: solana, amount: 200}}
  - place:
      {{account: alice/main, market: ETH_USDC, side: bid, amount: 0.05, kind: market,
       time_in_force: fok, self_trade_prevention: reject_both, auto_lend: true}}
    as: second
  - cancel: {{account: alice/main, order: second}}
    expect_rejected: order_not_open
  - place:
      {{account: alice/main, market: ETH_USDC, side: ask, amount: 0.05, price: 1600,
       reduce_only: true, post_only: true, auto_lend_redeem: true}}
    as: third
  - cancel_all: {{account: alice/main, market: ETH_USDC}}
  - cancel: {{account: carol/main, order: 0}}
  - cancel: {{account: carol/main, order: 99}}
    expect_rejected: order_unknown
  - convert_dust: {{account: carol/main, market: ETH_USDC}}
    expect_rejected: not_dust
  - list_perpetual: {{market: GOLD_PERP, parameters: {{{PERPETUAL}}}}}
  - set_market: {{market: GOLD_PERP, changes: {{order_book_state: closed, tick: 2}}}}
  - update_mark: {{market: GOLD_PERP, index_price: 3000, basis: -5 USDC}}
  - apply_funding: {{market: GOLD_PERP}}
    expect_rejected: too_early
  - settle_market: {{market: GOLD_PERP, price: 3000}}
  - settle: {{}}
  - convert_collateral: {{account: carol/main}}
    expect_rejected: nothing_to_convert
  - set_account_settings: {{account: bob/main, auto_realize: false, auto_borrow_settlements: true}}
{RISK}"""
    result = run_scenario(written(tmp_path, text))
    assert [step.label for step in result.steps if not step.is_expected] == []
    assert set(result.orders.values()) == {"first", "second", "third"}
    assert [kind for kind in step_readers() if f"- {kind}:" not in text] == [
        "list_asset",
        "set_asset_parameters",
    ]
    assert result.is_ok
    assert len(list(trace_lines(result))) == 1 + len(result.scene) + len(result.steps)


def test_list_asset__takes_the_form_of_a_preset(tmp_path: Path) -> None:
    preset = """decimals: 2, lot: 1, haircut: {kind: identity, weight: 1}, imf_base: 0.2,
        imf_factor: 0, mmf_base: 0.1, mmf_factor: 0, price_update_min: 0, price_update_max: 1,
        price_floor: 0, tokens: [{chain: base, native_decimals: 2,
        minimum_deposit: 1, minimum_withdrawal: 2, maximum_withdrawal: 9, withdrawal_fee: 1}],
        pool: {book_state: open, base_rate: 0, slope_low: 0, slope_high: 0,
        optimal_utilization: 0.8, throttle_utilization: 0.9, throttle_fraction: 0,
        max_utilization: 1, reserve_fee: 0, open_borrow_lend_limit: 100}"""
    text = f"{HEAD}  - list_asset: {{asset: DAI, parameters: {{{preset}}}}}\n"
    result = run_scenario(written(tmp_path, text))
    assert result.is_ok
    assert result.final.assets[-1].symbol == "DAI"
    assert "lot" in problems(tmp_path, text.replace("lot: 1", "lot: 0.001"))[0]


def test_unexpected_outcome__is_told_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"{HEAD}{DEPOSIT}    expect_rejected: account_unknown\n"
    text += "  - lend: {account: bob/main, asset: USDC, amount: 5}\n"
    assert main_run(written(tmp_path, text), False, None) == 1
    shown = capsys.readouterr().out
    assert "line 5" in shown
    assert "expected to be rejected as account_unknown, was accepted" in shown
    assert "line 7" in shown
    assert "was rejected as insufficient_funds" in shown


def test_violated_invariant__is_told_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Violation("custody_identity", ("CU-1",), "100 is not 101")
    monkeypatch.setattr(Follower, "check", lambda *_: [broken])
    assert main_run(written(tmp_path, HEAD + DEPOSIT), False, None) == 1
    assert "invariant custody_identity (CU-1) is violated" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("deposit: {asset: USDC}", "steps[0].deposit.account: missing"),
        ("deposit: 5", "steps[0].deposit: expected fields in braces"),
        ("depositt: {}", "steps[0].depositt: unknown action; did you mean deposit?"),
        ("lend: {account: alice/man}", "lend.account: no such account; did you mean alice/main?"),
        ("lend: {account: bob/main, asset: USD}", "lend.asset: not listed; did you mean USDC?"),
        ("lend: {account: bob/main, acct: 1}", "lend.acct: unknown field; did you mean account?"),
        (
            "lend: {account: bob/main, asset: USDC, amount: 1.005}",
            "lend.amount: 1.005 is not a multiple of 0.01; the nearest valid values are 1 and 1.01",
        ),
        ("lend: {account: bob/main, asset: USDC, amount: all}", "lend.amount: expected a decimal"),
        ("advance_time: {}", "advance_time: expected either by"),
        ("advance_time: {by: soon}", "advance_time.by: expected a duration"),
        ("create_account: {account: carol}", "expected a name such as alice/main"),
        ("complete_rebalance: {received: 1}", "no such rebalance was started"),
        ("set_price: {asset: ETH, price: 0.5}", "set_price.price: 0.5 is not a multiple of 1"),
        (
            "set_account_settings: {account: bob/main, auto_lend: 1}",
            "auto_lend: expected true or false",
        ),
        (
            "set_pool_parameters: {asset: ETH, changes: {reserve_fee: 2}}",
            "changes.reserve_fee: expected 0 to 1",
        ),
        (
            "advance_time: {by: 1h}\n    expect_rejected: accont_unknown",
            "expect_rejected: unknown rejection code; did you mean account_unknown?",
        ),
        (
            "place: {account: bob/main, market: ETHUSDC}",
            "place.market: not listed; did you mean ETH_USDC?",
        ),
        ("place_order: {}", "unknown action; did you mean place?"),
        (f"{PLACE}, sid: 1}}", "place.sid: unknown field; did you mean side?"),
        (PLACE.replace("bid", "buy") + "}", "place.side: expected one of bid, ask"),
        (
            PLACE.replace("1,", "0.015,") + "}",
            "place.amount: 0.015 is not a multiple of 0.01; the nearest valid values are 0.01",
        ),
        (
            PLACE.replace("2000", "2000.5") + "}",
            "price: 2000.5 is not a multiple of 1; the nearest valid values are 2000 and 2001",
        ),
        (PLACE.replace(", price: 2000", "}"), "place.price: missing"),
        (f"{PLACE}, kind: stop}}", "place.kind: expected one of limit, market"),
        (f"{PLACE}, post_only: 1}}", "place.post_only: expected true or false"),
        (f"{PLACE}}}\n    as: 7", "steps[0].as: expected a name of letters"),
        (f"{PLACE}}}\n    as: [7]", "steps[0].as: expected a name of letters"),
        ("advance_time: {by: 1h}\n    as: tick", "steps[0].as: only a place step"),
        ("cancel: {account: bob/main, order: one}", "no order has this name; write as:"),
        ("amend: {account: bob/main, order: 1}", "amend.order: no such order was placed"),
        (
            "set_market: {market: ETH_USDC, changes: {lot: 1}}",
            "set_market.changes.lot: unknown field",
        ),
        (
            "set_market: {market: ETH_USDC, changes: {taker_fee: 2}}",
            "set_market.changes.taker_fee: expected 0 to 1",
        ),
        (
            f"list_market: {{market: A_B, parameters: {{{MARKET.replace('ETH', 'DAI')}}}}}",
            "parameters.quote: not listed; expected one of USDC, ETH",
        ),
        ("settle: {account: bob/main}", "settle.account: unknown field"),
        ("update_mark: {market: ETH_USDC}", "update_mark.market: a spot market; name a perpetual"),
        ("update_mark: {market: ETH_USDC_PERP, basis: 0.5}", "basis: 0.5 is not a multiple of 1"),
        ("apply_funding: {market: ETH_USDC_PERP, premium: 5%}", "premium: expected a plain ratio"),
        ("settle_market: {market: ETH_USDC_PERP}", "settle_market.price: missing"),
        (
            "convert_dust: {account: bob/main, market: [1]}",
            "convert_dust.market: expected one value",
        ),
        (
            "set_market: {market: ETH_USDC_PERP, changes: {lot: 1}}",
            "set_market.changes.lot: unknown field",
        ),
        (
            "set_market: {market: ETH_USDC_PERP, changes: {position_limit: 0.001}}",
            "position_limit: 0.001 is not a multiple of 0.01",
        ),
        ("list_perpetual: {market: X, parameters: 1}", "expected the fields of a perpetual"),
        (
            f"list_perpetual: {{market: X, parameters: {{price: 1, {PERPETUAL}}}}}",
            "parameters.price: not part of a listing; add an update_mark step",
        ),
        (
            "set_reference: {market: ETH_USDC, index_price: 1, mean_mark_price: 0.5}",
            "set_reference.mean_mark_price: 0.5 is not a multiple of 1",
        ),
        ("{a: 1, b: 2}", "steps[0]: expected one action"),
        ("7", "steps[0]: expected one action"),
    ],
)
def test_step__bad_field_is_named_with_its_line(tmp_path: Path, step: str, message: str) -> None:
    found = problems(tmp_path, f"{HEAD}  - {step}\n")
    assert any(message in problem for problem in found)
    assert all(problem.startswith(("line 5: ", "line 6: ")) for problem in found)


def test_order__name_is_given_once_and_only_to_what_was_accepted(tmp_path: Path) -> None:
    place = f"  - {PLACE}, auto_borrow: true}}\n    as: mine\n"
    refused = place.replace(
        "as: mine", "expect_rejected: insufficient_funds\n    as: mine"
    ).replace(", auto_borrow: true", "")
    cancel = "  - cancel: {account: bob/main, order: mne}\n"
    deposit = DEPOSIT.replace("alice/main", "bob/main").replace("100.5", "4000")
    (problem,) = problems(tmp_path, HEAD + refused + cancel)
    assert problem.startswith("line 8: steps[1].cancel.order: no order has this name; write as:")
    assert problems(tmp_path, HEAD + deposit + place + place + cancel) == [
        "line 9: steps[2].as: named twice; choose another name",
        "line 10: steps[3].cancel.order: no order has this name; did you mean mine?",
    ]


def test_problems__are_reported_together(tmp_path: Path) -> None:
    found = problems(tmp_path, f"{HEAD}  - 7\n{DEPOSIT}  - lend: {{}}\n")
    assert [problem.partition(":")[0] for problem in found] == ["line 5", "line 7"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("7", "expected the fields title, preset"),
        ("title: x", "steps: missing; expected a list of steps"),
        (HEAD + "  []\nstep: 1\n", "step: unknown field; did you mean steps?"),
        (HEAD.replace("tiny", "tny") + DEPOSIT, "no such preset; choose launch, tiny"),
        (HEAD.replace("bob/main", "bob") + DEPOSIT, "accounts[2]: expected a name such as"),
        (HEAD.replace("bob/main", "alice/b") + DEPOSIT, "accounts[2]: named twice"),
        (HEAD.replace("[alice/main, alice/b, bob/main]", "x") + DEPOSIT, "of the wrong kind"),
    ],
)
def test_file__bad_part_is_named_and_is_wrong_use(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(WrongUseError, match=re.escape(message)):
        main_run(written(tmp_path, text), False, None)


def test_file__missing_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(WrongUseError, match=f"cannot read {tmp_path}/none.yaml: No such"):
        main_run(tmp_path / "none.yaml", False, None)


def test_trace__that_cannot_be_written_is_wrong_use(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + DEPOSIT)
    with pytest.raises(WrongUseError, match="cannot write the trace"):
        main_run(path, False, tmp_path / "no" / "trace.jsonl")


def test_preset__beside_the_scenario_is_found(tmp_path: Path) -> None:
    tiny = load_preset("tiny")
    source = Path(__file__).parents[2] / "spec" / "presets" / "tiny.yaml"
    (tmp_path / "mine.yaml").write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    text = HEAD.replace("preset: tiny", "preset: mine.yaml") + DEPOSIT
    assert run_scenario(written(tmp_path, text)).preset.listings == tiny.listings


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("ETH", "E TH", "assets.E TH: the specification refuses it: asset_name_invalid"),
        (
            "  ETH_USDC:",
            "  ETH/USDC:",
            "markets.ETH/USDC: the specification refuses it: market_name",
        ),
    ],
)
def test_preset__that_the_specification_refuses_is_named(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    tiny = Path(__file__).parents[2] / "spec" / "presets" / "tiny.yaml"
    text = tiny.read_text(encoding="utf-8").replace(old, new)
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    text = HEAD.replace("preset: tiny", "preset: mine.yaml") + DEPOSIT
    with pytest.raises(DocumentError, match=re.escape(f"{tmp_path / 'mine.yaml'}: {message}")):
        run_scenario(written(tmp_path, text))
