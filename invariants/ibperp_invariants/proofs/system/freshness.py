"""No lost update: a record is put back only where it was read, from the same state.

A function that replaces an account, asset or market in a state must make the new one from the one
that this very state holds. Otherwise what another writer did in between would be undone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ibperp_invariants.proofs.system.census import functions, walk

PUTTING: Final = {
    "with_account": "accounts",
    "with_asset": "assets",
    "with_pool": "assets",
    "with_market": "markets",
}
"""The functions that put a record into a state, and where it stands there."""


DEPTH_MAX: Final = 6
"""How many local names are followed from a record to what it was made of."""


@dataclass(frozen=True, slots=True)
class Put:
    """A call that puts a record into a state, and whether it was made from what it replaces."""

    function: str
    into: str
    is_fresh: bool


def puts() -> Iterator[Put]:
    """Yield every call of the reference that puts a record into a state."""
    for name, function in functions():
        given = _assigned(function)
        for node in walk(function):
            called = (
                node.func.id
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
                else ""
            )
            if isinstance(node, ast.Call) and called in PUTTING:
                yield Put(name, PUTTING[called], _is_fresh(node, PUTTING[called], given))


def stale() -> frozenset[str]:
    """Return the functions that put a record into a state in which they did not read it."""
    return frozenset(put.function for put in puts() if not put.is_fresh)


Assigned = dict[str, list[tuple[int, ast.expr]]]


def _assigned(function: ast.FunctionDef) -> Assigned:
    """Return what each local name is set to, with the line."""
    found: Assigned = {}
    for node in walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = [(target, node.value)]
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = list(zip(target.elts, node.value.elts, strict=True))
                elif isinstance(target, ast.Tuple):
                    pairs = [(part, node.value) for part in target.elts]
                for part, value in pairs:
                    if isinstance(part, ast.Name):
                        found.setdefault(part.id, []).append((node.lineno, value))
    return found


def _is_fresh(call: ast.Call, collection: str, given: Assigned) -> bool:
    state, place, record = call.args[:3]
    wanted = f"{_plain(state, given)}.{collection}[{ast.unparse(place)}]"
    return any(
        _plain(read, given) == wanted and not _is_changed_between(state, line, call.lineno, given)
        for line, read in _parts(record, call.lineno, given, 0)
        if isinstance(read, ast.Subscript)
    )


def _parts(
    node: ast.expr, line: int, given: Assigned, depth: int
) -> Iterator[tuple[int, ast.expr]]:
    """Yield every expression that a record is made of, local names replaced by what they are."""
    for part in walk(node):
        if isinstance(part, ast.Subscript):
            yield line, part
        if isinstance(part, ast.Name) and len(given.get(part.id, ())) == 1 and depth < DEPTH_MAX:
            at, value = given[part.id][0]
            yield from _parts(value, at, given, depth + 1)


def _plain(node: ast.expr, given: Assigned) -> str:
    """Return the text of an expression, a name that is set once replaced by what it is."""
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute):
        return f"{_plain(node.value.value, given)}.{node.value.attr}[{ast.unparse(node.slice)}]"
    if isinstance(node, ast.Name) and len(given.get(node.id, ())) == 1:
        value = given[node.id][0][1]
        if isinstance(value, ast.Attribute):
            return ast.unparse(value)
    return ast.unparse(node)


def _is_changed_between(state: ast.expr, read: int, written: int, given: Assigned) -> bool:
    roots = {node.id for node in walk(state) if isinstance(node, ast.Name)}
    return any(read < line < written for root in roots for line, _ in given.get(root, ()))
