"""A process of its own for each theorem: the death of the solver is a verdict, not a crash.

Each is a copy of one that has loaded the checker and proved nothing.
"""

import multiprocessing
from multiprocessing.connection import Connection
from typing import Final

from ibperp_invariants.proofs.checker import THEOREM_MODULES, Finding, check, no_verdict

PROCESS_SECONDS: Final = 600
"""What a theorem, its witness twin and its planted fault may take together."""

PRELOADED: Final = ["crosshair.core_and_libs", *THEOREM_MODULES]


def check_apart(module: str, theorem: str) -> Finding:
    """Check one theorem in a fresh process; its death or silence is a verdict too."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_report, args=(sender, module, theorem), daemon=True)
    process.start()
    sender.close()
    try:
        if receiver.poll(PROCESS_SECONDS):
            finding: Finding = receiver.recv()
            return finding
        return no_verdict(module, theorem, "TIMED_OUT", f"no answer in {PROCESS_SECONDS} s")
    except EOFError:
        return no_verdict(module, theorem, "CRASHED", "the process ended without an answer")
    finally:
        process.kill()
        process.join()
        receiver.close()


def _report(sender: Connection, module: str, theorem: str) -> None:
    sender.send(check(module, theorem))
