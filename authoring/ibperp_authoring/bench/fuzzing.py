"""Measure `ibperp fuzz`: steps a second with and without an engine, and what shrinking comes to."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ibperp_authoring.hunt import faults, hunted
from ibperp_conformance.runner.campaign import embedded_command

if TYPE_CHECKING:
    from collections.abc import Sequence

RUNS: Final = 192
JOBS: Final = (1, 2)
JAVASCRIPT: Final = Path(__file__).parents[3] / "engines" / "javascript" / "engine.mjs"
ZOO_RUNS: Final = 4
ZOO_EVERY: Final = 10
"""One fault of the zoo in so many is hunted."""


def engines() -> dict[str, tuple[str, ...]]:
    """Return the commands of the engines that are fuzzed; empty for the reference alone."""
    found: dict[str, tuple[str, ...]] = {"reference": (), "embedded": embedded_command()}
    node = shutil.which("node")
    if node:
        found["javascript"] = (node, str(JAVASCRIPT))
    return found


def rates() -> dict[str, dict[str, float]]:
    """Return the steps a second of a campaign, by engine and number of jobs."""
    return {
        name: {str(jobs): rate(command, jobs) for jobs in JOBS}
        for name, command in engines().items()
    }


def rate(command: Sequence[str], jobs: int) -> float:
    """Return the steps a second of one campaign, with the start of its processes."""
    with tempfile.TemporaryDirectory() as folder:
        options = ("--runs", str(RUNS), "--budget", "1h", "--jobs", str(jobs), "--out", folder)
        started = (sys.executable, "-m", "ibperp_conformance.cli", "fuzz", *options)
        asked = (*started, "--", *command) if command else started
        subprocess.run(asked, check=True, capture_output=True)
        told: dict[str, float] = json.loads(
            (Path(folder) / "campaign.json").read_text(encoding="utf-8")
        )
    return round(told["steps"] / told["seconds"], 1)


def shrinking() -> dict[str, float]:
    """Return how long shrinking takes and what it leaves, over a part of the zoo."""
    names = sorted(faults())[::ZOO_EVERY]
    found = [what for _, what in hunted(names, range(ZOO_RUNS))]
    if not found:
        return {"found": 0}
    figures: dict[str, float] = {"asked": len(names), "found": len(found)}
    for column in ("seconds", "actions", "own"):
        values = [what[column] for what in found]
        figures[f"{column}_median"] = statistics.median(values)
        figures[f"{column}_worst"] = max(values)
    return figures
