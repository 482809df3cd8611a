"""The four moves that an owner makes: lend, redeem, borrow, repay (chapter money-market)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.events import Reason
from ibperp.feeds import ActionClass
from ibperp.numbers import in_range
from ibperp.operations.effect import Effect, account_exists, margin_checks, not_reserved, rejection
from ibperp.operations.money_market.moves import (
    borrow_checks,
    borrowed,
    claim_of,
    debt_of,
    lend_checks,
    lent,
    redeem_checks,
    redeemed,
    repaid,
    repay_checks,
)
from ibperp.outcomes import Rejected, RejectionCode
from ibperp.pool import net_claim
from ibperp.state import find_asset

if TYPE_CHECKING:
    from ibperp.actions import Borrow, Lend, Redeem, Repay
    from ibperp.outcomes import Outcome
    from ibperp.state import State


def lend(state: State, action: Lend) -> Outcome:
    """Lend `amount` atoms of free balance; the shares are rounded down (MM-11)."""
    # PRECONDITIONS
    account, amount = action.account, action.amount
    asset = _resolved(state, account, action.asset, amount)
    if isinstance(asset, Rejected):
        return asset
    refused = rejection(*lend_checks(state, account, asset, amount))
    if refused:
        return refused

    # EFFECT
    effect = lent(Effect(state), account, asset, amount, Reason.LEND)

    # POSTCONDITIONS
    _assert_identity(effect.state, asset)
    return effect.accepted()


def redeem(state: State, action: Redeem) -> Outcome:
    """Redeem `amount` atoms, or the whole claim; the shares are rounded up (MM-12)."""
    # PRECONDITIONS
    account = action.account
    asset = _resolved(state, account, action.asset, action.amount)
    if isinstance(asset, Rejected):
        return asset
    claim = claim_of(state, account, asset)
    amount = claim if action.amount is None else action.amount
    refused = rejection(*redeem_checks(state, account, asset, amount))
    if refused:
        return refused

    # EFFECT
    effect = redeemed(Effect(state), account, asset, amount, Reason.REDEEM)

    # POSTCONDITIONS
    _assert_identity(effect.state, asset)
    assert claim_of(effect.state, account, asset) <= claim - amount
    return effect.accepted()


def borrow(state: State, action: Borrow) -> Outcome:
    """Borrow `amount` atoms into free balance; the shares are rounded up (MM-13)."""
    # PRECONDITIONS
    account, amount = action.account, action.amount
    asset = _resolved(state, account, action.asset, amount)
    if isinstance(asset, Rejected):
        return asset
    refused = rejection(*borrow_checks(state, account, asset, amount))
    if refused:
        return refused

    # EFFECT
    effect = borrowed(Effect(state), account, asset, amount, Reason.BORROW)
    refused = rejection(*margin_checks(state, effect.state, account, ActionClass.BORROW))
    if refused:
        return refused

    # POSTCONDITIONS
    _assert_identity(effect.state, asset)
    return effect.accepted()


def repay(state: State, action: Repay) -> Outcome:
    """Repay `amount` atoms, or the whole debt; the shares are rounded down (MM-14)."""
    # PRECONDITIONS
    account = action.account
    asset = _resolved(state, account, action.asset, action.amount)
    if isinstance(asset, Rejected):
        return asset
    owed = debt_of(state, account, asset)
    amount = owed if action.amount is None else action.amount
    refused = rejection(*repay_checks(state, account, asset, amount))
    if refused:
        return refused

    # EFFECT
    effect = repaid(Effect(state), account, asset, amount, Reason.REPAY)

    # POSTCONDITIONS
    _assert_identity(effect.state, asset)
    assert debt_of(effect.state, account, asset) >= owed - amount
    return effect.accepted()


def _resolved(state: State, account: int, symbol: str, amount: int | None) -> int | Rejected:
    """Return the asset's id, or the rejection of a malformed or unresolved request."""
    asset = find_asset(state, symbol)
    refused = rejection(
        (amount is None or amount > 0, RejectionCode.AMOUNT_NOT_POSITIVE),
        (amount is None or in_range(amount), RejectionCode.OUT_OF_RANGE),
        account_exists(state, account),
        not_reserved(account),
        (asset is not None, RejectionCode.ASSET_UNKNOWN),
    )
    if refused:
        return refused
    assert asset is not None
    return asset


def _assert_identity(state: State, asset: int) -> None:
    pool = state.assets[asset].pool
    assert pool.cash == net_claim(pool)
