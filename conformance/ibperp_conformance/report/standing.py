"""Where accounts and markets stand, exactly, in whole units and US dollars."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from ibperp.margin import collateral_value, is_liquidatable
from ibperp.numbers import RATIO
from ibperp.open_orders import delivers
from ibperp.portfolio import health, portfolio
from ibperp.state import OrderStatus, Perpetual, at
from ibperp.valuation import held_atoms, virtual_atoms
from ibperp_conformance.presets.scales import (
    asset_price,
    market_scales,
    settlement_units,
    whole_units,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ibperp.margin import Health
    from ibperp.portfolio import Line
    from ibperp.state import Account, Asset, Market, State


@dataclass(frozen=True, slots=True)
class Holding:
    """One asset of an account: quantities in whole units, then US dollars and plain ratios.

    `weight`: what the haircut leaves of each dollar held. `..._fraction`: what is required of each
    dollar of `notional`. None where there is nothing to weigh, or no exposure.
    """

    asset: str
    free: Fraction
    lent: Fraction
    owed: Fraction
    reserved: Fraction
    price: Fraction
    weight: Fraction | None
    value: Fraction
    liability: Fraction
    notional: Fraction
    initial_fraction: Fraction | None
    maintenance_fraction: Fraction | None


@dataclass(frozen=True, slots=True)
class Standing:
    """An account: its holdings, its health in quote atoms, and how many of them make a dollar.

    In whole units of the settlement asset: `unsettled`, signed, and what its positions have lent
    and borrowed virtually.
    """

    account: str
    holdings: tuple[Holding, ...]
    unsettled: Fraction
    virtually_lent: Fraction
    virtually_owed: Fraction
    health: Health
    quote_unit: int

    def dollars(self, quote_atoms: int) -> Fraction:
        """Return quote atoms as US dollars."""
        return Fraction(quote_atoms, self.quote_unit)

    @property
    def locked(self) -> int:
        """Return the equity that may not be taken out: required, at risk, or not counted."""
        return self.health.initial + self.health.order_loss + self.health.uncounted_gain

    @property
    def is_exposed(self) -> bool:
        """Tell whether the account owes or trades anything, or would after its orders."""
        return self.health.exposure > 0

    @property
    def is_liquidatable(self) -> bool:
        """Tell whether the equity no longer maintains the exposure."""
        return is_liquidatable(self.health)

    def ratio(self, requirement: int) -> Fraction | None:
        """Return a requirement over equity; None when no equity is left."""
        equity = self.health.equity
        return Fraction(requirement, equity) if equity > 0 else None


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order that rests in its book, in whole units of base, and quote per base."""

    order: str
    account: str
    market: str
    side: str
    amount: Fraction
    price: Fraction
    reserved: Fraction


@dataclass(frozen=True, slots=True)
class MarketStanding:
    """A market: its last price, or None, and what is bid and asked at each price, highest first."""

    market: str
    last_price: Fraction | None
    levels: tuple[tuple[Fraction, Fraction, Fraction], ...]


def standings(state: State, names: Mapping[int, str]) -> tuple[Standing, ...]:
    """Return where every account stands."""
    return tuple(
        _standing(state, names.get(index, str(index)), account)
        for index, account in enumerate(state.accounts)
    )


def open_orders(
    state: State, names: Mapping[int, str], orders: Mapping[int, str]
) -> Iterator[OpenOrder]:
    """Yield every order that rests in a book, oldest first."""
    for index, order in enumerate(state.orders):
        if order.status is not OrderStatus.OPEN:
            continue
        market = state.markets[order.market]
        lots, prices = market_scales(state, market)
        delivered = state.assets[delivers(state, order)]
        yield OpenOrder(
            order=orders.get(index, str(index)),
            account=names.get(order.account, str(order.account)),
            market=market.symbol,
            side=order.side.value,
            amount=order.lots / lots,
            price=order.price / prices,
            reserved=whole_units(delivered, order.reserved),
        )


def market_standings(state: State) -> tuple[MarketStanding, ...]:
    """Return where every market stands."""
    return tuple(_market(state, market) for market in state.markets)


def _standing(state: State, name: str, account: Account) -> Standing:
    virtual = [virtual_atoms(state, position) for position in account.positions]
    return Standing(
        account=name,
        holdings=tuple(_holding(state, account, line) for line in portfolio(state, account)),
        unsettled=settlement_units(state, account.unsettled),
        virtually_lent=settlement_units(state, sum(max(worth, 0) for worth in virtual)),
        virtually_owed=settlement_units(state, sum(max(-worth, 0) for worth in virtual)),
        health=health(state, account),
        quote_unit=state.system.quote_unit,
    )


def _market(state: State, market: Market | Perpetual) -> MarketStanding:
    lots, prices = market_scales(state, market)
    levels: dict[int, list[int]] = {}
    for side, queue in enumerate((market.book.bids, market.book.asks)):
        for _, _, index in queue:
            order = state.orders[index]
            levels.setdefault(order.price, [0, 0])[side] += order.lots
    last = market.book.last_price
    return MarketStanding(
        market.symbol,
        last / prices if last else None,
        tuple(
            (price / prices, bid / lots, ask / lots)
            for price, (bid, ask) in sorted(levels.items(), reverse=True)
        ),
    )


def _holding(state: State, account: Account, line: Line) -> Holding:
    asset, unit, required = state.assets[line.asset], state.system.quote_unit, line.required
    free = at(account.free, line.asset)
    return Holding(
        asset=asset.symbol,
        free=whole_units(asset, free),
        lent=whole_units(asset, held_atoms(state, account, line.asset) - free),
        owed=whole_units(asset, line.owed),
        reserved=whole_units(asset, at(account.reserved, line.asset)),
        price=asset_price(state, asset, asset.price),
        weight=_weight(asset, line.held, unit),
        value=Fraction(line.collateral, unit),
        liability=Fraction(line.liability, unit),
        notional=Fraction(required.notional, unit),
        initial_fraction=_fraction(required.initial, required.notional),
        maintenance_fraction=_fraction(required.maintenance, required.notional),
    )


def _fraction(requirement: int, notional: int) -> Fraction | None:
    return Fraction(requirement, notional) if notional else None


def _weight(asset: Asset, held: int, quote_unit: int) -> Fraction | None:
    """Return the weight that the rule applies, in units so fine that nothing is rounded."""
    if held * asset.price == 0:
        return None
    limits = asset.parameters
    finer = limits.lot_atoms * RATIO
    counted = collateral_value(
        limits.haircut, held, asset.price * finer, limits.lot_atoms, quote_unit * finer
    )
    return Fraction(counted, held * asset.price * RATIO)
