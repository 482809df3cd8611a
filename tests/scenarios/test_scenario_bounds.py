"""Scenarios that are too large, or hold what no terminal should be sent."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from ibperp_conformance.presets.document import DocumentError
from ibperp_conformance.report import gains
from ibperp_conformance.report.layout import print_table, table_of
from ibperp_conformance.report.report import print_result
from ibperp_conformance.scenario.repeat import STEPS_MAX, steps_in
from ibperp_conformance.scenario.run import run_scenario

if TYPE_CHECKING:
    from pathlib import Path

    from ibperp_conformance.scenario.result import ScenarioResult

TICK = "advance_time: {by: 1}"


def ran(folder: Path, steps: str, *, title: str = "x", accounts: str = "a/main") -> ScenarioResult:
    path = folder / "own.yaml"
    head = f"title: {title}\npreset: tiny\naccounts: [{accounts}]\nsteps:\n"
    path.write_text(head + steps, encoding="utf-8")
    return run_scenario(path)


def nested(*counts: str) -> str:
    text = TICK
    for count in reversed(counts):
        text = f"repeat: {{{count}, steps: [{text}]}}"
    return f"  - {text}\n"


@pytest.mark.parametrize(
    ("steps", "count"),
    [
        (nested("times: 100000", "times: 100000", "times: 100000"), "1000000000000000"),
        (nested("times: 1001", "times: 1000"), "1001000"),
        (nested("times: 1000", "every: 1s, for: 1000s"), "2000000"),
        (nested("times: 100000") * 11, "1100000"),
        ("  - repeat: {times: 2000, steps: [repeat: {times: 1000, steps: []}]}\n", "2000000"),
    ],
)
def test_repeats__product_of_counts_is_bounded(tmp_path: Path, steps: str, count: str) -> None:
    with pytest.raises(DocumentError, match=f"comes to {count} steps.*at most {STEPS_MAX}"):
        ran(tmp_path, steps)


def test_steps_in__counts_rounds_of_values_each_for_itself() -> None:
    inner = {"repeat": {"times": "$n", "steps": [{"settle": {}}]}}
    assert steps_in({"repeat": {"with": {"n": ["3", "4"]}, "steps": [inner]}}) == 7


def test_gains_of__looks_at_an_account_only_where_it_may_have_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ", ".join(f"a{index}/main" for index in range(150))
    deposit = "deposit: {account: $who, asset: USDC, chain: solana, amount: 10}"
    lend = "lend: {account: $who, asset: USDC, amount: 5}"
    steps = f"  - repeat: {{with: {{who: [{names}]}}, steps: [{deposit}, {lend}]}}\n"
    result = ran(tmp_path, steps, accounts=names)
    looks = []
    once = gains._worth

    def counted(*given: Any) -> Any:
        looks.append(given)
        return once(*given)

    monkeypatch.setattr(gains, "_worth", counted)
    gains.gains_of((*result.scene, *result.steps))
    assert 150 < len(looks) < 150 * 15


HOSTILE = "\\e]0;pwn\\a \\e[31m \\u202e \\x9b \\u2028 \\0"


def test_print_result__shows_control_characters_as_text(tmp_path: Path) -> None:
    steps = f'  - {TICK}\n    note: "{HOSTILE}"\n'
    result = ran(tmp_path, steps, title=f'"{HOSTILE} [red]:smile:"')
    console = Console(file=StringIO(), width=200, emoji=False)
    print_result(result, console)
    assert isinstance(console.file, StringIO)
    text = console.file.getvalue()
    assert all(letter.isprintable() or letter == "\n" for letter in text)
    assert "\\x1b[31m \\u202e" in text
    assert "[red]:smile:" in text


@pytest.mark.parametrize(
    "steps",
    [
        f'  - "{HOSTILE}": {{}}\n',
        f'  - deposit: {{"{HOSTILE}": 1}}\n',
        f'  - deposit: {{account: "{HOSTILE}", asset: USDC, chain: solana, amount: 1}}\n',
        f'  - deposit: {{account: a/main, asset: USDC, chain: solana, amount: "{HOSTILE}"}}\n',
        f'  - {TICK}\n    expect_rejected: "{HOSTILE}"\n',
    ],
)
def test_error__shows_control_characters_as_text(tmp_path: Path, steps: str) -> None:
    with pytest.raises(DocumentError) as caught:
        ran(tmp_path, steps)
    assert all(letter.isprintable() for line in str(caught.value).split("\n") for letter in line)


@pytest.mark.parametrize("width", [20, 40, 80])
def test_print_table__breaks_no_number(width: int) -> None:
    numbers = ["194.942967", "979965.184862", "-3787.468133", "1" * 30]
    table = table_of("holdings", ("account", "asset"), ("a", "b", "c", "d"))
    table.add_row("somebody-with-a-long-name/main", "USDC", *numbers)
    console = Console(file=StringIO(), width=width)
    print_table(console, table)
    assert isinstance(console.file, StringIO)
    words = console.file.getvalue().split()
    assert [word for word in words if word in numbers] == numbers
    assert "".join(words).count("somebody") >= 1
