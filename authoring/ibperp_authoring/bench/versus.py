"""Compare with another version: `python -m ibperp_authoring.bench.versus REV [--json FILE]`.

A work tree of the revision is made for the time of the run; each row is measured in turn on either
side, in a process of its own, by CPU time, and the least of the rounds counts. What became slower
by more than a fifth is named. Exit codes: 0 measured, 2 wrong use; being slower is no failure.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ibperp_authoring.bench.rows import ROWS

ROOT: Final = Path(__file__).parents[3]
SOURCES: Final = ("reference", "invariants", "conformance", "authoring")
ROUNDS: Final = 3
SLOWER: Final = 1.2
MEASURED, WRONG_USE = 0, 2

Times = dict[str, dict[str, float]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; print a table, and write it as JSON if a file is named."""
    options = _parser().parse_args(arguments)
    unknown = sorted(set(options.row) - ROWS.keys())
    if unknown:
        print(f"versus: no row {unknown[0]}; the rows are {', '.join(ROWS)}", file=sys.stderr)
        return WRONG_USE
    with tempfile.TemporaryDirectory() as folder:
        other = Path(folder) / "other"
        made = _git("worktree", "add", "--quiet", "--detach", str(other), options.revision)
        if made.returncode:
            print(f"versus: {made.stderr.strip()}", file=sys.stderr)
            return WRONG_USE
        try:
            times = measured(options.row or list(ROWS), other, ROOT, options.rounds)
        finally:
            _git("worktree", "remove", "--force", str(other))
    print("\n".join(table(times)))
    if options.json:
        found = {"date": datetime.now(UTC).date().isoformat(), "before": options.revision}
        about = {"python": platform.python_version(), "cores": os.cpu_count(), "rows": times}
        options.json.write_text(json.dumps(found | about, indent=2) + "\n", encoding="utf-8")
    return MEASURED


def measured(rows: Sequence[str], before: Path, after: Path, rounds: int) -> Times:
    """Return the least CPU seconds of each row before and after, and their ratio."""
    found: Times = {}
    for row in rows:
        times: dict[str, list[float]] = {"before": [], "after": []}
        for _ in range(rounds):
            for side, tree in (("before", before), ("after", after)):
                times[side].append(seconds(row, tree))
        least = {side: min(each) for side, each in times.items()}
        ratio = least["after"] / least["before"]
        found[row] = {side: round(each, 4) for side, each in least.items()} | {
            "ratio": round(ratio, 3)
        }
    return found


def seconds(row: str, tree: Path) -> float:
    """Return what one row takes with the sources of a tree; not a number if they cannot do it."""
    path = os.pathsep.join(str(tree / source) for source in SOURCES)
    command = (sys.executable, "-P", str(Path(__file__).with_name("rows.py")), row)
    run = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        cwd=tree,
        env=os.environ | {"PYTHONPATH": path},
    )
    return float(run.stdout) if run.returncode == 0 else float("nan")


def table(times: Times) -> list[str]:
    """Return the lines of a table, slower rows marked, with their count at the end."""
    lines = [f"{'row':<22}{'before, s':>12}{'after, s':>12}{'ratio':>8}"]
    slower = 0
    for row, each in times.items():
        is_slower = each["ratio"] > SLOWER
        slower += is_slower
        mark = "  slower" if is_slower else ""
        lines.append(
            f"{row:<22}{each['before']:>12.4f}{each['after']:>12.4f}{each['ratio']:>8.2f}{mark}"
        )
    return [*lines, f"{slower} of {len(times)} rows are slower by more than {SLOWER - 1:.0%}"]


def _git(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ("git", "-C", str(ROOT), *arguments)
    return subprocess.run(command, check=False, capture_output=True, text=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ibperp_authoring.bench.versus",
        description="Measure this version and another one side by side.",
        epilog="exit codes: 0 measured, 2 wrong use",
    )
    parser.add_argument("revision", help="the git revision to compare with")
    parser.add_argument("--row", action="append", default=[], help="this row alone")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each is measured")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here")
    return parser


if __name__ == "__main__":
    sys.exit(main())
