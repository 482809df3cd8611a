"""Snapshots: exact, canonical, strict, and the same on every interpreter and hash seed.

A restored state continues as if it had never been away: the same outcomes, events and hash.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import is_dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from ibperp.actions import Action, Liquidate
from ibperp.ordered import Ordered
from ibperp.outcomes import Accepted
from ibperp.persistent import Vector
from ibperp.position import Position
from ibperp.state import Account, State, genesis
from ibperp.transition import transition
from ibperp_conformance.scenario.run import run_scenario
from ibperp_conformance.snapshot import canonical
from ibperp_conformance.snapshot.canonical import canonical_bytes, decoded, encoded
from ibperp_conformance.snapshot.state import SnapshotError, restore, snapshot, state_hash
from walks.walk import EVERYTHING, traders, useful_action
from walks.walk_perpetual import limited
from worlds.failing import indebted
from worlds.tiny import SYSTEM, run

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
SCENARIOS: Final = [
    path
    for path in sorted((ROOT / "docs" / "scenarios").glob("*.yaml"))
    if "repeat:" not in path.read_text(encoding="utf-8")
]
"""The short ones; those that repeat have thousands of steps."""

SEEDS: Final = range(8)
VERSIONS: Final = ("3.11", "3.12", "3.13")


@cache
def walk(seed: int, steps: int = 150) -> tuple[State, tuple[Action, ...], State]:
    """Return a first state, actions, and the state that they lead to."""
    random = Random(seed)
    first = state = traders(limited(random, SYSTEM))
    done = []
    for _ in range(steps):
        action = useful_action(random, state, EVERYTHING)
        done.append(action)
        outcome = transition(state, action)
        state = outcome.state if isinstance(outcome, Accepted) else state
    return first, tuple(done), state


def replayed(state: State, log: tuple[Action, ...]) -> Iterator[tuple[Any, State]]:
    """Yield what every action came to, without the state that is in an outcome, and the state."""
    for action in log:
        outcome = transition(state, action)
        state = outcome.state if isinstance(outcome, Accepted) else state
        yield outcome.events if isinstance(outcome, Accepted) else outcome, state


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Draw any well-typed value, however senseless, from the fields of the records."""
    origin, within = get_origin(hint), get_args(hint)
    if hint is int:
        return st.integers(-(2**130), 2**130)
    if hint is bool:
        return st.booleans()
    if hint is str:
        return st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
    if hint is Ordered:
        keys = st.lists(st.integers(-3, 9), min_size=1, max_size=3).map(tuple)
        return st.sets(keys, max_size=3).map(Ordered)
    if origin in {Vector, tuple}:
        return st.lists(values(within[0]), max_size=2).map(Vector if origin is Vector else tuple)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        own = ORIGINAL_HINTS(hint).items()
        return st.builds(hint, **{name: values(kind) for name, kind in own})
    return st.one_of(*(st.none() if kind is type(None) else values(kind) for kind in within))


ORIGINAL_HINTS: Final = canonical.hints_of
ANY_STATE: Final = st.deferred(lambda: values(State))
QUICK: Final = settings(
    max_examples=40,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def changed(state: State, *path: str | int, to: Any) -> bytes:
    """Return a snapshot in which one value is another, in canonical bytes."""
    data = json.loads(snapshot(state))
    place = data
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = to
    return canonical_bytes(data)


def refusal(data: bytes) -> str:
    with pytest.raises(SnapshotError) as caught:
        restore(data)
    return str(caught.value)


@pytest.mark.parametrize("seed", SEEDS)
def test_restored__is_the_state_and_has_its_bytes(seed: int) -> None:
    _, _, state = walk(seed)
    data = snapshot(state)
    again = restore(data)
    assert again == state
    assert snapshot(again) == data
    assert state_hash(again) == state_hash(state)


def test_walks__have_what_a_state_can_hold() -> None:
    ends = [walk(seed)[2] for seed in SEEDS]
    for name in ("withdrawals", "rebalances", "orders", "active", "exposed"):
        assert any(len(getattr(state, name)) for state in ends), name
    assert any(len(market.book.bids) for state in ends for market in state.markets)
    assert any(len(account.positions) > 1 for state in ends for account in state.accounts)


@pytest.mark.parametrize("seed", SEEDS)
def test_restart__in_the_middle_changes_nothing(seed: int) -> None:
    first, log, end = walk(seed)
    straight = list(replayed(first, log))
    for cut in (0, 1, len(log) // 2, len(log) - 1):
        before = straight[cut - 1][1] if cut else first
        rest = list(replayed(restore(snapshot(before)), log[cut:]))
        assert rest == straight[cut:]
        assert state_hash(rest[-1][1]) == state_hash(end)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_restart__after_every_step_of_a_scenario_changes_nothing(path: Path) -> None:
    result = run_scenario(path)
    steps = (*result.scene, *result.steps)
    state = genesis(result.preset.system)
    for step in steps:
        outcome = transition(restore(snapshot(state)), step.action)
        assert outcome == step.outcome
        state = outcome.state if isinstance(outcome, Accepted) else state
    assert state_hash(state) == state_hash(result.final)


@given(ANY_STATE)
@QUICK
def test_any_state__is_written_whole(state: State) -> None:
    data = json.loads(canonical_bytes(encoded(state, State)))
    assert decoded(data, State) == state


@given(ANY_STATE, ANY_STATE)
@QUICK
def test_any_two_states__have_the_same_bytes_only_if_equal(one: State, other: State) -> None:
    assert (snapshot(one) == snapshot(other)) == (one == other)


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ("State", "liquidation_time"),
        ("State", "requests"),
        ("Account", "unsettled"),
        ("Position", "virtual_value"),
        ("Pool", "interest_carry"),
        ("Perpetual", "ramp"),
    ],
)
def test_field_left_out__is_found(monkeypatch: pytest.MonkeyPatch, record: str, field: str) -> None:
    def forgetful(kind: type) -> dict[str, Any]:
        hints = dict(ORIGINAL_HINTS(kind))
        if kind.__name__ == record:
            del hints[field]
        return hints

    canonical.codec_of.cache_clear()
    monkeypatch.setattr(canonical, "hints_of", forgetful)
    try:
        find(
            ANY_STATE,
            lambda state: decoded(encoded(state, State), State) != state,
            settings=settings(QUICK, max_examples=400, phases=[Phase.generate]),
        )
    finally:
        canonical.codec_of.cache_clear()


