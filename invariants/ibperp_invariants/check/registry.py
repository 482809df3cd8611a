"""All invariants, and the checks that hold every one of them against a view or a step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp_invariants.claims.custody.custody import CUSTODY
from ibperp_invariants.claims.custody.flows import FLOWS
from ibperp_invariants.claims.governance.feeds import FEEDS
from ibperp_invariants.claims.governance.governance import GOVERNANCE
from ibperp_invariants.claims.governance.relevance import RELEVANCE
from ibperp_invariants.claims.liquidation.bankruptcy import BANKRUPTCY
from ibperp_invariants.claims.liquidation.deleveraging import DELEVERAGING
from ibperp_invariants.claims.liquidation.due_list import DUE_LIST
from ibperp_invariants.claims.liquidation.exits import EXITS
from ibperp_invariants.claims.liquidation.handover import TAKEOVER
from ibperp_invariants.claims.liquidation.rank import RANK
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
from ibperp_invariants.step.step import Violation

if TYPE_CHECKING:
    from ibperp_invariants.step.step import Invariant, Step
    from ibperp_invariants.view.totals import Totals
    from ibperp_invariants.view.view import View

INVARIANTS: Final[tuple[Invariant, ...]] = (
    *CUSTODY,
    *FLOWS,
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
    *RANK,
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
