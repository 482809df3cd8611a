"""Mutants of the reference, the vectors that notice them, and what is kept of it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from ibperp.numbers import mul_div_down
from ibperp_authoring.score.__main__ import drawn, judged
from ibperp_authoring.score.mutants import Mutant, mutants, planted
from ibperp_authoring.score.operators import changes
from ibperp_authoring.score.record import Score, Verdict, arguments, load, page, store
from ibperp_authoring.score.replay import reached, replays
from ibperp_conformance.files import WrongUseError
from ibperp_conformance.runner.selection import select
from ibperp_conformance.runner.vectors import load_suite

SAMPLE = 40
"""Mutants of custody that every run of the tests judges."""

NOT_NOTICED_MAX = 4
"""How many of these no vector of custody notices; other chapters' vectors do."""


def changed(source: str) -> set[tuple[str, str]]:
    """Return operator and body of every mutant of a function of one line."""
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    return {(each.operator, ast.unparse(each.function.body[0])) for each in changes(function)}


@pytest.mark.parametrize(
    ("body", "operator", "wrong"),
    [
        ("return a < b", "boundary", "return a <= b"),
        ("return a + b", "sign", "return a - b"),
        ("return mul_div_down(a, b, c)", "rounding", "return mul_div_up(a, b, c)"),
        ("return min(a, b)", "end", "return max(a, b)"),
        ("return replace(a, b=1, c=2)", "not_kept", "return replace(a, c=2)"),
        ("return before.x", "before_after", "return after.x"),
        ("return a.lent", "similar", "return a.borrowed"),
        ("return rejection((a, X), (b, Y))", "unchecked", "return rejection((True, X), (b, Y))"),
        ("return rejection((a, X), (b, Y))", "codes", "return rejection((a, Y), (b, X))"),
        ("return sorted(a, key=lambda e: (e.x, e.y))", "tie", "key=lambda e: (e.x, -e.y))"),
        ("for x in y: f(x)", "one_round", "break"),
    ],
)
def test_operator__makes_one_wrong_place(body: str, operator: str, wrong: str) -> None:
    found = changed(f"def f(a, b, c):\n    {body}\n")
    assert any(name == operator and wrong in text for name, text in found)


def test_mutants__have_names_that_differ_and_leave_nothing_behind() -> None:
    every = mutants()
    assert len({each.name for each in every}) == len(every)
    assert len(every) > 1000
    mutant = next(each for each in every if each.function == "mul_div_down")
    with planted(mutant):
        assert mul_div_down(7, 1, 2) != 3
    assert mul_div_down(7, 1, 2) == 3
    assert [each.name for each in drawn(3)] == [each.name for each in drawn(3)]


@pytest.mark.no_cover
def test_score__sample_of_custody_is_noticed() -> None:
    suite = load_suite()
    replayed = list(replays(suite, select(suite, "full", ["CU"])))
    assert not any(each.notices() for each in replayed)
    lines = reached(replayed)
    sample = [each for each in drawn(7) if is_custody(each)][:SAMPLE]
    verdicts = [judged(each, replayed, lines) for each in sample]
    run = [each for each in verdicts if each.reached]
    assert len(run) > SAMPLE // 2
    missed = [each.name for each in run if each.noticed_by is None]
    assert len(missed) <= NOT_NOTICED_MAX, missed
    assert not any(each.notices() for each in replayed)


def is_custody(mutant: Mutant) -> bool:
    """Tell whether a mutant is one of custody's operations."""
    return mutant.module.startswith("ibperp.operations.custody")


def test_score__is_kept_whole_and_a_corrupt_one_is_refused(tmp_path: Path) -> None:
    verdicts = (
        Verdict("ibperp.pool:minted:rounding:1", 3, "div_down to div_up", 5, "MM-2-001"),
        Verdict("ibperp.pool:minted:sign:1", 4, "plus and minus exchanged", 5, None),
    )
    score, path = Score("2026-01-01", "0" * 64, 1, 2, verdicts), tmp_path / "score.json"
    store(score, path)
    assert load(path) == score
    assert "| noticed, of these and the open ones | 50.0 % |" in page(score)
    path.write_text(path.read_text()[:-30])
    with pytest.raises(WrongUseError, match="is no score"):
        load(path)


def test_arguments__are_of_mutants_that_there_are() -> None:
    names = {each.name for each in mutants()}
    assert [name for name in arguments() if name not in names] == []
