"""What a run stands on: which suite, what of it was exercised, and what was not compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ibperp_conformance.protocol.client import PROTOCOL
from ibperp_conformance.runner.campaign import Campaign, Outcome
from ibperp_conformance.runner.comparison import OWN_LEAVES
from ibperp_conformance.runner.selection import codes_of
from ibperp_conformance.runner.vectors import FORMAT

if TYPE_CHECKING:
    from ibperp_conformance.runner.report_records import SuiteRecord
    from ibperp_conformance.runner.vectors import Suite, Vector

_LEAVES: Final = {
    "portfolio": "the portfolio of each account in the observation",
    "settlement": "the time of the last settlement in the observation",
    "governance": "the halt, and its time, in the observation",
}


@dataclass(frozen=True, slots=True)
class Exercised:
    """Clauses, rejection codes and types of events that vectors show."""

    clauses: frozenset[str]
    codes: frozenset[str]
    events: frozenset[str]


def installed_version() -> str:
    """Return the version of the package that runs."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("ibperp")
    except PackageNotFoundError:
        return "(not installed)"


def digest(suite: Suite) -> str:
    """Return the SHA-256, in hex, of all setups and of the ids and hashes of all vectors."""
    hashed = hashlib.sha256()
    for setup in suite.setups.values():
        content = [setup.id, setup.system, setup.actions, setup.observation, setup.state]
        hashed.update(f"{json.dumps(content, sort_keys=True)}\n".encode())
    for vector in suite.vectors.values():
        hashed.update(f"{vector.id} {vector.hash}\n".encode())
    return hashed.hexdigest()


def shown_by(vectors: Iterable[Vector]) -> Exercised:
    """Return what vectors show: of each its clauses, and what its steps expect."""
    clauses: set[str] = set()
    codes: set[str] = set()
    events: set[str] = set()
    for vector in vectors:
        clauses.update(vector.clauses)
        codes.update(codes_of(vector))
        events.update(str(event["type"]) for step in vector.steps for event in step.expect.events)
    return Exercised(frozenset(clauses), frozenset(codes), frozenset(events))


def exercised(campaign: Campaign) -> Exercised:
    """Return what the vectors show that were sent to the engine and answered as expected."""
    shown = shown_by(r.vector for r in campaign.results if r.outcome is Outcome.PASSED)
    if "events" in _capabilities(campaign):
        return shown
    return Exercised(shown.clauses, shown.codes, frozenset())


def not_compared(campaign: Campaign) -> list[str]:
    """Return in words what this run says nothing about, most of it first."""
    return list(_unseen(campaign))


def _unseen(campaign: Campaign) -> Iterator[str]:
    suite, counts = campaign.suite, campaign.counts
    rest = len(suite.vectors) - campaign.total if suite else 0
    if rest:
        yield f"{rest} vectors of the suite that were not selected"
    for outcome in (Outcome.UNSUPPORTED, Outcome.SKIPPED):
        if counts[outcome]:
            yield f"{counts[outcome]} vectors that were {outcome.value}"
    if campaign.hello is not None:
        claimed = _capabilities(campaign)
        if "events" not in claimed:
            yield "events: the engine does not claim events"
        for name in OWN_LEAVES:
            if name not in claimed:
                yield f"{_LEAVES[name]}: the engine does not claim {name}"
    yield "events of the actions that lead to a setup"
    yield "the codes of a rejection after the first one (CF-7)"


def _capabilities(campaign: Campaign) -> Collection[str]:
    return campaign.hello.capabilities if campaign.hello else frozenset()


def provenance(campaign: Campaign) -> SuiteRecord:
    """Return the suite and the date of a run, so that another person can run the same again."""
    from ibperp_conformance.runner.report_records import SuiteRecord

    suite = campaign.suite
    return SuiteRecord(
        version=installed_version(),
        protocol=PROTOCOL,
        vectors=FORMAT,
        digest=digest(suite) if suite else None,
        date=campaign.date.isoformat(timespec="seconds"),
    )


def share(part: Collection[str], whole: Collection[str]) -> str:
    """Return how many of a whole there are, as people write it."""
    return f"{len(part)} of {len(whole)}"
