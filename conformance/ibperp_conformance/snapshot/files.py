"""Snapshots in files: the bytes of a snapshot and nothing else, so that their hash is the state's.

The layer above `snapshot`, which has no dependency but the reference and the invariants.
"""

from __future__ import annotations

import hashlib
import sys
from typing import TYPE_CHECKING

from ibperp_conformance.files import WrongUseError, read_whole, write_atomically
from ibperp_conformance.json_text import visible
from ibperp_conformance.snapshot.state import SnapshotError, restore, snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from ibperp.state import State


def read_snapshot(path: Path) -> State:
    """Return the state in a snapshot file; raise WrongUseError naming file, field and remedy."""
    data = read_whole(path, "snapshot")
    try:
        return restore(data)
    except SnapshotError as error:
        raise WrongUseError(f"cannot start from {path}: {visible(str(error))}") from None


def write_snapshot(path: Path, state: State) -> None:
    """Write a snapshot file, and its hash on standard error; raise WrongUseError if it fails."""
    data = snapshot(state)
    write_atomically(path, (data.decode(),), "snapshot")
    digest = hashlib.sha256(data).hexdigest()
    sys.stderr.write(f"{path}: {len(data)} bytes, state hash {digest}\n")
