"""Cases of what an owner may do with the largest amounts and with lowered caps (PF-8)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    Action,
    AmendOrder,
    Borrow,
    CancelOrder,
    Deposit,
    Lend,
    ListAsset,
    ListMarket,
    Redeem,
    Repay,
    SetPoolParameters,
    SetPrice,
    Transfer,
)
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
    settings,
    short,
    withdraw,
)
from ibperp_authoring.cases.settlement.setups import mark, opened
from ibperp_authoring.cases.setups import (
    COIN,
    LOT,
    MAX,
    POOL,
    THIN,
    THIN_MARKET,
    USD,
    market_with,
    pool_with,
)

# 10^24 atoms are a lot of TOK, so that its orders are large in atoms and small in value.
_VAST: Final = replace(
    THIN, decimals=24, lot_atoms=10**24, imf_base=2, mmf_base=1, imf_factor=0, mmf_factor=0
)
_RANGE: Final = Group(
    "thin",
    (
        ListAsset("TOK", _VAST),
        SetPrice("TOK", 1),
        ListMarket("TOK_USDC", replace(THIN_MARKET, base="TOK", lot_atoms=10**24, tick=1)),
        settings(4, leverage_limit=MAX),
    ),
    why=Why.ATTACK,
    clauses=("PF-5", "NT-7"),
)
_SPOT: Final = Group("spot", why=Why.ATTACK)
_BORROW: Final = flags(borrow=True)
_MOST: Final = Group("spot", (ask(3, 100, 1_000_000),), why=Why.ATTACK, clauses=("PF-5",))

AMOUNTS: Final[tuple[Case, ...]] = (
    *_RANGE.pair(
        ("PF-8-070", "PF-8-071"),
        ("SC-22: orders may reserve up to the range", "SC-22: an order may not reserve beyond it"),
        accepted=ask(4, MAX // 10**24, 1, market="TOK_USDC", flags=_BORROW),
        refused=ask(4, MAX // 10**24 + 1, 1, market="TOK_USDC", flags=_BORROW),
        code=R.OUT_OF_RANGE,
    ),
    _RANGE.reject(
        "PF-8-710",
        "SC-22: two orders may not together reserve beyond the range, each of them within it",
        ask(4, MAX // 10**24, 1, market="TOK_USDC", flags=_BORROW),
        ask(4, 1, 1, market="TOK_USDC", flags=_BORROW),
        code=R.OUT_OF_RANGE,
        twin="PF-8-070",
    ),
    *_SPOT.refusals(
        "PF-8-074",
        (
            "PF-8-072",
            "SC-22: an ask of all lots there may be",
            ask(3, MAX // LOT, 1_000_000, flags=_BORROW),
            R.INSUFFICIENT_MARGIN,
        ),
        (
            "PF-8-073",
            "SC-22: a bid of all lots there may be",
            bid(3, MAX // 1_000_000, 1_000_000, flags=_BORROW),
            R.INSUFFICIENT_MARGIN,
        ),
    ),
    _SPOT.accept("PF-8-074", "SC-22: an ask of one lot", ask(3, 1, 1_000_000, flags=_BORROW)),
    *_SPOT.refusals(
        "PF-8-077",
        (
            "PF-8-075",
            "SC-22: a withdrawal of nothing borrows nothing",
            withdraw(3, "USDC", "solana", 0, borrow=True),
            R.AMOUNT_NOT_POSITIVE,
        ),
        (
            "PF-8-076",
            "SC-22: a withdrawal below zero is no deposit",
            withdraw(3, "USDC", "solana", -USD, borrow=True),
            R.AMOUNT_NOT_POSITIVE,
        ),
    ),
    _SPOT.accept(
        "PF-8-077",
        "SC-22: a withdrawal of the least",
        withdraw(3, "USDC", "solana", USD, borrow=True),
    ),
    *_MOST.refusals(
        "PF-8-080",
        (
            "PF-8-078",
            "SC-22: a transfer below zero",
            Transfer(3, 2, "SOL", -1),
            R.AMOUNT_NOT_POSITIVE,
        ),
        (
            "PF-8-079",
            "SC-22: a transfer of the most",
            Transfer(3, 2, "SOL", MAX),
            R.INSUFFICIENT_FUNDS,
        ),
    ),
    _MOST.accept("PF-8-080", "SC-22: a transfer of the least", Transfer(3, 2, "SOL", 1)),
)

_OWING: Final[tuple[Action, ...]] = (
    Borrow(3, "USDC", 4000 * USD),
    Transfer(3, 2, "USDC", 1500 * USD),
)
"""Account 3 has an equity of 400 dollars, just what its debt requires."""

CAPS: Final[tuple[Case, ...]] = (
    Group(
        "spot",
        (
            Borrow(3, "USDC", 1000 * USD),
            Lend(2, "USDC", 500 * USD),
            ask(3, 100, 1_000_000),
            pool_with(open_borrow_lend_limit=0),
        ),
        why=Why.ATTACK,
        clauses=("MM-8", "SM-9"),
    ).trace(
        "PF-8-090",
        "SC-28: a cap lowered below use refuses growth alone",
        Refused(Borrow(3, "USDC", 1), R.BORROW_LIMIT),
        Refused(Lend(4, "USDC", 1), R.LEND_LIMIT),
        Refused(withdraw(3, "USDC", "solana", 3000 * USD, borrow=True), R.BORROW_LIMIT),
        bid(4, 40, 1_000_000),
        Repay(3, "USDC", 100 * USD),
        Redeem(2, "USDC", 100 * USD),
        withdraw(2, "USDC", "solana", 800 * USD, redeem=True),
        bid(5, 60, 1_000_000, flags=flags(redeem=True)),
        Repay(3, "USDC", None),
        Redeem(2, "USDC", None),
    ),
    Group(
        "spot",
        (
            Borrow(3, "SOL", 20 * COIN // 4),
            ask(3, 100, 1_000_000),
            SetPoolParameters(
                "SOL",
                replace(POOL, optimal_utilization=1, throttle_utilization=1, max_utilization=1),
            ),
        ),
        why=Why.ATTACK,
        clauses=("MM-8", "MM-9", "SM-10"),
    ).trace(
        "PF-8-091",
        "SC-28: a utilization lowered below use holds back lenders, not debtors",
        Refused(Borrow(3, "SOL", 1), R.MAX_UTILIZATION),
        Refused(Redeem(5, "SOL", COIN), R.MAX_UTILIZATION),
        Lend(2, "SOL", COIN),
        CancelOrder(3, 0),
        Repay(3, "SOL", COIN),
        Repay(3, "SOL", None),
        Redeem(5, "SOL", COIN),
    ),
    Group(
        "spot",
        (ask(3, 100, 1_000_000), market_with(minimum_lots=1000)),
        why=Why.ATTACK,
        clauses=("SM-2", "SM-9", "SM-10", "SM-11"),
    ).trace(
        "PF-8-092",
        "SC-28: a smallest order raised above use leaves orders to shrink, to fill and to cancel",
        Refused(bid(4, 40, 1_000_000), R.LOTS_BELOW_MINIMUM),
        Refused(AmendOrder(3, 0, 50, 1_000_100), R.LOTS_BELOW_MINIMUM),
        AmendOrder(3, 0, 50, 1_000_000),
        bid(5, 1000, 1_000_000, flags=flags(redeem=True)),
        Refused(CancelOrder(3, 0), R.ORDER_NOT_OPEN),
        CancelOrder(5, 1),
    ),
    Group("spot", _OWING, why=Why.ATTACK, clauses=("PF-7", "SM-9")).trace(
        "PF-8-093",
        "SC-28: an equity far below its margin still repays, sells, lends and deposits",
        SetPrice("SOL", 60 * USD),
        bid(4, 500, 600_000),
        ask(3, 500, 600_000),
        Repay(3, "USDC", 1000 * USD),
        Lend(3, "SOL", COIN),
        Redeem(3, "SOL", None),
        Deposit(3, "USDC", "solana", 9, 500 * USD),
        Repay(3, "USDC", 2000 * USD),
    ),
    Group("liquidation", (*opened(3, 5, 10_000), mark(950_000))).accept(
        "PF-8-106",
        "a sale that costs much keeps equity per maintenance exactly: 500 of 475, 400 of 380",
        long(9, 2000, 900_000),
        short(3, 2000, 900_000),
        why=Why.BOUNDARY,
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *AMOUNTS,
    *CAPS,
)
