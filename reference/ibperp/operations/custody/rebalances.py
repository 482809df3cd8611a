"""Custody on its way from one chain to another (chapter custody)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.events import Reason
from ibperp.numbers import in_range, remainder
from ibperp.operations.effect import Effect, rejection
from ibperp.operations.money_market.moves import free_of
from ibperp.outcomes import RejectionCode
from ibperp.posting import IN_TRANSIT, custody, free
from ibperp.records import replace
from ibperp.state import (
    FEES,
    Rebalance,
    RequestStatus,
    find_asset,
    find_token,
)

if TYPE_CHECKING:
    from ibperp.actions import CompleteRebalance, StartRebalance
    from ibperp.outcomes import Outcome
    from ibperp.state import State


def start_rebalance(state: State, action: StartRebalance) -> Outcome:
    """Send custody that no pending withdrawal needs from one chain toward another (CU-8)."""
    # PRECONDITIONS
    amount = action.amount
    asset = find_asset(state, action.asset)
    source = None if asset is None else find_token(state.assets[asset], action.source)
    destination = None if asset is None else find_token(state.assets[asset], action.destination)
    is_known = source is not None and destination is not None
    refused = rejection(
        (amount > 0, RejectionCode.AMOUNT_NOT_POSITIVE),
        (in_range(amount), RejectionCode.OUT_OF_RANGE),
        (action.source != action.destination, RejectionCode.SAME_CHAIN),
        (asset is not None, RejectionCode.ASSET_UNKNOWN),
        (asset is None or is_known, RejectionCode.CHAIN_UNKNOWN),
    )
    if refused:
        return refused
    assert asset is not None
    assert source is not None
    assert destination is not None
    asset_state = state.assets[asset]
    token = asset_state.tokens[source]
    unit = asset_state.parameters.tokens[source].native_unit
    refused = rejection(
        (remainder(amount, unit) == 0, RejectionCode.AMOUNT_NOT_NATIVE),
        (token.custody - token.pending >= amount, RejectionCode.CUSTODY_INSUFFICIENT),
    )
    if refused:
        return refused

    # EFFECT
    sent = Rebalance(asset, source, destination, amount, RequestStatus.PENDING)
    effect = Effect(replace(state, rebalances=state.rebalances.append(sent))).moved(
        asset, amount, Reason.REBALANCE_START, debit=IN_TRANSIT, credit=custody(source)
    )

    # POSTCONDITIONS
    assert effect.state.assets[asset].in_transit == asset_state.in_transit + amount
    return effect.accepted()


def complete_rebalance(state: State, action: CompleteRebalance) -> Outcome:
    """Record what arrived; the fees account pays what did not (CU-9)."""
    # PRECONDITIONS
    refused = rejection(
        (action.received >= 0, RejectionCode.AMOUNT_NOT_POSITIVE),
        (in_range(action.received), RejectionCode.OUT_OF_RANGE),
        (0 <= action.rebalance < len(state.rebalances), RejectionCode.REBALANCE_UNKNOWN),
    )
    if refused:
        return refused
    sent = state.rebalances[action.rebalance]
    cost = sent.amount - action.received
    unit = state.assets[sent.asset].parameters.tokens[sent.destination].native_unit
    is_pending = sent.status is RequestStatus.PENDING
    refused = rejection(
        (is_pending, RejectionCode.REBALANCE_NOT_PENDING),
        (cost >= 0, RejectionCode.RECEIVED_EXCEEDS_SENT),
        (remainder(action.received, unit) == 0, RejectionCode.AMOUNT_NOT_NATIVE),
        (free_of(state, FEES, sent.asset) >= cost, RejectionCode.INSUFFICIENT_FUNDS),
    )
    if refused:
        return refused

    # EFFECT
    done = replace(sent, status=RequestStatus.DONE)
    effect = Effect(replace(state, rebalances=state.rebalances.set(action.rebalance, done)))
    effect = effect.moved(
        sent.asset,
        action.received,
        Reason.REBALANCE_ARRIVAL,
        debit=custody(sent.destination),
        credit=IN_TRANSIT,
    )
    effect = effect.moved(
        sent.asset, cost, Reason.REBALANCE_COST, debit=free(FEES), credit=IN_TRANSIT
    )

    # POSTCONDITIONS
    in_transit = state.assets[sent.asset].in_transit
    assert effect.state.assets[sent.asset].in_transit == in_transit - sent.amount
    return effect.accepted()
