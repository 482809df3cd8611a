"""The pages of the vectors: one for each clause, each vector with its sheet and runnable."""

from __future__ import annotations

import json
from collections import defaultdict
from html import escape
from typing import TYPE_CHECKING, Any, Final

from ibperp_authoring.site.runs import suite_in
from ibperp_authoring.site.sheets import sheets
from ibperp_conformance.specification.chapters import CHAPTER_OF, clauses_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ibperp_conformance.runner.vectors import Vector

SIGNS: Final = {ord(sign): f"&#{ord(sign)};" for sign in "&<>*_`|[]\\{}$~^"}
"""What means something in Markdown or HTML, as it is written to be seen."""

GAP: Final = "\n\n\n"
"""Between two sheets of a text; the page looks for it too."""

HEAD: Final = """---
hide:
  - toc
search:
  boost: 0.3
---

# Vectors of {clause}

{title}: [{clause}](../spec/{chapter}.md#{clause}). {count} of the clause, each with its sheet: open
one to read it, to run it and to change it. All sheets as plain text:
[{clause}.txt](../assets/made/vectors/{clause}.txt).

"""


def by_clause(root: Path) -> dict[str, list[Vector]]:
    """Return the vectors of each clause by the number in their ids, clauses in reading order."""
    suite = suite_in(root / "spec" / "vectors")
    found: dict[str, list[Vector]] = defaultdict(list)
    for vector in suite.vectors.values():
        found[vector.id.rpartition("-")[0]].append(vector)
    return {
        clause: sorted(found[clause], key=lambda each: int(each.id.rpartition("-")[2]))
        for clause in titles(root)
        if clause in found
    }


def titles(root: Path) -> dict[str, str]:
    """Return the title of every clause in reading order, without its id."""
    return {
        clause.clause: clause.title.removeprefix(clause.clause).strip(" .:")
        for clauses in clauses_in(root / "spec").values()
        for clause in clauses
    }


def vector_pages(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the files of the vectors by their paths: pages, what runs, and sheets as text."""
    written, named = sheets(root), titles(root)
    groups = by_clause(root)
    suite = suite_in(root / "spec" / "vectors")
    starts = {
        setup.id: {"system": setup.system, "actions": setup.actions}
        for setup in suite.setups.values()
    }
    yield "docs/assets/made/setups.json", _json(starts)
    for clause, vectors in groups.items():
        yield f"docs/vectors/{clause}.md", _page(clause, named[clause], vectors)
        data = {
            vector.id: {
                "start": vector.setup,
                "steps": [step.action for step in vector.steps],
            }
            for vector in vectors
        }
        yield f"docs/assets/made/vectors/{clause}.json", _json(data)
        text = GAP.join(written[vector.id] for vector in vectors)
        yield f"docs/assets/made/vectors/{clause}.txt", f"{text}\n"
    yield "build/vectors.md", _index(groups, named)


def _page(clause: str, title: str, vectors: Sequence[Vector]) -> str:
    prefix = clause.partition("-")[0]
    count = "One vector" if len(vectors) == 1 else f"{len(vectors)} vectors"
    head = HEAD.format(clause=clause, title=title, chapter=CHAPTER_OF[prefix], count=count)
    return head + "\n".join(_entry(clause, vector) for vector in vectors)


def _entry(clause: str, vector: Vector) -> str:
    """Return the heading of a vector, by which the search finds it, and its sheet, folded."""
    expected = vector.steps[-1].expect
    action = vector.steps[-1].action["type"]
    ends = f"`{action}` accepted" if expected.code is None else f"`{action}`: `{expected.code}`"
    title = vector.title.translate(SIGNS)
    data = f'data-from="vectors/{clause}.json" data-name="{escape(vector.id)}"'
    return (
        f"## {vector.id} {title} {{#{vector.id}}}\n\n"
        f"{vector.kind}, {vector.why}; ends with {ends}\n\n"
        f'<details class="vector" {data}><summary>Sheet</summary></details>\n'
    )


def _index(groups: dict[str, list[Vector]], named: dict[str, str]) -> str:
    lines = ["| clause | what it says | vectors |", "|---|---|--:|"]
    lines += [
        f"| [{clause}](vectors/{clause}.md) | {named[clause]} | {len(vectors)} |"
        for clause, vectors in groups.items()
    ]
    return "\n".join(lines) + "\n"


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
