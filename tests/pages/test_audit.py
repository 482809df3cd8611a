import re
from collections.abc import Iterator
from functools import cache

import pytest

from authoring import docs_site
from ibperp_authoring.site import build
from ibperp_conformance.specification import chapters
from ibperp_conformance.specification.traceability import WAIVABLE
from ibperp_invariants import INVARIANTS

AUDIT, DIFFERENCES = "audit", "differences"
PAGES = (AUDIT, DIFFERENCES)
CLAUSE_COLUMNS = {AUDIT: 2, DIFFERENCES: 3}
OUTSIDE = "*outside the model*: "
KINDS = ("differs", "decided here")

CLAUSE_LINK = re.compile(
    r"\[(?P<text>[A-Z]{2}-\d+)\]\(spec/(?P<chapter>[a-z-]+)\.md#(?P<id>[^)]*)\)"
)
EVIDENCE_LINK = re.compile(
    r"\[`(?P<text>[^`]+)`\]\((?P<page>vectors|proofs)(?:/[A-Z]{2}-\d+)?\.md#(?P<id>[^)]*)\)"
)
CLAUSE_ID = re.compile(r"(?<![\w#-])[A-Z]{2}-\d+\b(?!-\d)")
SCENARIO = re.compile(r"`(docs/scenarios/[^`]+)`")


def page(name: str) -> str:
    return (docs_site.ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")


def rows(name: str) -> Iterator[list[str]]:
    """The cells of every row of the tables that have clauses; neither heads nor sources."""
    text, width = page(name).partition("\n## Sources")[0], CLAUSE_COLUMNS[name] + 2
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if not line.startswith("|") or set(line) <= set("|-"):
            continue
        assert len(cells) == width, line
        if cells[CLAUSE_COLUMNS[name]] != "clauses":
            yield cells


@cache
def homes() -> dict[str, str]:
    """The chapter of every clause."""
    found = chapters.clauses_in(docs_site.ROOT / "spec")
    return {clause.clause: chapter for chapter, listed in found.items() for clause in listed}


@cache
def vectors() -> dict[str, tuple[str, ...]]:
    return {found["id"]: tuple(found["clauses"]) for found in build.load_vectors(docs_site.ROOT)}


def named(cell: str) -> set[str]:
    return {link["text"] for link in CLAUSE_LINK.finditer(cell)}


def test_audit__every_clause_of_the_mechanism_has_a_row() -> None:
    listed = set[str]().union(
        *(named(cells[2]) for cells in rows(AUDIT) if not cells[2].startswith(OUTSIDE))
    )
    mechanism = {clause for clause in homes() if not clause.startswith(WAIVABLE)}
    assert sorted(mechanism - listed) == []


@pytest.mark.parametrize("name", PAGES)
def test_page__every_row_names_a_clause_and_fills_every_cell(name: str) -> None:
    listed = list(rows(name))
    assert len(listed) > len(homes()) // 2
    for cells in listed:
        assert named(cells[CLAUSE_COLUMNS[name]]) or cells[2].startswith(OUTSIDE), cells
        assert all(cell.strip("* ") for cell in cells), cells


@pytest.mark.parametrize("name", PAGES)
def test_page__every_clause_exists_and_links_to_its_chapter(name: str) -> None:
    text = page(name)
    links = list(CLAUSE_LINK.finditer(text))
    wrong = [link[0] for link in links if (link["id"], link["chapter"]) not in homes().items()]
    wrong += [link[0] for link in links if link["text"] != link["id"]]
    assert sorted(set(wrong)) == []
    assert CLAUSE_ID.findall(EVIDENCE_LINK.sub("", CLAUSE_LINK.sub("", text))) == []


def test_audit__every_vector_and_invariant_exists() -> None:
    known = {"vectors": set(vectors()), "proofs": {one.name for one in INVARIANTS}}
    links = list(EVIDENCE_LINK.finditer(page(AUDIT)))
    assert links
    assert [x[0] for x in links if x["id"] not in known[x["page"]] or x["id"] != x["text"]] == []


def test_audit__what_shows_a_rule_names_a_clause_of_its_row() -> None:
    clauses_of = {**vectors(), **{one.name: one.clauses for one in INVARIANTS}}
    strangers = [
        (link["id"], cells[0])
        for cells in rows(AUDIT)
        for link in EVIDENCE_LINK.finditer(cells[3])
        if not cells[2].startswith(OUTSIDE)
        if not set(clauses_of.get(link["id"], ())) & named(cells[2])
    ]
    assert strangers == []


def test_audit__every_scenario_exists() -> None:
    paths = set(SCENARIO.findall(page(AUDIT)))
    assert paths
    assert [path for path in sorted(paths) if not (docs_site.ROOT / path).is_file()] == []


def test_audit__a_rule_has_something_that_shows_it() -> None:
    for cells in rows(AUDIT):
        shown = EVIDENCE_LINK.search(cells[3])
        assert shown or cells[2].startswith(OUTSIDE), cells[0]


def test_differences__every_row_has_its_kind() -> None:
    marks = [
        re.findall(r'<span class="grade">([^<]+)</span>', cells[0]) for cells in rows(DIFFERENCES)
    ]
    assert all(len(mark) == 1 and mark[0] in KINDS for mark in marks)
    assert {mark[0] for mark in marks} == set(KINDS)
