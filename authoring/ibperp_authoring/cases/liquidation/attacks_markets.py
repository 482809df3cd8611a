"""Cases of the liquidation chapter: incidents of margin trading, replayed to their end."""

from __future__ import annotations

from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    ApplyFunding,
    CreateAccount,
    Halt,
    Liquidate,
    Redeem,
    Resume,
    RunRisk,
    SetPrice,
)
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, long, withdraw
from ibperp_authoring.cases.liquidation.bankruptcy_setups import ALL_STEPS, RESOLVE, gift
from ibperp_authoring.cases.liquidation.setups import STEP, deposit
from ibperp_authoring.cases.settlement.setups import OTHER, delisted, mark, moved, opened, settled
from ibperp_authoring.cases.setups import HOUR, PERCENT, USD


def _attack(setup: str, *before: Action) -> Group:
    return Group(setup, before, Why.ATTACK)


_WINNERS: Final[tuple[Case, ...]] = (
    _attack("bankrupt_fund", gift(1000 * USD)).trace(
        "LQ-8-900",
        "incident 10, Drift: a settlement takes nothing out of the insurance; "
        "failing pays gains that nobody lost",
        *settled(20),
        Refused(withdraw(3, "USDC", "solana", 1012 * USD + 1), R.INSUFFICIENT_FUNDS),
        RESOLVE,
        *settled(30),
        withdraw(3, "USDC", "solana", 1030 * USD),
    ),
    _attack("bankrupt_fund").trace(
        "LQ-9-910",
        "incident 10, Drift: who withdraws first gets no more than who waits; "
        "failing is a run on the fund",
        withdraw(3, "USDC", "solana", 1012 * USD),
        Refused(withdraw(3, "USDC", "solana", USD), R.INSUFFICIENT_FUNDS),
        gift(15 * USD),
        RESOLVE,
        *settled(20),
        withdraw(3, "USDC", "solana", 9 * USD),
        withdraw(4, "USDC", "solana", 1014 * USD),
    ),
    _attack("liquidation", *opened(3, 4, 5000), mark(5 * USD)).trace(
        "LQ-9-911",
        "incident 13, Mango: a self-traded gain of 20,000 ends with what the loser had; "
        "failing costs the insurance and all lenders",
        gift(100 * USD),
        *settled(10),
        ALL_STEPS,
        ALL_STEPS,
        *settled(20),
    ),
    _attack("liquidation", *opened(3, 4, 5000), mark(5 * USD), Redeem(5, "USDC", None)).trace(
        "LQ-9-912",
        "incident 13, Mango: what the other side does not own is not withdrawn; "
        "failing empties the custody",
        *settled(10),
        withdraw(3, "USDC", "solana", 1000 * USD),
        ALL_STEPS,
        *settled(20),
    ),
)

_YFI: Final = (
    CreateAccount(10, 10),
    deposit(10, 20 * USD),
    *opened(10, 3, 100, market=OTHER),
    *delisted(500_000, OTHER),
    *settled(20),
)

_INSURANCE: Final[tuple[Case, ...]] = (
    _attack("bankrupt_fund_limited", gift(100 * USD)).trace(
        "LQ-8-901",
        "incident 19, dYdX v3 YFI: one failure takes no more than the limit; "
        "failing costs nine millions of insurance",
        RESOLVE,
        Refused(RESOLVE, R.NOT_LIQUIDATABLE),
    ),
    _attack("bankrupt_fund_limited", *_YFI, gift(100 * USD)).trace(
        "LQ-8-902",
        "incident 19, dYdX v3 YFI: two failures take the limit each, in one action",
        ALL_STEPS,
    ),
    _attack("liquidation_long", gift(10 * USD), *delisted(800_000), *settled(10)).trace(
        "LQ-9-920",
        "incident 36, dYdX v4: the last position is gone, and the insurance pays after; "
        "failing halts the chain for eight hours",
        ALL_STEPS,
        *settled(20),
    ),
    _attack("liquidation_long", mark(800_000), Halt(), Resume()).trace(
        "LQ-10-900",
        "incident 36, dYdX v4: after a halt nobody is liquidated at the prices from before it; "
        "failing costs 0.46 millions of compensation",
        Refused(Liquidate(2), R.LIQUIDATION_PAUSED),
        AdvanceTime(601),
        Refused(Liquidate(2), R.PRICE_STALE),
        ALL_STEPS,
        SetPrice("USDC", USD),
        mark(990_000),
        Refused(Liquidate(2), R.NOT_LIQUIDATABLE),
        mark(800_000),
        ALL_STEPS,
    ),
    _attack("liquidation_long", mark(800_000), Halt()).trace(
        "LQ-10-901",
        "incident 36, dYdX v4: halted, an account can be saved; failing takes it at the restart",
        deposit(2, 100 * USD),
        Resume(),
        AdvanceTime(60),
        ALL_STEPS,
        Refused(Liquidate(2), R.NOT_LIQUIDATABLE),
    ),
    _attack("bankrupt_fund", *opened(5, 6, 100, market=OTHER), mark(1_500_000, OTHER)).trace(
        "LQ-9-930",
        "incident 50, Nado: with both sides open, claimants bear the loss once and whole; "
        "failing halves it",
        gift(14 * USD),
        RESOLVE,
    ),
    _attack("bankrupt_fund").trace(
        "LQ-9-931",
        "incident 50, Nado: without open interest nothing is divided by zero; "
        "failing stops the market for ever",
        RESOLVE,
        *settled(20),
        *opened(3, 4, 10, market=OTHER),
    ),
    _attack("bankrupt_fund_recourse").trace(
        "LQ-9-932",
        "incident 37, Backpack: the debt of a failed account meets its deposit openly: "
        "it is due, and pays by a step; failing takes it unseen",
        deposit(2, 10 * USD),
        Refused(withdraw(2, "USDC", "solana", 10 * USD), R.INSUFFICIENT_MARGIN),
        ALL_STEPS,
        deposit(2, 25 * USD, after=2),
        ALL_STEPS,
    ),
)

