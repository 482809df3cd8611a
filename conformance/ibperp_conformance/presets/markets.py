"""Spot markets as people write them: lot and minimum in base, tick in quote per base, ratios."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, StrictStr, create_model

from ibperp.actions import ListMarket
from ibperp.parameter_laws import market_violations
from ibperp.parameters import MarketParameters, OrderBookState
from ibperp_conformance.presets.assets import price_scale
from ibperp_conformance.presets.reading import (
    FORBID,
    DecimalText,
    Ratio,
    choice_of,
    reader,
    suggestion,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ibperp.parameters import AssetParameters
    from ibperp_conformance.presets.document import FieldPath
    from ibperp_conformance.presets.reading import Reading

FIXED: Final[dict[str, Any]] = {"base": StrictStr, "quote": StrictStr, "lot": DecimalText}
"""Fields that a market keeps for good, and how they are read."""

CHANGING: Final[dict[str, Any]] = {
    "tick": DecimalText,
    "minimum": DecimalText,
    "maker_fee": Ratio,
    "taker_fee": Ratio,
    "order_book_state": Annotated[OrderBookState, reader(choice_of(OrderBookState))],
    "limit_min": Ratio,
    "limit_max": Ratio,
    "impact_min": Ratio,
    "impact_max": Ratio,
    "mean_mark_min": Ratio,
    "mean_mark_max": Ratio,
    "premium_tolerance": Ratio,
}
"""Fields of a market that may be set anew, and how they are read."""


def market_of(
    reading: Reading,
    path: FieldPath,
    symbol: str,
    written: object,
    assets: Mapping[str, AssetParameters | None],
) -> ListMarket | None:
    """Return the listing of a market between `assets`, or None after noting every problem.

    An asset that is None could not be read itself.
    """
    model = reading.model(market_preset(is_whole=True), path, written)
    if model is None:
        return None
    given = dict(model)
    base, quote = given["base"], given["quote"]
    for name in ("base", "quote"):
        if given[name] not in assets:
            reading.refuse((*path, name), f"not listed; {suggestion(given[name], assets)}")
    sides = assets.get(base), assets.get(quote)
    if sides[0] is None or sides[1] is None:
        return None
    lot_atoms = reading.amount((*path, "lot"), given.pop("lot"), 10 ** sides[0].decimals, base)
    scales = lot_scales(sides[0], sides[1], max(lot_atoms, 1))
    exact = _exact(reading, path, given, scales)
    parameters = MarketParameters(lot_atoms=lot_atoms, **exact)
    reading.laws(path, market_violations(parameters))
    return ListMarket(symbol, parameters)


def changed_market(
    reading: Reading,
    path: FieldPath,
    changes: object,
    listed: MarketParameters,
    assets: Mapping[str, AssetParameters],
) -> MarketParameters | None:
    """Return a listed market's parameters with some replaced, or None after noting problems."""
    model = reading.model(market_preset(is_whole=False), path, changes)
    if model is None:
        return None
    given = {name: value for name, value in model if value is not None}
    scales = lot_scales(assets[listed.base], assets[listed.quote], listed.lot_atoms)
    changed = replace(listed, **_exact(reading, path, given, scales))
    reading.laws(path, market_violations(changed))
    return changed


def lot_scales(
    base: AssetParameters, quote: AssetParameters, lot_atoms: int
) -> tuple[Fraction, Fraction]:
    """Return what turns whole units of base into lots, and quote per base into atoms per lot."""
    lots = Fraction(10**base.decimals, lot_atoms)
    return lots, price_scale(base.decimals, lot_atoms, 10**quote.decimals)


def _exact(
    reading: Reading,
    path: FieldPath,
    given: dict[str, Any],
    scales: tuple[Fraction, Fraction],
) -> dict[str, Any]:
    """Return fields of the record: `minimum` in lots, `tick` in quote atoms per lot."""
    exact = dict(given)
    lots, prices = scales
    if "minimum" in given:
        exact["minimum_lots"] = reading.amount((*path, "minimum"), exact.pop("minimum"), lots)
    if "tick" in given:
        exact["tick"] = reading.amount((*path, "tick"), given["tick"], prices)
    return exact


@cache
def market_preset(*, is_whole: bool) -> type[BaseModel]:
    """Return what reads the fields of a spot market, all of them or those that change."""
    kinds = {**FIXED, **CHANGING} if is_whole else CHANGING
    default: Any = ... if is_whole else None
    members: dict[str, Any] = {name: (kind, default) for name, kind in kinds.items()}
    return create_model("MarketPreset", __config__=FORBID, **members)
