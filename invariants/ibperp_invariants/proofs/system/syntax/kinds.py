"""Which records an expression of the reference may be, read from annotations.

A collection counts as its members: of `state.orders`, of one of them and of a pair of them it is
told that they are orders. What has no annotation that the syntax leads to is no record that is
known. A name has one type wherever it is set, to which the type checker holds the reference.
"""

from __future__ import annotations

import ast
import dataclasses
import re
import sys
from collections.abc import Iterator
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, Final

from ibperp_invariants.proofs.system.census import called, functions, modules, walk

DEPTH_MAX: Final = 12
"""How many names are followed from an expression to what it is."""

SAME: Final = frozenset({"replace", "zip", "enumerate", "sorted", "tuple", "list", "reversed"})
"""Functions that return what they are given, changed, joined or in another order."""


@cache
def classes() -> dict[str, type]:
    """Return every record class of the reference by name."""
    return {
        kind.__name__: kind
        for module in modules()
        for kind in vars(module).values()
        if isinstance(kind, type) and dataclasses.is_dataclass(kind)
    }


@cache
def table() -> dict[str, ast.FunctionDef]:
    """Return every function of the reference by name."""
    return dict(functions())


def fields(kind: str) -> list[str]:
    """Return the fields of a record class, in the order in which a call gives them."""
    return [field.name for field in dataclasses.fields(classes()[kind])]


@cache
def calls_of(function: ast.FunctionDef) -> dict[str, list[ast.Call]]:
    """Return the calls in a function by the name of what they call."""
    found: dict[str, list[ast.Call]] = {}
    for node in walk(function):
        if isinstance(node, ast.Call):
            found.setdefault(called(node), []).append(node)
    return found


def meant(call: ast.Call, caller: str) -> str:
    """Return the function of the reference that a call names in its module; "" if none is told."""
    place = caller.rpartition(".")[0]
    home: Any = sys.modules.get(place) or sys.modules.get(place.rpartition(".")[0])
    head = call.func
    if isinstance(head, ast.Attribute) and isinstance(head.value, ast.Name):
        owner = vars(home).get(head.value.id) if home else None
        found = getattr(owner, head.attr, None) if isinstance(owner, ModuleType) else None
    else:
        found = vars(home).get(head.id) if home and isinstance(head, ast.Name) else None
    return f"{found.__module__}.{found.__qualname__}" if isinstance(found, FunctionType) else ""


def kinds(node: ast.AST | None, name: str, depth: int = 0) -> frozenset[str]:
    """Return the record classes that an expression in a function may be of; none if not told."""
    if node is None or depth > DEPTH_MAX:
        return frozenset()
    return frozenset(_kinds(node, name, depth + 1))


def _kinds(node: ast.AST, name: str, depth: int) -> Iterator[str]:
    match node:
        case ast.Name():
            yield from _of_name(node.id, name, depth)
        case ast.Attribute():
            for kind in kinds(node.value, name, depth):
                yield from _words(classes()[kind].__annotations__.get(node.attr, ""))
        case ast.Call():
            yield from _of_call(node, name, depth)
        case ast.IfExp():
            yield from kinds(node.body, name, depth) | kinds(node.orelse, name, depth)
        case ast.BoolOp():
            yield from _of_all(node.values, name, depth)
        case ast.Tuple() | ast.List():
            yield from _of_all(node.elts, name, depth)
        case ast.ListComp() | ast.GeneratorExp():
            yield from kinds(node.elt, name, depth)
        case ast.Subscript() | ast.Starred():
            yield from kinds(node.value, name, depth)
        case _:
            return


def _of_all(nodes: list[ast.expr], name: str, depth: int) -> Iterator[str]:
    for node in nodes:
        yield from kinds(node, name, depth)


def _of_name(local: str, name: str, depth: int) -> Iterator[str]:
    """Yield what a parameter is annotated with, and what a local name is set to or goes through."""
    for held in _held(table()[name]).get(local, ()):
        yield from _words(held) if isinstance(held, str) else kinds(held, name, depth)


@cache
def _held(function: ast.FunctionDef) -> dict[str, list[str | ast.expr]]:
    """Return by local name its annotations, as text, and the expressions that it is bound to."""
    found: dict[str, list[str | ast.expr]] = {}
    for node in walk(function):
        if isinstance(node, ast.arg):
            text = ast.unparse(node.annotation) if node.annotation else ""
            found.setdefault(node.arg, []).append(text)
        for target, value in _bound(node):
            for own in {own.id for own in walk(target) if isinstance(own, ast.Name)}:
                found.setdefault(own, []).append(value)
    return found


def _bound(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield the targets that a node sets, each with what it is set to or goes through."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            is_paired = isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
            if is_paired and isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                yield from zip(target.elts, node.value.elts, strict=True)
            else:
                yield target, node.value
    elif isinstance(node, ast.NamedExpr):
        yield node.target, node.value
    elif isinstance(node, ast.For | ast.comprehension):
        yield node.target, node.iter


def _of_call(node: ast.Call, name: str, depth: int) -> Iterator[str]:
    short, function = called(node), table().get(meant(node, name))
    if short in classes():
        yield short
    elif function is not None:
        yield from _words(ast.unparse(function.returns) if function.returns else "")
    elif short in SAME:
        yield from _of_all(node.args, name, depth)
    elif isinstance(node.func, ast.Attribute):
        for kind in kinds(node.func.value, name, depth):
            method = table().get(f"{classes()[kind].__module__}.{kind}.{short}")
            yield from _words(ast.unparse(method.returns) if method and method.returns else "")


def _words(text: object) -> Iterator[str]:
    """Yield the record classes that an annotation names."""
    return (word for word in re.findall(r"\w+", str(text)) if word in classes())
