"""Incidents 14 to 19 of docs/incidents.md, replayed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import (
    Action,
    AmendOrder,
    Borrow,
    CancelOrder,
    ConvertDust,
    CreateAccount,
    Deposit,
    FailWithdrawal,
    FundInsurance,
    Lend,
    Liquidate,
    Redeem,
    Repay,
    SetAssetParameters,
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
    long,
    market,
    settings,
    short,
    withdraw,
)
from ibperp_authoring.cases.liquidation.bankruptcy_setups import ALL_STEPS, RESOLVE, gift
from ibperp_authoring.cases.liquidation.setups import STEP, deposit, price, provider
from ibperp_authoring.cases.perpetuals.steps import sale, trade
from ibperp_authoring.cases.settlement.setups import OTHER, delisted, mark, opened, settled
from ibperp_authoring.cases.setups import COIN, LOT, PERCENT, THIN, USD, perpetual_with

_LONG: Final = Group("liquidation_long", why=Why.ATTACK)

_EDGE: Final[tuple[Case, ...]] = _LONG.pair(
    ("LQ-1-201", "LQ-1-202"),
    (
        "incident 17, Euler: a gift as far as the giver's initial margin, and it is not due",
        "incident 17, Euler: nobody gives itself into liquidation: an atom more is refused",
    ),
    accepted=FundInsurance(2, "USDC", 45 * USD),
    refused=FundInsurance(2, "USDC", 45 * USD + 1),
    code=R.INSUFFICIENT_MARGIN,
)

_VAULTS: Final[tuple[Case, ...]] = (
    _LONG.trace(
        "LQ-6-200",
        "incident 17, Euler: the discount of a takeover is not for the user's other account",
        provider(8, 900),
        mark(880_000),
        STEP,
    ),
)


def _attack(setup: str, *before: Action) -> Group:
    return Group(setup, before, Why.ATTACK)


_PUMPED: Final = SetPrice("THIN", 10 * USD)
_HELD: Final = SetAssetParameters("THIN", replace(THIN, price_update_max=110 * PERCENT))

_PRICES: Final[tuple[Case, ...]] = (
    _attack("thin", _PUMPED).trace(
        "LQ-9-900",
        "incident 14, Moola: a pumped thin coin, looped; failing lends all 80,000 of the pool",
        withdraw(2, "USDC", "solana", 8000 * USD, borrow=True),
        Refused(withdraw(2, "USDC", "solana", 2000 * USD, borrow=True), R.INSUFFICIENT_MARGIN),
        Refused(withdraw(2, "THIN", "solana", 90_000 * USD), R.INSUFFICIENT_MARGIN),
        SetPrice("THIN", USD // 100),
        ALL_STEPS,
    ),
    _attack("thin", _HELD).trace(
        "LQ-9-901",
        "incident 14, Moola: a price held by its limits lends nothing; failing costs lenders",
        _PUMPED,
        Refused(Borrow(2, "USDC", USD), R.PRICE_DEVIATING),
    ),
)

_LOSING: Final = _attack("liquidation_borrowed", price(95))

_CHECKS: Final[tuple[Case, ...]] = (
    _LOSING.trace(
        "PF-8-902",
        "incident 16, Platypus: every way out of collateral is judged after it is taken; "
        "failing costs lenders 810",
        Refused(withdraw(2, "SOL", "solana", 10 * COIN), R.INSUFFICIENT_MARGIN),
        Refused(withdraw(2, "SOL", "solana", COIN // 10), R.INSUFFICIENT_MARGIN),
        Refused(Transfer(2, 8, "SOL", 10 * COIN), R.INSUFFICIENT_MARGIN),
        Refused(gift(10 * COIN, "SOL", 2), R.INSUFFICIENT_MARGIN),
        Refused(Lend(2, "SOL", 11 * COIN), R.INSUFFICIENT_FUNDS),
        Lend(2, "SOL", 10 * COIN),
        Refused(withdraw(2, "SOL", "solana", 10 * COIN, redeem=True), R.INSUFFICIENT_MARGIN),
        Refused(Liquidate(2), R.NOT_LIQUIDATABLE),
    ),
    _LOSING.trace(
        "LQ-9-902",
        "incident 16, Platypus: repaid in full, all collateral may leave; failing locks it in",
        Transfer(8, 2, "USDC", 810 * USD),
        Repay(2, "USDC", None),
        withdraw(2, "SOL", "solana", 10 * COIN),
    ),
)

_EMPTY: Final = (
    Redeem(5, "USDC", None),
    Redeem(9, "USDC", None),
)
"""Nothing is lent of USDC any more."""

_GIVEN: Final = (Transfer(8, 2, "USDC", 500 * USD), gift(400 * USD), deposit(1, 100 * USD, after=0))

_SHARES: Final[tuple[Case, ...]] = (
    _attack("liquidation", *_EMPTY).trace(
        "MM-2-900",
        "incident 18, Hundred, Onyx, Sonne: an atom lent, then gifts: no share is worth more; "
        "failing costs the next lender",
        Lend(6, "USDC", 1),
        *_GIVEN,
        Lend(3, "USDC", 100 * USD),
        Refused(Redeem(6, "USDC", 2), R.INSUFFICIENT_LEND),
        Redeem(3, "USDC", 100 * USD),
        Redeem(6, "USDC", 1),
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
)


def _refused(*actions: Action) -> tuple[Refused, ...]:
    return tuple(Refused(action, R.INSUFFICIENT_MARGIN) for action in actions)


def _out(account: int, amount: int) -> Action:
    return withdraw(account, "USDC", "solana", amount, borrow=True)


_THIN: Final = perpetual_with(
    maker_fee=0, taker_fee=0, open_interest_limit=10_000, position_limit=6_000
)
_GAINS_YFI: Final = Group("perpetual_limited", (_THIN,), Why.ATTACK, ("PP-5", "PF-8"))

_PYRAMID: Final[tuple[Case, ...]] = (
    _GAINS_YFI.trace(
        "PF-12-120",
        "incident 19, dYdX v3 YFI: the gain of a thin market does not carry a larger position",
        *sale(5, 4, 5_900, USD),
        mark(1_200_000),
        short(6, 5_000, 1_200_000),
        Refused(long(4, 200, 1_200_000), R.POSITION_LIMIT),
        long(4, 100, 1_200_000),
        Refused(long(3, 4_001, 1_200_000), R.OPEN_INTEREST_LIMIT),
        long(3, 4_000, 1_200_000),
    ),
    _GAINS_YFI.trace(
        "PF-12-121",
        "incident 19, dYdX v3 YFI: the unrealized gain is not withdrawn before the crash",
        *sale(5, 4, 5_900, USD),
        mark(1_200_000),
        *_refused(_out(4, 1800 * USD)),
        withdraw(4, "USDC", "solana", 1000 * USD),
        *_refused(withdraw(4, "SOL", "solana", 9 * COIN)),
        mark(900_000),
        *_refused(long(4, 50, 900_000), withdraw(4, "SOL", "solana", 5 * COIN)),
    ),
    Group("perpetual", (_THIN,), Why.ATTACK, ("PP-5",)).trace(
        "PF-12-122",
        "incident 19, dYdX v3 YFI: gains count in full, and the limits of the market bound them",
        *sale(5, 4, 6_000, USD),
        mark(1_200_000),
        short(6, 5_000, 1_200_000),
        Refused(long(4, 1, 1_200_000), R.POSITION_LIMIT),
        CreateAccount(7, 1),
        Deposit(7, "USDC", "solana", 11, 1000 * USD),
        Refused(long(7, 4_001, 1_200_000), R.OPEN_INTEREST_LIMIT),
        long(7, 4_000, 1_200_000),
    ),
)

_FREE: Final = perpetual_with(maker_fee=0, taker_fee=0)

_GIFT: Final = Group("perpetual", (_FREE, *trade(2, 3, 15_000, USD)), Why.ATTACK, ("PF-8", "PP-4"))

_GIVEN_ATTACKS: Final[tuple[Case, ...]] = (
    _GIFT.trace(
        "PF-12-140",
        "SC-3, Euler: an account does not trade itself below its margin",
        short(4, 1000, 3 * USD),
        *_refused(long(2, 1000, 3 * USD)),
        long(5, 1000, 100_000),
        *_refused(short(2, 1000, 100_000)),
    ),
    _GIFT.trace(
        "PF-12-142",
        "SC-3, Euler: a bid that the mark has left behind ends when it would be filled",
        long(2, 1000, USD),
        mark(930_000),
        short(4, 1000, 900_000),
    ),
)

_OWING: Final[tuple[Action, ...]] = (
    Borrow(3, "USDC", 4000 * USD),
    Transfer(3, 2, "USDC", 1500 * USD),
)
"""Account 3 has an equity of 400 dollars, just what its debt requires."""


def _all_refused(*actions: Action) -> tuple[Step, ...]:
    return tuple(Refused(action, R.INSUFFICIENT_MARGIN) for action in actions)


EULER: Final[tuple[Case, ...]] = (
    Group("spot", _OWING, why=Why.ATTACK, clauses=("CU-5", "CU-10", "SM-4", "SM-9")).trace(
        "PF-8-060",
        "SC-3, Euler: no way out of an account lowers its equity below its margin",
        bid(4, 500, 600_000),
        ask(4, 500, 1_080_000),
        *_all_refused(
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
        *_all_refused(
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
        *_all_refused(Borrow(3, "USDC", 100 * USD)),
        FailWithdrawal(0),
        Borrow(3, "USDC", 100 * USD),
    ),
    Group("spot", why=Why.ATTACK, clauses=("SM-9", "PF-5")).trace(
        "PF-8-065",
        "SC-3, Euler: resting orders at bad prices cannot be filled below the margin",
        Transfer(3, 2, "USDC", 1000 * USD),
        ask(3, 1000, 600_000, flags=flags(borrow=True)),
        *_all_refused(withdraw(3, "USDC", "solana", 700 * USD, borrow=True)),
        bid(4, 1000, 600_000),
        Transfer(3, 2, "USDC", 600 * USD),
    ),
)

_SPOT: Final = Group("spot", why=Why.ATTACK)

_BORROW: Final[dict[str, Any]] = {"flags": flags(borrow=True)}

_UNDER: Final[tuple[Case, ...]] = (
    _SPOT.trace(
        "SM-4-250",
        "incident 19: an order on credit counts before it fills, and twice with another",
        bid(3, 10_000, USD, **_BORROW),
        Refused(bid(3, 1, USD, **_BORROW), R.INSUFFICIENT_MARGIN),
        Refused(Borrow(3, "SOL", LOT), R.INSUFFICIENT_MARGIN),
        Refused(Transfer(3, 2, "USDC", 1), R.INSUFFICIENT_MARGIN),
        Refused(Transfer(3, 2, "SOL", 1), R.INSUFFICIENT_MARGIN),
        CancelOrder(3, 0),
        Transfer(3, 2, "SOL", 1),
    ),
)


CASES: Final[tuple[Case, ...]] = (
    *_EDGE,
    *_VAULTS,
    *_PRICES,
    *_CHECKS,
    *_SHARES,
    *_INSURANCE,
    *_PYRAMID,
    *_GIVEN_ATTACKS,
    *EULER,
    *_UNDER,
)
