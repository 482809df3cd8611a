"""Where the command `ibperp` begins: a signal ends it quietly before there is anything to tell.

It loads nothing that takes time, so that there is hardly a moment without that.
"""

import os
import signal

EXIT_INTERRUPTED = 130


def main() -> None:
    """Run the command line; until all of it is loaded, a signal ends the process with 130."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, leave)
    from ibperp_conformance.cli import main as run

    run()


def leave(*_: object) -> None:
    """End the process at once; nothing has begun."""
    os.write(2, b"ibperp: interrupted\n")
    os._exit(EXIT_INTERRUPTED)
