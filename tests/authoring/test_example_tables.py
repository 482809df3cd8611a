"""What the example tables add for people: units, records in one row, who holds what."""

import re
from pathlib import Path

import pytest

from ibperp_authoring import example_base, examples
from ibperp_authoring.example_readings import grouped
from ibperp_conformance.presets.units import parse_decimal

SPEC = Path(__file__).resolve().parents[2] / "spec"
DEPOSIT = '{type: deposit, account: "2", asset: USDC, sequence: "1", amount: "1250000000"}'
SETUP = (
    "setup:\n  - {type: list_asset, asset: USDC}\n"
    '  - {type: create_account, account: "2", user: "1"}\n'
)


def rendered(action: str, setup: str = SETUP) -> str:
    return examples.render(
        "<!-- holdings:begin -->\n<!-- holdings:end -->\n"
        f'```yaml title="Example base"\n{setup}```\n'
        f'```yaml title="Example: x"\naction: {action}\n```\n{examples.BEGIN}\n{examples.END}\n'
    )


def test_table__reads_amounts_in_whole_units() -> None:
    page = rendered(DEPOSIT)
    assert "| `accounts/2/free/USDC` | - | `1250000000` (1,250 USDC) |" in page
    assert "amount `1250000000` (1,250 USDC), reason `deposit`" in page
    assert "asset `USDC`" not in page


def test_table__shows_a_record_that_came_in_one_row() -> None:
    page = rendered('{type: create_account, account: "3", user: "2"}')
    row = "| `accounts/3` | - | settings/auto_realize `true`, settings/leverage_limit `1"
    assert row in page
    assert "auto_lend" not in page


def test_table__shows_a_portfolio_in_one_row_of_dollars() -> None:
    page = (SPEC / "liquidation.md").read_text(encoding="utf-8")
    row = "| `accounts/2/portfolio` | equity $40, initial $89, maintenance $44.5 | equity $38.12, "
    assert row in page
    assert not re.search(r"^\| `accounts/\d+/portfolio/", page, re.MULTILINE)


def test_example__starts_where_an_earlier_one_ended_or_began() -> None:
    def example(title: str, lines: str) -> str:
        return f'```yaml title="Example: {title}"\n{lines}\n```\n{examples.BEGIN}\n{examples.END}\n'

    second = DEPOSIT.replace('sequence: "1"', "sequence: 2")
    page = (
        f'```yaml title="Example base"\n{SETUP}```\n'
        + example("first", f"action: {DEPOSIT}")
        + example("second", f"after: first\naction: {second}")
        + example("other", f"like: second\naction: {second}")
    )
    assert examples.render(page).count("free/USDC` | `1250000000` (1,250 USDC) | `2500000000`") == 2
    assert [len(script["setup"]) for script in examples.scripts(page).values()] == [2, 3, 3]
    with pytest.raises(examples.ExampleError, match="no earlier example is 'third'"):
        examples.render(page.replace("after: first", "after: third"))


def test_holdings__are_those_of_the_base() -> None:
    page = rendered(DEPOSIT)
    assert "| 2 | 1 | - | - | - | - |" in page
    assert "Prices: 1 USDC = $0." in page


@pytest.mark.parametrize("text", ["0.5", "1234567.25", "-1000", "999"])
def test_grouped__is_exact(text: str) -> None:
    assert grouped(parse_decimal(text)).replace(",", "") == text


def test_completed__fills_in_an_ordinary_limit_order_and_keeps_what_is_given() -> None:
    order = example_base.completed({"type": "place_order", "post_only": True})
    assert isinstance(order, dict)
    assert (order["kind"], order["time_in_force"], order["post_only"]) == ("limit", "gtc", True)
    listed = example_base.completed(
        {"type": "list_asset", "asset": "SOL", "parameters": {"haircut": {"penalty": "0"}}}
    )
    assert isinstance(listed, dict)
    haircut = listed["parameters"]["haircut"]
    assert (haircut["penalty"], haircut["kind"]) == ("0", "inverse_sqrt")


@pytest.mark.parametrize("chapter", sorted(SPEC.glob("*.md")), ids=lambda path: path.stem)
def test_examples__repeat_nothing_of_the_base(chapter: Path) -> None:
    text = chapter.read_text(encoding="utf-8")
    for block in re.findall(r'^```yaml title="Example.*?^```$', text, re.MULTILINE | re.DOTALL):
        assert "self_trade_prevention: reject_taker" not in block
        assert "kind: limit" not in block
        assert "auto_realize: true" not in block
