"""Where the key of an account comes from under which an operation writes.

An account is put back by `with_account`, or as a side of a posting that `free` names, or from the
sheet of a settlement. The key is followed through parameters to the calls of the function, as far
as an operation may reach them, through local names to what they are set to, and through a field of
a record to all calls that make such a record. It ends in a field of the action, in a system
account, in a record that the state holds, in a list that is known, or in what the syntax does not
tell. `syntax.entries` follows it further.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from ibperp_invariants.proofs.system.census import records, uncalled, walk
from ibperp_invariants.proofs.system.syntax.arguments import (
    UNKNOWN,
    argument_of,
    bindings,
    is_short,
    is_value,
    members_of,
    spread_out,
    stored_names,
    uncalled_names,
    values_of,
)
from ibperp_invariants.proofs.system.syntax.kinds import calls_of, fields, kinds, meant, table

KEYS: Final = {"with_account": 1, "free": 0, "sheet": 0}
"""What writes an account, by the place of its key among the arguments."""

PASSED: Final = frozenset({"with_account", ".with_account", "free"})
"""What no function may pass on as a value: a later call and its key would not be seen."""

ORDERS: Final = re.compile(r"(?:effect\.)?state\.orders\[\w+\]")
"""How an order is read from a state."""

KEYLESS: Final[Mapping[str, str]] = {
    "ibperp.posting._with_balance": "the key is the index of a side, which `free` names",
    "ibperp.operations.settlement.clearing.Clearing._seen_by": "looked at and dropped",
    "ibperp.operations.settlement.clearing.Clearing._post": "of a sheet, which `sheet` names",
    "ibperp.operations.programs.conversion_terms.owed_beyond_dollars": "looked at and dropped",
}
"""Functions whose own key says nothing, with reasons."""

UNTOLD: Final = "what the syntax does not tell"
OWNER: Final = "the owner of an order that it changes"
LISTED: Final = "an account of the list of those to be settled"
STORED: Final[Mapping[str, str]] = {
    "Order": "the owner of an order that it reads",
    "QuoteRequest": "the account of a request for quotes",
    "Quote": "the account of a quote",
    "Backstop": "a provider",
}
"""What the account of a record that a state holds is called."""

_LIQUIDATION: Final = "ibperp.operations.liquidation"
DUE, OWING = "an account that is due", "an account that owes the fund"
LENDER, OPPOSITE = "a lender of the asset", "an account with an opposite position"
CLAIMANT: Final = "an account with a claim on the fund"
LISTS: Final[Mapping[tuple[str, str], str]] = {
    (f"{_LIQUIDATION}.bankruptcy.run_risk", "due"): DUE,
    (f"{_LIQUIDATION}.bankruptcy.run_risk", "owing_accounts(after) if left else ()"): OWING,
    (
        f"{_LIQUIDATION}.bankruptcy._spread",
        "zip(claims, parts(loss, list(claims.values())), strict=True)",
    ): CLAIMANT,
    (f"{_LIQUIDATION}.deleveraging.lenders_paid", "_lenders(effect.state, debtor, asset)"): LENDER,
    (
        f"{_LIQUIDATION}.deleveraging._deleveraged",
        "failing.rankings.of(effect.state, exposure.index, is_long=not is_long)",
    ): OPPOSITE,
}
"""Lists that functions go through, and what an account of them is called."""


@cache
def accounts_put(function: ast.FunctionDef) -> list[ast.expr]:
    """Return the keys under which a function writes accounts."""
    found = [
        node.args[place] if len(node.args) > place else UNKNOWN
        for word, place in KEYS.items()
        for node in calls_of(function).get(word, ())
    ]
    return [*found, *([UNKNOWN] if PASSED & set(uncalled(function)) else [])]


class Search:
    """Follows keys within what one operation may reach."""

    def __init__(self, operation: str, reached: frozenset[str]) -> None:
        self.operation = operation
        self.reached = reached
        self.seen: set[tuple[object, ...]] = set()

    def sources(self, node: ast.expr, name: str) -> Iterator[str]:
        """Yield where the value of an expression in a function comes from."""
        text, function = ast.unparse(node), table()[name]
        scope = bindings(function, node) if isinstance(node, ast.Name) else []
        mark = (text, name, *map(id, scope))
        if mark in self.seen:
            return
        self.seen.add(mark)
        parameters = [*function.args.args, *function.args.kwonlyargs]
        if text in {"FEES", "INSURANCE"}:
            yield text
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "action":
            yield text if name == self.operation else UNTOLD
        elif isinstance(node, ast.Attribute):
            told = self._of_record(node, name)
            yield from self._of_kinds(node, name) if told == UNTOLD else [told]
        elif isinstance(node, ast.IfExp):
            yield from self.sources(node.body, name)
            yield from self.sources(node.orelse, name)
        elif isinstance(node, ast.Name) and text in {own.arg for own in parameters}:
            yield from self._given(name, text)
            yield from self._set(name, node)
        elif isinstance(node, ast.Name):
            is_set = any(own.id == text for own in stored_names(function))
            yield from self._set(name, node) if is_set else [UNTOLD]
        else:
            yield UNTOLD

    def _of_record(self, node: ast.Attribute, name: str) -> str:
        """Return whose account a field of a record of the state is, if the syntax tells it."""
        base, function = node.value, table()[name]
        sets = [own for own in stored_names(function) if own.id == ast.unparse(base)]
        values = [value for own in sets for value in values_of(function, own)]
        if len(sets) == len(values) == 1:
            text = ast.unparse(values[0])
            if ORDERS.fullmatch(text) and node.attr == "account":
                return OWNER
            if name == self.operation:
                return f"{text}.{node.attr}"
        return UNTOLD

    def _of_kinds(self, node: ast.Attribute, name: str) -> Iterator[str]:
        """Yield where a field of every record comes from that an expression may be."""
        known = [kind for kind in kinds(node.value, name) if node.attr in fields(kind)]
        if not known:
            yield UNTOLD
        for kind in sorted(known):
            if (kind, node.attr) not in self.seen:
                self.seen.add((kind, node.attr))
                yield from self._made(kind, node.attr)

    def _made(self, kind: str, field: str) -> Iterator[str]:
        """Yield what a field of a record is made of, wherever the operation may make one."""
        if kind in records():
            yield STORED.get(kind, UNTOLD)
        for caller in self.reached & table().keys():
            for node in calls_of(table()[caller]).get(kind, ()):
                given = argument_of(spread_out(node, table()[caller]), field, fields(kind))
                yield from [UNTOLD] if given is None else self.sources(given, caller)
            for node in calls_of(table()[caller]).get("replace", ()):
                changed = [own.value for own in node.keywords if own.arg in {field, None}]
                of = kinds(node.args[0], caller)
                for value in changed if kind in of or not of else ():
                    yield from self.sources(value, caller)

    def _set(self, name: str, local: ast.Name) -> Iterator[str]:
        """Yield where what a local name is set to comes from."""
        for node in bindings(table()[name], local):
            values = values_of(table()[name], node)
            if not values:
                yield from self._member(name, node)
            for value in values:
                yield from self.sources(value, name)

    def _member(self, name: str, target: ast.Name) -> Iterator[str]:
        """Yield where a member of a list comes from, if the list is a known one, or written out."""
        function = table()[name]
        loops = [node for node in walk(function) if isinstance(node, ast.For | ast.comprehension)]
        own = [loop for loop in loops if target in walk(loop.target)]
        if len(own) != 1:
            yield UNTOLD
            return
        text = ast.unparse(own[0].iter)
        listed = LISTED if text == "state.active" else LISTS.get((name, text), "")
        members = members_of(function, target)
        if listed or not members:
            yield listed or UNTOLD
        for member in members:
            yield from self.sources(member, name)

    def _given(self, name: str, parameter: str) -> Iterator[str]:
        """Yield where the arguments come from that a function gets for a parameter."""
        for argument, caller in self._arguments(name, parameter):
            yield from [UNTOLD] if argument is None else self.sources(argument, caller)

    def _arguments(self, name: str, parameter: str) -> Iterator[tuple[ast.expr | None, str]]:
        """Yield what a function gets for a parameter, and from which caller; None if untold."""
        function, short = table()[name], name.rpartition(".")[2]
        places = [own.arg for own in function.args.args if own.arg != "self"]
        is_called = False
        for caller in self.reached & table().keys():
            if any(is_value(node, name) for node in uncalled_names(table()[caller]).get(short, ())):
                yield None, caller
            for call in calls_of(table()[caller]).get(short, ()):
                argument = argument_of(call, parameter, places)
                if meant(call, caller) in {"", name} and not (
                    argument is None and is_short(call, function, parameter)
                ):
                    is_called = True
                    yield argument, caller
        if not is_called:
            yield None, name
