"""Incidents 10 to 13 of docs/incidents.md, replayed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    Deposit,
    ListAsset,
    Redeem,
    Repay,
    SetPrice,
    Settle,
    Transfer,
)
from ibperp.numbers import RATIO
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
    market,
    settings,
    short,
    withdraw,
)
from ibperp_authoring.cases.governance.steps import coin_with
from ibperp_authoring.cases.liquidation.bankruptcy_setups import ALL_STEPS, RESOLVE, gift
from ibperp_authoring.cases.liquidation.setups import STEP, deposit, price, steps
from ibperp_authoring.cases.perpetuals.steps import sale, trade
from ibperp_authoring.cases.settlement.setups import mark, moved, opened, settled, virtual
from ibperp_authoring.cases.setups import COIN, PERCENT, THIN, USD

_BOOKS: Final[tuple[Case, ...]] = (
    Group("liquidation_borrowed", why=Why.ATTACK).trace(
        "LQ-5-200",
        "incident 12, Solend: collateral above the book's depth: the lenders get it, not 0.5 a lot",
        bid(6, 5, 930_000),
        bid(7, 900, 500_000),
        price(94),
        *steps(3),
        Refused(STEP, R.NOT_LIQUIDATABLE),
    ),
)


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

_AT_FLOOR: Final = coin_with(price_floor=100 * USD)
_NO_FLOOR: Final = coin_with(price_floor=0)

_FLOORS: Final[tuple[Case, ...]] = (
    _attack("liquidation", _AT_FLOOR, deposit(2, 20 * COIN, "SOL", 0)).trace(
        "GV-3-900",
        "incident 11, Venus: a feed stands at its floor while the market falls, and nothing is "
        "lent on it; failing lends 1,000 against coins that are worth 20",
        Refused(Borrow(2, "USDC", 1000 * USD), R.PRICE_AT_FLOOR),
        Refused(withdraw(2, "USDC", "solana", 1000 * USD, borrow=True), R.PRICE_AT_FLOOR),
        Refused(bid(2, 1000, USD, flags=flags(borrow=True)), R.PRICE_AT_FLOOR),
        price(100),
        Refused(Borrow(2, "USDC", 1000 * USD), R.PRICE_AT_FLOOR),
        _NO_FLOOR,
        price(1),
        Refused(Borrow(2, "USDC", 1000 * USD), R.INSUFFICIENT_MARGIN),
    ),
    _attack("liquidation_borrowed", coin_with(price_floor=94 * USD), price(94)).trace(
        "GV-3-901",
        "incident 11, Blizz: at its floor a coin liquidates nobody, and pays nobody; the loss is "
        "told with the first price; failing pays lenders of 810 with eight coins",
        Refused(STEP, R.PRICE_AT_FLOOR),
        Refused(withdraw(2, "SOL", "solana", COIN), R.PRICE_AT_FLOOR),
        Transfer(8, 2, "USDC", 10 * USD),
        Repay(2, "USDC", 10 * USD),
        Refused(STEP, R.PRICE_AT_FLOOR),
        _NO_FLOOR,
        price(1),
        ALL_STEPS,
    ),
)


def _out(account: int, amount: int) -> Action:
    return withdraw(account, "USDC", "solana", amount, borrow=True)


_MANGO: Final = Group(
    "perpetual_limited",
    (*trade(2, 3, 1900, USD), mark(5 * USD)),
    Why.ATTACK,
    ("PF-8",),
)
"""Two accounts trade 2000 lots with each other; then the mark is at five times their price."""


def _refused(*actions: Action) -> tuple[Refused, ...]:
    return tuple(Refused(action, R.INSUFFICIENT_MARGIN) for action in actions)


_MADE: Final[tuple[Case, ...]] = (
    *_MANGO.pair(
        ("PF-12-100", "PF-12-101"),
        (
            "SC-2, Mango: a gain of 8000 dollars lets an account withdraw 920 of its own 1000",
            "SC-2, Mango: and not an atom more",
        ),
        accepted=_out(2, 920_160_000),
        refused=_out(2, 920_160_001),
        code=R.INSUFFICIENT_MARGIN,
    ),
    _MANGO.trace(
        "PF-12-102",
        "SC-2, Mango: nobody borrows, adds or settles against it",
        *_refused(
            _out(2, 921 * USD),
            long(2, 3000, 5 * USD),
            short(3, 1, 5 * USD),
            withdraw(3, "USDC", "solana", USD),
            settings(2, auto_realize=False, leverage_limit=RATIO),
        ),
        AdvanceTime(10),
        Settle(),
        *_refused(_out(2, 1000 * USD), withdraw(3, "SOL", "solana", COIN)),
    ),
    Group("perpetual_limited", (*trade(2, 3, 1900, USD),), Why.ATTACK, ("PP-6",)).trace(
        "PF-12-103",
        "SC-2, Mango: trades at any price move no mark while there is an index",
        *sale(4, 5, 10, 5 * USD),
        mark(USD),
        *_refused(_out(2, 1800 * USD)),
    ),
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
        withdraw(3, "USDC", "solana", 1000 * USD),
        SetPrice("SOL", 1000 * USD),
        AdvanceTime(61),
        Refused(Borrow(3, "USDC", 5000 * USD), R.PRICE_STALE),
        SetPrice("USDC", USD),
        Refused(Borrow(3, "USDC", 5000 * USD), R.PRICE_STALE),
        SetPrice("SOL", 100 * USD),
        Borrow(3, "USDC", 5000 * USD),
    ),
)

_GROUP: Final = Group("settlement", why=Why.ATTACK)

_LUNA: Final = "SC-1 (incident 10, LUNA)"

_CRASH: Final = (*opened(5, 2, 100, 8 * USD), mark(USD))
"""Account 5 is long of 100 lots at 8 USDC, account 2 short: 700 USDC when the mark is 1."""

_PRUDENT: Final = Group("settlement_prudent", why=Why.ATTACK)

_WINNERS_ATTACKS: Final[tuple[Case, ...]] = (
    _GROUP.trace(
        "ST-3-300",
        f"{_LUNA}: what the loser cannot pay, the winner cannot withdraw",
        mark(8 * USD),
        *_CRASH,
        *opened(2, 5, 100),
        *settled(10),
        Refused(withdraw(2, "USDC", "solana", 1001 * USD), R.INSUFFICIENT_FUNDS),
        withdraw(2, "USDC", "solana", 1000 * USD),
    ),
    _GROUP.trace(
        "ST-3-301",
        f"{_LUNA}: where claims count in full, lenders advance what is unsettled",
        mark(8 * USD),
        *_CRASH,
        *opened(2, 5, 100),
        *settled(10),
        withdraw(2, "USDC", "solana", 1000 * USD),
        withdraw(2, "USDC", "solana", 600 * USD, borrow=True),
        Refused(withdraw(2, "USDC", "solana", 100 * USD, borrow=True), R.INSUFFICIENT_MARGIN),
    ),
    _PRUDENT.trace(
        "ST-3-302",
        f"{_LUNA}: where claims count for nothing, nobody advances them",
        mark(8 * USD),
        *_CRASH,
        *opened(2, 5, 100),
        *settled(10),
        withdraw(2, "USDC", "solana", 1000 * USD),
        Refused(withdraw(2, "USDC", "solana", USD, borrow=True), R.INSUFFICIENT_MARGIN),
    ),
    _PRUDENT.trace(
        "ST-3-303",
        "incident 13: a marked gain funds no borrow before it is paid",
        *opened(2, 3, 100),
        withdraw(2, "USDC", "solana", 980 * USD),
        mark(3 * USD),
        Refused(Borrow(2, "USDC", 100 * USD), R.INSUFFICIENT_MARGIN),
        *settled(10),
        withdraw(2, "USDC", "solana", 180 * USD),
    ),
    _GROUP.trace(
        "ST-3-304",
        f"{_LUNA}: who withdraws first leaves the pool, not the fund, without cash",
        *virtual(2),
        *opened(2, 6, 500),
        *moved(2 * USD, 10),
        Redeem(7, "USDC", 10_000 * USD),
        withdraw(7, "USDC", "solana", 11_000 * USD),
        *moved(1_500_000, 20),
        *opened(6, 2, 500, 1_500_000),
        *settled(30),
        Redeem(2, "USDC", None),
    ),
)

_SPOT: Final = Group("spot", why=Why.ATTACK)

_REJECT_BOTH: Final[dict[str, Any]] = {"self_trade_prevention": SelfTradePrevention.REJECT_BOTH}

_BORROW: Final[dict[str, Any]] = {"flags": flags(borrow=True)}

_PRICES: Final[tuple[Case, ...]] = (
    _SPOT.trace(
        "SM-8-040",
        "SC-2 (incident 13): two accounts of one user cannot make a price",
        ask(2, 10, 1_400_000),
        bid(3, 10, 1_400_000),
        market(3, Side.BID, 10),
        bid(3, 10, 1_400_000, **_REJECT_BOTH),
    ),
    _SPOT.trace(
        "SM-9-200",
        "SC-2 (incident 13): a price made with a friend lifts nobody's collateral",
        ask(4, 10, 1_400_000),
        bid(5, 10, 1_400_000),
        Refused(bid(3, 10_001, USD, **_BORROW), R.INSUFFICIENT_MARGIN),
        bid(3, 10_000, USD, **_BORROW),
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *_BOOKS,
    *_WINNERS,
    *_FLOORS,
    *_MADE,
    *MANGO,
    *_WINNERS_ATTACKS,
    *_PRICES,
)
