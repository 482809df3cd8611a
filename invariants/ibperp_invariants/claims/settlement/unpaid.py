"""Invariants of interest on what a settlement leaves unpaid (ST-10)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ibperp.actions import AdvanceTime, Settle
from ibperp.events import SettlementSource
from ibperp.numbers import remainder
from ibperp.pool import CARRY_UNIT, borrow_rate, utilization
from ibperp.unpaid import NOTHING_UNPAID
from ibperp_invariants.claims.portfolio.positions import claim_of
from ibperp_invariants.claims.settlement.settlement import active_accounts_of
from ibperp_invariants.step.step import state_invariant, step_invariant
from ibperp_invariants.view.view import settlement_asset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp.state import Pool
    from ibperp_invariants.step.step import Invariant, Step
    from ibperp_invariants.view.totals import Totals
    from ibperp_invariants.view.view import AccountView, View


INTEREST: Final = SettlementSource.UNPAID_INTEREST


def unpaid_sums_to_zero(_: View, totals: Totals) -> Iterator[str]:
    """Check that debts and claims that were left, and the interest not booked, are equal."""
    for name in ("amount", "carry"):
        if left := totals.unpaid.get(name, 0):
            yield f"what is unpaid has a {name} of {left} in sum, expected 0"


def interest_on_what_waits(step: Step) -> Iterator[str]:
    """Check what debts pay and claims earn since the settlement before, part by part of an atom."""
    if not step.is_accepted() or not isinstance(step.action, Settle):
        return
    after, since = step.after.accounts, step.before.unpaid_rate_time
    before = {own: step.before.accounts[own] for own in active_accounts_of(step.before)}
    due = {own: _bearing(holder) * since for own, holder in before.items()}
    claims = {own: max(holder.unpaid.amount, 0) for own, holder in before.items()}
    whole, shared = sum(claims.values()), sum(due.values())
    total, credited = 0, step.facts.credited
    for own, holder in before.items():
        old, new = holder.unpaid, after[own].unpaid
        booked = credited.get((own, "", INTEREST), 0) if credited else 0
        total += booked
        change = booked * CARRY_UNIT + new.carry - old.carry + due[own]
        if abs(change * whole - shared * claims[own]) >= whole if whole else change:
            yield (
                f"account {own}: {booked} booked and {new.carry} carried, with {due[own]} due "
                f"and {claims[own]} of {whole} in claims on {shared}"
            )
        claim = claim_of(step.after, own).amount
        interest = min(old.interest + max(-booked, 0), max(-claim, 0))
        if (new.amount, new.interest) != (claim, interest) or new.carry <= -CARRY_UNIT:
            yield f"account {own}: {new} is noted, {claim} is left and {interest} is interest"
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
    unpaid, expected = _debts_left(step.before), step.before.unpaid_rate_time
    for pool, seconds in _spans(step, symbol, system.accrual_interval) if unpaid else ():
        used = replace(pool, lent=pool.lent + unpaid, borrowed=pool.borrowed + unpaid)
        expected += borrow_rate(asset.parameters.pool, utilization(used)) * seconds
    if step.after.unpaid_rate_time != expected:
        yield f"rate and time of what is unpaid is {step.after.unpaid_rate_time}, not {expected}"


def _spans(step: Step, symbol: str, interval: int) -> list[tuple[Pool, int]]:
    """Return the pools at whose rate time counted, each with its seconds."""
    pool, since, time = step.before.assets[symbol].pool, step.before.time, step.after.time
    last = time - remainder(time, interval)
    end = since - remainder(since, interval) + interval
    if time < end:
        return [(pool, time - since)]
    return [(pool, last - since), (step.after.assets[symbol].pool, time - last)]


def _debts_left(view: View) -> int:
    """Return what the last settlement left of debts, without their interest."""
    left = 0
    for own in active_accounts_of(view):
        unpaid = view.accounts[own].unpaid
        if unpaid is not NOTHING_UNPAID:
            left += max(-unpaid.amount, 0) - unpaid.interest
    return left


def _bearing(holder: AccountView) -> int:
    """Return the atoms of a debt that bear interest."""
    unpaid, unsettled = holder.unpaid, holder.unsettled
    if unpaid is NOTHING_UNPAID:
        return 0
    owed = min(max(-unpaid.amount, 0), max(-unsettled, 0))
    return max(owed - unpaid.interest, 0)


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
