"""Theorems that an account which the row of an action does not name stays (CU-10, NT-9)."""

from ibperp import book
from ibperp.actions import CancelAllOrders, CancelOrder, SettleMarket
from ibperp.operations.effect import Effect
from ibperp.operations.perpetuals import markets
from ibperp.operations.spot_margin import orders
from ibperp.ordered import Ordered
from ibperp.outcomes import Accepted, Rejected
from ibperp.parameters import OrderBookState
from ibperp.persistent import Vector
from ibperp.position import Position
from ibperp.records import replace
from ibperp.state import Account, State
from ibperp_invariants.proofs.states import (
    asset_of,
    market_of,
    order_of,
    perpetual_of,
    side_of,
    spot_of,
    state_of,
)

OWNER, OTHER = 2, 3
OWN, THEIRS = 0, 1


def uncharged(effect: Effect, market_id: int) -> Effect:
    """Charge the last funding, which moves the index of the market and no account."""
    del market_id
    return effect


CONTRACTS = {"ibperp.operations.perpetuals.markets._last_funding": uncharged}
"""What a market is charged before it closes, which is no account's."""


def resting(price: int, lots: int, *, is_bid: bool) -> State:
    """Return a state in which two accounts have an order each, on the same side of a book."""
    accounts = (Account(0), Account(0), Account(1, orders=(OWN,)), Account(2, orders=(THEIRS,)))
    listed = [order_of(account, side_of(is_bid=is_bid), price, lots) for account in (OWNER, OTHER)]
    state = state_of((asset_of(), asset_of()), accounts, market_of(), tuple(listed))
    market = spot_of(state)
    for place, order in enumerate(listed):
        market = replace(market, book=book.rested(market.book, place, order))
    return replace(state, markets=(market,), exposed=Ordered(((OWNER,), (OTHER,))))


def t_nobody_cancels_an_order_of_another(
    price: int, lots: int, account: int, *, is_bid: bool
) -> None:
    """An account that names an order of another one to cancel is refused (SM-10)."""
    assert all((price > 0, lots > 0, account >= 0, account < OTHER + 1, account != OWNER))
    state = resting(price, lots, is_bid=is_bid)
    outcome = orders.cancel_order(state, CancelOrder(int(account), OWN))
    assert isinstance(outcome, Rejected)


def t_all_orders_that_an_account_cancels_are_its_own(
    price: int, lots: int, *, is_bid: bool
) -> None:
    """An account that cancels all its orders changes no other, and no order of another (SM-10)."""
    assert all((price > 0, lots > 0))
    state = resting(price, lots, is_bid=is_bid)
    outcome = orders.cancel_all_orders(state, CancelAllOrders(OWNER, "B_Q"))
    after = outcome.state if isinstance(outcome, Accepted) else None
    accounts, listed = (after.accounts, after.orders) if after else (Vector(()), Vector(()))
    same = after is not None and accounts[OTHER] is state.accounts[OTHER]
    assert all((same, after is not None and listed[THEIRS] is state.orders[THEIRS]))


def t_a_closing_market_leaves_who_has_no_position_in_it(
    price: int, lots: int, other: int, unsettled: int
) -> None:
    """Of the accounts to be settled a market that closes changes its holders alone (PP-9)."""
    assert all((price > 0, price < 10**30, lots != 0, other != 0))
    held = Account(1, positions=(Position(0, lots=lots),))
    rests = Account(2, unsettled=unsettled, positions=(Position(1, lots=other),))
    market = perpetual_of(mark_price=1, funding_index=0, open_interest=1)
    closed = replace(market.parameters, order_book_state=OrderBookState.CLOSED)
    state = state_of((asset_of(price=1),), (Account(0), Account(0), held, rests))
    state = replace(state, markets=(replace(market, parameters=closed), market))
    outcome = markets.settle_market(state, SettleMarket("P", price))
    after = outcome.state if isinstance(outcome, Accepted) else None
    same = after is not None and after.accounts[OTHER] is state.accounts[OTHER]
    assert all((same, after is not None and after.accounts[OWNER].positions == ()))
