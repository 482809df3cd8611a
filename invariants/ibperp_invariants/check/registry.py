"""All invariants, and the checks that hold them against a state, a step, or a run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ibperp.outcomes import Accepted
from ibperp.risk_index import followed_index, indexed
from ibperp.transition import transition
from ibperp_invariants.claims.custody.custody import CUSTODY
from ibperp_invariants.claims.governance.feeds import FEEDS
from ibperp_invariants.claims.governance.governance import GOVERNANCE
from ibperp_invariants.claims.governance.relevance import RELEVANCE
from ibperp_invariants.claims.liquidation.bankruptcy import BANKRUPTCY
from ibperp_invariants.claims.liquidation.deleveraging import DELEVERAGING
from ibperp_invariants.claims.liquidation.due_list import DUE_LIST
from ibperp_invariants.claims.liquidation.exits import EXITS
from ibperp_invariants.claims.liquidation.handover import TAKEOVER
from ibperp_invariants.claims.liquidation.rungs import LIQUIDATION_ORDERS
from ibperp_invariants.claims.liquidation.sales import SALES
from ibperp_invariants.claims.liquidation.steps import LIQUIDATION
from ibperp_invariants.claims.money_market.interest import INTEREST
from ibperp_invariants.claims.money_market.money_market import MONEY_MARKET
from ibperp_invariants.claims.money_market.share_prices import SHARE_PRICES
from ibperp_invariants.claims.notation.system import SYSTEM
from ibperp_invariants.claims.perpetuals.funding import FUNDING
from ibperp_invariants.claims.perpetuals.perpetuals import PERPETUALS
from ibperp_invariants.claims.portfolio.portfolio import PORTFOLIO
from ibperp_invariants.claims.programs.programs import PROGRAMS
from ibperp_invariants.claims.settlement.conversion import CONVERSION
from ibperp_invariants.claims.settlement.settlement import SETTLEMENT
from ibperp_invariants.claims.settlement.unpaid import UNPAID
from ibperp_invariants.claims.spot_margin.trades import SPOT_MARGIN
from ibperp_invariants.frame.frame import FRAME
from ibperp_invariants.step.facts import facts_of_events
from ibperp_invariants.step.step import Step, Violation
from ibperp_invariants.view.from_state import view_of_state
from ibperp_invariants.view.totals import totals_after, totals_of

if TYPE_CHECKING:
    from ibperp.actions import Action
    from ibperp.outcomes import Outcome
    from ibperp.risk_index import RiskIndex
    from ibperp.state import State
    from ibperp_invariants.step.step import Invariant
    from ibperp_invariants.view.totals import Totals
    from ibperp_invariants.view.view import View

INVARIANTS: Final[tuple[Invariant, ...]] = (
    *CUSTODY,
    *MONEY_MARKET,
    *SHARE_PRICES,
    *INTEREST,
    *PORTFOLIO,
    *SPOT_MARGIN,
    *PERPETUALS,
    *FUNDING,
    *SETTLEMENT,
    *CONVERSION,
    *UNPAID,
    *LIQUIDATION,
    *LIQUIDATION_ORDERS,
    *SALES,
    *TAKEOVER,
    *DELEVERAGING,
    *BANKRUPTCY,
    *DUE_LIST,
    *PROGRAMS,
    *GOVERNANCE,
    *EXITS,
    *FEEDS,
    *RELEVANCE,
    *SYSTEM,
    *FRAME,
)
"""Every invariant of the first tier, in the order in which violations are reported."""


def check_view(view: View, totals: Totals, *, whole: bool = True) -> list[Violation]:
    """Return what a view breaks of the invariants of every state, given its sums.

    Not `whole`: leave out those that look at every account or order, and have a form for changes.
    """
    return [
        Violation(invariant.name, invariant.clauses, message)
        for invariant in INVARIANTS
        if invariant.on_state is not None and (whole or invariant.on_change is None)
        for message in invariant.on_state(view, totals)
    ]


def check_views(step: Step) -> list[Violation]:
    """Return what a step breaks of the invariants of every step."""
    return [
        Violation(invariant.name, invariant.clauses, message)
        for invariant in INVARIANTS
        if invariant.on_step is not None
        for message in invariant.on_step(step)
    ]


def check_changes(step: Step) -> list[Violation]:
    """Return what a step breaks of the invariants of every state that look at changes alone.

    The state before must have broken nothing.
    """
    return [
        Violation(invariant.name, invariant.clauses, message)
        for invariant in INVARIANTS
        if invariant.on_change is not None
        for message in invariant.on_change(step)
    ]


def check_state(state: State) -> list[Violation]:
    """Return what a state breaks; looks at every account."""
    view = view_of_state(state)
    return check_view(view, totals_of(view))


def check_step(before: State, action: Action, outcome: Outcome) -> list[Violation]:
    """Return what a step and the state after it break; looks at every account."""
    return Monitor(before).check(action, outcome)


def step_of(before: State, action: Action, outcome: Outcome, *, seen: View | None = None) -> Step:
    """Return a step of the reference as the invariants see it; asks the reference once more.

    `seen`: the view of the state before, if there is one already.
    """
    view = seen or view_of_state(before)
    again = transition(before, action)
    repeat = "" if again == outcome else "the reference gave another outcome the second time"
    if not isinstance(outcome, Accepted):
        code, violated = outcome.code.value, tuple(code.value for code in outcome.violated)
        return Step(view, view, action, code, violated, repeat=repeat)
    after, facts = view_of_state(outcome.state), facts_of_events(outcome.state, outcome.events)
    return Step(view, after, action, facts=facts, repeat=repeat)


class Monitor:
    """Watches a run of the reference: after the first state, a step costs only what it changes.

    It follows the due list by its index as well, unless it is told not to: that looks at the health
    of everybody whom a price touches, at every price.
    """

    def __init__(self, state: State, *, follows_index: bool = True) -> None:
        self.state, self.follows_index = state, follows_index
        self.view = view_of_state(state)
        self.totals = totals_of(self.view)
        self._index: RiskIndex | None = None

    def check(self, action: Action, outcome: Outcome) -> list[Violation]:
        """Return what the step and the state after it break, and go on from that state."""
        step = step_of(self.state, action, outcome, seen=self.view)
        if isinstance(outcome, Accepted):
            if self.follows_index:
                index = self._index or indexed(self.state)
                self._index = followed_index(index, outcome.state)
                step = replace(step, index=self._index, origin=self.state)
            self.totals = totals_after(self.totals, step.before, step.after)
            self.state, self.view = outcome.state, step.after
        found = check_views(step) + check_changes(step)
        return found + check_view(step.after, self.totals, whole=False)


class Follower:
    """Checks steps of a run: each costs only what it changes, if it goes on from the last."""

    def __init__(self) -> None:
        self._monitor: Monitor | None = None

    def check(self, before: State, action: Action, outcome: Outcome) -> list[Violation]:
        """Return what a step from `before` and the state after it break, as `check_step` does."""
        if self._monitor is None or self._monitor.state is not before:
            self._monitor = Monitor(before, follows_index=False)
        return self._monitor.check(action, outcome)
