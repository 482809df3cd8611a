"""Cases of incidents and attacks at an edge: one atom, one lot, the last of something."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    CreateAccount,
    FailWithdrawal,
    ListAsset,
    Redeem,
    Repay,
    SetAssetParameters,
    SetPoolParameters,
    SetPrice,
)
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, ask, bid, withdraw
from ibperp_authoring.cases.liquidation.bankruptcy_setups import ALL_STEPS, RESOLVE, gift
from ibperp_authoring.cases.liquidation.setups import (
    FREE_POOL,
    STEP,
    coin,
    deposit,
    lent_out,
    price,
    system_with,
)
from ibperp_authoring.cases.settlement.setups import delisted, mark, opened, settled
from ibperp_authoring.cases.setups import COIN, HOUR, MAX, PERCENT, USD


def _attack(setup: str, *before: Action) -> Group:
    return Group(setup, before, Why.ATTACK)


_TRADES: Final[tuple[Case, ...]] = (
    _attack("spot", ask(4, 100, 1_000_000), ask(5, 50, 1_010_000)).trace(
        "SM-7-900",
        "incident 20, KyberSwap: an order that ends with the last lot of a price leaves nothing at "
        "it, and the next one begins behind it; failing trades 100 lots twice",
        bid(3, 100, 1_010_000),
        bid(3, 1, 1_000_000),
        ask(4, 1, 1_000_000),
        bid(2, 50, 1_010_000),
        bid(2, 1, 1_010_000),
    ),
    _attack("liquidation", *opened(3, 4, 100), mark(1_500_000)).trace(
        "PP-4-900",
        "incident 31, GMX: lots and what they cost move together: at the mark a trade of any size "
        "and side gains nothing; failing pays 50 that nobody lost",
        *opened(3, 6, 100, 1_500_000),
        *opened(7, 3, 50, 1_500_000),
        *opened(4, 7, 300, 1_500_000),
        *settled(10),
    ),
    _attack(
        "liquidation_borrowed", deposit(2, 50 * USD), withdraw(2, "USDC", "solana", 50 * USD)
    ).trace(
        "LQ-2-900",
        "incident 25, Abracadabra: what is on its way out backs nothing, and comes back to its "
        "owner once; failing lets 50 stand for two debts",
        price(95),
        Refused(withdraw(2, "SOL", "solana", COIN // 100), R.INSUFFICIENT_MARGIN),
        price(94),
        *(ALL_STEPS,) * 2,
        FailWithdrawal(0),
        withdraw(2, "USDC", "solana", 50 * USD),
    ),
)

_WORTHLESS: Final = coin(100 * PERCENT)
_NO_LIMIT: Final = replace(FREE_POOL, open_borrow_lend_limit=MAX)

_LISTINGS: Final[tuple[Case, ...]] = (
    _attack("liquidation", system_with(ramp_interval=HOUR)).trace(
        "GV-2-901",
        "incident 45, Drift: a coin is listed, weighed, every limit lifted, and all is asked for "
        "in the same second: nothing leaves, and a floor stops it on the way; failing pays out "
        "1,000 of deposits",
        ListAsset("FAKE", _WORTHLESS),
        SetPrice("FAKE", 100 * USD),
        SetAssetParameters("FAKE", _WORTHLESS),
        SetPoolParameters("USDC", _NO_LIMIT),
        CreateAccount(10, 10),
        deposit(10, 1000 * COIN, "FAKE", 0),
        Refused(withdraw(10, "USDC", "solana", 1000 * USD, borrow=True), R.INSUFFICIENT_MARGIN),
        AdvanceTime(36),
        SetAssetParameters("FAKE", replace(_WORTHLESS, price_floor=101 * USD)),
        Refused(Borrow(10, "USDC", USD), R.PRICE_AT_FLOOR),
    ),
)

_MINUS: Final = _attack(
    "liquidation", deposit(2, 145 * USD - 1, after=0), *opened(2, 3, 600), *opened(2, 4, 400)
)

_LENT_OUT: Final = (
    deposit(2, 5 * COIN, "SOL"),
    *lent_out(2, "USDC", 300 * USD),
    Borrow(7, "USDC", 700 * USD),
)
"""Account 2 pledges 5 SOL for 300 USDC; with 700 of account 7 the pool has no cash any more."""

_LAST: Final[tuple[Case, ...]] = (
    _MINUS.trace(
        "LQ-7-900",
        "SC-10: equity is minus one atom: the price is an atom a lot beyond the mark",
        mark(855_000),
        STEP,
    ),
    _MINUS.trace(
        "LQ-7-901",
        "SC-10: equity is minus one atom, and the insurance has it: the mark",
        gift(1),
        mark(855_000),
        STEP,
        STEP,
        RESOLVE,
    ),
    _attack("bankrupt_taken").trace(
        "LQ-7-902",
        "SC-10: deleveraging finds no lender: what is lent is virtual; the insurance takes debt "
        "and coins, and owes until lends of it come",
        STEP,
        Refused(STEP, R.NOT_LIQUIDATABLE),
        Refused(RESOLVE, R.NOT_LIQUIDATABLE),
    ),
    _attack("liquidation_long", *_LENT_OUT, price(20)).trace(
        "LQ-9-950",
        "SC-29: a market is delisted while the pool has no cash, and its loser owes the pool too: "
        "winners bear the loss of the market, lenders that of the pool, and the rest is paid",
        *delisted(500_000),
        *settled(10),
        *(ALL_STEPS,) * 2,
        Refused(Redeem(9, "USDC", 100 * USD), R.INSUFFICIENT_SUPPLY),
        *settled(20),
        Repay(7, "USDC", None),
        Redeem(5, "USDC", None),
        Redeem(9, "USDC", None),
    ),
)

CASES: Final[tuple[Case, ...]] = (*_TRADES, *_LISTINGS, *_LAST)
