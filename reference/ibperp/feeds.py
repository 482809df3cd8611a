"""How far a price is known, and what may be done with it: levels and the action matrix (GV-3)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from ibperp.state import Perpetual
from ibperp.valuation import settlement_asset

if TYPE_CHECKING:
    from ibperp.state import State


class ActionClass(StrEnum):
    """What an action does with the prices that it checks (GV-3)."""

    ORDER = "order"
    BORROW = "borrow"
    WITHDRAWAL = "withdrawal"
    LIQUIDATION = "liquidation"


class PriceLevel(StrEnum):
    """How far a price is known; the first that applies is its level (GV-3)."""

    UNKNOWN = "unknown"
    AT_FLOOR = "at_floor"
    STALE = "stale"
    DEVIATING = "deviating"
    VALID = "valid"


ADMITTED: Final[dict[ActionClass, frozenset[PriceLevel]]] = {
    ActionClass.ORDER: frozenset({PriceLevel.DEVIATING, PriceLevel.VALID}),
    ActionClass.BORROW: frozenset({PriceLevel.VALID}),
    ActionClass.WITHDRAWAL: frozenset({PriceLevel.VALID}),
    ActionClass.LIQUIDATION: frozenset({PriceLevel.DEVIATING, PriceLevel.VALID}),
}
"""The levels that each class of action admits (GV-3)."""


def level_of(price: int, seconds: int, age: int, floor: int, *, is_limited: bool) -> PriceLevel:
    """Return the level of a price that is `seconds` old where `age` is admitted (GV-3).

    `floor`: the price that its feed reports at the lowest. `is_limited`: whether its last update
    had to be limited.
    """
    if price == 0:
        return PriceLevel.UNKNOWN
    if price <= floor:
        return PriceLevel.AT_FLOOR
    if seconds > age:
        return PriceLevel.STALE
    return PriceLevel.DEVIATING if is_limited else PriceLevel.VALID


def price_age(state: State, of: ActionClass) -> int:
    """Return the seconds that a price may be old for a class of action (PF-9)."""
    system = state.system
    match of:
        case ActionClass.ORDER:
            return system.order_price_age
        case ActionClass.BORROW:
            return system.borrow_price_age
        case ActionClass.WITHDRAWAL:
            return system.withdrawal_price_age
        case ActionClass.LIQUIDATION:
            return system.liquidation_price_age


def asset_level(state: State, index: int, of: ActionClass) -> PriceLevel:
    """Return the level of an asset's price (GV-3)."""
    asset, age = state.assets[index], price_age(state, of)
    seconds, floor = state.time - asset.price_time, asset.parameters.price_floor
    return level_of(asset.price, seconds, age, floor, is_limited=asset.is_limited)


def mark_level(state: State, index: int, of: ActionClass) -> PriceLevel:
    """Return the level of a perpetual's mark, which has no floor (GV-3)."""
    market, age = state.markets[index], price_age(state, of)
    assert isinstance(market, Perpetual)
    seconds = state.time - market.mark_time
    return level_of(market.mark_price, seconds, age, 0, is_limited=market.is_limited)


def market_levels(state: State, index: int, of: ActionClass) -> frozenset[PriceLevel]:
    """Return the levels of a market's own prices: both assets, or mark and settlement asset (SM-4).

    A spot market has no mark of its own.
    """
    market = state.markets[index]
    if isinstance(market, Perpetual):
        settled = asset_level(state, settlement_asset(state), of)
        return frozenset({mark_level(state, index, of), settled})
    return frozenset({asset_level(state, side, of) for side in (market.base, market.quote)})
