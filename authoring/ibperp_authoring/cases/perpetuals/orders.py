"""Cases of the perpetuals chapter: orders reserve nothing and count at their worst."""

from __future__ import annotations

from typing import Final

from ibperp.actions import (
    AmendOrder,
    CancelAllOrders,
    CancelOrder,
    CreateAccount,
    ListPerpetual,
    SetPrice,
    Transfer,
)
from ibperp.numbers import RATIO
from ibperp.orders import OrderKind, SelfTradePrevention, Side, TimeInForce
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import (
    PERP,
    Case,
    Group,
    Refused,
    Why,
    flags,
    long,
    market,
    short,
    withdraw,
)
from ibperp_authoring.cases.perpetuals.steps import mark
from ibperp_authoring.cases.setups import COIN, MAX, PERPETUAL, USD, perpetual_with

_FLAT: Final = Group("perpetual")
_OPEN: Final = Group("perpetual_open")
_EDGE: Final = Group("perpetual", why=Why.BOUNDARY)
_FEELESS: Final = perpetual_with(maker_fee=0, taker_fee=0)

_KINDS: Final[tuple[Case, ...]] = (
    _FLAT.accept("PP-5-001", "a bid rests and reserves nothing", long(2, 100, 990_000)),
    _FLAT.accept("PP-5-002", "an ask rests and reserves nothing", short(2, 100, 1_010_000)),
    _FLAT.accept(
        "PP-5-003",
        "what an order does with pools is without meaning",
        long(2, 100, 990_000, flags=flags(lend=True, redeem=True, borrow=True, repay=True)),
    ),
    Group("perpetual", (long(2, 1000, 1_000_000),)).accept(
        "PP-5-004",
        "beside its orders an account may withdraw all that is free",
        withdraw(2, "USDC", "solana", 500 * USD),
        withdraw(2, "USDC", "solana", 500 * USD),
    ),
    Group("perpetual", (withdraw(2, "USDC", "solana", 500 * USD),)).trace(
        "PP-5-005",
        "an account without the settlement asset trades on its collateral",
        withdraw(2, "USDC", "solana", 500 * USD),
        short(3, 500, 1_000_000),
        long(2, 500, 1_000_000),
    ),
    _FLAT.accept(
        "PP-5-006",
        "an order at the least price",
        long(2, 1, 1),
        why=Why.BOUNDARY,
    ),
    Group("perpetual", (short(3, 10, 1_000_000),)).trace(
        "PP-5-007",
        "immediate or cancel, fill or kill, post only",
        long(2, 20, 1_000_000, time_in_force=TimeInForce.IOC),
        Refused(long(2, 20, 1_000_000, time_in_force=TimeInForce.FOK), R.FILL_OR_KILL),
        short(3, 10, 1_000_000),
        Refused(long(2, 5, 1_000_000, post_only=True), R.POST_ONLY_TAKER),
        long(2, 5, 999_999, post_only=True),
    ),
    Group("perpetual_open", (long(2, 10, 990_000), short(2, 20, 1_010_000))).trace(
        "PP-5-008",
        "an order is made smaller, moved, and cancelled",
        AmendOrder(2, 2, 5, 990_000),
        AmendOrder(2, 3, 30, 1_020_000),
        AmendOrder(2, 3, 30, 980_000),
        CancelOrder(2, 2),
    ),
    Group(
        "perpetual_open",
        (ListPerpetual("BTC_PERP", PERPETUAL), mark(USD, market="BTC_PERP")),
    ).trace(
        "PP-5-009",
        "all orders of one market are cancelled, those of another stay",
        long(4, 10, 990_000),
        short(4, 10, 1_010_000),
        long(4, 10, 990_000, market="BTC_PERP"),
        CancelAllOrders(4, PERP),
    ),
    _FLAT.accept(
        "PP-5-010", "as many orders as the limit has", *(long(2, 1, price) for price in range(1, 5))
    ),
    _FLAT.reject(
        "PP-5-011",
        "one order beyond the limit",
        *(long(2, 1, price) for price in range(1, 6)),
        code=R.ORDER_LIMIT,
        twin="PP-5-010",
        why=Why.BOUNDARY,
    ),
)

_SELF: Final = Group(
    "perpetual",
    (CreateAccount(7, 1), Transfer(2, 7, "SOL", 5 * COIN), short(7, 10, USD), short(3, 10, USD)),
)
"""Accounts 2 and 7 are of one user; behind the ask of 7 is one of account 3."""

_SELF_TRADES: Final[tuple[Case, ...]] = tuple(
    _SELF.accept(f"PP-5-{number}", f"self-trade prevention: {words}", long(2, 10, USD, **how))
    for number, words, how in (
        ("020", "the taker gives way", {}),
        (
            "021",
            "the maker gives way",
            {"self_trade_prevention": SelfTradePrevention.REJECT_MAKER},
        ),
        ("022", "both give way", {"self_trade_prevention": SelfTradePrevention.REJECT_BOTH}),
    )
)

