"""A figure in a comment of a shipped scenario is one of its fields, or one that its run reports."""

from __future__ import annotations

import re
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Final

import pytest
from rich.console import Console

from ibperp_conformance.report.report import as_json, print_result
from ibperp_conformance.scenario.run import run_scenario

SHIPPED: Final = Path(__file__).parents[2] / "docs" / "scenarios"
LONG: Final = "interest-bearing-day"
"""Its comments have figures of the preset; its run takes minutes."""

FIGURE: Final = re.compile(r"(?<![\w.^-])\d[\d,_]*(?:\.\d+)?(?= (?:dollars|of what)\b)")
EQUATION: Final = re.compile(r"(?<![\w.])(\d+) \* (\d+) = (\d+)\b(?!\.)")
NUMBER: Final = re.compile(r"(?<![\w.])\d[\d,_]*(?:\.\d+)?")

EXPLAINED: Final = {
    "haircuts-under-a-price-fall": {Fraction(17777)},
    "entry-fee-at-every-settlement": {Fraction("36.25")},
}
"""Where the curve leaves its weight, in whole dollars; a quarter of a percent of 100 SOL."""


def numbers(text: str) -> set[Fraction]:
    return {Fraction(each.replace(",", "").replace("_", "")) for each in NUMBER.findall(text)}


def figures(path: Path) -> set[Fraction]:
    comments = re.findall(r"#(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    found = FIGURE.findall(" ".join(comment.strip() for comment in comments))
    return {Fraction(each.replace(",", "").replace("_", "")) for each in found}


def fields(path: Path) -> set[Fraction]:
    """Return the numbers of the fields, and what two of them give."""
    text = re.sub(r"#.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    plain = numbers(text)
    return plain | {
        f for one in plain for other in plain for f in (one * other, one + other, one - other)
    }


def told(path: Path) -> set[Fraction]:
    """Return the numbers of everything that a run prints."""
    printed = StringIO()
    result = run_scenario(path, is_checked=False)
    print_result(result, Console(file=printed, width=400))
    return numbers(printed.getvalue())


WITH_FIGURES: Final = [
    path for path in sorted(SHIPPED.glob("*.yaml")) if path.stem != LONG and figures(path)
]


@pytest.mark.parametrize("path", WITH_FIGURES, ids=lambda path: path.stem)
def test_comment__names_figures_of_the_scenario_or_its_run(path: Path) -> None:
    known = fields(path) | told(path) | EXPLAINED.get(path.stem, set())
    assert {str(each) for each in figures(path) - known} == set()


@pytest.mark.parametrize("path", WITH_FIGURES, ids=lambda path: path.stem)
def test_equations_of_comments__hold(path: Path) -> None:
    for one, other, product in EQUATION.findall(path.read_text(encoding="utf-8")):
        assert Fraction(one) * Fraction(other) == Fraction(product)


def test_insurance__covers_what_its_comment_says() -> None:
    path = SHIPPED / "october-2025.yaml"
    report = as_json(run_scenario(path, is_checked=False))
    (covered,) = re.findall(r"insurance covers (\d+) of what", path.read_text(encoding="utf-8"))
    (funded,) = re.findall(r"fund_insurance: .*amount: (\d+)", path.read_text(encoding="utf-8"))
    (insurance,) = (own for own in report["accounts"] if own["account"] == "insurance")
    left = Fraction(insurance["assets"]["USDC"]["free"])
    assert Fraction(funded) - left == Fraction(covered)


def test_figures__are_found_in_comments() -> None:
    assert Fraction(239) in figures(SHIPPED / "october-2025.yaml")
    assert len(WITH_FIGURES) > 3
