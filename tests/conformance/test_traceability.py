"""Every clause has its evidence, and the gate finds a clause that has none."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import pytest

from ibperp.events import LiquidationStage, OrderEnd, Reason, SettlementSource
from ibperp_conformance.spec_files import spec_path
from ibperp_conformance.specification.chapters import Clause
from ibperp_conformance.specification.traceability import evidence, lines, main
from worlds.shipped import shipped_suite

KNOWN: Final = {"custody_identity": ("CU-1",)}
DEPOSIT: Final = {
    "function": "ibperp.operations.custody.accounts.deposit",
    "invariants": "custody_identity",
    "refusable": "yes",
}


def gaps(clause: str, fields: dict[str, str]) -> tuple[str, ...]:
    """Return the gaps of a clause with these fields."""
    return evidence(
        Clause(clause, "A clause", fields), tuple(shipped_suite().vectors.values()), KNOWN
    ).gaps


def test_trace__no_gap(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0, capsys.readouterr().out


def test_lines__every_clause_once() -> None:
    named = [line.clause for line in lines(spec_path())]
    assert len(named) == len(set(named)) > 40


@pytest.mark.parametrize("names", [LiquidationStage, OrderEnd, Reason, SettlementSource])
def test_names_of_events__every_one_is_told_in_a_vector(names: type[StrEnum]) -> None:
    steps = (step for vector in shipped_suite().vectors.values() for step in vector.steps)
    events = (event for step in steps for event in step.expect.events)
    told = {value for event in events for value in event.values() if isinstance(value, str)}
    assert not set(names) - told


LAST = {"PF": 12, "SM": 12, "PP": 10, "ST": 10}
"""The last clause of some chapters."""


def test_lines__every_chapter_is_read() -> None:
    named = [line.clause for line in lines(spec_path()) if line.clause[:2] in LAST]
    assert named == [f"{brick}-{n}" for brick, last in LAST.items() for n in range(1, last + 1)]


def test_evidence__complete_clause_has_no_gap() -> None:
    assert gaps("CU-4", DEPOSIT) == ()


def test_evidence__missing_function_is_a_gap() -> None:
    assert "there is no function ibperp.nothing.at_all" in gaps(
        "CU-4", DEPOSIT | {"function": "ibperp.nothing.at_all"}
    )


def test_evidence__silent_docstring_is_a_gap() -> None:
    wrong = DEPOSIT | {"function": "ibperp.operations.custody.accounts.transfer"}
    assert len(gaps("CU-4", wrong)) == 1


def test_evidence__clause_without_anything_has_every_gap() -> None:
    assert gaps("MM-99", {"refusable": "yes"}) == (
        "no function",
        "no accepting vector",
        "no rejecting vector",
        "neither an invariant nor a waiver",
    )


def test_evidence__unknown_invariant_is_a_gap() -> None:
    wrong = DEPOSIT | {"invariants": "sunshine"}
    assert gaps("CU-4", wrong) == ("no invariant is called sunshine",)


def test_evidence__waived_definition_needs_nothing_more() -> None:
    assert gaps("NT-99", {"waiver": "a definition"}) == ()


def test_evidence__waiver_of_a_rule_does_not_stand_for_vectors() -> None:
    assert gaps("MM-99", {"waiver": "a guard"}) == ("no function", "no accepting vector")


def test_evidence__waived_question_needs_no_vector() -> None:
    question = {"function": "ibperp.queries.max_borrow", "waiver": "nothing changes"}
    assert "no accepting vector" not in gaps("PF-99", question)
    assert "no accepting vector" in gaps("PF-99", question | {"waiver": ""})
    both = {"function": f"{question['function']}, ibperp.operations.custody.accounts.deposit"}
    assert "no accepting vector" in gaps("PF-99", question | both)
