"""A few vectors of the specification, read without the others."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from ibperp_conformance.json_text import decode
from ibperp_conformance.runner.vectors import (
    FORMAT,
    Suite,
    core_of,
    in_tier,
    setup_of,
    vector_of,
)

HEAD: Final = f'{{"format":"{FORMAT}","%s":[\n'
"""How a file begins that has an entry on each line, with its names in order."""

ID: Final = r'"hash":"[0-9a-f]{64}","id":"(%s)"'


def load_part(names: Collection[str], folder: Path) -> Suite | None:
    """Return the vectors of a folder that have these ids, and their setups.

    None if one is not found, or if a file is not as `ibperp fill` writes it: then the suite has to
    be read whole.
    """
    wanted = re.compile(ID % "|".join(map(re.escape, names)))
    found = {}
    for path in sorted(folder.glob("*.json")):
        if path.name != "setups.json":
            for identity, line in _lines(path, "vectors", wanted):
                found[identity] = vector_of(f"{path}, vector {identity}", decode(line))
    used = "|".join({re.escape(vector.setup) for vector in found.values()})
    place = folder / "setups.json"
    setups = {
        identity: setup_of(f"{place}, setup {identity}", decode(line))
        for identity, line in _lines(place, "setups", re.compile(rf'"id":"({used})","observation"'))
    }
    is_whole = found.keys() == {*names} and all(each.setup in setups for each in found.values())
    core = core_of(folder.parent / "tiers.json")
    if core is not None:
        found = {identity: in_tier(each, core) for identity, each in found.items()}
    return Suite(setups, found, is_part=True) if is_whole else None


def _lines(path: Path, name: str, wanted: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Yield the entries that have a wanted id, as lines."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return
    if not text.startswith(HEAD % name):
        return
    for each in wanted.finditer(text):
        start = text.rfind("\n", 0, each.start()) + 1
        yield each[1], text[start : text.find("\n", each.end())].rstrip(",")
