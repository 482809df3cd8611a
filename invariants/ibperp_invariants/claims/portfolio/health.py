"""The health of an account worked out once more, from a view and the margin kernel alone (PF-7)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from ibperp import pool as pool_kernel
from ibperp.margin import (
    Health,
    auto_close_requirement,
    collateral_value,
    order_loss,
    owed_value,
    requirement,
)
from ibperp.numbers import RATIO, isqrt_up, mul_div_down, mul_div_up
from ibperp.orders import Side
from ibperp.parameters import HaircutKind
from ibperp.records import record, replace
from ibperp_invariants.claims.portfolio.positions import (
    ended_debt,
    gains_of,
    perpetual_order_loss,
    position_notionals,
)
from ibperp_invariants.view.once import once_for_a_view
from ibperp_invariants.view.view import limits_of, perpetual_of

if TYPE_CHECKING:
    from ibperp.parameters import (
        AssetParameters,
        HaircutParameters,
        PerpetualParameters,
        SystemParameters,
    )
    from ibperp_invariants.step.step import Step
    from ibperp_invariants.view.view import AccountView, AssetView, View

ROUNDINGS: Final = 2
"""How many quote atoms, and atoms per asset, the sums of one account may shift by rounding."""


REMEMBERED: Final = 1 << 10
"""Of so many amounts it is remembered what they count for."""


@record
class Holding:
    """What an account has of an asset, in atoms, with what is needed to value it.

    `unpaid`: what the fund has yet to be paid in it; `ended`: virtual debts without lots (PF-12).
    """

    symbol: str
    held: int
    owed: int
    reserved: int
    price: int
    limits: AssetParameters
    unpaid: int = 0
    ended: int = 0


@dataclass(frozen=True, slots=True)
class Filling:
    """What an open order delivers and receives if it fills; `firm`: from free atoms alone."""

    delivers: str
    delivered: int
    firm: bool
    receives: str
    received: int


@once_for_a_view
def health_of(view: View, index: int) -> Health | None:
    """Return the health of an account, None where a parameter of it is not known."""
    account, system = view.accounts.get(index), view.system
    holdings = holdings_in(view, index)
    fillings = None if account is None else _fillings(view, account)
    if account is None or system is None or holdings is None or fillings is None:
        return None
    if account.settings.leverage_limit <= 0 or any(
        symbol not in holdings for item in fillings for symbol in (item.delivers, item.receives)
    ):
        return None
    gains, notionals = gains_of(view, index), position_notionals(view, account)
    losses = _perpetual_losses(view, account)
    if gains is None or notionals is None or losses is None:
        return None
    equity, exposure, initial, maintenance, auto_close = gains.equity, 0, 0, 0, 0
    rows: list[tuple[int, AssetParameters | PerpetualParameters]] = [*notionals]
    for item in holdings.values():
        equity += _equity(item, system)
        rows.append((_notional(item), item.limits))
    for notional, limits in rows:
        if notional:  # The fraction of nothing is nothing, whatever its root.
            at_first, kept, closed = _requirements(notional, limits, system)
            exposure += notional
            initial += at_first
            maintenance += kept
            auto_close += closed
    by_leverage = mul_div_up(exposure, RATIO, account.settings.leverage_limit)
    return Health(
        equity=equity,
        uncounted_gain=gains.equity - gains.counted,
        order_loss=_order_loss(holdings, fillings, system) + sum(losses),
        exposure=exposure,
        initial=max(initial, by_leverage),
        maintenance=maintenance,
        auto_close=auto_close,
    )


@once_for_a_view
def holdings_in(view: View, index: int) -> dict[str, Holding] | None:
    """Return what an account has by symbol, None if it is not there or out of its ranges."""
    account = view.accounts.get(index)
    return None if account is None else holdings_of(view, account)


def holdings_of(view: View, account: AccountView) -> dict[str, Holding] | None:
    """Return what an account has by symbol, with the assets of its orders' markets."""
    symbols = {*account.free, *account.shares, *account.reserved}
    for index in account.orders:
        order = view.orders.get(index)
        limits = limits_of(view, order.market) if order else None
        symbols |= {limits.base, limits.quote} if limits else set()
    unpaid, ended = max(-account.unsettled, 0), ended_debt(view, account)
    settled = view.system.settlement_asset if (unpaid or ended) and view.system else None
    if settled is not None:
        symbols.add(settled)
    holdings = {}
    for symbol in sorted(symbols):
        asset = view.assets.get(symbol)
        found = _holding(symbol, asset, account) if asset else None
        if found is None:
            return None
        if symbol == settled:
            found = replace(found, unpaid=unpaid, ended=ended)
        holdings[symbol] = found
    return holdings


