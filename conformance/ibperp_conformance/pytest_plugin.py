"""A pytest plugin: `pytest --ibperp-engine COMMAND` makes a test of each vector.

The vectors are collected beside the tests of the project, under the name `ibperp`; so -k, -x,
--lf and -n choose and spread them as any other test. A vector whose capability the engine does not
claim is skipped, one that is known to fail is expected to.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ibperp_conformance.runner.campaign import Campaign, Result, Runner
    from ibperp_conformance.runner.vectors import Vector


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the plugin."""
    group = parser.getgroup("ibperp", "vectors of ibperp")
    group.addoption(
        "--ibperp-engine", metavar="COMMAND", help="hold this engine to the vectors, one test each"
    )
    group.addoption("--ibperp-tier", choices=("core", "full"), default="core")
    group.addoption("--ibperp-known-failures", metavar="FILE", type=Path, help="lines 'ID reason'")
    group.addoption(
        "--ibperp-timeout", metavar="SECONDS", type=float, default=10.0, help="for each reply line"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Append a test for each vector, before anything selects among the tests."""
    if config.getoption("--ibperp-engine"):
        vectors = Vectors.from_parent(session, name="ibperp", nodeid="ibperp")
        items += vectors.collect()


class Vectors(pytest.Collector):
    """All vectors of a tier, and the one engine that answers them."""

    def __init__(self, **arguments: Any) -> None:
        """Read the vectors; raise `pytest.UsageError` for options that cannot be followed."""
        from ibperp_conformance.files import WrongUseError
        from ibperp_conformance.runner.campaign import (
            Campaign,
            Runner,
        )
        from ibperp_conformance.runner.known_failures import read_known_failures
        from ibperp_conformance.runner.selection import select
        from ibperp_conformance.runner.vectors import load_suite

        super().__init__(**arguments)
        option = self.config.getoption
        command, tier = tuple(shlex.split(option("--ibperp-engine"))), option("--ibperp-tier")
        listed = option("--ibperp-known-failures")
        try:
            suite = load_suite()
            self._known = read_known_failures(listed, suite) if listed else {}
        except WrongUseError as error:
            raise pytest.UsageError(str(error)) from None
        self._vectors = select(suite, tier, [])
        self.campaign: Campaign = Campaign(command, tier, len(self._vectors))
        self.runner: Runner = Runner(suite, self.campaign, option("--ibperp-timeout"))
        self.config.add_cleanup(self.runner.close)

    def collect(self) -> list[VectorTest]:
        """Return a test for each vector."""
        return list(self._tests())

    def _tests(self) -> Iterator[VectorTest]:
        for vector in self._vectors:
            test: VectorTest = VectorTest.from_parent(self, name=vector.id)
            test.vector, test.known = vector, self._known.get(vector.id)
            yield test


class VectorTest(pytest.Item):
    """One vector: it passes when the engine answers as the specification says."""

    vector: Vector
    known: str | None
    parent: Vectors

    def runtest(self) -> None:
        """Run the vector; skip it without its capability, expect what is known to fail."""
        from ibperp_conformance.runner.campaign import Outcome

        result = self.parent.runner.run(self.vector, self.known)
        if result.outcome is Outcome.UNSUPPORTED and self.known is None:
            pytest.skip(result.message)
        if self.known is not None and result.is_good:
            pytest.xfail(self.known)
        if not result.is_good:
            raise VectorFailedError(result, self.parent.campaign.rerun(self.vector))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return what differs, without a traceback of the runner."""
        from ibperp_conformance.protocol.client import EngineFailureError

        if isinstance(excinfo.value, VectorFailedError):
            return str(excinfo.value)
        if isinstance(excinfo.value, EngineFailureError):
            return f"The engine could not be run: {excinfo.value.explained}\n{excinfo.value.stderr}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[str, None, str]:
        """Return where the vector stands in reports."""
        return "ibperp", None, f"{self.vector.id}: {self.vector.title}"


class VectorFailedError(Exception):
    """The engine answered otherwise than a vector expects."""

    def __init__(self, result: Result, rerun: str) -> None:
        """Tell clause, step and leaves of a result, and how to run its vector alone."""
        from ibperp_conformance.runner.summary import explanation

        vector = result.vector
        lines = [
            f"{vector.id} [{', '.join(vector.clauses)}] {vector.title}",
            f"{result.outcome.value}: {explanation(result)}",
        ]
        lines += [
            f"  {row.path}: expected {row.expected}, received {row.received}"
            for row in (result.divergence.rows if result.divergence else ())
            if row.differs
        ]
        if result.stderr:
            lines.append(f"standard error of the engine:\n{result.stderr}")
        super().__init__("\n".join([*lines, f"run only this vector: {rerun}"]))
