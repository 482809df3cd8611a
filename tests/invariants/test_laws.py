import ast
import copy
import dataclasses
import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from ibperp import actions, posting, state, valuation
from ibperp.operations.custody import rebalances
from ibperp.operations.governance import halts
from ibperp.operations.governance.halts import ADMITTED_WHILE_HALTED
from ibperp.operations.liquidation import ladder
from ibperp.operations.money_market import lending
from ibperp.operations.programs import block_trade
from ibperp.operations.spot_margin import resting
from ibperp.transition import OPERATIONS
from ibperp_invariants import INVARIANTS
from ibperp_invariants.claims.custody.flows import INTO_POOL, OWN
from ibperp_invariants.claims.governance.governance import WHILE_HALTED
from ibperp_invariants.fingerprint import checkout_spec, clause_hash, clause_texts, code_hash
from ibperp_invariants.frame.allowed import ALLOWED
from ibperp_invariants.frame.touches import Accounts, Touches
from ibperp_invariants.proofs import grades
from ibperp_invariants.proofs.checker import ALL_MODULES, all_theorems
from ibperp_invariants.proofs.checker import planted as planted_fault
from ibperp_invariants.proofs.executor.prove import REFUTED, explore
from ibperp_invariants.proofs.faults import FAULTS
from ibperp_invariants.proofs.grades import law_grades
from ibperp_invariants.proofs.system import (
    begins,
    census,
    check,
    effects,
    facts,
    frames,
    freshness,
    keys,
)
from ibperp_invariants.proofs.system.laws import LAWS
from ibperp_invariants.proofs.system.syntax import (
    entries,
    kinds,
    parties,
    payers,
    which,
    worked,
    written,
)

MODULE = "ibperp.operations.spot_margin.matching"
HIDDEN = f"{MODULE}.hidden"
TRADING = ("ConvertCollateral", "Liquidate", "RunRisk")
CANCEL = "ibperp.operations.spot_margin.orders.cancel_order"
MET = "def _met(e: Effect, a, b):\n "
BOOKED = "booked_position(effect, FEES, 1, (2, SettlementSource.REALIZE_PNL))"
PAID = "moved(1, 2, {}, debit=free({}))"
LENDING = (
    "def lenders_paid(effect: Effect, asset, value, between: Handover):\n"
    " for own in _lenders(effect.state, debtor, asset): "
)
BETWEEN = "moved(1, 2, 3, debit=free(account), credit={})"
TRADED = "spot_trade.exchanged_assets(e, Trader({}, 2, 3))"
CACHED: list[Any] = [
    census.sites,
    census.writers,
    frames.graph,
    kinds.table,
    *facts.FACTS.values(),
]


def planted(monkeypatch: pytest.MonkeyPatch, *sources: str) -> None:
    """Let the census read functions more, each of its own name."""
    shipped = tuple(census.functions())
    nodes = [node for source in sources for node in ast.parse(source).body]

    def more() -> Iterator[tuple[str, ast.FunctionDef]]:
        yield from shipped
        for node in nodes:
            assert isinstance(node, ast.FunctionDef)
            yield f"{MODULE}.{node.name}", node

    for module in (census, facts, begins, effects, frames, freshness, kinds):
        monkeypatch.setattr(module, "functions", more)
    for cached in CACHED:
        cached.cache_clear()


def replaced(name: str, source: str) -> dict[str, ast.FunctionDef]:
    """Return the functions of the reference, one of them another."""
    (node,) = ast.parse(source).body
    assert isinstance(node, ast.FunctionDef)
    return {**dict(census.functions()), name: node}


def with_body(monkeypatch: pytest.MonkeyPatch, name: str, body: str) -> list[str]:
    """Return what is wrong with the entries of an operation that does something else."""
    home = f"ibperp.operations.{name}"
    changed = replaced(home, f"def {name.rpartition('.')[2]}(state: State, action):\n {body}")
    (own,) = (kind for kind, of in OPERATIONS.items() if f"{of.__module__}.{of.__name__}" == home)
    for reader in (census, frames, kinds):
        monkeypatch.setattr(reader, "functions", changed.items)
    monkeypatch.setattr(which, "OPERATIONS", {own: OPERATIONS[own]})
    for cached in CACHED:
        cached.cache_clear()
    return which.entries_are_those_of_the_row()


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    for cached in CACHED:
        cached.cache_clear()


def test_census__knows_every_writer() -> None:
    assert check.gaps() == []


def test_census__finds_each_hidden_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    """All are planted at once: each is told by its own name."""
    writers = {
        "def changer(pool): return replace(pool, cash=1)": "custody_identity: ",
        "def maker(pool): return Pool(lent=1)": "pool_identity: ",
        "def any_changer(x, **new): return replace(x, **new)": "share_totals: ",
        "def setter(pool): object.__setattr__(pool, 'cash', 1)": f"{MODULE}.setter uses",
        "def putter(s, a): return with_account(s, 0, a)": f"{MODULE}.putter: puts back",
        "def storer(sheet): sheet.free = 1": f"{MODULE}.storer: changes `free`",
    }
    planted(monkeypatch, *writers)
    gaps = check.gaps()
    for source, gap in writers.items():
        name = f"{MODULE}.{source.split('(')[0].removeprefix('def ')}"
        assert [line for line in gaps if line.startswith(gap) and name in line], source


