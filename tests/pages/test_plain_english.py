"""The words of the style page are not used: chapters, pages, scenarios, docstrings, messages."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs" / "style.md"
ROOMS: Final = ("reference", "invariants", "conformance", "authoring")
ELSEWHERE: Final = (
    "authoring/ibperp_authoring/cases/",
    "docs/spec/",
    "docs/vectors/",
    "invariants/ibperp_invariants/proofs/theorems/",
)
"""Titles of vectors are permanent, pages are copies, statements of theorems are in a ledger."""

SENTENCE_MAX: Final = 40
"""Words; a longer sentence of a chapter is a list."""


def words() -> list[str]:
    table = PAGE.read_text(encoding="utf-8").partition("| avoid |")[2]
    cells = [line.split("|")[1] for line in table.splitlines()[1:] if line.startswith("| `")]
    return [word for cell in cells for word in re.findall(r"`([^`]+)`", cell)]


def pattern() -> re.Pattern[str]:
    """Match a word of the list; "there is none", and "is None" in code, are no such use."""
    listed = "|".join(map(re.escape, words()))
    return re.compile(rf"(?<!there )\b(?:{listed})\b(?! of the)")


def prose_of(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        strings = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant))
        text = "\n\n".join(node.value for node in strings if isinstance(node.value, str))
    else:
        text = re.sub(r"^```.*?^```$|<!--.*?-->", "", text, flags=re.MULTILINE | re.DOTALL)
    return " ".join(text.split())


def sources() -> list[Path]:
    pages = [*ROOT.glob("*.md"), *(ROOT / "spec").glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    stories = [*(ROOT / "docs" / "scenarios").glob("*.yaml"), *(ROOT / "spec").rglob("*.yaml")]
    modules = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    return [
        path
        for path in (*pages, *stories, *modules)
        if path != PAGE and not str(path.relative_to(ROOT)).startswith(ELSEWHERE)
    ]


def test_words__are_listed_and_found() -> None:
    assert len(words()) > 12
    rule = pattern()
    assert rule.search("nobody but for account 1")
    assert rule.search("a provider with nothing left is none (LQ-6)")
    assert not rule.search("None if there is none; it is None")


def test_sources__use_no_word_of_the_list() -> None:
    rule = pattern()
    found = {
        str(path.relative_to(ROOT)): [match[0] for match in rule.finditer(prose_of(path))]
        for path in sources()
    }
    assert {name: hits for name, hits in found.items() if hits} == {}


FENCES: Final = re.compile(r"^```.*?^```$|<!--.*?-->", re.MULTILINE | re.DOTALL)
PARTS: Final = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )|\n(?=\|)")
END: Final = re.compile(r"(?<=[.;:]) (?=[A-Z*`(])")


@pytest.mark.parametrize("chapter", sorted((ROOT / "spec").glob("*.md")), ids=lambda p: p.stem)
def test_chapter__has_no_endless_sentence(chapter: Path) -> None:
    parts = PARTS.split(FENCES.sub("", chapter.read_text(encoding="utf-8")))
    prose = [" ".join(part.split()) for part in parts if not part.lstrip().startswith(tuple("|#<"))]
    sentences = [sentence for part in prose for sentence in END.split(part)]
    assert [each for each in sentences if len(each.split()) > SENTENCE_MAX] == []
