"""Faults planted in who pays whom, and in the rank, by the invariant that must find them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from faults.risk import bankruptcy, holder, on_adl
from ibperp.actions import Settle, Transfer
from ibperp.events import Reason, SettlementSource
from ibperp_invariants.step.facts import Flow
from ibperp_invariants.step.step import Step
from worlds.failing import FAILING, taken
from worlds.perpetual import perpetual
from worlds.positions import CROSS, positioned

GIVER, TAKER, OTHER = 2, 3, 4


def given(**changes: Any) -> Step:
    """A transfer whose posting is another."""
    step = taken(perpetual(), Transfer(GIVER, TAKER, "USD", 9))
    (flow,) = step.facts.postings
    return replace(step, facts=replace(step.facts, postings=(replace(flow, **changes),)))


def charged(step: Step, account: int, market: str, source: SettlementSource) -> Step:
    """Charge an account an atom, and take it from what is unsettled of it."""
    credited = {**step.facts.credited, (account, market, source): -1}
    return replace(step, facts=replace(step.facts, credited=credited))


def untold() -> list[Step]:
    """Another amount or account than the events say, nothing at all, and a charge without event."""
    step = taken(perpetual(), Transfer(GIVER, TAKER, "USD", 9))
    return [
        given(amount=8),
        given(credit=f"free:{OTHER}"),
        given(debit="pool"),
        replace(step, facts=replace(step.facts, postings=())),
        holder(step, OTHER, unsettled=1),
        charged(step, OTHER, "", SettlementSource.UNPAID_INTEREST),
    ]


def uncaused() -> list[Step]:
    """Who neither acts, trades, owes nor fails pays for it."""
    step = taken(positioned(), CROSS)
    flow = Flow("free:3", "free:2", "USD", 1, Reason.TRADE)
    reasons = (
        Reason.TRADE,
        Reason.TRANSFER,
        Reason.DUST,
        Reason.LIQUIDATION_REPAY,
        Reason.INSURANCE,
    )
    paid = [replace(flow, reason=reason) for reason in (*reasons, Reason.TRADE, Reason.SETTLEMENT)]
    settled = taken(positioned(), Settle())
    sources = set(SettlementSource) - {SettlementSource.TRADING_FEES}
    return [
        *(given(debit=f"free:{OTHER}", reason=own.reason) for own in paid),
        *(replace(step, facts=replace(step.facts, postings=(own,))) for own in paid),
        *(charged(settled, 6, "GEM_PERP", source) for source in sorted(sources)),
    ]


def idle() -> list[Step]:
    """A step that closes nothing, one that owes more after it, and a debt that stays.

    The last closes a position against one that is larger after it: the rank of the account falls.
    """
    step, resolved = on_adl(), bankruptcy()
    market = next(iter(step.before.accounts[FAILING].positions))
    other = next(own for own in step.changed_accounts() if own not in {0, 1, FAILING})
    larger = dict(step.before.accounts[other].positions)
    larger[market] = replace(larger[market], lots=3 * larger[market].lots)
    kept, owed = (own.before.accounts[FAILING] for own in (step, resolved))
    return [
        holder(step, FAILING, positions=kept.positions, unsettled=kept.unsettled),
        holder(step, FAILING, positions=kept.positions, unsettled=kept.unsettled - 1),
        holder(resolved, FAILING, unsettled=owed.unsettled, shares=owed.shares),
        holder(step, other, positions=larger),
    ]


FLOW_FAULTS: Final[dict[str, Callable[[], list[Step]]]] = {
    "flows_are_told": untold,
    "nobody_pays_without_cause": uncaused,
    "liquidation_lowers_rank": idle,
}