@pytest.mark.parametrize(
    ("source", "fact"),
    [
        ("def hidden(vector): vector._root = ()", "nothing_is_changed_in_place"),
        ("def hidden(x): return id(x)", "functions_depend_on_their_arguments_alone"),
        ("def hidden(x): SEEN.append(x)", "functions_depend_on_their_arguments_alone"),
        ("def hidden(x): SEEN[x] = 1", "functions_depend_on_their_arguments_alone"),
        ("def hidden(x):\n global n\n n = x", "functions_depend_on_their_arguments_alone"),
        (
            "def hidden(x):\n s = {x, 'a'}\n return [n for n in s]",
            "functions_depend_on_their_arguments_alone",
        ),
        ("def hidden(a, b): return Rejected(a, (b, a))", "a_refusal_holds_no_state"),
        ("def hidden(): return RejectionCode.HALTED", "a_halt_is_asked_first"),
        ("def hidden(n): return custody(n)", "custody_moves_with_its_requests"),
        ("def hidden(sheet): sheet.note(1)", "what_enters_the_fund_leaves_it"),
        ("def hidden(p): return pool.lend(p, 5, 9)", "shares_are_rounded_for_the_pool"),
        (
            "def hidden(p):\n s = pool.lend_shares_minted(p, 4)\n return pool.lend(p, 5, s)",
            "shares_are_rounded_for_the_pool",
        ),
        ("def hidden(n): return Order(n, reserved=5)", "orders_begin_without_a_reservation"),
        ("def hidden(s): return Asset(symbol=s)", "assets_begin_in_their_listing"),
        ("def hidden(effect): return _borne(effect, 3, 5)", "losses_are_spread_by_claims_alone"),
        (
            "def hidden(s):\n bad = rejection(*margin_checks(s, made.state, 2, of))\n return made",
            "margin_is_judged_last",
        ),
        ("def hidden(): return LedgerAccount(0, 2)", "balances_are_named_in_one_place"),
        (
            "def hidden(effect, s): return Effect(with_account(effect.state, 2, s))",
            "events_go_with_their_states",
        ),
        (
            "def hidden(effect, other): return effect.noted(with_asset(other.state, 0, 1))",
            "events_go_with_their_states",
        ),
        (
            "def hidden(e):\n s = e.state\n e = lent(e, 2)\n return e.noted(put(s))",
            "events_go_with_their_states",
        ),
        (
            "def hidden(e):\n s = e.state\n for n in s:\n  e = e.noted(put(s, n))\n return e",
            "events_go_with_their_states",
        ),
        ("def hidden(effect): return replace(effect, events=())", "events_go_with_their_states"),
        ("def hidden(effect): return Effect(1, effect.events)", "events_go_with_their_states"),
        (
            "def hidden(effect): return converted(effect.state, 2)",
            "events_go_with_their_states",
        ),
        ("def hidden(effect): return Accepted(effect.state, ())", "events_go_with_their_states"),
        (
            "def hidden(effect): return Effect(with_account(state=effect.state, index=2))",
            "events_go_with_their_states",
        ),
        (
            "def hidden(effect): return converted(state=effect.state, amount=2)",
            "events_go_with_their_states",
        ),
        (
            "def hidden(e):\n s = e.state\n if (e := lent(e, 2)):\n  return e.noted(put(s))",
            "events_go_with_their_states",
        ),
        (
            "def hidden(a):\n tell = Unsettled\n return tell(a, 0, 5, 0)",
            "balances_are_told_where_they_move",
        ),
        ("def hidden(state, p): return post(state, p)", "balances_are_told_where_they_move"),
        ("def hidden(a): return Unsettled(a, 0, 5, 0)", "balances_are_told_where_they_move"),
        ("def hidden(e, p): return e.claimed(2, 0, 5, p, 0)", "balances_are_told_where_they_move"),
        (
            "def hidden(effect, trade): return spot_trade.exchanged_assets(effect, 0, trade)",
            "trades_begin_where_users_are_compared",
        ),
    ],
)
def test_facts__see_what_speaks_against_them(
    monkeypatch: pytest.MonkeyPatch, source: str, fact: str
) -> None:
    assert facts.FACTS[fact]() == []
    planted(monkeypatch, source)
    assert [line for line in facts.FACTS[fact]() if HIDDEN in line]


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("settlement.settle.settle", "what_enters_the_fund_leaves_it"),
        ("liquidation.deleveraging._deleveraged", "a_deleveraging_closes_all"),
        (
            "governance.parameter_changes.set_asset_parameters",
            "parameters_are_lawful_where_they_are_stored",
        ),
    ],
)
def test_facts__see_a_function_that_asserts_its_result_no_more(
    monkeypatch: pytest.MonkeyPatch, name: str, fact: str
) -> None:
    shipped = dict(census.functions())
    name = f"ibperp.operations.{name}"
    careless = copy.copy(shipped[name])
    careless.body = [node for node in careless.body if not isinstance(node, ast.Assert)]
    shipped[name] = careless
    for module in (facts, begins):
        monkeypatch.setattr(module, "functions", shipped.items)
    facts.FACTS[fact].cache_clear()  # type: ignore[attr-defined]
    assert [line for line in facts.FACTS[fact]() if name.rpartition("operations.")[2] in line]


