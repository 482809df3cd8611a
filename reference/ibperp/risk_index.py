"""The due list kept up to date: only what changed or what a price touched is looked at (LQ-10)."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from ibperp.changes import is_comparable, touched
from ibperp.margin import is_liquidatable
from ibperp.ordered import Ordered
from ibperp.persistent import Vector
from ibperp.portfolio import solvency
from ibperp.records import record, replace
from ibperp.risk import urgency
from ibperp.state import FEES, INSURANCE, Perpetual, at, find_asset, is_exposed, is_settled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp.ordered import Key
    from ibperp.state import Account, State


@record
class RiskIndex:
    """The due accounts of a state, and what the accounts that can be due depend on (LQ-10).

    `standings`: per account the urgency if it is due, else None; `due`: keys (urgency, account).
    `holders`: per source, the assets first, then the markets, keys of the accounts that hold, owe
    or trade it.
    """

    state: State
    standings: Vector[int | None]
    due: Ordered
    holders: tuple[Ordered, ...]

    def accounts(self) -> tuple[int, ...]:
        """Return the accounts that are due, in the order of `due_accounts`."""
        return tuple(account for _, account in self.due)


def indexed(state: State) -> RiskIndex:
    """Return the index of a state; every account is looked at once."""
    standings = [_standing(state, account) for account in range(len(state.accounts))]
    due = [(now, account) for account, now in enumerate(standings) if now is not None]
    holders: list[list[Key]] = [[] for _ in (*state.assets, *state.markets)]
    for account, holder in enumerate(state.accounts):
        for source in set(_sources(state, holder)):
            holders[source].append((account,))
    return RiskIndex(state, Vector(standings), Ordered(due), tuple(map(Ordered, holders)))


def followed_index(index: RiskIndex, after: State) -> RiskIndex:
    """Return the index of a later state: new and changed accounts, and those a price touched.

    A price touches an account that depends on it; so do a mark, a funding index, what a pool's
    share is worth, and their parameters.
    """
    before = index.state
    if not is_comparable(before, after):
        return indexed(after)
    index = replace(index, state=after)
    judged = set()
    for account, holder, old in after.accounts.changed(before.accounts):
        if account >= len(index.standings):
            index = replace(index, standings=index.standings.append(None))
        index = _listed(index, account, old, holder)
        judged.add(account)
    for source in touched(before, after):
        judged.update(account for (account,) in index.holders[source])
    for account in sorted(judged):
        index = _judged(index, account)
    return index


def _judged(index: RiskIndex, account: int) -> RiskIndex:
    """Look at one account, and put it into the due list or take it out."""
    was, now = index.standings[account], _standing(index.state, account)
    if was == now:
        return index
    due = index.due if was is None else index.due.remove((was, account))
    due = due if now is None else due.add((now, account))
    return replace(index, due=due, standings=index.standings.set(account, now))


def _standing(state: State, account: int) -> int | None:
    holder = state.accounts[account]
    if account in {FEES, INSURANCE} or not (is_settled(holder) or is_exposed(holder)):
        return None
    found = solvency(state, holder)
    return urgency(found) if is_liquidatable(found) else None


def _listed(index: RiskIndex, account: int, old: Account | None, new: Account) -> RiskIndex:
    """Enter an account under what it depends on now, and take it out where it no longer does."""
    before = set() if old is None else set(_sources(index.state, old))
    after, holders = set(_sources(index.state, new)), list(index.holders)
    for source in before - after:
        holders[source] = holders[source].remove((account,))
    for source in after - before:
        holders[source] = holders[source].add((account,))
    return index if before == after else replace(index, holders=tuple(holders))


def _sources(state: State, holder: Account) -> Iterator[int]:
    """Yield what an account that can be due depends on: its assets, then its markets.

    Positions are valued in the settlement asset; so are orders of perpetuals, held or not (PF-12).
    """
    if not (is_settled(holder) or is_exposed(holder)):
        return
    ordered = [state.orders[order].market for order in holder.orders]
    is_traded = any(isinstance(state.markets[market], Perpetual) for market in ordered)
    settlement = find_asset(state, state.system.settlement_asset)
    for asset in range(len(state.assets)):
        held = at(holder.free, asset) or at(holder.shares, asset) or at(holder.reserved, asset)
        if held or (asset == settlement and (is_traded or is_settled(holder))):
            yield asset
    for market in chain(ordered, (position.market for position in holder.positions)):
        yield len(state.assets) + market
