"""Cases of the spot margin chapter: attacks that ruined others, replayed against the book."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    AmendOrder,
    Borrow,
    CancelAllOrders,
    CancelOrder,
    ConvertDust,
    CreateAccount,
    Deposit,
    Lend,
    Redeem,
    Repay,
    SetPrice,
    Transfer,
)
from ibperp.numbers import RATIO
from ibperp.orders import SelfTradePrevention, Side
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
    withdraw,
)
from ibperp_authoring.cases.setups import COIN, LOT, MAX, USD, YEAR, market_with

_SPOT: Final = Group("spot", why=Why.ATTACK)
_BOOK: Final = Group("spot_book", why=Why.ATTACK)
_CASH: Final = Group("spot", why=Why.CONSERVATION)
_REDEEM: Final[dict[str, Any]] = {"flags": flags(redeem=True)}
_BORROW: Final[dict[str, Any]] = {"flags": flags(borrow=True)}
_ALL: Final[dict[str, Any]] = {"flags": flags(lend=True, redeem=True, borrow=True, repay=True)}
_REJECT_BOTH: Final[dict[str, Any]] = {"self_trade_prevention": SelfTradePrevention.REJECT_BOTH}

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
    _SPOT.trace(
        "SM-6-200",
        "SC-2 (incident 40): a wall of bids moves the band, not the mark",
        bid(3, 10, 1_500_000),
        ask(4, 1, 1_500_000),
        Refused(ask(4, 1, 2_250_100), R.PRICE_OUT_OF_BOUNDS),
        ask(4, 1, 2_250_000),
        bid(5, 1, 2_250_000),
        Refused(ask(4, 1, 2_250_100), R.PRICE_OUT_OF_BOUNDS),
    ),
)


def _fields() -> tuple[Case, ...]:
    """Return zero, negative and huge numbers in every numeric field of every action (SC-22)."""
    rows: tuple[tuple[str, str, Action, R], ...] = (
        ("SM-4", "an order of no lots", bid(3, 0, USD), R.AMOUNT_NOT_POSITIVE),
        ("SM-4", "an order of negative lots", ask(3, -MAX, USD), R.AMOUNT_NOT_POSITIVE),
        ("SM-4", "an order of the most lots", ask(3, MAX, USD), R.INSUFFICIENT_FUNDS),
        ("SM-4", "the most lots, borrowed", ask(3, MAX, USD, **_BORROW), R.INSUFFICIENT_MARGIN),
        (
            "SM-4",
            "the most lots, bought on credit",
            bid(3, MAX, USD, **_BORROW),
            R.INSUFFICIENT_MARGIN,
        ),
        ("SM-4", "a negative price", bid(3, 1, -MAX), R.PRICE_INVALID),
        ("SM-4", "the highest price", bid(3, 1, MAX), R.PRICE_OFF_TICK),
        ("SM-4", "a negative account", bid(-MAX, 1, USD), R.ACCOUNT_UNKNOWN),
        ("SM-4", "the largest account", bid(MAX, 1, USD), R.ACCOUNT_UNKNOWN),
        ("SM-10", "a negative order", CancelOrder(4, -MAX), R.ORDER_UNKNOWN),
        ("SM-10", "the largest order", CancelOrder(4, MAX), R.ORDER_UNKNOWN),
        ("SM-10", "a negative account", CancelOrder(-MAX, 0), R.ACCOUNT_UNKNOWN),
        ("SM-10", "the largest account", CancelAllOrders(MAX, SPOT), R.ACCOUNT_UNKNOWN),
        ("SM-11", "negative lots", AmendOrder(4, 0, -MAX, USD), R.AMOUNT_NOT_POSITIVE),
        ("SM-11", "the most lots", AmendOrder(4, 0, MAX, 980_000), R.INSUFFICIENT_FUNDS),
        ("SM-11", "a negative price", AmendOrder(4, 0, 1, -MAX), R.PRICE_INVALID),
        ("SM-11", "the highest price", AmendOrder(4, 0, 1, MAX), R.PRICE_OFF_TICK),
        ("SM-11", "the largest order", AmendOrder(4, MAX, 1, USD), R.ORDER_UNKNOWN),
        ("SM-11", "a negative account", AmendOrder(-MAX, 0, 1, USD), R.ACCOUNT_UNKNOWN),
        ("SM-12", "the largest account", ConvertDust(MAX, SPOT), R.ACCOUNT_UNKNOWN),
    )
    twins = {"SM-4": "SM-4-001", "SM-10": "SM-10-001", "SM-11": "SM-11-001", "SM-12": "SM-12-001"}
    return tuple(
        _BOOK.reject(
            f"{clause}-{200 + number:03}", f"SC-22: {words}", action, code=code, twin=twins[clause]
        )
        for number, (clause, words, action, code) in enumerate(rows)
    )


_DUST: Final[tuple[Case, ...]] = (
    _SPOT.trace(
        "SM-12-250",
        "SC-24: one atom of each asset is no dust that is worth an atom",
        Deposit(0, "USDC", "solana", 9, USD),
        Transfer(3, 2, "SOL", 10 * COIN - 1),
        Transfer(3, 2, "USDC", 1000 * USD - 1),
        Refused(ConvertDust(3, SPOT), R.AMOUNT_TOO_SMALL),
        Refused(bid(3, 1, USD), R.INSUFFICIENT_FUNDS),
        Refused(ask(3, 1, USD), R.INSUFFICIENT_FUNDS),
        Refused(ask(3, 1, USD, reduce_only=True), R.REDUCE_ONLY_NOT_REDUCED),
        CancelAllOrders(3, SPOT),
    ),
    _SPOT.trace(
        "SM-12-251",
        "SC-24 (incident 49): one atom of debt keeps no one from trading or converting",
        Deposit(0, "USDC", "solana", 9, USD),
        Borrow(3, "SOL", 1),
        AdvanceTime(YEAR),
        market_with(maker_fee=0, taker_fee=0),
        ask(3, 1000, USD),
        bid(4, 1000, USD),
        Transfer(2, 3, "SOL", 14),
        ConvertDust(3, SPOT),
        Transfer(2, 3, "SOL", 2),
        Repay(3, "SOL", None),
    ),
    _SPOT.trace(
        "SM-9-201",
        "SC-24 (incidents 33, 38): many trades of an atom give nobody an atom",
        SetPrice("SOL", 100),
        market_with(tick=1),
        *(step for _ in range(10) for step in (ask(4, 1, 1), bid(3, 1, 1))),
    ),
    _SPOT.trace(
        "SM-9-202",
        "SC-24: many redemptions of a lot for trades, after interest, give nobody an atom",
        Lend(4, "SOL", 10 * COIN),
        Borrow(3, "SOL", 7 * COIN),
        AdvanceTime(YEAR // 3 + 7),
        bid(2, 8, USD),
        *(ask(4, 1, USD, **_REDEEM),) * 8,
        Redeem(4, "SOL", None),
    ),
)

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


def _round(first: int, price: int) -> tuple[Step, ...]:
    """Return a round of orders `first` and `first + 1`: place, fill, amend, fill, move, cancel."""
    return (
        bid(3, 7, price),
        ask(3, 7, price + 10_300),
        ask(4, 2, price),
        bid(5, 3, price + 10_300),
        AmendOrder(3, first, 4, price),
        AmendOrder(3, first + 1, 3, price + 10_300),
        ask(4, 1, price),
        AmendOrder(3, first, 5, price - 100),
        AmendOrder(3, first + 1, 6, price + 10_400),
        CancelOrder(3, first),
        CancelOrder(3, first + 1),
    )


_CHURNED: Final = (
    *_round(0, 990_100),
    *_round(5, 989_700),
    *_round(10, 991_300),
    *_round(15, 990_900),
)

_CHURN: Final[tuple[Case, ...]] = (
    _CASH.trace(
        "SM-5-200",
        "SC-26 (incident 48): after forty-four steps nothing is reserved",
        *_CHURNED,
        why=Why.ATTACK,
    ),
    Group("spot", (market_with(maker_fee=RATIO // 1000),), Why.ATTACK).trace(
        "SM-5-201", "SC-26 (incident 48): nor with a maker fee, that is rounded", *_CHURNED
    ),
    Group("spot_lent", why=Why.ATTACK).trace(
        "SM-5-202",
        "SC-26: a thousand lots reserved and freed leave a lend as it was",
        *(
            step
            for order in (0, 1, 2)
            for step in (bid(2, 1000, USD, **_REDEEM), CancelOrder(2, order))
        ),
        Redeem(2, "USDC", None),
    ),
)

_UNDER: Final[tuple[Case, ...]] = (
    Group("spot_lent", why=Why.ATTACK).trace(
        "SM-9-203",
        "incident 25: what backs an order is withdrawn from under it; the order expires",
        bid(2, 1000, USD, **_REDEEM),
        withdraw(2, "USDC", "solana", 500 * USD, redeem=True),
        bid(5, 10, USD),
        ask(3, 10, 990_000),
        ask(4, 1000, USD, **_REDEEM),
    ),
    _SPOT.trace(
        "SM-9-204",
        "incident 24: an order's proceeds cannot be withdrawn before it fills",
        ask(3, 1000, 1_500_000),
        Refused(withdraw(3, "USDC", "solana", 1001 * USD), R.INSUFFICIENT_FUNDS),
        Refused(Transfer(3, 2, "SOL", 1), R.INSUFFICIENT_FUNDS),
        bid(4, 600, 1_500_000),
        withdraw(3, "USDC", "solana", 1001 * USD),
    ),
    _SPOT.trace(
        "SM-9-205",
        "SC-6: at full utilization a buyer on credit waits for a repayment",
        Redeem(5, "USDC", 9000 * USD),
        Borrow(4, "USDC", 850 * USD),
        ask(5, 1000, USD),
        Refused(bid(3, 1000, USD, **_BORROW), R.UTILIZATION_THROTTLED),
        Repay(4, "USDC", USD),
        bid(3, 1000, USD, **_BORROW),
    ),
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
    Group(
        "spot", (CreateAccount(6, 4), Deposit(6, "USDC", "solana", 9, 100 * USD)), Why.CONSERVATION
    ).trace(
        "SM-9-206",
        "four accounts trade through the pools, and every atom is still there",
        ask(6, 40, 1_010_000, **_ALL),
        bid(3, 25, 1_010_000),
        bid(4, 30, 1_010_000, **_ALL),
        ask(5, 60, 1_000_000, **_REDEEM),
        AdvanceTime(YEAR),
        ask(3, 20, 990_000, **_ALL),
        market(6, Side.BID, 45, **_ALL),
        Refused(ConvertDust(6, SPOT), R.NOT_DUST),
        CancelAllOrders(5, SPOT),
        CancelAllOrders(4, SPOT),
    ),
)

CASES: Final[tuple[Case, ...]] = (
    *_PRICES,
    *_fields(),
    *_DUST,
    *_SELF,
    *_CHURN,
    *_UNDER,
)
