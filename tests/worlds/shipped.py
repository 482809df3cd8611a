"""The vectors that ship, read once for all tests of a process."""

from functools import cache

from ibperp_conformance.runner.vectors import Suite, load_suite


@cache
def shipped_suite() -> Suite:
    """Return the suite of the specification; no test changes it."""
    return load_suite()
