"""The log of an engine without a book: its trades are fills, and are held to the rules (CF-11)."""

from __future__ import annotations

from copy import deepcopy
from typing import Final

import pytest

from ibperp.actions import Action
from ibperp.outcomes import Accepted
from ibperp.state import genesis
from ibperp.transition import transition
from ibperp_conformance.protocol.fills import encode_fill, filled, fills_of
from ibperp_conformance.protocol.observation import observe
from ibperp_conformance.protocol.wire import encode_action, encode_outcome, encode_system
from ibperp_conformance.runner.capabilities import ORDER_ACTIONS
from ibperp_invariants.check.trace import report_of_trace
from invariants.test_trace import POSITIONS, TRADES, Record, written
from worlds.tiny import SYSTEM

CAPABILITIES: Final = ["fills", "perpetuals", "settlement", "programs", "governance", "events"]


def without_a_book(actions: tuple[Action, ...]) -> list[Record]:
    """The log of a run in which each trade of an order is a fill, without what shows orders."""
    orders = fills = genesis(SYSTEM)
    lines: list[Record] = [{"system": encode_system(SYSTEM), "capabilities": CAPABILITIES}]
    for action in actions:
        outcome, given = transition(orders, action), encode_action(action)
        traded = fills_of(outcome) if isinstance(outcome, Accepted) else []
        is_order = given["type"] in ORDER_ACTIONS
        for fill in traded if is_order else (None,):
            done = filled(fills, fill) if fill else transition(fills, action)
            result = encode_outcome(fills, done)
            fills = done.state if isinstance(done, Accepted) else fills
            shown = observe(fills)
            del shown["orders"]
            for market in shown["markets"].values():
                del market["bids"], market["asks"]
            wire = encode_fill(fill) if fill else given
            lines.append({"action": wire, "outcome": result, "observation": shown})
        orders = outcome.state if isinstance(outcome, Accepted) else orders
    return lines


LOGS: Final = {"positions": without_a_book(POSITIONS), "trades": without_a_book(TRADES)}


def fill_of(records: list[Record]) -> int:
    """The place of the last fill in a log."""
    return max(n for n, line in enumerate(records) if line.get("action", {}).get("type") == "fill")


@pytest.mark.parametrize("name", LOGS)
def test_log_of_fills__breaks_nothing_and_all_is_checked(name: str) -> None:
    found = report_of_trace(written(LOGS[name]))
    assert fill_of(LOGS[name])
    assert (found.violations, found.unchecked) == ([], {})


@pytest.mark.parametrize(
    ("name", "path", "invariant"),
    [
        ("positions", ("accounts", "2", "positions", "ORE_PERP", "cost"), "trades_move_no_value"),
        ("positions", ("accounts", "0", "unsettled"), "trades_move_no_value"),
        ("positions", ("accounts", "4", "free", "USD"), "subaccount_isolation"),
        ("positions", ("markets", "ORE_PERP", "mark_price"), "frame_rule"),
        ("trades", ("accounts", "3", "free", "USD"), "no_free_round_trip"),
        ("trades", ("markets", "ORE_USD", "last_price"), "fills_are_transfers"),
    ],
)
def test_fault_in_a_fill__is_found(name: str, path: tuple[str, ...], invariant: str) -> None:
    records, place = deepcopy(LOGS[name]), fill_of(LOGS[name])
    members = records[place]["observation"]
    for part in path[:-1]:
        members = members[part]
    members[path[-1]] = str(int(members.get(path[-1], "0")) + 9)
    found = report_of_trace(written(records)).violations
    assert (place + 1, invariant) in {(own.line, own.violation.invariant) for own in found}
