"""A busy state of the tiny system, and ways to spoil it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import Action, AdvanceTime, Borrow, Lend, RequestWithdrawal, SetPrice
from ibperp.orders import Side
from ibperp.outcomes import Accepted
from ibperp.state import State, Token, at, put, with_account, with_asset, with_market, with_pool
from ibperp.transition import transition
from worlds.tiny import ALL_FLAGS, SYMBOLS, funded, order, run

REDEEM_OR_BORROW: Final = replace(ALL_FLAGS, auto_lend=False, auto_borrow_repay=False)


def active() -> State:
    """Account 2 lends USD, account 3 owes USD and awaits a withdrawal of ORE; a year passed.

    Then account 2 bids for ORE twice, and account 3 offers some that it may have to borrow.
    """
    return run(
        funded(),
        Lend(2, "USD", 500),
        Borrow(3, "USD", 300),
        Lend(4, "ORE", 500),
        RequestWithdrawal(3, "ORE", "north", 10, auto_lend_redeem=False, auto_borrow=False),
        AdvanceTime(31_536_000),
        *(SetPrice(symbol, price) for symbol, price in zip(SYMBOLS, (100, 250), strict=True)),
        order(2, "ORE_USD", Side.BID, 4, 24),
        order(2, "ORE_USD", Side.BID, 4, 24),
        order(3, "ORE_USD", Side.ASK, 6, 26, reduce_only=True, flags=REDEEM_OR_BORROW),
    )


BUY: Final = order(4, "ORE_USD", Side.BID, 4, 26)
SELL: Final = order(4, "ORE_USD", Side.ASK, 6, 24, reduce_only=True)
REST: Final = order(4, "ORE_USD", Side.ASK, 2, 25)


def pool(state: State, **changes: int) -> State:
    """Change USD's pool by the given amounts."""
    old = state.assets[0].pool
    new = {name: getattr(old, name) + change for name, change in changes.items()}
    return with_pool(state, 0, replace(old, **new))


def held(state: State, account: int, *, free: int = 0, shares: int = 0) -> State:
    """Change an account's USD by the given amounts."""
    old = state.accounts[account]
    new = replace(
        old,
        free=put(old.free, 0, at(old.free, 0) + free),
        shares=put(old.shares, 0, at(old.shares, 0) + shares),
    )
    return with_account(state, account, new)


def unpaid(state: State, account: int) -> State:
    """Forget what an account has paid for until the next boundary."""
    return with_account(state, account, replace(state.accounts[account], prepaid=()))


def custody(state: State, change: int) -> State:
    """Change USD's custody in the north."""
    token, *others = state.assets[0].tokens
    moved = Token(token.custody + change, token.pending)
    return with_asset(state, 0, replace(state.assets[0], tokens=(moved, *others)))


def moved(state: State, account: int, symbol: str, amount: int) -> State:
    """Change what an account has free, without a counterpart."""
    asset, old = SYMBOLS.index(symbol), state.accounts[account]
    new = put(old.free, asset, at(old.free, asset) + amount)
    return with_account(state, account, replace(old, free=new))


def ordered(state: State, index: int, **changes: Any) -> State:
    """Change an order, and nothing that goes with it."""
    return replace(state, orders=state.orders.set(index, replace(state.orders[index], **changes)))


def book(state: State, **changes: Any) -> State:
    """Change the first market's book."""
    market = state.markets[0]
    return with_market(state, 0, replace(market, book=replace(market.book, **changes)))


def names(violations: Any) -> set[str]:
    return {violation.invariant for violation in violations}


def accepted(state: State, action: Action) -> Accepted:
    outcome = transition(state, action)
    assert isinstance(outcome, Accepted), outcome
    return outcome
