"""Cases of the liquidation chapter: incidents of other venues and attacks, replayed."""

from __future__ import annotations

from typing import Final

from ibperp.actions import CreateAccount, FundInsurance, Transfer
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, bid, long, short
from ibperp_authoring.cases.liquidation.setups import (
    STEP,
    deposit,
    lent_out,
    price,
    provider,
    steps,
)
from ibperp_authoring.cases.settlement.setups import OTHER, mark, opened, settled
from ibperp_authoring.cases.setups import USD

_LONG: Final = Group("liquidation_long", why=Why.ATTACK)
_SHORT: Final = Group("liquidation_short", why=Why.ATTACK)

_BOOKS: Final[tuple[Case, ...]] = (
    _LONG.trace(
        "LQ-4-200",
        "incident 1, BitMEX: a backlog above the book's depth is not sold at 0.7; failing loses "
        "144 more than the account has",
        long(6, 60, 880_000),
        long(7, 1000, 700_000),
        mark(880_000),
        *steps(3),
    ),
    Group("liquidation_borrowed", why=Why.ATTACK).trace(
        "LQ-5-200",
        "incident 12, Solend: collateral above the book's depth: the lenders get it, not 0.5 a lot",
        bid(6, 5, 930_000),
        bid(7, 900, 500_000),
        price(94),
        *steps(3),
        Refused(STEP, R.NOT_LIQUIDATABLE),
    ),
    _SHORT.trace(
        "LQ-1-200",
        "incident 47, Dango: absurd offers move no zero price, which would have cost winners 3845",
        short(6, 1, 5 * USD),
        short(7, 1000, 9 * USD),
        mark(1_120_000),
        STEP,
    ),
    _LONG.trace(
        "LQ-4-201",
        "incident 48, Dango: a thin book: the price is of the whole size, not of the lots sold",
        long(6, 1, 880_000),
        long(7, 500, 854_999),
        mark(880_000),
        *steps(3),
    ),
)

_EDGE: Final[tuple[Case, ...]] = _LONG.pair(
    ("LQ-1-201", "LQ-1-202"),
    (
        "incident 17, Euler: a gift as far as the giver's initial margin, and it is not due",
        "incident 17, Euler: nobody gives itself into liquidation: an atom more is refused",
    ),
    accepted=FundInsurance(2, "USDC", 45 * USD),
    refused=FundInsurance(2, "USDC", 45 * USD + 1),
    code=R.INSUFFICIENT_MARGIN,
)

_VAULTS: Final[tuple[Case, ...]] = (
    _LONG.trace(
        "LQ-6-200",
        "incident 17, Euler: the discount of a takeover is not for the user's other account",
        provider(8, 900),
        mark(880_000),
        STEP,
    ),
    _LONG.trace(
        "LQ-6-201",
        "incident 24, Hyperliquid: a gain goes out to the initial margin, and the vault is paid 50",
        mark(1_100_000),
        Refused(Transfer(2, 8, "USDC", 135 * USD + 1), R.INSUFFICIENT_MARGIN),
        Transfer(2, 8, "USDC", 135 * USD),
        mark(1_040_000),
        provider(6, 1100),
        STEP,
    ),
    _SHORT.trace(
        "LQ-6-202",
        "incident 26, Jelly: a vault takes what it offered; the rest is deleveraged meanwhile",
        provider(6, 100),
        mark(1_120_000),
        *steps(3),
    ),
    _LONG.trace(
        "LQ-6-203",
        "incident 40, Popcat: behind a wall of own bids nobody takes what it cannot bear",
        long(8, 2000, 880_000),
        CreateAccount(10, 10),
        deposit(10, 10 * USD),
        provider(10, 300),
        mark(880_000),
        STEP,
    ),
)

_SHARED: Final[tuple[Case, ...]] = (
    Group(
        "liquidation_long",
        (*opened(3, 6, 600, USD, OTHER), *opened(4, 6, 400, USD, OTHER)),
        Why.ATTACK,
    ).trace(
        "LQ-7-200",
        "incident 35, October 2025: hedges lose a leg, but no more than the five that are missing",
        mark(850_000, OTHER),
        mark(850_000),
        STEP,
        *settled(10),
    ),
    Group("liquidation_long", lent_out(2, "SOL", 1), Why.ATTACK).trace(
        "LQ-3-200",
        "incident 49: an atom that is owed does not stop what is large: the largest is first",
        provider(6, 900),
        mark(880_000),
        STEP,
    ),
)

CASES: Final[tuple[Case, ...]] = (*_BOOKS, *_EDGE, *_VAULTS, *_SHARED)
