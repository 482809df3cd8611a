"""What is not called for a step could not have been broken by it: the same verdicts either way."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from random import Random
from typing import Final

import pytest

from ibperp.actions import Action, AdvanceTime
from ibperp.outcomes import Accepted, Outcome
from ibperp.state import State
from ibperp.transition import transition
from ibperp_authoring.cases import BRICKS
from ibperp_authoring.cases.builder import Refused
from ibperp_conformance.traces.write import changes_of
from ibperp_invariants import INVARIANTS, Monitor
from ibperp_invariants.check import monitor, trace, verdicts
from ibperp_invariants.check.looks import IN_FULL, Look
from ibperp_invariants.check.trace import TraceReport, report_of_trace
from ibperp_invariants.check.when import WHEN
from ibperp_invariants.step.moved import moved_parts, sums_moved
from ibperp_invariants.step.step import Step, Violation
from ibperp_invariants.view import shown
from ibperp_invariants.view.follow import Followed
from ibperp_invariants.view.node import Node
from ibperp_invariants.view.observed import missing_of
from ibperp_invariants.view.totals import EVERY, Totals, totals_after
from ibperp_invariants.view.view import View, changed
from invariants.test_risk_walks import stories
from invariants.test_trace import POSITIONS, TRADES, Record, leaves, recorded, written
from invariants.test_trace_fuzz import with_changes
from invariants.test_verdicts import story
from worlds.shipped import starts

EVERY_CASE: Final = 25
WHOLE: Final = {"halted": True, "withdrawals": {}, "orders": {}}
"""Members that changes may give as a whole."""


def everything(_: Step, again: Collection[str]) -> tuple[Look, ...]:
    """Call every invariant on every step; of those with a form for changes that one."""
    return tuple(
        (own, on_step, on_state if on_change is None or own.name in again else None, on_change)
        for own, on_step, on_state, on_change in IN_FULL
    )


def nothing_left_out(step: Step, *_: Totals) -> tuple[View, View]:
    """Look at all assets and markets, whatever a step touched."""
    return step.after, step.after


def spoilt(records: list[Record], random: Random) -> list[Record]:
    """A trace in which some numbers of one line are others, in its state or in its events."""
    lines = deepcopy(records)
    line = lines[random.randrange(1, len(lines))]
    for part in random.choices(["observation", "outcome"], [3, 1], k=random.choice((1, 2))):
        for members, key in (
            random.sample([*leaves(line[part])], 1) if [*leaves(line[part])] else ()
        ):
            members[key] = str(int(members[key]) + random.choice((1, -1, 7, -40, 10**7)))
    return lines


def judged(
    records: list[Record], patch: pytest.MonkeyPatch, *, is_full: bool
) -> tuple[TraceReport, set[tuple[int, str]]]:
    with patch.context() as patched:
        if is_full:
            patched.setattr(verdicts, "looks", everything)
            patched.setattr(verdicts, "narrowed", nothing_left_out)
        found = report_of_trace(written(records))
    return found, {(own.line, own.violation.invariant) for own in found.violations}


def test_when__names_every_invariant() -> None:
    assert sorted(WHEN) == sorted(invariant.name for invariant in INVARIANTS)


@pytest.mark.parametrize("seed", range(3))
def test_damaged_trace__is_judged_as_if_every_invariant_was_called(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(seed)
    whole = [recorded(TRADES), recorded(POSITIONS), story(random.randrange(len(stories())))]
    broken = 0
    for records in whole:
        for _ in range(5):
            damaged = spoilt(records, random)
            lines = with_changes(damaged) if random.random() < 0.5 else damaged
            chosen, names = judged(lines, monkeypatch, is_full=False)
            full, expected = judged(lines, monkeypatch, is_full=True)
            assert names == expected
            assert chosen.unchecked.keys() <= full.unchecked.keys()
            broken += len(names)
    assert broken


@pytest.mark.parametrize("brick", BRICKS)
def test_outcome_of_another_action__is_judged_as_if_every_invariant_was_called(
    brick: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = 0
    for case in BRICKS[brick][::EVERY_CASE]:
        state = starts()[case.setup]
        actions = [step.action if isinstance(step, Refused) else step for step in case.steps]
        for action, other in zip(actions, (*actions[1:], AdvanceTime(state.time + 7)), strict=True):
            outcome, chosen = transition(state, action), list[Violation]()
            for of in (outcome, transition(state, other)):
                chosen = watched(state, action, of)
                with monkeypatch.context() as patched:
                    patched.setattr(monitor, "looks", everything)
                    patched.setattr(monitor, "narrowed", nothing_left_out)
                    assert watched(state, action, of) == chosen
            broken += len(chosen)
            state = outcome.state if isinstance(outcome, Accepted) else state
    assert broken


def watched(state: State, action: Action, outcome: Outcome) -> list[Violation]:
    """What is broken where the state before kept everything; nothing where a check has no answer.

    No state of the reference accepts an action that names what is not there.
    """
    watch = Monitor(state, follows_index=False)
    watch._again = frozenset()
    with suppress(LookupError):
        return watch.check(action, outcome)
    return []


@pytest.mark.parametrize("kind", ["story", "trades", "positions"])
@pytest.mark.parametrize("seed", range(4))
def test_changes__parts_and_sums_by_their_paths_are_those_that_differ(
    kind: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = list[bool]()

    def compared(step: Step, new: Totals, *_: object, before: Totals | None) -> list[object]:
        moved, by_asset = moved_parts(step)
        differing, assets = moved_parts(replace(step, leaves=None))
        told.append(step.leaves is not None)
        assert not differing & ~moved
        assert all(not parts & ~by_asset.get(own, -1) for own, parts in assets.items())
        if before is not None:
            views = step.before, step.after
            whole = totals_after(before, *views, EVERY)
            assert totals_after(before, *views, sums_moved(moved)) == whole == new
        return []

    monkeypatch.setattr(trace, "not_held", compared)
    records = {"story": story(seed), "trades": recorded(TRADES), "positions": recorded(POSITIONS)}[
        kind
    ]
    report_of_trace(written(with_changes(spoilt(records, Random(seed)))))
    assert any(told) or kind == "story"


def test_leaf__moves_the_parts_that_a_comparison_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    records, shown = with_changes(recorded(POSITIONS)), recorded(POSITIONS)[-1]["observation"]
    told = {"action": {"type": "settle"}, "outcome": {"accepted": {"events": []}}}
    for members, key in leaves(shown):
        before = deepcopy(shown)
        members[key] = str(int(members[key]) + 1)
        records.append(told | {"changes": changes_of(before, shown)})
    records += [told | {"changes": {name: value}} for name, value in WHOLE.items()]
    shown |= WHOLE
    for of, name in ((shown["assets"]["USD"], "price"), (shown, "withdrawals")):
        del of[name]
        later = {"time": str(int(shown["time"]) + 1)}
        records += [told | {"observation": deepcopy(shown)}, told | {"changes": later}]
    alone = set[str]()

    def compared(step: Step, *_: object, **__: object) -> list[object]:
        paths = [leaf.path for leaf in step.leaves or ()]
        if len(paths) < 2:
            assert moved_parts(step) == moved_parts(replace(step, leaves=None)), paths
            alone.update(paths)
        return []

    monkeypatch.setattr(trace, "not_held", compared)
    report_of_trace(written(records))
    places = ("user", "positions/ORE_PERP/lots", "portfolio/equity")
    expected = {"time", "assets/USD/pool/cash", *(f"accounts/2/{own}" for own in places)}
    assert expected | {"accounts/0/user"} <= alone


def test_leaf__account_whose_unsettled_balance_ends_is_settled_no_more() -> None:
    shown = recorded(POSITIONS)[-1]["observation"]
    shown["accounts"]["4"]["unsettled"] = "5"
    followed = Followed(())
    followed.show(Node(shown, "observation"))
    assert (4,) in (followed.after().active or ())
    followed.change(Node({"accounts/4/unsettled": "0"}, "changes"))
    assert (4,) not in (followed.after().active or ())


def test_leaf__changes_the_fingerprint_until_it_is_what_it_was() -> None:
    shown = recorded(POSITIONS)[-1]["observation"]
    followed, prints = Followed(()), list[int]()
    followed.show(Node(shown, "observation"))
    for virtual in ("7", "8", "7"):
        change = {"accounts/2/positions/ORE_PERP/virtual": virtual}
        followed.change(Node(change, "changes"))
        prints.append(followed.fingerprint)
    assert prints[0] == prints[2] != prints[1]


def of_positions(lacking: str = "") -> tuple[Followed, Record]:
    """What is followed from a state with positions, of which an account lacks a member."""
    shown = recorded(POSITIONS)[-1]["observation"]
    shown["accounts"]["2"].pop(lacking, None)
    followed = Followed(())
    followed.show(Node(shown, "observation"))
    followed.after()
    return followed, shown


def test_leaf__is_read_with_what_changes_beside_it_later() -> None:
    followed, shown = of_positions()
    followed.change(Node({"accounts/2/positions/ORE_PERP/virtual": "7"}, "changes"))
    other = shown["accounts"]["2"]["positions"]["ORE_PERP"]
    followed.change(Node({"accounts/2/positions/OTHER": other}, "changes"))
    held = followed.after().accounts[2].positions
    assert {name: own.virtual for name, own in held.items()} == {
        "ORE_PERP": 7,
        "OTHER": int(other["virtual"]),
    }


def test_leaf__is_a_change_also_after_a_step_that_changed_nothing() -> None:
    followed, _ = of_positions()
    found = []
    for changes in ({}, {"accounts/2/positions/ORE_PERP/virtual": "7"}, {}):
        followed.change(Node(changes, "changes"))
        after = followed.after()
        found.append([*changed(followed.before().accounts, after.accounts)])
    assert found == [[], [2], []]


def test_leaf__is_not_changed_in_what_was_read() -> None:
    followed, _ = of_positions(lacking="settings")
    for member, value in (("virtual", "7"), ("interest", None)):
        followed.change(Node({f"accounts/2/positions/ORE_PERP/{member}": value}, "changes"))
    (own,) = followed.after().accounts[2].positions.values()
    assert own.virtual == 7
    assert missing_of(own).keys() == {"interest"}


def test_leaf__waits_to_be_written_beside_so_many_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "UNWRITTEN", 2)
    followed, _ = of_positions()
    waiting = []
    for member in ("virtual", "interest", "fees", "lots"):
        followed.change(Node({f"accounts/2/positions/ORE_PERP/{member}": "7"}, "changes"))
        waiting.append(len(followed._shown._unwritten))
    assert waiting == [1, 2, 0, 1]
