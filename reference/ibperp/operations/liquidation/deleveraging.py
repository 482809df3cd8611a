"""The last rung: positions against counterparties, debts against lenders (LQ-7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.events import LiquidationStage, LiquidationStep, PositionMoved, Reason, SettlementSource
from ibperp.liquidation import borne_price, zero_price
from ibperp.margin import is_liquidatable
from ibperp.numbers import mul_div_down
from ibperp.operations.liquidation.handover import (
    Handover,
    claim_moved,
    holdings,
    paid_in_kind,
    payable_in,
    position_moved,
    shares_moved,
    unsettled_moved,
)
from ibperp.operations.money_market.moves import claim_of, debt_of
from ibperp.pool import shares_to_repay
from ibperp.portfolio import health
from ibperp.risk import insured_equity, lacking
from ibperp.state import INSURANCE, Perpetual, at, position_of
from ibperp.valuation import liability_of

if TYPE_CHECKING:
    from ibperp.operations.effect import Effect
    from ibperp.risk import Exposure, Failing
    from ibperp.state import State


def deleverage(effect: Effect, failing: Failing, exposure: Exposure) -> Effect | None:
    """End an exposure without consent: the way that is always open (LQ-7)."""
    if exposure.is_position:
        return _deleveraged(effect, failing, exposure)
    if exposure.size:
        return _lends_deleveraged(effect, failing, exposure) or _insured(effect, failing, exposure)
    return _insured(effect, failing, exposure)


def _deleveraged(effect: Effect, failing: Failing, exposure: Exposure) -> Effect:
    """Close a position against the opposite ones, in their order, at prices that they bear.

    They pay at most the loss that all assets of the account, without a haircut, and the insurance
    do not cover. Accounts of the same user also pay the insured part, because no user may win from
    the insurance what another account of it lost.
    """
    step = LiquidationStep(failing.account, LiquidationStage.ON_ADL)
    effect, left = effect.noted(effect.state, step), abs(exposure.size)
    market, is_long = effect.state.markets[exposure.index], exposure.size > 0
    assert isinstance(market, Perpetual)
    mark, of = market.mark_price, failing.health
    loser = effect.state.accounts[failing.account]
    lacks = lacking(effect.state, loser, of.equity)
    insured = insured_equity(effect.state, lacks)
    for account in failing.rankings.of(effect.state, exposure.index, is_long=not is_long):
        if left == 0:
            break
        holder = effect.state.accounts[account]
        own = health(effect.state, holder)
        equity = lacks if holder.user == loser.user else insured
        zero = zero_price(mark, equity, of.exposure, is_long=is_long)
        lots = min(abs(position_of(holder, exposure.index).lots), left)
        bearable = zero_price(mark, own.equity, own.exposure, is_long=not is_long)
        price = borne_price(mark, zero, bearable, is_long=is_long)
        signed = lots if is_long else -lots
        move = PositionMoved(exposure.index, failing.account, account, signed, price)
        effect = position_moved(effect, move, SettlementSource.BACKSTOP_ADL_LIQUIDATION)
        left -= lots
    assert left == 0
    return effect


def _lends_deleveraged(effect: Effect, failing: Failing, exposure: Exposure) -> Effect | None:
    """Close a debt against lends of its asset, as far as the account can pay for them."""
    step = LiquidationStep(failing.account, LiquidationStage.LENDING_ADL)
    begun = effect.noted(effect.state, step)
    value = _payable(effect.state, failing.account)
    between = Handover(failing.account, failing.account, Reason.LIQUIDATION_ADL)
    after = lenders_paid(begun, exposure.index, value, between)
    return None if after is begun else after


def lenders_paid(effect: Effect, asset: int, value: int, between: Handover) -> Effect:
    """Close a debt against lends, the largest first, for up to `value` quote atoms (LQ-7, LQ-9).

    The giver pays each lender the worth at the current price, in kind. The taker is the debtor,
    whose debt cancels with the lend. A lender that would become due is skipped: one account's
    failure must not cause another's.
    """
    payer, debtor, asset_state = between.giver, between.taker, effect.state.assets[asset]
    for lender in _lenders(effect.state, debtor, asset):
        owed, claim = debt_of(effect.state, debtor, asset), claim_of(effect.state, lender, asset)
        part = min(
            owed, claim, mul_div_down(value, asset_state.parameters.lot_atoms, asset_state.price)
        )
        if part == 0:
            break
        worth = liability_of(effect.state, asset, part)
        paid, _ = paid_in_kind(effect, worth, Handover(payer, lender, between.reason))
        paid = claim_moved(paid, asset, part, Handover(lender, debtor, between.reason))
        if _is_due(paid.state, lender) and not _is_due(effect.state, lender):
            continue
        effect, value = paid, value - worth
    return effect


def _is_due(state: State, account: int) -> bool:
    return is_liquidatable(health(state, state.accounts[account]))


def _lenders(state: State, debtor: int, asset: int) -> list[int]:
    """Return the accounts with a lend of an asset, the largest first, ties by id (LQ-7)."""
    found = [
        (-claim, account)
        for account in range(len(state.accounts))
        if account not in {debtor, INSURANCE} and (claim := claim_of(state, account, asset)) > 0
    ]
    return [account for _, account in sorted(found)]


def _insured(effect: Effect, failing: Failing, exposure: Exposure) -> Effect | None:
    """Let the insurance take over a debt, for assets that are worth it (LQ-7)."""
    step = LiquidationStep(failing.account, LiquidationStage.IN_KIND)
    holder, pool = effect.state.accounts[failing.account], effect.state.assets[exposure.index].pool
    owed, fund = debt_of(effect.state, failing.account, exposure.index), max(-holder.unsettled, 0)
    whole = owed + (fund if exposure.fund else 0)
    amount = _affordable(effect.state, failing.account, exposure.index, whole)
    if amount == 0:
        return None
    between = Handover(failing.account, INSURANCE, Reason.LIQUIDATION_IN_KIND)
    effect = effect.noted(effect.state, step)
    effect, _ = paid_in_kind(effect, liability_of(effect.state, exposure.index, amount), between)
    part, owed_shares = min(amount, owed), max(-at(holder.shares, exposure.index), 0)
    shares = shares_to_repay(pool, owed_shares, part)
    effect = shares_moved(effect, exposure.index, -shares, between)
    return unsettled_moved(effect, -(amount - part), failing.account, INSURANCE)


def _affordable(state: State, account: int, asset: int, amount: int) -> int:
    """Return how many of `amount` owed atoms an account can pay with what it has (LQ-7)."""
    asset_state = state.assets[asset]
    value = _payable(state, account)
    return min(amount, mul_div_down(value, asset_state.parameters.lot_atoms, asset_state.price))


def _payable(state: State, account: int) -> int:
    """Return the quote atoms that an account can pay in kind, of all its holdings (LQ-7)."""
    holder = state.accounts[account]
    return sum(payable_in(state, holder, asset) for asset in holdings(state, holder))
