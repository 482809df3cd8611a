"""A state with positions of both modes, one of them short of what it owes, and ways to spoil it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import (
    AdvanceTime,
    ApplyFunding,
    Lend,
    SetAccountSettings,
    SetPerpetualParameters,
    SetPrice,
    Settle,
    SettleMarket,
    UpdateMark,
)
from ibperp.numbers import RATIO
from ibperp.orders import Side
from ibperp.outcomes import Accepted, Outcome
from ibperp.parameters import OrderBookState
from ibperp.state import Perpetual, State, position_of, with_account, with_market, with_position
from worlds.perpetual import MARK, PERPETUALS, perpetual
from worlds.tiny import SYMBOLS, order, run

ORE_PERP: Final = 2
GEM_PERP: Final = 3
YEAR: Final = 31_536_000


def virtually(account: int) -> SetAccountSettings:
    """An account that realizes when it asks for it, and may borrow what it owes."""
    return SetAccountSettings(
        account,
        auto_lend=False,
        auto_repay_borrows=False,
        auto_borrow_settlements=True,
        auto_realize=False,
        leverage_limit=10 * RATIO,
    )


def fresh(state: State, mark: int) -> State:
    """Both perpetuals at a mark, both assets at their prices, as of now."""
    return run(
        state,
        *(SetPrice(symbol, price) for symbol, price in zip(SYMBOLS, (100, 250), strict=True)),
        *(UpdateMark(symbol, mark, has_basis=False, basis=0) for symbol in PERPETUALS),
    )


def positioned() -> State:
    """Account 2 is long and holds virtual shares, account 4 is short and owes virtually.

    Funding, interest and a move of the mark wait for the next settlement. Account 2 rests a
    reduce-only order.
    """
    state = run(perpetual(), Lend(3, "USD", 500), virtually(2), virtually(4), AdvanceTime(60))
    state = run(fresh(state, MARK + 15), Settle(), AdvanceTime(60 + YEAR))
    state = fresh(state, MARK + 40)
    rest = order(2, "ORE_PERP", Side.ASK, 4, MARK + 60, reduce_only=True)
    return run(state, ApplyFunding("ORE_PERP", RATIO // 10), rest)


CROSS: Final = order(4, "ORE_PERP", Side.BID, 2, MARK + 60)
"""Account 4 buys from the reduce-only order of account 2."""

CLOSED: Final = replace(PERPETUALS["ORE_PERP"], order_book_state=OrderBookState.CLOSED)
CLOSE: Final = (SetPerpetualParameters("ORE_PERP", CLOSED), SettleMarket("ORE_PERP", MARK + 50))


def position(state: State, account: int, **changes: int) -> State:
    """Change an account's first position by the given amounts."""
    holder = state.accounts[account]
    old = position_of(holder, ORE_PERP)
    new = {name: getattr(old, name) + change for name, change in changes.items()}
    return with_account(state, account, with_position(holder, replace(old, **new)))


def unsettled(state: State, account: int, amount: int) -> State:
    """Change what is unsettled of an account."""
    holder = state.accounts[account]
    return with_account(state, account, replace(holder, unsettled=holder.unsettled + amount))


def market(state: State, index: int = ORE_PERP, **changes: Any) -> State:
    """Change a perpetual market, the first if no other is named."""
    found = state.markets[index]
    assert isinstance(found, Perpetual)
    return with_market(state, index, replace(found, **changes))


def accepted(outcome: Outcome) -> Accepted:
    assert isinstance(outcome, Accepted), outcome
    return outcome
