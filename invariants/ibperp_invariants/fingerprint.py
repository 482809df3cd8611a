"""Hashes of the code and of the clauses that a piece of evidence speaks of.

Evidence is about one text of the code and one text of the clauses; when either changes it is stale.
Comments, docstrings and layout change neither hash.
"""

from __future__ import annotations

import ast
import dataclasses
import enum
import hashlib
import inspect
import re
import sys
import types
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

OURS: Final = ("ibperp.", "ibperp_invariants.")
"""The packages whose code evidence speaks of."""

LENGTH: Final = 16
"""The digits of a hash that are kept."""

HEADING: Final = re.compile(r"^#{1,6} (?:(?P<clause>[A-Z]{2}-\d+)\b)?")
EXAMPLE: Final = re.compile(
    r"^```yaml.*?^```$|<!-- table:begin -->.*?<!-- table:end -->|<!--.*?-->",
    re.MULTILINE | re.DOTALL,
)


def code_hash(*roots: Any) -> str:
    """Return the hash of functions or classes and of all code of ours that they reach by name."""
    return _hashed(f"{name}\n{text}" for name, text in sorted(reached(*roots).items()))


def reached(*roots: Any) -> dict[str, str]:
    """Return the code of functions or classes, and of all code of ours that they reach by name."""
    found: dict[str, str] = {}
    todo = list(roots)
    while todo:
        item = todo.pop()
        name = f"{item.__module__}.{item.__qualname__}"
        if name not in found:
            found[name], others = _read(item)
            todo += others
    return found


def called(function: Any) -> frozenset[str]:
    """Return the functions and classes of ours that a function names itself."""
    _, others = _read(function)
    return frozenset(f"{item.__module__}.{item.__qualname__}" for item in others)


def text_hash(*texts: str) -> str:
    """Return the hash of texts."""
    return _hashed(texts)


def clause_hash(clauses: Iterable[str], texts: Mapping[str, str]) -> str:
    """Return the hash of clauses, whose texts are given; a clause without text counts as empty."""
    return _hashed(f"{clause}\n{texts.get(clause, '')}" for clause in sorted(clauses))


def clause_texts(directory: Path) -> dict[str, str]:
    """Return every clause of the chapters in a directory, without examples, tables and comments."""
    found: dict[str, list[str]] = {}
    for chapter in sorted(directory.glob("*.md")):
        clause = ""
        for line in EXAMPLE.sub("", chapter.read_text(encoding="utf-8")).splitlines():
            heading = HEADING.match(line)
            if heading:
                clause = heading["clause"] or ""
            if clause and line.strip() and not line.startswith("|"):
                found.setdefault(clause, []).append(" ".join(line.split()))
    return {clause: "\n".join(lines) for clause, lines in found.items()}


def checkout_spec() -> Path:
    """Return where the chapters are in a checkout."""
    return Path(__file__).resolve().parents[2] / "spec"


def _hashed(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n\0".join(texts).encode()).hexdigest()[:LENGTH]


@cache
def _read(item: Any) -> tuple[str, list[Any]]:
    """Return the code of one item without docstrings, and what of ours it names."""
    tree, scope = _definition(inspect.unwrap(item)), vars(sys.modules[item.__module__])
    constants, reached = [], []
    for node in ast.walk(tree):
        value = _named(node, scope)
        if _is_ours(value):
            reached.append(value)
        elif isinstance(value, int | str | frozenset | tuple | dict) and isinstance(node, ast.Name):
            constants.append(f"{node.id} = {_shown(value)}")
            reached += _inside(value)
    return "\n".join([ast.unparse(tree), *sorted(set(constants))]), reached


def _definition(item: Any) -> ast.AST:
    """Return the syntax tree of a function or class."""
    defined = _defined(inspect.getsourcefile(item))
    return defined[item.__code__.co_firstlineno if inspect.isfunction(item) else item.__name__]


@cache
def _defined(file: str) -> dict[int | str, ast.AST]:
    """Return all that a file defines, without docstrings: functions by line, classes by name."""
    found: dict[int | str, ast.AST] = {}
    tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            if ast.get_docstring(node):
                node.body = node.body[1:] or [ast.Pass()]
            found[min([node.lineno, *(one.lineno for one in node.decorator_list)])] = node
            found.setdefault(node.name, node)
    return found


def _named(node: ast.AST, scope: Mapping[str, Any]) -> Any:
    """Return what a name, or an attribute of a module, stands for; None if it is nothing global."""
    if isinstance(node, ast.Name):
        return scope.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        home = scope.get(node.value.id)
        return getattr(home, node.attr, None) if isinstance(home, types.ModuleType) else None
    return None


def _is_ours(value: Any) -> bool:
    is_code = inspect.isfunction(value) or inspect.isclass(value)
    return is_code and value.__module__.startswith(OURS) and value.__name__ != "<lambda>"


def _inside(value: Any) -> list[Any]:
    """Return what of ours is in a constant, also in its tuples and records.

    In place of a lambda: what it names.
    """
    if isinstance(value, dict):
        parts = [*value.keys(), *value.values()]
    elif isinstance(value, tuple | frozenset):
        parts = list(value)
    elif _holds_functions(value):
        parts = _parts(value)
    elif getattr(value, "__name__", "") == "<lambda>":
        parts = [value.__globals__.get(name) for name in value.__code__.co_names]
    else:
        return [value] if _is_ours(value) else []
    return [one for part in parts for one in ([part] if _is_ours(part) else _inside(part))]


def _holds_functions(value: Any) -> bool:
    """Tell whether a value is a record of which a part is a function, such as an invariant."""
    is_record = dataclasses.is_dataclass(value) and not inspect.isclass(value)
    return is_record and any(inspect.isfunction(part) for part in _parts(value))


def _parts(record: Any) -> list[Any]:
    return [getattr(record, part.name) for part in dataclasses.fields(record)]


def _shown(value: Any) -> str:
    """Return a constant as text that does not differ from run to run.

    What a record of functions says in words is left out, as docstrings are.
    """
    if inspect.isfunction(value) or inspect.isclass(value):
        return f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, dict):
        return str([(_shown(key), _shown(entry)) for key, entry in value.items()])
    if isinstance(value, frozenset | tuple):
        parts = [_shown(part) for part in value]
        return str(sorted(parts) if isinstance(value, frozenset) else parts)
    if _holds_functions(value):
        return str([_shown(part) for part in _parts(value) if not isinstance(part, str)])
    return str(value.value) if isinstance(value, enum.Enum) else str(value)
