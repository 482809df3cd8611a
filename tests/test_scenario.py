import json
from pathlib import Path

import pytest

from ibperp_conformance import scenario
from ibperp_conformance.document import DocumentError
from ibperp_conformance.presets import load_preset
from ibperp_conformance.scenario import main_run, run_scenario, trace_lines
from ibperp_invariants import Violation

SHIPPED = sorted((Path(__file__).parent.parent / "docs" / "scenarios").glob("*.yaml"))
HEAD = "title: Test\npreset: tiny\naccounts: [alice/main, alice/b, bob/main]\nsteps:\n"
DEPOSIT = "  - deposit: {account: alice/main, asset: USDC, chain: solana, amount: 100.5}\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "story.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        run_scenario(written(folder, text))
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_scenario__goes_as_it_says(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trace = tmp_path / "trace.jsonl"
    assert main_run(path, False, trace) == 0
    assert "every invariant holds" in capsys.readouterr().out
    header, *steps = map(json.loads, trace.read_text(encoding="utf-8").splitlines())
    assert header.keys() == {"system"}
    assert all(step.keys() == {"action", "outcome", "observation"} for step in steps)


def test_shipped_scenarios__are_three_and_explained() -> None:
    assert len(SHIPPED) == 3
    assert all(path.read_text(encoding="utf-8").count("#") > 3 for path in SHIPPED)


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
    alice = next(row for row in report["books"] if row["account"] == "alice/main")
    assert alice["assets"] == {"USDC": {"free": "100.5", "lent": "0", "owed": "0"}}


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
"""
    result = run_scenario(written(tmp_path, text))
    assert [step.label for step in result.steps if not step.is_expected] == []
    assert result.is_ok
    assert len(list(trace_lines(result))) == 1 + len(result.scene) + len(result.steps)


def test_list_asset__takes_the_form_of_a_preset(tmp_path: Path) -> None:
    preset = """decimals: 2, lot: 1, collateral_weight: 1, imf_base: 0.2, imf_factor: 0,
        mmf_base: 0.1, mmf_factor: 0, tokens: [{chain: base, native_decimals: 2,
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
    monkeypatch.setattr(scenario, "check_step", lambda *_: [broken])
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
        ("{a: 1, b: 2}", "steps[0]: expected one action"),
        ("7", "steps[0]: expected one action"),
    ],
)
def test_step__bad_field_is_named_with_its_line(tmp_path: Path, step: str, message: str) -> None:
    found = problems(tmp_path, f"{HEAD}  - {step}\n")
    assert any(message in problem for problem in found)
    assert all(problem.startswith(("line 5: ", "line 6: ")) for problem in found)


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
def test_file__bad_part_is_named_and_is_wrong_use(
    tmp_path: Path, text: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main_run(written(tmp_path, text), False, None) == 2
    assert message in capsys.readouterr().err


def test_file__missing_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main_run(tmp_path / "none.yaml", False, None) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_trace__that_cannot_be_written_is_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, HEAD + DEPOSIT)
    assert main_run(path, False, tmp_path / "no" / "trace.jsonl") == 2
    assert "cannot be written" in capsys.readouterr().err


def test_preset__beside_the_scenario_is_found(tmp_path: Path) -> None:
    tiny = load_preset("tiny")
    source = Path(__file__).parent.parent / "spec" / "presets" / "tiny.yaml"
    (tmp_path / "mine.yaml").write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    text = HEAD.replace("preset: tiny", "preset: mine.yaml") + DEPOSIT
    assert run_scenario(written(tmp_path, text)).preset.listings == tiny.listings
