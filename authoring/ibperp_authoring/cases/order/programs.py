"""Every case of the file of vectors programs.json, in its order."""

from typing import Final

from ibperp_authoring.cases.builder import Case
from ibperp_authoring.cases.programs import (
    block_trades,
    named_block_trades,
    providers,
    quotes,
    requests,
    system_requests,
)

CASES: Final[tuple[Case, ...]] = (
    *named_block_trades.CASES,
    *system_requests.CASES,
    *providers.CASES,
    *requests.CASES,
    *quotes.CASES,
    *block_trades.CASES,
)
