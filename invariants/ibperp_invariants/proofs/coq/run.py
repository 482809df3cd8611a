"""Translate the kernels, and let Coq check every theorem over them: no axiom, nothing admitted."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ibperp_invariants.proofs.coq.translate import Translation

FOLDER: Final = Path(__file__).parent
FILES: Final = (
    *("Sums", "Records", "Holders", "Opposite", "Ledger"),
    *("Pools", "Fund", "Carry", "Flows", "Rank"),
)
"""The files of theorems, each after what it builds on."""

CLOSED: Final = "Closed under the global context"
STATEMENT: Final = re.compile(r"^Theorem (\w+)", re.MULTILINE)
FORBIDDEN: Final = re.compile(r"\b(?:Admitted|admit|Axiom|Parameter|Hypothesis|Conjecture)\b")
SECONDS_MAX: Final = 1800
"""A guard against a hanging process; no verdict depends on it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What Coq says: its version, the theorems it accepts by file, and what is wrong."""

    version: str
    theorems: dict[str, tuple[str, ...]]
    problems: tuple[str, ...]


def coqc() -> str | None:
    """Return where the Coq compiler is, or None."""
    return shutil.which("coqc")


def version() -> str:
    """Return the version of the Coq compiler."""
    said = _run("--print-version").stdout.split()
    return said[0] if said else "unknown"


def theorems() -> dict[str, tuple[str, ...]]:
    """Return the names of the theorems by file, as the files state them."""
    return {name: tuple(STATEMENT.findall(_source(name))) for name in FILES}


def sources() -> dict[str, str]:
    """Return the text of the files of theorems, by name."""
    return {name: _source(name) for name in FILES}


def check(folder: Path, *, kernels: str = "", files: tuple[str, ...] = FILES) -> Checked:
    """Check files of theorems in a scratch folder, over the kernels as translated now.

    `kernels`: other definitions, with which theorems may fail.
    """
    text = kernels or Translation().text()
    (folder / "Kernels.v").write_text(text, encoding="utf-8")
    problems = [f"{name}.v: {word}" for name in files for word in FORBIDDEN.findall(_source(name))]
    accepted: dict[str, tuple[str, ...]] = {}
    for name in ("Kernels", *files):
        if name != "Kernels":
            (folder / f"{name}.v").write_text(_source(name), encoding="utf-8")
        done = _run("-q", "-Q", ".", "Ibperp", f"{name}.v", folder=folder)
        if done.returncode:
            problems.append(f"{name}.v: {' '.join(done.stderr.split())[:400]}")
            return Checked(version(), accepted, tuple(problems))
        if name != "Kernels":
            accepted[name] = tuple(STATEMENT.findall(_source(name)))
    problems += _assumptions(folder, accepted)
    return Checked(version(), accepted, tuple(problems))


def _assumptions(folder: Path, accepted: dict[str, tuple[str, ...]]) -> list[str]:
    """Return the files with theorems that rest on an axiom.

    Coq looks through each proof, and all that it uses, for every question: one about all theorems
    together takes a sixth of the time of many. Each file is looked at where it finds an axiom.
    """
    if _rests_on(folder, accepted) is None:
        return []
    problems = []
    for file, names in accepted.items():
        if said := _rests_on(folder, {file: names}):
            problems.append(f"{file}.v: rests on an axiom: {said}")
    return problems


def _rests_on(folder: Path, accepted: dict[str, tuple[str, ...]]) -> str | None:
    """Return what Coq says of the axioms that theorems rest on; None if they rest on no axiom."""
    lines = [f"From Ibperp Require {file}." for file in accepted]
    names = ", ".join(f"@{file}.{name}" for file, own in accepted.items() for name in own)
    lines += [f"Definition all := ({names}).", "Print Assumptions all."]
    (folder / "Assumptions.v").write_text("\n".join(lines) + "\n", encoding="utf-8")
    said = _run("-q", "-Q", ".", "Ibperp", "Assumptions.v", folder=folder)
    words = " ".join((said.stdout + said.stderr).split())
    return None if (said.returncode, words) == (0, CLOSED) else words[:400]


def _source(name: str) -> str:
    return (FOLDER / f"{name}.v").read_text(encoding="utf-8")


def _run(*arguments: str, folder: Path = FOLDER) -> subprocess.CompletedProcess[str]:
    command = [coqc() or "coqc", *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=SECONDS_MAX
    )
