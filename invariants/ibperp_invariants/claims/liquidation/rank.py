"""Invariants of liveness: a due account has a next step, and each brings the end nearer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.actions import Liquidate, ResolveBankruptcy, Resume, RunRisk
from ibperp.operations.liquidation.bankruptcy import worked_account
from ibperp.operations.liquidation.ladder import liquidation_rejection
from ibperp.pool import lend_claim
from ibperp.portfolio import valuation
from ibperp.programs import RequestKind
from ibperp.ranking import Rankings
from ibperp.relevance import is_marked, is_priced
from ibperp.risk import exposures_of
from ibperp.state import INSURANCE
from ibperp_invariants.claims.liquidation.due_list import MOVES_RISK
from ibperp_invariants.step.step import OF_LIQUIDATION, step_invariant
from ibperp_invariants.view.view import settlement_asset

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ibperp.state import State
    from ibperp_invariants.step.step import Invariant, Step
    from ibperp_invariants.view.view import View


def due_accounts_have_a_step(step: Step) -> Iterator[str]:
    """Check that an account due at prices that count has a next step (LQ-2, LQ-9, LQ-10)."""
    moved = (*MOVES_RISK, *OF_LIQUIDATION, Resume)
    if step.index is None or not step.is_accepted() or not isinstance(step.action, moved):
        return
    state, rankings = step.index.state, Rankings()
    for account in step.index.accounts():
        if liquidation_rejection(state, account) is not None or _may_wait(state, account):
            continue
        if worked_account(state, account, rankings) is None:
            yield f"account {account} is due, and nothing can be done about it"


def liquidation_lowers_rank(step: Step) -> Iterator[str]:
    """Check that steps lower the rank of the state, and a step for an account its own (LQ-10)."""
    action = step.action
    is_run = isinstance(action, RunRisk) and step.facts.liquidation.worked_on()
    if not step.is_accepted() or not (is_run or isinstance(action, Liquidate | ResolveBankruptcy)):
        return
    changed = step.changed_accounts()
    first, last = (rank_of_all(view, changed) for view in (step.before, step.after))
    if not last < first:
        yield f"the rank of the state, of {changed}, went from {first} to {last}"
    if not isinstance(action, Liquidate | ResolveBankruptcy):
        return
    old, new = (rank_of(view, action.account) for view in (step.before, step.after))
    if not new < old:
        stages = [fact.stage.value for fact in step.facts.liquidation.steps()]
        yield f"account {action.account}: the rank {old} became {new} by {stages or 'resolution'}"


def rank_of(view: View, account: int) -> tuple[int, ...]:
    """Return what each step for a due account lowers, compared part by part (LQ-10).

    Open orders; lots of all positions; positions; shares owed of all assets but the settlement
    asset, then atoms held of them, since a debt is bought back in whole lots; what it owes of the
    settlement asset, as shares and to the fund; and whether quotes for its collateral are still to
    be requested. No part is ever below zero. A payment burns shares; atoms owed may round up.
    """
    holder, settlement = view.accounts[account], settlement_asset(view)
    owed = held = 0
    for symbol, asset in view.assets.items():
        if symbol == settlement:
            continue
        shares = holder.shares.get(symbol, 0)
        owed += max(-shares, 0)
        held += holder.free.get(symbol, 0) + lend_claim(asset.pool, max(shares, 0))
    own = holder.shares.get(settlement, 0) if settlement else 0
    return (
        len(holder.orders),
        sum(abs(position.lots) for position in holder.positions.values()),
        len(holder.positions),
        owed,
        held,
        max(-own, 0) + max(-holder.unsettled, 0),
        0 if account in _asked(view) else 1,
    )


def rank_of_all(view: View, accounts: Iterable[int]) -> tuple[int, ...]:
    """Return the rank of the state, as far as it differs by some accounts (LQ-10).

    Lots of open orders, capacities of providers, lots of positions, positions, shares of pools,
    free atoms, what is unsettled, and requests for quotes that could be made, of all but the
    insurance; then what the insurance could pay with.
    """
    held = {account: view.accounts[account] for account in accounts if account in view.accounts}
    insurance = held.pop(INSURANCE, None)
    positions = [position for own in held.values() for position in own.positions.values()]
    return (
        sum(
            view.orders[order].lots
            for own in held.values()
            for order in view.orders.keys() & own.orders
        ),
        sum(view.backstops.values()),
        sum(abs(position.lots) for position in positions),
        len(positions),
        sum(abs(shares) for own in held.values() for shares in own.shares.values()),
        sum(free for own in held.values() for free in own.free.values()),
        sum(abs(own.unsettled) for own in held.values()),
        -len(_asked(view)),
        sum((*insurance.free.values(), *(max(own, 0) for own in insurance.shares.values())))
        if insurance
        else 0,
    )


def _asked(view: View) -> set[int]:
    """Return the accounts for whose collateral quotes are requested (LQ-5, ST-9)."""
    return {
        request.account
        for request in view.requests.values()
        if request.kind is RequestKind.CONVERSION and request.expires > view.time
    }


def _may_wait(state: State, account: int) -> bool:
    """Tell whether something of an account waits for its price, or its debts may stay (LQ-9)."""
    return not state.system.non_recourse or any(
        not (is_marked if exposure.is_position else is_priced)(state, exposure.index)
        for exposure in exposures_of(valuation(state, state.accounts[account]))
    )


RANK: Final[tuple[Invariant, ...]] = (
    step_invariant(
        due_accounts_have_a_step,
        "LQ-2 LQ-9 LQ-10",
        "An account that is due has a next step, unless something of it waits for its price; "
        "with recourse its debts may stay.",
    ),
    step_invariant(
        liquidation_lowers_rank,
        "LQ-2 LQ-9 LQ-10",
        "Each step of a liquidation lowers the rank of its account: its orders, lots, positions, "
        "assets, debts and missing requests for quotes, compared part by part; and the rank of the "
        "state, which is summed over all accounts.",
    ),
)
