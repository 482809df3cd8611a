"""The proof ledger: what the verdicts should be, and in what a run is worse."""

import datetime as dt
import json
import platform
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from ibperp_invariants.proofs import Proof
from ibperp_invariants.proofs.checker import Finding

PROVED_VERDICT: Final = "CONFIRMED"
RUN_ONLY: Final = frozenset({"seconds", "detail"})
"""What is reported of a run, but differs from run to run and so is not in the ledger."""

PATHS_FACTOR: Final = 2
PATHS_SLACK: Final = 10
"""A theorem that explores more than twice its paths and ten is on its way to no verdict."""


def regressions(expected: dict[str, Proof], found: dict[str, Finding]) -> list[str]:
    """Return every way in which a run is worse than the ledger, one line each; none is a pass."""
    missing = [f"{name}: in the ledger, but gone" for name in expected if name not in found]
    new = [
        f"{name}: not in the ledger; look at its verdict, then run with --update"
        for name in found
        if name not in expected
    ]
    return [
        *missing,
        *new,
        *(line for finding in found.values() for line in unsound(finding)),
        *(
            line
            for name, finding in found.items()
            if name in expected
            for line in _changed(expected[name], finding)
        ),
    ]


def unsound(finding: Finding) -> list[str]:
    """Return why a finding proves nothing: unconfirmed, vacuous, or blind to its planted fault."""
    name, lines = finding.theorem, []
    if finding.verdict != PROVED_VERDICT:
        lines.append(f"{name}: {finding.verdict}, not {PROVED_VERDICT}: {finding.detail}")
    if finding.paths == 0:
        return lines
    if not finding.witness:
        lines.append(f"{name}: vacuous, no input reaches its end")
    if not finding.defect:
        lines.append(f"{name}: no planted fault stands beside it")
    elif not finding.fault_found:
        lines.append(f"{name}: the planted fault was not found ({finding.defect})")
    return lines


def _changed(expected: Proof, finding: Finding) -> list[str]:
    lines = []
    if finding.paths > PATHS_FACTOR * expected.paths + PATHS_SLACK:
        lines.append(f"{finding.theorem}: {finding.paths} paths, {expected.paths} expected")
    stated = (expected.module, expected.clauses, expected.statement, expected.defect)
    if stated != (finding.module, finding.clauses, finding.statement, finding.defect):
        lines.append(f"{finding.theorem}: its text changed; look at it, then run with --update")
    return lines


def document(found: dict[str, Finding], *, run: bool = False) -> dict[str, Any]:
    """Return a ledger as JSON data; with `run`, seconds and messages of the run too."""
    left_out = frozenset({"theorem"}) if run else RUN_ONLY | {"theorem"}
    return {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "versions": {
            "python": platform.python_version(),
            "crosshair-tool": version("crosshair-tool"),
            "z3-solver": version("z3-solver"),
        },
        "theorems": {
            name: {key: value for key, value in asdict(finding).items() if key not in left_out}
            for name, finding in found.items()
        },
    }


def write(path: Path, content: dict[str, Any]) -> None:
    """Write JSON data, in the order given; raises OSError if the file cannot be written."""
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
