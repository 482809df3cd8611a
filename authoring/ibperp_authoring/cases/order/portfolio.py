"""Every case of the file of vectors portfolio.json, in its order."""

from typing import Final

from ibperp_authoring.cases.builder import Case, span
from ibperp_authoring.cases.incidents import incidents_10_to_13, incidents_14_to_19
from ibperp_authoring.cases.portfolio import (
    auto_close,
    collateral_value,
    health,
    lines,
    open_orders,
    open_orders_firm,
    open_orders_shared,
    owed_value,
    owner_actions,
    owner_actions_at_limits,
    owner_actions_below_zero,
    owner_actions_whole_equity,
    price_ages,
    price_relevance,
    price_update_limits,
    requirement,
)
from ibperp_authoring.cases.uneven import flows, fractions

CASES: Final[tuple[Case, ...]] = (
    *span(incidents_10_to_13.CASES, "PF-2-050", "PF-9-050"),
    *span(incidents_14_to_19.CASES, "PF-8-060", "PF-8-065"),
    *owner_actions_at_limits.CASES,
    *owner_actions.CASES,
    *open_orders.CASES,
    *price_ages.CASES,
    *price_relevance.CASES,
    *price_update_limits.CASES,
    *requirement.CASES,
    *auto_close.CASES,
    *health.CASES,
    *open_orders_firm.CASES,
    *open_orders_shared.CASES,
    *owner_actions_below_zero.CASES,
    *owner_actions_whole_equity.CASES,
    *lines.CASES,
    *collateral_value.CASES,
    *owed_value.CASES,
    *flows.MARGIN,
    *fractions.MARGIN,
)
