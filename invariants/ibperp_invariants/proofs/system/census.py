"""The census of writers: which functions of the reference write which field of the state.

Read from the syntax tree, so that a new writer cannot hide: records of the state are frozen, and a
changed one is made by its constructor or by `replace`.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Any, Final

import ibperp
from ibperp import state

DYNAMIC: Final = {"ibperp.posting._asset_with": ("Token.custody", "Token.pending")}
"""Functions that name a field by a value, and the fields that it may be."""

FORBIDDEN: Final = frozenset({"setattr", "__setattr__", "__dict__", "copy", "deepcopy", "eval"})
"""Names by which a frozen record could be changed all the same."""

APART: Final = frozenset(
    {"ibperp.queries", "ibperp.risk_index", "ibperp.ranking", "ibperp.records"}
)
"""Modules that answer or index, and whose states no operation keeps; and what makes a record."""


@dataclasses.dataclass(frozen=True, slots=True)
class Site:
    """One expression in one function that makes a record: its class and the fields it sets."""

    function: str
    record: str
    fields: frozenset[str]


@cache
def walk(tree: ast.AST) -> tuple[ast.AST, ...]:
    """Return all nodes of a tree, breadth first: trees are read often and changed never."""
    return tuple(ast.walk(tree))


def called(node: ast.AST) -> str:
    """Return the name of what a call calls, whatever it is a member of; "" of what is no call."""
    if not isinstance(node, ast.Call):
        return ""
    return str(getattr(node.func, "id", getattr(node.func, "attr", "")))


def uncalled(function: ast.FunctionDef) -> Iterator[str]:
    """Yield the names that a function reads and does not call, such as one that it passes on.

    What is named with a dot is yielded from the dot on. Left out are local names and types.
    """
    parts = walk(function)
    aside: set[ast.AST] = {node.func for node in parts if isinstance(node, ast.Call)}
    aside |= {node.value for node in parts if isinstance(node, ast.Attribute)}
    types = [node.annotation for node in parts if isinstance(node, ast.arg | ast.AnnAssign)]
    aside |= {part for kind in (*types, function.returns) if kind for part in walk(kind)}
    local = {node.arg for node in parts if isinstance(node, ast.arg)}
    local |= {
        node.id for node in parts if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    for node in parts:
        if isinstance(node, ast.Name) and node.id not in local and node not in aside:
            yield node.id
        elif isinstance(node, ast.Attribute) and node not in aside:
            yield f".{node.attr}"


@cache
def modules() -> tuple[ModuleType, ...]:
    """Return the modules of the reference whose states are kept."""
    names = [module.name for module in pkgutil.walk_packages(ibperp.__path__, "ibperp.")]
    return tuple(importlib.import_module(name) for name in names if name not in APART)


@cache
def records() -> dict[str, type]:
    """Return the records that a state is made of, by name, found from `State` by its fields."""
    from ibperp_invariants.proofs.executor.arguments import hints

    found: dict[str, type] = {}
    todo: list[Any] = [state.State]
    while todo:
        kind = todo.pop()
        if dataclasses.is_dataclass(kind) and isinstance(kind, type):
            if kind.__name__ not in found:
                found[kind.__name__] = kind
                todo += hints(kind).values()
        else:
            todo += getattr(kind, "__args__", ())
    return found


COLLECTIONS: Final = {
    "accounts": ("Account",),
    "assets": ("Asset",),
    "markets": ("Market", "Perpetual"),
    "orders": ("Order",),
    "withdrawals": ("Withdrawal",),
    "rebalances": ("Rebalance",),
    "requests": ("QuoteRequest",),
    "pool": ("Pool",),
    "book": ("Book",),
    "tokens": ("Token",),
}
"""The records that a field of the state holds, by the name of the field."""


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield every function and method of the reference with its dotted name."""
    return iter(_read())


@cache
def _read() -> tuple[tuple[str, ast.FunctionDef], ...]:
    return tuple(_functions())