@pytest.mark.parametrize(
    ("name", "source", "gap"),
    [
        (
            "money_market.lending.lend",
            "def lend(state, action): return replace(state.accounts[2], settings=1)",
            "Lend: ibperp.operations.money_market.lending.lend writes Account.settings,",
        ),
        (
            "custody.assets.set_price",
            "def set_price(state, action): return Effect(state).claimed(2, 0, 5, 0, 0)",
            "SetPrice: ibperp.operations.effect.Effect.claimed writes Account.shares,",
        ),
        (
            "custody.rebalances.start_rebalance",
            "def start_rebalance(state, action): return Effect(state).moved(0, 5, debit=free(2))",
            "StartRebalance: ibperp.posting._with_balance writes Account.free,",
        ),
        (
            "governance.halts.halt",
            "def halt(state, _): return [put for put in ENDED.values()][0](state)",
            "Halt: ibperp.state.with_position writes Account.positions,",
        ),
    ],
)
def test_frames__see_a_write_that_no_row_names(
    monkeypatch: pytest.MonkeyPatch, name: str, source: str, gap: str
) -> None:
    changed = replaced(f"ibperp.operations.{name}", source)
    for module, names in (
        (rebalances, {"free": posting.free}),
        (halts, {"ENDED": {0: (state.with_position,)}}),
    ):
        for word, value in names.items():
            monkeypatch.setattr(module, word, value, raising=False)
    for reader in (census, frames):
        monkeypatch.setattr(reader, "functions", changed.items)
    for cached in CACHED:
        cached.cache_clear()
    assert any(line.startswith(gap) for line in frames.operations_write_parts_of_their_rows())


@pytest.mark.parametrize(
    "source",
    [
        "def step(state, account): return liquidated(state, account)",
        "def step(effect, account):\n paid = effect.noted(effect.state, 1)\n return paid",
    ],
)
def test_facts__see_a_step_that_is_no_stage(monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    changed = replaced("ibperp.operations.liquidation.ladder.step", source)
    monkeypatch.setattr(begins, "functions", changed.items)
    facts.FACTS["a_step_is_a_stage_of_the_ladder"].cache_clear()  # type: ignore[attr-defined]
    assert any("step is" in line for line in facts.FACTS["a_step_is_a_stage_of_the_ladder"]())


@pytest.mark.parametrize(
    ("name", "source", "told"),
    [
        (
            "effect.Effect.moved",
            "def moved(self, entry): return Effect(post(self.state, entry), (entry,))",
            "does not end in",
        ),
        (
            "programs.quotes.submit_quote",
            "def submit_quote(state, action): return Effect(state)",
            "is shown to be that of the effect",
        ),
    ],
)
def test_facts__see_a_step_without_earlier_events_and_a_needless_exception(
    monkeypatch: pytest.MonkeyPatch, name: str, source: str, told: str
) -> None:
    changed = replaced(f"ibperp.operations.{name}", source)
    monkeypatch.setattr(effects, "functions", changed.items)
    lines = effects.events_go_with_their_states()
    assert any(name in line and told in line for line in lines)


def test_facts__see_a_rung_that_does_what_no_theorem_says(monkeypatch: pytest.MonkeyPatch) -> None:
    source = "def reduce_on_book(effect, failing, exposure): return _bought_back(effect, 1, 2)"
    changed = replaced("ibperp.operations.liquidation.book.reduce_on_book", source)
    monkeypatch.setattr(begins, "functions", changed.items)
    lines = begins.a_step_is_a_stage_of_the_ladder()
    assert "book.reduce_on_book does _bought_back(effect, 1, 2) too, or no longer" in lines
    assert len(lines) == 3


def test_facts__see_a_rung_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(begins, "RUNGS", (*ladder.RUNGS, len))
    assert any("len" in line for line in begins.a_step_is_a_stage_of_the_ladder())


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("def lend(state, action): return with_account(state, 0, 1)", "the syntax does not tell"),
        ("def lend(state, action): return with_account(state, FEES, 1)", "puts back FEES"),
        (
            "def lend(state, action):\n a = action.amount\n return lent(state, a, 0, 1, 2)",
            "puts back action.amount",
        ),
        (
            "def lend(state, action):\n for a in state.accounts:\n  lent(state, a, 0, 1, 2)",
            "the syntax does not tell",
        ),
        (
            "def lend(state, action):\n for a in state.active:\n  lent(state, a, 0, 1, 2)",
            keys.LISTED,
        ),
        (
            "def lend(s: State, action):\n o = s.orders[5]\n lent(s, o.account, 0, 1, 2)",
            "account of orders[",
        ),
        (
            "def lend(state, action):\n own = free\n return moved(5, credit=own(3))",
            "the syntax does not tell",
        ),
        (
            "def lend(state, action):\n put = with_account\n return put(state, 0, 1)",
            "the syntax does not tell",
        ),
        (
            "def lend(state, action):\n give = lent\n return lent(state, action.account, 0, 1, 2)",
            "the syntax does not tell",
        ),
    ],
)
def test_keys__see_an_account_that_no_row_names(
    monkeypatch: pytest.MonkeyPatch, source: str, told: str
) -> None:
    changed = replaced("ibperp.operations.money_market.lending.lend", source)
    for reader in (census, frames, kinds):
        monkeypatch.setattr(reader, "functions", changed.items)
    monkeypatch.setattr(lending, "with_account", state.with_account, raising=False)
    monkeypatch.setattr(which, "OPERATIONS", {actions.Lend: lending.lend})
    for cached in CACHED:
        cached.cache_clear()
    lines = which.entries_are_those_of_the_row()
    assert any(line.startswith("Lend ") and told in line for line in lines)


