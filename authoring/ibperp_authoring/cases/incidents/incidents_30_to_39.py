"""Incidents 30 to 39 of docs/incidents.md, replayed."""

from __future__ import annotations

from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    Halt,
    Liquidate,
    Redeem,
    Resume,
    SetPrice,
    UpdateMark,
)
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import (
    PERP,
    Case,
    Group,
    Refused,
    Why,
    ask,
    bid,
    long,
    short,
    withdraw,
)
from ibperp_authoring.cases.liquidation.bankruptcy_setups import ALL_STEPS, RESOLVE, gift
from ibperp_authoring.cases.liquidation.setups import STEP, deposit, price, system_with
from ibperp_authoring.cases.settlement.setups import (
    OTHER,
    contract_with,
    delisted,
    mark,
    opened,
    settled,
)
from ibperp_authoring.cases.setups import COIN, PERCENT, USD, market_with

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
)


def _attack(setup: str, *before: Action) -> Group:
    return Group(setup, before, Why.ATTACK)


_TRADES: Final[tuple[Case, ...]] = (
    _attack("liquidation", *opened(3, 4, 100), mark(1_500_000)).trace(
        "PP-4-900",
        "incident 31, GMX: lots and what they cost move together: at the mark a trade of any size "
        "and side gains nothing; failing pays 50 that nobody lost",
        *opened(3, 6, 100, 1_500_000),
        *opened(7, 3, 50, 1_500_000),
        *opened(4, 7, 300, 1_500_000),
        *settled(10),
    ),
)

_INSURANCE: Final[tuple[Case, ...]] = (
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

_OTHERS: Final[tuple[Case, ...]] = (
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
)

_FLOORS: Final[tuple[Case, ...]] = (
    _attack(
        "liquidation_borrowed", system_with(borrow_price_age=60, withdrawal_price_age=60)
    ).trace(
        "PF-9-900",
        "incident 39, Stream: a price that is written once serves no loan when its age is over; "
        "lenders leave with the cash there is, the others bear the loss when it is told; "
        "failing lends what they leave",
        AdvanceTime(61),
        SetPrice("USDC", USD),
        Refused(Borrow(2, "USDC", USD), R.PRICE_STALE),
        Refused(withdraw(2, "SOL", "solana", COIN), R.PRICE_STALE),
        Redeem(5, "USDC", 190 * USD),
        AdvanceTime(601),
        SetPrice("USDC", USD),
        Refused(STEP, R.PRICE_STALE),
        price(50),
        ALL_STEPS,
        Refused(Redeem(9, "USDC", 1), R.INSUFFICIENT_LEND),
    ),
)

_SAFE: Final = Refused(STEP, R.NOT_LIQUIDATABLE)

_NARROW: Final = contract_with(price_update_min=98 * PERCENT, price_update_max=102 * PERCENT)
_OUT: Final = Refused(withdraw(3, "USDC", "solana", 1000 * USD), R.PRICE_DEVIATING)
"""What a winner would take out at a mark that its limits hold back."""

_MARKS: Final[tuple[Case, ...]] = (
    _attack("liquidation_short", contract_with(mark_threshold=5 * PERCENT)).trace(
        "PP-6-900",
        "incident 32, Hyperliquid: trades at four times the index move the mark by its threshold; "
        "failing closes a short of 1,000 and asks 2,845 of its winners",
        short(6, 10, 4 * USD),
        long(7, 10, 4 * USD),
        UpdateMark(PERP, USD, has_basis=True, basis=3 * USD),
        _SAFE,
    ),
    _attack("liquidation_short", _NARROW).trace(
        "PP-6-901",
        "incident 32, Hyperliquid: without an index the own book moves the mark by its limit, and "
        "no gain leaves; failing closes the short at the price of one trade",
        short(6, 10, 4 * USD),
        long(7, 10, 4 * USD),
        mark(0),
        _SAFE,
        _OUT,
        mark(USD),
        _SAFE,
    ),
    _attack("liquidation_short", _NARROW).trace(
        "PP-6-902",
        "incident 34, Aster: an index of four times, set by hand, moves index and mark by their "
        "limit; failing closes a short of 1,000 at four times the price",
        mark(4 * USD),
        _SAFE,
        _OUT,
        mark(USD),
        _SAFE,
    ),
)

_SPOT: Final = Group("spot", why=Why.ATTACK)

_DUST: Final[tuple[Case, ...]] = (
    _SPOT.trace(
        "SM-9-201",
        "SC-24 (incidents 33, 38): many trades of an atom give nobody an atom",
        SetPrice("SOL", 100),
        market_with(tick=1),
        *(step for _ in range(10) for step in (ask(4, 1, 1), bid(3, 1, 1))),
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *_SHARED,
    *_TRADES,
    *_INSURANCE,
    *_OTHERS,
    *_FLOORS,
    *_MARKS,
    *_DUST,
)
