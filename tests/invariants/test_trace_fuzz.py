"""Logs that were altered at random: each is checked to its end, and nothing is raised."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any, Final

import pytest

from ibperp.actions import SetMarketReference, SetPrice
from ibperp_conformance.traces.write import changes_of
from ibperp_invariants.check.trace import MALFORMED, MISPLACED, TraceChecker
from invariants.test_trace import MARKET, POSITIONS, TRADES, recorded

Record = dict[str, Any]


def with_changes(records: list[Record]) -> list[Record]:
    """The same trace with changes in place of all whole states after the first."""
    found, shown = records[:2], records[1]["observation"]
    for record in records[2:]:
        kept = {name: value for name, value in record.items() if name != "observation"}
        found.append(kept | {"changes": changes_of(shown, record["observation"])})
        shown = record["observation"]
    return found


WHOLE: Final = [recorded(TRADES), recorded(POSITIONS)]
LOGS: Final = [*WHOLE, *map(with_changes, WHOLE)]
JUNK: Final[tuple[Any, ...]] = (
    None,
    True,
    5,
    1.5,
    "",
    "x",
    "007",
    "-1",
    "9" * 400,
    "9" * 1200,
    [],
    {},
    ["1"],
    {"1": {"2": []}},
    "\x00",
    "\u2028",
    "\ud800",
    "0",
)


def places(value: Any) -> list[tuple[Any, Any]]:
    found = []
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in members:
        found.append((value, key))
        if isinstance(item, dict | list):
            found += places(item)
    return found


def altered(record: Record, source: random.Random) -> None:
    """Delete, rename or replace something in a line."""
    for _ in range(source.choice((1, 1, 2, 5))):
        spots = places(record)
        if not spots:
            return
        holder, key = source.choice(spots)
        match source.randrange(4):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, dict):
                holder[source.choice(("x", "7", "-1", "a/b", "USD", "9" * 30))] = holder.pop(key)
            case 2:
                nested: Any = source.choice(JUNK)
                for _ in range(source.choice((1, 40))):
                    nested = [nested] if source.random() < 0.5 else {"a": nested}
                holder[key] = nested
            case _:
                holder[key] = source.choice(JUNK)


def spoiled(line: bytes, source: random.Random) -> bytes:
    """Alter the bytes of a line."""
    at = source.randrange(len(line))
    deep = source.choice((300, 900, 5000))
    match source.randrange(7):
        case 0:
            return line[:at]
        case 1:
            return line[:at] + bytes([source.randrange(256)]) + line[at:]
        case 2:
            return line[:at] + b"\x00" + line[at + 1 :]
        case 3:
            return b"\xef\xbb\xbf" + line
        case 4:
            nested = b"[" * deep + b"]" * deep
            return line.replace(b':"', b":" + nested + b',"x":"', 1)
        case 5:
            return line.replace(b"{", b'{"time":"1","time":"2",', 1)
        case _:
            return line.rstrip(b"\n") + b"\r\n"


@pytest.mark.parametrize("seed", range(8))
def test_altered_log__is_checked_to_its_end(seed: int) -> None:
    source = random.Random(seed)
    for _ in range(5):
        records = json.loads(json.dumps(source.choice(LOGS)))
        for _ in range(source.choice((1, 2, 6))):
            altered(source.choice(records), source)
        lines = [json.dumps(record).encode() + b"\n" for record in records]
        if source.random() < 0.5:
            where = source.randrange(len(lines))
            lines[where] = spoiled(lines[where], source)
        checker = TraceChecker()
        for line in lines:
            for finding in checker.feed(line):
                assert finding.line == checker.lines
                assert finding.violation.message
        assert checker.lines == len(lines)


@pytest.mark.parametrize("index", range(len(WHOLE)))
def test_changes__are_checked_as_whole_states_are(index: int) -> None:
    whole = WHOLE[index]
    assert all(not found for found in fed(with_changes(whole)))
    for place in range(14 if index == 0 else 9, len(whole), 3):
        records = json.loads(json.dumps(whole))
        shown = records[place]["observation"]
        shown["accounts"]["2"]["free"]["USD"] = "77"
        shown["accounts"]["3"]["free"]["XYZ"] = "1"
        expected = [names(found) for found in fed(records)]
        assert expected[place] > {MISPLACED}
        assert [names(found) for found in fed(with_changes(records))] == expected


@pytest.mark.parametrize("form", [list, with_changes], ids=["whole", "changes"])
@pytest.mark.parametrize("moves", [True, False], ids=["price_moves", "nothing_moves"])
def test_reported_health__is_compared_where_its_account_stays(
    form: Callable[[list[Record]], list[Record]], moves: bool
) -> None:
    end = SetPrice("ORE", 251) if moves else SetMarketReference(MARKET, 26, 26, 0)
    records = recorded((*TRADES, end))
    assert not fed(form(records))[-1]
    records[-1]["observation"]["accounts"]["3"]["portfolio"]["equity"] = "7"
    assert names(fed(form(records))[-1]) == {"no_double_count"}


def fed(records: list[Record]) -> list[list[Any]]:
    checker = TraceChecker()
    return [checker.feed(json.dumps(record)) for record in records]


def names(found: list[Any]) -> set[str]:
    return {finding.violation.invariant for finding in found}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"accounts/2/free/USD": 5}, "accounts/2/free/USD must be a decimal string"),
        ({"accounts/2/fre/USD": None}, "nothing stands there"),
        ({"accounts/2/free/USD/x": "1"}, "nothing stands there"),
        ({"nothing/2": "1"}, "no such member"),
        ({"time": None}, "only be given a value"),
        ({"accounts/x/user": "1"}, "as an id"),
        ({"accounts/2": 5}, "accounts/2 must be an object"),
        ([], "changes must be an object"),
    ],
)
def test_change__that_cannot_be_read_is_reported_with_its_leaf(changes: Any, message: str) -> None:
    records = json.loads(json.dumps(LOGS[-1]))
    records[-1]["changes"] = changes
    told = fed(records)[-1]
    unread = [item.violation.message for item in told if item.violation.invariant == MALFORMED]
    assert any(message in line for line in unread), unread
