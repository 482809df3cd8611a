"""A stored record changes by `replace`: rebuilt by hand it loses the fields that come later."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
STORED: Final = ("state", "position", "parameters", "programs", "orders")
"""The modules of the reference whose records a state holds."""

ROOMS: Final = ("reference", "invariants", "conformance", "authoring")

REBUILT: Final = """
@dataclass(frozen=True)
class Account:
    user: int
    free: int
    shares: int
    conversion: int = 0
"""


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def naming(words: Iterable[str]) -> list[Path]:
    """The files that name one of these records; no other one can make one."""
    word = re.compile(rf"\b(?:{'|'.join(words)})\b")
    paths = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return [path for path in paths if word.search(path.read_text(encoding="utf-8"))]


def is_dataclass(node: ast.ClassDef) -> bool:
    names = [ast.unparse(decorator) for decorator in node.decorator_list]
    return any("dataclass" in name or name == "record" for name in names)


def records(trees: Iterable[ast.Module]) -> dict[str, list[str]]:
    """The fields of every dataclass, by its name, in their order."""
    return {
        node.name: [item.target.id for item in node.body if is_field(item)]  # type: ignore[attr-defined]
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and is_dataclass(node)
    }


def is_field(item: ast.stmt) -> bool:
    return isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)


def copied_from(call: ast.Call, names: list[str]) -> Counter[str]:
    """How many fields a call takes unchanged, under their own names, from each value."""
    given = [*zip(names, call.args, strict=False), *((k.arg, k.value) for k in call.keywords)]
    return Counter(
        ast.unparse(value.value)
        for name, value in given
        if isinstance(value, ast.Attribute) and value.attr == name
    )


def types_of(function: ast.FunctionDef) -> dict[str, str]:
    """The declared types of a function's parameters, by their names."""
    arguments = function.args
    given = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    return {each.arg: ast.unparse(each.annotation) for each in given if each.annotation}


def rebuilt(tree: ast.Module, known: dict[str, list[str]]) -> list[int]:
    """The lines where half of what a record is given comes from a value that may be of its type."""
    return [*_rebuilt(tree, known, {})]


def _rebuilt(node: ast.AST, known: dict[str, list[str]], types: dict[str, str]) -> Iterator[int]:
    match node:
        case ast.ClassDef():
            types = types | {"self": node.name}
        case ast.FunctionDef():
            types = types | types_of(node)
        case ast.Call(func=ast.Name(id=record)) if record in known:
            given = len(node.args) + len(node.keywords)
            for value, count in copied_from(node, known[record]).items():
                if 2 * count >= given > 2 and types.get(value, record) == record:
                    yield node.lineno
    for child in ast.iter_child_nodes(node):
        yield from _rebuilt(child, known, types)


@pytest.mark.slow(4)
def test_records__never_rebuilt_field_by_field() -> None:
    known = records(tree_of(ROOT / f"reference/ibperp/{name}.py") for name in STORED)
    assert {"Account", "Position", "QuoteRequest"} <= known.keys()
    found = [
        f"{path.relative_to(ROOT)}:{line}: use replace"
        for path in naming(known)
        for line in rebuilt(tree_of(path), known)
    ]
    assert not found


@pytest.mark.parametrize(
    ("code", "is_found"),
    [
        ("def f(old): return Account(user=old.user, free=old.free, shares=1)", True),
        ("def f(s): return Account(user=s.old.user, shares=1, free=s.old.free)", True),
        ("def f(old: Account): return Account(old.user, old.free, 2)", True),
        ("def f(old): return replace(old, free=2, shares=old.shares)", False),
        ("def f(old): return Account(user=old.user, free=1, shares=1)", False),
        ("def f(a, b): return Account(user=a.user, free=b.free, shares=1)", False),
        ("def f(action: Open): return Account(action.user, action.free, 0)", False),
    ],
)
def test_rule__sees_what_it_forbids_and_no_more(*, code: str, is_found: bool) -> None:
    known = records([ast.parse(REBUILT)])
    assert known == {"Account": ["user", "free", "shares", "conversion"]}
    assert bool(rebuilt(ast.parse(code), known)) is is_found
