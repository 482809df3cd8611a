"""Every case of the file of vectors governance.json, in its order."""

from typing import Final

from ibperp_authoring.cases.builder import Case
from ibperp_authoring.cases.governance import (
    halts,
    parameters_and_ramps,
    price_level_matrix,
    price_levels,
    system_parameters,
)

CASES: Final[tuple[Case, ...]] = (
    *price_level_matrix.CASES,
    *system_parameters.CASES,
    *parameters_and_ramps.CASES,
    *price_levels.CASES,
    *halts.CASES,
)
