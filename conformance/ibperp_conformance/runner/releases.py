"""What a released version required: vectors by id and hash, frozen in `spec/releases` (CF-8).

A suite that grows fails no engine in retrospect: `ibperp conform --release` asks for these alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ibperp_conformance.files import WrongUseError, read_whole
from ibperp_conformance.json_text import JsonTextError, decode
from ibperp_conformance.protocol.client import PROTOCOL
from ibperp_conformance.runner.vectors import FORMAT, OF_FILLS, Suite
from ibperp_conformance.spec_files import spec_path

VECTORS: Final = "vectors"
FILLS: Final = "fills"


@dataclass(frozen=True, slots=True)
class Required:
    """The vectors of a release: those that stand as they were, and those that changed since."""

    version: str
    standing: tuple[str, ...]
    changed: tuple[str, ...]


def frozen(version: str, suite: Suite, of_fills: Suite) -> str:
    """Return the text of the file that freezes a version: what it speaks, and every vector.

    `of_fills`: the vectors of an engine without a book (CF-11).
    """
    head = {"format": FORMAT, "protocol": PROTOCOL, "version": version}
    lists = ((VECTORS, suite), (FILLS, of_fills))
    parts = (f'"{name}":{{\n{_members(each)}\n}}' for name, each in lists)
    return f"{json.dumps(head, separators=(',', ':'))[:-1]},{','.join(parts)}}}\n"


def _members(suite: Suite) -> str:
    return ",\n".join(f'"{vector.id}":"{vector.hash}"' for vector in suite.vectors.values())


def versions(directory: Path | None = None) -> list[str]:
    """Return the versions that were released, the oldest first."""
    folder = spec_path() / "releases" if directory is None else directory
    names = [path.stem for path in folder.glob("*.json")]
    return sorted(names, key=lambda name: [int(part) for part in name.split(".")])


def required(version: str, suite: Suite, directory: Path | None = None) -> Required:
    """Return what a released version requires, as far as it stands; raise `WrongUseError`.

    Of vectors for an engine without a book it is what the version required of such an engine.
    """
    folder = spec_path() / "releases" if directory is None else directory
    known = versions(folder)
    if version not in known:
        have = f"there are {', '.join(known)}" if known else "nothing has been released yet"
        raise WrongUseError(f"there is no release {version!r}; {have}")
    is_bookless = any(name.endswith(OF_FILLS) for name in suite.vectors)
    vectors = listed_in(folder / f"{version}.json", FILLS if is_bookless else VECTORS)
    now = {vector.id: vector.hash for vector in suite.vectors.values()}
    standing = tuple(name for name, own in vectors.items() if now.get(name) == own)
    changed = tuple(name for name, own in vectors.items() if now.get(name) != own)
    return Required(version, standing, changed)


def listed_in(path: Path, which: str) -> Mapping[str, str]:
    """Return a list of a frozen file, `vectors` or `fills`: hashes by id."""
    try:
        document = decode(read_whole(path, "release"))
    except JsonTextError as error:
        raise WrongUseError(f"{path}: {error}") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise WrongUseError(f'{path}: this runner reads releases of format "{FORMAT}"')
    listed = document.get(which)
    if not isinstance(listed, dict):
        raise WrongUseError(f"{path}, {which}: expected the hashes of vectors by id")
    return listed
