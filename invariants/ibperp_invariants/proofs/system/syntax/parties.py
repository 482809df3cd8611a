"""Between which accounts a posting may be: where both sides are free balances, they differ.

The balances of a pool, of custody and of what is pending belong to no account, so that only a
posting between two free balances could be from a balance to itself. Each is listed with what shows
that its accounts differ.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Final

from ibperp_invariants.proofs.system.census import called
from ibperp_invariants.proofs.system.syntax.arguments import bindings, values_of
from ibperp_invariants.proofs.system.syntax.kinds import calls_of, meant, table

_OPERATIONS: Final = "ibperp.operations"
_LIQUIDATION: Final = f"{_OPERATIONS}.liquidation"

POSTING: Final = frozenset(
    {f"{_OPERATIONS}.effect.Effect.moved", f"{_OPERATIONS}.settlement.clearing.Clearing._post"}
)
"""What posts between the sides that it is given, and between an account and its pool."""

_LEGS: Final = (
    "t_the_legs_of_a_trade_are_between_its_parties",
    "t_orders_of_one_user_never_trade",
    "t_no_quote_of_the_same_user_is_taken",
    "t_an_account_of_the_system_places_no_order",
    "t_an_account_of_the_system_requests_no_quotes",
    "t_an_account_of_the_system_quotes_nothing",
)
_FAILING: Final = ("t_an_account_of_the_system_is_never_liquidated",)
_LENDERS: Final = ("t_a_lender_is_neither_debtor_nor_insurance",)
_DUST: Final = ("t_an_account_of_the_system_sells_no_dust",)

BETWEEN: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    (f"{_OPERATIONS}.spot_margin.spot_trade._exchanged", "free(payer), free(payee)"): _LEGS,
    (f"{_OPERATIONS}.spot_margin.orders.convert_dust", "free(account), free(FEES)"): _DUST,
    (f"{_OPERATIONS}.spot_margin.orders.convert_dust", "free(FEES), free(account)"): _DUST,
    (f"{_OPERATIONS}.custody.accounts.transfer", "free(sender), free(receiver)"): (
        "t_nobody_transfers_to_itself",
    ),
    (f"{_LIQUIDATION}.bankruptcy.fund_insurance", "free(account), free(INSURANCE)"): (
        "t_an_account_of_the_system_gives_the_insurance_nothing",
    ),
    (f"{_LIQUIDATION}.ladder._paid_own", "free(account), free(INSURANCE)"): _FAILING,
    (f"{_LIQUIDATION}.handover._paid_in", "free(giver), free(taker)"): (),
    (f"{_LIQUIDATION}.handover.paid_in_kind", "between"): (),
    (f"{_LIQUIDATION}.backstop._debt_taken", "failing.account, provider.account"): (
        "t_a_provider_is_of_another_user",
    ),
    (f"{_LIQUIDATION}.deleveraging.lenders_paid", "payer, lender"): _LENDERS,
    (f"{_LIQUIDATION}.deleveraging._lends_deleveraged", "failing.account, failing.account"): (
        _LENDERS
    ),
    (f"{_LIQUIDATION}.bankruptcy._insurance_paid", "INSURANCE, account"): _LENDERS,
    (f"{_LIQUIDATION}.deleveraging._insured", "failing.account, INSURANCE"): _FAILING,
}
"""Two accounts of a posting, by the function: theorems; none where they are as they are given.

A payer of lenders is the debtor or the insurance.
"""

PAYING: Final = ("_paid_in", "paid_in_kind", "lenders_paid")
"""What posts from the giver of a handover to its taker, or to lenders."""


def parties_of_a_posting_differ() -> list[str]:
    """Return the postings between two accounts that are not known, and those that are no more."""
    found = {
        (name, pair)
        for name in table().keys() - POSTING
        for pair in (*_posted(name), *_handed(name))
    }
    return [
        f"{name} posts between {pair}, or no longer does"
        for name, pair in sorted(found ^ BETWEEN.keys())
    ]


def shown() -> frozenset[str]:
    """Return the theorems that the accounts of postings differ."""
    return frozenset(theorem for theorems in BETWEEN.values() for theorem in theorems)


def _posted(name: str) -> Iterator[str]:
    """Yield the pairs of free balances between which a function posts."""
    for short in ("moved", "posting"):
        for call in calls_of(table()[name]).get(short, ()):
            if meant(call, name) not in {"", "ibperp.posting.posting"}:
                continue
            given = {own.arg: own.value for own in call.keywords}
            sides = [_told(given[side], name) for side in ("debit", "credit") if side in given]
            is_told = len(sides) == len(("debit", "credit"))
            if not is_told or all(side.startswith("free(") for side in sides):
                yield ", ".join(sides)


def _handed(name: str) -> Iterator[str]:
    """Yield giver and taker of the handovers by which a function pays."""
    for short in PAYING:
        for call in calls_of(table()[name]).get(short, ()):
            given = call.args[-1]
            made = _value(given, name)
            is_made = isinstance(made, ast.Call) and called(made) == "Handover"
            sides = made.args[:2] if isinstance(made, ast.Call) and is_made else [given]
            yield ", ".join(map(ast.unparse, sides))


def _told(node: ast.expr, name: str) -> str:
    return ast.unparse(_value(node, name))


def _value(node: ast.expr, name: str) -> ast.expr:
    """Return what a local name is set to, if that is told; else the expression itself."""
    if not isinstance(node, ast.Name):
        return node
    function = table()[name]
    values = [value for own in bindings(function, node) for value in values_of(function, own)]
    return values[0] if len(values) == 1 else node
