"""Every case of the brick, in the order of its file of vectors."""

from typing import Final

from ibperp_authoring.cases.builder import Case
from ibperp_authoring.cases.money_market import (
    attacks,
    borrowing,
    lending,
    limits,
    parameters,
    rates,
    settings,
)

CASES: Final[tuple[Case, ...]] = (
    *attacks.CASES,
    *borrowing.CASES,
    *lending.CASES,
    *limits.CASES,
    *parameters.CASES,
    *rates.CASES,
    *settings.CASES,
)
