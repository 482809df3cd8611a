"""Processes that tests start, seen from outside."""

import os
from pathlib import Path


def is_running(process: int) -> bool:
    """A process that ended but was not yet collected is gone for everyone who counts."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")
    return not status.exists() or ") Z " not in status.read_text(encoding="utf-8")