_ODD: Final = opened(3, 4, 10)

_OTHERS: Final[tuple[Case, ...]] = (
    _attack("liquidation", *_ODD).trace(
        "PP-8-900",
        "incident 6, Compound: a position opened at the index that a market begins with pays "
        "from there, one opened later from its own; failing pays rewards to nobody",
        AdvanceTime(HOUR),
        ApplyFunding(OTHER, PERCENT),
        *opened(5, 6, 10, market=OTHER),
        AdvanceTime(2 * HOUR),
        mark(USD),
        mark(USD, OTHER),
        ApplyFunding("SOL_PERP", 8 * PERCENT),
        ApplyFunding(OTHER, 8 * PERCENT),
        *moved(USD, 2 * HOUR + 10),
    ),
    _attack("liquidation_long", long(6, 100, 880_000), mark(880_000)).trace(
        "LQ-10-910",
        "incident 7, Cream: every step ends before the next one is looked at: a step twice is two; "
        "failing takes the same collateral twice",
        RunRisk(1),
        Refused(RESOLVE, R.NOT_BANKRUPT),
        RunRisk(1),
        RunRisk(1),
        Refused(STEP, R.NOT_LIQUIDATABLE),
        Refused(RESOLVE, R.NOT_LIQUIDATABLE),
        ALL_STEPS,
    ),
    _attack("bankrupt_fund", gift(30 * USD - 1)).trace(
        "LQ-9-940",
        "incident 20, KyberSwap: an atom short is borne once; failing counts it twice",
        RESOLVE,
        *settled(20),
    ),
    _attack("bankrupt_fund").trace(
        "LQ-9-941",
        "incidents 33 and 38, Bunni, Balancer: forty gifts of an atom resolve what one of forty "
        "does; failing earns an atom each",
        *(gift(1) for _ in range(40)),
        RESOLVE,
        *settled(20),
    ),
    _attack("bankrupt_fund").trace(
        "LQ-9-942",
        "incident 38, Balancer: one gift of forty atoms, for comparison",
        gift(40),
        RESOLVE,
        *settled(20),
    ),
    _attack(
        "liquidation", deposit(2, 145 * USD, after=0), *opened(2, 3, 1000), *opened(3, 8, 1000)
    ).trace(
        "LQ-9-943",
        "SC-23 (incident 3, bZx): one user on both sides: its other account bears the loss; "
        "failing makes money of nothing",
        mark(800_000),
        ALL_STEPS,
        *settled(10),
    ),
    _attack(
        "liquidation",
        deposit(2, 145 * USD, after=0),
        gift(55 * USD),
        *opened(2, 3, 1000),
        *opened(3, 8, 1000),
    ).trace(
        "LQ-9-944",
        "SC-23: an insurance pays nobody for a loss to its own user: the price is that of no "
        "insurance; failing pays 55 to who holds both sides",
        mark(800_000),
        ALL_STEPS,
        *settled(10),
    ),
    _attack(
        "liquidation",
        deposit(2, 145 * USD, after=0),
        gift(55 * USD),
        *opened(2, 3, 500),
        *opened(2, 4, 500),
        *opened(3, 8, 500),
    ).trace(
        "LQ-9-945",
        "SC-23: of two counterparties the own one pays all of its half, the other what is not "
        "insured; failing asks both for the same",
        mark(800_000),
        ALL_STEPS,
        *settled(10),
    ),
)

CASES: Final[tuple[Case, ...]] = (*_WINNERS, *_INSURANCE, *_OTHERS)
