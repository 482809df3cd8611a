"""Whose accounts an operation can put back: where the key of each write comes from.

An account is put back by `with_account`, or as a side of a posting that `free` names, or from the
sheet of a settlement. The key is followed through parameters to the calls of the function, as far
as an operation may reach them, and through local names to what they are set to. It ends in a field
of the action, in a system account, or in what the syntax does not tell.
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
from ibperp_invariants.proofs.system.census import called, functions, uncalled, walk, writers
from ibperp_invariants.proofs.system.frames import reached_by

KEYS: Final = {"with_account": 1, "free": 0, "sheet": 0}
"""What writes an account, by the place of its key among the arguments."""

PASSED: Final = frozenset({"with_account", ".with_account", "free"})
"""What no function may give on: who calls it there, and with what key, would not be told."""

ORDERS: Final = re.compile(r"(?:effect\.)?state\.orders\[\w+\]")
"""How an order is read from a state."""

KEYLESS: Final[Mapping[str, str]] = {
    "ibperp.posting._with_balance": "the key is the index of a side, which `free` names",
    "ibperp.operations.settlement.clearing.Clearing._seen_by": "looked at and dropped",
    "ibperp.operations.settlement.clearing.Clearing._post": "of a sheet, which `sheet` names",
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
SYSTEM: Final = {"FEES": Accounts.FEES, "INSURANCE": Accounts.INSURANCE}
NAMED: Final = {
    "action.account": Accounts.OWNER,
    "action.sender": Accounts.OWNER,
    "action.receiver": Accounts.RECEIVER,
    "_pending(state, action.withdrawal).account": Accounts.REQUESTER,
    OWNER: Accounts.ORDER_OWNERS,
    LISTED: Accounts.UNSETTLED,
}
"""What a row calls the account of a field of the action, or of the record that it names."""

NOT_SHOWN: Final = frozenset(
    {
        *("PlaceOrder", "AmendOrder", "CancelOrder", "CancelAllOrders", "SettleMarket"),
        *("SubmitQuote", "AcceptQuote", "ConvertCollateral"),
        *("Liquidate", "ResolveBankruptcy", "RunRisk"),
    }
)
"""The actions of which some party is not followed: those that trade, cancel, close, liquidate."""


def accounts_are_those_of_the_row() -> list[str]:
    """Return the accounts that an operation can put back, and its row does not name."""
    lines = [
        f"{name} writes the accounts of a state"
        for name in sorted(writers("State.accounts") ^ WRITERS)
    ]
    for action, operation in OPERATIONS.items():
        if action.__name__ not in NOT_SHOWN:
            found = put_back(f"{operation.__module__}.{operation.__qualname__}")
            admitted = set(ALLOWED[action].accounts)
            lines += [
                f"{action.__name__} puts back {source}"
                for source in sorted(found)
                if NAMED.get(source, SYSTEM.get(source)) not in admitted
            ]
    return lines


def put_back(operation: str) -> frozenset[str]:
    """Return where the keys come from under which an operation may put accounts back."""
    reached = reached_by(operation)
    search = _Search(operation, reached)
    return frozenset(
        source
        for name in reached
        if name in _table() and name not in KEYLESS
        for key in _keys(_table()[name])
        for source in search.sources(key, name)
    )


def _keys(function: ast.FunctionDef) -> Iterator[ast.expr]:
    """Yield the keys under which a function writes accounts."""
    for node in walk(function):
        if isinstance(node, ast.Call) and called(node) in KEYS:
            place = KEYS[called(node)]
            yield node.args[place] if len(node.args) > place else ast.Constant(None)
    if PASSED & set(uncalled(function)):
        yield ast.Constant(None)


class _Search:
    """Follows keys within what one operation may reach."""

    def __init__(self, operation: str, reached: frozenset[str]) -> None:
        self.operation = operation
        self.reached = reached
        self.seen: set[tuple[str, str]] = set()

    def sources(self, node: ast.expr, name: str) -> Iterator[str]:
        """Yield where the value of an expression in a function comes from."""
        text = ast.unparse(node)
        if (text, name) in self.seen:
            return
        self.seen.add((text, name))
        function = _table()[name]
        parameters = [*function.args.args, *function.args.kwonlyargs]
        if text in SYSTEM:
            yield text
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "action":
            yield text if name == self.operation else UNTOLD
        elif isinstance(node, ast.Attribute):
            yield self._of_record(node, name)
        elif isinstance(node, ast.Name) and text in {own.arg for own in parameters}:
            yield from self._given(name, text)
            yield from self._set(name, text)
        elif isinstance(node, ast.Name):
            found = [*self._set(name, text)]
            yield from found or [UNTOLD]
        else:
            yield UNTOLD

    def _of_record(self, node: ast.Attribute, name: str) -> str:
        """Return whose account a field of a record of the state is, if the syntax tells it."""
        base, function = node.value, _table()[name]
        sets = [own for own in _stored(function) if own.id == ast.unparse(base)]
        values = [value for own in sets for value in _values(function, own)]
        if len(sets) == len(values) == 1:
            text = ast.unparse(values[0])
            if ORDERS.fullmatch(text) and node.attr == "account":
                return OWNER
            if name == self.operation:
                return f"{text}.{node.attr}"
        return UNTOLD

    def _set(self, name: str, local: str) -> Iterator[str]:
        """Yield where what a local name is set to comes from."""
        for node in _stored(_table()[name]):
            if node.id == local:
                values = _values(_table()[name], node)
                if not values:
                    yield _member(_table()[name], node)
                for value in values:
                    yield from self.sources(value, name)

    def _given(self, name: str, parameter: str) -> Iterator[str]:
        """Yield where the arguments come from that a function gets for a parameter."""
        function, short = _table()[name], name.rpartition(".")[2]
        places = [own.arg for own in function.args.args if own.arg != "self"]
        is_called = False
        for caller in self.reached & _table().keys():
            calls = [node for node in walk(_table()[caller]) if isinstance(node, ast.Call)]
            heads = {node.func for node in calls}
            for node in walk(_table()[caller]):
                if _is_value(node, name) and node not in heads:
                    yield UNTOLD
            for call in calls:
                if called(call) == short:
                    is_called = True
                    argument = _argument(call, parameter, places)
                    yield from [UNTOLD] if argument is None else self.sources(argument, caller)
        if not is_called:
            yield UNTOLD


def _is_value(node: ast.AST, name: str) -> bool:
    """Tell whether a node names a function, alone, in its module, or as a method of any record."""
    home, _, short = name.rpartition(".")
    owner = home.rpartition(".")[2]
    if isinstance(node, ast.Attribute) and node.attr == short:
        return owner[0].isupper() or ast.unparse(node.value) == owner
    return isinstance(node, ast.Name) and node.id == short


def _argument(call: ast.Call, parameter: str, places: list[str]) -> ast.expr | None:
    """Return what a call gives for a parameter, if it is told."""
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if parameter in given:
        return given[parameter]
    place = places.index(parameter) if parameter in places else len(call.args)
    plain = call.args[: place + 1]
    is_told = len(plain) > place and not any(isinstance(own, ast.Starred) for own in plain)
    return plain[place] if is_told else None


def _stored(function: ast.FunctionDef) -> list[ast.Name]:
    """Return every place where a local name is set."""
    names = [node for node in walk(function) if isinstance(node, ast.Name)]
    return [node for node in names if isinstance(node.ctx, ast.Store)]


def _member(function: ast.FunctionDef, target: ast.Name) -> str:
    """Return what a name is that goes through a list of the state, if it is a known one."""
    loops = [node for node in walk(function) if isinstance(node, ast.For | ast.comprehension)]
    own = [loop for loop in loops if target in walk(loop.target)]
    is_listed = len(own) == 1 and ast.unparse(own[0].iter) == "state.active"
    return LISTED if is_listed else UNTOLD


def _values(function: ast.FunctionDef, target: ast.Name) -> list[ast.expr]:
    """Return what an assignment sets a name to, if it is told for this name; none if not."""
    for node in walk(function):
        for own in node.targets if isinstance(node, ast.Assign) else ():
            if own is target and isinstance(node, ast.Assign):
                return [node.value]
            if isinstance(own, ast.Tuple) and target in own.elts and isinstance(node, ast.Assign):
                values = node.value.elts if isinstance(node.value, ast.Tuple) else []
                return values[own.elts.index(target) :][:1]
    return []


@cache
def _table() -> dict[str, ast.FunctionDef]:
    return dict(functions())
