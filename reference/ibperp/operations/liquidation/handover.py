"""How positions, claims, debts and assets pass from one account to another (LQ-3, LQ-6, LQ-7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp import position
from ibperp.events import SettlementSource, VirtualMoved
from ibperp.numbers import RATIO, mul_div_down, mul_div_up
from ibperp.operations.perpetuals.perpetual_trade import (
    booked_position,
    credited_unsettled,
    funded_position,
    placed_position,
)
from ibperp.operations.spot_margin.resting import resized_orders
from ibperp.pool import lend_claim, merged, shares_to_pass
from ibperp.posting import free
from ibperp.records import record, replace
from ibperp.relevance import is_priced
from ibperp.state import Perpetual, at, with_market
from ibperp.valuation import collateral_of, held_atoms, settlement_asset, virtual_worth, worth_of

if TYPE_CHECKING:
    from ibperp.events import PositionMoved, Reason
    from ibperp.operations.effect import Effect
    from ibperp.state import Account, State


@record
class Holding:
    """The atoms that an account has of an asset: cash, a lend, a claim on the fund (LQ-7)."""

    cash: int
    lend: int
    claim: int


@record
class Handover:
    """Who gives, who takes, and the reason that the events carry."""

    giver: int
    taker: int
    reason: Reason


def position_moved(effect: Effect, move: PositionMoved, source: SettlementSource) -> Effect:
    """Fill two positions against each other off the book, without fees or limits (LQ-6, LQ-7)."""
    market_state = effect.state.markets[move.market]
    assert isinstance(market_state, Perpetual)
    effect, opened = effect.noted(effect.state, move), market_state.open_interest
    for account, lots in ((move.account, -move.lots), (move.counterparty, move.lots)):
        effect, held = funded_position(effect, account, move.market)
        after, gain = position.filled(held, lots, move.price)
        opened += max(after.lots, 0) - max(held.lots, 0)
        effect = booked_position(effect, account, after, (gain, source))
    changed = replace(market_state, open_interest=opened)
    effect = effect.noted(with_market(effect.state, move.market, changed))
    effect = resized_orders(effect, move.account, move.market)
    return resized_orders(effect, move.counterparty, move.market)


def shares_moved(effect: Effect, asset: int, shares: int, between: Handover) -> Effect:
    """Pass signed pool shares on; what meets the taker's other side cancels with it (LQ-3)."""
    if shares == 0:
        return effect
    giver, taker = between.giver, between.taker
    pool, held = effect.state.assets[asset].pool, at(effect.state.accounts[taker].shares, asset)
    after, joined = merged(pool, held, shares)
    effect = effect.claimed(giver, asset, -shares, pool, between.reason)
    return effect.claimed(taker, asset, joined - held, after, between.reason)


def claim_moved(effect: Effect, asset: int, amount: int, between: Handover) -> Effect:
    """Pass on a lend that is worth `amount` atoms: the claim moves, no cash does (LQ-7)."""
    pool = effect.state.assets[asset].pool
    held = at(effect.state.accounts[between.giver].shares, asset)
    return shares_moved(effect, asset, shares_to_pass(pool, held, amount), between)


def unsettled_moved(effect: Effect, amount: int, giver: int, taker: int) -> Effect:
    """Pass on signed atoms of a claim on the fund, or below zero of a debt to it (LQ-3)."""
    source = SettlementSource.SYSTEM_LIABILITY_TRANSFER
    effect = credited_unsettled(effect, giver, None, -amount, source)
    return credited_unsettled(effect, taker, None, amount, source)


def assumed_shares(effect: Effect, account: int, reason: Reason) -> Effect:
    """Make the virtual shares of positions without lots the account's own (LQ-3)."""
    for own in effect.state.accounts[account].positions:
        if own.lots:
            continue
        asset = settlement_asset(effect.state)
        pool, held = (
            effect.state.assets[asset].pool,
            at(effect.state.accounts[account].shares, asset),
        )
        worth = virtual_worth(pool, own.virtual)
        move = VirtualMoved(
            account,
            own.market,
            -own.virtual,
            -worth,
            SettlementSource.SYSTEM_LIABILITY_TRANSFER,
        )
        effect = placed_position(effect, account, replace(own, virtual=0))
        effect = effect.noted(effect.state, move)
        after, joined = merged(pool, held, own.virtual)
        effect = effect.claimed(account, asset, joined - held, after, reason)
    return effect


def paid_in_kind(effect: Effect, value: int, between: Handover) -> tuple[Effect, int]:
    """Pay `value` quote atoms in assets at their prices; return what is left unpaid (LQ-7).

    The settlement asset first, as cash, lend and claim on the fund; then all others, the least
    haircut first, ties by id, cash before lend. A claim moves as a claim: nothing is redeemed.
    """
    for asset in holdings(effect.state, effect.state.accounts[between.giver]):
        effect, value = _paid_in(effect, asset, value, between)
    return effect, value


def holdings(state: State, account: Account) -> list[int]:
    """Return the assets that an account can pay with, in the order in which it pays (LQ-7)."""

    def rank(asset: int) -> tuple[bool, bool, int, int]:
        amount = held_atoms(state, account, asset)
        worth = max(worth_of(state, asset, amount), 1)
        weight = mul_div_down(collateral_of(state, asset, amount), RATIO, worth)
        return not _is_settlement(state, asset), not is_priced(state, asset), -weight, asset

    payable = (asset for asset in range(len(state.assets)) if payable_in(state, account, asset))
    return sorted(payable, key=rank)


def payable_in(state: State, account: Account, asset: int) -> int:
    """Return the quote atoms that an account can pay in one asset (LQ-7)."""
    held = _holding(state, account, asset)
    return sum(worth_of(state, asset, amount) for amount in (held.cash, held.lend, held.claim))


def _holding(state: State, account: Account, asset: int) -> Holding:
    """Return what an account has of an asset, in each of the ways in which it can pay with it."""
    lend = lend_claim(state.assets[asset].pool, max(at(account.shares, asset), 0))
    claim = max(account.unsettled, 0) if _is_settlement(state, asset) else 0
    return Holding(at(account.free, asset), lend, claim)


def _is_settlement(state: State, asset: int) -> bool:
    return state.assets[asset].symbol == state.system.settlement_asset


def _paid_in(effect: Effect, asset: int, value: int, between: Handover) -> tuple[Effect, int]:
    """Pay up to `value` in one asset: as cash, as a lend, as a claim on the fund."""
    state, giver, taker = effect.state, between.giver, between.taker
    held = _holding(state, state.accounts[giver], asset)
    cash, value = _part_of(state, asset, held.cash, value)
    lend, value = _part_of(state, asset, held.lend, value)
    claim, value = _part_of(state, asset, held.claim, value)
    effect = effect.moved(asset, cash, between.reason, debit=free(giver), credit=free(taker))
    effect = claim_moved(effect, asset, lend, between) if lend else effect
    return unsettled_moved(effect, claim, giver, taker), value


def _part_of(state: State, asset: int, held: int, value: int) -> tuple[int, int]:
    """Return the atoms of `held` that pay up to `value`, none if worthless; and what is left."""
    asset_state = state.assets[asset]
    amount = min(held, mul_div_up(value, asset_state.parameters.lot_atoms, asset_state.price))
    worth = worth_of(state, asset, amount)
    return amount if worth else 0, max(value - worth, 0)
