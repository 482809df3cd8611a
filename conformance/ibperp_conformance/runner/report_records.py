"""What the JSON report of a run holds, as records, and their JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ibperp_conformance.runner.campaign import Outcome


@dataclass(frozen=True, slots=True)
class LeafRecord:
    """A leaf, or an empty object or array, as JSON text on both sides; null where it is absent."""

    path: str
    expected: str | None
    received: str | None
    differs: bool


@dataclass(frozen=True, slots=True)
class DivergenceRecord:
    """Where an answer differs: `step` counts from 1, null for the setup and the observation."""

    where: str
    step: int | None
    action: Mapping[str, Any] | None
    leaves: list[LeafRecord]


@dataclass(frozen=True, slots=True)
class ResultRecord:
    """What became of a vector; `ok`: it passed, or failed as the list of known failures says."""

    id: str
    clauses: list[str]
    title: str
    kind: str
    why: str
    outcome: Outcome
    ok: bool
    known_failure: str | None
    at: str | None
    message: str | None
    stderr: str | None
    seconds: float
    rerun: str | None
    divergence: DivergenceRecord | None


@dataclass(frozen=True, slots=True)
class SuiteRecord:
    """The vectors of a run, by version and digest (a SHA-256 in hex), and when it was."""

    version: str
    protocol: str
    vectors: str
    digest: str | None
    date: str


@dataclass(frozen=True, slots=True)
class EngineRecord:
    """What the engine said of itself in `hello`."""

    name: str
    version: str
    capabilities: list[str]


@dataclass(frozen=True, slots=True)
class ExercisedRecord:
    """What the vectors that passed show: clauses, rejection codes and types of events."""

    clauses: list[str]
    codes: list[str]
    events: list[str]


@dataclass(frozen=True, slots=True)
class ReportRecord:
    """A run of `ibperp conform`; `command` is null for the reference."""

    format: Literal["1"]
    complete: bool
    stopped: str | None
    exit_code: int
    suite: SuiteRecord
    command: list[str] | None
    tier: str
    engine: EngineRecord | None
    seconds: float
    counts: dict[Outcome, int]
    exercised: ExercisedRecord
    not_compared: list[str]
    results: list[ResultRecord]


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema of a report; no member may be missing, and none be added."""
    from pydantic import TypeAdapter

    schema = TypeAdapter(ReportRecord).json_schema()
    for each in (schema, *schema["$defs"].values()):
        if "properties" in each:
            each["additionalProperties"] = False
    return schema
