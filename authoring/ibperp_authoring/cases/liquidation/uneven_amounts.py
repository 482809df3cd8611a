"""Cases of a liquidation with uneven amounts, prices, marks and times (LQ-1 to LQ-10)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    CreateAccount,
    Lend,
    Liquidate,
    ListAsset,
    ListMarket,
    ListPerpetual,
    ResolveBankruptcy,
    RunRisk,
    SetPerpetualParameters,
    SetPrice,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Why, ask, bid, long, withdraw
from ibperp_authoring.cases.liquidation.bankruptcy_setups import RESOLVE, gift
from ibperp_authoring.cases.liquidation.debts_on_the_book import PLEDGED
from ibperp_authoring.cases.liquidation.setups import (
    FREE_MARKET,
    STEP,
    book_with,
    coin,
    deposit,
    lent_out,
    price,
    provider,
    system_with,
)
from ibperp_authoring.cases.settlement.setups import (
    CONTRACT,
    OTHER,
    mark,
    mark_off,
    moved,
    opened,
    settled,
    virtual,
)
from ibperp_authoring.cases.setups import COIN, MAX, PERCENT, USD, pool_with

_OFFER: Final = ask(6, 1000, 1_060_000)
_FRESH: Final = (AdvanceTime(601), SetPrice("USDC", USD))

_BOOK: Final[tuple[Case, ...]] = (
    Group("liquidation_owed", (*lent_out(2, "SOL", 1), price(106)), Why.ROUNDING).accept(
        "LQ-5-086", "a debt of 900 lots and an atom: a tenth of 901 is bought", _OFFER, STEP
    ),
    Group(
        "liquidation_owed",
        (Lend(2, "USDC", 992_250_000), Borrow(6, "USDC", 1_942_637_501), price(106)),
        Why.BOUNDARY,
    ).accept(
        "LQ-5-087",
        "the pool's cash is an atom short of 45 lots with the taker's fee: 44 are bought",
        book_with(taker_fee=RATIO // 1000),
        _OFFER,
        STEP,
    ),
    Group(
        "liquidation_borrowed",
        (price(94), system_with(liquidation_fraction=116049382716049383)),
        Why.ROUNDING,
    ).accept(
        "LQ-5-088",
        "what is to be sold is worth a hundred lots and less than an atom: 101 are sold",
        bid(7, 500, 940_000),
        STEP,
    ),
    Group("liquidation_borrowed", (deposit(2, COIN // 100 + 1, "SOL"), price(94))).accept(
        "LQ-5-089",
        "all is sold, in whole lots: an atom beyond them stays",
        book_with(minimum_lots=900),
        bid(7, 1000, 940_000),
        bid(6, 1000, 940_000),
        STEP,
        why=Why.ROUNDING,
    ),
    PLEDGED.accept(
        "LQ-5-090",
        "what frees most of each dollar is asked for first, though there is little of it",
        ListAsset("DOG", coin(50 * PERCENT)),
        SetPrice("DOG", 100 * USD),
        ListMarket("DOG_USDC", replace(FREE_MARKET, base="DOG")),
        deposit(2, COIN // 20, "DOG", 3),
        STEP,
    ),
    Group(
        "liquidation_borrowed", (AdvanceTime(MAX - 100), SetPrice("USDC", USD), price(94))
    ).accept(
        "LQ-5-091",
        "a request would end beyond the range of times: none is opened, the next rung follows",
        STEP,
        why=Why.BOUNDARY,
    ),
    Group(
        "liquidation_long",
        (
            deposit(2, 18 * USD + 7),
            mark(880_000),
            system_with(liquidation_fee=50 * PERCENT),
            SetPrice("USDC", 999_983),
        ),
        Why.ROUNDING,
    ).accept(
        "LQ-4-081",
        "the equity that bounds the fee, in dollars that are worth less, is rounded down",
        long(6, 1000, 870_000),
        STEP,
    ),
)

_BONK: Final[tuple[Action, ...]] = (
    *(ListAsset("JUP", coin(0)), SetPrice("JUP", USD)),
    *(ListAsset("BONK", coin(0)), SetPrice("BONK", USD)),
)
_OWES: Final = Group(
    "liquidation_long",
    (*lent_out(2, "SOL", COIN // 10), *_FRESH),
    Why.BOUNDARY,
    ("PF-9",),
)
"""Account 2 owes ten dollars besides, at an old price."""

_OLD: Final[tuple[Case, ...]] = (
    Group("liquidation_long", _BONK, Why.BOUNDARY, ("PF-9",)).reject(
        "LQ-1-107",
        "two old coins, of which neither alone would do, hold an account at its maintenance",
        deposit(2, 9_500_000_000, "JUP"),
        deposit(2, COIN // 100, "BONK", 2),
        *_FRESH,
        mark(890_000),
        STEP,
        code=R.PRICE_STALE,
        twin="LQ-1-109",
    ),
    _OWES.reject(
        "LQ-1-108",
        "a debt at an old price is set aside with its maintenance: without it the account is safe",
        mark(900_100),
        STEP,
        code=R.PRICE_STALE,
        twin="LQ-1-109",
    ),
    _OWES.accept(
        "LQ-1-109",
        "a debt at an old price is set aside: the account is at its maintenance all the same",
        mark(900_000),
        STEP,
    ),
    Group("bankrupt_coin", _FRESH, clauses=("PF-9", "LQ-9")).reject(
        "LQ-1-110",
        "an account that has nothing but a debt at an old price waits for its price",
        RESOLVE,
        code=R.PRICE_STALE,
        twin="LQ-1-109",
    ),
)

_THIRD: Final = "ETH_PERP"

_MARKS: Final[tuple[Case, ...]] = (
    Group("liquidation_long", (mark_off(880_000, 900_000),)).accept(
        "LQ-6-067", "a provider takes over by the mark, not by the index", provider(6, 300), STEP
    ),
    Group(
        "liquidation",
        (
            deposit(2, 150 * USD, after=0),
            mark(1_200_000),
            *opened(2, 6, 300, 1_200_000),
            *moved(USD, 10),
            *opened(2, 7, 300),
            *opened(7, 9, 200, market=OTHER),
        ),
    ).accept(
        "LQ-7-143",
        "the ratio of a profit is of what was paid to open, and by the mark, not by the index",
        mark_off(800_000, USD),
        STEP,
    ),
    Group(
        "liquidation",
        (
            deposit(2, 130 * USD, after=0),
            CreateAccount(10, 10),
            deposit(10, 200 * USD),
            SetPerpetualParameters(OTHER, replace(CONTRACT, imf_base=20 * PERCENT)),
            *opened(2, 3, 1000),
            *opened(10, 4, 1000, market=OTHER),
        ),
    ).accept(
        "LQ-10-072",
        "the most urgent has least equity per maintenance, whatever the initial margin is",
        mark(900_000),
        mark(835_000, OTHER),
        RunRisk(1),
    ),
    Group("bankrupt_fund", (ListPerpetual(_THIRD, CONTRACT), mark(USD, _THIRD))).accept(
        "LQ-9-063",
        "a claimant that wins in two markets bears its part in both, by their marks",
        *opened(5, 6, 100, market=OTHER),
        *opened(5, 6, 100, market=_THIRD),
        mark_off(1_100_000, USD, OTHER),
        mark_off(1_100_000, USD, _THIRD),
        RESOLVE,
    ),
    Group("bankrupt_all", (system_with(insurance_limit=1000 * USD), gift(1000 * USD))).accept(
        "LQ-9-064",
        "what the insurance paid for two debts to pools leaves enough for the one to the fund",
        RESOLVE,
    ),
    Group(
        "liquidation_owed",
        (
            *virtual(2),
            *(*opened(2, 3, 10), *opened(2, 3, 10, market=OTHER)),
            *(mark(1_500_000), mark(1_500_000, OTHER), *settled(10)),
            *opened(3, 2, 10, 1_500_000),
            *opened(3, 2, 10, 1_500_000, market=OTHER),
        ),
    ).accept(
        "LQ-3-069",
        "the virtual lends of two positions without lots become the account's own",
        price(108),
        STEP,
    ),
)

_STRIPPED: Final[tuple[Case, ...]] = (
    Group(
        "settlement_hourly",
        (
            pool_with(
                base_rate=100 * RATIO,
                slope_low=0,
                slope_high=0,
                throttle_utilization=RATIO,
                max_utilization=RATIO,
                reserve_fee=0,
            ),
            SetPrice("SOL", 10_000 * USD),
            Borrow(5, "USDC", 10_800 * USD),
            withdraw(5, "USDC", "solana", 10_800 * USD),
            *opened(2, 6, 600),
            *moved(1_320_000, 10),
            SetPrice("SOL", 1),
        ),
        clauses=("MM-6",),
    ).accept(
        "LQ-9-065",
        "a debt is more than all that is lent: what is not earned yet bears the rest",
        Liquidate(5),
        ResolveBankruptcy(5),
    ),
)
"""A lender's loss was paid out in cash, so that less is lent than is owed with the entry fee."""

CASES: Final[tuple[Case, ...]] = (*_STRIPPED, *_BOOK, *_OLD, *_MARKS)
