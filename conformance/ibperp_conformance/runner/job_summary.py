"""Writes what a job shows of a run: `python -m ibperp_conformance.runner.job_summary FOLDER`.

FOLDER holds `report.json` of `ibperp conform`; beside it comes `badge.json` for shields.io.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ibperp_conformance.files import WrongUseError, write_atomically
from ibperp_conformance.json_text import visible

SHOWN: Final = 20
"""How many failures a summary names."""


def badge(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return the badge: how many vectors passed, green if the engine conforms."""
    passed, total = _passed(report)
    colour = "brightgreen" if report["exit_code"] == 0 else "orange" if passed else "red"
    message = f"{passed} of {total}" if report.get("engine") else "not run"
    return {"schemaVersion": 1, "label": "ibperp", "message": message, "color": colour}


def summary(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a summary in Markdown: verdict, clauses with failures, first failures."""
    passed, total = _passed(report)
    engine = report.get("engine") or {}
    name = _plain(f"{engine.get('name', 'the engine')} {engine.get('version', '')}".strip())
    verdict = "conforms" if report["exit_code"] == 0 else "does not conform"
    yield f"### {name} {verdict}: {passed} of {total} vectors passed"
    if report.get("stopped"):
        yield ""
        yield _plain(report["stopped"])
    bad = [each for each in report["results"] if not each["ok"]]
    if not bad:
        return
    yield from ("", "| clause | not as expected |", "|---|--:|")
    for clause, count in Counter(each["clauses"][0] for each in bad).items():
        yield f"| {clause} | {count} |"
    yield from ("", "| vector | outcome | what |", "|---|---|---|")
    for each in bad[:SHOWN]:
        yield f"| {each['id']} | {each['outcome']} | {_plain(each.get('message') or '')} |"
    if len(bad) > SHOWN:
        yield ""
        yield f"... and {len(bad) - SHOWN} more: see report.html"


def _passed(report: Mapping[str, Any]) -> tuple[int, int]:
    counts: Mapping[str, int] = report["counts"]
    return counts["passed"], sum(counts.values())


def _plain(text: str) -> str:
    """Return text of an engine so that a page shows it and does nothing with it."""
    shown = visible(" ".join(text.split()), 200)
    return "".join(f"&#{ord(sign)};" if sign in "&<>|`*_[]()#!\\" else sign for sign in shown)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write badge, summary and outputs; return 0, or 2 when a file is in the way."""
    parser = argparse.ArgumentParser(prog="job_summary", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--summary", type=Path, help="append the summary here")
    parser.add_argument("--output", type=Path, help="append passed, total and folder here")
    given = parser.parse_args(arguments)
    try:
        report = json.loads((given.folder / "report.json").read_text(encoding="utf-8"))
        text = json.dumps(badge(report))
        write_atomically(given.folder / "badge.json", [text, "\n"], "badge")
        passed, total = _passed(report)
        outputs = [f"passed={passed}", f"total={total}", f"folder={given.folder}"]
        for path, lines in ((given.summary, summary(report)), (given.output, outputs)):
            if path is not None:
                with path.open("a", encoding="utf-8") as file:
                    file.writelines(f"{line}\n" for line in lines)
    except (OSError, WrongUseError) as error:
        sys.stderr.write(f"job_summary: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
