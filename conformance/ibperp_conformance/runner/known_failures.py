"""The list of vectors that are expected to fail: read strictly, and written from a run (CF-9)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ibperp_conformance.files import WrongUseError, read_whole, write_atomically
from ibperp_conformance.json_text import on_one_line, visible

if TYPE_CHECKING:
    from ibperp_conformance.runner.campaign import Campaign
    from ibperp_conformance.runner.vectors import Suite


BYTES_MAX: Final = 10_000_000
REASON_MAX: Final = 2000
"""How much of a reason is kept: what people write, and a terminal shows at once."""


def read_known_failures(path: Path, suite: Suite) -> dict[str, str]:
    """Return the reasons by vector id from lines `ID reason`; `#` starts a comment line.

    Raises `WrongUseError` with file and line.
    """
    try:
        text = read_whole(path, "known failures", BYTES_MAX).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongUseError(f"cannot read the known failures {path}: not UTF-8") from None
    known: dict[str, str] = {}
    for number, line in enumerate(text.split("\n"), 1):
        name, _, reason = line.strip().partition(" ")
        if not name or name.startswith("#"):
            continue
        if not reason.strip():
            raise WrongUseError(f"{path}, line {number}: a reason is needed after {name}")
        if name not in suite.vectors:
            raise WrongUseError(f"{path}, line {number}: there is no vector {name!r}; remove it")
        if name in known:
            raise WrongUseError(f"{path}, line {number}: {name} is listed twice")
        known[name] = on_one_line(reason.strip(), REASON_MAX)
    return known


def write_known_failures(path: Path, campaign: Campaign) -> None:
    """Write a line for each vector that failed; one that was listed keeps its reason.

    A vector that was not run keeps its line too, so that a run that ended early loses none.
    """
    write_atomically(path, _lines(campaign), "known failures")


def _lines(campaign: Campaign) -> Iterator[str]:
    from ibperp_conformance.runner.campaign import Outcome

    yield "# Vectors that are expected to fail: id, space, reason. Put your own reasons.\n"
    for result in campaign.results:
        is_run = result.outcome is not Outcome.SKIPPED
        if result.outcome is Outcome.PASSED or (not is_run and result.known is None):
            continue
        reason = result.known or f"{result.outcome.value}: {result.message}"
        yield f"{result.vector.id} {visible(' '.join(reason.split()), 200)}\n"
