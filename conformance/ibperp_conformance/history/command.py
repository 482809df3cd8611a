"""The command `ibperp check-history`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ibperp_conformance.files import WrongUseError
from ibperp_conformance.history.checks import findings, history_of, told
from ibperp_conformance.history.rows import Row, RowError, rows_of
from ibperp_conformance.json_text import on_one_line

if TYPE_CHECKING:
    from collections.abc import Sequence


def main_check_history(names: Sequence[str]) -> int:
    """Check the histories together; return 0, 1 for a finding, or raise WrongUseError."""
    rows, unread = list[Row](), list[str]()
    for name in names:
        for row in rows_of(Path(name)):
            if isinstance(row, RowError):
                unread.append(str(row))
            else:
                rows.append(row)
    if not rows:
        hint = f": {unread[0]}" if unread else ""
        raise WrongUseError(f"there is no row to check{hint}")
    history = history_of(rows)
    found = findings(history)
    for line in (*unread, *map(str, found), told(history, found, unread)):
        typer.echo(on_one_line(line))
    return 1 if found or unread else 0