@pytest.mark.parametrize(
    ("name", "source", "told"),
    [
        (
            "spot_margin.spot_trade._exchanged",
            "def _exchanged(e: Effect, m: Party):\n for p in (m.account, m.fee): free(p)",
            "PlaceOrder puts back what the syntax does not tell",
        ),
        (
            "spot_margin.matching._met",
            MET + "r = e.state.requests[a]\n " + TRADED.format("r.account, 1"),
            "PlaceOrder puts back account of requests[",
        ),
        (
            "spot_margin.matching._met",
            MET + "who = (e.state.time, 1)\n " + TRADED.format("*who"),
            "PlaceOrder puts back what the syntax does not tell",
        ),
        (
            "spot_margin.matching._met",
            MET + "return replace(e.state.orders[a], account=b)",
            f"{MODULE}._met writes Order.account, by which an entry is known",
        ),
        (
            "liquidation.deleveraging.lenders_paid",
            "def lenders_paid(e):\n for a in e.state.markets: claim_moved(e, 1, 2, Handover(a, 1))",
            "Liquidate puts back what the syntax does not tell",
        ),
    ],
)
def test_keys__follow_an_account_through_the_records_of_a_trade(
    monkeypatch: pytest.MonkeyPatch, name: str, source: str, told: str
) -> None:
    changed = replaced(f"ibperp.operations.{name}", source)
    for reader in (census, frames, kinds):
        monkeypatch.setattr(reader, "functions", changed.items)
    monkeypatch.setattr(
        which,
        "OPERATIONS",
        {kind: OPERATIONS[kind] for kind in (actions.PlaceOrder, actions.Liquidate)},
    )
    for cached in CACHED:
        cached.cache_clear()
    assert any(line.startswith(told) for line in which.entries_are_those_of_the_row())


@pytest.mark.parametrize(
    ("name", "source", "told"),
    [
        (
            "custody.accounts.transfer",
            "def transfer(state, action): " + PAID.format("Reason.TRANSFER", "action.receiver"),
            "Transfer: action.receiver pays for TRANSFER",
        ),
        (
            "liquidation.deleveraging.lenders_paid",
            LENDING + "paid_in_kind(effect, value, Handover(own, 1, between.reason))",
            "Liquidate: a lender of the asset pays for LIQUIDATION_ADL",
        ),
        (
            "liquidation.ladder._paid_own",
            "def _paid_own(effect: Effect, account): " + PAID.format("account", "account"),
            "Liquidate: action.account pays for what the syntax does not tell",
        ),
        (
            "custody.accounts.transfer",
            "def transfer(state, action): moved(1, 2, Reason.TRANSFER, debit=action.side)",
            "Transfer: what the syntax does not tell pays for TRANSFER",
        ),
        (
            "spot_margin.spot_trade._exchanged",
            "def _exchanged(effect, maker: Party): " + PAID.format("Reason.TRADE", "INSURANCE"),
            "Liquidate: INSURANCE pays for TRADE",
        ),
        (
            "perpetuals.perpetual_trade.filled_position",
            "def filled_position(effect, trade: Trade, party: Trader):\n " + BOOKED,
            "Liquidate: FEES is charged for REALIZE_PNL",
        ),
        (
            "custody.accounts.transfer",
            "def transfer(state, action): " + PAID.format("Reason.AUTO_LEND", "action.sender"),
            "Transfer: action.sender pays for AUTO_LEND to others",
        ),
        (
            "liquidation.bankruptcy._borne",
            "def _borne(effect, account, loss): credited_unsettled(effect, account, 1, 2, loss)",
            "ResolveBankruptcy: an account with a claim on the fund is charged for " + keys.UNTOLD,
        ),
    ],
)
def test_payers__see_who_pays_for_what_is_not_its_own(
    monkeypatch: pytest.MonkeyPatch, name: str, source: str, told: str
) -> None:
    changed = replaced(f"ibperp.operations.{name}", source)
    for reader in (census, frames, kinds):
        monkeypatch.setattr(reader, "functions", changed.items)
    few = (actions.Transfer, actions.Liquidate, actions.ResolveBankruptcy)
    monkeypatch.setattr(payers, "OPERATIONS", {kind: OPERATIONS[kind] for kind in few})
    for cached in CACHED:
        cached.cache_clear()
    assert told in payers.payers_have_a_cause()


