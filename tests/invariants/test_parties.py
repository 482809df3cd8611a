"""The fact that no posting is from a balance to itself sees one that could be."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from ibperp_invariants.proofs.system import census
from ibperp_invariants.proofs.system.laws import LAWS
from ibperp_invariants.proofs.system.syntax import kinds, parties

if TYPE_CHECKING:
    from collections.abc import Iterator

PAID = "moved(1, 2, 3, debit=free({}), credit={})"


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    kinds.table.cache_clear()


def test_parties__of_every_posting_differ_and_each_theorem_is_cited() -> None:
    assert parties.parties_of_a_posting_differ() == []
    told = next(law for law in LAWS if law.invariant == "flows_are_told")
    assert parties.shown() <= set(told.cited())
    assert not told.part


@pytest.mark.parametrize(
    ("name", "body", "pair"),
    [
        ("custody.accounts.deposit", PAID.format("account", "free(account)"), "free(account)"),
        ("liquidation.ladder._paid_own", PAID.format("account", "own"), "free(account)"),
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
    (node,) = ast.parse(f"def {short}(effect, account):\n own = free(account)\n {body}").body
    assert isinstance(node, ast.FunctionDef)
    changed = {**dict(census.functions()), home: node}
    monkeypatch.setattr(kinds, "functions", changed.items)
    kinds.table.cache_clear()
    lines = parties.parties_of_a_posting_differ()
    assert any(line.startswith(f"{home} posts between {pair}") for line in lines)
