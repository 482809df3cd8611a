"""Every loop with more members than any cap that a programmer would choose."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    AcceptQuote,
    Action,
    AdvanceTime,
    Borrow,
    CancelAllOrders,
    CompleteRebalance,
    ConfirmWithdrawal,
    FailWithdrawal,
    Lend,
    Liquidate,
    RefreshRequest,
    RunRisk,
    SetMarketParameters,
    SetPerpetualParameters,
    SetPoolParameters,
    SetPrice,
    SetSystemParameters,
    SettleMarket,
    StartRebalance,
    Transfer,
)
from ibperp.parameters import OrderBookState
from ibperp_authoring.cases.builder import (
    PERP,
    SPOT,
    Case,
    Group,
    Why,
    bid,
    long,
    settings,
    short,
    withdraw,
)
from ibperp_authoring.cases.crowds.world import ASSETS, CROWD, MARKETS, ONE, RICH, SYSTEM
from ibperp_authoring.cases.liquidation.setups import FREE_MARKET, FREE_POOL
from ibperp_authoring.cases.programs.steps import asked, quoted
from ibperp_authoring.cases.settlement.setups import CONTRACT, mark, settled
from ibperp_authoring.cases.setups import COIN, PERCENT, USD

_STEP: Final = Liquidate(ONE)


def _group(setup: str, *before: Action) -> Group:
    return Group(setup, before, Why.ATTACK)


_FACED: Final = _group("crowd_faced")
_POOR: Final = _group("crowd_faced", withdraw(ONE, "SOL", "solana", 180 * COIN))
_LENDING: Final = _group("crowd_lending")

SETTLEMENT: Final[tuple[Case, ...]] = (
    _FACED.trace("ST-2-800", "130 losers pay one winner", mark(1_010_000), *settled(20)),
    _FACED.trace("ST-3-800", "one loser pays 130 winners a part", mark(400_000), *settled(20)),
    _group(
        "crowd_faced", SetPoolParameters("USDC", replace(FREE_POOL, base_rate=10 * PERCENT))
    ).trace(
        "ST-10-800",
        "130 winners earn what one loser pays on what it still owes",
        mark(400_000),
        *settled(20),
        *settled(90_000),
    ),
    _group("crowd_virtual").trace(
        "ST-4-800", "130 virtual winners are paid by one", mark(990_000), *settled(20)
    ),
    _group(
        "crowd_faced", *(Lend(account, "USDC", (25 + account) * USD) for account in CROWD)
    ).trace("ST-3-801", "130 losers redeem what they lack", mark(1_500_000), *settled(20)),
    _group("crowd_virtual", SetSystemParameters(replace(SYSTEM, account_virtual_limit=0))).trace(
        "ST-5-800", "130 virtual debts are culled", mark(1_010_000), *settled(20)
    ),
    _group("perpetuals", settings(2, auto_realize=False)).trace(
        "ST-4-801",
        "33 positions of one account are virtual, then none",
        *(mark((99 + number) * USD // 100, market) for number, market in enumerate(MARKETS)),
        *settled(20),
        settings(2),
        *settled(30),
    ),
    _group("perpetuals").trace(
        "ST-2-801",
        "an account with 33 positions",
        *(mark((99 + number) * USD // 100, market) for number, market in enumerate(MARKETS)),
        *settled(20),
    ),
    _FACED.trace(
        "PP-9-800",
        "131 positions are closed at the final price",
        SetPerpetualParameters(PERP, replace(CONTRACT, order_book_state=OrderBookState.CLOSED)),
        SettleMarket(PERP, 997_000),
    ),
)

LIQUIDATION: Final[tuple[Case, ...]] = (
    _POOR.trace("LQ-7-800", "130 counterparties give their lots", mark(590_000), _STEP),
    _POOR.trace(
        "LQ-9-800",
        "a loss is spread over 130 claims",
        mark(190_000),
        *settled(20),
        *(withdraw(account, "USDC", "solana", USD) for account in CROWD[:1]),
        SetPrice("SOL", USD),
        RunRisk(10),
    ),
    _FACED.trace("LQ-10-800", "130 accounts are due", mark(2_390_000), RunRisk(10_000)),
    _LENDING.trace("LQ-6-800", "130 providers share a debt", SetPrice("SOL", 63_500_000), _STEP),
    _LENDING.trace(
        "LQ-7-801", "130 lenders are paid for what is lent", SetPrice("SOL", 59 * USD), _STEP
    ),
    _LENDING.trace(
        "LQ-9-801",
        "more than a hundred lenders are paid, and the others bear the rest",
        SetPrice("SOL", 55 * USD),
        RunRisk(10),
    ),
    _group(
        "coins",
        Borrow(2, "USDC", 1100 * USD),
        Transfer(2, 5, "USDC", 1100 * USD),
    ).trace(
        "LQ-7-802",
        "65 coins pay one lender, in their order",
        *(SetPrice(asset, number * USD * 47 // 100) for number, asset in enumerate(ASSETS, 3)),
        Liquidate(2),
    ),
    _group("coins").trace("MM-6-800", "65 pools earn interest at once", AdvanceTime(100_000)),
    _group("coins", *(Transfer(6, 4, asset, COIN // 3) for asset in ASSETS)).trace(
        "LQ-3-801",
        "65 debts are paid a part from what is held of the same coin",
        *(SetPrice(asset, number * 8 * USD) for number, asset in enumerate(ASSETS, 3)),
        Liquidate(4),
    ),
    _group("coins").trace(
        "LQ-9-802",
        "65 debts: lenders are paid in dollars, and each pool bears what is left of its own",
        *(SetPrice(asset, number * 3 * USD) for number, asset in enumerate(ASSETS, 3)),
        RunRisk(1000),
    ),
    _group("perpetuals").trace(
        "LQ-2-800",
        "33 positions are closed, one in a step",
        *(mark((89 + number) * USD // 100, market) for number, market in enumerate(MARKETS)),
        RunRisk(1000),
    ),
)

_OFFERED: Final = _group("few_offered")

TRADING: Final[tuple[Case, ...]] = (
    _OFFERED.trace("SM-7-800", "257 orders are met by one", bid(RICH, 20_000, 1_010_000)),
    _OFFERED.trace(
        "SM-2-800",
        "257 orders end with their book",
        SetMarketParameters(SPOT, replace(FREE_MARKET, order_book_state=OrderBookState.CLOSED)),
    ),
    _OFFERED.trace("SM-10-800", "257 orders are cancelled", CancelAllOrders(ONE, SPOT)),
    _OFFERED.trace(
        "LQ-3-800",
        "257 orders of a failing account end",
        short(RICH, 150_000, USD),
        long(ONE, 150_000, USD),
        mark(910_000),
        _STEP,
    ),
    _group(
        "few",
        short(RICH, 10_000, USD),
        long(ONE, 10_000, USD),
        *(short(ONE, 3 + place % 5, 1_100_000, reduce_only=True) for place in range(130)),
    ).trace(
        "PP-5-800",
        "130 orders that only reduce end with the position",
        long(RICH, 10_000, USD),
        short(ONE, 10_000, USD),
    ),
    _group(
        "few",
        short(RICH, 120_000, USD),
        long(ONE, 120_000, USD),
        *(long(RICH, 90, 880_000 + place) for place in range(130)),
        mark(893_000),
    ).trace("LQ-4-800", "a tenth of a position is sold to 130 orders", _STEP),
    _group(
        "few",
        *(long(ONE, 300 + place, 900_000) for place in range(130)),
        short(RICH, 175_000, USD),
        long(ONE, 120_000, USD),
        mark(905_000),
    ).trace(
        "SM-9-800",
        "130 makers that cannot bear a fill are passed over, and the next one trades",
        long(3, 20, 899_000),
        short(4, 20, 899_000),
    ),
)

_QUOTED: Final = _group(
    "crowd",
    asked(ONE, lots=10),
    *(quoted(account, 1_000_000 + account) for account in CROWD),
)

PROGRAMS: Final[tuple[Case, ...]] = (
    _QUOTED.trace("PG-4-800", "one of 130 quotes is taken", AcceptQuote(ONE, 0, 71)),
    _QUOTED.trace("PG-2-800", "130 quotes end with a refresh", RefreshRequest(ONE, 0, 250)),
    _group(
        "few", *(withdraw(RICH, "USDC", "solana", (7 + place) * USD) for place in range(130))
    ).trace(
        "CU-6-800",
        "130 withdrawals are pending: the last is confirmed, and the first fails",
        ConfirmWithdrawal(129),
        FailWithdrawal(0),
    ),
    _group(
        "few",
        *(StartRebalance("USDC", "solana", "ethereum", (1 + place) * USD) for place in range(130)),
    ).trace(
        "CU-9-800",
        "130 rebalances are on their way: the last arrives, and the first",
        CompleteRebalance(129, 130 * USD),
        CompleteRebalance(0, USD),
    ),
)

CASES: Final = (*SETTLEMENT, *LIQUIDATION, *TRADING, *PROGRAMS)
