"""Observations that leave parts out: what needs them is not checkable, and the rest is checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from random import Random
from typing import Any, Final

import pytest

from ibperp.outcomes import Accepted
from ibperp.state import State
from ibperp.transition import transition
from ibperp_conformance.protocol.observation import observe
from ibperp_conformance.protocol.states import dump
from ibperp_conformance.protocol.wire import encode_action, encode_outcome
from ibperp_invariants import INVARIANTS
from ibperp_invariants.check.trace import TraceReport, report_of_trace
from ibperp_invariants.check.verdicts import Answer, Standing, verdicts
from ibperp_invariants.view.follow import view_of_observation
from ibperp_invariants.view.from_json import EMPTY
from ibperp_invariants.view.observed import (
    Named,
    NotObserved,
    Unsure,
    first_missing,
    missing_of,
    observed,
    with_parts,
    without,
)
from ibperp_invariants.view.view import AccountView, PerpetualView, changed
from invariants.test_risk_walks import stories
from invariants.test_trace import POSITIONS, STEPS, TRADES, Record, leaves, recorded, written

NAMES: Final = re.compile(r"\d+|USD|ORE|GEM|north|south|ORE_USD|USD_ORE|ORE_PERP|GEM_PERP")
TRACES: Final = {"steps": recorded(), "trades": recorded(TRADES), "positions": recorded(POSITIONS)}
ABSENT_BY_MEANING: Final = {"unsettled", "unpaid", "unpaid_rate_time", "ramp", "funding_parts"}
"""What CF-4 leaves out where there is none: its absence is observed."""


def story(number: int) -> list[Record]:
    """A liquidation from a state, which the header holds with its parameters."""
    state, actions = stories()[number]
    start: State = state
    told = dump(start)
    lines = [{name: told[name] for name in ("system", "assets", "markets")}]
    lines[0]["observation"] = observe(start)
    for action in actions:
        outcome = transition(state, action)
        result = encode_outcome(state, outcome)
        state = outcome.state if isinstance(outcome, Accepted) else state
        given = encode_action(action)
        lines.append({"action": given, "outcome": result, "observation": observe(state)})
    return lines


def places(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the places of a decoded observation, all entries of a kind under one name."""
    for name, member in value.items() if isinstance(value, dict) else ():
        own = (*path, "*" if NAMES.fullmatch(name) else name)
        yield own
        yield from places(member, own)


def droppable(records: list[Record]) -> list[tuple[str, ...]]:
    found = {path for line in records for path in places(line.get("observation", {}))}
    named = {path for path in found if path[-1] != "*" and "portfolio" not in path[:-1]}
    return sorted(path for path in named if path[-1] not in ABSENT_BY_MEANING)


def drop(value: Any, path: tuple[str, ...]) -> None:
    """Leave a place out, of each entry of its kind."""
    first, *rest = path
    if not isinstance(value, dict):
        return
    for name in [own for own in value if own == first or (first == "*" and NAMES.fullmatch(own))]:
        if rest:
            drop(value[name], tuple(rest))
        else:
            del value[name]


def dropped(records: list[Record], path: tuple[str, ...]) -> list[Record]:
    lines = deepcopy(records)
    for line in lines:
        drop(line.get("observation", {}), path)
    return lines


def report(records: list[Record]) -> TraceReport:
    return report_of_trace(written(records))


@pytest.mark.parametrize("name", TRACES)
def test_whole_trace__every_invariant_is_checkable(name: str) -> None:
    found = report(TRACES[name])
    assert found.violations == []
    assert found.unchecked == {}


@pytest.mark.parametrize("number", range(len(stories())))
def test_trace_from_a_state__lacks_no_more_than_the_next_order(number: int) -> None:
    found = report(story(number))
    assert found.violations == []
    assert {own.missing for own in found.unchecked.values()} <= {"the id of the next order"}


@pytest.mark.parametrize("name", ["trades", "positions"])
def test_part_left_out__is_named_and_nothing_else_is_wrong(name: str) -> None:
    for path in droppable(TRACES[name]):
        found = report(dropped(TRACES[name], path))
        assert found.violations == [], path
        assert len(found.unchecked) < len(INVARIANTS), path
        missing = {own.missing for own in found.unchecked.values()}
        assert missing, path
        assert any(path[-1] in place.split("/") for place in missing), (path, missing)


@pytest.mark.parametrize("name", ["trades", "positions"])
def test_part_left_out__a_fault_elsewhere_never_counts_as_held(name: str) -> None:
    random, paths = Random(name), droppable(TRACES[name])
    kept = lost = 0
    for _ in range(14):
        spoilt = deepcopy(TRACES[name])
        line = random.randrange(2, len(spoilt))
        members, key = random.choice([*leaves(spoilt[line]["observation"])])
        members[key] = str(int(members[key]) + random.choice((1, -1, 5, -20)))
        whole, partial = report(spoilt), report(dropped(spoilt, random.choice(paths)))
        broken = {(own.line, own.violation.invariant) for own in whole.violations}
        still = {(own.line, own.violation.invariant) for own in partial.violations}
        assert still <= broken
        assert {invariant for _, invariant in broken - still} <= partial.unchecked.keys()
        kept, lost = kept + len(still), lost + len(broken - still)
    assert kept > lost


def test_events_left_out__what_needs_them_is_not_checkable() -> None:
    records = deepcopy(TRACES["trades"])
    for line in records[1:]:
        line["outcome"].get("accepted", {}).pop("events", None)
    found = report(records)
    assert found.violations == []
    assert found.unchecked["fills_are_transfers"].missing == "outcome/accepted/events"
    assert "custody_identity" not in found.unchecked


