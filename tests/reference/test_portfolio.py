"""Health counts every open order at its worst, and looks at one account alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ibperp import book as kernel
from ibperp.actions import SetAccountSettings
from ibperp.events import SharesMoved
from ibperp.numbers import RATIO
from ibperp.orders import Side, TimeInForce
from ibperp.outcomes import Accepted
from ibperp.persistent import Vector
from ibperp.portfolio import health, portfolio, solvency, valuation
from ibperp.relevance import due_levels
from ibperp.state import Market, OrderStatus
from ibperp.transition import transition
from worlds.exchange import (
    COIN,
    DOLLAR,
    LENDER,
    MAKER,
    MANY,
    MARKETS,
    NO_FLAGS,
    PROPERTY,
    TRADER,
    aged,
    exchange,
    fractions,
    funded,
    placed,
    run,
    traded_states,
)
from worlds.starts import STARTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp.actions import PlaceOrder
    from ibperp.margin import Health
    from ibperp.state import Account, State


@dataclass(frozen=True)
class Quiet:
    """A state that a failing test does not print."""

    state: State = field(repr=False)


def health_of(state: State, account: int = TRADER) -> Health:
    return health(state, state.accounts[account])


def met(state: State, order: int, lots: int) -> PlaceOrder:
    """The order of a counterparty with deep pockets that takes an open order at its limit."""
    resting = state.orders[order]
    return placed(
        MAKER,
        MARKETS[resting.market],
        kernel.opposite(resting.side),
        lots,
        resting.price,
        flags=NO_FLAGS,
        time_in_force=TimeInForce.IOC,
    )


def chosen_orders(data: st.DataObject, state: State) -> list[int]:
    """Any of the trader's open orders, in any order."""
    opened = state.accounts[TRADER].orders
    return data.draw(st.permutations(opened))[: data.draw(st.integers(0, len(opened)))]


@MANY
@given(traded_states(exchange()).map(Quiet), st.data())
def test_hlt_10__any_own_orders_filled_at_their_limits_are_covered(
    quiet: Quiet, data: st.DataObject
) -> None:
    state, before = quiet.state, health_of(quiet.state)
    floor = before.equity - before.order_loss
    for fills, order in enumerate(chosen_orders(data, state), start=1):
        state = run(state, met(state, order, state.orders[order].lots))
        after = health_of(state)
        assert after.equity >= floor - fills
        assert after.initial <= before.initial


@MANY
@given(traded_states(aged()).map(Quiet), st.data())
def test_hlt_10__holds_to_an_atom__in_parts_and_with_shares_that_are_no_whole_atoms(
    quiet: Quiet, data: st.DataObject
) -> None:
    """The fee of each part and each move to or from a pool round against the account."""
    state, before = quiet.state, health_of(quiet.state)
    floor, ceiling = before.equity - before.order_loss, before.initial
    for order in chosen_orders(data, state) * 2:
        lots = state.orders[order].lots * data.draw(fractions) // 100
        if lots == 0 or state.orders[order].status is not OrderStatus.OPEN:
            continue
        outcome = transition(state, met(state, order, lots))
        assert isinstance(outcome, Accepted)
        state, after = outcome.state, health_of(outcome.state)
        moves = sum(isinstance(event, SharesMoved) for event in outcome.events)
        floor, ceiling = floor - 2 - moves, ceiling + 1 + moves
        assert after.equity >= floor
        assert after.initial <= ceiling


class Alone(Vector["Account"]):
    """The accounts of a state, of which only one may be read."""

    __slots__ = ("_only",)

    def __init__(self, accounts: Vector[Account], only: int) -> None:
        super().__init__(accounts)
        self._only = only

    def __getitem__(self, index: int) -> Account:
        assert index == self._only, f"account {index} is read"
        return super().__getitem__(index)

    def __iter__(self) -> Iterator[Account]:
        raise AssertionError("every account is read")


def is_of_health(state: State, account: Account) -> bool:
    whole = health(state, account)
    return solvency(state, account) == replace(
        whole, uncounted_gain=0, order_loss=0, initial=0, auto_close=0
    )


@PROPERTY
@given(traded_states().map(Quiet))
def test_solvency__is_part_of_the_health_with_orders(quiet: Quiet) -> None:
    assert all(is_of_health(quiet.state, account) for account in quiet.state.accounts)


@pytest.mark.parametrize("start", STARTS)
def test_solvency__is_part_of_the_health_of_the_failing(start: str) -> None:
    state = STARTS[start]()
    assert all(is_of_health(state, account) for account in state.accounts)


