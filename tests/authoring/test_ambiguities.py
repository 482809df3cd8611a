"""The register of ambiguities: a vector that exists refuses the other reading."""

from __future__ import annotations

import ast
import importlib
import inspect
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ibperp_authoring.score.mutants import Mutant, planted
from ibperp_authoring.score.replay import Replays
from ibperp_authoring.site.ambiguities import Ambiguity, ambiguity_table, register
from worlds.shipped import shipped_suite

if TYPE_CHECKING:
    from types import CodeType

ENTRIES = register()
PLANTED = [entry for entry in ENTRIES if entry.function]


def code_of(source: str, path: str, qualified: str) -> CodeType:
    """Return the code of a function of a changed module, by its qualified name."""
    todo = [compile(source, path, "exec")]
    while todo:
        code = todo.pop()
        if code.co_qualname == qualified:
            return code
        todo += [each for each in code.co_consts if isinstance(each, type(code))]
    raise LookupError(qualified)


def other_reading(entry: Ambiguity) -> Mutant:
    module, _, qualified = entry.function.partition(":")
    path = Path(inspect.getfile(importlib.import_module(module)))
    source = path.read_text(encoding="utf-8")
    name = qualified.rpartition(".")[2]
    nodes = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))
    node = next(node for node in nodes if node.name == name)
    lines = source.splitlines(keepends=True)
    body = "".join(lines[node.lineno - 1 : node.end_lineno])
    pairs = zip(
        [entry.right] if isinstance(entry.right, str) else entry.right,
        [entry.wrong] if isinstance(entry.wrong, str) else entry.wrong,
        strict=True,
    )
    for right, wrong in pairs:
        assert body.count(right) == 1, f"{entry.clause}: {right!r} is not once in {entry.function}"
        body = body.replace(right, wrong)
    changed = "".join([*lines[: node.lineno - 1], body, *lines[node.end_lineno :]])
    code = code_of(changed, str(path), qualified)
    return Mutant(entry.clause, module, qualified, "reading", entry.unclear, node.lineno, code)


def test_register__names_clauses_and_vectors_that_exist() -> None:
    vectors = shipped_suite().vectors
    assert len(ENTRIES) > 20
    assert ambiguity_table().count("\n") == len(ENTRIES) + 2
    for entry in ENTRIES:
        assert len(entry.readings) == 2, entry
        assert not entry.is_decided or entry.decided_by in vectors, entry
        assert entry.is_decided == bool(entry.function), entry


@pytest.mark.parametrize("entry", PLANTED, ids=lambda entry: f"{entry.clause}-{entry.decided_by}")
def test_vector__refuses_the_other_reading(entry: Ambiguity) -> None:
    suite = shipped_suite()
    replays = Replays(suite, [suite.vectors[entry.decided_by]])
    with planted(other_reading(entry)):
        assert replays.noticing(range(len(replays.places))) == entry.decided_by
    assert replays.noticing(range(len(replays.places))) is None