@pytest.mark.parametrize(
    ("name", "source", "told"),
    [
        (
            "custody.withdrawals.confirm_withdrawal",
            "state.withdrawals.set(action.withdrawal + 1, 0)",
            f"ConfirmWithdrawal puts back {keys.UNTOLD} of withdrawals",
        ),
        (
            "custody.withdrawals.confirm_withdrawal",
            "state.rebalances.set(action.withdrawal, 0)",
            "ConfirmWithdrawal puts back action.withdrawal of rebalances",
        ),
        (
            "custody.withdrawals.fail_withdrawal",
            "state.withdrawals.updated(action.withdrawal)",
            f"FailWithdrawal puts back {written.UNREAD} of withdrawals",
        ),
        (
            "custody.rebalances.complete_rebalance",
            "state.rebalances.append(action.rebalance)",
            "CompleteRebalance puts back a new one of rebalances",
        ),
        (
            "programs.backstops.register_backstop",
            "tuple(a for a in state.backstops if a.account != action.capacity)",
            "RegisterBackstop puts back action.capacity of backstops",
        ),
        (
            "programs.backstops.register_backstop",
            "tuple(a for a in state.backstops if a.capacity)",
            "RegisterBackstop puts back each one without capacity of backstops",
        ),
        (
            "programs.backstops.register_backstop",
            "tuple((*(a for a in state.backstops if a.account != 2), Backstop(action.lots, 1)))",
            "RegisterBackstop puts back action.lots of backstops",
        ),
        (
            "custody.accounts.deposit",
            "(*state.chains[:action.asset], 1, *state.chains[action.asset + 1:])",
            "Deposit puts back action.asset of chains",
        ),
        (
            "custody.accounts.deposit",
            "(*state.chains[:find_chain(state, action.chain)], 1)",
            f"Deposit puts back {written.UNREAD} of chains",
        ),
    ],
)
def test_entries__see_one_that_a_writer_reaches_and_no_row_names(
    monkeypatch: pytest.MonkeyPatch, name: str, source: str, told: str
) -> None:
    field = source.partition("state.")[2].partition("[")[0].partition(".")[0].partition(" ")[0]
    assert told in with_body(monkeypatch, name, f"return replace(state, {field}={source})")


@pytest.mark.parametrize(
    ("name", "body", "told"),
    [
        (
            "spot_margin.orders.cancel_order",
            "return ended_order(Effect(state), action.order + 1, 0)",
            f"CancelOrder puts back {keys.UNTOLD} of orders",
        ),
        (
            "spot_margin.orders.cancel_order",
            "return ended_order(Effect(state), len(state.orders), 0)",
            "CancelOrder puts back a new one of orders",
        ),
        (
            "spot_margin.orders.cancel_order",
            "best = book.best_order(state.markets[0].book, 0)\n return with_order(state, best, 0)",
            f"CancelOrder puts back the best of the book of markets[{keys.UNTOLD}] of orders",
        ),
        (
            "programs.quotes.cancel_request",
            "return with_request(state, action.account, 0)",
            "CancelRequest puts back action.account of requests",
        ),
        (
            "custody.assets.set_price",
            "return with_asset(state, action.price, 0)",
            "SetPrice puts back action.price of assets",
        ),
        (
            "custody.accounts.deposit",
            "return custody(find_token(state.assets[action.account], action.chain))",
            "Deposit puts back find_token(action.chain) of assets[action.account] of tokens",
        ),
        (
            "custody.withdrawals.confirm_withdrawal",
            "return effect.moved(0, 1, 2, debit=pending(action.withdrawal), credit=IN_TRANSIT)",
            "ConfirmWithdrawal puts back action.withdrawal of tokens",
        ),
        (
            "custody.assets.set_price",
            "action = state.system\n return with_asset(state, action.price, 0)",
            f"SetPrice puts back {keys.UNTOLD} of assets",
        ),
        (
            "custody.assets.set_price",
            "return with_asset(state, find_asset(state, action.settlement_asset), 0)",
            "SetPrice puts back find_asset(action.settlement_asset) of assets",
        ),
        (
            "spot_margin.orders.cancel_order",
            "own = state.accounts[2]\n return with_market(state, own.orders[0].market, 1)",
            f"CancelOrder puts back {keys.UNTOLD} of markets",
        ),
        (
            "spot_margin.orders.cancel_order",
            "return with_order(state, action.order, replace(state.orders[2], **action.terms))",
            f"{CANCEL} writes Order.account, by which an entry is known, or no longer does",
        ),
        (
            "custody.assets.set_price",
            "for a in range(len(state.assets)): with_asset(state, a, 0)",
            "SetPrice puts back any of them of assets",
        ),
        (
            "money_market.pools.set_pool_parameters",
            "return with_pool(state, settlement_asset(state), 0)",
            "SetPoolParameters puts back the settlement asset of assets",
        ),
        (
            "money_market.lending.lend",
            "return lent(state, action.account, action.amount, 1, 2)",
            "Lend puts back action.amount of balances",
        ),
        (
            "perpetuals.markets.settle_market",
            "return booked_position(state, 2, Position(action.price), 3)",
            "SettleMarket puts back action.price of positions",
        ),
        (
            "perpetuals.markets.update_mark",
            "index, market = _perpetual(state, action.price)\n return with_market(state, index, 1)",
            "UpdateMark puts back find_market(action.price) of markets",
        ),
        (
            "perpetuals.markets.update_mark",
            "return with_market(state, state.orders[5].market, 1)",
            f"UpdateMark puts back market of orders[{keys.UNTOLD}] of markets",
        ),
        (
            "perpetuals.markets.update_mark",
            "found = state.requests[5].market, 1\n index, m = found\n with_market(state, index, m)",
            f"UpdateMark puts back market of requests[{keys.UNTOLD}] of markets",
        ),
    ],
)
def test_entries__see_a_key_that_no_row_names(
    monkeypatch: pytest.MonkeyPatch, name: str, body: str, told: str
) -> None:
    home = importlib.import_module(f"ibperp.operations.{name.rpartition('.')[0]}")
    for word in ("with_asset", "with_pool", "with_market", "find_asset"):
        monkeypatch.setattr(home, word, getattr(state, word), raising=False)
    words = {valuation: "settlement_asset", block_trade: "with_request", resting: "with_order"}
    for module, word in words.items():
        monkeypatch.setattr(home, word, getattr(module, word), raising=False)
    assert told in with_body(monkeypatch, name, body)


