"""Accounts, their deposits, and transfers between them (chapter custody)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.events import Reason
from ibperp.feeds import ActionClass
from ibperp.numbers import in_range, remainder
from ibperp.operations.effect import Effect, account_exists, margin_checks, not_reserved, rejection
from ibperp.operations.money_market.moves import available_of, free_of, swept
from ibperp.outcomes import RejectionCode
from ibperp.posting import custody, free
from ibperp.records import replace
from ibperp.state import (
    NOBODY,
    Account,
    Chain,
    find_asset,
    find_chain,
    find_token,
)

if TYPE_CHECKING:
    from ibperp.actions import CreateAccount, Deposit, Transfer
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
