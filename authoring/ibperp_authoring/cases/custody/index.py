"""Every case of the brick, in the order of its file of vectors."""

from typing import Final

from ibperp_authoring.cases.builder import Case
from ibperp_authoring.cases.custody import accounts, deposits, moves, rebalances

CASES: Final[tuple[Case, ...]] = (
    *accounts.CASES,
    *deposits.CASES,
    *moves.CASES,
    *rebalances.CASES,
)
