"""Every case of the brick, in the order of its file of vectors."""

from typing import Final

from ibperp_authoring.cases.builder import Case
from ibperp_authoring.cases.perpetuals import (
    attacks,
    bands,
    closing,
    funding,
    limits,
    margin,
    mark,
    markets,
    orders,
    states,
    trades,
)

CASES: Final[tuple[Case, ...]] = (
    *attacks.CASES,
    *bands.CASES,
    *closing.CASES,
    *funding.CASES,
    *limits.CASES,
    *margin.CASES,
    *mark.CASES,
    *markets.CASES,
    *orders.CASES,
    *states.CASES,
    *trades.CASES,
)
