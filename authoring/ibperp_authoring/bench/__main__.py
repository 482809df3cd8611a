"""Measure the reference: `python -m ibperp_authoring.bench`."""

import sys

from ibperp_authoring.bench.table import main

sys.exit(main())
