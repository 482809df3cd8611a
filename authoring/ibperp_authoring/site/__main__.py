"""Write the generated pages of the site: `python -m ibperp_authoring.site`."""

import sys

from ibperp_authoring.site.build import main

sys.exit(main(sys.argv[1:]))