def _functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for module in modules():
        tree = ast.parse(inspect.getsource(module))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                yield f"{module.__name__}.{node.name}", node
            elif isinstance(node, ast.ClassDef):
                for method in node.body:
                    if isinstance(method, ast.FunctionDef):
                        yield f"{module.__name__}.{node.name}.{method.name}", method


@cache
def sites() -> tuple[Site, ...]:
    """Return every expression of the reference that makes a record of the state."""
    return tuple(
        site
        for name, function in functions()
        for node in walk(function)
        if isinstance(node, ast.Call)
        for site in _made(name, function, node)
    )


def _made(name: str, function: ast.FunctionDef, call: ast.Call) -> Iterator[Site]:
    called = call.func.id if isinstance(call.func, ast.Name) else ""
    known = _known()
    if called in known:
        yield Site(name, called, known[called])
    elif called == "replace":
        given = frozenset(keyword.arg for keyword in call.keywords if keyword.arg)
        if len(given) < len(call.keywords):
            anything = tuple(f"{record}.{field}" for record in known for field in known[record])
            for path in DYNAMIC.get(name, anything):
                record, _, field = path.partition(".")
                yield Site(name, record, frozenset({field}))
            return
        for record in _replaced(function, call.args[0]) or tuple(known):
            if given <= known[record]:
                yield Site(name, record, given)


@cache
def _known() -> dict[str, frozenset[str]]:
    """Return the fields of every record of the state by its name."""
    return {record: _fields(kind) for record, kind in records().items()}


def _replaced(function: ast.FunctionDef, node: ast.expr) -> tuple[str, ...]:
    """Return the records that an expression may be, as annotations and fields tell; () if not."""
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute):
        return COLLECTIONS.get(node.value.attr, ())
    if isinstance(node, ast.Attribute):
        return COLLECTIONS.get(node.attr, ())
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _returned(node.func.id)
    if not isinstance(node, ast.Name):
        return ()
    arguments = function.args
    for parameter in (*arguments.args, *arguments.kwonlyargs):
        if parameter.arg == node.id and parameter.annotation is not None:
            named = ast.unparse(parameter.annotation).replace("'", "").split(" | ")
            return tuple(named) if set(named) <= records().keys() else ()
    values = [
        value
        for statement in walk(function)
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        for name, value in _pairs(target, statement.value)
        if name == node.id
    ]
    if len(values) != 1:
        return ()
    return () if isinstance(values[0], ast.Name) else _replaced(function, values[0])


@cache
def _returned(called: str) -> tuple[str, ...]:
    """Return the records that a function of this name returns, if nothing else but refusals."""
    found: set[str] = set()
    for name, function in _read():
        if name.rpartition(".")[2] == called and function.returns is not None:
            found |= set(ast.unparse(function.returns).split(" | ")) - {"None", "Rejected"}
    return tuple(sorted(found)) if found <= records().keys() else ()


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names that an assignment sets, each with what it is set to where that is told."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple):
        parts = (
            value.elts if isinstance(value, ast.Tuple) else [ast.Constant(None)] * len(target.elts)
        )
        for part, entry in zip(target.elts, parts, strict=True):
            yield from _pairs(part, entry)


def stores() -> dict[str, frozenset[str]]:
    """Return the functions that assign to an attribute in place, by the attribute's name."""
    found: dict[str, set[str]] = {}
    for name, function in functions():
        for node in walk(function):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                found.setdefault(node.attr, set()).add(name)
    return {attribute: frozenset(names) for attribute, names in found.items()}


def _fields(kind: type) -> frozenset[str]:
    return frozenset(field.name for field in dataclasses.fields(kind))


@cache
def writers(path: str) -> frozenset[str]:
    """Return the functions that write a field, given as `Record.field`."""
    record, _, field = path.partition(".")
    if field not in _fields(records()[record]):
        raise LookupError(f"no record of the state has the field {path}")
    return frozenset(
        site.function for site in sites() if site.record == record and field in site.fields
    )


def forbidden() -> list[str]:
    """Return the functions that could change a record without making one."""
    return [
        f"{name} uses {word}"
        for name, function in functions()
        for node in walk(function)
        if (word := getattr(node, "id", getattr(node, "attr", ""))) in FORBIDDEN
    ]
