"""Backstop providers: accounts that offer to take over failing accounts (PG-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.margin import counted_equity, is_liquidatable
from ibperp.numbers import in_range
from ibperp.operations.effect import Effect, account_exists, not_reserved, rejection
from ibperp.outcomes import RejectionCode
from ibperp.portfolio import health
from ibperp.programs import Backstop
from ibperp.records import replace

if TYPE_CHECKING:
    from ibperp.actions import RegisterBackstop
    from ibperp.outcomes import Outcome
    from ibperp.state import State


def register_backstop(state: State, action: RegisterBackstop) -> Outcome:
    """Replace what an account offers to take over; a capacity of zero takes it back (PG-1)."""
    # PRECONDITIONS
    account, capacity = action.account, action.capacity
    refused = rejection(
        (capacity >= 0 and in_range(capacity), RejectionCode.OUT_OF_RANGE),
        account_exists(state, account),
        not_reserved(account),
    )
    if refused:
        return refused
    own = health(state, state.accounts[account])
    is_safe = counted_equity(own) >= own.initial and not is_liquidatable(own)
    refused = rejection((capacity == 0 or is_safe, RejectionCode.INSUFFICIENT_MARGIN))
    if refused:
        return refused

    # EFFECT
    others = (other for other in state.backstops if other.account != account)
    offered = (Backstop(account, capacity),) if capacity else ()
    providers = tuple(sorted((*others, *offered), key=lambda each: each.account))
    after = replace(state, backstops=providers)

    # POSTCONDITIONS
    assert all(provider.capacity > 0 for provider in after.backstops)
    return Effect(after).accepted()