def test_equal_states__built_in_other_ways__have_the_same_bytes() -> None:
    _, _, state = walk(1)
    accounts: Vector[Account] = Vector()
    for account in state.accounts:
        accounts = accounts.append(account)
    exposed = Ordered(reversed(list(state.exposed)))
    assert snapshot(replace(state, accounts=accounts, exposed=exposed)) == snapshot(state)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("format",), "other", 'format: expected "ibperp-snapshot"'),
        (("version",), "2", "version: expected \"1\", got '2'"),
        (("version",), 1, 'version: expected "1", got 1'),
        (("more",), "1", "more: unknown field"),
        (("state",), [], "state: expected a JSON object"),
        (("state", "more"), "1", "state.more: unknown field; it is damaged"),
        (("state", "time"), 5, "state.time: expected an integer as a decimal string"),
        (("state", "time"), "05", "got '05'"),
        (("state", "time"), "+5", "got '+5'"),
        (("state", "time"), "٣", "expected an integer"),
        (("state", "time"), None, "got None"),
        (("state", "time"), "9" * 601, "state.time: expected at most 600 digits"),
        (("state", "is_halted"), "false", "state.is_halted: expected true or false"),
        (("state", "accounts"), {}, "state.accounts: expected a JSON array"),
        (("state", "accounts"), [], "state.accounts: expected the 2 system accounts"),
        (("state", "accounts", 2, "free"), ["1", 2], "state.accounts[2].free[1]: expected an"),
        (("state", "accounts", 2, "free"), ["1", "0"], "state.accounts[2].free: expected no entry"),
        (("state", "accounts", 2, "settings", "lucky"), True, "settings.lucky: unknown field"),
        (("state", "markets", 0, "type"), "future", "markets[0].type: expected one of market, per"),
        (("state", "markets", 0, "base"), "9", "markets[0].base: expected the id of one of"),
        (("state", "markets", 0, "parameters", "base"), "USD", "parameters.base: expected ORE"),
        (("state", "assets", 1, "symbol"), "USD", "state.assets[1]: expected a name that no other"),
        (("state", "assets", 0, "symbol"), 7, "state.assets[0].symbol: expected text"),
        (("state", "assets", 0, "tokens"), [], "state.assets[0].tokens: expected"),
        (("state", "assets", 0, "ramp"), [], "state.assets[0].ramp: expected a JSON object"),
        (("state", "system", "quote_unit"), "0", "state.system.quote_unit: "),
        (("state", "system", "settlement_asset"), "X", "settlement_asset: expected a listed asset"),
        (("state", "orders", 0, "side"), "buy", "state.orders[0].side: expected one of bid, ask"),
        (("state", "orders", 0, "account"), "99", "orders[0].account: expected the id of one of"),
        (("state", "withdrawals", 0, "token"), "-1", "withdrawals[0].token: expected the place"),
        (
            ("state", "active"),
            [],
            "state.active: expected what follows from the rest, but it lacks",
        ),
        (("state", "exposed"), [["0"], ["2"]], "state.exposed: expected what follows"),
        (("state", "active"), [["3"], ["2"]], "state.active[1]: expected a key above the one"),
        (("state", "markets", 2, "open_interest"), "1", "the invariant open_interest_agrees"),
        (("state", "assets", 0, "pool", "lend_shares"), "1", "state: the invariant"),
        (("state", "accounts", 2, "orders"), [], "state.accounts[2].orders: expected its open"),
        (("state", "accounts", 2, "conversion"), "0", "conversion: expected its last one, None"),
    ],
)
def test_damaged__is_refused_by_field(
    path: tuple[str | int, ...], value: Any, message: str
) -> None:
    assert message in refusal(changed(rich(), *path, to=value))


