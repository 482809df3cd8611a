"""The vectors in the specification are those that the reference gives."""

from __future__ import annotations

import json
import pkgutil
import re
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest

from ibperp.actions import Action, ApplyFunding, Settle
from ibperp.outcomes import RejectionCode
from ibperp.state import genesis
from ibperp_authoring import cases, fill
from ibperp_authoring.cases import BRICKS
from ibperp_authoring.cases.builder import PERP, Case, Group, Refused
from ibperp_authoring.cases.setups import CONTINUOUS, SETUPS
from ibperp_conformance.runner.vectors import content_hash
from ibperp_conformance.spec_files import spec_path
from worlds import tiny

FIRST: Final[Case] = BRICKS["custody"][0]
KINDS: Final = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


@pytest.mark.slow(9)
@pytest.mark.no_cover
def test_check__vectors_up_to_date() -> None:
    assert fill.main(True) == 0


def test_check__names_the_stale_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fill, "BRICKS", {"custody": BRICKS["custody"]})
    monkeypatch.setattr(fill, "_chapters", lambda: {"custody.md": "# Custody\n"})
    assert fill.main(False, tmp_path) == 0
    assert fill.main(True, tmp_path) == 0
    (tmp_path / "vectors" / "custody.json").write_text("{}")
    capsys.readouterr()
    assert fill.main(True, tmp_path) == 1
    assert "vectors/custody.json is stale" in capsys.readouterr().out
    assert not list(tmp_path.rglob("*.part"))


def test_vector__another_code_is_an_error() -> None:
    first = FIRST.steps[0]
    assert not isinstance(first, Refused)
    wrong = replace(FIRST, steps=(Refused(first, RejectionCode.ASSET_EXISTS),))
    with pytest.raises(fill.FillError, match="CU-2-001, step 1"):
        fill.vector(wrong, genesis(CONTINUOUS))


def test_ids__an_id_used_twice_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fill, "BRICKS", {"custody": (FIRST, FIRST)})
    with pytest.raises(fill.FillError, match="used twice"):
        fill.rendered()


def test_cases__all_of_every_module_go_into_a_file_of_vectors() -> None:
    modules = [
        import_module(found.name)
        for found in pkgutil.walk_packages(cases.__path__, f"{cases.__name__}.")
        if ".order." not in found.name
    ]
    written = {case.id for module in modules for case in getattr(module, "CASES", ())}
    assert len(written) > 3000
    assert written == {case.id for brick in BRICKS.values() for case in brick}


def test_vectors__at_least_the_promised_number_and_kinds() -> None:
    vectors = stored()
    assert len(vectors) >= 260
    assert {vector["kind"] for vector in vectors} == {"accept", "reject", "trace"}
    assert all(vector["hash"] == content_hash(vector) for vector in vectors)


@pytest.mark.parametrize(
    ("code", "clause"),
    [
        ("insufficient_margin", "PF-8"),
        ("price_stale", "PF-9"),
        ("trading_paused", "SM-2"),
        ("price_out_of_bounds", "SM-6"),
        ("out_of_range", "NT-7"),
        ("market_kind", "PP-1"),
        ("open_interest_limit", "PP-5"),
        ("position_limit", "PP-5"),
        ("market_not_closed", "PP-9"),
    ],
)
def test_vectors__a_shared_code_names_its_clause(code: str, clause: str) -> None:
    refused = {"rejected": code}
    named = [
        vector["clauses"]
        for vector in stored()
        for step in vector["steps"]
        if {name: body.get("code") for name, body in step["expect"].items()} == refused
    ]
    assert named
    assert all(clause in clauses for clauses in named)


@pytest.mark.parametrize(
    ("action", "clause"), [(Settle(), "ST-2"), (ApplyFunding(PERP, 0), "PP-8")]
)
def test_vector__what_is_too_early_names_the_clause_of_its_action(
    action: Action, clause: str
) -> None:
    (start,) = (source for source in SETUPS if source.id == "perpetual")
    early = Group("perpetual").reject(
        "CF-1-001", "", action, code=RejectionCode.TOO_EARLY, twin="CF-1-002"
    )
    filled = fill.vector(early, tiny.run(genesis(start.system), *start.actions))
    assert filled["clauses"] == ["CF-1", clause]


@pytest.mark.parametrize(
    ("name", "schema"), [("setups", "setups"), *((brick, "vectors") for brick in BRICKS)]
)
def test_files__keep_their_schema(name: str, schema: str) -> None:
    assert faults(document(f"vectors/{name}"), document(f"schema/{schema}")) == []


def test_schema__refuses_an_unknown_field() -> None:
    changed = document("vectors/custody") | {"more": "1"}
    assert faults(changed, document("schema/vectors")) == ["more: unknown"]


@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        ("id", "PF-1-001", []),
        ("id", "SM-12-001", []),
        ("id", "PP-10-001", []),
        ("id", "ST-8-001", []),
        ("clauses", ["PP-1", "ST-1"], []),
        ("id", "XX-1-001", ["/vectors/0/id: not "]),
        ("clauses", ["SM-1", "PF-10"], []),
        ("clauses", ["SX-1"], ["/vectors/0/clauses/0: not "]),
    ],
)
def test_schema__knows_the_chapters(field: str, value: object, found: list[str]) -> None:
    changed = document("vectors/custody")
    changed["vectors"] = [changed["vectors"][0] | {field: value}]
    reported = faults(changed, document("schema/vectors"))
    assert [fault.partition("^")[0] for fault in reported] == found


@cache
def stored() -> list[dict[str, Any]]:
    """Return every vector of the specification."""
    return [vector for brick in BRICKS for vector in document(f"vectors/{brick}")["vectors"]]


def document(name: str) -> dict[str, Any]:
    """Return a generated file of the specification."""
    loaded: dict[str, Any] = json.loads((spec_path() / f"{name}.json").read_text())
    return loaded


def faults(value: Any, schema: dict[str, Any], path: str = "") -> list[str]:
    """Return where a value breaks a schema made of the words that these schemas use."""
    named = schema.get("type", [])
    kinds = [named] if isinstance(named, str) else named
    if kinds and not any(isinstance(value, KINDS[kind]) for kind in kinds):
        return [f"{path}: not {kinds}"]
    found = []
    if "const" in schema and value != schema["const"]:
        found.append(f"{path}: not {schema['const']}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{path}: not one of the names")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{path}: not {schema['pattern']}")
    if "oneOf" in schema and sum(not faults(value, one) for one in schema["oneOf"]) != 1:
        found.append(f"{path}: not exactly one")
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            found.append(f"{path}: too few")
        for index, item in enumerate(value):
            found += faults(item, schema.get("items", {}), f"{path}/{index}")
    if isinstance(value, dict):
        found += [
            f"{path}{name}: missing" for name in schema.get("required", []) if name not in value
        ]
        for name, item in value.items():
            inner = schema.get("properties", {}).get(name, schema.get("additionalProperties", {}))
            if inner is False:
                found.append(f"{path}{name}: unknown")
            else:
                found += faults(item, inner or {}, f"{path}/{name}")
    return found