def test_entries__are_told_where_a_function_writes_that_no_operation_reaches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert which.entries_are_those_of_the_row() == []
    planted(monkeypatch, "def hidden(state): return replace(state, markets=())")
    lines = which.entries_are_those_of_the_row()
    assert f"{HIDDEN} writes State.markets under {written.UNREAD}" in lines


def test_entries__of_an_action_are_the_one_that_it_names_and_what_belongs_to_it() -> None:
    told = [*which.told()]
    found = {(action, field): set(entries) for action, field, entries, _ in told}
    order, market = "orders[action.order]", "market of orders[action.order]"
    assert {field: found[own, field] for own, field in found if own == "CancelOrder"} == {
        "orders": {"action.order"},
        "markets": {market},
        "accounts": {f"account of {order}"},
    }
    assert found["ConfirmWithdrawal", "assets"] == {"asset of withdrawals[action.withdrawal]"}
    assert found["SetPrice", "assets"] == {"find_asset(action.asset)"}
    assert found["AmendOrder", "positions"] == {market}
    assert found["RunRisk", "assets"] == set()
    named = {theorem for *_, theorems in told for theorem in theorems}
    assert named == set(which.theorems())


def test_payers__follow_payer_and_reason_of_each_action_together() -> None:
    assert payers.payers_have_a_cause() == []
    assert {reason.name for reason in INTO_POOL} == payers.POOLED
    assert {reason.name for reason in OWN} <= payers.PAYERS.keys()
    found = payers.paid_by("ibperp.operations.custody.accounts.transfer")
    swept = {("action.receiver", "AUTO_LEND"), ("action.receiver", "AUTO_REPAY")}
    assert found == {("action.sender", "TRANSFER"), *swept}
    due = payers.paid_by("ibperp.operations.liquidation.bankruptcy.run_risk")
    assert (keys.DUE, "LIQUIDATION_REPAY") in due
    assert (keys.OWING, "LIQUIDATION_REPAY") not in due
    charged = payers.charged_by("ibperp.operations.perpetuals.markets.settle_market")
    assert charged == {(keys.LISTED, "FUNDING_PAYMENT"), (keys.LISTED, "REALIZE_PNL")}


def test_rows__name_no_entry_that_their_operation_never_puts_back() -> None:
    elsewhere = {
        ("AdvanceTime", Accounts.PREPAID): "what is prepaid ends by the clock alone",
        **{(name, Accounts.TRADERS): "makers, whose orders change too" for name in TRADING},
    }
    narrower = {(action, key[0]) for key, own in which.NARROWER.items() for action in own}
    unused = {
        (action.__name__, word)
        for action, operation in OPERATIONS.items()
        for field in entries.FIELDS
        if (action.__name__, field) not in narrower
        for word in getattr(ALLOWED[action], field)
        if word != which.ALL.get(field)
        if not any(
            word in which.words(field, source)
            for source in which.put_back(f"{operation.__module__}.{operation.__name__}", field)
        )
    }
    assert unused == elsewhere.keys()


def test_entries__need_each_key_that_a_row_names_more_narrowly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    needless = {("orders", "action.order"): {"CancelOrder": "t_post_conserves"}}
    monkeypatch.setattr(which, "NARROWER", {**which.NARROWER, **needless})
    assert which.entries_are_those_of_the_row() == [
        "CancelOrder puts back no action.order of orders"
    ]


def test_frames__need_every_part_of_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    short = Touches(accounts={Accounts.OWNER: ("free", "shares")})
    monkeypatch.setitem(ALLOWED, actions.Lend, short)
    told = frames.operations_write_parts_of_their_rows()
    assert {line.rpartition(" writes ")[2].partition(",")[0] for line in told} == {
        "Pool.cash",
        "Pool.lent",
        "Pool.lend_shares",
    }


def test_halt__admits_what_the_invariant_says() -> None:
    assert ADMITTED_WHILE_HALTED == WHILE_HALTED


def test_freshness__sees_a_state_that_changed_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    body = (
        "def hidden(state):\n old = state.accounts[0]\n state = other(state)\n"
        " return with_account(state, 0, replace(old, user=1))"
    )
    planted(monkeypatch, body)
    assert HIDDEN in freshness.stale()


def test_laws__are_invariants_and_name_theorems_that_exist() -> None:
    known = {invariant.name: invariant.clauses for invariant in INVARIANTS}
    for law in LAWS:
        assert set(law.clauses) == set(known[law.invariant])
        assert check.law_gaps(law) == []
        short = dataclasses.replace(law, writers={}, holds=("Pools.of_nothing",))
        assert len(check.law_gaps(short)) == len(law.writers) + 1