@cache
def rich() -> State:
    """Return a state with positions, withdrawals and resting orders of account 2."""
    ends = (walk(seed)[2] for seed in range(60))
    return next(
        state
        for state in ends
        if len(state.withdrawals)
        and state.accounts[2].orders
        and len(state.active) > 2
        and any(getattr(market, "open_interest", 0) > 1 for market in state.markets[2:3])
    )


def test_restored__knows_the_request_for_collateral() -> None:
    state = run(indebted(), Liquidate(2))
    assert state.accounts[2].conversion is not None
    assert restore(snapshot(state)) == state
    told = refusal(changed(state, "state", "accounts", 2, "conversion", to=None))
    assert "state.accounts[2].conversion: expected its last one, 0" in told


def test_books__are_held_to_the_orders() -> None:
    state = rich()
    place, name = next(
        (place, name)
        for place, market in enumerate(state.markets)
        for name in ("bids", "asks")
        if len(getattr(market.book, name))
    )
    told = refusal(changed(state, "state", "markets", place, "book", name, to=[]))
    assert f"state.markets[{place}].book.{name}: expected what follows" in told
    told = refusal(changed(state, "state", "markets", place, "book", "next_sequence", to="0"))
    assert "next_sequence: expected one above" in told


def test_missing_field__is_named() -> None:
    data = json.loads(snapshot(rich()))
    del data["state"]["accounts"][2]["shares"]
    assert "state.accounts[2].shares: missing; it is damaged" in refusal(canonical_bytes(data))
    del data["state"]
    assert "state: missing" in refusal(canonical_bytes(data))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not JSON at character 0"),
        (b"\xff", "not UTF-8 at byte 0"),
        (b"[" * 100_000, "not JSON: nested too deeply; it is cut short, or not a snapshot"),
        (b"\xef\xbb\xbf{}", "a byte order mark; write UTF-8 without one"),
        (b"9" * 9_999, "not JSON: a number of too many digits"),
        (b"[]", "format: expected"),
        (b'{"hello": 1}', "format: expected"),
        (b"\x89PNG\r\n", "not UTF-8"),
    ],
)
def test_foreign_bytes__are_refused(data: bytes, message: str) -> None:
    assert message in refusal(data)


def test_other_bytes_of_the_same_state__are_refused() -> None:
    data = snapshot(genesis(SYSTEM))
    assert "not canonical at byte 1" in refusal(data.replace(b"{", b"{ ", 1))
    assert f"not canonical at byte {len(data)}" in refusal(data + b"\n")
    twice = data.replace(b'"time":"0"', b'"time":"0","time":"0"')
    assert "not canonical at byte" in refusal(twice)
    text = b'"settlement_asset":"USD'
    assert text in data
    assert "lone surrogates" in refusal(data.replace(text, b'"settlement_asset":"\\ud800'))
    assert "cut short" in refusal(data[:-1])


def test_fields__are_sorted_and_refused_in_another_order() -> None:
    def reversed_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert [name for name, _ in pairs] == sorted(name for name, _ in pairs)
        return dict(reversed(pairs))

    data = snapshot(rich())
    turned = json.loads(data, object_pairs_hook=reversed_pairs)
    text = json.dumps(turned, ensure_ascii=False, separators=(",", ":"))
    assert len(text.encode()) == len(data)
    assert "not canonical at byte 2" in refusal(text.encode())


