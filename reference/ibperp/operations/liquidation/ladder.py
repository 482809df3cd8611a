"""Liquidation, one deterministic step at a time: the ladder and its rungs (chapter liquidation)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.events import LiquidationStage, LiquidationStep, OrderEnd, Reason
from ibperp.operations.effect import Effect, account_exists, due_checks, not_reserved, rejection
from ibperp.operations.liquidation.backstop import hand_to_backstop
from ibperp.operations.liquidation.book import reduce_on_book, request_conversion
from ibperp.operations.liquidation.deleveraging import deleverage
from ibperp.operations.liquidation.handover import (
    Handover,
    assumed_shares,
    claim_moved,
    unsettled_moved,
)
from ibperp.operations.money_market.moves import debt_of, free_of, repaid, repay_checks
from ibperp.operations.spot_margin.resting import ended_order
from ibperp.outcomes import Rejected, RejectionCode
from ibperp.pool import lend_claim
from ibperp.portfolio import valuation
from ibperp.posting import free
from ibperp.ranking import Rankings
from ibperp.relevance import is_marked, is_priced
from ibperp.risk import Failing, exposures_of
from ibperp.state import INSURANCE, at
from ibperp.valuation import settlement_asset

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibperp.actions import Liquidate
    from ibperp.outcomes import Outcome
    from ibperp.portfolio import Valuation
    from ibperp.risk import Exposure
    from ibperp.state import State

RUNGS: Final[tuple[Callable[[Effect, Failing, Exposure], Effect | None], ...]] = (
    reduce_on_book,
    request_conversion,
    hand_to_backstop,
    deleverage,
)
"""What is tried for every exposure, in order; what gets nothing done returns None (LQ-2)."""


def liquidate(state: State, action: Liquidate) -> Outcome:
    """Do the one step that the ladder comes to first (LQ-2)."""
    # PRECONDITIONS
    refused = liquidation_rejection(state, action.account)
    if refused:
        return refused

    # EFFECT
    effect = step(state, action.account)
    if effect is None:
        return Rejected(RejectionCode.NOTHING_TO_LIQUIDATE, (RejectionCode.NOTHING_TO_LIQUIDATE,))

    # POSTCONDITIONS
    assert effect.events
    return effect.accepted()


def liquidation_rejection(
    state: State, account: int, found: Valuation | None = None
) -> Rejected | None:
    """Return why an account, valued as `found` if it is, may not be liquidated, or None (LQ-1)."""
    refused = rejection(account_exists(state, account), not_reserved(account))
    if refused:
        return refused
    return rejection(*due_checks(state, account, found))


def step(
    state: State, account: int, rankings: Rankings | None = None, found: Valuation | None = None
) -> Effect | None:
    """Return what the next step does; None if nothing is left to be done (LQ-2).

    Orders first, then own payments; then the rungs in order, each for one exposure after another.
    No account is deleveraged while a book or a provider takes a part. Everything is judged by the
    health before the step. A debt or a position at a price that is not admitted waits for one.
    `rankings`: of the steps before, if any. `found`: the account as it is valued, if it is.
    """
    effect, holder = Effect(state), state.accounts[account]
    if holder.orders:
        effect = noted(effect, account, LiquidationStage.CANCEL_ORDERS)
        for index in holder.orders:
            effect = ended_order(effect, index, OrderEnd.LIQUIDATION)
        return effect
    begun = noted(effect, account, LiquidationStage.PAY_OWN)
    paid = _paid_own(begun, account)
    if len(paid.events) > len(begun.events):
        return paid
    found = found or valuation(state, holder)
    failing = Failing(account, found.health, rankings or Rankings())
    exposures = [
        exposure
        for exposure in exposures_of(found)
        if (is_marked if exposure.is_position else is_priced)(state, exposure.index)
    ]
    for rung in RUNGS:
        for exposure in exposures:
            done = rung(effect, failing, exposure)
            if done is not None:
                return done
    return None


def noted(effect: Effect, account: int, stage: LiquidationStage) -> Effect:
    """Begin a step with its event."""
    return effect.noted(effect.state, LiquidationStep(account, stage))


def _paid_own(effect: Effect, account: int) -> Effect:
    """Let an account pay what it owes from what it holds of the same asset (LQ-3).

    Virtual shares of positions without lots become its own first. What it owes the fund the
    insurance takes over, against cash or a lend of the same worth.
    """
    effect = assumed_shares(effect, account, Reason.LIQUIDATION_REPAY)
    for asset in range(len(effect.state.accounts[account].shares)):
        owed, held = debt_of(effect.state, account, asset), free_of(effect.state, account, asset)
        amount = min(owed, held)
        if amount and all(holds for holds, _ in repay_checks(effect.state, account, asset, amount)):
            effect = repaid(effect, account, asset, amount, Reason.LIQUIDATION_REPAY)
    owed = max(-effect.state.accounts[account].unsettled, 0)
    if owed == 0:
        return effect
    asset = settlement_asset(effect.state)
    part = min(owed, free_of(effect.state, account, asset))
    effect = effect.moved(
        asset,
        part,
        Reason.LIQUIDATION_REPAY,
        debit=free(account),
        credit=free(INSURANCE),
    )
    pool, shares = effect.state.assets[asset].pool, at(effect.state.accounts[account].shares, asset)
    lent = min(owed - part, lend_claim(pool, max(shares, 0)))
    if lent:
        between = Handover(account, INSURANCE, Reason.LIQUIDATION_REPAY)
        effect = claim_moved(effect, asset, lent, between)
    return unsettled_moved(effect, -(part + lent), account, INSURANCE)
