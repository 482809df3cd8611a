"""The floor of a settlement: the same integers in plain lists, in place, with no record or event.

It knows one case alone, that of `with_positions`: one position an account, no funding, no debts of
accounts, everybody can pay, and the pool's cash covers what winners get.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ibperp.pool import SHARES_PER_ATOM
from ibperp.state import Perpetual

if TYPE_CHECKING:
    from ibperp.state import State


class Floor:
    """The balances of a state of `with_positions`, as lists by account, and its pool as numbers."""

    def __init__(self, state: State) -> None:
        """Read a state."""
        accounts = [state.accounts[account] for (account,) in state.active]
        positions = [account.positions[0] for account in accounts]
        self.lots = [position.lots for position in positions]
        self.cost = [position.cost for position in positions]
        self.virtual = [position.virtual for position in positions]
        self.free = [account.free[0] for account in accounts]
        self.is_automatic = [account.settings.auto_realize for account in accounts]
        pool = state.assets[0].pool
        self.cash, self.reserve = pool.cash, pool.reserve
        self.lent, self.lend_shares = pool.lent, pool.lend_shares
        self.borrowed, self.borrow_shares = pool.borrowed, pool.borrow_shares

    def settle(self, mark: int) -> None:
        """Take from those who lost, and give it to those who won."""
        winners, gains = [], []
        lots, cost = self.lots, self.cost
        for place, held in enumerate(lots):
            value = held * mark
            gain = value - cost[place]
            cost[place] = value
            if gain > 0:
                winners.append(place)
                gains.append(gain)
            elif gain < 0 and self.is_automatic[place]:
                self.free[place] += gain
                self.cash -= gain
            elif gain < 0:
                self._take(place, -gain)
        total = available = sum(gains)
        claimed = shared = 0
        for place, gain in zip(winners, gains, strict=True):
            claimed += gain
            part = available * claimed // total - shared
            shared += part
            if self.is_automatic[place]:
                self.free[place] += part
                self.cash -= part
            else:
                self._give(place, part)

    def _take(self, place: int, amount: int) -> None:
        virtual = self.virtual[place]
        if virtual > 0:
            claim = virtual * (self.lent + 1) // (self.lend_shares + SHARES_PER_ATOM)
            part = min(amount, claim)
            burned = virtual
            if part < claim:
                burned = -(-part * (self.lend_shares + SHARES_PER_ATOM) // (self.lent + 1))
                left = self.lend_shares - burned + SHARES_PER_ATOM
                if (virtual - burned) * (self.lent - part + 1) // left == 0:
                    burned = virtual
            self.lent -= part
            self.lend_shares -= burned
            virtual -= burned
            amount -= part
        if amount:
            minted = amount * SHARES_PER_ATOM
            if self.borrow_shares:
                minted = -(-amount * self.borrow_shares // self.borrowed)
            self.borrowed += amount
            self.borrow_shares += minted
            virtual -= minted
        self.virtual[place] = virtual

    def _give(self, place: int, amount: int) -> None:
        virtual = self.virtual[place]
        if virtual < 0:
            debt = -(virtual * self.borrowed // self.borrow_shares)
            part = min(amount, debt)
            burned = -virtual if part == debt else part * self.borrow_shares // self.borrowed
            principal = burned * self.borrowed // self.borrow_shares
            self.borrowed -= principal
            self.borrow_shares -= burned
            self.reserve += part - principal
            virtual += burned
            amount -= part
        if amount:
            minted = amount * (self.lend_shares + SHARES_PER_ATOM) // (self.lent + 1)
            self.lent += amount
            self.lend_shares += minted
            virtual += minted
        self.virtual[place] = virtual


def floor_seconds(state: State) -> float:
    """Return the CPU seconds of the floor of settling a state, which is read before."""
    floor, market = Floor(state), state.markets[0]
    assert isinstance(market, Perpetual)
    started = time.process_time()
    floor.settle(market.mark_price)
    return time.process_time() - started


def same(floor: Floor, state: State) -> bool:
    """Tell whether the floor has come to the balances of a state."""
    pool, accounts = state.assets[0].pool, [state.accounts[a] for (a,) in state.active]
    of_pool = (floor.cash, floor.lent, floor.lend_shares, floor.borrowed, floor.borrow_shares)
    return (
        of_pool == (pool.cash, pool.lent, pool.lend_shares, pool.borrowed, pool.borrow_shares)
        and floor.reserve == pool.reserve
        and floor.free == [account.free[0] for account in accounts]
        and floor.virtual == [account.positions[0].virtual for account in accounts]
    )
