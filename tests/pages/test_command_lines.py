"""Pages, README and scenarios name commands, options, exit codes and measures that exist."""

from __future__ import annotations

import re
import shlex
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
import typer.main

from ibperp_authoring.bench import rows
from ibperp_conformance import options
from ibperp_conformance.cli import app
from ibperp_invariants import INVARIANTS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parents[2]
GENERATED: Final = ("docs/spec/", "docs/vectors/", "docs/playground/")
PAGES: Final = [
    path
    for path in (*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("[a-z]*/**/*.md")))
    if not str(path.relative_to(ROOT)).startswith((*GENERATED, "build/", "site/", "node_modules/"))
    and path.name != "CHANGELOG.md"
]
COMMANDS: Final = {
    name: {option for parameter in command.params for option in parameter.opts}
    for name, command in typer.main.get_group(app).commands.items()
}
COMMAND: Final = re.compile(
    r"(?:^|[\s`(])(?:\.venv/bin/)?ibperp ([a-z][a-z-]*)([^`\n]*)", re.MULTILINE
)
OPTION: Final = re.compile(r"--[a-z][a-z-]*")
EXIT_CODES: Final = {
    0,
    1,
    options.EXIT_WRONG_USE,
    options.EXIT_NOT_RUN,
    options.EXIT_INTERNAL,
    options.EXIT_INTERRUPTED,
}
TABLE: Final = re.compile(
    r"^\| (?:exit )?code \| meaning \|\n\|[-:| ]+\|\n((?:\|.*\|\n?)+)", re.MULTILINE
)
MEASURED: Final = {"how-fast": 1, "traces": 1}
"""Pages with figures of a machine, each with the day on which they were taken."""

DAY: Final = re.compile(r"\b(\d{1,2} [A-Z][a-z]+ \d{4})\b")
RATIO: Final = re.compile(r"\| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", re.MULTILINE)


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def commands_of(page: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each command that a page shows, with its options; an engine has its own."""
    for name, rest in COMMAND.findall(text_of(page)):
        own = re.split(r" -- |#", rest.replace("\\", " "))[0]
        if name in COMMANDS:
            yield name, OPTION.findall(own)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page__names_commands_with_options_that_they_have(page: Path) -> None:
    unknown = [
        (name, option)
        for name, named in commands_of(page)
        for option in named
        if option not in COMMANDS[name] | {"--help"}
    ]
    assert unknown == []


def test_pages__show_every_command() -> None:
    shown = {name for page in PAGES for name, _ in commands_of(page)}
    assert COMMANDS.keys() - shown == set()


def test_conform__all_its_options_are_in_the_clause_that_says_so() -> None:
    clause = (
        text_of(ROOT / "spec" / "conformance.md").partition("{#CF-9}")[2].partition("{#CF-10}")[0]
    )
    assert COMMANDS["conform"] - set(OPTION.findall(clause)) - {"command"} == set()


def test_exit_codes__are_those_of_the_code() -> None:
    tables = {
        page.name: {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)}
        for page in PAGES
        for table in TABLE.findall(text_of(page))
    }
    assert len(tables) == 3
    assert tables == dict.fromkeys(tables, EXIT_CODES)


def test_exit_codes__in_sentences_are_those_of_the_code() -> None:
    sentences = [
        sentence
        for page in PAGES
        for sentence in re.findall(r"[Ee]xit codes? is ([^.]*)\.", text_of(page).replace("\n", " "))
    ]
    assert len(sentences) > 3
    found = {int(code) for each in sentences for code in re.findall(r"\b\d+\b", each)}
    assert found <= EXIT_CODES


@pytest.mark.parametrize("name", MEASURED)
def test_measures__have_a_day_that_has_been(name: str) -> None:
    days = DAY.findall(text_of(ROOT / "docs" / f"{name}.md"))
    assert len(days) >= MEASURED[name]
    for day in days:
        assert date(2026, 1, 1) <= datetime.strptime(day, "%d %B %Y").date() <= date.today()  # noqa: DTZ007, DTZ011


def test_comparison__has_the_rows_of_the_code_and_its_ratios() -> None:
    page = text_of(ROOT / "docs" / "how-fast.md")
    table = page.partition("| row | before")[2].partition("\n\n")[0]
    compared = RATIO.findall(table)
    assert len(compared) == len(rows.ROWS)
    for before, after, ratio in compared:
        low, high = float(after) - 0.005, float(after) + 0.005
        assert low / (float(before) + 0.005) - 0.005 <= float(ratio), table
        assert float(ratio) <= high / (float(before) - 0.005) + 0.005, table
    assert f"of {rows.POSITIONS:,} positions" in table
    assert f"of {rows.FALLEN} accounts" in table
    assert f"{rows.ACCOUNTS} accounts |" in table


def test_checks__are_as_many_as_a_page_says() -> None:
    named = re.findall(r"of the (\d+)\s+invariants", text_of(ROOT / "docs" / "how-fast.md"))
    assert named == [str(len(INVARIANTS))]


def test_shell_lines__can_be_split() -> None:
    for page in PAGES:
        for block in re.findall(
            r"^```(?:sh|bash)\n(.*?)^```", text_of(page), re.MULTILINE | re.DOTALL
        ):
            assert shlex.split(block, comments=True), page
