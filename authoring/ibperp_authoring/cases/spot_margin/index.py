"""Every case of the brick, in the order of its file of vectors."""

from typing import Final

from ibperp_authoring.cases.builder import Case
from ibperp_authoring.cases.spot_margin import (
    ages,
    amend,
    attacks,
    bands,
    book,
    cancel,
    dust,
    fees,
    firm,
    funding,
    kinds,
    makers,
    markets,
    matching,
    orders,
    pools,
    receipts,
    states,
    subtle,
)

CASES: Final[tuple[Case, ...]] = (
    *ages.CASES,
    *amend.CASES,
    *attacks.CASES,
    *bands.CASES,
    *book.CASES,
    *cancel.CASES,
    *dust.CASES,
    *fees.CASES,
    *firm.CASES,
    *funding.CASES,
    *kinds.CASES,
    *makers.CASES,
    *markets.CASES,
    *matching.CASES,
    *orders.CASES,
    *pools.CASES,
    *receipts.CASES,
    *states.CASES,
    *subtle.CASES,
)
