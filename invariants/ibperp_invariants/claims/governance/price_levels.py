"""How far the prices behind an action are known, worked out from a view (GV-3)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ibperp.feeds import PriceLevel, level_of
from ibperp.numbers import RATIO
from ibperp.parameters import HaircutKind, HaircutParameters
from ibperp_invariants.claims.portfolio.health import exposed_atoms, health_of, holdings_of
from ibperp_invariants.claims.portfolio.positions import exposed_lots, gain_of, marked
from ibperp_invariants.view.view import PerpetualView, limits_of, settlement_asset

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from ibperp.margin import Health
    from ibperp_invariants.view.view import AccountView, View

KNOWN_LEVELS: Final = {PriceLevel.VALID, PriceLevel.DEVIATING}
"""The levels that orders and liquidations admit (GV-3)."""


def account_levels(view: View, account: AccountView, age: int) -> set[PriceLevel]:
    """Return the levels of the prices behind an account's health; none without exposure (PF-9)."""
    lots, owed = exposed_lots(view, account), _exposed_assets(view, account)
    if not any(lots.values()) and not owed:
        return set()
    found = set()
    symbols = {*account.free, *account.shares, *account.reserved, *owed}
    settlement = settlement_asset(view)
    if settlement and lots:
        symbols.add(settlement)
    for symbol in symbols:
        asset = view.assets.get(symbol)
        is_used = asset is not None and (asset.price or symbol in owed)
        if asset is not None and asset.parameters is not None and is_used:
            seconds, floor = view.time - asset.price_time, asset.parameters.price_floor
            limited = asset.is_limited
            found.add(level_of(asset.price, seconds, age, floor, is_limited=limited))
    for symbol in lots:
        found |= set(_mark_levels(view, symbol, age))
    return found


def needed_levels(view: View, account: AccountView, age: int) -> set[PriceLevel]:
    """Return the levels of the prices of what an account owes and trades (PF-9)."""
    lots, owed = exposed_lots(view, account), _exposed_assets(view, account)
    if not any(lots.values()) and not owed:
        return set()
    settlement = settlement_asset(view)
    symbols = owed | ({settlement} if settlement and lots else set())
    levels = {asset_level(view, symbol, age) for symbol in symbols}
    return levels.union(*(_mark_levels(view, symbol, age) for symbol in lots))


def idle_assets(
    view: View, account: AccountView, age: int, admitted: Container[PriceLevel]
) -> set[str]:
    """Return the assets that an account only holds, at known prices that are not admitted.

    An account without exposure depends on no price, even if its orders may lose (PF-9).
    """
    lots, owed = exposed_lots(view, account), _exposed_assets(view, account)
    if not any(lots.values()) and not owed:
        return set()
    needed = owed | ({settlement_asset(view)} if lots else set())
    return {
        symbol
        for symbol in {*account.free, *account.shares} - needed
        if view.assets[symbol].price and asset_level(view, symbol, age) not in admitted
    }


def weighed(view: View, symbols: Iterable[str], weight: int) -> View:
    """Return a view in which assets count by a weight, whatever their value."""
    assets = dict(view.assets)
    for symbol in symbols:
        limits = assets[symbol].parameters
        if limits is not None:
            haircut = HaircutParameters(HaircutKind.IDENTITY, weight, 0, 0)
            assets[symbol] = replace(assets[symbol], parameters=replace(limits, haircut=haircut))
    return replace(view, assets=assets)


def due_in_favor(view: View, index: int, age: int) -> tuple[set[PriceLevel], Health | None]:
    """Return the level of what settles an account, and its health at the best of other prices.

    Of an asset or market whose price is not admitted, what it holds and gains counts in full, what
    it owes, loses and has on order not at all (LQ-1).
    """
    account, settlement = view.accounts[index], settlement_asset(view)
    is_settled = bool(account.positions) or account.unsettled != 0
    levels = {asset_level(view, settlement, age)} if is_settled and settlement else set()
    unknown = {
        symbol
        for symbol in view.assets
        if not (is_settled and symbol == settlement)
        and asset_level(view, symbol, age) not in KNOWN_LEVELS
    }
    kept = replace(
        account,
        shares={
            symbol: max(shares, 0) if symbol in unknown else shares
            for symbol, shares in account.shares.items()
        },
        reserved={
            symbol: atoms for symbol, atoms in account.reserved.items() if symbol not in unknown
        },
        orders=tuple(
            number
            for number in account.orders
            if (symbol := view.orders[number].market)
            and isinstance(view.markets[symbol], PerpetualView)
            and set(_mark_levels(view, symbol, age)) <= KNOWN_LEVELS
        ),
    )
    favored = _unmarked(replace(view, accounts={index: kept}), index, age)
    return levels, health_of(weighed(favored, unknown, RATIO), index)


def _unmarked(view: View, index: int, age: int) -> View:
    """Return a view in which an account's positions at marks not admitted only gain, at no size.

    So it is with a mark of zero, and a cost of minus the gain.
    """
    account, markets = view.accounts[index], dict(view.markets)
    positions = dict(account.positions)
    for symbol, market, own in marked(view, index):
        if not is_mark_known(view, symbol, age):
            markets[symbol] = replace(market, mark_price=0)
            gain, paid = max(gain_of(market, own), 0), market.funding_index
            positions[symbol] = replace(own, cost=-gain, funding_index=paid)
    changed = replace(account, positions=positions)
    return replace(view, markets=markets, accounts={index: changed})


def market_levels(view: View, market: str, age: int) -> set[PriceLevel]:
    """Return the levels of a market's own prices (SM-4)."""
    limits, found = limits_of(view, market), set(_mark_levels(view, market, age))
    symbols = (limits.base, limits.quote) if limits else (settlement_asset(view),)
    for symbol in symbols:
        asset = view.assets.get(symbol) if symbol else None
        if asset is not None and asset.parameters is not None:
            seconds, floor = view.time - asset.price_time, asset.parameters.price_floor
            limited = asset.is_limited
            found.add(level_of(asset.price, seconds, age, floor, is_limited=limited))
    return found


def asset_level(view: View, symbol: str, age: int) -> PriceLevel:
    """Return the level of an asset's price where `age` is admitted (GV-3)."""
    asset = view.assets[symbol]
    floor = asset.parameters.price_floor if asset.parameters else 0
    seconds, limited = view.time - asset.price_time, asset.is_limited
    return level_of(asset.price, seconds, age, floor, is_limited=limited)


def is_mark_known(view: View, symbol: str, age: int) -> bool:
    """Tell whether orders and liquidations admit the mark of a market (GV-3)."""
    return set(_mark_levels(view, symbol, age)) <= KNOWN_LEVELS


def _mark_levels(view: View, symbol: str, age: int) -> Iterator[PriceLevel]:
    market = view.markets.get(symbol)
    if isinstance(market, PerpetualView):
        seconds, limited = view.time - market.mark_time, market.is_limited
        yield level_of(market.mark_price, seconds, age, 0, is_limited=limited)


def _exposed_assets(view: View, account: AccountView) -> set[str]:
    """Return the assets of which an account owes any, or would if its orders filled (PF-1)."""
    holdings = holdings_of(view, account) or {}
    return {symbol for symbol, holding in holdings.items() if exposed_atoms(holding)}
