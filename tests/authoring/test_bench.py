"""The benchmark measures accepted transitions of sound states."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

import ibperp_invariants
from ibperp.actions import RunRisk, UpdateMark
from ibperp.events import LiquidationStage, LiquidationStep
from ibperp.outcomes import Accepted
from ibperp.portfolio import portfolio
from ibperp.risk import due_accounts
from ibperp.state import State
from ibperp.transition import OPERATIONS, transition
from ibperp_authoring.bench import (
    engines,
    fuzzing,
    liquidation,
    orders,
    quint,
    settlement,
    states,
    table,
    versus,
)

ORDERS: Final = 30
POSITIONS: Final = 220


SHORTER: Final = (
    (table, "REPEATS", 1),
    (table, "TRANSITIONS", 40),
    (states, "TRANSITIONS", 40),
    (orders, "REPEATS", 1),
    (orders, "STEPS", 20),
    (orders, "ROUNDS", 2),
    (liquidation, "ROW_REPEATS", 1),
    (fuzzing, "RUNS", 1),
)
"""How much is measured here: each row once, and little."""


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, value in SHORTER:
        monkeypatch.setattr(module, name, value)


@pytest.mark.parametrize(
    "make",
    [lambda: states.populated(10), lambda: states.with_orders(ORDERS), states.wide],
    ids=["accounts", "orders", "wide"],
)
def test_states__hold_every_invariant(make: Callable[[], State]) -> None:
    assert ibperp_invariants.check_state(make()) == []


def test_with_orders__has_as_many_resting__half_of_them_bids() -> None:
    state = states.with_orders(ORDERS)
    book = state.markets[0].book
    assert len(book.bids) == len(book.asks) == ORDERS // 2
    opened = [order for account in state.accounts for order in account.orders]
    assert sorted(opened) == list(range(ORDERS))
    assert max(len(account.orders) for account in state.accounts) <= state.system.order_limit


def test_wide__owes_every_asset_and_has_as_many_orders() -> None:
    state = states.wide()
    account = state.accounts[states.FIRST]
    owed = [line for line in portfolio(state, account) if line.owed and line.exposed]
    assert len(owed) == len(account.orders) == states.WIDE


def test_rates__measures_every_kind_of_action() -> None:
    measured = dict(table.rates(10))
    assert measured.keys() == table.kinds(10).keys()
    assert all(rate > 0 for rate in measured.values())
    makers = (
        *table.kinds(10).values(),
        *orders.kinds(ORDERS).values(),
        *settlement.kinds().values(),
    )
    risky = {type(action) for _, action in liquidation.rows(ORDERS).values()}
    assert {type(make(0)) for make in makers} | risky == set(OPERATIONS)


def test_rates__of_failing_accounts_and_programs_are_measured() -> None:
    measured = liquidation.rates()
    assert measured.keys() == liquidation.rows(ORDERS).keys()
    assert all(rate > 0 for rate in measured.values())


@pytest.mark.parametrize(
    ("is_helped", "stages"),
    [
        (True, {LiquidationStage.ON_BOOK, LiquidationStage.ON_BACKSTOP}),
        (False, {LiquidationStage.ON_ADL}),
    ],
)
def test_cascade__ends_with_nobody_due__in_sound_states(
    is_helped: bool, stages: set[LiquidationStage]
) -> None:
    state = liquidation.with_leverage(POSITIONS, is_helped=is_helped)
    assert ibperp_invariants.check_state(state) == []
    fallen = transition(
        state,
        UpdateMark(
            liquidation.CROWDED,
            settlement.MARK - liquidation.FALL,
            has_basis=False,
            basis=0,
        ),
    )
    assert isinstance(fallen, Accepted)
    assert len(due_accounts(fallen.state)) > POSITIONS // 10
    ended = transition(fallen.state, RunRisk(liquidation.STEPS))
    assert isinstance(ended, Accepted)
    assert due_accounts(ended.state) == ()
    assert ibperp_invariants.check_state(ended.state) == []
    steps = {event.stage for event in ended.events if isinstance(event, LiquidationStep)}
    assert stages <= steps
    assert is_helped or not steps & {LiquidationStage.ON_BOOK, LiquidationStage.ON_BACKSTOP}
    assert liquidation.cascade(POSITIONS, is_helped=is_helped)["accounts_due"] > 0


def test_due_list__a_price_looks_at_those_it_touches() -> None:
    measured = liquidation.due_list(10 * POSITIONS)
    assert measured["accounts_touched"] < 10 * POSITIONS
    assert measured["accounts_due"] > 0


def test_book_rates__measures_every_row() -> None:
    measured = table.book_rates(ORDERS)
    assert measured.keys() == orders.kinds(ORDERS).keys()
    assert all(rate > 0 for rate in measured.values())


@pytest.mark.parametrize(
    ("row", "trades"), [("place_order", 0), ("fill", 1), ("fill_borrowing", 1)]
)
def test_book_rates__an_order_rests_or_trades_as_its_row_says(row: str, trades: int) -> None:
    state = states.with_orders(ORDERS)
    outcome = transition(state, orders.kinds(ORDERS)[row](0))
    assert isinstance(outcome, Accepted)
    assert [type(event).__name__ for event in outcome.events].count("Traded") == trades
    borrows = [event for event in outcome.events if getattr(event, "reason", "") == "order_borrow"]
    assert bool(borrows) is (row == "fill_borrowing")


def test_portfolio_rates__measures_health_and_a_query() -> None:
    measured = orders.portfolio_rates()
    assert measured.keys() == {"health", "max_order"}
    assert all(rate > 0 for rate in measured.values())


def test_conformance__counts_vectors_through_the_pipe() -> None:
    measured = table.conformance("--vector", "CU-4-001", "--vector", "LQ-4-001")
    assert measured["vectors"] == 2
    assert measured["seconds"] > 0


def test_fuzzing__steps_a_second_are_measured() -> None:
    assert fuzzing.rate((), 1) > 0
    assert {"reference", "embedded"} <= fuzzing.engines().keys()


def test_engines__are_sent_the_same_accepted_actions_of_every_kind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in (("SIZE", 8), ("POSITIONS", 4), ("ACTIONS", 2), ("ROUNDS", 1)):
        monkeypatch.setattr(engines, name, value)
    sent = {kind: of for kind, _, of in engines.rows(table.kinds(8))}
    assert sent.keys() >= table.kinds(8).keys() | orders.kinds(8).keys()
    assert all(sent.values())
    state = states.populated(8, 2)
    if sys.platform == "linux" and engines.OTHER in fuzzing.engines():
        for command in fuzzing.engines().values():
            assert not command or engines.least(command, state, sent["lend"]) > 0


def test_quint__model_has_each_action_and_comes_to_the_same_state() -> None:
    start = quint.begun()
    done = quint.accepted(start, 60)
    assert {type(action) for action in done} == quint.KINDS.keys()
    model = quint.model_of(start, done)
    assert model.count('{ kind: "') == len(done)
    assert "//SCRIPT" not in model
    assert shutil.which("quint") is None or quint.compared(60)["quint_per_second"] > 0


def test_measured__least_of_the_rounds_on_either_side(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = iter([2.0, 1.0, 4.0, 3.0])
    monkeypatch.setattr(versus, "seconds", lambda *_: next(taken))
    found = versus.measured(["settlement"], Path("a"), Path("b"), 2)
    assert found == {"settlement": {"before": 2.0, "after": 1.0, "ratio": 0.5}}


@pytest.mark.parametrize(("ratio", "slower"), [(1.2, 0), (1.21, 1)])
def test_table__names_what_is_slower_by_more_than_a_fifth(ratio: float, slower: int) -> None:
    row = {"before": 1.0, "after": ratio, "ratio": ratio}
    *_, told, counted = versus.table({"cascade": row})
    assert told.endswith("slower") == bool(slower)
    assert counted.startswith(f"{slower} of 1 rows")


def test_main__unknown_row_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert versus.main(["HEAD", "--row", "nothing"]) == versus.WRONG_USE
    assert "no row nothing; the rows are settlement" in capsys.readouterr().err


def test_main__writes_what_it_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versus, "_git", lambda *_: _Done())
    monkeypatch.setattr(versus, "seconds", lambda *_: 1.0)
    file = tmp_path / "times.json"
    assert versus.main(["HEAD", "--rounds", "1", "--json", str(file)]) == versus.MEASURED
    found = json.loads(file.read_text(encoding="utf-8"))
    assert found["before"] == "HEAD"
    assert found["rows"]["one_vector"]["ratio"] == 1.0


class _Done:
    returncode = 0
    stderr = ""


def test_bench__a_folder_that_is_not_there_is_named_before_anything_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "measured", lambda **_: pytest.fail("it was measured"))
    with pytest.raises(SystemExit, match="2"):
        table.main([str(tmp_path / "none" / "out.json")])
    assert "none/out.json: there is no such folder" in capsys.readouterr().err
