"""How tables are laid out: text may be folded, a number never stands on two lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from ibperp_conformance.json_text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console
    from rich.table import Column

TEXT_WIDTH: Final = 10
"""The least width that a column of text is folded to."""

GAP: Final = 2
"""The space between two columns."""


def shown(text: str, limit: int = 400) -> str:
    """Return text of a file as markup: nothing in it reaches the terminal but what can be seen."""
    return escape(visible(text, limit))


def table_of(title: str, texts: Iterable[str], numbers: Iterable[str]) -> Table:
    """Return an empty table: columns of text, then columns of numbers."""
    table = Table(title=title or None, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for name in texts:
        table.add_column(name, overflow="fold")
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def print_table(console: Console, table: Table) -> None:
    """Print a table; where its numbers need more than the width, in parts, one below another."""
    for part in _parts(table, console.width):
        needed = _width(part.columns)
        usual = console.width
        try:
            console.width = max(usual, needed)
            console.print(part)
        finally:
            console.width = usual


def _parts(table: Table, width: int) -> Iterator[Table]:
    texts = [column for column in table.columns if not column.no_wrap]
    numbers = [column for column in table.columns if column.no_wrap]
    while True:
        count = len(numbers)
        while count > 1 and _width([*texts, *numbers[:count]]) > width:
            count -= 1
        yield _with(table, [*texts, *numbers[:count]])
        numbers = numbers[count:]
        if not numbers:
            return


def _with(table: Table, columns: Sequence[Column]) -> Table:
    """Return a table with some of the columns of another."""
    if len(columns) == len(table.columns):
        return table
    part = Table(title=table.title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        part.add_column(
            column.header, justify=column.justify, no_wrap=column.no_wrap, overflow="fold"
        )
    for cells in zip(*(column.cells for column in columns), strict=True):
        part.add_row(*cells)
    return part


def _width(columns: Sequence[Column]) -> int:
    """Return the least width of columns: text folded, numbers whole."""
    return sum(_least(column) + GAP for column in columns)


def _least(column: Column) -> int:
    longest = max((len(str(cell)) for cell in (column.header, *column.cells)), default=0)
    return longest if column.no_wrap else min(longest, TEXT_WIDTH)
