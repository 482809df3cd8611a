"""What calls give for parameters, and what local names are set to, as far as the syntax tells."""

from __future__ import annotations

import ast
from functools import cache
from typing import Final

from ibperp_invariants.proofs.system.census import walk
from ibperp_invariants.proofs.system.syntax.kinds import calls_of, table

LOOPS: Final = (ast.For, ast.comprehension)
UNKNOWN: Final = ast.Constant("?")
"""In place of an expression that the syntax does not tell."""


def is_short(call: ast.Call, function: ast.FunctionDef, parameter: str) -> bool:
    """Tell whether a call lacks what a function cannot do without: it is one of another function.

    A method is known by its last word alone, which methods of other classes have too.
    """
    given = function.args
    own = given.args[len(given.args) - len(given.defaults) :]
    pairs = zip(given.kwonlyargs, given.kw_defaults, strict=True)
    optional = {one.arg for one in (*own, *(one for one, value in pairs if value))}
    is_spread = any(isinstance(one, ast.Starred) for one in call.args)
    return parameter not in optional and not is_spread and all(one.arg for one in call.keywords)


@cache
def uncalled_names(function: ast.FunctionDef) -> dict[str, list[ast.expr]]:
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


def is_value(node: ast.AST, name: str) -> bool:
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
    """Return the expression that an assignment gives a name; nothing where it gives none to it."""
    for node in walk(function):
        for own in node.targets if isinstance(node, ast.Assign) else ():
            if own is target and isinstance(node, ast.Assign):
                return [node.value]
            if isinstance(own, ast.Tuple) and target in own.elts and isinstance(node, ast.Assign):
                values = node.value.elts if isinstance(node.value, ast.Tuple) else []
                return values[own.elts.index(target) :][:1]
    return []


def returned(function: str) -> list[ast.expr]:
    """Return what a function returns, wherever it does."""
    found = [node.value for node in walk(table()[function]) if isinstance(node, ast.Return)]
    return [node for node in found if node is not None]


def zipped(function: ast.FunctionDef, target: ast.Name) -> list[ast.expr]:
    """Return what a name goes through at its place of a `zip`, if that is written out there."""
    loops = [node for node in walk(function) if isinstance(node, LOOPS)]
    own = [loop for loop in loops if target in walk(loop.target)]
    match own:
        case [ast.comprehension(ast.Tuple(names), ast.Call(ast.Name("zip"), listed))] if (
            target in names
        ):
            through = listed[names.index(target)]
            return through.elts if isinstance(through, ast.Tuple) else []
        case _:
            return []
