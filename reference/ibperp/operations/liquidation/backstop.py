"""The rung of the backstop: providers take an exposure with its share of the equity (LQ-6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.events import LiquidationStage, LiquidationStep, PositionMoved, Reason, SettlementSource
from ibperp.liquidation import portions, zero_price
from ibperp.margin import counted_equity
from ibperp.numbers import mul_div_down
from ibperp.operations.liquidation.handover import (
    Handover,
    paid_in_kind,
    position_moved,
    shares_moved,
    unsettled_moved,
)
from ibperp.pool import shares_to_repay
from ibperp.portfolio import health
from ibperp.records import replace
from ibperp.state import Perpetual, at
from ibperp.valuation import liability_of, owed_atoms, settlement_value

if TYPE_CHECKING:
    from ibperp.operations.effect import Effect
    from ibperp.programs import Backstop
    from ibperp.risk import Exposure, Failing
    from ibperp.state import State


def hand_to_backstop(effect: Effect, failing: Failing, exposure: Exposure) -> Effect | None:
    """Share an exposure among the providers by capacity, while there is equity (LQ-6).

    A provider that cannot bear its part takes nothing, and the parts are computed anew without it.
    """
    user = effect.state.accounts[failing.account].user
    providers = [
        provider
        for provider in effect.state.backstops
        if effect.state.accounts[provider.account].user != user
    ]
    if failing.health.equity <= 0 or exposure.notional == 0:
        return None
    step = LiquidationStep(failing.account, LiquidationStage.ON_BACKSTOP)
    begun = effect.noted(effect.state, step)
    while providers:
        after, bearing = _shared(begun, failing, exposure, providers)
        if len(bearing) == len(providers):
            return None if after is begun else after
        providers = bearing
    return None


def _shared(
    effect: Effect, failing: Failing, exposure: Exposure, providers: list[Backstop]
) -> tuple[Effect, list[Backstop]]:
    """Give each provider its part; return with it the providers that can bear theirs."""
    capacities = [provider.capacity for provider in providers]
    whole = abs(exposure.size) + exposure.fund
    taken = mul_div_down(whole, min(sum(capacities), exposure.notional), exposure.notional)
    take, bearing = _position_taken if exposure.is_position else _debt_taken, []
    for provider, part in zip(providers, portions(taken, capacities), strict=True):
        done = take(effect, failing, exposure, provider, part) if part else effect
        if done is not None and (part == 0 or _is_safe(done.state, provider.account)):
            effect = done
            bearing.append(provider)
    return effect, bearing


def _position_taken(
    effect: Effect, failing: Failing, exposure: Exposure, provider: Backstop, lots: int
) -> Effect | None:
    """Move lots of a position to a provider at its zero price."""
    market, of = effect.state.markets[exposure.index], failing.health
    assert isinstance(market, Perpetual)
    is_long = exposure.size > 0
    price = zero_price(market.mark_price, of.equity, of.exposure, is_long=is_long)
    signed = lots if is_long else -lots
    move = PositionMoved(exposure.index, failing.account, provider.account, signed, price)
    effect = position_moved(effect, move, SettlementSource.BACKSTOP_PROVIDER_LIQUIDATION)
    notional = -settlement_value(effect.state, -lots * market.mark_price)
    return _used(effect, provider, notional)


def _debt_taken(
    effect: Effect, failing: Failing, exposure: Exposure, provider: Backstop, amount: int
) -> Effect | None:
    """Move owed atoms to a provider, with assets worth them and their share of the equity."""
    between = Handover(failing.account, provider.account, Reason.LIQUIDATION_BACKSTOP)
    holder, pool = effect.state.accounts[failing.account], effect.state.assets[exposure.index].pool
    owed_shares = max(-at(holder.shares, exposure.index), 0)
    owed = owed_atoms(effect.state, holder, exposure.index)
    part = min(amount, owed)
    shares = shares_to_repay(pool, owed_shares, part)
    fund = min(amount - part, max(-holder.unsettled, 0))
    worth = liability_of(effect.state, exposure.index, part + fund)
    value = worth + mul_div_down(worth, failing.health.equity, failing.health.exposure)
    effect = shares_moved(effect, exposure.index, -shares, between)
    effect = unsettled_moved(effect, -fund, failing.account, provider.account)
    effect, unpaid = paid_in_kind(effect, value, between)
    return None if unpaid else _used(effect, provider, worth)


def _used(effect: Effect, provider: Backstop, notional: int) -> Effect:
    """Take what a provider took over off its capacity; a provider without capacity leaves."""
    left = max(provider.capacity - notional, 0)
    changed = (
        replace(own, capacity=left) if own.account == provider.account else own
        for own in effect.state.backstops
    )
    kept = tuple(own for own in changed if own.capacity)
    return effect.noted(replace(effect.state, backstops=kept))


def _is_safe(state: State, account: int) -> bool:
    found = health(state, state.accounts[account])
    return counted_equity(found) >= found.initial
