"""What an account's open orders may cost it if they fill (PF-5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.margin import order_loss
from ibperp.numbers import RATIO, mul_div_down, mul_div_up
from ibperp.orders import Side
from ibperp.state import Market, Perpetual
from ibperp.valuation import (
    collateral_of,
    held_atoms,
    liability_of,
    settlement_asset,
    settlement_value,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibperp.state import Account, Order, State


def open_order_loss(state: State, account: Account) -> int:
    """Return what filling any of an account's open orders takes from equity at most (PF-5)."""
    if not account.orders:
        return 0
    orders = [state.orders[index] for index in account.orders]
    perpetual = [order for order in orders if isinstance(state.markets[order.market], Perpetual)]
    spot = [order for order in orders if isinstance(state.markets[order.market], Market)]
    return _spot_loss(state, account, spot) + sum(_perpetual_loss(state, o) for o in perpetual)


def _spot_loss(state: State, account: Account, orders: Sequence[Order]) -> int:
    """Return the most that spot orders take.

    All orders together deliver and receive an amount of each asset; what that takes from the
    equity, and adds to it, is shared among them in proportion. Value is concave in the amount held,
    so that a part of the orders never does worse than its shares, nor than all the costs.
    """
    delivered: dict[tuple[int, bool], int] = {}
    received: dict[int, int] = {}
    for order in orders:
        given, taken = (delivers(state, order), is_firm(order)), receives(state, order)
        delivered[given] = delivered.get(given, 0) + order.reserved
        received[taken] = received.get(taken, 0) + proceeds(state, order)
    costs: dict[tuple[int, bool], int] = {}
    for asset in sorted({asset for asset, _ in delivered}):
        firm, others = delivered.get((asset, True), 0), delivered.get((asset, False), 0)
        costs[asset, True], costs[asset, False] = _costs(state, account, asset, firm, others)
    gains = {asset: _gain(state, account, asset, amount) for asset, amount in received.items()}
    total = 0
    for order in orders:
        given, taken = (delivers(state, order), is_firm(order)), receives(state, order)
        cost = mul_div_up(costs[given], order.reserved, delivered[given])
        gain = mul_div_down(gains[taken], proceeds(state, order), max(received[taken], 1))
        total += order_loss(cost, gain)
    return min(total, sum(costs.values()))


def _perpetual_loss(state: State, order: Order) -> int:
    """Return what a perpetual order loses at the mark if all its lots fill, its fee included."""
    market = state.markets[order.market]
    assert isinstance(market, Perpetual)
    ahead = order.price - market.mark_price
    worse = max(ahead if order.side is Side.BID else -ahead, 0)
    fee = mul_div_up(order.lots * order.price, max(market.parameters.maker_fee, 0), RATIO)
    return -settlement_value(state, -(order.lots * worse + fee))


def firm_atoms(state: State, account: Account, asset: int) -> int:
    """Return what orders reserve that may neither redeem nor borrow; never above free (SM-5)."""
    if not account.orders:
        return 0
    orders = (state.orders[index] for index in account.orders)
    return sum(
        order.reserved for order in orders if is_firm(order) and delivers(state, order) == asset
    )


def is_firm(order: Order) -> bool:
    """Tell whether an order may deliver free atoms alone: neither redeem nor borrow (SM-5)."""
    return not (order.flags.auto_lend_redeem or order.flags.auto_borrow)


def delivers(state: State, order: Order) -> int:
    """Return the asset that an order delivers when it fills; a perpetual's is never moved."""
    market = state.markets[order.market]
    if isinstance(market, Perpetual):
        return settlement_asset(state)
    return market.quote if order.side is Side.BID else market.base


def receives(state: State, order: Order) -> int:
    """Return the asset that a spot order receives when it fills."""
    market = state.markets[order.market]
    assert isinstance(market, Market)
    return market.base if order.side is Side.BID else market.quote


def proceeds(state: State, order: Order) -> int:
    """Return the atoms that a spot order receives if all its lots fill as maker (PF-5)."""
    market = state.markets[order.market]
    assert isinstance(market, Market)
    if order.side is Side.BID:
        return order.lots * market.parameters.lot_atoms
    paid = order.lots * order.price
    return paid - mul_div_up(paid, max(market.parameters.maker_fee, 0), RATIO)


def _gain(state: State, account: Account, asset: int, amount: int) -> int:
    """Return what receiving `amount` atoms adds to the collateral of an asset (PF-5)."""
    held = held_atoms(state, account, asset)
    return collateral_of(state, asset, held + amount) - collateral_of(state, asset, held)


def _costs(state: State, account: Account, asset: int, firm: int, others: int) -> tuple[int, int]:
    """Return what it takes to deliver `firm` atoms, and those of all other orders (PF-5).

    Firm orders have their part of the holdings. The others take the rest of it, then a debt.
    """
    held = held_atoms(state, account, asset)
    kept = max(held - others, firm)
    value = collateral_of(state, asset, kept)
    firm_cost = value - collateral_of(state, asset, kept - firm)
    debt = liability_of(state, asset, max(firm + others - held, 0))
    return firm_cost, collateral_of(state, asset, held) - value + debt