@pytest.mark.parametrize(
    ("invariant", "theorem"),
    [
        ("custody_identity", "t_a_settlement_posts_between_account_and_pool"),
        ("pool_identity", "t_charge_keeps_the_net_claim"),
        ("share_totals", "t_claimed_moves_no_balance"),
        ("lots_sum_to_zero", "t_a_closed_market_has_no_lots_and_keeps_worth"),
        ("fund_is_flat", "t_a_borne_loss_lowers_worth_by_its_part"),
        ("directed_rounding", "t_a_debt_that_is_repaid_in_part_keeps_its_shares_rounded"),
        ("halt_admits_only", "t_a_halt_refuses_what_it_does_not_admit"),
        ("active_accounts", "t_a_replaced_account_is_listed_where_it_belongs"),
        ("withdrawal_pending_totals", "t_a_confirmed_withdrawal_leaves_custody"),
        ("custody_covers_pending", "t_a_rebalance_starts_with_what_is_not_promised"),
        ("donation_proof", "t_a_deposit_moves_custody_by_its_amount"),
        ("price_update_limited", "t_a_price_becomes_what_was_asked_or_its_limit"),
        ("reservations_are_sums", "t_a_released_order_reserves_nothing"),
        ("funding_clamped", "t_funding_moves_the_index_by_its_rate"),
        ("every_second_is_funded_once", "t_new_terms_leave_every_second_waiting"),
        ("closed_market_settles", "t_a_closed_market_settles_at_any_price"),
        ("trades_move_no_value", "t_a_fill_books_funding_gain_and_fee"),
        ("settlement_flows_balance", "t_collecting_takes_what_is_owed_into_the_fund"),
        ("unpaid_sums_to_zero", "t_what_is_left_is_what_claims_are_worth"),
        ("time_counts_for_what_waits", "t_time_counts_for_what_is_unpaid"),
        ("loss_spread_in_proportion", "t_a_claim_is_what_was_won_in_all"),
        ("deleveraged_were_opposite", "t_a_deleveraging_takes_opposite_lots_alone"),
        ("ramp_keeps_laws", "t_terms_of_a_pool_leave_its_asset_alone"),
        ("ramp_is_monotone", "t_a_changed_perpetual_is_lawful_and_on_its_way"),
        ("new_collateral_starts_at_zero", "t_a_listed_asset_has_no_price"),
        ("liquidation_waits_for_grace", "t_a_halt_ends_with_a_grace"),
        ("mark_update_limited", "t_a_known_mark_stays_known"),
        ("backstops_have_capacity", "t_a_used_offer_has_capacity_left_or_ends"),
        ("liquidation_lowers_rank", "t_an_order_that_ends_lowers_the_rank"),
        ("liquidation_lowers_rank", "t_virtual_shares_that_become_own_lower_the_rank"),
        ("liquidation_lowers_rank", "t_a_position_on_its_book_lowers_the_rank"),
        ("liquidation_lowers_rank", "t_a_trade_takes_its_lots_off_the_order"),
        ("liquidation_lowers_rank", "t_a_position_that_providers_take_lowers_the_rank"),
        ("liquidation_lowers_rank", "t_a_debt_to_the_fund_that_is_paid_lowers_the_rank"),
        ("liquidation_lowers_rank", "t_a_debt_to_the_fund_that_is_resolved_is_gone"),
        ("liquidation_lowers_rank", "t_a_debt_on_the_books_lowers_the_rank"),
        ("liquidation_lowers_rank", "t_collateral_that_is_sold_lowers_the_rank"),
        ("liquidation_lowers_rank", "t_a_request_for_quotes_lowers_the_rank"),
        ("liquidation_lowers_rank", "t_a_debt_that_a_provider_takes_lowers_the_rank"),
        ("liquidation_lowers_rank", "t_a_debt_that_the_insurance_takes_lowers_the_rank"),
        ("liquidation_lowers_rank", "t_a_lend_that_meets_a_debt_lowers_it"),
        ("due_accounts_have_a_step", "t_a_position_of_a_due_account_has_a_step"),
        ("due_accounts_have_a_step", "t_a_debt_of_a_due_account_is_resolved"),
        ("due_accounts_have_a_step", "t_something_is_done_about_an_account_that_is_due"),
        ("risk_ends", "t_a_deleveraged_position_is_gone_in_one_step"),
        ("risk_ends", "t_a_trade_takes_its_lots_off_the_books"),
        ("risk_ends", "t_an_order_of_the_system_is_filled_or_uses_up_another"),
        ("risk_ends", "t_a_provider_that_takes_a_debt_lowers_the_rank_of_the_state"),
        ("risk_ends", "t_a_lend_that_is_closed_lowers_the_rank_of_the_state"),
        ("flows_are_told", "t_a_posting_moves_what_it_tells"),
        ("flows_are_told", "t_a_settlement_tells_what_it_notes"),
        ("flows_are_told", "t_the_legs_of_a_trade_are_between_its_parties"),
        ("nobody_pays_without_cause", "t_a_settlement_charges_for_the_own_position"),
        ("nobody_pays_without_cause", "t_a_trade_on_a_book_is_of_the_orders_that_it_tells"),
        ("flows_are_told", "t_a_write_off_moves_no_balance"),
        ("non_negative", "t_a_deposit_is_counted_on_its_chain"),
        ("frame_rule", "t_an_order_of_a_perpetual_reserves_nothing"),
        ("subaccount_isolation", "t_nobody_cancels_an_order_of_another"),
        ("self_trade_never", "t_no_quote_of_the_same_user_is_taken"),
        (
            "healthy_to_due_only_by_price_time_parameters",
            "t_the_margin_checks_admit_what_is_admissible_alone",
        ),
    ],
)
def test_laws__find_a_fault_planted_in_a_writer(invariant: str, theorem: str) -> None:
    law = next(law for law in LAWS if law.invariant == invariant)
    assert theorem in law.cited()
    home = next(module for module, name in all_theorems(ALL_MODULES) if name == theorem)
    with planted_fault(FAULTS[theorem]):
        found = explore(importlib.import_module(home), theorem, "z3-solver")
    assert found.verdict == REFUTED


