"""Cases of the portfolio chapter: incidents replayed against the margin."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    AmendOrder,
    Borrow,
    CancelOrder,
    ConvertDust,
    Deposit,
    FailWithdrawal,
    Lend,
    ListAsset,
    ListMarket,
    Redeem,
    Repay,
    SetPoolParameters,
    SetPrice,
    Transfer,
)
from ibperp.numbers import RATIO
from ibperp.orders import Side
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import (
    SPOT,
    Case,
    Group,
    Refused,
    Step,
    Why,
    ask,
    bid,
    flags,
    market,
    settings,
    withdraw,
)
from ibperp_authoring.cases.setups import (
    COIN,
    LOT,
    MAX,
    PERCENT,
    POOL,
    THIN,
    THIN_MARKET,
    USD,
    market_with,
    pool_with,
)

_THIN: Final = Group("thin", why=Why.ATTACK, clauses=("PF-8", "CU-5"))
_PUMP: Final = replace(THIN, price_update_min=90 * PERCENT, price_update_max=110 * PERCENT)
_PUMPED: Final = Group(
    "thin",
    (
        ListAsset("PUMP", _PUMP),
        SetPrice("PUMP", USD),
        Deposit(3, "PUMP", "solana", 3, 100_000 * USD),
    ),
    why=Why.ATTACK,
    clauses=("PF-8", "PF-2", "CU-5"),
)
_LOAN: Final = withdraw(3, "USDC", "solana", 2_926_865_140, borrow=True)

MANGO: Final[tuple[Case, ...]] = (
    *_THIN.pair(
        ("PF-2-050", "PF-2-051"),
        (
            "SC-2, Mango: 100,000 dollars of a thin asset back a loan of 2,786",
            "SC-2, Mango: not an atom more",
        ),
        accepted=withdraw(2, "USDC", "solana", 2_786_675_457, borrow=True),
        refused=withdraw(2, "USDC", "solana", 2_786_675_458, borrow=True),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *_THIN.pair(
        ("PF-2-052", "PF-2-053"),
        (
            "SC-2, Mango: at ten times the price the haircut leaves three times the loan",
            "SC-2, Mango: at ten times the price not an atom more",
        ),
        SetPrice("THIN", 10 * USD),
        accepted=withdraw(2, "USDC", "solana", 9_000_900_090, borrow=True),
        refused=withdraw(2, "USDC", "solana", 9_000_900_091, borrow=True),
        code=R.INSUFFICIENT_MARGIN,
    ),
    _PUMPED.accept(
        "PF-10-040",
        "SC-2, Mango: an update to a tenth more brings a tenth more",
        SetPrice("PUMP", 110 * USD // 100),
        _LOAN,
    ),
    _PUMPED.reject(
        "PF-10-041",
        "SC-2, Mango: an update to ten times the price brings nothing while it is limited",
        SetPrice("PUMP", 10 * USD),
        _LOAN,
        code=R.PRICE_DEVIATING,
        twin="PF-10-040",
    ),
    Group("thin", why=Why.ATTACK, clauses=("SM-6", "SM-8", "PF-8")).trace(
        "PF-10-042",
        "SC-2, Mango: two accounts of one user cannot trade a thin asset up and borrow on it",
        Transfer(2, 3, "THIN", 50_000 * USD),
        ask(2, 1000, 1_500_000, market="THIN_USDC"),
        Deposit(3, "USDC", "solana", 3, 1000 * USD),
        bid(3, 100, 1_500_000, market="THIN_USDC"),
        Refused(ask(2, 1000, 10_000_000, market="THIN_USDC"), R.PRICE_OUT_OF_BOUNDS),
        Refused(withdraw(3, "USDC", "solana", 5000 * USD, borrow=True), R.INSUFFICIENT_MARGIN),
    ),
    Group("thin", why=Why.ATTACK, clauses=("SM-9", "PF-8")).trace(
        "PF-10-043",
        "SC-2, Mango: trades at a far price move no collateral: only set prices do",
        ask(2, 1000, 1_500_000, market="THIN_USDC"),
        bid(4, 1000, 1_500_000, market="THIN_USDC"),
        Refused(withdraw(2, "USDC", "solana", 5000 * USD, borrow=True), R.INSUFFICIENT_MARGIN),
        withdraw(2, "USDC", "solana", 1498 * USD),
    ),
    Group("dated", why=Why.ATTACK, clauses=("PF-8", "SM-4")).trace(
        "PF-9-050",
        "SC-2, Mango: a pumped price that is not renewed serves no loan",
        SetPrice("SOL", 1000 * USD),
        AdvanceTime(61),
        Refused(Borrow(3, "USDC", 5000 * USD), R.PRICE_STALE),
        SetPrice("USDC", USD),
        Refused(Borrow(3, "USDC", 5000 * USD), R.PRICE_STALE),
        SetPrice("SOL", 100 * USD),
        Borrow(3, "USDC", 5000 * USD),
    ),
)

_OWING: Final[tuple[Action, ...]] = (
    Borrow(3, "USDC", 4000 * USD),
    Transfer(3, 2, "USDC", 1500 * USD),
)
"""Account 3 has an equity of 400 dollars, just what its debt requires."""


def _refused(*actions: Action) -> tuple[Step, ...]:
    return tuple(Refused(action, R.INSUFFICIENT_MARGIN) for action in actions)


EULER: Final[tuple[Case, ...]] = (
    Group("spot", _OWING, why=Why.ATTACK, clauses=("CU-5", "CU-10", "SM-4", "SM-9")).trace(
        "PF-8-060",
        "SC-3, Euler: no way out of an account lowers its equity below its margin",
        bid(4, 500, 600_000),
        ask(4, 500, 1_080_000),
        *_refused(
            Transfer(3, 2, "USDC", 1),
            Transfer(3, 2, "SOL", COIN),
            withdraw(3, "USDC", "solana", USD),
            withdraw(3, "SOL", "solana", COIN),
            Borrow(3, "USDC", 1),
            ask(3, 100, 600_000),
            market(3, Side.ASK, 1),
            market(3, Side.BID, 1),
            bid(3, 100, 1_000_000),
            ask(3, 1001, 1_000_000, flags=flags(borrow=True)),
            settings(3, leverage_limit=9 * RATIO),
        ),
        Lend(3, "SOL", 10 * COIN),
        *_refused(
            withdraw(3, "SOL", "solana", COIN, redeem=True),
            ask(3, 100, 600_000, flags=flags(redeem=True)),
            market(3, Side.ASK, 1, flags=flags(redeem=True)),
        ),
    ),
    Group("spot", _OWING, why=Why.ATTACK, clauses=("SM-9", "SM-11")).trace(
        "PF-8-061",
        "SC-3, Euler: an order that loses nothing is not amended into one that does",
        ask(3, 100, 1_000_000),
        Refused(AmendOrder(3, 0, 100, 899_900), R.INSUFFICIENT_MARGIN),
        AmendOrder(3, 0, 100, 900_000),
        Refused(AmendOrder(3, 0, 1001, 900_000), R.INSUFFICIENT_FUNDS),
    ),
    Group("spot", _OWING, why=Why.ATTACK, clauses=("SM-12",)).trace(
        "PF-8-062",
        "SC-3, Euler: dust cannot be made of what backs a debt",
        Refused(ConvertDust(3, SPOT), R.NOT_DUST),
        Refused(Transfer(3, 2, "SOL", 10 * COIN - LOT + 1), R.INSUFFICIENT_MARGIN),
    ),
    Group("spot", _OWING, why=Why.ATTACK, clauses=("SM-8",)).trace(
        "PF-8-063",
        "SC-3, Euler: a gift at a bad price does not reach an account of the same user",
        bid(2, 100, 600_000),
        ask(3, 100, 600_000),
    ),
    Group("spot", (Borrow(3, "USDC", 4000 * USD),), why=Why.ATTACK, clauses=("CU-7", "CU-5")).trace(
        "PF-8-064",
        "SC-3, Euler: a withdrawal in flight backs nothing until it fails",
        withdraw(3, "USDC", "solana", 1500 * USD),
        *_refused(Borrow(3, "USDC", 100 * USD)),
        FailWithdrawal(0),
        Borrow(3, "USDC", 100 * USD),
    ),
    Group("spot", why=Why.ATTACK, clauses=("SM-9", "PF-5")).trace(
        "PF-8-065",
        "SC-3, Euler: resting orders at bad prices cannot be filled below the margin",
        Transfer(3, 2, "USDC", 1000 * USD),
        ask(3, 1000, 600_000, flags=flags(borrow=True)),
        *_refused(withdraw(3, "USDC", "solana", 700 * USD, borrow=True)),
        bid(4, 1000, 600_000),
        Transfer(3, 2, "USDC", 600 * USD),
    ),
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
)

CASES: Final[tuple[Case, ...]] = (*MANGO, *EULER, *AMOUNTS, *CAPS)
