"""How an engine under test hangs: for as long as it lives, and it says so first."""

import os
import signal
from pathlib import Path
from typing import NoReturn


def hang() -> NoReturn:
    """Leave a file named after this process in the folder that HANGS names, then wait."""
    if folder := os.environ.get("HANGS"):
        Path(folder, str(os.getpid())).touch()
    while True:
        signal.pause()
