"""Every case of the file of vectors money_market.json, in its order."""

from typing import Final

from ibperp_authoring.cases.builder import Case, span
from ibperp_authoring.cases.money_market import (
    book_state,
    borrow,
    entry_fee,
    interest,
    interest_time,
    lend,
    limits,
    pool_identity_and_shares,
    pool_parameters,
    rates,
    redeem,
    repay,
    settings_and_sweep,
    throttle,
)

CASES: Final[tuple[Case, ...]] = (
    *pool_identity_and_shares.CASES,
    *borrow.CASES,
    *repay.CASES,
    *span(lend.CASES, "MM-11-001", "MM-11-030"),
    *span(redeem.CASES, "MM-12-029", "MM-12-030"),
    *span(lend.CASES, "MM-11-020", "MM-11-032"),
    *span(redeem.CASES, "MM-12-001", "MM-12-028"),
    *limits.CASES,
    *book_state.CASES,
    *throttle.CASES,
    *pool_parameters.CASES,
    *rates.CASES,
    *interest.CASES,
    *entry_fee.CASES,
    *interest_time.CASES,
    *settings_and_sweep.CASES,
)
