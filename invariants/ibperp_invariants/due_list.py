"""Invariants of the due list: that it holds who is due, and that working it off ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.actions import (
    AdvanceTime,
    ApplyFunding,
    SetMarketParameters,
    SetPerpetualParameters,
    SetPoolParameters,
    SetPrice,
    Settle,
    SettleMarket,
    UpdateMark,
)
from ibperp.margin import counted_equity
from ibperp.operations.bankruptcy import STEPS_MAX, resolved
from ibperp.operations.liquidation import liquidation_rejection
from ibperp.operations.liquidation import step as next_step
from ibperp.outcomes import Accepted
from ibperp.risk import due_accounts
from ibperp.risk_actions import Resume, RunRisk, SetAssetParameters, SetSystemParameters
from ibperp.transition import transition
from ibperp_invariants.cases import is_due
from ibperp_invariants.frame_of_risk import OF_RISK
from ibperp_invariants.health import eased, health_of, rounding_value
from ibperp_invariants.step import is_settled, state_invariant, step_invariant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ibperp.state import State
    from ibperp_invariants.step import Invariant, Step
    from ibperp_invariants.totals import Totals
    from ibperp_invariants.view import View

MOVES_RISK: Final = (
    SetPrice,
    UpdateMark,
    ApplyFunding,
    AdvanceTime,
    Settle,
    SettleMarket,
    SetPoolParameters,
    SetMarketParameters,
    SetPerpetualParameters,
    SetAssetParameters,
    SetSystemParameters,
)
"""The actions that move prices, time or parameters, or take losses."""

RUNS_MAX: Final = 3
"""How many runs work all off: for who is due, whom that made due, who waited for quotes (LQ-10)."""


def due_list_complete(view: View, totals: Totals) -> Iterator[str]:
    """Check that all who are due, and all who owe or trade, are looked at (LQ-10)."""
    del totals
    yield from _unlisted(view, view.accounts)


def index_agrees(step: Step) -> Iterator[str]:
    """Check the index of the due list against the health of who may have moved (LQ-10)."""
    if step.index is None or not step.is_accepted():
        return
    listed = step.index.accounts()
    if isinstance(step.action, (*MOVES_RISK, *OF_RISK)):
        expected = due_accounts(step.index.state)
        if listed != expected:
            yield f"the index says that {list(listed)} are due, not {list(expected)}"
        return
    for account in step.changed_accounts():
        if (account in listed) != is_due(step.after, account):
            yield f"account {account}: due by the index {list(listed)}? {account in listed}"


def healthy_to_due_only_by_price_time_parameters(step: Step) -> Iterator[str]:
    """Check that no action of an owner makes an account due, its own or another's (LQ-1, PF-8)."""
    if not step.is_accepted() or isinstance(step.action, (*MOVES_RISK, *OF_RISK)):
        return
    slack = None
    for account in step.changed_accounts():
        if not is_due(step.after, account) or is_due(step.before, account):
            continue
        slack = rounding_value(step) if slack is None else slack
        before, after = health_of(step.before, account), health_of(step.after, account)
        if before is None or after is None or counted_equity(after) >= after.initial:
            continue  # Both requirements of a few atoms may be rounded up to the same one.
        worse = eased(before, slack)
        if worse.equity > worse.maintenance:
            name = type(step.action).__name__
            yield f"account {account} became due by {name}: {before} became {after}"


def risk_ends(step: Step) -> Iterator[str]:
    """Check on a copy that working the due list off ends, and leaves nobody due (LQ-10)."""
    state = step.index.state if step.index else None
    if state is None or not step.is_accepted() or not isinstance(step.action, RunRisk | Resume):
        return
    left = workable(state)
    for _ in range(RUNS_MAX):
        if not left:
            return
        outcome = transition(state, RunRisk(STEPS_MAX))
        if not isinstance(outcome, Accepted):
            return
        state = outcome.state
        left = workable(state)
    if left:
        yield f"after {RUNS_MAX} runs of {STEPS_MAX} steps the accounts {left} are still due"


def workable(state: State) -> list[int]:
    """Return who is due at prices that count, and has something left to do."""
    due = (
        account for account in due_accounts(state) if liquidation_rejection(state, account) is None
    )
    if state.system.non_recourse:
        return list(due)
    return [
        account
        for account in due
        if next_step(state, account) is not None or resolved(state, account).events
    ]


def _unlisted(view: View, accounts: Iterable[int]) -> Iterator[str]:
    """Yield accounts that the due list would miss, or lists for nothing."""
    if view.active is None or view.exposed is None:
        return
    listed, active = ({account for (account,) in of} for of in (view.exposed, view.active))
    expected = {account for account in accounts if _is_exposed(view, account)}
    if listed != expected:
        yield f"the accounts {sorted(listed)} are said to owe or trade, {sorted(expected)} do"
    for account in accounts:
        if account not in listed | active and is_due(view, account):
            yield f"account {account} is due, and neither owes, trades nor is to be settled"


def _misnoted(step: Step) -> Iterator[str]:
    """Yield accounts that changed, and owe or trade without being noted, or the reverse."""
    expected = step.before.exposed
    if expected is None or step.after.exposed is None:
        return
    for account in step.changed_accounts():
        was, now = (_is_exposed(view, account) for view in (step.before, step.after))
        if was != now:
            expected = expected.add((account,)) if now else expected.remove((account,))
        is_seen = now or is_settled(step.after, account)
        if not is_seen and is_due(step.after, account):
            yield f"account {account} is due, and neither owes, trades nor is to be settled"
    if expected != step.after.exposed:
        listed, right = ([n for (n,) in keys] for keys in (step.after.exposed, expected))
        yield f"the accounts {listed} are said to owe or trade, {right} do"


def _is_exposed(view: View, account: int) -> bool:
    holder = view.accounts.get(account)
    return holder is not None and (
        bool(holder.orders) or min(holder.shares.values(), default=0) < 0
    )


DUE_LIST: Final[tuple[Invariant, ...]] = (
    state_invariant(
        due_list_complete,
        "LQ-10",
        "The due list looks at every account that owes a pool, has orders or is to be settled, so "
        "that nobody who is due is missed.",
        _misnoted,
    ),
    step_invariant(
        index_agrees,
        "LQ-10",
        "The index of the due list, kept up step by step, holds exactly who is due.",
    ),
    step_invariant(
        healthy_to_due_only_by_price_time_parameters,
        "LQ-1 PF-8",
        "A sound account becomes due by prices, funding, time, parameters or the taking of a loss "
        "alone, beyond roundings; no owner's action makes it so.",
    ),
    step_invariant(
        risk_ends,
        "LQ-2 LQ-9 LQ-10",
        "From any state the due list is worked off within three runs of the most steps; without "
        "recourse nobody stays due whose prices count.",
    ),
)
