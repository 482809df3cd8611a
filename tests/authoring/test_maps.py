"""The map for engineers holds everything that the code has."""

import dataclasses
import re
from functools import cache
from typing import get_args

import pytest

from ibperp.events import Event, Reason, SettlementSource
from ibperp.rejection_codes import RejectionCode
from ibperp_authoring.site.maps import actions, moves, outcomes, parameters
from ibperp_authoring.site.maps.observed import observed
from ibperp_conformance.protocol import wire
from ibperp_conformance.protocol.server import CAPABILITIES


def anchors(page: str) -> list[str]:
    return re.findall(r"\{#([\w-]+)\}", page)


SHARED = ("redeem", "borrow", "place_order", "accept_quote", "liquidate")


@cache
def page() -> str:
    return actions.action_index()


def section(action: str) -> str:
    return page().partition(f"{{#{action}}}")[2].partition("\n### ")[0]


def test_actions__each_has_a_section_and_a_capability() -> None:
    found = anchors(page())
    assert set(wire.action_classes()) == {name for name in found if not name.startswith("stages-")}
    assert {actions.capability_of(action) for action in wire.action_classes()} <= set(CAPABILITIES)


def test_place_order__names_its_codes_by_stage() -> None:
    rows = [line for line in section("place_order").splitlines() if line.startswith("| ")][2:]
    numbers = [row.split("|")[1].strip() for row in rows]
    assert numbers == ["1", "2", "3", "4", "5", "6", "last"]
    assert "fill_or_kill" in rows[3]
    assert "MM-18" in rows[2]


def test_codes_of_vectors__are_in_the_section_of_their_action() -> None:
    parts = " ".join(section(f"stages-{clause}") for clause in actions.SHARED_PARTS)
    for action in wire.action_classes():
        text = section(action) + "`halted`"
        if re.search("MM-18|PP-5|SM-4|PG-4|MM-12", text):
            text += parts + " ".join(map(section, SHARED))
        seen = {code for code, by in observed().codes.items() if action in by}
        assert {code for code in seen if f"`{code}`" not in text} == set(), action


@pytest.mark.parametrize(
    ("action", "classes"),
    [
        ("place_order", ("order",)),
        ("submit_quote", ("order", "liquidation")),
        ("refresh_request", ()),
        ("borrow", ("borrow",)),
        ("transfer", ("withdrawal",)),
        ("run_risk", ("liquidation",)),
        ("deposit", ()),
    ],
)
def test_price_classes__are_those_of_the_text(action: str, classes: tuple[str, ...]) -> None:
    assert actions.price_classes(action) == classes


def test_codes__all_by_precedence_each_with_a_clause_and_a_vector() -> None:
    page = outcomes.code_index()
    assert anchors(page) == [code.value for code in RejectionCode]
    for code in RejectionCode:
        assert list(outcomes.refusing(code.value)), code
        assert observed().shown[code.value], code


def test_events__all_of_the_records() -> None:
    page = outcomes.event_index()
    assert set(anchors(page)) == {wire.type_name(record) for record in get_args(Event)}
    assert all(observed().events[name] for name in anchors(page))


def test_parameters__all_fields_that_are_no_record() -> None:
    page = parameters.parameter_index()
    for title, record, _ in parameters.RECORDS:
        for field in dataclasses.fields(record):
            assert f"{{#{title.split()[0].lower()}-{field.name}}}" in page, (title, field.name)


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        ("50000000000000000", "ratio", "5 %"),
        ("500000000000000000", "multiplier, ratio", "0.5 times"),
        ("60", "seconds", "60 s"),
        (False, "boolean", "`false`"),
        ("1000000000000000000000000", "quote atoms", "10^24"),
    ],
)
def test_read__shows_what_people_read(value: object, unit: str, shown: str) -> None:
    assert parameters.read(value, unit) == shown


def test_moves__every_reason_and_source_of_vectors() -> None:
    page = moves.move_table()
    assert {*anchors(page)} == {*map(str, Reason), *map(str, SettlementSource)}
    moving = {reason for reason, signs in observed().shares.items() if signs}
    assert moving == {reason.value for reason in moves.POOL_MOVES}
