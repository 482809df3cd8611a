"""Under which keys a function writes entries of a field of the state, read from how it does so.

An entry of a vector is put with `set`, and a new one with `append`; one of a tuple is put between
the entries before it and those after it, and a new one after all of them. What is written in
another way has no key that the syntax tells.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from ibperp_invariants.proofs.system.census import called, walk, writers
from ibperp_invariants.proofs.system.syntax.arguments import (
    argument_of,
    stored_names,
    values_of,
)
from ibperp_invariants.proofs.system.syntax.kinds import calls_of, fields, kinds, table

Key = ast.expr | str
"""A key that a function writes under: an expression of its own, or what is told of it in words."""

NEW: Final = "a new one"
CHANGED: Final = "each one that {} changes"
WITHOUT: Final = "each one without {}"
UNREAD: Final = "one that no expression tells"


def keys_written(name: str, field: str) -> tuple[Key, ...]:
    """Return the keys under which a function puts entries of a field into a state."""
    function = table()[name]
    found = [
        own.value
        for node in calls_of(function).get("replace", ())
        if "State" in (kinds(node.args[0], name) or {"State"})
        for own in node.keywords
        if own.arg == field
    ]
    for node in calls_of(function).get("State", ()):
        given = argument_of(node, field, fields("State"))
        found += [] if given is None else [given]
    return tuple(key for value in found for key in _keys(value, function, field))


def _keys(value: ast.expr, function: ast.FunctionDef, field: str) -> Iterator[Key]:
    """Yield the keys of the entries in which a value differs from the field before."""
    if isinstance(value, ast.Name):
        values = [
            own
            for target in stored_names(function)
            if target.id == value.id
            for own in values_of(function, target)
        ]
        yield from _keys(values[0], function, field) if len(values) == 1 else [UNREAD]
    elif isinstance(value, ast.Call) and _is_of(value.func, field, ("set", "append")):
        is_put = called(value) == "set"
        yield value.args[0] if is_put else _next(value, function, field)
    elif isinstance(value, ast.Tuple):
        yield from _of_tuple(value, field)
    elif isinstance(value, ast.Call) and called(value) == "tuple" and len(value.args) == 1:
        yield from _of_members(value.args[0], function, field)
    else:
        yield UNREAD


def _is_of(node: ast.expr, field: str, names: tuple[str, ...]) -> bool:
    """Tell whether an expression is a method of so a name of this field of some state."""
    return isinstance(node, ast.Attribute) and node.attr in names and _is_field(node.value, field)


def _is_field(node: ast.expr, field: str) -> bool:
    """Tell whether an expression is this field of some state."""
    of = node.value if isinstance(node, ast.Attribute) and node.attr == field else None
    return of is not None and ast.unparse(of).rpartition(".")[2] == "state"


def _next(value: ast.Call, function: ast.FunctionDef, field: str) -> Key:
    """Return the key of an appended entry: what was compared with the next id, if anything was."""
    for test in (node for node in walk(function) if isinstance(node, ast.If)):
        if any(value in walk(own) for own in test.body) and isinstance(test.test, ast.Compare):
            first, *others = test.test.left, *test.test.comparators
            is_next = [ast.unparse(own) for own in others] == [f"len(state.{field})"]
            if is_next and isinstance(test.test.ops[0], ast.Eq):
                return first
    return NEW


def _of_tuple(value: ast.Tuple, field: str) -> Iterator[Key]:
    """Yield the key between the entries before it and after it, or that it is a new one."""
    match value.elts:
        case [
            ast.Starred(ast.Subscript(before, ast.Slice(None, ast.expr() as first, None))),
            ast.expr(),
            ast.Starred(ast.Subscript(after, ast.Slice(ast.expr() as second, None, None))),
        ] if (
            _is_field(before, field)
            and ast.unparse(before) == ast.unparse(after)
            and ast.unparse(second) == f"{ast.unparse(first)} + 1"
        ):
            yield first
        case [ast.Starred(before), _] if _is_field(before, field):
            yield NEW
        case _:
            yield UNREAD


def _of_members(node: ast.expr, function: ast.FunctionDef, field: str) -> Iterator[Key]:
    """Yield the keys of the members that a tuple made of all members changes, drops or adds."""
    if isinstance(node, ast.Name):
        values = [
            own
            for target in stored_names(function)
            if target.id == node.id
            for own in values_of(function, target)
        ]
        yield from _of_members(values[0], function, field) if len(values) == 1 else [UNREAD]
    elif isinstance(node, ast.Call) and called(node) == "sorted":
        yield from _of_members(node.args[0], function, field)
    elif isinstance(node, ast.Tuple) and isinstance(node.elts[0], ast.Starred):
        yield from _of_members(node.elts[0].value, function, field)
        yield from (ast.Attribute(added, "account") for added in node.elts[1:])
    elif isinstance(node, ast.GeneratorExp) and len(node.generators) == 1:
        yield from _of_generator(node, function, field)
    else:
        yield UNREAD


def _of_generator(node: ast.GeneratorExp, function: ast.FunctionDef, field: str) -> Iterator[Key]:
    (loop,) = node.generators
    own, dropped = ast.unparse(loop.target), [*loop.ifs]
    if not _is_field(loop.iter, field):
        yield from _of_members(loop.iter, function, field)
    for test in dropped:
        match test:
            case ast.Compare(ast.Attribute(ast.Name(name), "account"), [ast.NotEq()], [key]) if (
                name == own
            ):
                yield key
            case ast.Attribute(ast.Name(name), attribute) if name == own:
                yield WITHOUT.format(attribute)
            case _:
                yield UNREAD
    match node.elt:
        case ast.Name(name) if name == own:
            pass
        case ast.IfExp(
            ast.Compare(ast.Attribute(ast.Name(name), "account"), [ast.Eq()], [key]),
            ast.Call(ast.Name("replace"), [ast.Name(first)]),
            ast.Name(last),
        ) if name == first == last == own:
            yield key
        case ast.Call(args=[ast.Name(name), *_]) if name == own:
            yield CHANGED.format(called(node.elt))
        case _:
            yield UNREAD


def balances_put(name: str) -> Iterator[Key]:
    """Yield the assets of which a function changes a free balance or shares of an account."""
    if name in writers("Account.free") | writers("Account.shares"):
        for node in calls_of(table()[name]).get("put", ()):
            if not ast.unparse(node.args[0]).endswith(".reserved"):
                yield node.args[1]


def positions_put(name: str) -> Iterator[Key]:
    """Yield the markets in which a function changes a position of an account."""
    for node in calls_of(table()[name]).get("placed", ()):
        yield ast.Attribute(node.args[1], "market")


def tokens_put(name: str) -> Iterator[Key]:
    """Yield the chains of an asset of which a function names the custody, or what is pending."""
    for word in ("custody", "pending"):
        yield from (node.args[0] for node in calls_of(table()[name]).get(word, ()))
