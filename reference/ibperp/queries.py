"""Questions of a client: the maximum withdrawal, borrow and order, the liquidation price (PF-11).

Each answer is found by asking the rules themselves: a larger request is one that the transition
refuses. No rule is written here a second time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.actions import Borrow, RequestWithdrawal
from ibperp.margin import is_liquidatable
from ibperp.numbers import INT128_MAX, div_down, div_up
from ibperp.orders import Side
from ibperp.outcomes import Accepted
from ibperp.portfolio import health
from ibperp.records import replace
from ibperp.state import (
    Perpetual,
    find_asset,
    find_market,
    find_token,
    position_of,
    with_asset,
    with_market,
)
from ibperp.transition import transition
from ibperp.valuation import held_atoms, owed_atoms

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibperp.actions import Action, PlaceOrder
    from ibperp.state import State


def max_withdrawal(state: State, request: RequestWithdrawal) -> int:
    """Return the most atoms that `request` could ask for; zero if none (PF-11).

    The amount is a multiple of the token's native unit; that of `request` is not looked at.
    """
    asset = find_asset(state, request.asset)
    token = None if asset is None else find_token(state.assets[asset], request.chain)
    if asset is None or token is None:
        return 0
    limits = state.assets[asset].parameters.tokens[token]
    unit = limits.native_unit
    low, high = div_up(limits.minimum_withdrawal, unit), div_down(limits.maximum_withdrawal, unit)
    return unit * _largest(
        low, high, lambda units: _accepts(state, replace(request, amount=units * unit))
    )


def max_borrow(state: State, account: int, asset: str) -> int:
    """Return the most atoms of an asset that an account could borrow now; zero if none (PF-11)."""
    return _largest(1, INT128_MAX, lambda amount: _accepts(state, Borrow(account, asset, amount)))


def max_order(state: State, order: PlaceOrder) -> int:
    """Return the most lots that `order` could ask for; zero if none, or there is no market (PF-11).

    The lots of `order` are not looked at. Where the fewest are refused, those that close the
    account's position in the market are tried: closing all may pass where a part does not.
    """
    market = find_market(state, order.market)
    if market is None:
        return 0
    low = state.markets[market].parameters.minimum_lots
    closing = _closing_lots(state, order, market)
    starts = (low, *((closing,) if closing > low else ()))
    found = (
        _largest(start, INT128_MAX, lambda lots: _accepts(state, replace(order, lots=lots)))
        for start in starts
    )
    return next(filter(None, found), 0)


def _closing_lots(state: State, order: PlaceOrder, market: int) -> int:
    """Return the lots of a position against which an order trades; zero if none."""
    if not 0 <= order.account < len(state.accounts):
        return 0
    lots = position_of(state.accounts[order.account], market).lots
    return max(lots if order.side is Side.ASK else -lots, 0)


def liquidation_price(state: State, account: int, asset: int) -> int | None:
    """Return the nearest price of an asset at which an account is liquidatable (PF-11).

    Below the present price if the account holds more of the asset than it owes, above it if less;
    None if no price does it. In quote atoms per lot; an estimate, because other values change too.
    """
    holder, asset_state = state.accounts[account], state.assets[asset]
    is_long = held_atoms(state, holder, asset) >= owed_atoms(state, holder, asset)

    def fails(price: int) -> bool:
        priced = with_asset(state, asset, replace(asset_state, price=price))
        return is_liquidatable(health(priced, holder))

    return _nearest_failing(asset_state.price, fails, is_long=is_long)


def position_liquidation_price(state: State, account: int, market: int) -> int | None:
    """Return the nearest mark of a perpetual at which an account is liquidatable (PF-11).

    Looked for as the price of an asset is: below the present mark first for a long position.
    """
    holder, market_state = state.accounts[account], state.markets[market]
    assert isinstance(market_state, Perpetual)

    def fails(mark: int) -> bool:
        marked = with_market(state, market, replace(market_state, mark_price=mark))
        return is_liquidatable(health(marked, holder))

    is_long = position_of(holder, market).lots >= 0
    return _nearest_failing(market_state.mark_price, fails, is_long=is_long)


def _nearest_failing(now: int, fails: Callable[[int], bool], *, is_long: bool) -> int | None:
    def beyond(sign: int, room: int) -> int | None:
        steps = _largest(1, room, lambda step: not fails(now + sign * step))
        return None if steps == room else now + sign * (steps + 1)

    if fails(now):
        return now
    below, above = beyond(-1, now - 1), beyond(1, INT128_MAX - now)
    first, second = (below, above) if is_long else (above, below)
    return second if first is None else first


def _accepts(state: State, action: Action) -> bool:
    return isinstance(transition(state, action), Accepted)


def _largest(low: int, high: int, accepts: Callable[[int], bool]) -> int:
    """Return a number from `low` to `high` that is accepted, while the next one is not; or zero.

    The search doubles its step, then halves it: no question is more than twice the answer.
    """
    if low > high or not accepts(low):
        return 0
    step = 1
    while low < high and accepts(min(low + step, high)):
        low = min(low + step, high)
        step *= 2
    while step > 1:
        step = div_down(step, 2)
        if low + step <= high and accepts(low + step):
            low += step
    return low
