"""What an exhaustive exploration left behind: to which depth every setup was explored, and when."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from ibperp.transition import transition
from ibperp_invariants.check.monitor import Monitor
from ibperp_invariants.fingerprint import code_hash
from ibperp_invariants.search.alphabet import alphabet

EXHAUSTED: Final = Path(__file__).with_name("exhausted.json")
"""The figures that ship."""


@dataclass(frozen=True, slots=True)
class Explored:
    """Every run of at most `depth` of so many `actions` from a setup broke no invariant.

    `states`: those that differ, the setup among them. `steps`: actions tried, `accepted` of them.
    `setup`, `code`: hashes of the state that it starts from, and of what was tried.
    """

    depth: int
    actions: int
    states: int
    steps: int
    accepted: int
    date: str
    setup: str
    code: str


@dataclass(frozen=True, slots=True)
class Exhausted:
    """Explorations by setup, each to `depth` at most and with at most so many `steps`.

    `engine`: the one that answered the same, or "".
    """

    depth: int
    steps: int
    engine: str
    setups: Mapping[str, Explored] = field(default_factory=dict)

    def least(self) -> int:
        """Return the depth to which every setup was explored."""
        return min((entry.depth for entry in self.setups.values()), default=0)

    def is_stale(self) -> bool:
        """Tell whether the code of any exploration changed since."""
        return any(entry.code != exhaust_hash() for entry in self.setups.values())

    def date(self) -> str:
        """Return the date of the oldest exploration."""
        return min((entry.date for entry in self.setups.values()), default="")


@cache
def exhaust_hash() -> str:
    """Return the hash of the transition, of all invariants, and of the actions that are tried."""
    return code_hash(transition, Monitor, alphabet)


def read_exhausted(path: Path = EXHAUSTED) -> Exhausted | None:
    """Return the figures in a file, None without one; raise ValueError if it holds none."""
    if not path.exists():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        setups = {name: Explored(**entry) for name, entry in content.pop("setups").items()}
        return Exhausted(**content, setups=setups)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        message = f"{path}: not the figures of an exploration ({error}); name another file"
        raise ValueError(message) from None


def write_exhausted(path: Path, figures: Exhausted) -> None:
    """Save figures in one piece; raise OSError if that fails."""
    whole = path.with_suffix(".part")
    whole.write_text(json.dumps(asdict(figures), indent=1) + "\n", encoding="utf-8")
    whole.replace(path)
