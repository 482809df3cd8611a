"""A process of its own for each theorem: the death of the solver is a verdict, not a crash.

Each is a copy of one that has loaded all that a check needs and has proved nothing.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Final, TypeVar

from ibperp_invariants.proofs.checker import ALL_MODULES

WORKERS: Final = 2

ENVIRONMENT: Final = {"PYTHONHASHSEED": "0", "CROSSHAIR_SMT_RLIMIT": "10000000"}
"""A fixed hash seed, and a solver limit in work and not in seconds, make verdicts repeatable."""

PRELOADED: Final = [
    "crosshair.core_and_libs",
    "ibperp_invariants.proofs.coq.faults",
    "ibperp_invariants.proofs.whole",
    *ALL_MODULES,
]
"""What the first process loads, so that none of its copies has to."""

Result = TypeVar("Result")


class NoAnswerError(Exception):
    """A process ended, or was silent for too long; the arguments are a verdict and the reason."""


def apart(seconds: int, work: Callable[..., Result], *arguments: Any) -> Result:
    """Return what a function returns in a fresh process; raise NoAnswerError if it does not."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_report, args=(sender, work, arguments), daemon=True)
    process.start()
    sender.close()
    try:
        if receiver.poll(seconds):
            result: Result = receiver.recv()
            return result
        raise NoAnswerError("TIMED_OUT", f"no answer in {seconds} s")
    except EOFError:
        raise NoAnswerError("CRASHED", "the process ended without an answer") from None
    finally:
        process.kill()
        process.join()
        receiver.close()


def _report(sender: Connection, work: Callable[..., object], arguments: tuple[Any, ...]) -> None:
    threading.Thread(target=_end_unheard, daemon=True).start()
    sender.send(work(*arguments))


def _end_unheard() -> None:
    """End this process when the one that asked is gone: a solver would go on for nobody."""
    asking = multiprocessing.parent_process()
    assert asking is not None
    asking.join()
    os._exit(1)
