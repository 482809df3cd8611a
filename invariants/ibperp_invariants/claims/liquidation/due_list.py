"""Invariants of the due list: that it holds who is due, and that working it off ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.actions import (
    AdvanceTime,
    ApplyFunding,
    ConvertCollateral,
    Liquidate,
    ResolveBankruptcy,
    Resume,
    RunRisk,
    SetAssetParameters,
    SetMarketParameters,
    SetPerpetualParameters,
    SetPoolParameters,
    SetPrice,
    SetSystemParameters,
    Settle,
    SettleMarket,
    UpdateMark,
)
from ibperp.events import RequestOpened
from ibperp.fill import Fill
from ibperp.liquidation import step_size
from ibperp.margin import counted_equity
from ibperp.numbers import div_up
from ibperp.operations.liquidation.bankruptcy import has_lots, worked_account
from ibperp.operations.liquidation.ladder import liquidation_rejection
from ibperp.outcomes import Accepted, Rejected, RejectionCode
from ibperp.ranking import Rankings
from ibperp.risk import candidates, due_accounts, owing_accounts, resources
from ibperp.state import Market, find_asset
from ibperp.transition import transition
from ibperp.valuation import held_atoms, owed_atoms
from ibperp_invariants.claims.liquidation.liquidated import is_due
from ibperp_invariants.claims.portfolio.health import eased, health_of, rounding_value
from ibperp_invariants.step.step import OF_LIQUIDATION, is_settled, state_invariant, step_invariant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ibperp.events import Event
    from ibperp.state import Account, State
    from ibperp_invariants.step.step import Invariant, Step
    from ibperp_invariants.view.totals import Totals
    from ibperp_invariants.view.view import View

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


def due_list_complete(view: View, totals: Totals) -> Iterator[str]:
    """Check that all who are due, and all who owe or trade, are looked at (LQ-10)."""
    del totals
    yield from _unlisted(view, view.accounts)


def index_agrees(step: Step) -> Iterator[str]:
    """Check the index of the due list against the health of who may have moved (LQ-10)."""
    if step.index is None or not step.is_accepted():
        return
    listed = step.index.accounts()
    if isinstance(step.action, (*MOVES_RISK, *OF_LIQUIDATION)):
        expected = due_accounts(step.index.state)
        if listed != expected:
            yield f"the index says that {list(listed)} are due, not {list(expected)}"
        return
    for account in step.changed_accounts():
        if (account in listed) != is_due(step.after, account):
            yield f"account {account}: due by the index {list(listed)}? {account in listed}"


def healthy_to_due_only_by_price_time_parameters(step: Step) -> Iterator[str]:
    """Check that no action of an owner makes an account due, its own or another's (LQ-1, PF-8).

    The margin of a fill was judged elsewhere (CF-11).
    """
    if not step.is_accepted() or isinstance(step.action, (*MOVES_RISK, *OF_LIQUIDATION, Fill)):
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


def run_is_its_steps(step: Step) -> Iterator[str]:
    """Check a run against its steps, taken one by one from the state before (LQ-10)."""
    state, action = step.origin, step.action
    if state is None or step.index is None or not step.is_accepted():
        return
    if not isinstance(action, RunRisk):
        return
    left = action.steps
    for account in due_accounts(state):
        while left and (done := _next(state, account)) is not None:
            state, left = done.state, left - 1
            if _asks_for_quotes(done.events):
                break
    for account in owing_accounts(state):
        while left and isinstance(sold := transition(state, ConvertCollateral(account)), Accepted):
            state, left = sold.state, left - 1
            if _asks_for_quotes(sold.events):
                break
    if state != step.index.state:
        taken = action.steps - left
        yield f"a run of {action.steps} steps ended otherwise than {taken} steps one by one"


def risk_ends(step: Step) -> Iterator[str]:
    """Check on a copy that working off the due list ends within the bounds of LQ-10."""
    if step.index is None or not step.is_accepted():
        return
    if not isinstance(step.action, (*MOVES_RISK, *OF_LIQUIDATION, Resume)):
        return
    if not step.index.accounts():
        return
    state, most, rankings = step.index.state, runs_bound(step.index.state), Rankings()
    for _ in range(most):
        due = workable(state)
        if not due:
            return
        for account in due:
            bound, taken = steps_bound(state, account), 0
            while taken <= bound and (done := worked_account(state, account, rankings)) is not None:
                state, taken = done.state, taken + 1
                if _asks_for_quotes(done.events):
                    break
            if taken > bound:
                yield f"account {account} is due after {bound} steps"
                return
    left = workable(state)
    if left:
        yield f"after {most} runs the accounts {left} are still due"


def workable(state: State) -> list[int]:
    """Return who is due at prices that count; with recourse or a position, who can be worked on."""
    due = [
        account for account in due_accounts(state) if liquidation_rejection(state, account) is None
    ]
    ends = state.system.non_recourse
    return [
        account
        for account in due
        if (ends and not has_lots(state, account))
        or worked_account(state, account, Rankings()) is not None
    ]


def steps_bound(state: State, account: int) -> int:
    """Return how many steps an account needs at most until it is healthy, flat or resolved (LQ-10).

    Without `non_recourse` the insurance pays up to its limit in each of as many steps as it can.
    """
    holder, system = state.accounts[account], state.system
    positions = sum(own.lots != 0 for own in holder.positions)
    owed = {asset for asset, shares in enumerate(holder.shares) if shares < 0}
    settlement = find_asset(state, system.settlement_asset)
    debts, providers = len(owed | {settlement}), len(state.backstops)
    handed = (positions + debts) * (2 + 2 * providers) + positions + 6 * debts
    steps = 2 * (2 + _book_steps(state, holder) + handed) + 2
    if system.non_recourse or not system.insurance_limit:
        return steps
    return steps + div_up(resources(state), system.insurance_limit)


def runs_bound(state: State) -> int:
    """Return how many runs work off the due list of a state, and whom that makes due (LQ-10)."""
    holders = [state.accounts[account] for account in candidates(state)]
    positions = sum(len(holder.positions) for holder in holders)
    debts = sum(sum(shares < 0 for shares in holder.shares) + 1 for holder in holders)
    return 2 * (2 * positions + debts + len(state.assets))


def _book_steps(state: State, holder: Account) -> int:
    """Return how many steps the books can take from an account at most (LQ-10)."""
    steps, traded = 0, set[int]()
    for own in holder.positions:
        market, left = state.markets[own.market], abs(own.lots)
        steps += len(market.book.bids if own.lots > 0 else market.book.asks)
        while left > 0:
            fraction, least = state.system.liquidation_fraction, market.parameters.minimum_lots
            steps, left = steps + 1, left - step_size(left, fraction, least)
    settlement = find_asset(state, state.system.settlement_asset)
    for market in state.markets:
        if not isinstance(market, Market) or market.quote != settlement or market.base in traded:
            continue
        traded.add(market.base)
        atoms = held_atoms(state, holder, market.base) + owed_atoms(state, holder, market.base)
        steps += div_up(atoms, market.parameters.lot_atoms)
    return steps


def _next(state: State, account: int) -> Accepted | None:
    """Return what one step does if it is sent as an action; None if it is refused."""
    outcome = transition(state, Liquidate(account))
    if isinstance(outcome, Rejected) and outcome.code is RejectionCode.NOTHING_TO_LIQUIDATE:
        outcome = transition(state, ResolveBankruptcy(account))
    return outcome if isinstance(outcome, Accepted) else None


def _asks_for_quotes(events: Iterable[Event]) -> bool:
    return any(isinstance(event, RequestOpened) for event in events)


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
        "The due list checks every account that owes a pool, has orders or is to be settled, so "
        "no due account is missed.",
        _misnoted,
    ),
    step_invariant(
        index_agrees,
        "LQ-10",
        "The index of the due list, updated step by step, contains exactly the due accounts.",
    ),
    step_invariant(
        healthy_to_due_only_by_price_time_parameters,
        "LQ-1 PF-8",
        "A sound account becomes due by prices, funding, time, parameters or the taking of a loss "
        "alone, beyond roundings; no owner's action makes it so.",
    ),
    step_invariant(
        run_is_its_steps,
        "LQ-10",
        "A run does what its steps do one after the other, and stops with an account where the "
        "next step would be refused, or quotes are waited for.",
    ),
    step_invariant(
        risk_ends,
        "LQ-2 LQ-9 LQ-10",
        "From any state, all due accounts are handled within the steps and runs that LQ-10 "
        "counts; without recourse no account whose prices count stays due.",
    ),
)
