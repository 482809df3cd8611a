"""Write the generated pages of the site: `python -m ibperp_authoring.site`."""

import gc
import sys

from ibperp_authoring.site.build import main

GARBAGE = 100_000
"""So many new objects let Python look for garbage, instead of 700: what is made here stays."""

gc.set_threshold(GARBAGE, 20, 20)
sys.exit(main(sys.argv[1:]))
