"""The prices on which a verdict on an account depends; no other price is checked (PF-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.feeds import ADMITTED, ActionClass, PriceLevel, asset_level, mark_level
from ibperp.margin import is_liquidatable
from ibperp.records import replace
from ibperp.valuation import collateral_of, held_atoms, settlement_asset, settlement_value, worth_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ibperp.margin import Health
    from ibperp.portfolio import Required, Valuation
    from ibperp.state import Account, State


def needed_levels(state: State, now: Valuation, of: ActionClass) -> frozenset[PriceLevel]:
    """Return the levels of the prices of what an account owes and trades after a change (PF-9)."""
    if not _is_exposed(now):
        return frozenset()
    levels = {asset_level(state, asset, of) for asset in _needed(state, now)}
    return frozenset(levels | {mark_level(state, line.market, of) for line in now.positions})


def doubtful_collateral(state: State, now: Valuation, of: ActionClass) -> Mapping[int, PriceLevel]:
    """Return what an account only holds, at a price that a class does not admit: levels (PF-9).

    It counts as zero; if the change is then not admissible, its price is checked.
    """
    if not _is_exposed(now):
        return {}
    needed = _needed(state, now)
    return {
        line.asset: level
        for line in now.lines
        if line.asset not in needed
        and (level := asset_level(state, line.asset, of)) not in ADMITTED[of]
        and level is not PriceLevel.UNKNOWN
    }


def due_levels(state: State, holder: Account, found: Valuation) -> frozenset[PriceLevel]:
    """Return the levels of the prices on which it depends whether an account is due (LQ-1, PF-9).

    That of what settles its positions does. Of every other asset and market whose price is not
    admitted, what it holds and gains counts in full, and what it owes, loses or has on order not at
    all: if the account is not due even so, these prices count too.
    """
    of, positions = ActionClass.LIQUIDATION, found.positions
    levels, doubtful, favored, lost = set[PriceLevel](), set[PriceLevel](), found.health, 0
    if found.health.exposure == 0:
        return frozenset()
    settled = settlement_asset(state) if holder.positions or holder.unsettled else None
    if settled is not None:
        levels.add(asset_level(state, settled, of))
    for traded in positions:
        level = mark_level(state, traded.market, of)
        if level not in ADMITTED[of]:
            doubtful.add(level)
            favored = _relieved(favored, traded.required, 0)
            lost -= min(traded.gain, 0)
    if lost:
        gain = sum(traded.gain + traded.virtual for traded in positions)
        back = settlement_value(state, gain + lost) - settlement_value(state, gain)
        favored = replace(favored, equity=favored.equity + back)
    for line in found.lines:
        level = asset_level(state, line.asset, of)
        if line.asset == settled or level in ADMITTED[of]:
            continue
        if line.exposed or level is not PriceLevel.UNKNOWN:
            doubtful.add(level)
        worth = worth_of(state, line.asset, line.held)
        favored = _relieved(favored, line.required, worth - line.collateral + line.liability)
    return frozenset(levels if is_liquidatable(favored) else levels | doubtful)


def held_value(state: State, holder: Account, assets: Iterable[int]) -> int:
    """Return what all that an account holds of some assets counts for (PF-2)."""
    amounts = ((asset, held_atoms(state, holder, asset)) for asset in assets)
    return sum(collateral_of(state, asset, amount) for asset, amount in amounts)


def is_priced(state: State, asset: int) -> bool:
    """Tell whether a liquidation works on a debt in an asset: its price is admitted (LQ-2)."""
    return asset_level(state, asset, ActionClass.LIQUIDATION) in ADMITTED[ActionClass.LIQUIDATION]


def is_marked(state: State, market: int) -> bool:
    """Tell whether a liquidation works on a position in a market: its mark is admitted (LQ-2)."""
    return mark_level(state, market, ActionClass.LIQUIDATION) in ADMITTED[ActionClass.LIQUIDATION]


def _relieved(of: Health, required: Required, equity: int) -> Health:
    """Return a health without what one line requires, and with more equity."""
    return replace(
        of,
        equity=of.equity + equity,
        exposure=of.exposure - required.notional,
        maintenance=of.maintenance - required.maintenance,
    )


def _is_exposed(of: Valuation) -> bool:
    return any(line.exposed for line in of.lines) or any(line.exposed for line in of.positions)


def _needed(state: State, of: Valuation) -> set[int]:
    """Return the assets that an account owes, and the one that settles its positions."""
    needed = {line.asset for line in of.lines if line.exposed}
    return needed | {settlement_asset(state)} if of.positions else needed
