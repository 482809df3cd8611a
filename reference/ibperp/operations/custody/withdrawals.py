"""Withdrawals in two phases: request, then confirm or fail (chapter custody)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.events import Reason
from ibperp.feeds import ActionClass
from ibperp.numbers import in_range, remainder
from ibperp.operations.effect import Effect, account_exists, margin_checks, not_reserved, rejection
from ibperp.operations.money_market.moves import (
    Funding,
    available_of,
    claim_of,
    funded_delivery,
    swept,
)
from ibperp.outcomes import Rejected, RejectionCode
from ibperp.posting import custody, free, pending
from ibperp.records import replace
from ibperp.state import FEES, RequestStatus, Withdrawal, find_asset, find_token

if TYPE_CHECKING:
    from ibperp.actions import ConfirmWithdrawal, FailWithdrawal, RequestWithdrawal
    from ibperp.outcomes import Outcome
    from ibperp.state import State


def request_withdrawal(state: State, action: RequestWithdrawal) -> Outcome:
    """Debit free balance, then the lend, then a borrow, as allowed; hold it as pending (CU-5)."""
    # PRECONDITIONS
    account, amount = action.account, action.amount
    resolved = _resolved(state, action)
    if isinstance(resolved, Rejected):
        return resolved
    asset, token = resolved
    limits = state.assets[asset].parameters.tokens[token]
    redeemable = claim_of(state, account, asset) if action.auto_lend_redeem else 0
    is_funded = action.auto_borrow or available_of(state, account, asset) + redeemable >= amount
    refused = rejection(
        (remainder(amount, limits.native_unit) == 0, RejectionCode.AMOUNT_NOT_NATIVE),
        (amount >= limits.minimum_withdrawal, RejectionCode.WITHDRAWAL_BELOW_MINIMUM),
        (amount <= limits.maximum_withdrawal, RejectionCode.WITHDRAWAL_ABOVE_MAXIMUM),
        (is_funded, RejectionCode.INSUFFICIENT_FUNDS),
    )
    if refused:
        return refused

    # EFFECT
    ways = Funding(
        action.auto_lend_redeem,
        action.auto_borrow,
        Reason.WITHDRAWAL_REDEEM,
        Reason.WITHDRAWAL_BORROW,
    )
    raised = funded_delivery(Effect(state), account, asset, amount, ways=ways)
    if isinstance(raised, Rejected):
        return raised
    held = state.assets[asset].tokens[token]
    refused = rejection((held.custody - held.pending >= amount, RejectionCode.CUSTODY_INSUFFICIENT))
    if refused:
        return refused
    effect = raised.moved(
        asset, amount, Reason.WITHDRAWAL_REQUEST, debit=free(account), credit=pending(token)
    )
    fee = limits.withdrawal_fee
    asked = Withdrawal(account, asset, token, amount, fee, RequestStatus.PENDING)
    withdrawals = effect.state.withdrawals.append(asked)
    effect = effect.noted(replace(effect.state, withdrawals=withdrawals))
    refused = rejection(*margin_checks(state, effect.state, account, ActionClass.WITHDRAWAL))
    if refused:
        return refused

    # POSTCONDITIONS
    assert effect.state.assets[asset].tokens[token].pending == held.pending + amount
    return effect.accepted()


def confirm_withdrawal(state: State, action: ConfirmWithdrawal) -> Outcome:
    """Let a pending withdrawal leave custody; its fee goes to the fees account (CU-6)."""
    # PRECONDITIONS
    asked = _pending(state, action.withdrawal)
    if isinstance(asked, Rejected):
        return asked

    # EFFECT
    ledger = pending(asked.token)
    done = replace(asked, status=RequestStatus.DONE)
    effect = Effect(replace(state, withdrawals=state.withdrawals.set(action.withdrawal, done)))
    effect = effect.moved(
        asked.asset,
        asked.amount - asked.fee,
        Reason.WITHDRAWAL_PAID,
        debit=ledger,
        credit=custody(asked.token),
    )
    effect = effect.moved(
        asked.asset, asked.fee, Reason.WITHDRAWAL_FEE, debit=ledger, credit=free(FEES)
    )

    # POSTCONDITIONS
    before = state.assets[asked.asset].tokens[asked.token]
    assert effect.state.assets[asked.asset].tokens[asked.token].pending == (
        before.pending - asked.amount
    )
    return effect.accepted()


def fail_withdrawal(state: State, action: FailWithdrawal) -> Outcome:
    """Refund a pending withdrawal, its fee included; then sweep (CU-7)."""
    # PRECONDITIONS
    asked = _pending(state, action.withdrawal)
    if isinstance(asked, Rejected):
        return asked

    # EFFECT
    failed = replace(asked, status=RequestStatus.FAILED)
    effect = Effect(replace(state, withdrawals=state.withdrawals.set(action.withdrawal, failed)))
    effect = effect.moved(
        asked.asset,
        asked.amount,
        Reason.WITHDRAWAL_REFUND,
        debit=pending(asked.token),
        credit=free(asked.account),
    )
    effect = swept(effect, asked.account, asked.asset)

    # POSTCONDITIONS
    assert effect.state.withdrawals[action.withdrawal].status is RequestStatus.FAILED
    return effect.accepted()


def _resolved(state: State, action: RequestWithdrawal) -> tuple[int, int] | Rejected:
    """Return the ids of the asset and of its token, or the rejection."""
    asset = find_asset(state, action.asset)
    token = None if asset is None else find_token(state.assets[asset], action.chain)
    refused = rejection(
        (action.amount > 0, RejectionCode.AMOUNT_NOT_POSITIVE),
        (in_range(action.amount), RejectionCode.OUT_OF_RANGE),
        account_exists(state, action.account),
        not_reserved(action.account),
        (asset is not None, RejectionCode.ASSET_UNKNOWN),
        (asset is None or token is not None, RejectionCode.CHAIN_UNKNOWN),
    )
    if refused:
        return refused
    assert asset is not None
    assert token is not None
    return asset, token


def _pending(state: State, withdrawal: int) -> Withdrawal | Rejected:
    """Return a pending withdrawal, or the rejection."""
    is_known = 0 <= withdrawal < len(state.withdrawals)
    refused = rejection((is_known, RejectionCode.WITHDRAWAL_UNKNOWN))
    if refused:
        return refused
    asked = state.withdrawals[withdrawal]
    is_pending = asked.status is RequestStatus.PENDING
    return rejection((is_pending, RejectionCode.WITHDRAWAL_NOT_PENDING)) or asked
