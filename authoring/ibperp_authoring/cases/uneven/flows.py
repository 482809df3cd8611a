"""Settlement, conversion of collateral and margin where no two quantities are equal."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    AdvanceTime,
    Borrow,
    ConvertCollateral,
    Lend,
    SetMarketParameters,
    SetPoolParameters,
    Settle,
    SubmitQuote,
)
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import OrderBookState
from ibperp_authoring.cases.builder import (
    Case,
    Group,
    Refused,
    Step,
    Why,
    bid,
    flags,
    long,
    settings,
    short,
    withdraw,
)
from ibperp_authoring.cases.liquidation.setups import FREE_MARKET, FREE_POOL
from ibperp_authoring.cases.settlement.setups import mark as index_mark
from ibperp_authoring.cases.settlement.setups import moved, opened, virtual
from ibperp_authoring.cases.setups import COIN, PERCENT, USD
from ibperp_authoring.cases.uneven.world import (
    ETH,
    OTHER,
    book_with,
    deposit,
    dollars,
    ethers,
    mark,
    suns,
    system_with,
)


def _settled(time: int) -> tuple[AdvanceTime, Settle]:
    """Move the clock to `time` and settle."""
    return AdvanceTime(time), Settle()


def _waves(*marks: int) -> tuple[Step, ...]:
    """Settle at one mark after another, every 300 seconds."""
    return tuple(
        step
        for place, index in enumerate(marks)
        for step in (mark(index), *_settled(12_345 + 300 * (1 + place)))
    )


_PLAIN: Final = Group("uneven")

_FLOWS: Final[tuple[Case, ...]] = (
    _PLAIN.trace(
        "ST-3-700",
        "what an account repaid within the hour it borrows again without a fee: the principal, to "
        "the atom",
        *_waves(1_307_000, 1_103_000, 1_409_000, 907_000, 1_607_000),
    ),
    _PLAIN.trace(
        "ST-3-701",
        "a borrow for a debt beside a gain of another position that counts in part",
        long(14, 5, 9_250_000, market=OTHER),
        short(5, 5, 9_250_000, market=OTHER),
        mark(10_907_000, 31_007, OTHER),
        *_waves(1_907_000, 2_307_000),
    ),
    Group(
        "uneven",
        (
            settings(12, auto_realize=False, auto_borrow_settlements=True),
            long(12, 40, 921_000),
            short(11, 40, 921_000),
            system_with(account_virtual_limit=0),
            deposit(12, "SOL", 33 * COIN // 100),
            withdraw(12, "USDC", "north", 612_999_999),
        ),
        clauses=("ST-5",),
    ).trace(
        "ST-3-703",
        "a debt is culled by a borrow within the margin, in which a credit is no gain",
        mark(503_000),
        *_settled(12_400),
    ),
    _PLAIN.trace(
        "ST-3-702",
        "one of many winners is virtual, losers pay a part",
        settings(4, auto_realize=False),
        settings(14, auto_borrow_settlements=False),
        *_waves(1_507_000, 1_709_000),
    ),
)

_COVERED: Final = Group(
    "settlement",
    (
        *virtual(2),
        *opened(2, 3, 100),
        index_mark(1_100_000),
        *opened(3, 2, 50, 1_100_000),
    ),
    clauses=("ST-4",),
)
"""Account 2, virtual, won five dollars by closing a half; they are not settled yet."""

_LOSSES: Final[tuple[Case, ...]] = (
    _COVERED.trace(
        "ST-2-710",
        "a virtual loss that the account's own claim covers moves no share",
        index_mark(950_000),
        *_settled(10),
    ),
    _COVERED.trace(
        "ST-2-711",
        "to the atom",
        index_mark(900_000),
        *_settled(10),
        why=Why.BOUNDARY,
    ),
    _COVERED.trace(
        "ST-2-712",
        "what is left of it is a virtual borrow",
        index_mark(899_999),
        *_settled(10),
        why=Why.BOUNDARY,
    ),
)

_OWES: Final = (mark(817_000), *_settled(12_400))
"""Account 2 owes the fund what 71 lots have lost: 7,384,000 atoms."""

_CONVERT: Final = ConvertCollateral(2)
_OWED: Final = Group("uneven", _OWES)
_POOR: Final = Group("uneven", (settings(14, auto_borrow_settlements=False), *_waves(3_307_000)))
"""Account 14 owes more than all its SOL pays."""

_CONVERSION: Final[tuple[Case, ...]] = (
    _OWED.trace(
        "ST-9-700",
        "no bid: quotes are asked for, beside a request of the account's own",
        _CONVERT,
        Refused(_CONVERT, R.NOTHING_TO_CONVERT),
    ),
    _OWED.accept(
        "ST-9-701",
        "nobody bids for what frees most: the next asset is sold",
        bid(11, 90, 29_000_000, market=ETH),
        _CONVERT,
    ),
    _OWED.accept(
        "ST-9-702",
        "a sale that leaves the account riskier is left out, and the next asset is sold",
        suns(93_100_000),
        book_with(taker_fee=29 * PERCENT),
        bid(11, 900, 907_000),
        bid(11, 90, 29_000_000, market=ETH),
        _CONVERT,
    ),
    _OWED.accept("ST-9-703", "at the limit", bid(11, 900, 888_431), _CONVERT, why=Why.BOUNDARY),
    _OWED.accept("ST-9-704", "an atom below it", bid(11, 900, 888_430), _CONVERT, why=Why.BOUNDARY),
    Group(
        "settlement",
        (
            Lend(5, "SOL", 8 * COIN),
            SetPoolParameters("SOL", FREE_POOL),
            Borrow(7, "SOL", 6 * COIN),
            *opened(2, 5, 100),
            *moved(6 * USD, 10),
        ),
    ).accept(
        "ST-9-705",
        "a lend is sold as far as the pool has cash, which ends with it",
        bid(4, 900, 990_000),
        ConvertCollateral(5),
    ),
    _POOR.accept(
        "ST-9-706",
        "less than a minimum of ETH: quotes are asked for SOL",
        book_with(ETH, minimum_lots=4),
        ConvertCollateral(14),
    ),
    _OWED.accept(
        "ST-9-707",
        "an asset whose price is too old for an order is passed over",
        bid(11, 900, 907_000),
        system_with(order_price_age=60),
        dollars(1_070_000),
        ethers(311_700_000),
        bid(11, 90, 29_000_000, market=ETH),
        _CONVERT,
    ),
    _OWED.accept(
        "ST-9-709",
        "the fee of a taker is rounded up: ten lots where nine would pay to the atom",
        book_with(taker_fee=97_763_252_285_986_948),
        bid(11, 900, 907_000),
        _CONVERT,
        why=Why.ROUNDING,
    ),
    Group(
        "liquidation_pledged",
        (
            SetMarketParameters(
                ETH, replace(FREE_MARKET, base="ETH", order_book_state=OrderBookState.CLOSED)
            ),
            *opened(2, 3, 100),
            *moved(950_000, 10),
        ),
    ).accept(
        "ST-9-710",
        "SOL and BTC free as much of each dollar: the first of them",
        _CONVERT,
        why=Why.BOUNDARY,
    ),
    _OWED.trace(
        "ST-9-708",
        "a quote is judged by what is owed when it comes",
        _CONVERT,
        mark(851_000),
        Refused(SubmitQuote(11, 1, 888_430, flags()), R.PRICE_OUT_OF_BOUNDS),
        *_settled(12_500),
        Refused(SubmitQuote(11, 1, 909_000, flags()), R.NOT_LIQUIDATABLE),
    ),
)

_REDUCING: Final = Group("uneven", (suns(90_000_000), mark(880_000), long(11, 10, 820_000)))

MARGIN: Final[tuple[Case, ...]] = (
    _REDUCING.accept(
        "PF-8-700",
        "a reduction far below the mark keeps equity over maintenance, but not over initial",
        short(2, 10, 820_000, reduce_only=True),
    ),
)

SETTLING: Final[tuple[Case, ...]] = (*_FLOWS, *_LOSSES, *_CONVERSION)
CASES: Final[tuple[Case, ...]] = (*SETTLING, *MARGIN)
