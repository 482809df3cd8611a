"""The command `ibperp check-history`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from ibperp_conformance.files import WrongUseError
from ibperp_conformance.history.checks import findings, history_of, told
from ibperp_conformance.history.rows import Row, RowError, rows_of
from ibperp_conformance.json_text import on_one_line

if TYPE_CHECKING:
    from collections.abc import Sequence


def main_check_history(names: Sequence[str]) -> int:
    """Check the histories together; return 0, 1 for a finding, 2 if a file cannot be read.

    Raise WrongUseError if there is no row to check.
    """
    rows, unread, missing = list[Row](), list[str](), list[str]()
    for name in names:
        try:
            for row in rows_of(name):
                if isinstance(row, RowError):
                    unread.append(str(row))
                else:
                    rows.append(row)
        except WrongUseError as error:
            missing.append(str(error))
    if not rows:
        problems = "\n".join((*missing, *unread[:1]))
        raise WrongUseError(problems or f"there is no row to check in {', '.join(names)}")
    history = history_of(rows)
    found = findings(history)
    for line in (*unread, *map(str, found), told(history, found, unread)):
        typer.echo(on_one_line(line))
    if missing:
        raise WrongUseError("\n".join(missing))
    return 1 if found or unread else 0
