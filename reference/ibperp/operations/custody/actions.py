"""Custody's operations: accounts, deposits, rebalances, transfers (chapter custody)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ibperp.events import Reason
from ibperp.feeds import ActionClass
from ibperp.numbers import in_range, remainder
from ibperp.operations.effect import Effect, account_exists, margin_checks, not_reserved, rejection
from ibperp.operations.money_market.moves import available_of, free_of, swept
from ibperp.outcomes import RejectionCode
from ibperp.posting import IN_TRANSIT, custody, free
from ibperp.state import (
    FEES,
    NOBODY,
    Account,
    Chain,
    Rebalance,
    RequestStatus,
    find_asset,
    find_chain,
    find_token,
)

if TYPE_CHECKING:
    from ibperp.actions import CompleteRebalance, CreateAccount, Deposit, StartRebalance, Transfer
    from ibperp.outcomes import Outcome
    from ibperp.state import State


def create_account(state: State, action: CreateAccount) -> Outcome:
    """Open the account with the next id for a user (CU-3)."""
    # PRECONDITIONS
    next_id = len(state.accounts)
    refused = rejection(
        (in_range(action.user), RejectionCode.OUT_OF_RANGE),
        (action.user > NOBODY, RejectionCode.USER_INVALID),
        (0 <= action.account <= next_id, RejectionCode.ACCOUNT_UNKNOWN),
        (not 0 <= action.account < next_id, RejectionCode.ACCOUNT_EXISTS),
    )
    if refused:
        return refused

    # EFFECT
    after = replace(state, accounts=state.accounts.append(Account(user=action.user)))

    # POSTCONDITIONS
    assert after.accounts[action.account].user == action.user
    return Effect(after).accepted()


def deposit(state: State, action: Deposit) -> Outcome:
    """Credit what arrived on a chain, in the order of the chain's deposits; then sweep (CU-4)."""
    # PRECONDITIONS
    amount = action.amount
    asset = find_asset(state, action.asset)
    token = None if asset is None else find_token(state.assets[asset], action.chain)
    refused = rejection(
        (amount > 0, RejectionCode.AMOUNT_NOT_POSITIVE),
        (in_range(amount), RejectionCode.OUT_OF_RANGE),
        account_exists(state, action.account),
        (asset is not None, RejectionCode.ASSET_UNKNOWN),
        (asset is None or token is not None, RejectionCode.CHAIN_UNKNOWN),
    )
    if refused:
        return refused
    assert asset is not None
    assert token is not None
    chain = find_chain(state, action.chain)
    assert chain is not None
    expected = state.chains[chain].next_sequence
    limits = state.assets[asset].parameters.tokens[token]
    refused = rejection(
        (action.sequence >= expected, RejectionCode.SEQUENCE_REPLAYED),
        (action.sequence <= expected, RejectionCode.SEQUENCE_SKIPPED),
        (remainder(amount, limits.native_unit) == 0, RejectionCode.AMOUNT_NOT_NATIVE),
        (amount >= limits.minimum_deposit, RejectionCode.DEPOSIT_BELOW_MINIMUM),
    )
    if refused:
        return refused

    # EFFECT
    counted = Chain(action.chain, expected + 1)
    chains = (*state.chains[:chain], counted, *state.chains[chain + 1 :])
    effect = Effect(replace(state, chains=chains)).moved(
        asset, amount, Reason.DEPOSIT, debit=custody(token), credit=free(action.account)
    )
    effect = swept(effect, action.account, asset)

    # POSTCONDITIONS
    held = state.assets[asset].tokens[token].custody
    assert effect.state.assets[asset].tokens[token].custody == held + amount
    return effect.accepted()


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
    books = state.assets[asset]
    token = books.tokens[source]
    unit = books.parameters.tokens[source].native_unit
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
    assert effect.state.assets[asset].in_transit == books.in_transit + amount
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


def transfer(state: State, action: Transfer) -> Outcome:
    """Move free balance between two accounts of one user; the sender keeps its margin (CU-10)."""
    # PRECONDITIONS
    sender, receiver, amount = action.sender, action.receiver, action.amount
    asset = find_asset(state, action.asset)
    refused = rejection(
        (amount > 0, RejectionCode.AMOUNT_NOT_POSITIVE),
        (in_range(amount), RejectionCode.OUT_OF_RANGE),
        (sender != receiver, RejectionCode.SAME_ACCOUNT),
        account_exists(state, sender),
        account_exists(state, receiver),
        not_reserved(sender),
        not_reserved(receiver),
        (asset is not None, RejectionCode.ASSET_UNKNOWN),
    )
    if refused:
        return refused
    assert asset is not None
    users = state.accounts[sender].user, state.accounts[receiver].user
    refused = rejection(
        (users[0] == users[1], RejectionCode.USER_MISMATCH),
        (available_of(state, sender, asset) >= amount, RejectionCode.INSUFFICIENT_FUNDS),
    )
    if refused:
        return refused

    # EFFECT
    effect = Effect(state).moved(
        asset, amount, Reason.TRANSFER, debit=free(sender), credit=free(receiver)
    )
    refused = rejection(*margin_checks(state, effect.state, sender, ActionClass.WITHDRAWAL))
    if refused:
        return refused
    effect = swept(effect, receiver, asset)

    # POSTCONDITIONS
    assert free_of(effect.state, sender, asset) == free_of(state, sender, asset) - amount
    return effect.accepted()
