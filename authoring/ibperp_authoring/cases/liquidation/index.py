"""Every case of the brick, in the order of its file of vectors."""

from typing import Final

from ibperp_authoring.cases.builder import Case
from ibperp_authoring.cases.liquidation import (
    adl,
    attacks,
    attacks_edges,
    attacks_lending,
    attacks_markets,
    attacks_prices,
    backstop,
    bankruptcy_codes,
    bankruptcy_due,
    bankruptcy_fund,
    bankruptcy_insurance,
    bankruptcy_net,
    bankruptcy_pools,
    book,
    debts,
    due,
    ladder,
    lends,
    own,
)

CASES: Final[tuple[Case, ...]] = (
    *adl.CASES,
    *attacks.CASES,
    *backstop.CASES,
    *book.CASES,
    *debts.CASES,
    *due.CASES,
    *ladder.CASES,
    *lends.CASES,
    *own.CASES,
    *bankruptcy_codes.CASES,
    *bankruptcy_due.CASES,
    *bankruptcy_fund.CASES,
    *bankruptcy_insurance.CASES,
    *bankruptcy_net.CASES,
    *bankruptcy_pools.CASES,
    *attacks_edges.CASES,
    *attacks_lending.CASES,
    *attacks_markets.CASES,
    *attacks_prices.CASES,
)
