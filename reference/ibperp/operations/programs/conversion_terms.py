"""What the system may sell of a solvent account's collateral, and at which prices (ST-9, PG-6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.margin import is_liquidatable
from ibperp.numbers import RATIO, div_up, mul_div_up
from ibperp.operations.settlement.clearing import Clearing
from ibperp.operations.spot_margin.checks import mark_price
from ibperp.portfolio import health
from ibperp.state import find_asset

if TYPE_CHECKING:
    from ibperp.state import Market, State


def owed_beyond_dollars(state: State, account: int) -> int:
    """Return the atoms that a settlement now could not take from an account (ST-9).

    An account that is due owes nothing here: its collateral is for its liquidation.
    """
    holder, asset = state.accounts[account], find_asset(state, state.system.settlement_asset)
    owed = max(-holder.unsettled, 0)
    if owed == 0 or asset is None or is_liquidatable(health(state, holder)):
        return 0
    clearing = Clearing(state, asset)
    return owed - clearing.pay_in(clearing.sheet(account), owed, may_borrow=True)


def conversion_limit(state: State, market: Market) -> int:
    """Return the worst price of a conversion, in quote atoms per lot: near the mark (ST-9)."""
    mark = mark_price(state, market) or 0
    return max(mul_div_up(mark, RATIO - state.system.conversion_distance, RATIO), 1)


def conversion_lots(state: State, market: Market, owed: int, fee: int) -> int:
    """Return the fewest lots that pay `owed` atoms at the mark, less a fee; at least a minimum.

    `fee`: ratio of 10^18 of what is paid. Zero where a lot brings nothing (ST-9).
    """
    mark = mark_price(state, market) or 0
    net = mark - mul_div_up(mark, fee, RATIO)
    return max(div_up(owed, net), market.parameters.minimum_lots) if net > 0 else 0
