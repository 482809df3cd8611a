"""The glossary names what there is, and chapters and reference use no other word for it."""

from __future__ import annotations

import ast
import pkgutil
import re
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from ibperp_conformance.spec_files import spec_path
from ibperp_conformance.specification.chapters import clauses_in

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs" / "glossary.md"
CODE: Final = re.compile(r"`([^`]+)`")
LINK: Final = re.compile(r"\[([A-Z]{2}-\d+)\]\(spec/[a-z-]+\.md#\1\)")


class Row(NamedTuple):
    """A term of the glossary, and what is not to be used for it."""

    term: str
    clauses: list[str]
    names: list[str]
    words: list[str]
    identifiers: list[str]


def rows() -> list[Row]:
    found = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 5 and cells[0] not in {"term", "---"}:
            term, _, places, names, nots = cells
            words = [word.strip() for word in CODE.sub("", nots).split(",") if word.strip()]
            kept = CODE.findall(names)
            found.append(Row(term, LINK.findall(places), kept, words, CODE.findall(nots)))
    return found


ROWS: Final = rows()


def prose_of(path: Path) -> str:
    """What a chapter says, or the docstrings of a module, with one blank between words."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        strings = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant))
        text = " ".join(node.value for node in strings if isinstance(node.value, str))
    return " ".join(text.split())


def identifiers_of(path: Path) -> set[str]:
    """What a module names of its own: arguments, variables, attributes, functions, classes."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.alias(asname=str(name)):
                found.add(name)
            case _:
                pass
    return found


def test_terms__each_once_in_alphabetical_order() -> None:
    terms = [row.term for row in ROWS]
    assert len(terms) > 40
    assert terms == sorted(set(terms))


def test_terms__defined_in_clauses_that_exist() -> None:
    chapters = clauses_in(spec_path()).values()
    known = {clause.clause for chapter in chapters for clause in chapter}
    assert {clause for row in ROWS for clause in row.clauses} <= known


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.term)
def test_term__names_what_the_reference_has(row: Row) -> None:
    assert all(pkgutil.resolve_name(name) is not None for name in row.names)


def test_chapters_and_reference__use_no_other_word() -> None:
    words = [word for row in ROWS for word in row.words]
    rule = re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b", re.IGNORECASE)
    sources = [*(ROOT / "reference").rglob("*.py"), *spec_path().glob("*.md")]
    found = {path.name: rule.findall(prose_of(path)) for path in sources}
    assert words
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_reference__uses_no_other_identifier() -> None:
    forbidden = {name for row in ROWS for name in row.identifiers}
    found = {
        str(path.relative_to(ROOT)): identifiers_of(path) & forbidden
        for path in (ROOT / "reference").rglob("*.py")
    }
    assert forbidden
    assert {name: hits for name, hits in found.items() if hits} == {}
