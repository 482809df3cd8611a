"""The page of incidents names vectors that exist, and every vector that names an incident."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from ibperp_conformance.runner.vectors import Suite
from worlds.shipped import shipped_suite

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "incidents.md"
ROW: Final = re.compile(r"^\| \*\*(\d+)\*\*\{#incident-(\d+)\} \|(.*)\|$", re.MULTILINE)
VECTOR: Final = re.compile(r"`([A-Z]{2}-\d+-\d{3})`")
NAMED: Final = re.compile(r"incidents? (\d+(?:(?:, | and )\d+)*)")


def rows() -> dict[int, set[str]]:
    """Return the vectors of every row of the page, by the number of its incident."""
    found = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert all(number == anchor for number, anchor, _ in found)
    return {int(number): set(VECTOR.findall(text)) for number, _, text in found}


@pytest.fixture(scope="module")
def suite() -> Suite:
    return shipped_suite()


def test_rows__every_incident_once_and_in_order() -> None:
    assert list(rows()) == list(range(1, 69))


def test_rows__name_vectors_that_exist(suite: Suite) -> None:
    assert set().union(*rows().values()) <= suite.vectors.keys()


def test_titles__every_incident_that_a_vector_names_leads_to_it(suite: Suite) -> None:
    told = rows()
    missing = {
        (number, vector.id)
        for vector in suite.vectors.values()
        for numbers in NAMED.findall(vector.title)
        for number in map(int, re.findall(r"\d+", numbers))
        if vector.id not in told[number]
    }
    assert missing == set()
