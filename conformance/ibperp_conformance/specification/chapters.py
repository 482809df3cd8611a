"""The chapters of the specification as the site shows them: each clause beside its evidence."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

CHAPTERS: Final = (
    "notation",
    "custody",
    "money-market",
    "portfolio",
    "spot-margin",
    "perpetuals",
    "settlement",
    "liquidation",
    "programs",
    "governance",
    "conformance",
)
"""The names of the chapters, in reading order."""

CHAPTER_OF: Final = dict(
    zip(("NT", "CU", "MM", "PF", "SM", "PP", "ST", "LQ", "PG", "GV", "CF"), CHAPTERS, strict=True)
)
"""The chapter of a clause, by the prefix of its id."""

VECTORS_SHOWN: Final = 8
"""The most vectors that are named beside a clause; the rest are counted."""

_HEADING: Final = re.compile(r"^#{2,5} +(?P<title>.*?) *\{#(?P<clause>[A-Z]{2}-\d+)\} *$")
_METADATA: Final = re.compile(
    r"^<!-- *(?P<fields>(?:function|invariants|refusable|waiver|vectors|actions?):.*?) *-->$",
    re.DOTALL,
)
_FIELD: Final = re.compile(r";\s*(?=[a-z_]+:)")
_REFERENCE: Final = re.compile(
    r"`[^`]*`|\[[^\]]*\]\([^)]*\)"
    r"|(?<![\w#-])(?P<clause>(?:NT|CU|MM|PF|SM|PP|ST|LQ|PG|GV|CF)-\d+)(?:-\d{3})?\b"
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands beside clauses: grades by name, names of theorems and vectors by clause id."""

    grades: Mapping[str, str]
    theorems: Mapping[str, Sequence[str]]
    theorem_grades: Mapping[str, str]
    vectors: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause: its id and title, and the fields of the comment that ends it."""

    clause: str
    title: str
    fields: Mapping[str, str]

    def names(self, field: str) -> tuple[str, ...]:
        """Return the names that a field lists, in order; none when the field is missing."""
        listed = self.fields.get(field, "")
        return tuple(name.strip(" `") for name in listed.split(",") if name.strip(" `"))


def clauses_of(text: str) -> tuple[Clause, ...]:
    """Return the clauses of a chapter in order, with whatever fields their comments give."""
    found: list[Clause] = []
    for block in _blocks(text):
        if heading := _HEADING.match(block):
            found.append(Clause(heading["clause"], heading["title"], {}))
        elif found and (comment := _METADATA.match(block)):
            last = found.pop()
            fields = {**last.fields, **_fields(comment["fields"])}
            found.append(Clause(last.clause, last.title, fields))
    return tuple(found)


def clause_texts(text: str) -> dict[str, str]:
    """Return the text of every clause of a chapter by its id, without comments."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for block in _blocks(text):
        if heading := _HEADING.match(block):
            current = found.setdefault(heading["clause"], [])
        if block.strip() and not block.startswith("<!--"):
            current.append(block)
    return {clause: "\n".join(blocks) for clause, blocks in found.items()}


def chapter_page(text: str, homes: Mapping[str, str], evidence: Evidence) -> str:
    """Return a chapter with links at the clauses it names, and evidence at the end of each.

    `homes`: the chapter of each clause. Raises LookupError when a clause, a function or an
    invariant is named that does not exist; the message says which, and where.
    """
    pages: list[str] = []
    by_id = {clause.clause: clause for clause in clauses_of(text)}
    current: Clause | None = None
    for block in _blocks(text):
        if heading := _HEADING.match(block):
            current = by_id[heading["clause"]]
        if _METADATA.match(block):
            if current is None:
                raise LookupError(f"a comment of clause fields stands before any clause: {block}")
            pages.append(evidence_block(current, evidence))
        else:
            pages.append(_linked(block, homes))
    return "\n".join(pages) + "\n"


def evidence_block(clause: Clause, evidence: Evidence) -> str:
    """Return what executes, constrains and tests a clause, as Markdown.

    Raises LookupError when a named function or invariant does not exist.
    """
    functions = clause.names("function")
    lines = ['<div class="clause-evidence" markdown data-search-exclude>', ""]
    if functions:
        lines += ["**Reference:** " + ", ".join(f"`{name}`" for name in functions), ""]
    if names := clause.names("invariants"):
        shown = ", ".join(_graded(clause, name, evidence.grades) for name in names)
        lines += ["**Invariants:** " + shown, ""]
    if theorems := evidence.theorems.get(clause.clause):
        shown = ", ".join(_graded(clause, name, evidence.theorem_grades) for name in theorems)
        lines += ["**Theorems:** " + shown, ""]
    if waiver := clause.fields.get("waiver"):
        lines += [f"**No invariant or function of its own:** {waiver}", ""]
    if vectors := evidence.vectors.get(clause.clause):
        lines += [_vector_line(vectors), ""]
    for name in functions:
        lines += [*_source_block(clause, name), ""]
    return "\n".join([*lines, "</div>", ""])


