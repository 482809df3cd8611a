"""The vectors that ship and the states that they start from, once for all tests of a process."""

from functools import cache

from ibperp.state import State
from ibperp_authoring.cases import SETUPS
from ibperp_authoring.fill import replayed
from ibperp_conformance.runner.vectors import Suite, load_suite


@cache
def shipped_suite() -> Suite:
    """Return the suite of the specification; no test changes it."""
    return load_suite()


@cache
def starts() -> dict[str, State]:
    """Return the state of every setup by its id."""
    return {source.id: replayed(source) for source in SETUPS}
