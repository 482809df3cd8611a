"""Every case of the brick, in the order of its file of vectors."""

from typing import Final

from ibperp_authoring.cases.builder import Case
from ibperp_authoring.cases.portfolio import (
    attacks,
    health,
    orders,
    prices,
    requirements,
    reserved,
    subtle,
    values,
)

CASES: Final[tuple[Case, ...]] = (
    *attacks.CASES,
    *health.CASES,
    *orders.CASES,
    *prices.CASES,
    *requirements.CASES,
    *reserved.CASES,
    *subtle.CASES,
    *values.CASES,
)