_REST: Final = (long(2, 300, USD), short(2, 200, USD + 1))
_WORST: Final[tuple[Case, ...]] = (
    _FLAT.accept("PP-5-030", "orders of both sides: the larger counts", *_REST),
    _FLAT.accept("PP-5-031", "a larger order of the smaller side", *_REST, short(2, 101, USD + 1)),
    _OPEN.accept("PP-5-032", "a long position and a bid add up", long(2, 50, USD)),
    _OPEN.accept("PP-5-033", "a long position and a smaller ask: the position", short(2, 199, USD)),
    _OPEN.accept("PP-5-034", "an ask of twice the position: as much", short(2, 200, USD)),
    _OPEN.accept("PP-5-035", "a larger ask: what is left of it", short(2, 201, USD)),
    _OPEN.accept("PP-5-036", "a short position and an ask add up", short(3, 50, USD)),
    _OPEN.accept("PP-5-037", "a short position and a larger bid", long(3, 201, USD - 1)),
    _OPEN.accept("PP-5-038", "both sides of a position", long(2, 70, USD - 1), short(2, 290, USD)),
    _FLAT.accept("PP-5-039", "an order behind the mark loses nothing", long(2, 100, USD - 1)),
    _FLAT.accept("PP-5-040", "a bid above the mark loses the difference", long(2, 100, USD + 7)),
    _FLAT.accept("PP-5-041", "an ask below the mark loses the difference", short(2, 100, USD - 7)),
    _FLAT.accept(
        "PP-5-042",
        "and the fee of a maker, rounded up",
        perpetual_with(maker_fee=RATIO // 3000),
        long(2, 7, 1_000_001),
        why=Why.ROUNDING,
    ),
    _FLAT.trace(
        "PP-5-043",
        "the loss follows the mark",
        long(2, 100, USD),
        mark(990_000),
        mark(1_010_000),
    ),
    *_EDGE.pair(
        ("PP-5-044", "PP-5-045"),
        ("orders at the edge of the margin", "a lot beyond it"),
        accepted=long(2, 19_000, USD),
        refused=long(2, 19_001, USD),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *Group("perpetual", (long(2, 19_000, USD),), Why.BOUNDARY).pair(
        ("PP-5-046", "PP-5-047"),
        ("as many asks need no more", "one more does"),
        accepted=short(2, 19_000, USD + 1),
        refused=short(2, 19_001, USD + 1),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *Group("perpetual", (long(2, 9_500, USD),), Why.BOUNDARY).pair(
        ("PP-5-048", "PP-5-049"),
        ("bids count together", "a lot beyond them all"),
        accepted=long(2, 9_500, USD),
        refused=long(2, 9_501, USD),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *_EDGE.pair(
        ("PP-5-050", "PP-5-051"),
        ("a bid that loses what the margin leaves", "an atom of price beyond it"),
        accepted=long(2, 10_000, 1_090_000),
        refused=long(2, 10_000, 1_090_001),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *_EDGE.pair(
        ("PP-5-052", "PP-5-053"),
        ("an ask that loses what the margin leaves", "an atom of price beyond it"),
        accepted=short(2, 10_000, 910_000),
        refused=short(2, 10_000, 909_999),
        code=R.INSUFFICIENT_MARGIN,
    ),
    *Group("perpetual", (_FEELESS, short(3, 19_000, USD)), Why.BOUNDARY).pair(
        ("PP-5-054", "PP-5-055"),
        ("a taker at the edge of its margin", "a lot beyond it: nothing trades"),
        accepted=long(2, 19_000, USD),
        refused=long(2, 19_001, USD),
        code=R.INSUFFICIENT_MARGIN,
    ),
    Group("perpetual", (_FEELESS, long(2, 19_000, USD))).trace(
        "PP-5-056",
        "a maker that does not bear its trade ends, and the next one trades",
        long(3, 10, USD - 1),
        SetPrice("SOL", 90 * USD),
        mark(990_000),
        short(4, 10, USD - 1),
    ),
)

_BAD: Final = Group("perpetual_open", why=Why.ATTACK)
_AMOUNTS: Final[tuple[Case, ...]] = (
    _BAD.accept("PP-5-060", "SC-22: an order of the least", long(2, 1, 1)),
    *_BAD.refusals(
        "PP-5-060",
        ("PP-5-061", "SC-22: no lots", long(2, 0, 1), R.AMOUNT_NOT_POSITIVE),
        ("PP-5-062", "SC-22: lots below zero", long(2, -1, 1), R.AMOUNT_NOT_POSITIVE),
        ("PP-5-063", "SC-22: lots beyond the range", long(2, MAX + 1, 1), R.OUT_OF_RANGE),
        ("PP-5-064", "SC-22: all lots there may be", long(2, MAX, 1), R.INSUFFICIENT_MARGIN),
        ("PP-5-065", "SC-22: no price", long(2, 1, 0), R.PRICE_INVALID),
        ("PP-5-066", "SC-22: a price below zero", long(2, 1, -1), R.PRICE_INVALID),
        ("PP-5-067", "SC-22: a price beyond the range", long(2, 1, MAX + 1), R.OUT_OF_RANGE),
        ("PP-5-068", "SC-22: the highest price", short(2, 1, MAX), R.PRICE_OUT_OF_BOUNDS),
        ("PP-5-069", "SC-22: an unknown account", long(99, 1, 1), R.ACCOUNT_UNKNOWN),
        ("PP-5-070", "SC-22: an account below zero", long(-1, 1, 1), R.ACCOUNT_UNKNOWN),
        ("PP-5-071", "SC-22: the account of fees", long(0, 1, 1), R.ACCOUNT_RESERVED),
        ("PP-5-072", "SC-22: the account of insurance", short(1, 1, 1), R.ACCOUNT_RESERVED),
        ("PP-5-073", "an unknown market", long(2, 1, 1, market="X"), R.MARKET_UNKNOWN),
        (
            "PP-5-074",
            "a market order with a price",
            long(2, 1, 1, kind=OrderKind.MARKET, time_in_force=TimeInForce.IOC),
            R.PRICE_INVALID,
        ),
        (
            "PP-5-075",
            "a market order that would rest",
            market(2, Side.BID, 1, market=PERP, time_in_force=TimeInForce.GTC),
            R.ORDER_INVALID,
        ),
    ),
    _BAD.accept("PP-5-076", "a price on the tick", perpetual_with(tick=100), long(2, 5, 900)),
    _BAD.reject(
        "PP-5-077",
        "a price off the tick",
        perpetual_with(tick=100),
        long(2, 5, 950),
        code=R.PRICE_OFF_TICK,
        twin="PP-5-076",
    ),
    *Group("perpetual_open", (perpetual_with(minimum_lots=5),), Why.BOUNDARY).pair(
        ("PP-5-078", "PP-5-079"),
        ("the smallest order", "a lot less"),
        accepted=long(2, 5, 900),
        refused=long(2, 4, 900),
        code=R.LOTS_BELOW_MINIMUM,
    ),
    Group("perpetual_open", (perpetual_with(minimum_lots=5), short(4, 3 + 2, USD))).trace(
        "PP-5-080",
        "a trade may be smaller than the smallest order, and leave a smaller one",
        long(5, 8, USD),
        short(4, 6, USD),
    ),
)

_RESTING: Final = Group("perpetual_open", (long(2, 5, 900),), Why.ATTACK)
_AMENDED: Final[tuple[Case, ...]] = (
    _RESTING.accept("PP-5-085", "SC-22: amended to the least", AmendOrder(2, 2, 1, 1)),
    *_RESTING.refusals(
        "PP-5-085",
        ("PP-5-086", "SC-22: amended to no lots", AmendOrder(2, 2, 0, 1), R.AMOUNT_NOT_POSITIVE),
        ("PP-5-087", "SC-22: to lots below zero", AmendOrder(2, 2, -1, 1), R.AMOUNT_NOT_POSITIVE),
        ("PP-5-088", "SC-22: to all lots", AmendOrder(2, 2, MAX, 1), R.INSUFFICIENT_MARGIN),
        ("PP-5-089", "SC-22: to lots out of range", AmendOrder(2, 2, MAX + 1, 1), R.OUT_OF_RANGE),
        ("PP-5-090", "SC-22: to no price", AmendOrder(2, 2, 1, 0), R.PRICE_INVALID),
        ("PP-5-091", "SC-22: to a price below zero", AmendOrder(2, 2, 1, -1), R.PRICE_INVALID),
        (
            "PP-5-092",
            "SC-22: to the dearest price",
            AmendOrder(2, 2, 1, MAX),
            R.PRICE_OUT_OF_BOUNDS,
        ),
        (
            "PP-5-093",
            "SC-22: to a price out of range",
            AmendOrder(2, 2, 1, MAX + 1),
            R.OUT_OF_RANGE,
        ),
        ("PP-5-094", "of another account", AmendOrder(3, 2, 1, 1), R.ORDER_NOT_OWNED),
        ("PP-5-095", "an order that is filled", AmendOrder(2, 0, 1, 1), R.ORDER_NOT_OPEN),
    ),
)

CASES: Final[tuple[Case, ...]] = (*_KINDS, *_SELF_TRADES, *_WORST, *_AMOUNTS, *_AMENDED)
