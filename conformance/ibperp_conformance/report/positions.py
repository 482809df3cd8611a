"""What a position shows, exactly, in whole units and quote per unit (PP-10)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from ibperp.position import funding_due, pnl_realized, unrealized
from ibperp.queries import position_liquidation_price
from ibperp.state import Perpetual
from ibperp.valuation import virtual_atoms
from ibperp_conformance.presets.scales import market_scales, settlement_units
from ibperp_conformance.presets.units import truncated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ibperp.position import Position
    from ibperp.state import State


LIQUIDATION_PLACES: Final = 6


@dataclass(frozen=True, slots=True)
class PositionStanding:
    """A position: its size in whole units, prices per unit, amounts of the settlement asset.

    `unrealized`: the gain since the last settlement. `realized`: by closing and by settling.
    `fees` are paid; `funding` and `interest` are received, below zero paid. `virtual`: what is
    lent, below zero borrowed, virtually. Prices are None for a closed position, and where there is
    none.
    """

    account: str
    market: str
    side: str
    size: Fraction
    entry: Fraction | None
    mark: Fraction
    notional: Fraction
    unrealized: Fraction
    realized: Fraction
    fees: Fraction
    funding: Fraction
    interest: Fraction
    virtual: Fraction
    break_even: Fraction | None
    liquidation_price: Fraction | None

    @property
    def liquidation(self) -> str | None:
        """Return the liquidation price and, where the position gains on the way to it, that."""
        if self.liquidation_price is None:
            return None
        is_gain = (self.liquidation_price > self.mark) == (self.side == "long")
        is_away = is_gain and self.liquidation_price != self.mark
        mark = {"long": "rises to ", "short": "falls to "}.get(self.side, "") if is_away else ""
        return mark + truncated(self.liquidation_price, LIQUIDATION_PLACES)


def position_standings(
    state: State, names: Mapping[int, str], *, with_liquidation: bool = True
) -> Iterator[PositionStanding]:
    """Yield every position, by account and market; its liquidation price takes a search."""
    for index, account in enumerate(state.accounts):
        for position in account.positions:
            is_sought = with_liquidation and position.lots != 0
            yield _standing(
                state,
                names.get(index, str(index)),
                position,
                position_liquidation_price(state, index, position.market) if is_sought else None,
            )


def _standing(state: State, name: str, position: Position, failing: int | None) -> PositionStanding:
    market, lots = state.markets[position.market], position.lots
    assert isinstance(market, Perpetual)
    scale, prices = market_scales(state, market)
    worth = virtual_atoms(state, position)
    funding = position.funding + funding_due(position, market.funding_index)

    def price(cost: int) -> Fraction | None:
        return Fraction(cost, lots) / prices if lots else None

    def amount(atoms: int) -> Fraction:
        return settlement_units(state, atoms)

    return PositionStanding(
        account=name,
        market=market.symbol,
        side="closed" if lots == 0 else "long" if lots > 0 else "short",
        size=abs(lots) / scale,
        entry=price(position.entry_cost),
        mark=market.mark_price / prices,
        notional=amount(abs(lots) * market.mark_price),
        unrealized=amount(unrealized(position, market.mark_price)),
        realized=amount(pnl_realized(position)),
        fees=amount(position.fees),
        funding=amount(-funding),
        interest=amount(position.interest + worth - position.virtual_value),
        virtual=amount(worth),
        break_even=price(position.entry_cost + position.fees + funding),
        liquidation_price=None if failing is None else failing / prices,
    )