def test_engine_without_capabilities__leaves_out_what_it_may() -> None:
    records = deepcopy(TRACES["steps"])
    for path in [*EMPTY["spot_margin"], *EMPTY["programs"], "settlement_time", "halted"]:
        records = dropped(records, ("accounts", "*", path) if path == "reserved" else (path,))
    assert "frame_rule" in report(records).unchecked
    records[0]["capabilities"] = ["custody", "money_market", "perpetuals", "portfolio"]
    assert report(records).unchecked == {}


def test_parameters_not_told__are_not_passed_over_in_silence() -> None:
    records = story(2)
    del records[0]["assets"]
    found = report(records)
    assert found.violations == []
    assert found.unchecked["no_double_count"].missing.startswith("the parameters of ")
    assert found.unchecked["no_double_count"].line == 1


def test_account_that_vanishes__is_a_finding_and_the_rest_is_checked() -> None:
    for name, records in TRACES.items():
        spoilt = deepcopy(records)
        del spoilt[-2]["observation"]["accounts"]["3"]
        found = {(own.line, own.violation.invariant) for own in report(spoilt).violations}
        assert (len(spoilt) - 1, "frame_rule") in found, name
        assert (len(spoilt) - 1, "subaccount_isolation") in found, name


def test_entry_that_vanishes__never_ends_the_check() -> None:
    for records in TRACES.values():
        for kind in ("accounts", "assets", "markets", "orders", "chains"):
            spoilt = deepcopy(records)
            for line in spoilt[len(spoilt) // 2 :]:
                entries = line["observation"][kind]
                entries.pop(next(iter(entries), ""), None)
            report(spoilt)


def test_same_question_other_answer__is_no_fault_if_the_state_is_not_whole() -> None:
    refused = TRACES["steps"][9]
    records = [*TRACES["steps"], deepcopy(refused), deepcopy(refused)]
    records[-1]["observation"] = records[-2]["observation"] = records[-3]["observation"]
    records[-1]["outcome"] = {"rejected": {"code": "out_of_range"}}
    assert "determinism" in {own.violation.invariant for own in report(records).violations}
    found = report(dropped(records, ("assets", "*", "pool", "interest_carry")))
    assert "determinism" not in {own.violation.invariant for own in found.violations}
    assert found.unchecked["determinism"].missing.endswith("pool/interest_carry")


def test_verdicts__one_an_invariant_with_its_standing() -> None:
    observation = TRACES["trades"][-1]["observation"]
    view = view_of_observation(observation)
    action = STEPS[-2]
    found = {own.invariant: own for own in verdicts(view, action, Answer("price_stale"), view)}
    assert list(found) == [invariant.name for invariant in INVARIANTS]
    assert found["rejection_is_no_op"].standing is Standing.HELD
    assert found["throttle_bound_in_range"].standing is Standing.NOT_CHECKABLE
    later = replace(Answer("price_stale"), violated=("price_stale", "halted"))
    wrong = with_parts(view, time=0)
    told = {own.invariant: own for own in verdicts(view, action, later, wrong)}
    assert told["rejection_is_no_op"].standing is Standing.BROKEN
    assert len(told["rejection_is_no_op"].violations()) == 2


def test_partial_record__compares_by_what_both_hold() -> None:
    whole = view_of_observation(TRACES["trades"][-1]["observation"]).accounts[2]
    lacking = without(whole, {"reserved": "accounts/2/reserved"})
    assert isinstance(lacking, AccountView)
    assert lacking.free == whole.free
    assert lacking != with_parts(whole, user=99)
    assert with_parts(lacking, reserved=whole.reserved) == whole
    for look in (lambda: lacking.reserved, lambda: lacking == whole, lambda: hash(lacking)):
        with pytest.raises(NotObserved, match="accounts/2/reserved"):
            look()
    assert first_missing({2: whole}) is None
    assert first_missing({2: lacking}) == "accounts/2/reserved"
    assert "reserved" not in repr(lacking)
    with pytest.raises(AttributeError):
        _ = lacking.nonsense  # type: ignore[attr-defined]


def test_changed__knows_what_differs_and_not_that_nothing_else_does() -> None:
    whole = view_of_observation(TRACES["trades"][-1]["observation"]).accounts
    lacking = {index: without(own, {"reserved": "there"}) for index, own in whole.items()}
    other = {**lacking, 2: with_parts(lacking[2], user=99)}
    found = changed(lacking, other)
    assert isinstance(found, Unsure)
    assert 2 in found
    assert bool(found)
    for look in (lambda: list(found), lambda: 3 in found, lambda: len(found), lambda: found[0]):
        with pytest.raises(NotObserved, match="there"):
            look()


def test_named__says_which_entry_is_missing() -> None:
    names = Named({"USD": 1}, "observation/assets")
    assert names.get("ORE") is None
    assert "ORE" not in names
    with pytest.raises(NotObserved, match="observation/assets/ORE"):
        _ = names["ORE"]


def test_perpetual_that_shows_no_part_of_one__is_none_the_less_a_perpetual() -> None:
    found = observed(PerpetualView, {"last_price": 1}, {"mark_price": "there"})
    assert missing_of(found) == {"mark_price": "there"}
    records = deepcopy(TRACES["positions"])
    own = ("index_price", "reference_index_price", "mark_price", "mark_time", "is_limited")
    for part in (*own, "funding_index", "funding_time", "open_interest"):
        records = dropped(records, ("markets", "*", part))
    result = report(records)
    assert result.violations == []
    assert result.unchecked["open_interest_agrees"].missing.endswith("open_interest")
