"""Processes that tests start, seen from outside."""

import os
import signal
from pathlib import Path


def squared(task: tuple[int, Path | None]) -> int:
    """Return a square; where a file is named and not there yet, write it and die."""
    number, file = task
    if file is not None and not file.exists():
        file.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def killed(_: object) -> None:
    """Die."""
    os.kill(os.getpid(), signal.SIGKILL)


def is_running(process: int) -> bool:
    """A process that ended but was not yet collected is gone for everyone who counts."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")
    return not status.exists() or ") Z " not in status.read_text(encoding="utf-8")
