"""Theorems about what waits: liquidations for their grace, margins on a ramp (governance)."""

from dataclasses import replace

from ibperp import ramps
from ibperp.actions import (
    Action,
    ConvertCollateral,
    Liquidate,
    ResolveBankruptcy,
    Resume,
    RunRisk,
    SetAssetParameters,
    SetPerpetualParameters,
    SetPoolParameters,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import Accepted, Rejected
from ibperp.parameter_laws import asset_violations, perpetual_violations
from ibperp.parameters import AssetParameters, Margins, PerpetualParameters
from ibperp.state import Account, Perpetual, Ramp
from ibperp.transition import transition
from ibperp_invariants.proofs.states import asset_of, perpetual_of, state_of
from ibperp_invariants.worlds import ASSET, PERPETUAL

OWNER = 2


def with_fractions(
    limits: AssetParameters | PerpetualParameters, imf: int, factor: int, mmf: int, other: int
) -> Margins:
    """Return the margins of parameters, with these fractions."""
    own = ramps.margins_of(limits)
    return replace(own, imf_base=imf, imf_factor=factor, mmf_base=mmf, mmf_factor=other)


def are_lawful(imf: int, factor: int, mmf: int, other: int) -> bool:
    """Tell whether the fractions are what an asset or a perpetual may have (CU-2, PP-1)."""
    bases = (mmf > 0, mmf < imf, imf <= RATIO)
    return all((*bases, other >= 0, other <= factor, factor <= RATIO))


def of_liquidation(which: int) -> Action:
    """Return an action that liquidates, resolves, converts, or runs the steps of all that."""
    return (Liquidate(OWNER), ResolveBankruptcy(OWNER), ConvertCollateral(OWNER), RunRisk(1))[which]


def t_nobody_is_liquidated_before_the_grace_is_over(
    which: int, unsettled: int, time: int, until: int, *, halted: bool
) -> None:
    """Before its time, and in a halt, what liquidates is refused, whatever is owed (GV-4, LQ-1)."""
    assert all((which in range(4), time >= 0, any((time < until, halted))))
    accounts = (Account(0), Account(0), Account(1, unsettled=unsettled))
    state = replace(state_of((asset_of(price=1),), accounts), time=time, liquidation_time=until)
    state = replace(state, is_halted=bool(halted))
    outcome = transition(state, of_liquidation(which))
    assert isinstance(outcome, Rejected)


def t_a_halt_ends_with_a_grace(time: int, until: int, grace: int) -> None:
    """A halt that ends lets liquidations wait for the whole grace (GV-4)."""
    assert all((time >= 0, grace >= 0, time + grace <= 10**30))
    state = replace(state_of((), ()), time=time, liquidation_time=until, is_halted=True)
    state = replace(state, system=replace(state.system, liquidation_grace=grace))
    outcome = transition(state, Resume())
    after = outcome.state if isinstance(outcome, Accepted) else state
    assert all((after.liquidation_time == time + grace, not after.is_halted))


def t_time_moves_an_asset_along_its_ramp(
    origin: tuple[int, int, int, int], target: tuple[int, int, int, int], span: int, passed: int
) -> None:
    """Time puts in force what the ramp is then, lawfully, and ends a ramp that is over (GV-2)."""
    assert all((span > 0, passed > 0, are_lawful(*origin), are_lawful(*target)))
    first, last = (with_fractions(ASSET, *of) for of in (origin, target))
    ramp, limits = Ramp(first, last, 0, span), ramps.with_margins(ASSET, first)
    ramped = replace(asset_of(price=1), parameters=limits, ramp=ramp)
    other = replace(asset_of(price=1), symbol="B")
    state = replace(state_of((ramped, other), ()), time=passed)
    after = ramps.with_ramps(state).assets
    there = ramps.margins_of(after[0].parameters) == ramps.margins_at(ramp, passed)
    ended = after[0].ramp == (ramp if passed < span else None)
    assert all((there, ended, after[1] is other, not asset_violations(after[0].parameters)))


def t_time_moves_a_perpetual_along_its_ramp(
    origin: tuple[int, int, int, int], target: tuple[int, int, int, int], span: int, passed: int
) -> None:
    """Time puts in force what the ramp is then, of a market as of an asset (GV-2, PP-2)."""
    assert all((span > 0, passed > 0, are_lawful(*origin), are_lawful(*target)))
    first, last = (with_fractions(PERPETUAL, *of) for of in (origin, target))
    ramp, limits = Ramp(first, last, 0, span), ramps.with_margins(PERPETUAL, first)
    market = perpetual_of(mark_price=1, funding_index=0, open_interest=0)
    ramped = replace(market, parameters=limits, ramp=ramp)
    state = replace(state_of((), ()), time=passed, markets=(ramped,))
    (after,) = ramps.with_ramps(state).markets
    limits = after.parameters if isinstance(after, Perpetual) else PERPETUAL
    there = ramps.margins_of(limits) == ramps.margins_at(ramp, passed)
    ended = isinstance(after, Perpetual) and after.ramp == (ramp if passed < span else None)
    assert all((there, ended, not perpetual_violations(limits)))


def t_a_changed_asset_is_lawful_and_on_its_way(
    imf: int, mmf: int, was: int, time: int, interval: int
) -> None:
    """New margins of an asset are lawful, in force at once or on a ramp from the old (GV-2)."""
    assert all((time >= 0, interval >= 0, was > ASSET.mmf_base, was <= RATIO))
    before = replace(asset_of(price=1), parameters=replace(ASSET, imf_base=was))
    state = replace(state_of((before,), ()), time=time)
    state = replace(state, system=replace(state.system, ramp_interval=interval))
    asked = replace(ASSET, imf_base=imf, mmf_base=mmf)
    outcome = transition(state, SetAssetParameters("A", asked))
    after = outcome.state.assets[0] if isinstance(outcome, Accepted) else before
    origin, target = ramps.margins_of(before.parameters), ramps.margins_of(asked)
    now = ramps.margins_of(after.parameters)
    is_ramped = after.ramp == Ramp(origin, target, time, time + interval) and now == origin
    is_in_force = after.ramp is None and any((now == target, isinstance(outcome, Rejected)))
    is_gradual = interval > 0 and origin != target and after is not before
    way = is_ramped if is_gradual else is_in_force
    assert all((way, not asset_violations(after.parameters)))


def t_a_changed_perpetual_is_lawful_and_on_its_way(
    imf: int, mmf: int, was: int, time: int, interval: int
) -> None:
    """New margins of a market are lawful, in force at once or on a ramp from the old (GV-2)."""
    assert all((time >= 0, interval >= 0, was > PERPETUAL.mmf_base, was <= RATIO))
    market = perpetual_of(mark_price=1, funding_index=0, open_interest=0)
    before = replace(market, parameters=replace(PERPETUAL, imf_base=was), funding_time=time)
    state = replace(state_of((asset_of(),), ()), time=time, markets=(before,))
    state = replace(state, system=replace(state.system, ramp_interval=interval))
    asked = replace(PERPETUAL, imf_base=imf, mmf_base=mmf)
    outcome = transition(state, SetPerpetualParameters("P", asked))
    found = outcome.state.markets[0] if isinstance(outcome, Accepted) else before
    after = found if isinstance(found, Perpetual) else market
    origin, target = ramps.margins_of(before.parameters), ramps.margins_of(asked)
    now = ramps.margins_of(after.parameters)
    is_ramped = after.ramp == Ramp(origin, target, time, time + interval) and now == origin
    is_in_force = after.ramp is None and any((now == target, isinstance(outcome, Rejected)))
    is_gradual = interval > 0 and origin != target and after is not before
    way = is_ramped if is_gradual else is_in_force
    assert all((way, not perpetual_violations(after.parameters)))


def t_terms_of_a_pool_leave_its_asset_alone(
    throttle: int, fee: int, ramp: Ramp, *, is_ramped: bool
) -> None:
    """New parameters of a pool are lawful, and leave margins and ramp of its asset (GV-2)."""
    assert all((throttle >= 0, fee >= 0))
    own = replace(asset_of(price=1), parameters=ASSET, ramp=ramp if is_ramped else None)
    asked = replace(ASSET.pool, throttle_utilization=throttle, reserve_fee=fee)
    outcome = transition(state_of((own,), ()), SetPoolParameters("A", asked))
    after = outcome.state.assets[0] if isinstance(outcome, Accepted) else own
    kept = replace(after.parameters, pool=ASSET.pool) == ASSET and after.ramp is own.ramp
    assert all((kept, not asset_violations(after.parameters)))
