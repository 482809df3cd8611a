"""The index of parameters: units, laws, and the values of the examples and of the launch preset."""

from __future__ import annotations

import dataclasses
import re
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from ruamel.yaml import YAML

from ibperp.numbers import RATIO
from ibperp.parameters import (
    AssetParameters,
    HaircutParameters,
    MarketParameters,
    PerpetualParameters,
    PoolParameters,
    SystemParameters,
    TokenParameters,
)
from ibperp_authoring import example_base
from ibperp_authoring.markdown import rows
from ibperp_authoring.site.maps.text import clauses, link, linked
from ibperp_conformance.presets.units import decimal_of
from ibperp_conformance.spec_files import spec_path

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD: Final = (
    "parameter",
    "unit",
    "law",
    "in the examples",
    "launch preset",
    "clauses that name it",
)
RECORDS: Final = (
    ("System", SystemParameters, "CU-2"),
    ("Asset", AssetParameters, "CU-2"),
    ("Haircut of an asset", HaircutParameters, "CU-2"),
    ("Token of an asset", TokenParameters, "CU-2"),
    ("Pool of an asset", PoolParameters, "CU-2"),
    ("Spot market", MarketParameters, "SM-1"),
    ("Perpetual", PerpetualParameters, "PP-1"),
)
"""What has parameters, and the clause that lists them with units and laws."""

LENGTH_MAX: Final = 18
"""The digits of a number that is shown in full; longer ones are shown as a power."""


@dataclasses.dataclass(frozen=True, slots=True)
class Law:
    """Unit and law of a parameter, as its clause has them."""

    unit: str
    law: str


def parameter_index() -> str:
    """Return a table for each record of parameters."""
    parts = []
    for title, record, clause in RECORDS:
        given = laws(clause, title)
        body = (
            _row(title, field.name, given[field.name])
            for field in dataclasses.fields(record)
            if field.name in given
        )
        parts += [f"## {title}", "", f"Laws: {link(clause)}.", "", rows(HEAD, body), ""]
    return "\n".join(parts)


def laws(clause: str, title: str) -> dict[str, Law]:
    """Return unit and law of the parameters of a clause, of the table for this kind of record."""
    found: dict[str, Law] = {}
    for head, table in _tables(clauses()[clause]):
        if KIND[title] not in head:
            continue
        for line in table:
            names, unit, law = (cell.strip() for cell in line.strip("|").split("|"))
            listed = re.findall(r"`(\w+)`", names)
            each = law.removeprefix("each ").split("; ") if law.count("; ") else [law]
            for place, name in enumerate(listed):
                own = each[place] if len(each) == len(listed) else law.removeprefix("each ")
                found[name] = Law(unit, own)
    return found


KIND: Final = {
    "System": "system field",
    "Asset": "`parameters` field",
    "Haircut of an asset": "`haircut`",
    "Token of an asset": "each token",
    "Pool of an asset": "`pool`",
    "Spot market": "`parameters` field",
    "Perpetual": "`parameters` field",
}
"""A word in the head of the table that lists the parameters of a record."""


def _tables(text: str) -> Iterator[tuple[str, list[str]]]:
    lines = text.splitlines()
    for place, line in enumerate(lines):
        if line.startswith("|") and line.rstrip().endswith("| law |"):
            body = []
            for other in lines[place + 2 :]:
                if not other.startswith("|"):
                    break
                body.append(other)
            yield line, body


def _row(title: str, name: str, law: Law) -> tuple[str, ...]:
    named = [
        clause for clause, text in clauses().items() if f"`{name}`" in text or f" {name}" in text
    ]
    told = [link(clause) for clause in named if clause not in {"CF-3", "CF-4", "CF-6", "CF-10"}]
    anchor = f"{title.split(maxsplit=1)[0].lower()}-{name}"
    return (
        f"`{name}`{{#{anchor}}}",
        law.unit,
        linked(law.law),
        read(_example(title, name), law.unit),
        _launch(title, name),
        ", ".join(told),
    )


def read(value: Any, unit: str) -> str:
    """Return a value as people read it: a ratio in percent or as a multiple, seconds with `s`."""
    if value is None or isinstance(value, dict | list):
        return "-"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if not text.lstrip("-").isdigit():
        return f"`{text}`"
    if unit.startswith("multiplier"):
        return f"{decimal_of(Fraction(int(text), RATIO))} times"
    if unit.startswith("ratio") and "root" not in unit:
        return f"{decimal_of(Fraction(int(text) * 100, RATIO))} %"
    if unit == "seconds":
        return f"{text} s"
    return text if len(text) <= LENGTH_MAX else f"10^{len(text) - 1}"


def _example(title: str, name: str) -> Any:
    base = example_base.fields_of
    system = base({"type": "set_system_parameters"})["parameters"]
    asset = base({"type": "list_asset", "asset": "SOL"})["parameters"]
    source = {
        "System": system,
        "Asset": asset,
        "Haircut of an asset": asset["haircut"],
        "Token of an asset": asset["tokens"][0],
        "Pool of an asset": asset["pool"],
        "Spot market": base({"type": "list_market", "market": "SOL_USDC"})["parameters"],
        "Perpetual": base({"type": "list_perpetual", "market": "SOL_USDC_PERP"})["parameters"],
    }
    return source[title].get(name)


def _launch(title: str, name: str) -> str:
    """Return a value of the launch preset as it is written there, of SOL and its markets."""
    preset = _launch_preset()
    asset = preset["assets"]["SOL"]
    source = {
        "System": preset["system"],
        "Asset": asset,
        "Haircut of an asset": asset["haircut"],
        "Token of an asset": asset["tokens"][0],
        "Pool of an asset": asset["pool"],
        "Spot market": preset["markets"].get("SOL_USDC", {}),
        "Perpetual": preset["markets"].get("SOL_USDC_PERP", {}),
    }
    value = source[title].get(name)
    if value is None or hasattr(value, "keys") or isinstance(value, list):
        return "-"
    return str(value).lower() if isinstance(value, bool) else str(value)


@cache
def _launch_preset() -> Any:
    text = (spec_path() / "presets" / "launch.yaml").read_text(encoding="utf-8")
    return YAML(typ="rt").load(text)
