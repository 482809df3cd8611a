"""Whose accounts an operation can put back: where the key of each write comes from.

An account is put back by `with_account`, or as a side of a posting that `free` names, or from the
sheet of a settlement. The key is followed through parameters to the calls of the function, as far
as an operation may reach them, through local names to what they are set to, and through a field of
a record to all calls that make such a record. It ends in a field of the action, in a system
account, in a record that the state holds, in a list that is known, or in what the syntax does not
tell.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from ibperp.transition import OPERATIONS
from ibperp_invariants.frame.allowed import ALLOWED
from ibperp_invariants.frame.touches import Accounts
from ibperp_invariants.proofs.system.census import (
    records,
    uncalled,
    walk,
    writers,
)
from ibperp_invariants.proofs.system.frames import reached_by
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

WRITERS: Final = frozenset(
    {
        "ibperp.state.genesis",
        "ibperp.state.with_account",
        "ibperp.operations.custody.accounts.create_account",
        "ibperp.operations.settlement.clearing.Clearing.written",
    }
)
"""What writes the accounts of a state: the first, one, the new one, and those of a settlement."""

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

NAMED: Final[Mapping[str, frozenset[Accounts]]] = {
    "FEES": frozenset({Accounts.FEES, Accounts.FEES_OF_TRADES}),
    "INSURANCE": frozenset({Accounts.INSURANCE}),
    "action.account": frozenset({Accounts.OWNER}),
    "action.sender": frozenset({Accounts.OWNER}),
    "action.receiver": frozenset({Accounts.RECEIVER}),
    "_pending(state, action.withdrawal).account": frozenset({Accounts.REQUESTER}),
    OWNER: frozenset({Accounts.ORDER_OWNERS}),
    STORED["Order"]: frozenset({Accounts.ORDER_OWNERS}),
    STORED["QuoteRequest"]: frozenset({Accounts.PARTIES}),
    STORED["Quote"]: frozenset({Accounts.PARTIES}),
    STORED["Backstop"]: frozenset({Accounts.PROVIDERS}),
    LISTED: frozenset({Accounts.UNSETTLED}),
    DUE: frozenset({Accounts.OWNER}),
    OWING: frozenset({Accounts.OWNER}),
    LENDER: frozenset({Accounts.LENDERS}),
    OPPOSITE: frozenset({Accounts.TOLD}),
    CLAIMANT: frozenset({Accounts.TOLD, Accounts.CREDITED}),
}
"""What a row calls the account of a field of the action, of a record, or of a list."""

ITS_OWN: Final[Mapping[tuple[str, str], Accounts]] = {
    ("CancelOrder", OWNER): Accounts.OWNER,
    ("CancelAllOrders", OWNER): Accounts.OWNER,
    ("SubmitQuote", OWNER): Accounts.PARTIES,
    ("AcceptQuote", OWNER): Accounts.PARTIES,
    ("SubmitQuote", "action.account"): Accounts.PARTIES,
    ("SettleMarket", LISTED): Accounts.HOLDERS,
}
"""What a row calls more narrowly than the syntax: theorems say that it is the same account."""


def accounts_are_those_of_the_row() -> list[str]:
    """Return the accounts that an operation can put back, and its row does not name."""
    lines = [
        f"{name} writes the accounts of a state"
        for name in sorted(writers("State.accounts") ^ WRITERS)
    ]
    needed = set[tuple[str, str]]()
    for action, operation in OPERATIONS.items():
        found = put_back(f"{operation.__module__}.{operation.__qualname__}")
        admitted = set(ALLOWED[action].accounts)
        for source in sorted(found):
            if not admitted & NAMED.get(source, frozenset()):
                needed.add((action.__name__, source))
                if ITS_OWN.get((action.__name__, source)) not in admitted:
                    lines.append(f"{action.__name__} puts back {source}")
    unneeded = sorted(ITS_OWN.keys() - needed)
    return lines + [f"{action} puts back no account of {source}" for action, source in unneeded]


def put_back(operation: str) -> frozenset[str]:
    """Return where the keys come from under which an operation may put accounts back."""
    reached = reached_by(operation)
    search = Search(operation, reached)
    return frozenset(
        source
        for name in reached
        if name in table() and name not in KEYLESS
        for key in _keys(table()[name])
        for source in search.sources(key, name)
    )


@cache
def _keys(function: ast.FunctionDef) -> list[ast.expr]:
    """Return the keys under which a function writes accounts."""
    found = [
        node.args[place] if len(node.args) > place else ast.Constant(None)
        for word, place in KEYS.items()
        for node in calls_of(function).get(word, ())
    ]
    return [*found, *([ast.Constant(None)] if PASSED & set(uncalled(function)) else [])]


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
        function, short = table()[name], name.rpartition(".")[2]
        places = [own.arg for own in function.args.args if own.arg != "self"]
        is_called = False
        for caller in self.reached & table().keys():
            if any(_is_value(node, name) for node in _uncalled(table()[caller]).get(short, ())):
                yield UNTOLD
            for call in calls_of(table()[caller]).get(short, ()):
                if meant(call, caller) in {"", name}:
                    is_called = True
                    argument = argument_of(call, parameter, places)
                    yield from [UNTOLD] if argument is None else self.sources(argument, caller)
        if not is_called:
            yield UNTOLD


@cache
def _uncalled(function: ast.FunctionDef) -> dict[str, list[ast.expr]]:
    """Return by its last word what a function names and does not call; without its own names."""
    heads = {node.func for calls in calls_of(function).values() for node in calls}
    own, found = _locals(function), dict[str, list[ast.expr]]()
    for node in walk(function):
        if isinstance(node, ast.Attribute) and node not in heads:
            found.setdefault(node.attr, []).append(node)
        elif isinstance(node, ast.Name) and node not in heads and node.id not in own:
            found.setdefault(node.id, []).append(node)
    return found


def _locals(function: ast.FunctionDef) -> set[str]:
    """Return the names that are a function's own in it: what they hold is followed."""
    arguments = (*function.args.args, *function.args.kwonlyargs)
    inner = (ast.comprehension, ast.FunctionDef, ast.Lambda)
    apart = {
        part
        for node in walk(function)
        if isinstance(node, inner) and node is not function
        for part in walk(node)
    }
    stored = {node.id for node in stored_names(function) if node not in apart}
    return stored | {own.arg for own in arguments}


