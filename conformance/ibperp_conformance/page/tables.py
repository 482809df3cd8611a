"""Tables of a report as HTML; every cell is escaped here, and nowhere else."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table


def heads_of(table: Table) -> tuple[tuple[str, bool], ...]:
    """Return the heads of a table, and whether each stands over numbers."""
    return tuple((str(column.header), column.justify == "right") for column in table.columns)


def cells_of(table: Table) -> list[tuple[str, ...]]:
    """Return the rows of a table as plain text."""
    columns = [[_plain(str(cell)) for cell in own.cells] for own in table.columns]
    return list(zip(*columns, strict=True))


def _plain(cell: str) -> str:
    return Text.from_markup(cell).plain if "[" in cell or "\\" in cell else cell


def table_html(table: Table, *, kind: str = "") -> str:
    """Return a table with its title as caption."""
    return written(str(table.title or ""), heads_of(table), cells_of(table), kind=kind)


def written(
    caption: str,
    heads: Sequence[tuple[str, bool]],
    rows: Sequence[Sequence[str]],
    *,
    kind: str = "",
) -> str:
    """Return rows of plain text as a table that scrolls by itself where the page is narrow."""
    top = "".join(_cell("th", head, is_number) for head, is_number in heads)
    body = "".join(
        "<tr>"
        + "".join(_cell("td", cell, number) for cell, (_, number) in zip(row, heads, strict=True))
        + "</tr>\n"
        for row in rows
    )
    named = f' data-table="{escape(kind)}"' if kind else ""
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    label = escape(caption or "table")
    return (
        f'<div class="run-scroll" role="group" aria-label="{label}" tabindex="0">'
        f'<table class="run-table"{named}>'
        f"{title}<thead><tr>{top}</tr></thead>\n<tbody>{body}</tbody></table></div>\n"
    )


def _cell(tag: str, text: str, is_number: bool) -> str:  # noqa: FBT001 - a flag of the column
    number = ' class="number"' if is_number else ""
    scope = ' scope="col"' if tag == "th" else ""
    return f"<{tag}{scope}{number}>{escape(text)}</{tag}>"
