"""Incidents 1 to 9 of docs/incidents.md, replayed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    ApplyFunding,
    Borrow,
    Liquidate,
    Redeem,
    RunRisk,
    Transfer,
)
from ibperp.orders import SelfTradePrevention, Side
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import (
    Case,
    Group,
    Refused,
    Why,
    ask,
    bid,
    flags,
    long,
    withdraw,
)
from ibperp_authoring.cases.governance.steps import coin_with
from ibperp_authoring.cases.liquidation.bankruptcy_setups import ALL_STEPS, RESOLVE, gift
from ibperp_authoring.cases.liquidation.setups import STEP, deposit, price, steps
from ibperp_authoring.cases.settlement.setups import OTHER, mark, moved, opened, settled
from ibperp_authoring.cases.setups import COIN, HOUR, PERCENT, USD

_LONG: Final = Group("liquidation_long", why=Why.ATTACK)

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
)


def _attack(setup: str, *before: Action) -> Group:
    return Group(setup, before, Why.ATTACK)


_SPENT: Final = withdraw(4, "USDC", "solana", 900 * USD)

_PRICES: Final[tuple[Case, ...]] = (
    _attack("liquidation", _SPENT, ask(9, 150, 6 * USD)).reject(
        "PF-8-900",
        "incident 2, bZx: a purchase on credit at six times the price; failing costs lenders 650",
        bid(4, 150, 6 * USD, flags=flags(borrow=True)),
        code=R.INSUFFICIENT_MARGIN,
        twin="PF-8-901",
    ),
    _attack("liquidation", _SPENT, ask(9, 150, USD)).accept(
        "PF-8-901",
        "incident 2, bZx: the same purchase on credit at the price itself",
        bid(4, 150, USD, flags=flags(borrow=True)),
    ),
    _attack("liquidation_borrowed", ask(9, 100, USD // 2), bid(6, 100, USD // 2)).trace(
        "LQ-1-900",
        "incidents 9 and 15, Inverse, USDH: trades at half the price make nobody due; "
        "failing costs the account 190",
        Refused(Liquidate(2), R.NOT_LIQUIDATABLE),
        ALL_STEPS,
    ),
    _attack("liquidation_borrowed", ask(9, 100, 3 * USD), bid(6, 100, 3 * USD), price(90)).trace(
        "LQ-1-901",
        "incident 9, Inverse: trades at three times the price save nobody; failing costs lenders",
        ALL_STEPS,
    ),
)

_GIVEN: Final = (Transfer(8, 2, "USDC", 500 * USD), gift(400 * USD), deposit(1, 100 * USD, after=0))

_SHARES: Final[tuple[Case, ...]] = (
    _attack("liquidation").trace(
        "MM-2-901",
        "incident 8, Cream: a share of a pool cannot be doubled by gifts; "
        "failing borrows against them",
        *_GIVEN,
        Refused(Redeem(5, "USDC", 600 * USD + 1), R.INSUFFICIENT_LEND),
        Redeem(5, "USDC", 600 * USD),
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
)

_BOUND: Final = coin_with(price_update_min=99 * PERCENT, price_update_max=101 * PERCENT)
"""An update moves the price of SOL by one percent."""

_SAFE: Final = Refused(STEP, R.NOT_LIQUIDATABLE)

_OUTLIERS: Final[tuple[Case, ...]] = (
    _attack("liquidation", _BOUND, deposit(2, COIN, "SOL", 0)).trace(
        "PF-10-900",
        "incident 4, Synthetix: a feed a thousandfold wrong moves the price by its limit, and "
        "nothing is lent at it; failing lends all 1,000 of a pool against one coin",
        price(100_000),
        Refused(Borrow(2, "USDC", 50 * USD), R.PRICE_DEVIATING),
        Refused(withdraw(2, "USDC", "solana", 50 * USD, borrow=True), R.PRICE_DEVIATING),
        price(100),
        Borrow(2, "USDC", 50 * USD),
    ),
    _attack("liquidation_owed", _BOUND).trace(
        "LQ-1-902",
        "incident 5, Compound: an outlier of 1.3 in one update makes nobody due; failing pays the "
        "lenders 992 for what is worth 763",
        price(130),
        _SAFE,
        ALL_STEPS,
        price(100),
        _SAFE,
    ),
    _attack("liquidation_owed", _BOUND).trace(
        "LQ-1-903",
        "incident 5, Compound: what five updates say is the price; failing never liquidates",
        *(price(130),) * 4,
        _SAFE,
        price(130),
        STEP,
    ),
)

_SPOT: Final = Group("spot", why=Why.ATTACK)

_ALL: Final[dict[str, Any]] = {"flags": flags(lend=True, redeem=True, borrow=True, repay=True)}

_SELF: Final[tuple[Case, ...]] = tuple(
    _SPOT.trace(
        f"SM-8-{50 + number:03}",
        f"SC-23 (incident 3): an account meets its own {place.side}, {rule.replace('_', ' ')}",
        place,
        replace(
            place,
            side=Side.ASK if place.side is Side.BID else Side.BID,
            self_trade_prevention=rule,
            **_ALL,
        ),
    )
    for number, (rule, place) in enumerate(
        (rule, place)
        for rule in SelfTradePrevention
        for place in (bid(3, 10, USD), ask(3, 10, USD))
    )
)


CASES: Final[tuple[Case, ...]] = (
    *_BOOKS,
    *_PRICES,
    *_SHARES,
    *_OTHERS,
    *_OUTLIERS,
    *_SELF,
)
