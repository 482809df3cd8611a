"""How far the prices behind an action are known, worked out from a view (GV-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.feeds import PriceLevel, level_of
from ibperp_invariants.positions import exposed_lots, fund_debt
from ibperp_invariants.view import PerpetualView, limits_of, settlement_asset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp_invariants.view import AccountView, View


def account_levels(view: View, account: AccountView, age: int) -> set[PriceLevel]:
    """Return the levels of the prices behind an account's health; none without exposure (PF-9)."""
    if not _is_exposed(view, account):
        return set()
    found = set()
    symbols = {*account.free, *account.shares, *account.reserved}
    settlement = settlement_asset(view)
    if settlement and (exposed_lots(view, account) or fund_debt(view, account)):
        symbols.add(settlement)
    for symbol in symbols:
        asset = view.assets.get(symbol)
        is_used = asset is not None and (asset.price or account.shares.get(symbol, 0) < 0)
        if asset is not None and asset.parameters is not None and is_used:
            seconds, floor = view.time - asset.price_time, asset.parameters.price_floor
            limited = asset.is_limited
            found.add(level_of(asset.price, seconds, age, floor, is_limited=limited))
    for symbol in exposed_lots(view, account):
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


def _is_exposed(view: View, account: AccountView) -> bool:
    owes = min(account.shares.values(), default=0) < 0
    return owes or any(exposed_lots(view, account).values()) or fund_debt(view, account) > 0
