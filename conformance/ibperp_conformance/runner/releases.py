"""What a released version required: vectors by id and hash, frozen in `spec/releases` (CF-8).

A suite that grows fails no engine in retrospect: `ibperp conform --release` asks for these alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ibperp_conformance.files import WrongUseError
from ibperp_conformance.json_text import JsonTextError, decode
from ibperp_conformance.protocol.client import PROTOCOL
from ibperp_conformance.runner.vectors import FORMAT, Suite
from ibperp_conformance.spec_files import spec_path


@dataclass(frozen=True, slots=True)
class Required:
    """The vectors of a release: those that stand as they were, and those that changed since."""

    version: str
    standing: tuple[str, ...]
    changed: tuple[str, ...]


def frozen(version: str, suite: Suite) -> str:
    """Return the text of the file that freezes a version: what it speaks, and every vector."""
    head = {"format": FORMAT, "protocol": PROTOCOL, "version": version}
    members = ",\n".join(f'"{vector.id}":"{vector.hash}"' for vector in suite.vectors.values())
    return f'{json.dumps(head, separators=(",", ":"))[:-1]},"vectors":{{\n{members}\n}}}}\n'


def versions(directory: Path | None = None) -> list[str]:
    """Return the versions that were released, the oldest first."""
    folder = spec_path() / "releases" if directory is None else directory
    names = [path.stem for path in folder.glob("*.json")]
    return sorted(names, key=lambda name: [int(part) for part in name.split(".")])


def required(version: str, suite: Suite, directory: Path | None = None) -> Required:
    """Return what a released version requires, as far as it stands; raise `WrongUseError`."""
    folder = spec_path() / "releases" if directory is None else directory
    known = versions(folder)
    if version not in known:
        have = f"there are {', '.join(known)}" if known else "nothing has been released yet"
        raise WrongUseError(f"there is no release {version!r}; {have}")
    vectors = _read(folder / f"{version}.json")
    now = {vector.id: vector.hash for vector in suite.vectors.values()}
    standing = tuple(name for name, own in vectors.items() if now.get(name) == own)
    changed = tuple(name for name, own in vectors.items() if now.get(name) != own)
    return Required(version, standing, changed)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        document = decode(path.read_bytes())
    except OSError as error:
        raise WrongUseError(f"cannot read {path}: {error.strerror}") from None
    except JsonTextError as error:
        raise WrongUseError(f"{path}: {error}") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise WrongUseError(f'{path}: this runner reads releases of format "{FORMAT}"')
    vectors: Mapping[str, Any] = document["vectors"]
    return vectors
