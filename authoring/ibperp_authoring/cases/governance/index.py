"""Every case of the brick, in the order of its file of vectors."""

from typing import Final

from ibperp_authoring.cases.builder import Case
from ibperp_authoring.cases.governance import levels, rules

CASES: Final[tuple[Case, ...]] = (
    *levels.CASES,
    *rules.CASES,
)
