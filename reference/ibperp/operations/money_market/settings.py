"""The settings of an account, and the sweep that follows (chapter money-market)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.margin import counted_equity
from ibperp.numbers import RATIO, in_range
from ibperp.operations.effect import Effect, account_exists, not_reserved, rejection
from ibperp.operations.money_market.moves import (
    swept,
)
from ibperp.outcomes import RejectionCode
from ibperp.portfolio import health
from ibperp.records import replace
from ibperp.state import Settings, with_account

if TYPE_CHECKING:
    from ibperp.actions import SetAccountSettings
    from ibperp.outcomes import Outcome
    from ibperp.state import State


def set_account_settings(state: State, action: SetAccountSettings) -> Outcome:
    """Change the settings, then sweep every asset (MM-15).

    A lower leverage limit needs margin, and so does a change to virtual settlement: an account that
    cannot pay a loss must not turn it into a virtual borrow.
    """
    # PRECONDITIONS
    limit = action.leverage_limit
    refused = rejection(
        (in_range(limit), RejectionCode.OUT_OF_RANGE),
        (limit >= RATIO, RejectionCode.LEVERAGE_INVALID),
        account_exists(state, action.account),
        not_reserved(action.account),
    )
    if refused:
        return refused

    # EFFECT
    account = state.accounts[action.account]
    settings = Settings(
        auto_lend=action.auto_lend,
        auto_repay_borrows=action.auto_repay_borrows,
        auto_borrow_settlements=action.auto_borrow_settlements,
        auto_realize=action.auto_realize,
        leverage_limit=limit,
    )
    changed = replace(account, settings=settings)
    after = health(state, changed)
    is_met = counted_equity(after) >= after.initial
    is_eased = limit >= account.settings.leverage_limit and (
        action.auto_realize or not account.settings.auto_realize
    )
    is_kept = is_eased or is_met
    refused = rejection((is_kept, RejectionCode.INSUFFICIENT_MARGIN))
    if refused:
        return refused
    effect = Effect(with_account(state, action.account, changed))
    for asset in range(len(state.assets)):
        effect = swept(effect, action.account, asset)

    # POSTCONDITIONS
    assert effect.state.accounts[action.account].settings == settings
    return effect.accepted()
