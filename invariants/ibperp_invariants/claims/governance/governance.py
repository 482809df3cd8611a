"""Invariants of governance: levels of prices, ramps, halts, and what waits after them."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Final

from ibperp import actions
from ibperp.actions import (
    AdvanceTime,
    Halt,
    ListAsset,
    Resume,
)
from ibperp.outcomes import RejectionCode
from ibperp.parameter_laws import asset_violations, perpetual_violations
from ibperp.parameters import AssetParameters, Margins, PerpetualParameters
from ibperp.ramps import margins_of
from ibperp_invariants.step.step import OF_LIQUIDATION, state_invariant, step_invariant
from ibperp_invariants.view.view import PerpetualView

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ibperp_invariants.step.step import Invariant, Step
    from ibperp_invariants.view.totals import Totals
    from ibperp_invariants.view.view import AssetView, MarketView, RampView, View

HALTED: Final = RejectionCode.HALTED.value
WHILE_HALTED: Final[frozenset[type]] = frozenset(
    {
        actions.Deposit,
        actions.Repay,
        actions.CancelOrder,
        actions.CancelAllOrders,
        actions.CancelRequest,
        actions.WithdrawQuote,
        actions.FundInsurance,
        actions.ConfirmWithdrawal,
        actions.FailWithdrawal,
        actions.CompleteRebalance,
        actions.SetPrice,
        actions.UpdateMark,
        actions.SetMarketReference,
        actions.AdvanceTime,
        actions.ListAsset,
        actions.ListMarket,
        actions.ListPerpetual,
        actions.SetPoolParameters,
        actions.SetMarketParameters,
        actions.SetPerpetualParameters,
        actions.SetSystemParameters,
        actions.SetAssetParameters,
        actions.Resume,
    }
)
"""What goes on in a halt: what takes risk away, arrives, is told, or governs (GV-4)."""


def ramp_keeps_laws(view: View, totals: Totals) -> Iterator[str]:
    """Check that the parameters in force obey their laws, and ramps are on their way (GV-2)."""
    del totals
    yield from _unlawful(view, view.assets, view.markets)


def ramp_is_monotone(step: Step) -> Iterator[str]:
    """Check that margins move by time alone, toward their target and never past it (GV-2)."""
    system = step.before.system
    for symbol, old, new in _ramped(step):
        was, now = old.ramp, new.ramp
        if isinstance(step.action, AdvanceTime):
            if was is None:
                continue
            arrived = step.after.time >= was.end
            if (now is None) != arrived or (now is not None and now.target != was.target):
                yield f"{symbol}: at {step.after.time} the ramp {was} became {now}"
            reached = was.target if now is None else now.current
            yield from _astray(symbol, was.current, reached, was.target)
        elif now is not None and now != was:
            start, interval = step.before.time, system.ramp_interval if system else None
            before = margins(old) if was is None else was.current
            is_new = (now.start, now.origin) == (start, now.current)
            if not is_new or (before is not None and now.origin != before):
                yield f"{symbol}: a ramp began at {now.start} from {now.origin}, not {before}"
            if interval is not None and now.end != start + interval:
                yield f"{symbol}: a ramp from {start} ends at {now.end}, not {interval} later"
        elif now is None and system and system.ramp_interval and margins(old) != margins(new):
            yield f"{symbol}: the margins jumped from {margins(old)} to {margins(new)}"


def halt_admits_only(step: Step) -> Iterator[str]:
    """Check that a halt refuses all that adds risk, and nothing else (GV-4)."""
    kind, refused = type(step.action), step.code == HALTED
    is_refused = step.before.is_halted and kind not in WHILE_HALTED
    if refused != is_refused:
        yield f"halted {step.before.is_halted} at {step.before.time}: {kind.__name__} {step.code}"
    if step.is_accepted() and isinstance(step.action, Halt | Resume):
        was, now = step.before.is_halted, step.after.is_halted
        if was == now:
            yield f"{kind.__name__} left halted {was} at {step.before.time}"


def liquidation_waits_for_grace(step: Step) -> Iterator[str]:
    """Check that nobody is liquidated in a halt, or before the grace is over (GV-4, LQ-1)."""
    if not step.is_accepted() or not isinstance(step.action, OF_LIQUIDATION):
        return
    before = step.before
    if before.is_halted or before.time < before.liquidation_time:
        name = type(step.action).__name__
        yield f"{name} at {before.time}, halted {before.is_halted}, until {before.liquidation_time}"


def new_collateral_starts_at_zero(step: Step) -> Iterator[str]:
    """Check that a listed asset counts for nothing at first, where changes take time (GV-2)."""
    system, action = step.before.system, step.action
    if not step.is_accepted() or not isinstance(action, ListAsset) or system is None:
        return
    found = step.after.assets.get(action.asset)
    if found is None or not system.ramp_interval or not action.parameters.haircut.weight:
        return
    weight = found.ramp.current.weight if found.ramp else None
    in_force = found.parameters.haircut.weight if found.parameters else weight
    if weight != 0 or in_force != 0 or found.price:
        yield f"{action.asset}: counts for {in_force} from its listing on, at {found.price}"


def margins(of: AssetView | PerpetualView) -> Margins | None:
    """Return the margins in force, None where they are not known."""
    limits = of.parameters
    if not isinstance(limits, AssetParameters | PerpetualParameters):
        return None
    return margins_of(limits)


def _ramped(
    step: Step,
) -> Iterator[tuple[str, AssetView | PerpetualView, AssetView | PerpetualView]]:
    """Yield the assets and perpetuals that a step changed, with a ramp or in their parameters."""
    for symbol in step.touched_assets:
        was, asset = step.before.assets.get(symbol), step.after.assets[symbol]
        if was is not None and (was.ramp or _law(was) != _law(asset)):
            yield symbol, was, asset
    for symbol in step.touched_markets:
        old, market = step.before.markets.get(symbol), step.after.markets[symbol]
        if not isinstance(old, PerpetualView) or not isinstance(market, PerpetualView):
            continue
        if old is not market and (old.ramp or _law(old) != _law(market)):
            yield symbol, old, market


def _astray(symbol: str, was: Margins, now: Margins, target: Margins) -> Iterator[str]:
    for part in fields(Margins):
        old, new, end = (getattr(of, part.name) for of in (was, now, target))
        if not min(old, end) <= new <= max(old, end):
            yield f"{symbol}: {part.name} went from {old} to {new}, on its way to {end}"


def _unlawful(view: View, assets: Iterable[str], markets: Iterable[str]) -> Iterator[str]:
    for symbol in assets:
        asset = view.assets[symbol]
        broken = asset_violations(asset.parameters) if asset.parameters else ()
        if broken or not _is_under_way(view, asset.ramp):
            yield f"{symbol} at {view.time}: {broken}, ramp {asset.ramp}"
    for symbol in markets:
        market = view.markets[symbol]
        if not isinstance(market, PerpetualView):
            continue
        limits = market.parameters
        broken = perpetual_violations(limits) if isinstance(limits, PerpetualParameters) else ()
        if broken or not _is_under_way(view, market.ramp):
            yield f"{symbol} at {view.time}: {broken}, ramp {market.ramp}"


def _is_under_way(view: View, ramp: RampView | None) -> bool:
    return ramp is None or ramp.start <= view.time < ramp.end


def _changed_laws(step: Step) -> Iterator[str]:
    """Yield what a step changed of parameters and ramps that breaks a law."""
    before = step.before
    if isinstance(step.action, AdvanceTime):
        assets = [name for name, asset in step.after.assets.items() if asset.ramp]
        markets = [name for name, market in step.after.markets.items() if _ramp_of(market)]
        yield from _unlawful(step.after, assets, markets)
        return
    assets = [
        name
        for name in step.touched_assets
        if _law(before.assets.get(name)) != _law(step.after.assets[name])
    ]
    markets = [
        name
        for name in step.touched_markets
        if _law(before.markets.get(name)) != _law(step.after.markets[name])
    ]
    yield from _unlawful(step.after, assets, markets)


def _law(of: AssetView | MarketView | None) -> tuple[object, object] | None:
    return None if of is None else (of.parameters, getattr(of, "ramp", None))


def _ramp_of(market: MarketView) -> RampView | None:
    return market.ramp if isinstance(market, PerpetualView) else None


GOVERNANCE: Final[tuple[Invariant, ...]] = (
    state_invariant(
        ramp_keeps_laws,
        "GV-1 GV-2",
        "The parameters in force obey their laws at every time of a ramp, and a ramp that is over "
        "is removed.",
        _changed_laws,
    ),
    step_invariant(
        ramp_is_monotone,
        "GV-2",
        "Where changes take time, margins and haircuts move by time alone, from where they are "
        "toward their target, and never past it.",
    ),
    step_invariant(
        halt_admits_only,
        "GV-4",
        "A halt refuses all that may add risk, and admits what takes it away, arrives or governs.",
    ),
    step_invariant(
        liquidation_waits_for_grace,
        "GV-4 LQ-1",
        "Nobody is liquidated in a halt, or before its grace is over.",
    ),
    step_invariant(
        new_collateral_starts_at_zero,
        "GV-2 GV-5",
        "Where changes take time, a new asset counts for nothing and has no price at its listing.",
    ),
)
