"""Every case of the brick, in the order of its file of vectors."""

from typing import Final

from ibperp_authoring.cases.builder import Case
from ibperp_authoring.cases.settlement import (
    atoms,
    attacks,
    credit,
    culling,
    fund,
    interest,
    modes,
    payers,
    receivers,
    sharing,
    times,
    virtual,
)

CASES: Final[tuple[Case, ...]] = (
    *atoms.CASES,
    *attacks.CASES,
    *credit.CASES,
    *culling.CASES,
    *fund.CASES,
    *interest.CASES,
    *modes.CASES,
    *payers.CASES,
    *receivers.CASES,
    *sharing.CASES,
    *times.CASES,
    *virtual.CASES,
)
