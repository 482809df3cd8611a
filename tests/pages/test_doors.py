"""The pages for newcomers name what there is: paths, recipes, chapters and capabilities."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final

import pytest

from ibperp_conformance.protocol.server import CAPABILITIES
from ibperp_conformance.specification.chapters import CHAPTERS

ROOT: Final = Path(__file__).resolve().parents[2]
DOORS: Final = (
    *(ROOT / name for name in ("CONTRIBUTING.md", "README.md", "RELEASING.md", "SECURITY.md")),
    *sorted((ROOT / "docs" / "decisions").glob("*.md")),
    ROOT / "docs" / "architecture.md",
    *(path for path in sorted(ROOT.glob("*/README.md")) if path.parent.name[0] not in "._"),
)
ROOMS: Final = "spec|reference|invariants|conformance|authoring|engines|tests|docs"
PATH: Final = re.compile(rf"(?<![\w./-])(?:{ROOMS})/[\w./-]*\w")
RECIPE: Final = re.compile(r"^### (A new .+)\n\nExample: `(\w+)`", re.MULTILINE)
STALE: Final = re.compile(
    r"follows? as a chapter|no action of these chapters|(?:will|is to) (?:be written|follow|cover)"
    r"|not (?:yet )?(?:built|written) yet"
)


def text_of(*names: str) -> str:
    """What a file holds, or all files of a folder."""
    path = ROOT.joinpath(*names)
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return "".join(file.read_text(encoding="utf-8") for file in files)


@pytest.mark.parametrize("page", DOORS, ids=lambda page: str(page.relative_to(ROOT)))
def test_paths__exist(page: Path) -> None:
    quoted = " ".join(re.findall(r"`([^`]+)`", page.read_text(encoding="utf-8")))
    assert [name for name in PATH.findall(quoted) if not (ROOT / name).exists()] == []


def recipes() -> dict[str, tuple[str, list[str]]]:
    text = text_of("CONTRIBUTING.md")
    starts = list(RECIPE.finditer(text))
    ends = [*(start.start() for start in starts[1:]), len(text)]
    return {
        start[1]: (start[2], re.findall(r"^\| `([^`]+)` \|", text[start.end() : end], re.MULTILINE))
        for start, end in zip(starts, ends, strict=True)
    }


@pytest.mark.parametrize("name", recipes())
def test_recipe__every_file_is_one_that_its_example_touched(name: str) -> None:
    example, files = recipes()[name]
    words = {example, "".join(part.title() for part in example.split("_")), example.upper()}
    assert len(files) > 2
    assert [file for file in files if not any(word in text_of(file) for word in words)] == []


def test_recipe__new_parameter_touches_three_python_files() -> None:
    """The record, its laws, and the small world, which alone states all parameters."""
    _, files = recipes()["A new system parameter"]
    assert sum(file.endswith(".py") for file in files) == 3
    whole = {
        str(path.relative_to(ROOT))
        for room in ROOMS.split("|")
        for path in (ROOT / room).rglob("*.py")
        if "SystemParameters" in (text := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if node.func.id == "SystemParameters" and len(node.keywords) > 1
    }
    assert whole == {"invariants/ibperp_invariants/worlds.py"}


def test_capabilities__pages_name_those_of_the_code() -> None:
    listed = re.findall(
        r"^\| `(\w+)` \|",
        text_of("docs", "protocol.md").partition("| capability |")[2],
        re.MULTILINE,
    )
    assert listed == list(CAPABILITIES)
    claimed = text_of("docs", "connect-an-engine.md").partition("`capabilities` is a list")[2]
    assert re.findall(r"`(\w+)`", claimed.partition(".")[0]) == list(CAPABILITIES)


def test_chapters__reading_list_and_navigation_name_all() -> None:
    reading = text_of("docs", "index.md").partition("Build from the chapters alone")[2]
    assert re.findall(r"\(spec/([\w-]+)\.md\)", reading.partition("\n4.")[0]) == list(CHAPTERS)
    assert re.findall(r": spec/([\w-]+)\.md", text_of("mkdocs.yml")) == list(CHAPTERS)
    assert re.findall(r"\(([\w-]+)\.md\)", text_of("spec", "README.md"))[: len(CHAPTERS)] == list(
        CHAPTERS
    )


def test_pages__speak_of_what_is_and_not_of_what_will_be() -> None:
    pages = [
        *DOORS,
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "spec").glob("*.md"),
        *(ROOT / "reference").rglob("*.py"),
    ]
    assert [str(page) for page in pages if STALE.search(page.read_text(encoding="utf-8"))] == []


def test_decisions__index_lists_every_record_in_order() -> None:
    index = re.findall(
        r"^\| (\d+) \| \[.+\]\((\d{4}-[\w-]+\.md)\) \|$",
        text_of("docs", "decisions", "index.md"),
        re.MULTILINE,
    )
    records = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("0*.md"))
    assert [name for _, name in index] == records
    assert [int(number) for number, _ in index] == [int(name[:4]) for name in records]