def exposed_atoms(holding: Holding) -> int:
    """Return what is owed if every order that delivers the asset fills and the fund is paid."""
    missing = max(holding.reserved + holding.unpaid - holding.held, 0)
    return holding.owed + missing + holding.ended


def face_value(view: View, account: int) -> int | None:
    """Return what an account is worth in quote atoms without a haircut; None if not known."""
    holder = view.accounts.get(account)
    holdings, gains = holdings_of(view, holder) if holder else None, gains_of(view, account)
    if holdings is None or gains is None:
        return None
    return gains.equity + sum(
        mul_div_down(item.held, item.price, item.limits.lot_atoms)
        - owed_value(item.owed, item.price, item.limits.lot_atoms)
        for item in holdings.values()
    )


def collateral_bound(holding: Holding, system: SystemParameters) -> int:
    """Return what collateral can never count for more than, whatever the price (PF-2).

    With `inverse_sqrt`, base / penalty times the root of the value, in US dollars.
    """
    limits = holding.limits
    haircut, amount = limits.haircut, holding.held * holding.price
    return _collateral_bound(haircut, amount, limits.lot_atoms, system.quote_unit)


@lru_cache(maxsize=REMEMBERED)
def _collateral_bound(haircut: HaircutParameters, amount: int, lot: int, unit: int) -> int:
    by_weight = mul_div_down(amount, haircut.weight, lot * RATIO)
    if haircut.kind is HaircutKind.IDENTITY or haircut.penalty == 0:
        return by_weight
    square = mul_div_up(haircut.base**2 * unit, amount, lot)
    return min(by_weight, mul_div_up(isqrt_up(square), 1, haircut.penalty))


def eased(health: Health, slack: int) -> Health:
    """Return a health that is worse by `slack` quote atoms."""
    equity, maintenance = health.equity - slack, health.maintenance + slack
    return replace(health, equity=equity, maintenance=maintenance)


def rounding_value(step: Step) -> int:
    """Return the quote atoms that the moves of a step may shift by rounding, for any account."""
    return sum(
        ROUNDINGS + owed_value(ROUNDINGS + step.rounding_atoms(symbol), asset.price, lot)
        for symbol, asset in step.after.assets.items()
        for lot in (asset.parameters.lot_atoms if asset.parameters else 1,)
    )


def interest_value(step: Step) -> int:
    """Return the quote atoms of all interest that the events of a step say."""
    return sum(
        owed_value(step.facts.interest[symbol][0], asset.price, asset.parameters.lot_atoms)
        for symbol, asset in step.after.assets.items()
        if symbol in step.facts.interest and asset.parameters
    )


def fee_cost(step: Step, index: int) -> int:
    """Return the value of the maker fees of an account's bids that they did not reserve.

    A bid reserves the fee of the time when it came to rest; it pays that of the trade.
    """
    cost = 0
    for trade, maker, _ in step.trades():
        resting, limits = (
            step.before.orders[trade.maker_order],
            limits_of(step.before, trade.market),
        )
        quote = step.before.assets.get(limits.quote) if limits else None
        if maker != index or resting.side is Side.ASK or quote is None or not quote.parameters:
            continue
        due = trade.lots * trade.price + max(trade.maker_fee, 0)
        kept = mul_div_down(resting.reserved, trade.lots, max(resting.lots, 1))
        cost += owed_value(max(due - kept, 0), quote.price, quote.parameters.lot_atoms)
    return cost


def _holding(symbol: str, asset: AssetView, account: AccountView) -> Holding | None:
    """Return what an account has of an asset, None where numbers are out of their ranges."""
    shares, pool, limits = account.shares.get(symbol, 0), asset.pool, asset.parameters
    free, reserved = account.free.get(symbol, 0), account.reserved.get(symbol, 0)
    totals = pool.lent, pool.lend_shares, pool.borrowed, pool.borrow_shares
    if limits is None or min(free, reserved, asset.price, *totals) < 0:
        return None
    if shares < 0 and not pool.borrow_shares:
        return None
    lent = pool_kernel.lend_claim(pool, shares) if shares > 0 else 0
    owed = pool_kernel.debt(pool, -shares) if shares < 0 else 0
    return Holding(symbol, free + lent, owed, reserved, asset.price, limits)


