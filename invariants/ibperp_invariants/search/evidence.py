"""What a search left behind: how many steps broke no invariant, when, and of which code."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Final

from ibperp.transition import transition
from ibperp_invariants.check.monitor import Monitor
from ibperp_invariants.fingerprint import code_hash

EVIDENCE: Final = Path(__file__).with_name("evidence.json")
"""The evidence that ships."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """`steps` of `runs` in which no invariant broke, on a date, with the hash of the code."""

    runs: int
    steps: int
    date: str
    code: str


@cache
def search_hash() -> str:
    """Return the hash of the transition and of all invariants that watch it."""
    return code_hash(transition, Monitor)


def read_evidence(path: Path = EVIDENCE) -> Evidence | None:
    """Return the evidence of a search, or None if there is none."""
    if not path.exists():
        return None
    return Evidence(**json.loads(path.read_text(encoding="utf-8")))


def write_evidence(runs: int, steps: int, path: Path = EVIDENCE) -> None:
    """Save that so many steps broke nothing today; raise OSError if that fails."""
    today = dt.datetime.now(dt.UTC).date().isoformat()
    found = Evidence(runs, steps, today, search_hash())
    path.write_text(json.dumps(asdict(found), indent=1) + "\n", encoding="utf-8")