def source_of(name: str) -> str:
    """Return the source text of a dotted name: a function, a class or a constant.

    Raises LookupError when there is no such name.
    """
    module_name, _, path = name.rpartition(".")
    try:
        module = importlib.import_module(module_name)
    except ImportError:
        owner, _, attribute = module_name.rpartition(".")
        try:
            holder = getattr(importlib.import_module(owner), attribute)
            return inspect.cleandoc("\n" + inspect.getsource(getattr(holder, path)))
        except (ImportError, AttributeError, ValueError, TypeError) as error:
            raise LookupError(f"there is no {name}") from error
    found = getattr(module, path, None)
    if found is None:
        raise LookupError(f"there is no {name}")
    if inspect.isfunction(found) or inspect.isclass(found):
        return inspect.getsource(found).rstrip()
    return _assignment(inspect.getsource(module), path)


def _assignment(source: str, name: str) -> str:
    for node in ast.parse(source).body:
        match node:
            case ast.AnnAssign(target=ast.Name(id=target)) if target == name:
                return ast.get_source_segment(source, node) or ""
            case ast.Assign(targets=[ast.Name(id=target)]) if target == name:
                return ast.get_source_segment(source, node) or ""
            case _:
                pass
    raise LookupError(f"the source of {name} cannot be found")


def clauses_in(directory: Path) -> dict[str, tuple[Clause, ...]]:
    """Return the clauses of every chapter that a directory holds, by chapter name."""
    return {
        name: clauses_of((directory / f"{name}.md").read_text(encoding="utf-8"))
        for name in CHAPTERS
        if (directory / f"{name}.md").is_file()
    }


def _blocks(text: str) -> Iterator[str]:
    """Split a chapter into lines, and fenced code and comments into one block each."""
    pending: list[str] = []
    end = ""
    for line in text.splitlines():
        if pending:
            pending.append(line)
            if line.rstrip().endswith(end):
                yield "\n".join(pending)
                pending = []
        elif line.startswith("```"):
            pending, end = [line], "```"
        elif line.startswith("<!--") and not line.rstrip().endswith("-->"):
            pending, end = [line], "-->"
        else:
            yield line
    if pending:
        yield "\n".join(pending)


def _fields(text: str) -> dict[str, str]:
    parts = (part.partition(":") for part in _FIELD.split(" ".join(text.split())))
    return {key.strip(): value.strip() for key, _, value in parts}


def _linked(block: str, homes: Mapping[str, str]) -> str:
    if block.startswith(("#", "```", "<!--")):
        return block

    def link(match: re.Match[str]) -> str:
        clause = match["clause"]
        if clause is None or match[0] != clause:
            return match[0]
        if clause not in homes:
            raise LookupError(f"{clause} is named but no chapter has it: {block.strip()}")
        return f"[{clause}]({homes[clause]}.md#{clause})"

    return _REFERENCE.sub(link, block)


def _graded(clause: Clause, name: str, grades: Mapping[str, str]) -> str:
    if name not in grades:
        raise LookupError(f"{clause.clause} names the invariant {name}, which does not exist")
    return f'[`{name}`](../proofs.md#{name}) <span class="grade">{grades[name]}</span>'


def _vector_line(vectors: Sequence[str]) -> str:
    shown = ", ".join(
        f"[`{name}`]({vector_page(name)}#{name}){{.vector}}" for name in vectors[:VECTORS_SHOWN]
    )
    hidden = len(vectors) - VECTORS_SHOWN
    rest = f" and {hidden} more" if hidden > 0 else ""
    return f"**Vectors ({len(vectors)}):** {shown}{rest}"


def vector_page(name: str) -> str:
    """Return the page of a vector, from a chapter: that of the clause which its id begins with."""
    return f"../vectors/{name.rpartition('-')[0]}.md"


def _source_block(clause: Clause, name: str) -> list[str]:
    try:
        source = source_of(name)
    except LookupError as error:
        raise LookupError(f"{clause.clause} names a function: {error}") from error
    code = "\n".join(f"    {line}".rstrip() for line in source.splitlines())
    return [f'??? quote "Source of {name}"', "", "    ```python", code, "    ```"]
