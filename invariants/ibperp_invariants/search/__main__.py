"""The command `python -m ibperp_invariants.search`."""

from ibperp_invariants.search.search import main

main()
