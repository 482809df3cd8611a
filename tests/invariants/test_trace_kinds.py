"""Logs of other versions and of other people: what is wrong is one finding, the rest is checked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ibperp_invariants.check.answers import NOTHING_SAID
from ibperp_invariants.check.repeats import Repeats
from ibperp_invariants.check.trace import report_of_trace
from invariants.test_trace import LEND, recorded, written

if TYPE_CHECKING:
    from collections.abc import Callable

Record = dict[str, Any]


def shown(records: list[Record]) -> Record:
    """Return the observation of the line that is altered."""
    observation: Record = records[LEND]["observation"]
    return observation


def without_market(records: list[Record]) -> None:
    for record in records[LEND:]:
        record["observation"]["assets"].pop("USD")


def account_from_nothing(records: list[Record]) -> None:
    for record in records[LEND:]:
        accounts = record["observation"]["accounts"]
        accounts["9"] = json.loads(json.dumps(accounts["2"]))


def unlisted(records: list[Record]) -> None:
    records[LEND]["action"]["asset"] = "XYZ"


def wrong_type(records: list[Record]) -> None:
    shown(records)["accounts"]["2"]["free"] = [1, 2]


def bad_events(records: list[Record]) -> None:
    records[LEND]["outcome"]["accepted"]["events"] = [5, {"type": "nope"}]


def unknown_field(records: list[Record]) -> None:
    records[LEND]["action"]["memo"] = "x"


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (without_market, "observation/assets/USD: the asset was there, and is gone"),
        (account_from_nothing, "account 9: created"),
        (unlisted, "account 2: free of USD went from 1000 to 500"),
        (wrong_type, "observation/accounts/2/free must be an object, is [1, 2]"),
        (bad_events, "outcome/accepted/events/0 must be an object, is 5"),
        (unknown_field, "action has unknown fields: memo"),
    ],
)
def test_fault_of_a_log__is_found_in_its_line(
    spoil: Callable[[list[Record]], None], told: str
) -> None:
    records = recorded()
    spoil(records)
    report = report_of_trace(written(records))
    assert told in [each.violation.message for each in report.violations if each.line == LEND + 1]


def test_leaf_that_cannot_be_read__lames_the_invariants_for_one_line_only() -> None:
    records = recorded()
    wrong_type(records)
    report = report_of_trace(written(records))
    assert report.unchecked["custody_identity"].lines == 1


def test_trace_of_an_earlier_version__is_checked_with_a_note() -> None:
    records = recorded()[:2]
    del records[0]["system"]["conversion_distance"]
    for record in records[1:]:
        del record["observation"]["assets"]["USD"]["pool"]["unearned"]
        for account in record["observation"]["accounts"].values():
            del account["positions"]
    report = report_of_trace(written(records))
    assert (report.violations, report.unchecked) == ([], {})
    assert "lacks parameters that came later: conversion_distance (taken as 0)" in report.notes[0]


def test_system_that_no_law_admits__is_a_finding() -> None:
    records = recorded()
    records[0]["system"]["quote_unit"] = "0"
    report = report_of_trace(written(records))
    told = [each.violation.message for each in report.violations]
    assert told == ["the header: system/quote_unit must be 1 to 10^24"]


def test_joined_logs__are_two_runs() -> None:
    lines = written(recorded())
    report = report_of_trace(lines + lines)
    assert report.violations == []
    assert report.notes == [f"line {len(lines) + 1}: another header; a new run begins"]


@pytest.mark.parametrize(
    ("asked", "again", "is_same"),
    [
        ({"a": "1", "b": ["2"]}, {"b": ["2"], "a": "1"}, True),
        ({"a": "1"}, {"a": 1}, False),
        ({"a": 1}, {"a": True}, False),
        ({"a": ["1", "2"]}, {"a": ["2", "1"]}, False),
        ({"a": "b"}, {"b": "a"}, False),
    ],
)
def test_repeats__same_question_is_one_whose_values_are_the_same(
    asked: Record, again: Record, *, is_same: bool
) -> None:
    seen = Repeats()
    assert not seen.difference(0, asked, NOTHING_SAID, 1)
    assert bool(seen.difference(0, again, NOTHING_SAID, 2)) is is_same
