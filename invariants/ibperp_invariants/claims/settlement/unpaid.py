"""Invariants of interest on what a settlement leaves unpaid (ST-10)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ibperp.actions import AdvanceTime, Settle
from ibperp.events import SettlementSource
from ibperp.numbers import remainder
from ibperp.pool import CARRY_UNIT, borrow_rate, utilization
from ibperp_invariants.claims.portfolio.positions import fund_claim
from ibperp_invariants.claims.settlement.settlement import active_accounts_of
from ibperp_invariants.step.step import state_invariant, step_invariant
from ibperp_invariants.view.view import settlement_asset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp.unpaid import Unpaid
    from ibperp_invariants.step.step import Invariant, Step
    from ibperp_invariants.view.totals import Totals
    from ibperp_invariants.view.view import View


def unpaid_sums_to_zero(_: View, totals: Totals) -> Iterator[str]:
    """Check that debts and claims that were left, and the interest not booked, are equal."""
    for name in ("amount", "carry"):
        if left := totals.unpaid.get(name, 0):
            yield f"what is unpaid has a {name} of {left} in sum, expected 0"


def interest_on_what_waits(step: Step) -> Iterator[str]:
    """Check what debts pay and claims earn since the settlement before, part by part of an atom."""
    if not step.is_accepted() or not isinstance(step.action, Settle):
        return
    accounts = active_accounts_of(step.before)
    due = {own: _bearing(step.before, own) * step.before.unpaid_rate_time for own in accounts}
    claims = {own: max(step.before.accounts[own].unpaid.amount, 0) for own in accounts}
    whole, shared = sum(claims.values()), sum(due.values())
    total = 0
    for own in accounts:
        old, new = step.before.accounts[own].unpaid, step.after.accounts[own].unpaid
        booked = step.facts.credited.get((own, "", SettlementSource.UNPAID_INTEREST), 0)
        total += booked
        change = booked * CARRY_UNIT + new.carry - old.carry + due[own]
        if abs(change * whole - shared * claims[own]) >= whole if whole else change:
            yield (
                f"account {own}: {booked} booked and {new.carry} carried, with {due[own]} due "
                f"and {claims[own]} of {whole} in claims on {shared}"
            )
        yield from _misnoted(step.after, own, old, booked)
    if total:
        yield f"interest on what is unpaid adds up to {total}, expected 0"


def time_counts_for_what_waits(step: Step) -> Iterator[str]:
    """Check the sum of rate and time against the pool before and after (ST-10, MM-4)."""
    symbol = settlement_asset(step.before)
    if symbol is None or not step.is_accepted() or not isinstance(step.action, AdvanceTime):
        return
    asset, system = step.before.assets[symbol], step.before.system
    if asset.parameters is None or system is None:
        return
    since, time = step.before.time, step.after.time
    last = time - remainder(time, system.accrual_interval)
    end = since - remainder(since, system.accrual_interval) + system.accrual_interval
    spans = [(asset.pool, time - since)]
    if time >= end:
        spans = [(asset.pool, last - since), (step.after.assets[symbol].pool, time - last)]
    unpaid, expected = _debts_left(step.before), step.before.unpaid_rate_time
    for pool, seconds in spans if unpaid else ():
        used = replace(pool, lent=pool.lent + unpaid, borrowed=pool.borrowed + unpaid)
        expected += borrow_rate(asset.parameters.pool, utilization(used)) * seconds
    if step.after.unpaid_rate_time != expected:
        yield f"rate and time of what is unpaid is {step.after.unpaid_rate_time}, not {expected}"


def _debts_left(view: View) -> int:
    """Return what the last settlement left of debts, without their interest."""
    left = (view.accounts[own].unpaid for own in active_accounts_of(view))
    return sum(max(-own.amount, 0) - own.interest for own in left)


def _bearing(view: View, account: int) -> int:
    """Return the atoms of a debt that bear interest."""
    holder = view.accounts[account]
    owed = min(max(-holder.unpaid.amount, 0), max(-holder.unsettled, 0))
    return max(owed - holder.unpaid.interest, 0)


def _misnoted(view: View, account: int, old: Unpaid, booked: int) -> Iterator[str]:
    """Yield what is noted of what is left otherwise than it is, or a whole atom carried."""
    new, claim = view.accounts[account].unpaid, fund_claim(view, account)
    interest = min(old.interest + max(-booked, 0), max(-claim, 0))
    if (new.amount, new.interest) != (claim, interest) or new.carry <= -CARRY_UNIT:
        yield f"account {account}: {new} is noted, {claim} is left and {interest} is interest"


UNPAID: Final[tuple[Invariant, ...]] = (
    state_invariant(
        unpaid_sums_to_zero,
        "ST-10",
        "What the last settlement left is owed and waited for in equal sums, and so is the "
        "interest that is not booked yet.",
    ),
    step_invariant(
        interest_on_what_waits,
        "ST-10",
        "A settlement charges what stayed unpaid for the time since the one before, to a part of "
        "an atom, and gives all of it to the claims that waited, in proportion.",
    ),
    step_invariant(
        time_counts_for_what_waits,
        "ST-10",
        "While something is unpaid, the borrow rate of the settlement asset counts each second.",
    ),
)
