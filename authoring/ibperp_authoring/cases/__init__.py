"""The authored conformance cases, by the file of vectors they fill."""

from typing import Final

from ibperp_authoring.cases import lived_in, setups
from ibperp_authoring.cases.builder import Case
from ibperp_authoring.cases.crowds import loops
from ibperp_authoring.cases.crowds import world as crowds
from ibperp_authoring.cases.liquidation import bankruptcy_setups
from ibperp_authoring.cases.liquidation import setups as liquidation_setups
from ibperp_authoring.cases.notation import frame, pairs, profile, ranges
from ibperp_authoring.cases.order import (
    custody,
    governance,
    liquidation,
    money_market,
    perpetuals,
    portfolio,
    programs,
    settlement,
    spot_margin,
)
from ibperp_authoring.cases.settlement import setups as settlement_setups
from ibperp_authoring.cases.uneven import world

BRICKS: Final[dict[str, tuple[Case, ...]]] = {
    "custody": custody.CASES,
    "governance": governance.CASES,
    "liquidation": liquidation.CASES,
    "money_market": money_market.CASES,
    "notation": (*frame.CASES, *pairs.CASES, *loops.CASES, *ranges.CASES, *profile.CASES),
    "perpetuals": perpetuals.CASES,
    "portfolio": portfolio.CASES,
    "spot_margin": spot_margin.CASES,
    "programs": programs.CASES,
    "settlement": settlement.CASES,
}
"""Every case of a brick; `fill` writes each brick to the file of its name."""

SETUPS: Final = (
    *setups.SETUPS,
    *settlement_setups.SETUPS,
    *liquidation_setups.SETUPS,
    *bankruptcy_setups.SETUPS,
    *lived_in.SETUPS,
    *world.SETUPS,
    *crowds.SETUPS,
    *profile.SETUPS,
)
"""Every starting point, by whichever chapter's cases need it."""

ALSO: Final[dict[str, tuple[str, ...]]] = {
    "CU-10-032": ("NT-2",),
    "CU-3-002": ("NT-8",),
    "CU-4-018": ("NT-7",),
    "CU-4-028": ("NT-9",),
    "MM-11-017": ("NT-4",),
    "MM-13-020": ("NT-4",),
    "PF-4-010": ("NT-6",),
}
"""Clauses of the notation chapter that a case shows beside those its id and steps name."""
