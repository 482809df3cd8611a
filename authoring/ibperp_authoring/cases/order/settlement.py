"""Every case of the file of vectors settlement.json, in its order."""

from typing import Final

from ibperp_authoring.cases.builder import Case, span
from ibperp_authoring.cases.incidents import incidents_10_to_13, incidents_40_to_50
from ibperp_authoring.cases.settlement import (
    conversion,
    conversion_edges,
    culling,
    culling_atoms,
    culling_shocks,
    deposits_below_zero,
    flows_credit,
    flows_payers,
    flows_receivers,
    flows_sharing,
    liquidity_fund,
    settle,
    unpaid,
    unsettled_balances,
    virtual_interest,
    virtual_modes,
    virtual_shares,
    virtual_turns,
)
from ibperp_authoring.cases.uneven import coarse, flows

CASES: Final[tuple[Case, ...]] = (
    *culling_atoms.CASES,
    *span(incidents_10_to_13.CASES, "ST-3-300", "ST-3-304"),
    *span(flows_payers.CASES, "ST-3-305", "ST-3-306"),
    *span(settle.CASES, "ST-2-050"),
    *span(virtual_turns.CASES, "ST-4-200", "ST-4-205"),
    *span(incidents_40_to_50.CASES, "ST-4-206", "ST-4-207"),
    *span(virtual_turns.CASES, "ST-4-208"),
    *culling_shocks.CASES,
    *flows_credit.CASES,
    *culling.CASES,
    *liquidity_fund.CASES,
    *virtual_interest.CASES,
    *virtual_modes.CASES,
    *span(flows_payers.CASES, "ST-3-001", "ST-3-069"),
    *span(flows_payers.CASES, "ST-3-320", "ST-3-323"),
    *flows_receivers.CASES,
    *flows_sharing.CASES,
    *deposits_below_zero.CASES,
    *span(settle.CASES, "ST-2-001", "ST-2-046"),
    *unsettled_balances.CASES,
    *virtual_shares.CASES,
    *conversion.CASES,
    *conversion_edges.CASES,
    *flows.SETTLING,
    *unpaid.CASES,
    *coarse.CASES,
)
