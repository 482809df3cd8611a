"""Cases of the conversion of collateral where what is there just suffices, or not (ST-9)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    ConvertCollateral,
    CreateAccount,
    Deposit,
    Lend,
    ListAsset,
    ListMarket,
    Repay,
    RunRisk,
    SetPoolParameters,
    SetPrice,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, bid, short
from ibperp_authoring.cases.liquidation.setups import (
    ETH,
    FREE_MARKET,
    coin,
    deposit,
    system_with,
)
from ibperp_authoring.cases.programs.steps import quoted
from ibperp_authoring.cases.settlement.conversion import OWES, PLEDGED
from ibperp_authoring.cases.settlement.setups import mark, moved, opened, settled
from ibperp_authoring.cases.setups import COIN, MAX, PERCENT, SOL, USD, market_with, pool_with

_CONVERT: Final = ConvertCollateral(5)
_GROUP: Final = Group("settlement", OWES)
_EDGE: Final = Group("settlement", OWES, Why.BOUNDARY)
_ALL: Final = replace(SOL.pool, max_utilization=RATIO, throttle_utilization=RATIO)

_BOUNDED: Final = replace(_ALL, max_utilization=95 * PERCENT, throttle_utilization=95 * PERCENT)
_BORROWED: Final = 9_205_500_000
"""Of 10 SOL that are lent: 95 % of what is left when 0.31 SOL have been redeemed."""

_BIDS: Final = bid(4, 100, 990_000)
_RUNS: Final = Group("settlement", OWES, clauses=("LQ-10",))
_TWO: Final = (
    CreateAccount(8, 8),
    Deposit(8, "SOL", "solana", 7, 10 * COIN),
    *opened(2, 5, 40),
    *opened(2, 8, 60),
    *moved(1_300_000, 10),
)

_DUE: Final = (
    CreateAccount(8, 8),
    Deposit(8, "SOL", "solana", 7, 10 * COIN),
    *opened(2, 5, 40),
    *opened(3, 8, 2380),
    *moved(1_300_000, 10),
)

_RUN: Final[tuple[Case, ...]] = (
    _RUNS.accept("ST-9-090", "a run converts on the book", _BIDS, RunRisk(5)),
    _RUNS.trace(
        "ST-9-091",
        "nobody bids: a run asks for quotes, once",
        RunRisk(5),
        RunRisk(5),
        quoted(4, 990_000),
        *settled(20),
        RunRisk(5),
    ),
    _RUNS.accept(
        "ST-9-092", "a thin book, then quotes, are two steps", bid(4, 12, 990_000), RunRisk(5)
    ),
    _RUNS.accept(
        "ST-9-093",
        "the second of them waits for the next run",
        bid(4, 12, 990_000),
        RunRisk(1),
        why=Why.BOUNDARY,
    ),
    Group("settlement", _TWO, clauses=("LQ-10",)).accept(
        "ST-9-094", "the larger debt comes first", _BIDS, RunRisk(1)
    ),
    Group("settlement", _DUE, clauses=("LQ-10",)).accept(
        "ST-9-096",
        "a step cures the account that is due, a second one converts what it owes the fund",
        _BIDS,
        short(4, 400, 1_305_000),
        RunRisk(2),
    ),
    _RUNS.accept(
        "ST-9-095",
        "a price too old on which it depends whether the account is due: a run says so",
        AdvanceTime(700),
        SetPrice("USDC", USD),
        mark(1_300_000),
        RunRisk(5),
    ),
)


def _used(borrowed: int) -> tuple[Action, ...]:
    """Let account 5 lend its SOL, and others borrow so much of it."""
    return (
        SetPoolParameters("SOL", _BOUNDED),
        Lend(5, "SOL", 10 * COIN),
        Borrow(2, "SOL", 3 * COIN),
        Borrow(3, "SOL", 3 * COIN),
        Borrow(4, "SOL", borrowed - 6 * COIN),
        bid(7, 100, 990_000),
    )


CASES: Final[tuple[Case, ...]] = (
    *_RUN,
    _GROUP.accept(
        "ST-9-060",
        "of a lend no more is sold than the pool has cash for",
        SetPoolParameters("SOL", _ALL),
        Lend(5, "SOL", 10 * COIN),
        *(Borrow(account, "SOL", 33 * COIN // 10) for account in (2, 3, 4)),
        bid(7, 100, 990_000),
        _CONVERT,
    ),
    PLEDGED.accept(
        "ST-9-061",
        "the next asset is sold where a sale of the first would leave the account riskier",
        system_with(conversion_distance=50 * PERCENT),
        bid(3, 30, 600_000, market=ETH),
        bid(3, 30, 990_000),
        ConvertCollateral(2),
    ),
    PLEDGED.accept(
        "ST-9-062",
        "a coin of which a lot brings nothing after the fee is passed over",
        ListAsset("GEM", coin(95 * PERCENT)),
        SetPrice("GEM", 100),
        ListMarket("GEM_USDC", replace(FREE_MARKET, base="GEM", taker_fee=RATIO // 1000)),
        deposit(2, COIN, "GEM", 3),
        bid(3, 30, 990_000),
        ConvertCollateral(2),
        why=Why.BOUNDARY,
    ),
    _EDGE.accept(
        "ST-9-063",
        "a request for exactly the minimum of a market is opened",
        market_with(minimum_lots=50),
        _CONVERT,
    ),
    _EDGE.reject(
        "ST-9-064",
        "a request for the minimum has nothing to pay once nothing is owed",
        market_with(minimum_lots=50),
        _CONVERT,
        Deposit(5, "USDC", "solana", 7, 30 * USD),
        quoted(4, 990_000),
        code=R.NOT_LIQUIDATABLE,
        twin="ST-9-040",
    ),
    _EDGE.reject(
        "ST-9-065",
        "a request would end beyond the range of times: nothing is asked for",
        pool_with(base_rate=0, slope_low=0),
        AdvanceTime(MAX - 100),
        SetPrice("USDC", USD),
        SetPrice("SOL", 100 * USD),
        mark(1_300_000),
        _CONVERT,
        code=R.NOTHING_TO_CONVERT,
        twin="ST-9-003",
    ),
    _EDGE.accept(
        "ST-9-066",
        "a lend is sold if the utilization after its redemption is the largest",
        *_used(_BORROWED),
        _CONVERT,
    ),
    _EDGE.trace(
        "ST-9-067",
        "beyond the largest utilization nothing is redeemed and sold: quotes are requested, which "
        "wait for it too",
        *_used(9_215_000_001),
        _CONVERT,
        Refused(quoted(4, 990_000), R.MAX_UTILIZATION),
        Repay(4, "SOL", 1),
        quoted(4, 990_000),
    ),
)
