"""What the pages that run need to know: the examples, and of each clause its title and refusals."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, get_args

from ibperp.actions import Action
from ibperp.rejection_codes import RejectionCode
from ibperp_authoring import examples
from ibperp_authoring.site.vector_pages import titles
from ibperp_conformance.protocol.wire import type_name
from ibperp_conformance.specification.chapters import CHAPTER_OF, CHAPTERS, clause_texts
from ibperp_conformance.specification.stages import stages_of

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLE: Final = re.compile(
    r'^```yaml title="(?P<title>Example: [^"\n]*)"\n.*?^<!-- table:end -->\n',
    re.DOTALL | re.MULTILINE,
)
DRAWING: Final = re.compile(r"^!\[[^\]]*\]\((pictures/[a-z-]+\.svg)\)\n", re.MULTILINE)
CLAUSE: Final = re.compile(r"^### [A-Z]{2}-\d+ ", re.MULTILINE)
STYLE: Final = re.compile(r"<style>.*?</style>\n", re.DOTALL)
ROW: Final = re.compile(
    r"^\| *\d+ *\| *\d+ *\| *`(?P<code>[a-z_]+)` *\| *(?P<when>.*?) *\|$", re.MULTILINE
)


def examples_json(root: Path, chapter: str) -> str:
    """Return what the examples of a chapter run, by their titles."""
    text = (root / "spec" / f"{chapter}.md").read_text(encoding="utf-8")
    return json.dumps(examples.scripts(text))


def runnable(text: str, chapter: str) -> str:
    """Return a chapter with a place under each example where the page puts Run and Edit."""

    def placed(match: re.Match[str]) -> str:
        name = match["title"].replace('"', "&quot;")
        place = f'<div class="play" data-from="examples/{chapter}.json" data-name="{name}"></div>'
        return f"{match[0]}\n{place}\n"

    return EXAMPLE.sub(placed, text)


def with_drawings(text: str, folder: Path) -> str:
    """Return a chapter with its drawings in place, so that they take the colours of the page."""
    return DRAWING.sub(lambda match: in_page(folder / match[1]), text)


def levelled(text: str) -> str:
    """Return a chapter whose clauses stand under a heading, so that no level is left out."""
    first = CLAUSE.search(text)
    if first is None or "\n## " in text[: first.start()]:
        return text
    return f"{text[: first.start()]}## Clauses\n\n{text[first.start() :]}"


def drawings(root: Path) -> list[Path]:
    """Return the drawings of chapters and pages."""
    return [
        *(root / "spec" / "pictures").glob("*.svg"),
        *(root / "docs" / "drawings").glob("*.svg"),
    ]


def in_page(drawing: Path) -> str:
    """Return a drawing without the colours that it has as a file of its own, as raw HTML."""
    return f"<div>\n{STYLE.sub('', drawing.read_text(encoding='utf-8'))}</div>\n"


def clauses_json(root: Path) -> str:
    """Return the chapters by prefix, the titles of clauses, and where each refusal is written."""
    return json.dumps({"chapters": CHAPTER_OF, "titles": titles(root), "refusals": refusals(root)})


def refusals(root: Path) -> dict[str, dict[str, dict[str, str]]]:
    """Return by action and code the clause whose table lists the refusal, and its words."""
    order = {code.value: place for place, code in enumerate(RejectionCode, 1)}
    actions = [type_name(record) for record in get_args(Action)]
    found: dict[str, dict[str, dict[str, str]]] = {}
    for chapter in CHAPTERS:
        text = (root / "spec" / f"{chapter}.md").read_text(encoding="utf-8")
        words: dict[str, dict[str, Any]] = {
            clause: {row["code"]: plain(row["when"]) for row in ROW.finditer(content)}
            for clause, content in clause_texts(text).items()
        }
        for stage in stages_of(text, actions, order):
            for code in stage.codes:
                told = {"clause": stage.clause, "when": words[stage.clause].get(code, "")}
                found.setdefault(stage.action, {}).setdefault(code, told)
    return found


def plain(markdown: str) -> str:
    """Return a cell without the signs of Markdown."""
    return re.sub(r"`|\*\*", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown))
