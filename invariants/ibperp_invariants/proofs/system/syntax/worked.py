"""For which account a step of a liquidation is, and that its events name this account.

So an account that pays for a liquidation is one that its events name.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Final

from ibperp_invariants.proofs.system.syntax.arguments import stored_names
from ibperp_invariants.proofs.system.syntax.kinds import calls_of, meant, table

_LIQUIDATION: Final = "ibperp.operations.liquidation"
_OWN, _FAILING, _ACTION = "account", "failing.account", "action.account"

WORKED: Final[Mapping[str, Mapping[str, str]]] = {
    "LiquidationStep": {
        "ladder.noted": _OWN,
        "book.request_conversion": _FAILING,
        "book._worked_deal": _FAILING,
        "backstop.hand_to_backstop": _FAILING,
        "deleveraging._deleveraged": _FAILING,
        "deleveraging._lends_deleveraged": _FAILING,
        "deleveraging._insured": _FAILING,
    },
    "BankruptcyResolved": {
        "bankruptcy._pool_debt_ended": _OWN,
        "bankruptcy._fund_debt_ended": _OWN,
    },
    "Failing": {"ladder.step": _OWN},
    "_paid_own": {"ladder.step": _OWN},
    "noted": {"ladder.step": _OWN},
    "step": {
        "ladder.liquidate": _ACTION,
        "bankruptcy.resolve_bankruptcy": _ACTION,
        "bankruptcy.worked_account": _OWN,
    },
    "resolved_bankruptcy": {
        "bankruptcy.resolve_bankruptcy": _ACTION,
        "bankruptcy.worked_account": _OWN,
    },
    "_pool_debt_ended": {"bankruptcy.resolved_bankruptcy": _OWN},
    "_fund_debt_ended": {"bankruptcy.resolved_bankruptcy": _OWN},
    "worked_account": {"bankruptcy.run_risk": _OWN},
}
"""What tells of an account, or works on it: the functions that call it, and for which account."""

FIRST: Final = frozenset({"LiquidationStep", "BankruptcyResolved", "Failing"})
"""What takes the account as its first argument; what works on it takes a state before."""

LOOPS: Final = frozenset({"bankruptcy.run_risk"})
"""Functions that go through accounts: the account that they work on is that of the loop."""


def steps_tell_whom_they_work_on() -> list[str]:
    """Return where a step could be for another account than the one that its events name."""
    lines = []
    for word, expected in WORKED.items():
        found = {
            (name.removeprefix(f"{_LIQUIDATION}."), _account(word, call.args))
            for name, function in table().items()
            for call in calls_of(function).get(word, ())
            if isinstance(call.func, ast.Name) and meant(call, name) in {"", _home(word)}
        }
        lines += [
            f"{name}: {word} is for {account}, or no longer"
            for name, account in sorted(found ^ set(expected.items()))
        ]
        lines += [f"{name} sets its account anew" for name in expected if _is_set(name, expected)]
    return lines


def _account(word: str, arguments: list[ast.expr]) -> str:
    place = 0 if word in FIRST else 1
    return ast.unparse(arguments[place]) if len(arguments) > place else ""


def _home(word: str) -> str:
    """Return the whole name of what works on an account."""
    in_ladder = word in {"step", "noted", "_paid_own"}
    return f"{_LIQUIDATION}.{'ladder' if in_ladder else 'bankruptcy'}.{word}"


def _is_set(name: str, expected: Mapping[str, str]) -> bool:
    """Tell whether a function gives another value to the name of the account it was given."""
    root = expected[name].partition(".")[0]
    stored = {node.id for node in stored_names(table()[f"{_LIQUIDATION}.{name}"])}
    return root in stored and name not in LOOPS
