"""Every mutant of the reference, by a name that stays, and how one is put in place."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

import ibperp
from ibperp_authoring.score.operators import changes

NO_RULES: Final = frozenset(
    (
        *("ibperp.persistent", "ibperp.ordered", "ibperp.bidirectional"),
        *("ibperp.queries", "ibperp.risk_index", "ibperp.changes", "ibperp.records"),
    )
)
"""Containers, indexes, and what the protocol does not show: tests of their own judge them."""

UNSEEN: Final = frozenset(("ibperp.pool:lend_rate", "ibperp.position:pnl_realized"))
"""Functions of other modules that no action and no observation needs, of which the same holds."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A function with one wrong place; `name` says module, function, operator and number."""

    name: str
    module: str
    function: str
    operator: str
    what: str
    line: int
    code: CodeType


def modules() -> list[ModuleType]:
    """Return the modules of the reference that hold rules."""
    found = pkgutil.walk_packages(ibperp.__path__, "ibperp.")
    names = sorted(each.name for each in found if not each.ispkg and each.name not in NO_RULES)
    return [importlib.import_module(name) for name in names]


@cache
def mutants() -> tuple[Mutant, ...]:
    """Return every mutant of the reference that compiles, in the order of modules and lines."""
    return tuple(mutant for module in modules() for mutant in of_module(module))


def of_module(module: ModuleType) -> Iterator[Mutant]:
    """Yield the mutants of one module, in the order of its lines."""
    path = Path(inspect.getfile(module))
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for owner, function in _functions(tree):
        qualified = f"{owner}.{function.name}" if owner else function.name
        is_unseen = f"{module.__name__}:{qualified}" in UNSEEN
        if is_unseen or not isinstance(_target(module, qualified), FunctionType):
            continue
        counts: dict[str, int] = {}
        for change in changes(function):
            counts[change.operator] = counts.get(change.operator, 0) + 1
            name = f"{module.__name__}:{qualified}:{change.operator}:{counts[change.operator]}"
            code = _compiled(tree, owner, change.function, str(path), qualified)
            if code is not None:
                yield Mutant(
                    name,
                    module.__name__,
                    qualified,
                    change.operator,
                    change.what,
                    change.line,
                    code,
                )


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield "", node
        elif isinstance(node, ast.ClassDef):
            yield from (
                (node.name, each) for each in node.body if isinstance(each, ast.FunctionDef)
            )


def _compiled(
    tree: ast.Module, owner: str, function: ast.FunctionDef, path: str, qualified: str
) -> CodeType | None:
    """Return the code of a changed function, compiled as a part of its module's future."""
    bare = ast.FunctionDef(**{**vars(function), "decorator_list": []})
    body: list[ast.stmt] = [bare]
    if owner:
        body = [ast.ClassDef(owner, [], [], [bare], [])]
    future = [each for each in tree.body if isinstance(each, ast.ImportFrom) and each.level == 0]
    header: list[ast.stmt] = [each for each in future if each.module == "__future__"]
    part = ast.fix_missing_locations(ast.Module([*header, *body], []))
    return _code(compile(part, path, "exec"), qualified)


def _code(code: CodeType, qualified: str) -> CodeType | None:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            if each.co_qualname == qualified:
                return each
            if found := _code(each, qualified):
                return found
    return None


def _target(module: ModuleType, qualified: str) -> Any:
    """Return the function behind a name: of a property its getter, of a cache what it wraps."""
    found: Any = module
    for part in qualified.split("."):
        found = vars(found).get(part) if hasattr(found, "__dict__") else None
        found = getattr(found, "__func__", found)
        found = getattr(found, "fget", found)
        found = getattr(found, "__wrapped__", found)
    return found


@contextmanager
def planted(mutant: Mutant) -> Iterator[None]:
    """Put a mutant in place of what is right, wherever the function was imported to."""
    function = _target(importlib.import_module(mutant.module), mutant.function)
    right = function.__code__
    if right.co_freevars != mutant.code.co_freevars:
        raise LookupError(f"{mutant.name} needs other variables around it")
    function.__code__ = mutant.code
    try:
        yield
    finally:
        function.__code__ = right