def _fillings(view: View, account: AccountView) -> list[Filling] | None:
    fillings = []
    for index in account.orders:
        order = view.orders.get(index)
        limits = limits_of(view, order.market) if order else None
        if order and perpetual_of(view, order.market):
            continue
        if order is None or limits is None or min(order.price, order.lots, order.reserved) < 0:
            return None
        if order.side is Side.BID:
            received = order.lots * limits.lot_atoms
            given = limits.quote, order.reserved, order.is_firm()
            fillings.append(Filling(*given, limits.base, received))
        else:
            paid = order.lots * order.price
            paid -= mul_div_up(paid, max(limits.maker_fee, 0), RATIO)
            given = limits.base, order.reserved, order.is_firm()
            fillings.append(Filling(*given, limits.quote, paid))
    return fillings


def _perpetual_losses(view: View, account: AccountView) -> list[int] | None:
    losses = []
    for index in account.orders:
        order = view.orders.get(index)
        if order and perpetual_of(view, order.market):
            loss = perpetual_order_loss(view, order)
            if loss is None:
                return None
            losses.append(loss)
    return losses


_collateral_value: Final = lru_cache(maxsize=REMEMBERED)(collateral_value)
"""What collateral counts for: most amounts come back at the same price."""


def _collateral(holding: Holding, amount: int, system: SystemParameters) -> int:
    limits = holding.limits
    haircut, lot = limits.haircut, limits.lot_atoms
    return _collateral_value(haircut, amount, holding.price, lot, system.quote_unit)


def _owed(holding: Holding, amount: int) -> int:
    return owed_value(amount, holding.price, holding.limits.lot_atoms)


def _equity(holding: Holding, system: SystemParameters) -> int:
    held = _collateral(holding, holding.held, system)
    return held - _owed(holding, holding.owed) if holding.owed else held


def _notional(holding: Holding) -> int:
    atoms = exposed_atoms(holding)
    return _owed(holding, atoms) if atoms else 0


def _requirements(
    notional: int, limits: AssetParameters | PerpetualParameters, system: SystemParameters
) -> tuple[int, int, int]:
    """Return initial, maintenance and auto-close requirement of an asset or a market."""
    initial = limits.imf_base, limits.imf_factor
    maintenance = limits.mmf_base, limits.mmf_factor
    closing = system.auto_close_divisor, system.auto_close_offset
    return _required(notional, initial, maintenance, closing, system.quote_unit)


@lru_cache(maxsize=REMEMBERED)
def _required(
    notional: int,
    initial: tuple[int, int],
    maintenance: tuple[int, int],
    closing: tuple[int, int],
    unit: int,
) -> tuple[int, int, int]:
    """Return what `_requirements` does, from bases and factors: most notionals come back."""
    kept = requirement(notional, *maintenance, unit)
    closed = auto_close_requirement(notional, kept, *closing)
    return requirement(notional, *initial, unit), kept, closed


def _order_loss(
    holdings: dict[str, Holding], fillings: list[Filling], system: SystemParameters
) -> int:
    """Return what filling any of the orders takes from equity at most (PF-5)."""
    if not fillings:
        return 0
    delivered: dict[tuple[str, bool], int] = {}
    received: dict[str, int] = {}
    for item in fillings:
        given = item.delivers, item.firm
        delivered[given] = delivered.get(given, 0) + item.delivered
        received[item.receives] = received.get(item.receives, 0) + item.received
    costs: dict[tuple[str, bool], int] = {}
    for symbol in {symbol for symbol, _ in delivered}:
        firm, others = (delivered.get((symbol, kind), 0) for kind in (True, False))
        pair = _costs(holdings[symbol], firm, others, system)
        costs[symbol, True], costs[symbol, False] = pair
    gains = {symbol: _gain(holdings[symbol], received[symbol], system) for symbol in received}
    loss = 0
    for item in fillings:
        given, part = (item.delivers, item.firm), received[item.receives]
        cost = mul_div_up(costs[given], item.delivered, max(delivered[given], 1))
        gain = mul_div_down(gains[item.receives], item.received, max(part, 1))
        loss += order_loss(cost, gain)
    return min(loss, sum(costs.values()))


def _costs(holding: Holding, firm: int, others: int, system: SystemParameters) -> tuple[int, int]:
    """Return what delivering takes by firm orders, which are sure of theirs, and by all others."""
    kept = max(holding.held - others, firm)
    values = (
        _collateral(holding, max(amount, 0), system) for amount in (holding.held, kept, kept - firm)
    )
    whole, rest, least = values
    missing = _owed(holding, max(firm + others - holding.held, 0))
    return rest - least, whole - rest + missing


def _gain(holding: Holding, amount: int, system: SystemParameters) -> int:
    """Return what `amount` atoms more add to the collateral."""
    more = _collateral(holding, holding.held + amount, system)
    return more - _collateral(holding, holding.held, system)