@PROPERTY
@given(traded_states().map(Quiet))
def test_health__looks_at_no_other_account(quiet: Quiet) -> None:
    state = replace(quiet.state, accounts=Alone(quiet.state.accounts, TRADER))
    assert health_of(state) == health_of(quiet.state)
    for other in (MAKER, LENDER):
        with pytest.raises(AssertionError, match="is read"):
            health_of(state, other)
    trader = state.accounts[TRADER]
    due_levels(state, trader, valuation(state, trader))


@PROPERTY
@given(traded_states().map(Quiet))
def test_portfolio__counts_each_atom_once(quiet: Quiet) -> None:
    """Reserved atoms are free atoms; a lend counts beside them, an order on top of a debt."""
    state, trader = quiet.state, quiet.state.accounts[TRADER]
    for line in portfolio(state, trader):
        delivered = sum(
            state.orders[order].reserved
            for order in trader.orders
            if portfolio_assets(state, order) == line.asset
        )
        assert line.exposed == line.owed + max(delivered - line.held, 0)
        assert line.held or line.owed or line.exposed


def portfolio_assets(state: State, order: int) -> int:
    resting = state.orders[order]
    market = state.markets[resting.market]
    assert isinstance(market, Market)
    return market.quote if resting.side is Side.BID else market.base


def test_order_loss__is_what_a_bid_above_the_price_would_lose() -> None:
    """100 lots of 0.01 ORE, worth 9 dollars as collateral, for 101 atoms and a fee of 1 each."""
    state = run(
        funded(exchange(), TRADER, "USD", 100 * DOLLAR), placed(TRADER, "ORE0", Side.BID, 100, 101)
    )
    now = health_of(state)
    assert now.equity == 100 * DOLLAR
    assert now.order_loss == 100 * (101 + 1) - 9_000
    assert (now.exposure, now.initial, now.maintenance, now.auto_close) == (0, 0, 0, 0)


def test_order_loss__is_zero__when_an_order_gains() -> None:
    state = run(
        funded(exchange(), TRADER, "USD", 100 * DOLLAR), placed(TRADER, "ORE0", Side.BID, 100, 80)
    )
    assert health_of(state).order_loss == 0


def test_exposure__of_an_order__is_what_is_neither_free_nor_lent() -> None:
    """400 lots of 100 atoms and a fee of 1 each, 25 dollars of which are held."""
    state = run(
        funded(exchange(), TRADER, "USD", 25 * DOLLAR), placed(TRADER, "ORE0", Side.BID, 400, 100)
    )
    now = health_of(state)
    assert now.exposure == 400 * (100 + 1) - 25 * DOLLAR
    assert now.initial == -(-now.exposure // 10)
    assert now.maintenance == -(-now.exposure // 20)
    assert now.auto_close == -(-now.maintenance // 2)


def test_leverage_limit__counts_where_it_asks_for_more() -> None:
    state = run(
        funded(exchange(), TRADER, "USD", 25 * DOLLAR),
        placed(TRADER, "ORE0", Side.BID, 400, 100),
        SetAccountSettings(TRADER, False, False, False, True, 4 * RATIO),
    )
    now = health_of(state)
    assert now.initial == -(-now.exposure // 4)


def test_orders__share_one_haircut__what_all_would_receive() -> None:
    """Two bids for GEM lose more together than each alone: the second is haircut on top."""
    rich = funded(exchange(), TRADER, "USD", 10**6 * DOLLAR)
    bids = [placed(TRADER, name, Side.BID, 50_000, 400) for name in ("GEM0", "GEM1")]
    alone = health_of(run(rich, bids[0])).order_loss
    both = health_of(run(rich, *bids)).order_loss
    assert both > 2 * alone > 0


def test_hlt_10__two_asks_that_share_what_is_held__are_covered_each_alone() -> None:
    """100 GEM are held and 200 on offer: whichever ask fills first may deliver borrowed GEM."""
    asks = [placed(TRADER, name, Side.ASK, 10_000, 370) for name in ("GEM0", "GEM1")]
    state = run(funded(exchange(), TRADER, "GEM", 100 * COIN), *asks)
    before = health_of(state)
    for order in state.accounts[TRADER].orders:
        after = health_of(run(state, met(state, order, 10_000)))
        assert after.equity >= before.equity - before.order_loss - 1


def test_order_loss__counts_what_is_received_on_top_of_what_is_held() -> None:
    """The haircut of GEM grows with the holding, so the same bid loses more to a larger one."""
    rich = funded(exchange(), TRADER, "USD", 10**6 * DOLLAR)
    bid = placed(TRADER, "GEM0", Side.BID, 50_000, 400)
    holding = funded(rich, TRADER, "GEM", 10_000 * COIN)
    assert health_of(run(holding, bid)).order_loss > health_of(run(rich, bid)).order_loss > 0
