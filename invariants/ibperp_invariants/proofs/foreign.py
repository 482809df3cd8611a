"""Prove a kernel of your own: `python -m ibperp_invariants.proofs.foreign KERNEL MODULE:FUNCTION`.

The function stands in for the kernel of the reference in every theorem that reaches it. Exit codes:
0 every theorem is confirmed, 1 one is not, 2 wrong use.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ibperp_invariants.fingerprint import reached
from ibperp_invariants.proofs.checker import ALL_MODULES, all_theorems, planted
from ibperp_invariants.proofs.executor.prove import CONFIRMED, explore
from ibperp_invariants.proofs.executor.solvers import SOLVERS, Z3
from ibperp_invariants.proofs.faults.fault import Fault

ALL_CONFIRMED, NOT_CONFIRMED, WRONG_USE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; print a line for each theorem that reaches the kernel."""
    options = _parser().parse_args(arguments)
    module, _, kernel = options.kernel.rpartition(".")
    try:
        function = _function(options.function)
        getattr(importlib.import_module(module), kernel)
    except (ImportError, AttributeError, ValueError) as error:
        print(f"foreign: {error}", file=sys.stderr)
        return WRONG_USE
    listed = theorems_about(options.kernel)
    if not listed:
        print(f"foreign: no theorem reaches {options.kernel}", file=sys.stderr)
        return WRONG_USE
    verdicts = []
    with planted(Fault(module, kernel, "of another owner", function)):
        for home, theorem in listed:
            found = explore(importlib.import_module(home), theorem, options.solver)
            verdicts.append(found.verdict)
            print(f"{found.verdict:12} {theorem} {found.detail}".rstrip(), flush=True)
    confirmed = verdicts.count(CONFIRMED)
    print(f"{confirmed} of {len(verdicts)} theorems confirmed")
    return ALL_CONFIRMED if confirmed == len(verdicts) else NOT_CONFIRMED


def theorems_about(kernel: str) -> list[tuple[str, str]]:
    """Return the module and name of every theorem whose code reaches a function."""
    return [
        (module, theorem)
        for module, theorem in all_theorems(ALL_MODULES)
        if kernel in reached(getattr(importlib.import_module(module), theorem))
    ]


def _function(named: str) -> Callable[..., Any]:
    module, _, name = named.partition(":")
    if not name:
        raise ValueError(f"{named} is not MODULE:FUNCTION")
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ibperp_invariants.proofs.foreign",
        description="Run the theorems about a kernel with a function of your own in its place.",
        epilog="exit codes: 0 all confirmed, 1 not all, 2 wrong use",
    )
    parser.add_argument("kernel", help="the kernel it stands in for, as ibperp.pool.lend_claim")
    parser.add_argument("function", help="your function, as MODULE:FUNCTION")
    parser.add_argument("--solver", choices=tuple(SOLVERS), default=Z3.name)
    return parser


if __name__ == "__main__":
    sys.exit(main())
