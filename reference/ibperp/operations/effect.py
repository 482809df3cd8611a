"""What the operations share: how checks reject, and how an effect gathers state and events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from ibperp.events import Event, Reason, SharesMoved
from ibperp.feeds import ADMITTED, ActionClass, PriceLevel
from ibperp.margin import (
    counted_equity,
    is_admissible,
    is_admissible_without,
    is_liquidatable,
)
from ibperp.outcomes import Accepted, Rejected, RejectionCode
from ibperp.portfolio import valuation
from ibperp.posting import post, posting
from ibperp.records import record, replace
from ibperp.relevance import doubtful_collateral, due_levels, held_value, needed_levels
from ibperp.state import FEES, INSURANCE, at, put, with_account, with_pool

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibperp.events import LedgerAccount
    from ibperp.portfolio import Valuation
    from ibperp.state import Account, Pool, State

Check: TypeAlias = tuple[bool, RejectionCode]

PRECEDENCE = {code: rank for rank, code in enumerate(RejectionCode)}

LEVEL_CODES: Final = {
    PriceLevel.AT_FLOOR: RejectionCode.PRICE_AT_FLOOR,
    PriceLevel.STALE: RejectionCode.PRICE_STALE,
    PriceLevel.DEVIATING: RejectionCode.PRICE_DEVIATING,
}
"""What refuses a known price of each level that an action does not admit (GV-3)."""


def rejection(*checks: Check) -> Rejected | None:
    """Return the rejection by the failed checks, the first by precedence naming it (NT-9)."""
    failed = {code for holds, code in checks if not holds}
    if not failed:
        return None
    violated = tuple(sorted(failed, key=PRECEDENCE.__getitem__))
    return Rejected(violated[0], violated)


def account_exists(state: State, account: int) -> Check:
    """Check that an account id is in use."""
    return 0 <= account < len(state.accounts), RejectionCode.ACCOUNT_UNKNOWN


def not_reserved(account: int) -> Check:
    """Check that an account is not one of the system's own (CU-3)."""
    return account not in {FEES, INSURANCE}, RejectionCode.ACCOUNT_RESERVED


def level_checks(
    levels: frozenset[PriceLevel], of: ActionClass, unknown: RejectionCode
) -> tuple[Check, ...]:
    """Check that a class of action admits these levels; `unknown` names a missing price (GV-3)."""
    refused = levels - ADMITTED[of]
    if not refused:
        return ()
    return (
        (PriceLevel.UNKNOWN not in refused, unknown),
        *((level not in refused, code) for level, code in LEVEL_CODES.items()),
    )


def margin_checks(before: State, after: State, account: int, of: ActionClass) -> tuple[Check, ...]:
    """Check what an owner's action did to its account, after the write (PF-8, PF-9)."""
    return change_checks((before, after), account, valuation, of)


def change_checks(
    states: tuple[State, State],
    account: int,
    valued: Callable[[State, Account], Valuation],
    of: ActionClass,
) -> tuple[Check, ...]:
    """Check what a change did to an account, as `valued` values it, and the prices behind it.

    The account before is valued only if the account after does not decide the check.
    """
    before, after = states
    now = valued(after, after.accounts[account])
    levels, held = needed_levels(after, now, of), doubtful_collateral(after, now, of)
    is_safe = counted_equity(now.health) >= now.health.initial
    if held or not is_safe:
        healths = valued(before, before.accounts[account]).health, now.health
        is_safe = is_admissible(*healths)
        was, left = (held_value(state, state.accounts[account], held) for state in states)
        if held and not is_admissible_without(healths, (was, left)):
            levels |= set(held.values())
    return (
        *level_checks(levels, of, RejectionCode.PRICE_STALE),
        (is_safe, RejectionCode.INSUFFICIENT_MARGIN),
    )


def due_checks(state: State, account: int, found: Valuation | None = None) -> tuple[Check, ...]:
    """Check that an account, valued as `found` if it is, may be liquidated now (LQ-1, GV-4)."""
    holder = state.accounts[account]
    found = found or valuation(state, holder)
    levels = due_levels(state, holder, found)
    return (
        *level_checks(levels, ActionClass.LIQUIDATION, RejectionCode.PRICE_STALE),
        (state.time >= state.liquidation_time, RejectionCode.LIQUIDATION_PAUSED),
        (is_liquidatable(found.health), RejectionCode.NOT_LIQUIDATABLE),
    )


@record
class MakerFails:
    """A maker cannot perform a trade; `refused` has the codes (SM-9)."""

    refused: Rejected


@record
class Effect:
    """A state on its way, with the events that led there; each method returns the next effect."""

    state: State
    events: tuple[Event, ...] = ()

    def moved(
        self,
        asset: int,
        amount: int,
        reason: Reason,
        *,
        debit: LedgerAccount,
        credit: LedgerAccount,
    ) -> Effect:
        """Post `amount` atoms; an amount of zero posts nothing."""
        if amount == 0:
            return self
        entry = posting(asset, amount, reason, debit=debit, credit=credit)
        return Effect(post(self.state, entry), (*self.events, entry))

    def claimed(self, account: int, asset: int, shares: int, pool: Pool, reason: Reason) -> Effect:
        """Change an account's signed shares by `shares`, and its pool to `pool`."""
        holder = self.state.accounts[account]
        held = at(holder.shares, asset) + shares
        changed = replace(holder, shares=put(holder.shares, asset, held))
        state = with_pool(with_account(self.state, account, changed), asset, pool)
        return Effect(state, (*self.events, SharesMoved(account, asset, shares, reason)))

    def noted(self, state: State, *events: Event) -> Effect:
        """Go on with `state`, after `events`."""
        return Effect(state, (*self.events, *events))

    def accepted(self) -> Accepted:
        """End here."""
        return Accepted(self.state, self.events)
