"""Cases of unsettled balances and the liquidity fund (ST-1)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import AdvanceTime, Settle
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, long, short
from ibperp_authoring.cases.settlement.setups import (
    contract_with,
    delisted,
    mark,
    moved,
    opened,
    settled,
)
from ibperp_authoring.cases.setups import PERCENT

_OPEN: Final = opened(2, 3, 100)
_DUE: Final = Group("settlement", _OPEN, Why.BOUNDARY)

_BARE: Final = Group("settlement_bare")

_FEES: Final[tuple[Case, ...]] = (
    Group("settlement", (contract_with(taker_fee=PERCENT), *_OPEN)).accept(
        "ST-1-001",
        "a taker's fee is unsettled until the settlement pays the fees account",
        *settled(10),
    ),
    Group("settlement", (contract_with(taker_fee=PERCENT, maker_fee=PERCENT), *_OPEN)).accept(
        "ST-1-002", "both pay a fee", *settled(10)
    ),
    Group("settlement", (contract_with(taker_fee=PERCENT, maker_fee=-PERCENT), *_OPEN)).accept(
        "ST-1-003",
        "the whole fee is the maker's rebate: the fees account gets nothing",
        *settled(10),
    ),
    Group("settlement", (contract_with(taker_fee=PERCENT), *_OPEN)).accept(
        "ST-1-004", "the fee is taken out of the gain", *moved(950_000, 10)
    ),
    Group("settlement", (contract_with(taker_fee=PERCENT), *opened(2, 5, 100))).accept(
        "ST-1-005", "a fee that cannot be paid stays owed to the fees account", *settled(10)
    ),
    _DUE.trace(
        "ST-1-006",
        "before the settlement nothing of a mark is unsettled, after it nothing is marked",
        mark(1_100_000),
        AdvanceTime(9),
        Refused(Settle(), R.TOO_EARLY),
        AdvanceTime(10),
        Settle(),
    ),
    Group("settlement", (*_OPEN, *opened(3, 2, 100, 1_100_000))).trace(
        "ST-1-007",
        "what was realized by closing is unsettled until the next settlement",
        AdvanceTime(9),
        Refused(Settle(), R.TOO_EARLY),
        AdvanceTime(10),
        Settle(),
        *settled(20),
    ),
    _DUE.trace(
        "ST-1-008",
        "a market settled for the last time pays at the next settlement",
        *delisted(1_100_000),
        *settled(10),
    ),
    _BARE.trace(
        "ST-1-009",
        "without a lender gains go from free to free",
        *opened(2, 3, 100),
        *moved(1_100_000, 10),
    ),
    _BARE.trace(
        "ST-1-010",
        "an account that gained and paid everything is of no settlement any more",
        *opened(2, 3, 100),
        *moved(1_100_000, 10),
        short(2, 100, 1_100_000),
        long(3, 100, 1_100_000),
        *settled(20),
        *settled(30),
    ),
)


CASES: Final[tuple[Case, ...]] = (*_FEES,)
