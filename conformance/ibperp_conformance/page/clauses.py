"""Which clauses a step follows, and their text as HTML."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from markdown_it import MarkdownIt

from ibperp.outcomes import Accepted
from ibperp_conformance.spec_files import spec_path
from ibperp_conformance.specification.chapters import CHAPTERS, clause_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ibperp.actions import Action
    from ibperp.outcomes import Outcome

CLAUSE: Final = re.compile(r"\b(?:NT|CU|MM|PF|SM|PP|ST|LQ|PG|GV|CF)-\d+\b(?!-)")
REJECTION: Final = "NT-9"
"""The clause that says which of several codes is given."""

_HEADING: Final = re.compile(r"^#+ +(?P<title>.*?) *\{#[A-Z]{2}-\d+\} *$")
_EXAMPLE: Final = re.compile(
    r'^```yaml title="Example.*?^```\n|^<!-- table:begin -->.*?^<!-- table:end -->\n?',
    re.DOTALL | re.MULTILINE,
)


def clauses_of_step(action: Action, outcome: Outcome) -> tuple[str, ...]:
    """Return the clauses of an action and of the events that it led to, each once."""
    records: list[object] = [action]
    if isinstance(outcome, Accepted):
        records += outcome.events
    told = (type(record).__doc__ or "" for record in records)
    found = dict.fromkeys(clause for text in told for clause in _named(text))
    return tuple(found) if isinstance(outcome, Accepted) else (*found, REJECTION)


@cache
def _named(text: str) -> tuple[str, ...]:
    return tuple(CLAUSE.findall(text))


@cache
def texts() -> Mapping[str, str]:
    """Return the text of every clause without its examples, as it is written."""
    chapters = (
        _EXAMPLE.sub("", (spec_path() / f"{name}.md").read_text(encoding="utf-8"))
        for name in CHAPTERS
    )
    return {clause: text for chapter in chapters for clause, text in clause_texts(chapter).items()}


def clauses_html(clauses: Iterable[str]) -> str:
    """Return the text of clauses, each foldable and with its id as anchor, in their order."""
    written, reader = texts(), MarkdownIt("commonmark", {"html": False}).enable("table")
    parts = []
    for clause in sorted(clauses, key=list(written).index):
        heading, _, body = written[clause].partition("\n")
        match = _HEADING.match(heading)
        title = reader.renderInline(match["title"] if match else heading)
        parts.append(
            f'<details id="{clause}"><summary>{title}</summary>\n{reader.render(body)}</details>\n'
        )
    return "".join(parts)
