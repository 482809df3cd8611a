"""The portfolio of one account: what it holds, owes and trades, and the health that follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from ibperp.margin import Health, auto_close_requirement, counted_gain, requirement
from ibperp.numbers import RATIO, mul_div_up
from ibperp.open_orders import open_order_loss
from ibperp.orders import Side
from ibperp.position import funding_due, unrealized
from ibperp.records import record
from ibperp.state import Perpetual, at, position_of
from ibperp.valuation import (
    collateral_of,
    ended_debt,
    held_atoms,
    liability_of,
    owed_atoms,
    settlement_asset,
    settlement_value,
    unpaid_atoms,
    virtual_atoms,
)

if TYPE_CHECKING:
    from ibperp.parameters import AssetParameters, PerpetualParameters
    from ibperp.position import Position
    from ibperp.state import Account, State

Limits: TypeAlias = "AssetParameters | PerpetualParameters"
"""What has the fractions of a margin."""


@record
class Required:
    """What a notional requires, all in quote atoms (PF-4, PF-6)."""

    notional: int
    initial: int
    maintenance: int
    auto_close: int


NOTHING_REQUIRED: Final = Required(0, 0, 0, 0)
"""What no notional requires."""


@record
class Line:
    """One asset of a portfolio: atoms, and the quote atoms they stand for (PF-1).

    `held`: free and lent atoms. `owed`: the debt. `exposed`: the debt if every open order that
    delivers the asset is filled, and in the settlement asset the fund is paid (PF-12); `required`
    is what that requires.
    """

    asset: int
    held: int
    owed: int
    exposed: int
    collateral: int
    liability: int
    required: Required


@record
class PositionLine:
    """One perpetual of a portfolio: signed lots, and atoms of the settlement asset (PF-12).

    `exposed`: lots of the larger side if every open order of one side is filled. `gain`: marked,
    after the funding that is due. `virtual`: what the virtual shares are worth.
    """

    market: int
    lots: int
    exposed: int
    gain: int
    virtual: int
    required: Required


@record
class Valuation:
    """An account at the prices of a state: its lines, and the health that follows (PF-7)."""

    lines: tuple[Line, ...]
    positions: tuple[PositionLine, ...]
    health: Health


def valuation(state: State, account: Account, *, may_fill: bool = True) -> Valuation:
    """Return the lines of an account with its health; it looks at no other account (PF-7).

    Unless its orders `may_fill`, its health is without an order loss.
    """
    lines, positions = portfolio(state, account), position_lines(state, account)
    found = _health(state, account, lines, positions, may_fill=may_fill)
    return Valuation(lines, positions, found)


def portfolio(state: State, account: Account) -> tuple[Line, ...]:
    """Return a line for every asset that an account holds, owes or has on order (PF-1)."""
    width, settled = _looked_at(state, account)
    lines = [_line(state, account, asset, settled) for asset in range(width)]
    return tuple([line for line in lines if line.held or line.owed or line.exposed])


def position_lines(state: State, account: Account) -> tuple[PositionLine, ...]:
    """Return a line for every perpetual in which an account has a position or an order (PF-12)."""
    return tuple([_position_line(state, account, own) for own in _perpetuals(state, account)])


def health(state: State, account: Account) -> Health:
    """Return the health of an account; it looks at no other account (PF-7)."""
    lines, positions = portfolio(state, account), position_lines(state, account)
    return _health(state, account, lines, positions)


def solvency(state: State, account: Account) -> Health:
    """Return the equity, exposure and maintenance of `health`, and zeros for all else (PF-7).

    They decide whether an account is due, and take half the time.
    """
    equity = exposure = gain = maintenance = 0
    width, settled = _looked_at(state, account)
    for asset in range(width):
        held, owed, exposed = _amounts(state, account, asset, settled)
        equity += collateral_of(state, asset, held)
        equity -= liability_of(state, asset, owed) if owed else 0
        if exposed:
            notional = liability_of(state, asset, exposed)
            exposure += notional
            maintenance += _maintenance(state, notional, state.assets[asset].parameters)
    for index in _perpetuals(state, account):
        market, position, _, marked, notional = _traded(state, account, index)
        gain += marked + virtual_atoms(state, position)
        exposure += notional
        maintenance += _maintenance(state, notional, market.parameters)
    equity += settlement_value(state, gain) if gain else 0
    equity += settlement_value(state, account.unsettled) if account.unsettled else 0
    return Health(equity, 0, 0, exposure, 0, maintenance, 0)


def _health(
    state: State,
    account: Account,
    lines: tuple[Line, ...],
    positions: tuple[PositionLine, ...],
    *,
    may_fill: bool = True,
) -> Health:
    system = state.system
    equity = gain = exposure = initial = maintenance = auto_close = 0
    for line in lines:
        equity += line.collateral - line.liability
    for traded in positions:
        gain += traded.gain + traded.virtual
    for required in [line.required for line in lines] + [line.required for line in positions]:
        exposure += required.notional
        initial += required.initial
        maintenance += required.maintenance
        auto_close += required.auto_close
    by_leverage = mul_div_up(exposure, RATIO, account.settings.leverage_limit)
    gain = settlement_value(state, gain) if gain else 0
    unsettled = settlement_value(state, account.unsettled) if account.unsettled else 0
    counted = counted_gain(gain, system.unrealized_weight, system.unrealized_cap)
    counted += counted_gain(unsettled, system.unsettled_weight, system.unsettled_cap)
    return Health(
        equity=equity + gain + unsettled,
        uncounted_gain=gain + unsettled - counted,
        order_loss=open_order_loss(state, account) if may_fill else 0,
        exposure=exposure,
        initial=max(initial, by_leverage),
        maintenance=maintenance,
        auto_close=auto_close,
    )


def _looked_at(state: State, account: Account) -> tuple[int, int | None]:
    """Return how many assets to look at, and the one that settles the account, None if none does.

    It settles positions, and what the account has to pay the fund (PF-12).
    """
    width = max(len(account.free), len(account.shares), len(account.reserved))
    if not (account.unsettled < 0 or account.positions):
        return width, None
    settled = settlement_asset(state)
    return max(width, settled + 1), settled


def _perpetuals(state: State, account: Account) -> list[int]:
    """Return the perpetuals in which an account has a position or an order, ascending (PF-12)."""
    markets = [position.market for position in account.positions]
    if not account.orders:
        return markets
    ordered = {state.orders[index].market for index in account.orders}
    listed = sorted(ordered.union(markets))
    return [market for market in listed if isinstance(state.markets[market], Perpetual)]


def _amounts(
    state: State, account: Account, index: int, settled: int | None
) -> tuple[int, int, int]:
    """Return the atoms that an account holds, owes, and is exposed to of an asset (PF-1)."""
    held, owed = held_atoms(state, account, index), owed_atoms(state, account, index)
    spoken_for, ended = at(account.reserved, index), 0
    if index == settled:
        spoken_for, ended = spoken_for + unpaid_atoms(account), ended_debt(state, account)
    return held, owed, owed + max(spoken_for - held, 0) + ended


def _line(state: State, account: Account, index: int, settled: int | None) -> Line:
    held, owed, exposed = _amounts(state, account, index, settled)
    notional = liability_of(state, index, exposed)
    return Line(
        asset=index,
        held=held,
        owed=owed,
        exposed=exposed,
        collateral=collateral_of(state, index, held),
        liability=liability_of(state, index, owed),
        required=_required(state, notional, state.assets[index].parameters),
    )


def _position_line(state: State, account: Account, index: int) -> PositionLine:
    market, position, exposed, gain, notional = _traded(state, account, index)
    return PositionLine(
        market=index,
        lots=position.lots,
        exposed=exposed,
        gain=gain,
        virtual=virtual_atoms(state, position),
        required=_required(state, notional, market.parameters),
    )


def _traded(
    state: State, account: Account, index: int
) -> tuple[Perpetual, Position, int, int, int]:
    """Return a market and a position: lots exposed if orders fill, gain, and notional (PF-12)."""
    market, position = state.markets[index], position_of(account, index)
    assert isinstance(market, Perpetual)
    bought = sold = position.lots
    for number in account.orders:
        order = state.orders[number]
        if order.market == index and order.side is Side.BID:
            bought += order.lots
        elif order.market == index:
            sold -= order.lots
    exposed = max(abs(bought), abs(sold))
    gain = unrealized(position, market.mark_price) - funding_due(position, market.funding_index)
    return market, position, exposed, gain, -settlement_value(state, -exposed * market.mark_price)


def _maintenance(state: State, notional: int, limits: Limits) -> int:
    return requirement(notional, limits.mmf_base, limits.mmf_factor, state.system.quote_unit)


def _required(state: State, notional: int, limits: Limits) -> Required:
    if notional == 0:
        return NOTHING_REQUIRED
    system, maintenance = state.system, _maintenance(state, notional, limits)
    return Required(
        notional=notional,
        initial=requirement(notional, limits.imf_base, limits.imf_factor, system.quote_unit),
        maintenance=maintenance,
        auto_close=auto_close_requirement(
            notional, maintenance, system.auto_close_divisor, system.auto_close_offset
        ),
    )
