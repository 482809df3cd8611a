"""The mutants of the lines of the reference that differ from the main branch."""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ibperp_authoring.score.mutants import Mutant, mutants

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[3]
BASES: Final = ("origin/main", "main")
"""The branches whose merge base with this one changes are counted from; the first that there is."""

_FILE: Final = re.compile(r"^\+\+\+ b/(.*)$")
_HUNK: Final = re.compile(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@")


def changed_mutants() -> list[Mutant]:
    """Return the mutants of changed lines; none without git or a main branch."""
    changed = set(_lines(_diff()))
    return [each for each in mutants() if (_file(each), each.line) in changed]


def _file(mutant: Mutant) -> Path:
    return Path(importlib.import_module(mutant.module).__file__ or "")


def _diff() -> str:
    """Return what differs from the merge base, without context; nothing if there is none."""
    for name in BASES:
        base = _git("merge-base", "HEAD", name).strip()
        if base:
            return _git("diff", "--unified=0", base, "--", "reference")
    return ""


def _git(*arguments: str) -> str:
    git = shutil.which("git")
    if git is None:
        return ""
    done = subprocess.run((git, *arguments), cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if done.returncode else done.stdout


def _lines(diff: str) -> Iterator[tuple[Path, int]]:
    """Yield file and number of each line that a difference adds or changes."""
    file = ROOT
    for line in diff.splitlines():
        if named := _FILE.match(line):
            file = ROOT / named[1]
        elif hunk := _HUNK.match(line):
            first, count = int(hunk[1]), int(hunk[2] or 1)
            yield from ((file, number) for number in range(first, first + count))
