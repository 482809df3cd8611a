"""The due list that is kept up to date, beside the one that looks at every account (LQ-10)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ibperp.actions import SetPrice
from ibperp.orders import Side
from ibperp.portfolio import solvency
from ibperp.risk import due_accounts
from ibperp.risk_index import followed_index, indexed
from ibperp.state import with_account, with_asset
from worlds.perpetual import MARK, perpetual, quoted_perpetual, with_perpetuals
from worlds.tiny import NO_FLAGS, funded, order, quoted, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp.state import State


def test_followed_index__order_without_the_settlement_asset_depends_on_its_price() -> None:
    resting = run(
        with_perpetuals(funded()), order(2, "ORE_PERP", Side.BID, 8, MARK - 10, flags=NO_FLAGS)
    )
    before = with_account(resting, 2, replace(resting.accounts[2], free=(0, 25)))
    after = run(before, SetPrice("USD", 125))
    assert due_accounts(before) == ()
    assert due_accounts(after) == followed_index(indexed(before), after).accounts() == (2,)


def test_indexed__account_listed_under_every_asset_whose_price_moves_its_health() -> None:
    moved = 0
    for state in (
        state for world in (quoted, perpetual, quoted_perpetual) for state in _bare(world())
    ):
        holders = indexed(state).holders
        for asset, own in enumerate(state.assets):
            priced = with_asset(state, asset, replace(own, price=own.price * 3))
            for account, holder in enumerate(state.accounts):
                health = solvency(state, holder)
                if health.exposure and solvency(priced, holder) != health:
                    assert (account,) in holders[asset], (account, own.symbol)
                    moved += 1
    assert moved > 20


def _bare(state: State) -> Iterator[State]:
    """Yield a state, and for each account and asset one in which it has no free atom of it."""
    yield state
    for account, holder in enumerate(state.accounts):
        for asset, amount in enumerate(holder.free):
            if amount:
                free = (*holder.free[:asset], 0, *holder.free[asset + 1 :])
                yield with_account(state, account, replace(holder, free=free))
