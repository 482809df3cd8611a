"""Who of a market gives first when positions are deleveraged, kept up from step to step (LQ-7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.changes import is_comparable, touched
from ibperp.liquidation import deleverage_rank
from ibperp.ordered import Ordered
from ibperp.portfolio import solvency
from ibperp.records import record, replace
from ibperp.state import Perpetual, position_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp.ordered import Key
    from ibperp.state import State


@record
class Ranking:
    """The holders on one side of a market in a state; `keys`: (class, rank, account), first first.

    An account without a position there has no key, and is never deleveraged.
    """

    state: State
    market: int
    is_long: bool
    keys: Ordered


def ranking(state: State, market: int, *, is_long: bool) -> Ranking:
    """Return the ranking of one side of a market: most profit and leverage first, ties by id."""
    found = (_key(state, market, account, is_long=is_long) for (account,) in state.active)
    return Ranking(state, market, is_long, Ordered(key for key in found if key is not None))


def followed_ranking(old: Ranking, after: State) -> Ranking:
    """Return the ranking of the same side in a later state; if no price moved, from the changes."""
    before, market, is_long = old.state, old.market, old.is_long
    if not is_comparable(before, after) or any(True for _ in touched(before, after)):
        return ranking(after, market, is_long=is_long)
    keys = old.keys
    for account, _, was_there in after.accounts.changed(before.accounts):
        was = _key(before, market, account, is_long=is_long) if was_there else None
        now = _key(after, market, account, is_long=is_long)
        if was != now:
            keys = keys if was is None else keys.remove(was)
            keys = keys if now is None else keys.add(now)
    return replace(old, state=after, keys=keys)


class Rankings:
    """The rankings that a run of steps needs: each continues from its last use."""

    def __init__(self) -> None:
        self._last: dict[tuple[int, bool], Ranking] = {}

    def of(self, state: State, market: int, *, is_long: bool) -> Iterator[int]:
        """Return the accounts on one side of a market in the order of deleveraging (LQ-7)."""
        last = self._last.get((market, is_long))
        found = followed_ranking(last, state) if last else ranking(state, market, is_long=is_long)
        self._last[market, is_long] = found
        return (account for *_, account in found.keys)


def _key(state: State, market: int, account: int, *, is_long: bool) -> Key | None:
    """Return what an account is ranked by, None if it is not on that side (LQ-7)."""
    market_state, position = state.markets[market], position_of(state.accounts[account], market)
    assert isinstance(market_state, Perpetual)
    if position.lots == 0 or (position.lots > 0) is not is_long:
        return None
    own = solvency(state, state.accounts[account])
    gain = position.lots * market_state.mark_price - position.entry_cost
    rank = deleverage_rank(gain, abs(position.entry_cost), own.exposure, own.equity)
    return (*rank, account)
