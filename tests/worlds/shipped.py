"""The vectors that ship and the states that they start from, once for all tests of a process."""

import pickle
from functools import cache
from pathlib import Path

import pytest

from ibperp.state import State
from ibperp_authoring.cases import SETUPS
from ibperp_authoring.fill import replayed
from ibperp_conformance.runner.fills import suite_of_fills
from ibperp_conformance.runner.vectors import Suite, load_suite
from worlds.shared import made_once


@cache
def shipped_suite() -> Suite:
    """Return the suite of the specification; no test changes it."""
    return load_suite()


def shipped_fills(factory: pytest.TempPathFactory) -> Suite:
    """Return the vectors of an engine without a book, made once for all workers of a run."""

    def make(path: Path) -> None:
        path.write_bytes(pickle.dumps(suite_of_fills(shipped_suite())))

    found = pickle.loads(made_once(factory, "fills", make).read_bytes())
    assert isinstance(found, Suite)
    return found


@cache
def starts() -> dict[str, State]:
    """Return the state of every setup by its id."""
    return {source.id: replayed(source) for source in SETUPS}
