"""What a client asks: each answer is accepted, and one atom, native unit or lot more is refused."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ibperp.actions import (
    Borrow,
    CancelAllOrders,
    Lend,
    PlaceOrder,
    RequestWithdrawal,
    SetPerpetualParameters,
    SetPrice,
)
from ibperp.margin import is_liquidatable
from ibperp.numbers import INT128_MAX, RATIO
from ibperp.orders import Side, TimeInForce
from ibperp.outcomes import Accepted
from ibperp.portfolio import health
from ibperp.queries import liquidation_price, max_borrow, max_order, max_withdrawal
from ibperp.state import with_account, with_asset
from ibperp.transition import transition
from ibperp.valuation import held_atoms, owed_atoms
from worlds import tiny
from worlds.exchange import (
    CHAIN,
    COIN,
    DOLLAR,
    MAKER,
    MARGIN,
    MARKETS,
    NATIVE,
    NO_FLAGS,
    PRICES,
    PROPERTY,
    SYMBOLS,
    TRADER,
    all_flags,
    exchange,
    funded,
    placed,
    run,
    sides,
    traded_states,
)
from worlds.perpetual import MARK, SLOW, perpetual

if TYPE_CHECKING:
    from ibperp.actions import Action
    from ibperp.state import State


@dataclass(frozen=True)
class Quiet:
    """A state that a failing test does not print."""

    state: State = field(repr=False)


states = traded_states().map(Quiet)
symbols = st.sampled_from(SYMBOLS)


def accepts(state: State, action: Action) -> bool:
    return isinstance(transition(state, action), Accepted)


def withdrawal(symbol: str, amount: int = 0, *, redeem: bool, borrow: bool) -> RequestWithdrawal:
    return RequestWithdrawal(
        TRADER, symbol, CHAIN, amount, auto_lend_redeem=redeem, auto_borrow=borrow
    )


@PROPERTY
@given(states, symbols, st.booleans(), st.booleans())
def test_max_withdrawal__is_accepted__and_one_native_unit_more_is_not(
    quiet: Quiet, symbol: str, redeem: bool, borrow: bool
) -> None:
    request = withdrawal(symbol, redeem=redeem, borrow=borrow)
    most = max_withdrawal(quiet.state, request)
    assert most % NATIVE == 0
    if most:
        assert accepts(quiet.state, replace(request, amount=most))
        assert not accepts(quiet.state, replace(request, amount=most + NATIVE))
    else:
        assert not accepts(quiet.state, replace(request, amount=2 * NATIVE))


@PROPERTY
@given(states, symbols)
def test_max_borrow__is_accepted__and_one_atom_more_is_not(quiet: Quiet, symbol: str) -> None:
    most = max_borrow(quiet.state, TRADER, symbol)
    assert most == 0 or accepts(quiet.state, Borrow(TRADER, symbol, most))
    assert not accepts(quiet.state, Borrow(TRADER, symbol, most + 1))


@st.composite
def asked(draw: st.DrawFn) -> PlaceOrder:
    """A limit or market order of the trader, of one lot."""
    name = draw(st.sampled_from(MARKETS))
    is_market = draw(st.booleans())
    price = PRICES[name[:-1]] // 100 * draw(st.integers(80, 120)) // 100
    order = placed(
        TRADER,
        name,
        draw(sides),
        1,
        0 if is_market else price,
        flags=draw(all_flags),
        time_in_force=TimeInForce.IOC if is_market else draw(st.sampled_from(TimeInForce)),
    )
    return replace(order, reduce_only=draw(st.booleans()))


@PROPERTY
@given(states, asked(), st.integers(0, 50_000))
def test_max_order__is_accepted__and_one_lot_more_is_not(
    quiet: Quiet, order: PlaceOrder, offered: int
) -> None:
    state = quiet.state
    if offered:
        mark = PRICES[order.market[:-1]] // 100
        other = Side.ASK if order.side is Side.BID else Side.BID
        state = run(state, placed(MAKER, order.market, other, offered, mark, flags=NO_FLAGS))
    most = max_order(state, order)
    assume(most < INT128_MAX)
    assert most == 0 or accepts(state, replace(order, lots=most))
    assert not accepts(state, replace(order, lots=most + 1))


def test_max_withdrawal__of_what_is_free__is_all_but_what_firm_orders_reserve() -> None:
    """100 lots of 100 atoms and a fee of 1 each are reserved."""
    state = run(
        funded(exchange(), TRADER, "USD", 100 * DOLLAR),
        placed(TRADER, "ORE0", Side.BID, 100, 100, flags=NO_FLAGS),
    )
    request = withdrawal("USD", redeem=True, borrow=False)
    assert max_withdrawal(state, request) == 100 * DOLLAR - 100 * (100 + 1)


def test_max_withdrawal__of_what_is_lent__needs_the_redemption() -> None:
    state = run(funded(exchange(), TRADER, "USD", 100 * DOLLAR), Lend(TRADER, "USD", 100 * DOLLAR))
    assert max_withdrawal(state, withdrawal("USD", redeem=True, borrow=False)) == 100 * DOLLAR
    assert max_withdrawal(state, withdrawal("USD", redeem=False, borrow=False)) == 0


def test_max_withdrawal__with_a_borrow__is_bounded_by_margin() -> None:
    """The equity is 90 dollars of ORE: a debt of 900 requires a tenth of itself."""
    state = funded(exchange(), TRADER, "ORE", 10 * COIN)
    most = max_withdrawal(state, withdrawal("USD", redeem=True, borrow=True))
    assert 0 < most <= 900 * DOLLAR // 11
    assert most + NATIVE > 900 * DOLLAR // 11


def test_max_borrow__keeps_what_is_borrowed_as_collateral() -> None:
    """A debt of USD is worth what it brings: equity stays at 90, and 900 require 90."""
    state = funded(exchange(), TRADER, "ORE", 10 * COIN)
    assert max_borrow(state, TRADER, "USD") == 900 * DOLLAR


def test_max_order__is_bounded_by_what_is_held__without_margin() -> None:
    """100 dollars reserve 990 lots at 100 atoms and a fee of 1 each."""
    state = funded(exchange(), TRADER, "USD", 100 * DOLLAR)
    order = placed(TRADER, "ORE0", Side.BID, 1, 100, flags=NO_FLAGS)
    assert max_order(state, order) == 100 * DOLLAR // (100 + 1)
    assert max_order(state, replace(order, flags=MARGIN)) > 990


def test_max_order__of_reduce_only__is_the_position() -> None:
    state = funded(exchange(), TRADER, "ORE", 3 * COIN)
    order = replace(placed(TRADER, "ORE0", Side.ASK, 1, 100), reduce_only=True)
    assert max_order(state, order) == 300


def test_max_order__closes_the_position__where_the_fewest_lots_cost_too_much() -> None:
    """Below zero, the least fee, an atom, is more than a tenth of what one lot releases."""
    state = tiny.run(
        perpetual(),
        SetPerpetualParameters("ORE_PERP", replace(SLOW, taker_fee=RATIO // 1000)),
        CancelAllOrders(2, "ORE_PERP"),
        CancelAllOrders(2, "GEM_PERP"),
        tiny.order(4, "ORE_PERP", Side.BID, 6, MARK, flags=NO_FLAGS),
    )
    state = with_account(state, 2, replace(state.accounts[2], unsettled=-3201))
    closing = tiny.order(2, "ORE_PERP", Side.ASK, 1, MARK, reduce_only=True)
    assert [accepts(state, replace(closing, lots=lots)) for lots in (1, 6, 7)] == [
        False,
        True,
        False,
    ]
    assert max_order(state, closing) == 6


def test_queries__answer_zero__when_nothing_is_listed() -> None:
    state = funded(exchange(), TRADER, "USD", 100 * DOLLAR)
    request = withdrawal("USD", redeem=True, borrow=True)
    assert max_withdrawal(state, replace(request, asset="TIN")) == 0
    assert max_withdrawal(state, replace(request, chain="nowhere")) == 0
    assert max_borrow(state, TRADER, "TIN") == 0
    assert max_order(state, placed(TRADER, "TIN0", Side.BID, 1, 100)) == 0
    assert max_borrow(exchange(), TRADER, "USD") == 0
    assert max_withdrawal(exchange(), request) == 0


def fails_at(state: State, asset: int, price: int) -> bool:
    priced = with_asset(state, asset, replace(state.assets[asset], price=price))
    return is_liquidatable(health(priced, priced.accounts[TRADER]))


@PROPERTY
@given(states, st.integers(0, len(SYMBOLS) - 1), st.data())
def test_liquidation_price__is_the_nearest_on_its_side_or_else_on_the_other(
    quiet: Quiet, asset: int, data: st.DataObject
) -> None:
    state, now = quiet.state, quiet.state.assets[asset].price
    answer = liquidation_price(state, TRADER, asset)
    trader = state.accounts[TRADER]
    is_long = held_atoms(state, trader, asset) >= owed_atoms(state, trader, asset)
    ends = (1, INT128_MAX) if is_long else (INT128_MAX, 1)
    if answer is None:
        assert not any(fails_at(state, asset, price) for price in (now, *ends))
        return
    assert fails_at(state, asset, answer)
    if answer == now:
        return
    if (answer < now) is not is_long:
        assert not fails_at(state, asset, ends[0])
    nearer = answer + 1 if answer < now else answer - 1
    assert not fails_at(state, asset, nearer)
    between = data.draw(st.integers(min(now, nearer), max(now, nearer)))
    assert not fails_at(state, asset, between)


def test_liquidation_price__of_a_long__lies_below() -> None:
    """20 ORE at weight 0.9 against 100 dollars: 18 p = 105, the debt and a twentieth of it."""
    state = run(funded(exchange(), TRADER, "ORE", 20 * COIN), Borrow(TRADER, "USD", 100 * DOLLAR))
    state = run(state, placed(MAKER, "GEM0", Side.BID, 1, 1, flags=NO_FLAGS))
    sold = run(state, withdrawal("USD", 100 * DOLLAR, redeem=False, borrow=False))
    assert liquidation_price(sold, TRADER, 1) == 105 * DOLLAR // 18
    assert liquidation_price(sold, TRADER, 2) is None


def test_liquidation_price__of_a_short__lies_above() -> None:
    """100 dollars against 5 ORE owed: 5.25 p = 100, rounded up."""
    state = run(
        funded(exchange(), TRADER, "USD", 100 * DOLLAR),
        Borrow(TRADER, "ORE", 5 * COIN),
        withdrawal("ORE", 5 * COIN, redeem=False, borrow=False),
    )
    assert liquidation_price(state, TRADER, 1) == -(-100 * DOLLAR * 100 // 525)


def test_liquidation_price__is_the_present_one__once_it_has_failed() -> None:
    state = run(
        funded(exchange(), TRADER, "ORE", 20 * COIN),
        Borrow(TRADER, "USD", 100 * DOLLAR),
        withdrawal("USD", 100 * DOLLAR, redeem=False, borrow=False),
        SetPrice("ORE", 5 * DOLLAR),
    )
    assert liquidation_price(state, TRADER, 1) == 5 * DOLLAR


@pytest.mark.parametrize("asset", range(len(SYMBOLS)))
def test_liquidation_price__is_none__without_exposure(asset: int) -> None:
    state = funded(exchange(), TRADER, "ORE", 20 * COIN)
    assert liquidation_price(state, TRADER, asset) is None


def test_liquidation_price__of_a_debt_that_is_still_held__lies_above() -> None:
    """100 dollars and 40 ORE owed and held at weight 0.9: 100 + 36 p - 40 p = 2 p."""
    state = run(funded(exchange(), TRADER, "USD", 100 * DOLLAR), Borrow(TRADER, "ORE", 40 * COIN))
    price = liquidation_price(state, TRADER, 1)
    assert price is not None
    assert price > state.assets[1].price
    assert fails_at(state, 1, price)
    assert not fails_at(state, 1, price - 1)
