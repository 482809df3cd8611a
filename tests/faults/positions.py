"""Faults planted among positions and in settlements, by the invariant that must find them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from ibperp.actions import Action, AdvanceTime, ApplyFunding, SetPerpetualParameters, Settle
from ibperp.events import VirtualMoved
from ibperp.ordered import Ordered
from ibperp.state import State, with_account
from ibperp.transition import transition
from ibperp_invariants.check.monitor import step_of
from ibperp_invariants.claims.settlement.settlement import CULLING
from ibperp_invariants.step.step import Step
from worlds.active import held, ordered
from worlds.perpetual import PERPETUALS
from worlds.positions import CROSS, GEM_PERP, accepted, market, position, positioned, unsettled


def left(state: State, account: int, **changes: int) -> State:
    """Return the state with something else noted as left unpaid of an account."""
    holder = state.accounts[account]
    return with_account(state, account, replace(holder, unpaid=replace(holder.unpaid, **changes)))


BAD_STATES: Final[dict[str, Callable[[State], State]]] = {
    "lots_sum_to_zero": lambda state: position(state, 2, lots=1),
    "open_interest_agrees": lambda state: market(state, open_interest=5),
    "fund_is_flat": lambda state: unsettled(state, 2, 1),
    "active_accounts": lambda state: replace(state, active=Ordered([(2,)])),
    "reduce_only_covered": lambda state: ordered(state, 4, lots=7),
    "virtual_shares_are_sums": lambda state: position(state, 2, virtual=1),
    "unpaid_sums_to_zero": lambda state: left(state, 4, amount=-1),
}
BAD_REPORTS: Final = {"profit_extraction_bounded": {"uncounted_gain": -(10**6)}}
"""What the account 2 reports in place of its health."""

BAD_STEPS: Final[dict[str, tuple[Action, Callable[[State], State]]]] = {
    "trades_move_no_value": (CROSS, lambda state: unsettled(state, 4, 1)),
    "funding_is_zero_sum": (
        AdvanceTime(10**9),
        lambda state: position(state, 2, interest=1),
    ),
    "funding_clamped": (
        ApplyFunding("GEM_PERP", 0),
        lambda state: market(state, GEM_PERP, funding_index=9),
    ),
    "every_second_is_funded_once": (
        SetPerpetualParameters(
            "GEM_PERP", replace(PERPETUALS["GEM_PERP"], funding_cap=1, funding_floor=0)
        ),
        lambda state: market(state, GEM_PERP, funding_parts=()),
    ),
    "settled_on_touch": (CROSS, lambda state: position(state, 4, funding_index=-1)),
    "settlement_is_equity_neutral": (Settle(), lambda state: held(state, 2, free=100)),
    "settlement_flows_balance": (Settle(), lambda state: unsettled(state, 2, 1)),
    "unpaid_bounded": (Settle(), lambda state: position(state, 4, cost=-5)),
    "interest_on_what_waits": (Settle(), lambda state: left(state, 4, carry=-1)),
    "time_counts_for_what_waits": (
        AdvanceTime(10**9),
        lambda state: replace(state, unpaid_rate_time=1),
    ),
    "interest_attributed": (Settle(), lambda state: position(state, 2, interest=1)),
}


def broken_culling() -> list[Step]:
    """A culling that pays nothing."""
    state = positioned()
    outcome = accepted(transition(state, Settle()))
    events = tuple(
        replace(event, amount=0)
        if isinstance(event, VirtualMoved) and event.source in CULLING
        else event
        for event in outcome.events
    )
    assert events != outcome.events
    return [step_of(state, Settle(), replace(outcome, events=events))]


OTHER_FAULTS: Final = {"culling_helps": broken_culling}
