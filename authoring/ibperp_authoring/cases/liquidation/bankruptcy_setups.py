"""The starting points of the bankruptcy cases: accounts for which no step is left."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    Action,
    FundInsurance,
    ListAsset,
    Redeem,
    ResolveBankruptcy,
    RunRisk,
    SetPrice,
)
from ibperp.parameters import SystemParameters
from ibperp_authoring.cases.liquidation import setups
from ibperp_authoring.cases.liquidation.setups import STEP, coin, deposit, lent_out, price
from ibperp_authoring.cases.settlement.setups import delisted, moved, opened, settled, virtual
from ibperp_authoring.cases.setups import COIN, CONTINUOUS, PERCENT, USD, SetupSource

_BASE: Final = setups.SETUPS[0].actions

_FUND: Final[tuple[Action, ...]] = (
    *_BASE,
    deposit(2, 20 * USD, after=0),
    *opened(2, 3, 60),
    *opened(2, 4, 40),
    *delisted(500_000),
    *settled(10),
)

_POOL: Final[tuple[Action, ...]] = (
    *_BASE,
    deposit(2, 10 * COIN, "SOL", 0),
    *lent_out(2, "USDC", 800 * USD),
    price(50),
    STEP,
)

_COIN: Final[tuple[Action, ...]] = (
    *_BASE,
    deposit(2, 1000 * USD, after=0),
    *lent_out(2, "SOL", 9 * COIN),
    price(250),
    STEP,
)

_ALL: Final[tuple[Action, ...]] = (
    *_BASE,
    ListAsset("ETH", coin(80 * PERCENT)),
    SetPrice("ETH", 100 * USD),
    deposit(2, 20 * COIN, "ETH", 0),
    *lent_out(2, "USDC", 400 * USD),
    *lent_out(2, "SOL", 4 * COIN),
    *opened(2, 3, 200),
    *opened(2, 4, 100),
    *delisted(500_000),
    *settled(10),
    price(1, "ETH"),
    STEP,
)

_IN_KIND: Final[tuple[Action, ...]] = (
    *_BASE,
    Redeem(5, "USDC", None),
    Redeem(9, "USDC", None),
    *virtual(3),
    *opened(3, 4, 1000),
    *moved(1_500_000, 10),
    deposit(2, 10 * COIN, "SOL", 0),
    *lent_out(2, "USDC", 400 * USD),
    price(40),
)

RECOURSE: Final = replace(CONTINUOUS, non_recourse=False)


def _limited(dollars: int) -> SystemParameters:
    return replace(CONTINUOUS, insurance_limit=dollars * USD)


SETUPS: Final[tuple[SetupSource, ...]] = (
    SetupSource("bankrupt_fund", CONTINUOUS, _FUND),
    SetupSource("bankrupt_fund_limited", _limited(10), _FUND),
    SetupSource("bankrupt_fund_recourse", RECOURSE, _FUND),
    SetupSource("bankrupt_pool", CONTINUOUS, _POOL),
    SetupSource("bankrupt_pool_limited", _limited(10), _POOL),
    SetupSource("bankrupt_pool_recourse", RECOURSE, _POOL),
    SetupSource("bankrupt_coin", CONTINUOUS, _COIN),
    SetupSource("bankrupt_coin_limited", _limited(100), _COIN),
    SetupSource("bankrupt_coin_recourse", RECOURSE, _COIN),
    SetupSource("bankrupt_all", CONTINUOUS, _ALL),
    SetupSource("bankrupt_all_limited", _limited(400), _ALL),
    SetupSource("bankrupt_all_recourse", RECOURSE, _ALL),
    SetupSource("bankrupt_taken", CONTINUOUS, _IN_KIND),
    SetupSource("due_recourse", RECOURSE, _BASE),
)
"""Account 2 of the liquidation setups has nothing left that anybody takes, and owes

- `bankrupt_fund`: the fund 30 USDC, of which 18 are claimed by account 3 and 12 by 4; the market
  of the loss is closed;
- `bankrupt_pool`: the pool 300 of 500 USDC that accounts 5 (100) and 9 (400) lend; a SOL is 50;
- `bankrupt_coin`: the pool 5 of 6 SOL that accounts 9 (4) and 5 (2) lend; a SOL is 250;
- `bankrupt_all`: 380 USDC to the pool, 150 to the fund, and 4 SOL; a SOL is 100. Account 3 claims
  100, 4 claims 50; account 5 lends 580 USDC and 6 SOL, 9 lends 400 and 4.

In `bankrupt_taken` it owes 400 USDC that no account lends, but account 3 virtually, and its 10
SOL are worth as much: the insurance can take over both.
"""

RESOLVE: Final = ResolveBankruptcy(2)
"""End what account 2 owes."""

ALL_STEPS: Final = RunRisk(100)
"""More steps than any of the cases needs."""


def gift(amount: int, asset: str = "USDC", account: int = 7) -> FundInsurance:
    """Give atoms to the insurance."""
    return FundInsurance(account, asset, amount)
