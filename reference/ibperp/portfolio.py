"""The portfolio of one account: what it holds and owes per asset, and the health that follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ibperp import pool as pool_kernel
from ibperp.margin import (
    Health,
    auto_close_requirement,
    collateral_value,
    order_loss,
    owed_value,
    requirement,
)
from ibperp.numbers import RATIO, mul_div_down, mul_div_up
from ibperp.orders import Side
from ibperp.state import at

if TYPE_CHECKING:
    from ibperp.state import Account, Asset, Order, State


@dataclass(frozen=True, slots=True)
class Line:
    """One asset of a portfolio: atoms, and the quote atoms they stand for (PF-1).

    `held`: free and lent atoms. `owed`: the debt. `exposed`: the debt if every open order that
    delivers the asset is filled, and `notional` its value.
    """

    asset: int
    held: int
    owed: int
    exposed: int
    collateral: int
    liability: int
    notional: int
    initial: int
    maintenance: int
    auto_close: int


def portfolio(state: State, account: Account) -> tuple[Line, ...]:
    """Return a line for every asset that an account holds, owes or has on order (PF-1)."""
    width = max(len(account.free), len(account.shares), len(account.reserved))
    lines = (_line(state, account, asset) for asset in range(width))
    return tuple(line for line in lines if line.held or line.owed or line.exposed)


def health(state: State, account: Account) -> Health:
    """Return the health of an account; it looks at no other account (PF-7)."""
    lines = portfolio(state, account)
    exposure = sum(line.notional for line in lines)
    by_leverage = mul_div_up(exposure, RATIO, account.settings.leverage_limit)
    return Health(
        equity=sum(line.collateral - line.liability for line in lines),
        order_loss=open_order_loss(state, account),
        exposure=exposure,
        initial=max(sum(line.initial for line in lines), by_leverage),
        maintenance=sum(line.maintenance for line in lines),
        auto_close=sum(line.auto_close for line in lines),
    )


def open_order_loss(state: State, account: Account) -> int:
    """Return what filling any of an account's open orders takes from equity at most (PF-5).

    All orders together deliver and receive an amount of each asset; what that takes from the
    equity, and adds to it, is shared among them in proportion. Value is concave in the amount held,
    so that a part of the orders never does worse than its shares, nor than all the costs.
    """
    orders = [state.orders[index] for index in account.orders]
    delivered: dict[tuple[int, bool], int] = {}
    received: dict[int, int] = {}
    for order in orders:
        given, taken = (delivers(state, order), is_firm(order)), receives(state, order)
        delivered[given] = delivered.get(given, 0) + order.reserved
        received[taken] = received.get(taken, 0) + proceeds(state, order)
    costs: dict[tuple[int, bool], int] = {}
    for asset in {asset for asset, _ in delivered}:
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


def firm_atoms(state: State, account: Account, asset: int) -> int:
    """Return what orders reserve that may neither redeem nor borrow; never above free (SM-5)."""
    orders = (state.orders[index] for index in account.orders)
    return sum(
        order.reserved for order in orders if is_firm(order) and delivers(state, order) == asset
    )


def is_firm(order: Order) -> bool:
    """Tell whether an order may deliver free atoms alone: neither redeem nor borrow (SM-5)."""
    return not (order.flags.auto_lend_redeem or order.flags.auto_borrow)


def delivers(state: State, order: Order) -> int:
    """Return the asset that an order delivers when it fills."""
    market = state.markets[order.market]
    return market.quote if order.side is Side.BID else market.base


def receives(state: State, order: Order) -> int:
    """Return the asset that an order receives when it fills."""
    market = state.markets[order.market]
    return market.base if order.side is Side.BID else market.quote


def proceeds(state: State, order: Order) -> int:
    """Return the atoms that an order receives if all its lots fill as maker (PF-5)."""
    parameters = state.markets[order.market].parameters
    if order.side is Side.BID:
        return order.lots * parameters.lot_atoms
    paid = order.lots * order.price
    return paid - mul_div_up(paid, max(parameters.maker_fee, 0), RATIO)


def held_atoms(state: State, account: Account, asset: int) -> int:
    """Return the atoms that an account owns: free, and the claim of its lend (MM-2)."""
    lent = pool_kernel.lend_claim(state.assets[asset].pool, max(at(account.shares, asset), 0))
    return at(account.free, asset) + lent


def owed_atoms(state: State, account: Account, asset: int) -> int:
    """Return the atoms that an account owes (MM-2)."""
    return pool_kernel.debt(state.assets[asset].pool, max(-at(account.shares, asset), 0))


def has_fresh_prices(state: State, account: Account, age: int) -> bool:
    """Tell whether the prices behind an account's health are known and young enough (PF-9).

    An account without exposure needs none; collateral without a price counts for nothing.
    """
    lines = portfolio(state, account)
    if not any(line.exposed for line in lines):
        return True
    return all(
        is_fresh(state, state.assets[line.asset], age)
        for line in lines
        if line.exposed or state.assets[line.asset].price
    )


def is_fresh(state: State, asset: Asset, age: int) -> bool:
    """Tell whether an asset's price is known and at most `age` seconds old (PF-9)."""
    return asset.price > 0 and state.time - asset.price_time <= age


def _line(state: State, account: Account, index: int) -> Line:
    system, asset = state.system, state.assets[index]
    limits = asset.parameters
    held, owed = held_atoms(state, account, index), owed_atoms(state, account, index)
    exposed = owed + max(at(account.reserved, index) - held, 0)
    notional = _owed(asset, exposed)
    unit = system.quote_unit
    maintenance = requirement(notional, limits.mmf_base, limits.mmf_factor, unit)
    return Line(
        asset=index,
        held=held,
        owed=owed,
        exposed=exposed,
        collateral=_collateral(state, asset, held),
        liability=_owed(asset, owed),
        notional=notional,
        initial=requirement(notional, limits.imf_base, limits.imf_factor, unit),
        maintenance=maintenance,
        auto_close=auto_close_requirement(
            notional, maintenance, system.auto_close_divisor, system.auto_close_offset
        ),
    )


def _gain(state: State, account: Account, asset: int, amount: int) -> int:
    """Return what receiving `amount` atoms adds to the collateral of an asset (PF-5)."""
    held, books = held_atoms(state, account, asset), state.assets[asset]
    return _collateral(state, books, held + amount) - _collateral(state, books, held)


def _costs(state: State, account: Account, asset: int, firm: int, others: int) -> tuple[int, int]:
    """Return what it takes to deliver `firm` atoms, and those of all other orders (PF-5).

    Firm orders hold their part of what is held. The others take the rest of it, then a debt.
    """
    held, books = held_atoms(state, account, asset), state.assets[asset]
    kept = max(held - others, firm)
    value = _collateral(state, books, kept)
    firm_cost = value - _collateral(state, books, kept - firm)
    debt = _owed(books, max(firm + others - held, 0))
    return firm_cost, _collateral(state, books, held) - value + debt


def _collateral(state: State, asset: Asset, amount: int) -> int:
    limits, unit = asset.parameters, state.system.quote_unit
    return collateral_value(limits.haircut, amount, asset.price, limits.lot_atoms, unit)


def _owed(asset: Asset, amount: int) -> int:
    return owed_value(amount, asset.price, asset.parameters.lot_atoms)
