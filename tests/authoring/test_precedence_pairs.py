"""Every two codes of a stage, and every two stages that follow, have a vector or a reason."""

from __future__ import annotations

from unittest import mock

import pytest

from ibperp.operations import effect
from ibperp.outcomes import Rejected, RejectionCode
from ibperp.transition import transition
from ibperp_authoring.precedence.__main__ import gaps
from ibperp_authoring.precedence.propose import Refusal, States, refusals
from ibperp_authoring.precedence.shown import missing
from ibperp_authoring.precedence.wanted import ORDER, all_stages, applies, pairs
from ibperp_conformance.protocol.wire import decode_action
from ibperp_conformance.specification.stages import StageTableError, stages_of
from worlds.shipped import shipped_suite


@pytest.fixture(scope="module")
def known() -> list[Refusal]:
    suite = shipped_suite()
    return refusals(suite, States(suite.setups))


def test_stage_tables__name_every_code_but_those_of_one_rule() -> None:
    listed = {code for stage in all_stages() for code in stage.codes}
    assert {code.value for code in RejectionCode} - listed == set()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("| 1 | 4 | `out_of_range` | never |", "4 is not its place in the precedence"),
        ("| 1 | 3 | `no_code` | never |", "`no_code`"),
    ],
)
def test_stage_tables__wrong_row_is_named(row: str, message: str) -> None:
    text = "### CU-4 Deposits {#CU-4}\n\n`deposit(amount)`.\n\n"
    text += f"| stage | order | code | refused if |\n|---|---|---|---|\n{row}\n"
    with pytest.raises(StageTableError, match=message):
        stages_of(text, {"deposit"}, ORDER)


@pytest.mark.slow(3)
def test_precedence__has_no_gap_without_a_reason() -> None:
    assert gaps(shipped_suite()) == ([], [])


def test_precedence__gap_is_seen_when_its_vectors_are_gone(known: list[Refusal]) -> None:
    deposits = [each for each in known if each.action["type"] == "deposit"]
    asked = [pair for pair in pairs() if pair.action == "deposit"]
    shown = missing((("deposit", each.shown) for each in deposits), asked)
    alone = [each for each in deposits if len(each.shown.codes) == 1 and not each.shown.later]
    left = missing((("deposit", each.shown) for each in alone), asked)
    assert len(left) > len(shown)


def test_precedence__engine_with_any_two_codes_swapped_fails(known: list[Refusal]) -> None:
    """The zoo of every two codes that fail together: the swapped engine answers the other."""
    states, swapped = States(shipped_suite().setups), 0
    for pair in pairs():
        seen = (each for each in known if not pair.is_next_stage and each.shown.shows(pair))
        found = next((each for each in seen if applies(pair, str(each.action["type"]))), None)
        state = None if found is None else states.after(found.setup, found.before)
        if found is None or state is None:
            continue
        exchange = {pair.first: pair.second, pair.second: pair.first}
        wrong = {RejectionCode(exchange.get(code, code)): at for code, at in ORDER.items()}
        with mock.patch.object(effect, "PRECEDENCE", wrong):
            outcome = transition(state, decode_action(found.action))
        assert isinstance(outcome, Rejected)
        assert outcome.code != pair.first, pair
        swapped += 1
    assert swapped > 400