@pytest.mark.parametrize("size", [31, 32, 33, 1024, 1025, 5000])
def test_long_vectors_and_sets__are_written_whole(size: int) -> None:
    vector, ordered = Vector(range(size)), Ordered((size - key, key) for key in range(size))
    again = decoded(encoded(vector, Vector[int]), Vector[int])
    assert again == vector
    assert again.append(7) == vector.append(7)
    assert decoded(encoded(ordered, Ordered), Ordered) == ordered


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("time", True, "state.time: expected an integer, got True"),
        ("time", 10**600, "state.time: expected at most 600 digits"),
        ("system", replace(SYSTEM, settlement_asset="\ud800"), "without lone surrogates"),
        ("is_halted", 0, "state.is_halted: expected true or false, got 0"),
        ("chains", [], "state.chains: expected a tuple"),
        ("active", (), "state.active: expected an ordered set"),
        ("markets", (Account(1),), "state.markets[0]: expected a record of market, perpetual"),
        ("accounts", Vector((SYSTEM,)), "state.accounts[0]: expected a record Account"),
    ],
)
def test_ill_typed_state__is_not_written(field: str, value: Any, message: str) -> None:
    with pytest.raises(SnapshotError) as caught:
        snapshot(replace(genesis(SYSTEM), **{field: value}))
    assert message in str(caught.value)


def test_positions__are_ascending_and_not_empty() -> None:
    state = rich()
    index, account = next(
        (index, account) for index, account in enumerate(state.accounts) if account.positions
    )
    (first, *_), path = account.positions, ("state", "accounts", index, "positions")
    twice = encoded(replace(account, positions=(first, first)), Account)["positions"]
    told = refusal(changed(state, *path, to=twice))
    assert f"state.accounts[{index}].positions: expected ascending markets" in told
    empty = encoded(replace(account, positions=(Position(0),)), Account)["positions"]
    told = refusal(changed(state, *path, to=empty))
    assert f"state.accounts[{index}].positions: expected none without lots" in told


def test_type_without_a_form__is_named() -> None:
    with pytest.raises(TypeError, match=r"float.* has no canonical form"):
        canonical.codec_of(float)


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for name, item in pairs:
            yield from leaves(item, (*path, name))


@pytest.mark.parametrize("seed", range(4))
def test_damage_anywhere__is_refused_or_is_another_state(seed: int) -> None:
    random, state = Random(seed), walk(seed)[2]
    places = list(leaves(json.loads(snapshot(state))))
    wrong: tuple[Any, ...] = (None, True, "0", "-1", "7", "x", "open", [], {}, [["1"]], str(10**30))
    refused = 0
    for path in random.sample(places, 150):
        data = changed(state, *path, to=random.choice(wrong))
        try:
            again = restore(data)
        except SnapshotError:
            refused += 1
        else:
            assert snapshot(again) == data
    assert refused > 75


# Replays a log on another interpreter, straight and with a restart in its middle; standard library,
# reference, invariants and snapshots alone.
CHILD: Final = """
import hashlib, json, sys
from ibperp.actions import Action
from ibperp.outcomes import (Accepted,)
from ibperp.transition import transition
from ibperp_conformance.snapshot.canonical import decoded
from ibperp_conformance.snapshot.state import restore, snapshot, state_hash

told = json.load(sys.stdin)
log = decoded(told["log"], tuple[Action, ...])
state = restore(told["first"].encode())
said = hashlib.sha256()
for place, action in enumerate(log):
    if place == len(log) // 2:
        state = restore(snapshot(state))
    outcome = transition(state, action)
    if isinstance(outcome, Accepted):
        state = outcome.state
    said.update(repr(getattr(outcome, "events", outcome)).encode())
foreign = sorted({"pydantic", "rich", "typer", "hypothesis"} & sys.modules.keys())
print(json.dumps([state_hash(state), said.hexdigest(), foreign]))
"""


def interpreter(version: str) -> str | None:
    """Return a Python of a version that runs, or None."""
    name = f"python{version}"
    roots = [Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()]
    found = [str(path) for root in roots for path in root.glob(f"versions/{version}.*/bin/{name}")]
    for candidate in (*sorted(found), shutil.which(name)):
        if candidate is None:
            continue
        probe = [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        done = subprocess.run(probe, capture_output=True, text=True, check=False)
        if done.stdout.strip() == version:
            return candidate
    return None


@pytest.mark.parametrize("hash_seed", ["0", "1", "4294967295"])
@pytest.mark.parametrize("version", VERSIONS)
def test_same_log__same_hash_on_every_interpreter(version: str, hash_seed: str) -> None:
    python = interpreter(version)
    if python is None:
        pytest.skip(f"there is no Python {version} on this machine")
    first, log, end = walk(3)
    told = {"first": snapshot(first).decode(), "log": encoded(log, tuple[Action, ...])}
    rooms = os.pathsep.join(str(ROOT / room) for room in ("reference", "invariants", "conformance"))
    done = subprocess.run(
        [python, "-S", "-c", CHILD],
        input=json.dumps(told),
        env={"PYTHONPATH": rooms, "PYTHONHASHSEED": hash_seed, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said = hashlib.sha256()
    for came, _ in replayed(first, log):
        said.update(repr(came).encode())
    assert json.loads(done.stdout) == [state_hash(end), said.hexdigest(), []]
