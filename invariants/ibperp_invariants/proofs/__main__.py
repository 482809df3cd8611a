"""Prove every theorem and compare with the ledger: `python -m ibperp_invariants.proofs`.

Exit codes: 0 every verdict is as the ledger says, 1 one is worse, 2 wrong use.
"""

import argparse
import importlib
import inspect
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Final

from ibperp_invariants.proofs import LEDGER, read_ledger
from ibperp_invariants.proofs.checker import (
    ALL_MODULES,
    Finding,
    all_theorems,
    check,
    defects,
    no_verdict,
)
from ibperp_invariants.proofs.ledger import document, regressions, unsound, write
from ibperp_invariants.proofs.opinions import read_opinions
from ibperp_invariants.proofs.strength import columns, read_strength
from ibperp_invariants.proofs.whole import problems, save_findings, second_opinions, unconfirmed
from ibperp_invariants.proofs.workers import ENVIRONMENT, WORKERS, NoAnswerError, apart

PROCESS_SECONDS: Final = 300
"""What a theorem, its witness twin and its planted fault may take together."""

NO_VERDICT: Final = frozenset({"CANNOT_CONFIRM", "CRASHED", "TIMED_OUT"})
"""What says nothing of a theorem: the same question may have an answer in another process."""

PASSED, WORSE, WRONG_USE = 0, 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Run the command; print what is worse, and return the exit code."""
    options = _parser().parse_args(arguments)
    if options.columns:
        return _columns()
    unfit = [
        f"{name.rpartition('.')[2]}.{line}"
        for name in ALL_MODULES
        for line in defects(inspect.getsource(importlib.import_module(name)))
    ]
    if unfit:
        return _fail("theorems that would prove nothing", unfit)
    started = time.monotonic()
    with ThreadPoolExecutor(1) as beside:
        rest = beside.submit(problems, updates=options.update and options.ledger == LEDGER)
        found = _prove()
    wrong, told = rest.result()
    try:
        if options.json is not None:
            write(options.json, document(found, run=True))
        if options.update:
            return _update(options.ledger, found, wrong, told)
        expected = read_ledger(options.ledger)[1] if options.ledger.exists() else {}
    except (OSError, ValueError) as error:
        print(f"proofs: {error}", file=sys.stderr)
        return WRONG_USE
    worse = [*regressions(expected, found), *wrong, *unconfirmed()]
    if worse:
        return _fail("worse than the ledger", worse)
    told += [*second_opinions(read_opinions()), "make prove-full asks for the rest"]
    seconds = time.monotonic() - started
    print(f"{len(found)} theorems proved for all integers, {len(found)} planted faults found")
    print(*told, f"{seconds:.0f} s; as the ledger says", sep="\n")
    return PASSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ibperp_invariants.proofs",
        description="Prove the theorems over the kernels for all integers.",
        epilog="exit codes: 0 as the ledger says, 1 worse, 2 wrong use",
    )
    parser.add_argument("--update", action="store_true", help="write the ledger from this run")
    parser.add_argument(
        "--columns", action="store_true", help="print how strong each theorem is, and prove nothing"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the run as JSON")
    parser.add_argument(
        "--ledger", type=Path, default=LEDGER, metavar="FILE", help="another ledger"
    )
    return parser


def _columns() -> int:
    """Print a row for each theorem, of what make prove-full measured."""
    try:
        shown = columns(read_strength())
    except (OSError, ValueError) as error:
        print(f"proofs: {error}", file=sys.stderr)
        return WRONG_USE
    print("theorem | premises not needed | fixes | mutants refuted")
    print(*(" | ".join((name, *own)) for name, own in shown.items()), sep="\n")
    return PASSED


def _update(path: Path, found: dict[str, Finding], wrong: list[str], told: list[str]) -> int:
    bad = [*(line for finding in found.values() for line in unsound(finding)), *wrong]
    if bad:
        return _fail("the ledger was not written", bad)
    write(path, document(found))
    if path == LEDGER:
        save_findings(found)
    print(*told, f"{len(found)} theorems written to {path.name}", sep="\n")
    return PASSED


def _fail(title: str, lines: list[str]) -> int:
    print(f"{title}:", *lines, sep="\n  ", file=sys.stderr)
    return WORSE


def _prove() -> dict[str, Finding]:
    """Return the findings in the order of the text; workers inherit the fixed environment."""
    os.environ.update(ENVIRONMENT)
    todo = all_theorems()
    found = {}
    for finding in _findings(todo):
        found[finding.theorem] = finding
        _show(finding, len(found), len(todo))
    return {theorem: found[theorem] for _, theorem in todo}


def _findings(todo: list[tuple[str, str]]) -> Iterator[Finding]:
    """Check each theorem in a process of its own: what ran before must not sway the solver."""
    with ThreadPoolExecutor(WORKERS) as executor:
        futures = [executor.submit(_check, module, theorem) for module, theorem in todo]
        for future in as_completed(futures):
            yield future.result()


def _check(module: str, theorem: str) -> Finding:
    """Check a theorem; once more in a fresh process if the solver lost its way in the first."""
    found = _checked_once(module, theorem)
    return _checked_once(module, theorem) if found.verdict in NO_VERDICT else found


def _checked_once(module: str, theorem: str) -> Finding:
    try:
        return apart(PROCESS_SECONDS, check, module, theorem)
    except NoAnswerError as error:
        return no_verdict(module, theorem, *error.args)


def _show(finding: Finding, done: int, total: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if done == total else ""
        name = finding.theorem[:60]
        print(f"\r\033[K{done}/{total} {name}", end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
