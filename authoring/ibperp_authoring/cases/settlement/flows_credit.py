"""Cases of flows: what a settlement borrows and repays, to the atom and share (ST-3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    CreateAccount,
    Deposit,
    Lend,
    Redeem,
    SetPrice,
    SetSystemParameters,
)
from ibperp.numbers import RATIO
from ibperp_authoring.cases.builder import Case, Group, Why, settings
from ibperp_authoring.cases.settlement.setups import (
    contract_with,
    dear_lends,
    moved,
    opened,
    settled,
    virtual,
)
from ibperp_authoring.cases.setups import COIN, CONTINUOUS, MAX, PERCENT, USD, YEAR, pool_with

_ON_CREDIT: Final = settings(5, auto_borrow_settlements=True)
_VIRTUAL_CREDIT: Final = settings(5, auto_realize=False, auto_borrow_settlements=True)
_FIFTH: Final = opened(2, 5, 100)
"""Account 5, with 10 SOL, is short of 100 lots: it loses 100 atoms with each atom of the mark."""

_LOSES_30: Final = moved(1_300_000, 10)
_HOURLY: Final = Group("settlement_hourly", (_ON_CREDIT, *_FIFTH))
_FEE_EDGE: Final = Group("settlement_hourly", (_ON_CREDIT, *_FIFTH), Why.BOUNDARY)

_WORTHLESS: Final = Group("settlement", (_ON_CREDIT, *_FIFTH), Why.BOUNDARY)

_FEE: Final[tuple[Case, ...]] = (
    _HOURLY.accept(
        "ST-3-070",
        "ten minutes before the hour the entry fee is for these ten",
        *moved(1_300_000, 3000),
    ),
    _HOURLY.accept(
        "ST-3-071",
        "what is paid from free bears no entry fee, the rest does",
        Deposit(5, "USDC", "solana", 7, 10 * USD),
        *_LOSES_30,
    ),
    Group(
        "settlement_hourly",
        (
            CreateAccount(8, 8),
            Deposit(8, "SOL", "solana", 7, 10 * COIN),
            _ON_CREDIT,
            settings(8, auto_borrow_settlements=True),
            *_FIFTH,
            *opened(2, 8, 100),
        ),
    ).accept(
        "ST-3-072",
        "the entry fee of a second borrower is at the rate after the first",
        *moved(8 * USD, 10),
    ),
    _FEE_EDGE.accept(
        "ST-3-073",
        "the pool's limit admits the borrow with its entry fee to the atom",
        pool_with(open_borrow_lend_limit=30_000_069),
        *_LOSES_30,
    ),
    _FEE_EDGE.accept(
        "ST-3-074",
        "an atom of the entry fee is beyond the pool's limit: nothing is borrowed, none is charged",
        pool_with(open_borrow_lend_limit=30_000_068),
        *_LOSES_30,
    ),
    Group("settlement_hourly", (*virtual(5), *_FIFTH, *_LOSES_30)).accept(
        "ST-4-160",
        "a virtual borrow that turns into the account's own pays the entry fee",
        _ON_CREDIT,
        *settled(20),
    ),
)

_CLOSED: Final = Group(
    "settlement",
    (*virtual(2), _VIRTUAL_CREDIT, *_FIFTH, *moved(5 * USD, 10), *opened(5, 2, 100, 5 * USD)),
    Why.BOUNDARY,
)
"""Account 5 closed its position at what it lost: it owes 400 USDC virtually, and nothing else."""

_MARGIN: Final[tuple[Case, ...]] = (
    _FEE_EDGE.accept(
        "ST-3-080",
        "the margin bears the entry fee of the borrow",
        *moved(8_416_651, 10),
    ),
    _FEE_EDGE.accept(
        "ST-3-081",
        "an atom a lot beyond, the margin does not bear the entry fee: the loss stays owed",
        *moved(8_416_652, 10),
    ),
    _WORTHLESS.accept(
        "ST-3-082",
        "an account worth nothing borrows what it owes: it is no riskier than before",
        SetPrice("SOL", 50 * USD),
        *moved(5_500_000, 10),
    ),
    _WORTHLESS.accept(
        "ST-3-083",
        "an account worth less than nothing borrows nothing: its loss does not pass to lenders",
        SetPrice("SOL", 50 * USD),
        *moved(5_500_001, 10),
    ),
    _CLOSED.accept(
        "ST-4-161",
        "the margin bears the borrow beside the debt that ends, which counts until it is paid",
        SetPrice("SOL", 53_333_334),
        *settled(20),
    ),
    _CLOSED.accept(
        "ST-4-162",
        "an atom below, it does not bear both: the debt stays virtual",
        SetPrice("SOL", 53_333_333),
        *settled(20),
    ),
    _CLOSED.accept(
        "ST-4-163",
        "ten atoms free pay a part, and the margin bears the borrow of the rest",
        SetPrice("SOL", 53_333_333),
        Deposit(5, "USDC", "solana", 7, 10),
        *settled(20),
    ),
    _CLOSED.accept(
        "ST-4-165",
        "what the borrow credits is not a gain: it counts in full where claims count for nothing",
        SetSystemParameters(replace(CONTINUOUS, unsettled_weight=0)),
        SetPrice("SOL", 53_333_334),
        *settled(20),
    ),
)

_FULL: Final = Group(
    "settlement",
    (
        Redeem(6, "USDC", None),
        Redeem(7, "USDC", None),
        pool_with(throttle_utilization=RATIO, max_utilization=RATIO),
        _ON_CREDIT,
        *_FIFTH,
    ),
    Why.BOUNDARY,
)
"""The pool is empty, and it may be lent out to the last atom."""

_CASH: Final[tuple[Case, ...]] = (
    _FULL.accept(
        "ST-3-085",
        "the borrow is as large as the pool's cash, and the winner is paid all of it",
        Lend(6, "USDC", 30 * USD),
        *_LOSES_30,
    ),
    _FULL.accept(
        "ST-3-086",
        "with an atom less of cash the utilization would pass one: nothing is borrowed",
        Lend(6, "USDC", 30 * USD - 1),
        *_LOSES_30,
    ),
    _FULL.accept(
        "ST-3-087",
        "from a pool where nothing is lent the borrow is beyond all cash: the winner has a claim",
        *_LOSES_30,
    ),
    _FULL.accept(
        "ST-3-088",
        "where an atom is lent, the same borrow is refused",
        Lend(6, "USDC", 1),
        *_LOSES_30,
    ),
)

_AGES: Final[tuple[Action, ...]] = (
    pool_with(
        base_rate=100 * RATIO,
        slope_low=100 * RATIO,
        slope_high=100 * RATIO,
        open_borrow_lend_limit=MAX,
    ),
    *(AdvanceTime(year * YEAR) for year in (1, 2, 3)),
)
"""Interest without measure: after a year more, a borrow share owes 511 atoms."""

_GREW: Final = Group("settlement", (Borrow(5, "USDC", USD), *opened(5, 3, 1), *_AGES), Why.ROUNDING)

_SHARES: Final[tuple[Case, ...]] = (
    _GREW.accept(
        "ST-3-450",
        "a gain of an atom repays no share of the debt: it goes to the reserve",
        *moved(USD + 1, 4 * YEAR),
    ),
    _GREW.accept(
        "ST-3-451",
        "the largest gain that repays no share",
        *moved(USD + 511, 4 * YEAR),
        why=Why.BOUNDARY,
    ),
    _GREW.accept(
        "ST-3-452", "an atom more repays a share", *moved(USD + 512, 4 * YEAR), why=Why.BOUNDARY
    ),
    Group(
        "settlement",
        (*virtual(5), *opened(5, 3, 1), *moved(900_000, 10), *_AGES),
        Why.ROUNDING,
    ).accept(
        "ST-4-230",
        "a gain of an atom repays no share of the virtual borrow: it goes to the reserve",
        *moved(900_001, 4 * YEAR),
    ),
    Group(
        "settlement_bare",
        (
            *virtual(2, 3),
            *opened(2, 3, 1),
            *dear_lends(0),
            *moved(USD + 3, 2 * YEAR + 1_060_000),
        ),
        Why.ROUNDING,
        ("MM-12",),
    ).accept(
        "ST-4-231",
        "a virtual lend whose rest would claim nothing ends with the part that pays the loss",
        *moved(USD + 2, 2 * YEAR + 1_060_010),
    ),
)

_TAKER: Final = (contract_with(taker_fee=PERCENT), *opened(3, 5, 100))
"""Account 5, without USDC, is short of 100 lots and owes a fee of one USDC."""

_UNPAID: Final = Group("settlement", (*virtual(5), *_TAKER))
_GAINS_30: Final = moved(700_000, 10)

_WINNER: Final[tuple[Case, ...]] = (
    _UNPAID.accept(
        "ST-3-090",
        "a virtual winner without a free balance owes its fee: all claims are paid in part",
        *_GAINS_30,
    ),
    _UNPAID.trace(
        "ST-3-091",
        "the fee stays owed beside the virtual lend, until a deposit pays it",
        *_GAINS_30,
        *settled(20),
        Deposit(5, "USDC", "solana", 7, 5 * USD),
        *settled(30),
    ),
    Group("settlement", (_VIRTUAL_CREDIT, *_TAKER)).accept(
        "ST-3-092", "the fee of a virtual winner is borrowed beside its virtual lend", *_GAINS_30
    ),
    _UNPAID.accept(
        "ST-4-164",
        "the winner turns automatic: what is released pays the fee that its gain does not set off",
        *_GAINS_30,
        settings(5),
        *settled(20),
    ),
)

CASES: Final[tuple[Case, ...]] = (*_FEE, *_MARGIN, *_CASH, *_SHARES, *_WINNER)
