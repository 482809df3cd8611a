"""Try every message of the protocol once, and say for each what to mend (CF)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ibperp_conformance.protocol.client import Engine, EngineFailureError, EngineNotStartedError
from ibperp_conformance.runner.smoke_checks import ATTEMPTS, UnexpectedError


@dataclass(frozen=True, slots=True)
class Check:
    """One thing tried: `problem` is empty when the engine did well, `remedy` says what to mend.

    `skipped_for`: the check that failed before, without which this one tells nothing.
    """

    name: str
    problem: str = ""
    remedy: str = ""
    stderr: str = ""
    could_not_run: bool = False
    skipped_for: str = ""


def smoke(command: Sequence[str], timeout: float = 10.0) -> Iterator[Check]:
    """Yield a check for every message, in order; nothing is tried that stands on a failure."""
    try:
        engine = Engine(command, timeout)
    except EngineNotStartedError as error:
        remedy = "give the path of an executable file, and its arguments, after --"
        yield Check("start", str(error), remedy, could_not_run=True)
        return
    with engine:
        yield Check("start")
        blamed: dict[str, str] = {}
        broken = ""
        for attempt in ATTEMPTS:
            if not engine.capabilities.issuperset(attempt.capabilities):
                continue
            cause = broken or next((blamed[name] for name in attempt.needs if name in blamed), "")
            if cause:
                blamed[attempt.name] = cause
                yield Check(attempt.name, skipped_for=cause)
                continue
            try:
                attempt.act(engine)
            except UnexpectedError as error:
                blamed[attempt.name] = attempt.name
                yield Check(attempt.name, str(error), attempt.remedy)
            except EngineFailureError as error:
                broken = attempt.name
                remedy, is_first = error.remedy or attempt.remedy, attempt.name == "hello"
                yield Check(attempt.name, str(error), remedy, error.stderr, could_not_run=is_first)
                if is_first:
                    return
            else:
                yield Check(attempt.name)