def _is_value(node: ast.AST, name: str) -> bool:
    """Tell whether a node names a function, alone, in its module, or as a method of any record."""
    home, _, short = name.rpartition(".")
    owner = home.rpartition(".")[2]
    if isinstance(node, ast.Attribute) and node.attr == short:
        return owner[0].isupper() or ast.unparse(node.value) == owner
    return isinstance(node, ast.Name) and node.id == short


def argument_of(call: ast.Call, parameter: str, places: list[str]) -> ast.expr | None:
    """Return what a call gives for a parameter, if it is told."""
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if parameter in given:
        return given[parameter]
    place = places.index(parameter) if parameter in places else len(call.args)
    plain = call.args[: place + 1]
    is_told = len(plain) > place and not any(isinstance(own, ast.Starred) for own in plain)
    return plain[place] if is_told else None


def spread_out(call: ast.Call, function: ast.FunctionDef) -> ast.Call:
    """Return a call with a tuple that it spreads written out, if the tuple is a local name."""
    given: list[ast.expr] = []
    for argument in call.args:
        spread = argument.value if isinstance(argument, ast.Starred) else None
        values = [
            value
            for own in stored_names(function)
            if isinstance(spread, ast.Name) and own.id == spread.id
            for value in values_of(function, own)
        ]
        only = values[0] if len(values) == 1 else None
        given += only.elts if isinstance(only, ast.Tuple) else [argument]
    return ast.Call(call.func, given, call.keywords)


def members_of(function: ast.FunctionDef, target: ast.Name) -> list[ast.expr]:
    """Return what a name goes through, if the list is written out there or as one local name."""
    loops = [node for node in walk(function) if isinstance(node, ast.For | ast.comprehension)]
    own = [loop for loop in loops if target in walk(loop.target)]
    return _rows(own[0], target, function) if len(own) == 1 else []


def _rows(
    loop: ast.For | ast.comprehension, target: ast.Name, function: ast.FunctionDef
) -> list[ast.expr]:
    """Return the members of a list that is written out, or of each the one at a name's place."""
    listed = [loop.iter]
    if isinstance(loop.iter, ast.Name):
        own = [node for node in stored_names(function) if node.id == ast.unparse(loop.iter)]
        listed = [value for node in own for value in values_of(function, node)]
    if len(listed) != 1 or not isinstance(listed[0], ast.Tuple):
        return []
    members = listed[0].elts
    if loop.target is target:
        return members
    if not isinstance(loop.target, ast.Tuple) or target not in loop.target.elts:
        return []
    place = loop.target.elts.index(target)
    parts = [member.elts[place : place + 1] for member in members if isinstance(member, ast.Tuple)]
    return [own for part in parts for own in part] if len(parts) == len(members) else []


@cache
def stored_names(function: ast.FunctionDef) -> list[ast.Name]:
    """Return every place where a local name is set."""
    names = [node for node in walk(function) if isinstance(node, ast.Name)]
    return [node for node in names if isinstance(node.ctx, ast.Store)]


def bindings(function: ast.FunctionDef, read: ast.Name) -> list[ast.Name]:
    """Return where a local name is set that is read: within a loop that sets it, there alone."""
    found = [node for node in stored_names(function) if node.id == read.id]
    for loop in walk(function):
        if isinstance(loop, ast.For) and any(read in walk(own) for own in loop.body):
            inside = [node for node in found if node in walk(loop)]
            if any(node in walk(loop.target) for node in inside):
                found = inside
    return found


def values_of(function: ast.FunctionDef, target: ast.Name) -> list[ast.expr]:
    """Return what an assignment sets a name to, if it is told for this name; none if not."""
    for node in walk(function):
        for own in node.targets if isinstance(node, ast.Assign) else ():
            if own is target and isinstance(node, ast.Assign):
                return [node.value]
            if isinstance(own, ast.Tuple) and target in own.elts and isinstance(node, ast.Assign):
                values = node.value.elts if isinstance(node.value, ast.Tuple) else []
                return values[own.elts.index(target) :][:1]
    return []
