"""Rarer roads of a liquidation where no two quantities are equal (LQ-2, LQ-6, LQ-7)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import (
    AdvanceTime,
    ApplyFunding,
    Lend,
    Liquidate,
    Redeem,
    RegisterBackstop,
    RunRisk,
    Settle,
)
from ibperp.numbers import RATIO
from ibperp.parameters import HaircutKind, HaircutParameters
from ibperp_authoring.cases.builder import PERP, Case, Group, Step, long, short
from ibperp_authoring.cases.setups import COIN, PERCENT, USD
from ibperp_authoring.cases.uneven.world import (
    STEP,
    ether_with,
    ethers,
    mark,
    pool_with,
    provider,
    sun_with,
    suns,
)

_FAILS: Final = (suns(61_300_000), ethers(211_000_000))
"""Account 2 can pay a part of its debt, and its position is closed then."""

_SHORTS: Final = Group("uneven", clauses=("LQ-2",))


def _traded(buyer: int, seller: int, lots: int, price: int) -> tuple[Step, ...]:
    return long(buyer, lots, price), short(seller, lots, price)


_RANKED: Final[tuple[Case, ...]] = (
    _SHORTS.trace(
        "LQ-7-730",
        "losers in the order of what they lost of their entry cost, which no settlement moves",
        mark(1_507_000),
        AdvanceTime(12_400),
        Settle(),
        mark(923_000),
        *_traded(12, 10, 31, 925_000),
        mark(948_000),
        *_FAILS,
        STEP,
        STEP,
    ),
    _SHORTS.trace(
        "LQ-7-731",
        "funding that is due is no part of a profit",
        mark(903_000),
        ApplyFunding(PERP, -9 * PERCENT),
        *_FAILS,
        STEP,
        STEP,
    ),
    _SHORTS.trace(
        "LQ-7-732",
        "a loser by the mark, which by the index would be the first of the winners",
        mark(905_000, 3503),
        *_FAILS,
        STEP,
        STEP,
    ),
)

_ETHER_FOR_ALL: Final = ether_with(haircut=HaircutParameters(HaircutKind.IDENTITY, RATIO, RATIO, 0))

_IN_KIND: Final[tuple[Case, ...]] = (
    Group("uneven", (_ETHER_FOR_ALL, suns(121_300_000))).accept(
        "LQ-7-740",
        "the settlement asset pays first, before one that counts as much and was listed earlier",
        Liquidate(9),
    ),
    Group(
        "uneven",
        (
            sun_with(haircut=HaircutParameters(HaircutKind.INVERSE_SQRT, RATIO, RATIO, PERCENT)),
            suns(89_300_000),
            ethers(287_000_000),
        ),
    ).accept(
        "LQ-7-741",
        "SOL counts for more by its listed weight, and for less by its size: ETH pays first",
        STEP,
    ),
    Group(
        "uneven",
        (
            *_traded(3, 11, 50, 921_000),
            mark(1_207_000),
            *_traded(11, 3, 50, 1_209_000),
        ),
    ).trace(
        "LQ-7-742",
        "dollars in hand, then a lend, then a claim on the fund",
        ethers(357_000_000),
        Liquidate(3),
    ),
    Group(
        "uneven",
        (
            *_traded(3, 11, 50, 921_000),
            mark(1_207_000),
            *_traded(11, 3, 50, 1_209_000),
        ),
    ).trace(
        "LQ-7-743",
        "all three, and less than the debt",
        ethers(463_000_000),
        Liquidate(3),
        RunRisk(9),
    ),
    Group("uneven", (Lend(2, "SOL", 594 * COIN // 100 - 7), *_FAILS)).trace(
        "LQ-7-744",
        "seven atoms of SOL are worth nothing: they are passed over, and the lend pays",
        STEP,
    ),
    Group(
        "uneven",
        (
            *_traded(3, 11, 207, 921_000),
            mark(21_000),
            Lend(3, "USDC", 492 * USD),
            *_traded(11, 3, 207, 23_000),
            ethers(393_000_000),
            Liquidate(3),
            pool_with("USDC", throttle_utilization=RATIO, max_utilization=RATIO),
            Redeem(6, "USDC", 4507 * USD),
            Redeem(7, "USDC", 1494 * USD),
        ),
        clauses=("LQ-3",),
    ).trace(
        "LQ-7-745",
        "the insurance has a lend, and is none of the lenders that are paid: it takes over what is "
        "left of both debts",
        suns(61_300_000),
        ethers(235_000_000),
        STEP,
        STEP,
        STEP,
    ),
)

_PROVIDED: Final[tuple[Case, ...]] = (
    Group("uneven", (mark(3_607_000), suns(61_700_000), ethers(299_000_000))).trace(
        "LQ-6-720",
        "a gain that is not settled pays no provider: the debt stays, the position is taken over",
        provider(11, 2003),
        STEP,
        STEP,
    ),
    Group("uneven", (mark(809_000, 5003),)).accept(
        "LQ-6-721",
        "a provider without a part counts in the capacity: 20 lots, not 19",
        RegisterBackstop(10, 17_332_600),
        RegisterBackstop(11, 261_300),
        Liquidate(15),
    ),
)

CASES: Final[tuple[Case, ...]] = (*_RANKED, *_IN_KIND, *_PROVIDED)
