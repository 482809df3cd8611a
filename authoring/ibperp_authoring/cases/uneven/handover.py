"""Takeovers and deleveraging where no two quantities are equal (LQ-2, LQ-6, LQ-7, LQ-9)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Action, FundInsurance, Liquidate, RunRisk
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Refused, long, short, withdraw
from ibperp_authoring.cases.setups import COIN, USD
from ibperp_authoring.cases.uneven.world import (
    ETHER,
    OTHER,
    STEP,
    deposit,
    dollars,
    ethers,
    mark,
    provider,
    suns,
)

_LOW: Final = (suns(83_700_000), ethers(299_000_000))
"""Account 2 has an equity of 19.45, below auto-close."""

_TAKEN: Final = Group("uneven", _LOW)
_PROVIDERS: Final = (provider(4, 307), provider(10, 401), provider(11, 503))

_TAKEOVER: Final[tuple[Case, ...]] = (
    _TAKEN.accept(
        "LQ-6-700",
        "three providers take over dollars owed to the pool and to the fund, for what is pledged",
        *_PROVIDERS,
        STEP,
    ),
    _TAKEN.accept(
        "LQ-6-701",
        "their capacity is more than the exposure: all of both debts",
        *_PROVIDERS,
        provider(7, 1009),
        STEP,
    ),
    _TAKEN.accept(
        "LQ-6-702",
        "an account of the same user is no provider",
        provider(8, 907),
        provider(10, 401),
        STEP,
    ),
    _TAKEN.trace(
        "LQ-6-703",
        "two cannot bear their parts; without both the third bears its own",
        withdraw(10, "USDC", "north", 1200 * USD),
        withdraw(10, "SOL", "north", 2 * COIN),
        withdraw(4, "USDC", "north", 570 * USD),
        withdraw(4, "SOL", "north", COIN),
        *_PROVIDERS,
        STEP,
    ),
    _TAKEN.accept(
        "LQ-6-704",
        "a provider of one dollar beside one of 401",
        provider(10, 401),
        provider(11, 1),
        STEP,
    ),
    Group("uneven", (mark(809_000, 5003),)).accept(
        "LQ-6-710",
        "lots of a position at the mark, which is not the index, in dollars of 1.07",
        *(provider(account, size) for account, size in ((10, 17), (11, 23), (7, 31))),
        Liquidate(15),
    ),
    Group("uneven", (mark(799_000, 5003),)).trace(
        "LQ-6-711",
        "capacities below the exposure are used up, and what is left is closed",
        *(provider(account, size) for account, size in ((10, 7), (11, 11), (7, 13))),
        Liquidate(15),
        Liquidate(15),
    ),
)

_FALLS: Final[tuple[tuple[str, int, tuple[Action, ...]], ...]] = (
    ("a long with equity left, against three of other profits and leverages", 793_000, ()),
    ("below zero, but not with what haircuts set aside", 769_000, ()),
    ("haircuts set aside, then the insurance, then the winners", 737_000, ()),
    ("far below zero: beyond what the insurance may pay", 497_000, ()),
    (
        "an account of the same user among the winners, where the insurance covers all",
        737_000,
        (short(16, 23, 921_000), long(15, 23, 921_000)),
    ),
    (
        "winners that have little of their own bear little, each as it is in its turn",
        397_000,
        (withdraw(5, "USDC", "north", 29 * USD), withdraw(5, "ETH", "north", ETHER // 90)),
    ),
    (
        "the insurance has more than its limit",
        497_000,
        (FundInsurance(11, "USDC", 53 * USD),),
    ),
)

_POSITIONS: Final[tuple[Case, ...]] = tuple(
    Group("uneven", (*before, mark(index, 5003))).trace(
        f"LQ-7-{700 + place}", title, Liquidate(15), RunRisk(9)
    )
    for place, (title, index, before) in enumerate(_FALLS)
)

_RISE: Final[tuple[Case, ...]] = (
    Group("uneven", (mark(1_903_000, 5003),)).trace(
        "LQ-7-710",
        "a short: winners and losers of the other side in their order",
        Liquidate(5),
        Liquidate(5),
        Liquidate(5),
    ),
    Group("uneven", (mark(13_307_000, 31_007, OTHER),)).trace(
        "LQ-7-711",
        "two positions of one account, the larger maintenance first",
        Liquidate(5),
        Liquidate(5),
        RunRisk(9),
    ),
    Group("uneven", (suns(61_300_000), ethers(211_000_000), mark(912_000))).trace(
        "LQ-7-713",
        "a winner by the mark, which the index would not tell, and two losers",
        STEP,
        STEP,
    ),
    Group("uneven", (dollars(1_430_000), ethers(331_000_000))).trace(
        "LQ-7-712",
        "what dollars are worth decides who is due",
        RunRisk(20),
    ),
)

_DEBTS: Final[tuple[Case, ...]] = (
    _TAKEN.trace(
        "LQ-7-720",
        "a debt of dollars against lends, paid in ETH and SOL, cash before lends",
        STEP,
        Refused(STEP, R.NOT_LIQUIDATABLE),
    ),
    Group("uneven", (suns(61_300_000), ethers(211_000_000))).trace(
        "LQ-7-721",
        "worth less than it owes: lenders, the insurance in kind, then all who lend",
        STEP,
        STEP,
        STEP,
        RunRisk(9),
    ),
    Group("uneven", (suns(61_300_000), ethers(211_000_000))).trace(
        "LQ-7-722",
        "the same in one run",
        RunRisk(20),
    ),
    Group("uneven", (ethers(353_000_000),)).trace(
        "LQ-7-723",
        "a debt of ETH against lends, paid in dollars: free ones, then a lend",
        Liquidate(3),
    ),
    Group("uneven", (ethers(463_000_000),)).trace(
        "LQ-7-724",
        "a debt of ETH that is more than all dollars",
        Liquidate(3),
        RunRisk(9),
    ),
    Group("uneven", (suns(113_000_000),)).trace(
        "LQ-7-725",
        "a debt of SOL: dollars first, then ETH",
        Liquidate(9),
        RunRisk(9),
    ),
    Group("uneven", (suns(153_000_000),)).trace(
        "LQ-7-726",
        "a debt of SOL that is more than both",
        RunRisk(20),
    ),
    Group("uneven", (*_LOW, deposit(2, "SOL", COIN), suns(71_000_000))).trace(
        "LQ-7-727",
        "the lender with the largest claim first, another one next",
        withdraw(7, "USDC", "north", 3 * USD),
        STEP,
    ),
)

CASES: Final[tuple[Case, ...]] = (*_TAKEOVER, *_POSITIONS, *_RISE, *_DEBTS)
