"""Every case of the file of vectors custody.json, in its order."""

from typing import Final

from ibperp_authoring.cases.builder import Case
from ibperp_authoring.cases.custody import (
    accounts,
    deposits,
    listing,
    prices,
    rebalances,
    transfers,
    withdrawals,
)

CASES: Final[tuple[Case, ...]] = (
    *listing.CASES,
    *accounts.CASES,
    *transfers.CASES,
    *prices.CASES,
    *deposits.CASES,
    *withdrawals.CASES,
    *rebalances.CASES,
)
