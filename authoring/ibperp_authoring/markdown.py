"""Tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable


def rows(head: tuple[str, ...], cells: Iterable[tuple[str, ...]]) -> str:
    """Return a table in Markdown."""
    lines = (head, tuple("---" for _ in head), *cells)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
