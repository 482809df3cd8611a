"""Cases of debts on the book, and of conversion of collateral (LQ-5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    AdvanceTime,
    Borrow,
    Lend,
    ListAsset,
    ListMarket,
    SetMarketParameters,
    SetPoolParameters,
    SetPrice,
    SubmitQuote,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import OrderBookState
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, ask, bid, flags
from ibperp_authoring.cases.liquidation.setups import (
    BTC,
    ETH,
    FREE_MARKET,
    FREE_POOL,
    STEP,
    book_with,
    coin,
    deposit,
    price,
    provider,
    steps,
    system_with,
)
from ibperp_authoring.cases.setups import COIN, PERCENT, USD

_OWED: Final = Group("liquidation_owed", (price(106),))
"""Equity 38.25 for a debt of 954: 47.7 is maintenance; the zero price of a lot is 1.1025."""

_OFFER: Final = ask(6, 500, 1_060_000)
_LENT: Final = Lend(2, "USDC", 992_250_000)

_BOUGHT: Final[tuple[Case, ...]] = (
    _OWED.accept("LQ-5-001", "a tenth of a debt is bought back, and repays", _OFFER, STEP),
    _OWED.accept("LQ-5-002", "at the zero price", ask(6, 500, 1_102_500), STEP, why=Why.BOUNDARY),
    _OWED.accept(
        "LQ-5-003",
        "an atom above the zero price: the lenders are next",
        ask(6, 500, 1_102_501),
        STEP,
        why=Why.BOUNDARY,
    ),
    _OWED.accept("LQ-5-004", "a thin book sells a part", ask(6, 20, 1_060_000), STEP),
    _OWED.accept(
        "LQ-5-005",
        "the limit leaves room for the taker's fee",
        book_with(taker_fee=RATIO // 1000),
        ask(6, 500, 1_101_398),
        STEP,
        why=Why.ROUNDING,
    ),
    _OWED.accept(
        "LQ-5-006",
        "an atom above the limit with the taker's fee",
        book_with(taker_fee=RATIO // 1000),
        ask(6, 500, 1_101_399),
        STEP,
        why=Why.ROUNDING,
    ),
    _OWED.accept(
        "LQ-5-007",
        "the minimum is more than a tenth",
        _OFFER,
        book_with(minimum_lots=200),
        STEP,
        why=Why.BOUNDARY,
    ),
    _OWED.accept(
        "LQ-5-008",
        "less than the minimum would be left: all is bought, as far as the money goes",
        ask(6, 900, 1_060_000),
        book_with(minimum_lots=451),
        STEP,
        why=Why.BOUNDARY,
    ),
    Group("liquidation_owed", (deposit(6, COIN, "SOL"), price(106))).accept(
        "LQ-5-009",
        "a debt that is no whole number of lots: up to a lot more is bought, and stays",
        deposit(2, COIN // 1000, "SOL", 2),
        STEP,
        ask(6, 1000, 1_060_000),
        system_with(liquidation_fraction=RATIO),
        STEP,
        why=Why.ROUNDING,
    ),
    Group("liquidation_owed", (_LENT, price(106))).accept(
        "LQ-5-010", "the money is lent: what is missing is redeemed", _OFFER, STEP
    ),
    Group("liquidation_owed", (Lend(2, "USDC", 900 * USD), price(106))).accept(
        "LQ-5-011", "free money first, the rest is redeemed", _OFFER, STEP
    ),
    Group("liquidation_owed", (Lend(2, "USDC", 893_025_000), price(106))).accept(
        "LQ-5-012", "free money is enough to the atom", _OFFER, STEP, why=Why.BOUNDARY
    ),
    Group(
        "liquidation_owed",
        (
            _LENT,
            Borrow(6, "USDC", 1800 * USD),
            SetPoolParameters(
                "USDC",
                replace(FREE_POOL, max_utilization=91 * PERCENT, throttle_utilization=91 * PERCENT),
            ),
            price(106),
        ),
    ).accept(
        "LQ-5-013",
        "a lend is redeemed beyond the bound of utilization, which holds for owners only",
        _OFFER,
        STEP,
    ),
    Group("liquidation_owed", (_LENT, Borrow(6, "USDC", 1900 * USD), price(106))).accept(
        "LQ-5-014",
        "the pool has cash for 83 lots alone: so many are bought",
        ask(7, 500, 1_060_000),
        STEP,
        why=Why.ROUNDING,
    ),
    Group("liquidation_owed", (_LENT, Borrow(6, "USDC", 1_992_250_000), price(106))).accept(
        "LQ-5-015",
        "SC-6: the pool has no cash: nothing is bought, and lenders get the claim",
        ask(7, 500, 1_060_000),
        STEP,
        why=Why.ATTACK,
    ),
    _OWED.accept(
        "LQ-5-016",
        "the liquidation fee is on what was bought",
        system_with(liquidation_fee=3 * PERCENT),
        _OFFER,
        STEP,
    ),
    _OWED.accept(
        "LQ-5-017",
        "a book that is closed: the next rung",
        _OFFER,
        book_with(order_book_state=OrderBookState.CLOSED),
        STEP,
    ),
)

_DEBTOR: Final = Group("liquidation_borrowed", (price(94),))
"""Equity 36 for a debt of 810: 40.5 is maintenance; a tenth is 87 lots, at 0.898223 or more."""

_BID: Final = bid(6, 500, 930_000)

_SOLD: Final[tuple[Case, ...]] = (
    _DEBTOR.accept("LQ-5-030", "collateral worth a tenth is sold, and repays", _BID, STEP),
    _DEBTOR.accept("LQ-5-031", "at the zero price", bid(6, 500, 898_223), STEP, why=Why.BOUNDARY),
    _DEBTOR.accept(
        "LQ-5-032",
        "an atom below the zero price: quotes are asked for",
        bid(6, 500, 898_222),
        STEP,
        why=Why.BOUNDARY,
    ),
    _DEBTOR.accept(
        "LQ-5-033",
        "with a taker's fee the limit is higher",
        book_with(taker_fee=RATIO // 1000),
        bid(6, 500, 899_123),
        STEP,
        why=Why.ROUNDING,
    ),
    _DEBTOR.accept(
        "LQ-5-034",
        "with a taker's fee, an atom below the limit",
        book_with(taker_fee=RATIO // 1000),
        bid(6, 500, 899_122),
        STEP,
        why=Why.ROUNDING,
    ),
    _DEBTOR.accept(
        "LQ-5-035",
        "what is left is the minimum: it stays",
        bid(6, 1000, 930_000),
        book_with(minimum_lots=500),
        STEP,
        why=Why.BOUNDARY,
    ),
    _DEBTOR.accept(
        "LQ-5-036",
        "what would be left is a lot below the minimum: all is sold, and more than repays",
        bid(6, 1000, 930_000),
        book_with(minimum_lots=501),
        STEP,
        why=Why.BOUNDARY,
    ),
    _DEBTOR.accept("LQ-5-037", "a thin book takes a part", bid(6, 5, 930_000), STEP),
    Group("liquidation_borrowed", (Lend(2, "SOL", 10 * COIN), price(94))).accept(
        "LQ-5-038", "lent collateral is redeemed and sold", _BID, STEP
    ),
    Group(
        "liquidation_borrowed",
        (Lend(2, "SOL", 10 * COIN), Borrow(7, "SOL", 195 * COIN // 10), price(94)),
    ).accept(
        "LQ-5-039",
        "lent collateral is sold as far as its pool has cash",
        _BID,
        STEP,
    ),
    Group(
        "liquidation_borrowed", (Lend(2, "SOL", 10 * COIN), Borrow(7, "SOL", 20 * COIN), price(94))
    ).accept(
        "LQ-5-040",
        "SC-6: the pool of the collateral has no cash: the claim passes to the lenders",
        _BID,
        STEP,
        why=Why.ATTACK,
    ),
)

PLEDGED: Final = Group("liquidation_pledged", (price(76, "ETH"),))
"""Equity 32.4 for a debt of 780: 39 is maintenance, 19.5 is auto-close."""


BIDS: Final = (
    bid(7, 50, 750_000, market=ETH),
    bid(7, 50, 970_000, market=BTC),
    bid(6, 50, 970_000),
)
_GEM: Final = (
    ListAsset("GEM", coin(95 * PERCENT)),
    SetPrice("GEM", 100 * USD),
    deposit(2, COIN // 100, "GEM", 3),
)
_DOG: Final = (
    ListAsset("DOG", coin(95 * PERCENT)),
    ListMarket("DOG_USDC", replace(FREE_MARKET, base="DOG")),
    deposit(2, COIN // 100, "DOG", 3),
)

_ORDER: Final[tuple[Case, ...]] = (
    PLEDGED.accept(
        "LQ-5-050", "what leaves the best health: the largest haircut, below its mark", *BIDS, STEP
    ),
    PLEDGED.accept(
        "LQ-5-051", "no bid for it: of equal ones the one listed first", *BIDS[1:], STEP
    ),
    PLEDGED.accept("LQ-5-052", "no bid except the one of the largest haircut", BIDS[0], STEP),
    PLEDGED.accept("LQ-5-053", "no bid at all: quotes are asked for the largest haircut", STEP),
    PLEDGED.accept(
        "LQ-5-740",
        "no quote could trade the sale of the largest haircut: the request is for the next one",
        SetMarketParameters(
            ETH, replace(FREE_MARKET, base="ETH", order_book_state=OrderBookState.REDUCE_ONLY)
        ),
        STEP,
    ),
    PLEDGED.accept(
        "LQ-5-054",
        "a coin that has no market of its own is passed over",
        *_GEM,
        *BIDS,
        STEP,
    ),
    PLEDGED.accept("LQ-5-055", "a coin that has no price is passed over", *_DOG, *BIDS, STEP),
    PLEDGED.accept(
        "LQ-5-056",
        "a paused book is passed over, also for quotes",
        SetMarketParameters(
            ETH, replace(FREE_MARKET, base="ETH", order_book_state=OrderBookState.CANCEL_ONLY)
        ),
        STEP,
    ),
    PLEDGED.accept(
        "LQ-5-057",
        "all books are paused: the lenders",
        *(
            SetMarketParameters(
                market,
                replace(FREE_MARKET, base=base, order_book_state=OrderBookState.POST_ONLY),
            )
            for market, base in (("SOL_USDC", "SOL"), (ETH, "ETH"), (BTC, "BTC"))
        ),
        STEP,
    ),
    PLEDGED.accept(
        "LQ-5-058",
        "a holding of less than a lot is passed over",
        deposit(2, COIN // 100 - 1, "BTC", 3),
        Lend(2, "BTC", 3 * COIN),
        STEP,
    ),
    Group("liquidation_pledged", (price(74, "ETH"),)).trace(
        "LQ-5-059",
        "one after another until it is healthy",
        *BIDS,
        *steps(2),
        Refused(STEP, R.NOT_LIQUIDATABLE),
    ),
)

_QUOTE: Final = SubmitQuote(6, 0, 898_223, flags())
_LATER: Final = (AdvanceTime(300), price(94), SetPrice("USDC", USD))

_REQUESTS: Final[tuple[Case, ...]] = (
    _DEBTOR.accept("LQ-5-070", "a request: the tenth, the zero price, five minutes", STEP),
    _DEBTOR.accept(
        "LQ-5-071",
        "with a request open the next rung follows, not another request",
        provider(7, 100),
        *steps(2),
    ),
    _DEBTOR.trace(
        "LQ-5-072",
        "a request that was open until now is over: another one is made",
        STEP,
        *_LATER,
        STEP,
        why=Why.BOUNDARY,
    ),
    _DEBTOR.trace(
        "LQ-5-073",
        "a second before it is over it is still the one",
        provider(7, 100),
        STEP,
        AdvanceTime(299),
        STEP,
        why=Why.BOUNDARY,
    ),
    _DEBTOR.accept("LQ-5-074", "a quote at the price of the request trades", STEP, _QUOTE),
    _DEBTOR.reject(
        "LQ-5-075",
        "a quote an atom below it is refused",
        STEP,
        replace(_QUOTE, price=898_222),
        code=R.PRICE_OUT_OF_BOUNDS,
        twin="LQ-5-074",
        why=Why.BOUNDARY,
    ),
    _DEBTOR.reject(
        "LQ-5-076",
        "the other account of the user may not quote",
        STEP,
        replace(_QUOTE, account=8, price=940_000),
        code=R.COUNTERPARTY_MISMATCH,
        twin="LQ-5-074",
        why=Why.ATTACK,
    ),
    _DEBTOR.reject(
        "LQ-5-077",
        "a quote for an account that is healthy again is refused",
        STEP,
        deposit(2, 5 * USD),
        _QUOTE,
        code=R.NOT_LIQUIDATABLE,
        twin="LQ-5-074",
    ),
    _DEBTOR.reject(
        "LQ-5-078",
        "a quote for a request that is over is refused",
        STEP,
        *_LATER,
        _QUOTE,
        code=R.REQUEST_NOT_OPEN,
        twin="LQ-5-074",
        why=Why.BOUNDARY,
    ),
    _DEBTOR.accept(
        "LQ-5-079",
        "with a lifetime of zero no request is opened",
        system_with(request_lifetime=0),
        STEP,
        why=Why.BOUNDARY,
    ),
    Group("liquidation_borrowed", (SetPrice("SOL", 92_250_000),)).accept(
        "LQ-5-080", "equity is auto-close: no request is opened", _BID, STEP, why=Why.BOUNDARY
    ),
    Group("liquidation_borrowed", (SetPrice("SOL", 92_250_001),)).accept(
        "LQ-5-081", "an atom above auto-close: quotes are asked for", STEP, why=Why.BOUNDARY
    ),
    Group("liquidation_borrowed", (SetPrice("SOL", 92_500_000),)).trace(
        "LQ-5-082",
        "after a quote was taken another request is made",
        STEP,
        replace(_QUOTE, price=900_000),
        STEP,
    ),
)

CASES: Final[tuple[Case, ...]] = (*_BOUGHT, *_SOLD, *_ORDER, *_REQUESTS)
