"""The core tier shows everything, and stays small."""

from __future__ import annotations

import json

from ibperp_authoring.score.record import SCORE, load
from ibperp_authoring.tiers import BYTES_MAX, elements
from ibperp_conformance.spec_files import spec_path

COUNT_MAX = 1200
"""How many vectors the core may have: about a second for each five hundred."""


def written() -> tuple[list[str], dict[str, dict[str, object]], dict[str, dict[str, object]]]:
    """Return the ids of the core, and every vector and every setup as it is written."""
    core = json.loads((spec_path() / "tiers.json").read_text())["core"]
    vectors: dict[str, dict[str, object]] = {}
    setups: dict[str, dict[str, object]] = {}
    for path in sorted((spec_path() / "vectors").glob("*.json")):
        document = json.loads(path.read_text())
        vectors |= {each["id"]: each for each in document.get("vectors", ())}
        setups |= {each["id"]: each for each in document.get("setups", ())}
    return core, vectors, setups


def test_core__shows_what_all_vectors_show() -> None:
    core, vectors, _ = written()
    shown = frozenset().union(*(elements(vectors[name]) for name in core))
    assert frozenset().union(*map(elements, vectors.values())) - shown == frozenset()


def test_core__holds_the_vectors_that_noticed_the_mutants_of_the_score() -> None:
    core, vectors, _ = written()
    noticing = {each.noticed_by for each in load(SCORE).verdicts if each.noticed_by in vectors}
    assert noticing <= {*core}


def test_core__stays_within_its_budget() -> None:
    core, vectors, setups = written()
    used = {str(vectors[name]["setup"]) for name in core}
    weight = sum(len(json.dumps(vectors[name])) for name in core)
    weight += sum(len(json.dumps(setups[name])) for name in used)
    assert len(core) <= COUNT_MAX
    assert weight <= BYTES_MAX
