"""How far the prices behind an action are known, worked out from a view (GV-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.feeds import PriceLevel, level_of
from ibperp_invariants.claims.portfolio.health import exposed_atoms, holdings_of
from ibperp_invariants.claims.portfolio.positions import exposed_lots
from ibperp_invariants.view.view import PerpetualView, limits_of, settlement_asset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp_invariants.view.view import AccountView, View


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


def _mark_levels(view: View, symbol: str, age: int) -> Iterator[PriceLevel]:
    market = view.markets.get(symbol)
    if isinstance(market, PerpetualView):
        seconds, limited = view.time - market.mark_time, market.is_limited
        yield level_of(market.mark_price, seconds, age, 0, is_limited=limited)


def _exposed_assets(view: View, account: AccountView) -> set[str]:
    """Return the assets of which an account owes any, or would if its orders filled (PF-1)."""
    holdings = holdings_of(view, account) or {}
    return {symbol for symbol, holding in holdings.items() if exposed_atoms(holding)}
