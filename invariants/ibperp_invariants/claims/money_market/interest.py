"""Invariants of interest in time: who earns it, and that no atom pays twice (MM-6, MM-7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp import pool as kernel
from ibperp.actions import AdvanceTime, Borrow, Repay
from ibperp.numbers import RATIO, SECONDS_PER_YEAR, mul_div_down, mul_div_up
from ibperp_invariants.step.step import step_invariant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp_invariants.step.step import Invariant, Step


def lenders_earn_by_time(step: Step) -> Iterator[str]:
    """Check that of what is paid for an interval lenders earn the part that has passed (MM-6)."""
    system, action = step.before.system, step.action
    if not step.is_accepted() or system is None:
        return
    if not isinstance(action, AdvanceTime):
        yield from _earned_at_once(step)
        return
    since, now, interval = step.before.time, step.after.time, system.accrual_interval
    end, last = since - since % interval + interval, now - now % interval
    for symbol, old, new in step.pools(every=True):
        is_idle = old is new or (new.lent, new.reserve) == (old.lent, old.reserve)
        if is_idle and not old.unearned and symbol not in step.facts.interest:
            continue  # Nothing waits and nothing is charged: nobody earns, whatever time passed.
        earned = mul_div_down(old.unearned, min(now, end) - since, end - since)
        charged, reserve = step.facts.interest.get(symbol, (0, 0))
        if now >= end:
            waiting = old.unearned - earned + charged - reserve
            earned += mul_div_down(waiting, now - end, last + interval - end)
        lent = earned if old.lend_shares else 0
        if (new.lent - old.lent, new.reserve - old.reserve) != (lent, reserve + earned - lent):
            yield (
                f"{symbol}: from {since} to {now} lenders earned {new.lent - old.lent}, their time "
                f"is worth {lent}; the reserve got {new.reserve - old.reserve}"
            )


def _earned_at_once(step: Step) -> Iterator[str]:
    """Yield interest that is not earned by time, but got or lost at once (MM-7, LQ-9)."""
    lost = {fact.asset for fact in step.facts.liquidation.resolved() if fact.spread}
    for symbol, old, new in step.pools(every=True):
        charged, more = step.lender_interest(symbol), new.unearned - old.unearned
        if more != charged and not (symbol in lost and more < charged):
            yield f"{symbol}: unearned interest rose by {more}, {charged} was charged"


def entry_fee_once(step: Step) -> Iterator[str]:
    """Check that a borrow pays for the rest of the interval what nobody paid before (MM-7)."""
    system, action = step.before.system, step.action
    if not step.is_accepted() or system is None or not isinstance(action, Borrow | Repay):
        return
    symbol, limits = action.asset, step.before.assets[action.asset].parameters
    old, new = (view.assets[symbol].pool for view in (step.before, step.after))
    if limits is None:
        return
    had, has = (
        view.accounts[action.account].prepaid.get(symbol, 0) for view in (step.before, step.after)
    )
    if isinstance(action, Repay):
        expected = had + (old.borrowed - new.borrowed if step.entry_fee else 0)
    else:
        expected = had - min(had, action.amount) if step.entry_fee else had
        rate = kernel.borrow_rate(limits.pool, kernel.utilization(old))
        interval = system.accrual_interval
        left = interval - step.before.time % interval if step.entry_fee else 0
        fee = mul_div_up(action.amount - had + expected, rate * left, RATIO * SECONDS_PER_YEAR)
        told, _ = step.facts.interest.get(symbol, (0, 0))
        if fee != told:
            yield f"account {action.account}, {symbol}: the entry fee is {told}, not {fee}"
    if has != expected:
        yield f"account {action.account}, {symbol}: prepaid went from {had} to {has}"


INTEREST: Final[tuple[Invariant, ...]] = (
    step_invariant(
        lenders_earn_by_time,
        "MM-6 MM-7 LQ-9",
        "Of the interest that is paid for an interval lenders earn, at every moment, the part of "
        "its time that has passed: a lend is paid for its size and for the time that it is there.",
    ),
    step_invariant(
        entry_fee_once,
        "MM-7",
        "An entry fee is charged once for an atom and an interval: what an account repaid inside "
        "it, it borrows again without one.",
    ),
)
