"""The faults that are planted: each operator turns one place of a function into a wrong one."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Final

_BOUNDARIES: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
_ROUNDINGS: Final = {
    "div_down": "div_up",
    "div_up": "div_down",
    "mul_div_down": "mul_div_up",
    "mul_div_up": "mul_div_down",
}
_SIMILAR: Final = {
    one: other
    for pair in (
        ("lent", "borrowed"),
        ("lend_shares", "borrow_shares"),
        ("mark_price", "index_price"),
        ("initial", "maintenance"),
        ("cost", "entry_cost"),
        ("taker_fee", "maker_fee"),
        ("bids", "asks"),
        ("base", "quote"),
        ("free", "reserved"),
    )
    for one, other in (pair, pair[::-1])
}
_TIMES: Final = {"before": "after", "after": "before"}
_ENDS: Final = {"min": "max", "max": "min"}


@dataclass(frozen=True, slots=True)
class Change:
    """One wrong place: what was done, in which line of the file, and the function with it."""

    operator: str
    line: int
    what: str
    function: ast.FunctionDef


def changes(function: ast.FunctionDef) -> Iterator[Change]:
    """Yield every change of a function, in the order of its nodes; each is a copy of its own.

    What is asserted is no rule: an assertion that fails is a fault of the reference alone.
    """
    asserted = {
        id(part)
        for node in ast.walk(function)
        if isinstance(node, ast.Assert)
        for part in ast.walk(node)
        if not isinstance(part, ast.expr_context | ast.operator | ast.cmpop)
    }
    for place, node in enumerate(ast.walk(function)):
        if id(node) in asserted:
            continue
        for number, _ in enumerate(list(_options(node))):
            changed = copy.deepcopy(function)
            meant = next(islice(ast.walk(changed), place, None))
            operator, what = _apply(meant, number)
            yield Change(operator, getattr(node, "lineno", function.lineno), what, changed)


def _apply(node: ast.AST, number: int) -> tuple[str, str]:
    """Make the numbered change at a node, in place; return the operator and what it did."""
    for at, (operator, what, field, value) in enumerate(_options(node)):
        if at == number:
            _set(node, field, value)
            return operator, what
    raise LookupError(number)


def _set(node: ast.AST, field: str, value: object) -> None:
    name, _, index = field.partition(":")
    if not index:
        setattr(node, name, value)
    elif value is None:
        del getattr(node, name)[int(index)]
    else:
        getattr(node, name)[int(index)] = value


def _options(node: ast.AST) -> Iterator[tuple[str, str, str, object]]:
    """Yield the changes of a node: operator, words, field (with a place in it), and new value."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in _BOUNDARIES:
            other = _BOUNDARIES[type(op)]()
            yield "boundary", f"{type(op).__name__} to {type(other).__name__}", "ops:0", other
        case ast.BinOp(op=ast.Add() | ast.Sub() as op):
            other_sign: ast.operator = ast.Sub() if isinstance(op, ast.Add) else ast.Add()
            yield "sign", "plus and minus exchanged", "op", other_sign
        case ast.Call(func=ast.Name(id=name)):
            yield from _of_call(node, name)
        case ast.Name(id=name) if name in _TIMES and isinstance(node.ctx, ast.Load):
            yield "before_after", f"{name} to {_TIMES[name]}", "id", _TIMES[name]
        case ast.Attribute(attr=name) if name in _SIMILAR:
            yield "similar", f"{name} to {_SIMILAR[name]}", "attr", _SIMILAR[name]
        case ast.For(body=body):
            yield "one_round", "the loop ends after a round", "body", [*body, ast.Break()]
        case ast.Lambda(body=ast.Tuple(elts=[*_, last])):
            turned = ast.UnaryOp(ast.USub(), copy.deepcopy(last))
            yield "tie", "the last key of an order turned round", "body", _with_last(node, turned)
        case _:
            return


def _of_call(node: ast.Call, name: str) -> Iterator[tuple[str, str, str, object]]:
    if name in _ROUNDINGS:
        turned = ast.Name(_ROUNDINGS[name], ast.Load())
        yield "rounding", f"{name} to {_ROUNDINGS[name]}", "func", turned
    if name in _ENDS:
        yield "end", f"{name} to {_ENDS[name]}", "func", ast.Name(_ENDS[name], ast.Load())
    if name == "replace":
        for place, keyword in enumerate(node.keywords):
            if keyword.arg is not None and len(node.keywords) > 1:
                yield "not_kept", f"{keyword.arg} is not written", f"keywords:{place}", None
    if name == "rejection":
        for place, check in enumerate(node.args):
            if isinstance(check, ast.Tuple) and len(check.elts) == len(("holds", "code")):
                held = ast.Tuple([ast.Constant(value=True), check.elts[1]], ast.Load())
                code = ast.unparse(check.elts[1])
                yield "unchecked", f"{code} is never refused", f"args:{place}", held
        yield from _swapped(node)


def _swapped(node: ast.Call) -> Iterator[tuple[str, str, str, object]]:
    """Yield the codes of two checks that follow exchanged."""
    pairs = [(at, arg) for at, arg in enumerate(node.args) if isinstance(arg, ast.Tuple)]
    for (_, one), (_, other) in pairwise(pairs):
        if ast.dump(one.elts[1]) == ast.dump(other.elts[1]):
            continue
        arguments = [
            ast.Tuple([arg.elts[0], other.elts[1]], ast.Load())
            if arg is one
            else ast.Tuple([arg.elts[0], one.elts[1]], ast.Load())
            if arg is other and isinstance(arg, ast.Tuple)
            else arg
            for arg in node.args
        ]
        names = " and ".join(ast.unparse(each.elts[1]) for each in (one, other))
        yield "codes", f"{names} exchanged", "args", arguments


def _with_last(node: ast.Lambda, last: ast.expr) -> ast.Tuple:
    body = node.body
    elements = body.elts[:-1] if isinstance(body, ast.Tuple) else []
    return ast.Tuple([*elements, last], ast.Load())
