"""The kernel of the order book: who trades first, at what price, and within which bands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ibperp import book as kernel
from ibperp.numbers import RATIO
from ibperp.orders import SelfTradePrevention, Side
from ibperp.parameters import MarketParameters
from ibperp.state import Book, Order, OrderStatus, Reference
from worlds.exchange import NO_FLAGS, PROPERTY, market

MARKET = market("ORE")
BASE = Order(
    account=2,
    market=0,
    side=Side.BID,
    price=1,
    lots=1,
    reserved=0,
    sequence=0,
    post_only=False,
    reduce_only=False,
    self_trade_prevention=SelfTradePrevention.REJECT_TAKER,
    flags=NO_FLAGS,
    status=OrderStatus.OPEN,
)
prices = st.integers(1, 8)
ratios = st.integers(0, RATIO)
multipliers = st.integers(RATIO, 3 * RATIO)


def order(side: Side, price: int, sequence: int = 0) -> Order:
    return replace(BASE, side=side, price=price, sequence=sequence)


def book_of(*orders: Order) -> Book:
    book = Book()
    for index, resting in enumerate(orders):
        book = kernel.rested(book, index, resting)
    return book


def quoted(bid: int | None, ask: int | None, last: int) -> Book:
    orders = [order(Side.BID, bid)] if bid else []
    orders += [order(Side.ASK, ask)] if ask else []
    return replace(book_of(*orders), last_price=last)


def test_opposite__turns_each_side_round() -> None:
    assert kernel.opposite(Side.BID) is Side.ASK
    assert kernel.opposite(Side.ASK) is Side.BID


@PROPERTY
@given(st.lists(st.tuples(st.sampled_from(Side), prices), max_size=20))
def test_priority__is_best_price_then_first_come(drawn: list[tuple[Side, int]]) -> None:
    orders = [order(side, price, place) for place, (side, price) in enumerate(drawn)]
    book = book_of(*orders)
    for side in Side:
        sign = -1 if side is Side.BID else 1
        ranked = sorted(
            (index for index, resting in enumerate(orders) if resting.side is side),
            key=lambda index: (sign * orders[index].price, index),
        )
        left = book
        for index in ranked:
            assert kernel.best_order(left, side) == index
            assert kernel.best_price(left, side) == orders[index].price
            left = kernel.removed(left, index, orders[index])
        assert kernel.best_order(left, side) is None
        assert kernel.best_price(left, side) is None


def test_priority__is_by_sequence_not_by_id__after_an_amendment() -> None:
    book = book_of(order(Side.BID, 5, sequence=1), order(Side.BID, 5, sequence=0))
    assert kernel.best_order(book, Side.BID) == 1


@pytest.mark.parametrize(
    ("side", "limit", "price", "trades"),
    [
        (Side.BID, 10, 10, True),
        (Side.BID, 10, 11, False),
        (Side.ASK, 10, 10, True),
        (Side.ASK, 10, 9, False),
    ],
)
def test_reaches__includes_the_limit_itself(
    side: Side, limit: int, price: int, trades: bool
) -> None:
    assert kernel.reaches(side, limit, price) is trades


@pytest.mark.parametrize(
    ("bid", "ask", "last", "active"),
    [
        (90, 110, 95, 95),
        (90, 110, 120, 110),
        (90, 110, 80, 90),
        (None, 110, 95, 100),
        (90, None, 95, 95),
        (90, 110, 0, 100),
        (None, None, 95, 100),
        (None, 110, 0, 100),
        (90, None, 0, 100),
        (None, None, 0, 100),
        (None, 80, 90, 90),
        (120, None, 130, 120),
    ],
)
def test_active_price__is_the_median__the_mark_in_the_place_of_each_missing(
    bid: int | None, ask: int | None, last: int, active: int
) -> None:
    assert kernel.active_price(quoted(bid, ask, last), 100) == active


@PROPERTY
@given(prices, prices, prices, prices)
def test_active_price__is_moved_by_no_single_input_beyond_the_others(
    bid: int, ask: int, last: int, mark: int
) -> None:
    present = [price or mark for price in (bid, ask, last)]
    active = kernel.active_price(quoted(bid, ask, last), mark)
    assert sum(price <= active for price in present) >= 2
    assert sum(price >= active for price in present) >= 2


@PROPERTY
@given(st.integers(1, 10**6), ratios, multipliers)
def test_limit_band__rounds_inward(active: int, low: int, high: int) -> None:
    bounds = replace(MARKET, limit_min=low, limit_max=high)
    lowest, highest = kernel.limit_band(bounds, active)
    assert (lowest - 1) * RATIO < active * low <= lowest * RATIO
    assert highest * RATIO <= active * high < (highest + 1) * RATIO


@PROPERTY
@given(
    best=st.integers(1, 10**6),
    index=st.integers(1, 10**6),
    mean=st.integers(1, 10**6),
    premium=st.integers(-RATIO, RATIO),
    low=ratios,
    high=multipliers,
    tolerance=st.integers(0, RATIO),
)
def test_taker_bound__is_within_each_band__and_the_next_price_is_not(
    *, best: int, index: int, mean: int, premium: int, low: int, high: int, tolerance: int
) -> None:
    limits = replace(
        MARKET,
        impact_min=low,
        impact_max=high,
        mean_mark_min=low,
        mean_mark_max=high,
        premium_tolerance=tolerance,
    )
    reference = Reference(index, mean, premium)
    top = kernel.taker_bound(limits, reference, Side.BID, best)
    most = (best * high, mean * high, index * (RATIO + premium + tolerance))
    assert all(top * RATIO <= bound for bound in most)
    assert any((top + 1) * RATIO > bound for bound in most)
    bottom = kernel.taker_bound(limits, reference, Side.ASK, best)
    least = (best * low, mean * low, index * (RATIO + premium - tolerance))
    assert all(bottom * RATIO >= bound for bound in least)
    assert any((bottom - 1) * RATIO < bound for bound in least)


PERCENT = RATIO // 100
WIDE = replace(
    MARKET,
    impact_min=0,
    impact_max=9 * RATIO,
    mean_mark_min=0,
    mean_mark_max=9 * RATIO,
    premium_tolerance=9 * RATIO,
)
ONE_BAND = {
    "impact_bid": (Side.BID, replace(WIDE, impact_max=101 * PERCENT), 1011),
    "impact_ask": (Side.ASK, replace(WIDE, impact_min=99 * PERCENT), 991),
    "mean_mark_bid": (Side.BID, replace(WIDE, mean_mark_max=101 * PERCENT), 1012),
    "mean_mark_ask": (Side.ASK, replace(WIDE, mean_mark_min=99 * PERCENT), 992),
    "premium_bid": (Side.BID, replace(WIDE, premium_tolerance=PERCENT), 1023),
    "premium_ask": (Side.ASK, replace(WIDE, premium_tolerance=PERCENT), 1003),
}


@pytest.mark.parametrize(("side", "limits", "bound"), ONE_BAND.values(), ids=ONE_BAND.keys())
def test_taker_bound__rounds_each_band_toward_the_better_price(
    side: Side, limits: MarketParameters, bound: int
) -> None:
    """Best 1001, mean mark 1002, index 1003 with a mean premium of 1 %."""
    assert kernel.taker_bound(limits, Reference(1003, 1002, PERCENT), side, 1001) == bound


@pytest.mark.parametrize(("side", "bound"), [(Side.BID, 1050), (Side.ASK, 950)])
def test_taker_bound__looks_at_the_best_price_alone__without_a_reference(
    side: Side, bound: int
) -> None:
    limits = replace(
        MARKET,
        impact_min=RATIO * 95 // 100,
        impact_max=RATIO * 105 // 100,
        mean_mark_min=RATIO,
        mean_mark_max=RATIO,
    )
    assert kernel.taker_bound(limits, Reference(), side, 1000) == bound


@pytest.mark.parametrize(
    ("amount", "ratio", "fee"),
    [(1000, RATIO // 1000, 1), (1001, RATIO // 1000, 2), (1001, -RATIO // 1000, -1), (5, 0, 0)],
)
def test_fee__is_rounded_up__and_a_rebate_down(amount: int, ratio: int, fee: int) -> None:
    assert kernel.fee(amount, ratio) == fee


def test_reservation__of_a_bid_holds_the_fee_of_each_lot__of_an_ask_the_base() -> None:
    assert kernel.reservation(MARKET, Side.ASK, 7, 1001) == 7 * MARKET.lot_atoms
    assert kernel.reservation(MARKET, Side.BID, 7, 1001) == 7007 + 7 * 2
    rebate = replace(MARKET, maker_fee=-RATIO // 1000)
    assert kernel.reservation(rebate, Side.BID, 7, 1001) == 7007


@PROPERTY
@given(st.integers(1, 500), st.integers(1, 500), st.data())
def test_reserved_after__covers_what_is_left__however_an_order_fills(
    lots: int, price: int, data: st.DataObject
) -> None:
    reserved, left = kernel.reservation(MARKET, Side.BID, lots, price), lots
    while left:
        filled = data.draw(st.integers(1, left))
        reserved = kernel.reserved_after(reserved, left, filled)
        left -= filled
        assert reserved >= kernel.reservation(MARKET, Side.BID, left, price)
    assert reserved == 0
