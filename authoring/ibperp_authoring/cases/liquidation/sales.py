"""Cases of the sale that is made of several that could be (LQ-5)."""

from __future__ import annotations

from typing import Final

from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, bid
from ibperp_authoring.cases.liquidation.debts_on_the_book import BIDS, PLEDGED
from ibperp_authoring.cases.liquidation.setups import BTC, ETH, STEP, price

CASES: Final[tuple[Case, ...]] = (
    PLEDGED.accept(
        "LQ-5-150",
        "a thin bid for the largest haircut: a whole tenth of another one helps more",
        bid(7, 20, 750_000, market=ETH),
        *BIDS[1:],
        STEP,
    ),
    PLEDGED.accept(
        "LQ-5-151",
        "the price decides between equal haircuts",
        bid(7, 100, 969_999, market=BTC),
        bid(6, 100, 970_000),
        STEP,
        why=Why.BOUNDARY,
    ),
    PLEDGED.accept(
        "LQ-5-152",
        "an atom more turns it",
        bid(7, 100, 970_001, market=BTC),
        bid(6, 100, 970_000),
        STEP,
        why=Why.BOUNDARY,
    ),
    Group("liquidation_pledged", (price(74, "ETH"),)).trace(
        "LQ-5-153",
        "the best collateral, bid for below its price, is not sold first",
        bid(7, 100, 960_000),
        bid(6, 300, 740_000, market=ETH),
        STEP,
        Refused(STEP, R.NOT_LIQUIDATABLE),
    ),
)