def test_grades__fall_when_code_clause_or_evidence_change(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = clause_texts(checkout_spec())
    law = LAWS[0]
    cited = {name for writer in law.writers.values() for name in writer.theorems}
    entry = {"verdict": "CONFIRMED", "witness": True, "fault_found": True, "code": "now"}
    monkeypatch.setattr(grades, "read_opinions", lambda: {name: {"cvc5": entry} for name in cited})
    monkeypatch.setattr(grades, "hashes", lambda: dict.fromkeys(cited, "now"))
    monkeypatch.setattr(grades, "coq_hash", lambda: "kernels")
    monkeypatch.setattr(grades, "gaps", list)
    file, _, name = law.holds[0].partition(".")
    system = {
        "coq": {"code": "kernels", "theorems": {file: [name]}},
        "laws": {law.invariant: {"date": "2026-01-01", "clauses": clause_hash(law.clauses, texts)}},
    }
    monkeypatch.setattr(grades, "read_system", lambda: system)

    proved = law_grades(texts)[law.invariant]
    assert proved.shown() == "proved 2026-01-01"
    assert proved.checkers == ("census", "coq", "cvc5")
    reworded = law_grades({**texts, law.clauses[0]: "Something else."})[law.invariant]
    assert reworded.shown() == "stale: proved 2026-01-01"
    monkeypatch.setattr(grades, "hashes", lambda: dict.fromkeys(cited, "later"))
    assert law_grades(texts)[law.invariant].is_stale
    monkeypatch.setattr(grades, "read_opinions", dict)
    assert law_grades(texts)[law.invariant].word == "searched"


def documented(n: int) -> int:
    """Return twice the number."""
    return n + n  # twice


def reworded(n: int) -> int:
    """Say it in other words."""
    return n + n


def tripled(n: int) -> int:
    return documented(n) + n


def test_fingerprint__is_of_code_not_of_words() -> None:
    by_name = {function.__name__: code_hash(function) for function in (documented, tripled)}
    documented.__doc__ = "Something else."
    assert code_hash(documented) == by_name["documented"] != code_hash(reworded)
    assert code_hash(tripled) == by_name["tripled"] != by_name["documented"]


def test_fingerprint__reads_clauses_without_examples() -> None:
    texts = clause_texts(checkout_spec())
    assert "cash" in texts["MM-1"]
    assert "lent + reserve" in texts["MM-1"]
    assert all("title=" not in text and "<!--" not in text for text in texts.values())


def test_parties__of_every_posting_differ_and_each_theorem_is_cited() -> None:
    assert parties.parties_of_a_posting_differ() == []
    told = next(law for law in LAWS if law.invariant == "flows_are_told")
    assert parties.shown() <= set(told.cited())
    assert not told.part


@pytest.mark.parametrize(
    ("name", "body", "pair"),
    [
        ("custody.accounts.deposit", BETWEEN.format("free(account)"), "free(account)"),
        ("liquidation.ladder._paid_own", BETWEEN.format("own"), "free(account)"),
        (
            "liquidation.deleveraging._insured",
            "paid_in_kind(effect, 1, Handover(failing.account, failing.account, 2))",
            "failing.account, failing.account",
        ),
        ("liquidation.backstop._debt_taken", "paid_in_kind(effect, 1, given)", "given"),
        ("money_market.moves.lent", "moved(1, 2, 3, **sides)", ""),
    ],
)
def test_parties__see_a_posting_that_could_be_from_a_balance_to_itself(
    monkeypatch: pytest.MonkeyPatch, name: str, body: str, pair: str
) -> None:
    home = f"ibperp.operations.{name}"
    short = name.rpartition(".")[2]
    changed = replaced(home, f"def {short}(effect, account):\n own = free(account)\n {body}")
    monkeypatch.setattr(kinds, "functions", changed.items)
    kinds.table.cache_clear()
    lines = parties.parties_of_a_posting_differ()
    assert any(line.startswith(f"{home} posts between {pair}") for line in lines)


@pytest.mark.parametrize(
    ("name", "body", "told"),
    [
        ("ladder.step", "account = 2\n noted(effect, account, 1)", "sets its account anew"),
        ("ladder.noted", "LiquidationStep(2, stage)", "LiquidationStep is for 2"),
        ("ladder.step", "_paid_own(begun, failing)", "_paid_own is for failing"),
        ("bankruptcy.worked_account", "step(state, 2)", "step is for 2"),
        (
            "bankruptcy._spread",
            "BankruptcyResolved(account, 1)",
            "BankruptcyResolved is for account",
        ),
        ("ladder.step", "effect.noted(state, account)", "noted is for account, or no longer"),
    ],
)
def test_steps__see_one_that_is_told_of_another_account(
    monkeypatch: pytest.MonkeyPatch, name: str, body: str, told: str
) -> None:
    short = name.rpartition(".")[2]
    source = f"def {short}(effect, account, failing):\n {body}"
    changed = replaced(f"ibperp.operations.liquidation.{name}", source)
    monkeypatch.setattr(kinds, "functions", changed.items)
    kinds.table.cache_clear()
    lines = worked.steps_tell_whom_they_work_on()
    assert any(line.startswith(f"{name}") and told in line for line in lines)


def test_steps__tell_the_account_that_each_is_for() -> None:
    assert worked.steps_tell_whom_they_work_on() == []
    law = next(own for own in LAWS if own.invariant == "nobody_pays_without_cause")
    assert not law.part
