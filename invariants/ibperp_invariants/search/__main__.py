"""The command `python -m ibperp_invariants.search`."""

import signal
import sys

from ibperp_invariants.search.search import main

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
