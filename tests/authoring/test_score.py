"""Mutants of the reference, the vectors that notice them, and what is kept of it."""

from __future__ import annotations

import ast
import random
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest

from ibperp.numbers import mul_div_down
from ibperp_authoring.score.__main__ import Judge, drawn
from ibperp_authoring.score.changed import ROOT, _lines, changed_mutants
from ibperp_authoring.score.mutants import mutants, planted
from ibperp_authoring.score.operators import changes
from ibperp_authoring.score.record import Score, Verdict, arguments, load, page, store
from ibperp_authoring.score.replay import Replays
from ibperp_conformance.files import WrongUseError
from ibperp_conformance.runner.vectors import Suite
from worlds.shipped import shipped_suite

SAMPLE = 60
"""So many mutants every run of the tests judges again."""


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
def test_score__sample_is_noticed_as_it_was() -> None:
    suite, planned = shipped_suite(), {each.name: each for each in mutants()}
    known = {each.name: each.noticed_by for each in load().verdicts if each.noticed_by}
    names = [name for name in known if name in planned and known[name] in suite.vectors]
    sample = random.Random(7).sample(sorted(names), SAMPLE)
    judge = judge_of(suite, {known[name] for name in sample}, known)
    assert [name for name in sample if not judge.is_noticed_as_before(planned[name])] == []
    assert all(place.tried() == place.right for place in judge.replays.places)


@pytest.mark.no_cover
def test_score__mutants_of_changed_lines_are_noticed() -> None:
    """Compare with the merge base: what is neither noticed, argued nor known as open fails."""
    suite, changed = shipped_suite(), changed_mutants()
    verdicts = load().verdicts
    known = {each.name: each.noticed_by for each in verdicts if each.noticed_by}
    judge = judge_of(suite, {known.get(each.name) for each in changed}, known)
    left = [each for each in changed if not judge.is_noticed_as_before(each)]
    if left:
        judge = judge_of(suite, set(suite.vectors), known)
        left = [each for each in left if judge.judged(each).noticed_by is None]
    explained = {*arguments(), *(each.name for each in verdicts if not each.noticed_by)}
    assert [each.name for each in left if each.name not in explained] == []


def judge_of(suite: Suite, names: Collection[str | None], known: Mapping[str, str]) -> Judge:
    """Return a judge by the vectors of these names."""
    return Judge(
        Replays(suite, [each for each in suite.vectors.values() if each.id in names]), known
    )


def test_changed_lines__are_those_that_a_difference_adds() -> None:
    diff = "--- a/reference/x.py\n+++ b/reference/x.py\n@@ -3,2 +4,2 @@ def f\n@@ -9 +9,0 @@\n"
    assert list(_lines(diff)) == [(ROOT / "reference/x.py", 4), (ROOT / "reference/x.py", 5)]


def test_judge__tells_a_step_that_goes_wrong_and_a_state_that_shows_later() -> None:
    """A wrong rounding shows in an event; a field that is not kept, at the vector's end."""
    suite = shipped_suite()
    judge = judge_of(suite, {"MM-11-017"}, {})
    wrong = [each for each in mutants() if each.function == "lend_shares_minted"]
    assert {judge.judged(each).noticed_by for each in wrong} == {"MM-11-017"}
    unseen = next(each for each in mutants() if each.function == "convert_dust")
    assert judge.judged(unseen).reached == 0


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
