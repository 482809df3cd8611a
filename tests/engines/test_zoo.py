"""Every wrong engine is caught, through the pipe that any engine is tested through."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from zoo.wrong_engine import FAULTS

from ibperp_conformance.runner.campaign import Campaign, Outcome, conduct
from ibperp_conformance.runner.vectors import Setup, Suite, Vector
from worlds.shipped import shipped_suite

ENGINE: Final = (sys.executable, "-O", "-m", "zoo.wrong_engine")
"""Without the reference's own assertions: the vectors alone are to catch a fault."""

CAUGHT_BY: Final = {
    "codes_exchanged": {"NT-9-509", "NT-9-656"},
    "stages_exchanged": {"LQ-1-019", "LQ-1-020", "LQ-9-202"},
    "last_precondition": {"NT-9-508", "NT-9-642", "NT-9-688", "SM-4-030"},
    "amended_lots_counted": {"SM-11-023"},
    "auto_close_without_offset": {"PF-6-004", "PF-6-006", "PF-6-007"},
    "bankrupt_left_alone": {"LQ-10-042", "LQ-10-051"},
    "book_below_auto_close": {"LQ-4-090", "LQ-4-092", "LQ-5-080"},
    "borrowed_before_redeemed": {"ST-3-006", "ST-3-008", "ST-5-009"},
    "cap_on_decrease": {"MM-8-005", "MM-8-007"},
    "capacity_never_used": {"LQ-6-001", "LQ-6-007"},
    "carry_dropped": {"MM-6-011", "MM-6-013", "MM-6-900"},
    "check_before_write": {"CU-10-033", "CU-5-048", "PF-8-002"},
    "collateral_by_listing": {"LQ-7-120", "LQ-7-121"},
    "sale_not_compared": {"LQ-5-150", "LQ-5-152"},
    "sale_by_listing": {"LQ-5-053"},
    "cost_rounded_away": {"PP-4-009", "PP-4-012"},
    "credit_orders_hold_free": {"SM-5-091", "SM-5-096", "SM-5-111", "SM-9-083", "SM-9-210"},
    "culled_by_borrowing": {"ST-5-065", "ST-5-066"},
    "culled_smallest_first": {"ST-5-014", "ST-5-034"},
    "debt_rounded_down": {"MM-14-021"},
    "deleveraged_before_backstop": {"LQ-2-002", "LQ-6-001"},
    "deleveraged_beyond_bearing": {"LQ-7-020", "LQ-7-024"},
    "deleveraged_by_id": {"LQ-7-021", "LQ-7-025"},
    "deviating_price_saves": {"LQ-1-043", "GV-3-007"},
    "deviating_price_serves": {"LQ-8-057", "GV-3-002"},
    "due_by_equity": {"LQ-10-024"},
    "due_by_id": {"LQ-10-020", "LQ-10-021"},
    "entry_fee_again": {"MM-7-021", "MM-7-040"},
    "exposure_by_exposure": {"LQ-2-025", "LQ-2-026"},
    "exposures_by_listing": {"LQ-2-020", "LQ-2-024"},
    "fee_to_nobody": {"CU-6-001", "CU-1-001"},
    "firm_orders_ignored": {"PF-5-101", "PF-5-103", "SM-5-070", "SM-5-074", "SM-9-216"},
    "firm_orders_settled": {"ST-3-060", "ST-3-063"},
    "flags_sweep_all": {"SM-9-031", "SM-9-033", "SM-9-220", "SM-9-230"},
    "flip_keeps_cost": {"PP-4-021", "PP-4-022"},
    "floor_price_serves": {"LQ-1-037", "LQ-1-039"},
    "fraction_down": {"LQ-4-030"},
    "fund_debt_beside_cash": {"PF-12-160", "PF-12-162", "LQ-2-044"},
    "fund_debt_not_required": {"PF-12-012", "PF-12-056"},
    "fund_in_no_asset": {"LQ-10-303"},
    "funding_in_claims": {"LQ-9-040", "LQ-9-041"},
    "funding_not_on_touch": {"PP-8-040", "PP-8-042", "PP-8-043"},
    "funding_sign_turned": {"PP-8-041", "PP-8-047"},
    "funding_terms_at_once": {"PP-8-104", "PP-8-105"},
    "funding_unbounded": {"PP-7-021", "PP-7-023"},
    "gains_in_full": {"PF-12-004", "PF-12-014"},
    "gains_in_gross": {"LQ-9-050", "LQ-9-052"},
    "gains_spared": {"LQ-9-030", "LQ-9-038"},
    "gift_of_any_sign": {"LQ-8-020", "LQ-8-021", "LQ-10-003"},
    "gift_repays_nothing": {"LQ-8-071", "LQ-8-072"},
    "gift_without_margin": {"LQ-8-041", "LQ-8-047", "LQ-8-051"},
    "grace_ignored": {"LQ-1-046", "LQ-1-048"},
    "haircut_by_listed_weight": {"PF-2-013", "PF-2-016", "PF-2-051"},
    "haircut_ignored": {"PF-2-001", "PF-2-012"},
    "halt_stops_nothing": {"LQ-1-045", "GV-4-006"},
    "hour_earned_by_the_last": {"MM-6-050", "MM-6-054"},
    "insurance_before_lenders": {"LQ-7-100", "LQ-7-101"},
    "insurance_keeps_lend": {"LQ-9-109", "LQ-9-110"},
    "insurance_owes_nothing": {"LQ-9-011", "LQ-9-012", "LQ-9-115"},
    "insurance_unlimited": {"LQ-9-006", "LQ-9-105", "LQ-9-159"},
    "interest_earned_at_once": {"MM-6-054", "MM-7-003"},
    "interest_unclamped": {"PP-7-007", "PP-7-008"},
    "lend_beside_debt": {"LQ-6-053", "LQ-6-058", "LQ-3-061"},
    "lend_not_reached": {"LQ-5-010", "LQ-5-014", "LQ-5-038"},
    "lender_made_due": {"LQ-7-140"},
    "lenders_by_id": {"LQ-7-102", "LQ-7-103"},
    "leverage_not_ranked": {"LQ-7-031", "LQ-7-033", "LQ-7-040"},
    "limit_for_each_debt": {"LQ-9-256"},
    "limit_without_fee": {"LQ-4-021", "LQ-4-023", "LQ-5-006"},
    "liquidation_dust_left": {"LQ-4-034", "LQ-4-036", "LQ-5-008"},
    "liquidation_fee_down": {"LQ-4-071", "LQ-4-079"},
    "liquidation_fee_to_nobody": {"LQ-4-001", "LQ-5-001"},
    "liquidation_fee_unbounded": {"LQ-4-074", "LQ-4-075"},
    "loss_halved": {"LQ-9-001", "LQ-9-930"},
    "loss_shared_alone": {"LQ-9-003", "LQ-9-031"},
    "lower_precedence_code": {"CU-4-040", "CU-4-041", "CU-2-005"},
    "maker_failure_refuses_taker": {"SM-9-061", "SM-9-062"},
    "maker_fee_unpaid": {"SM-9-100", "SM-9-101"},
    "mark_limit_ignored": {"PP-6-061", "PP-6-063"},
    "mark_threshold_ignored": {"PP-6-040", "PP-6-041"},
    "market_closed_without_funding": {"PP-9-060", "PP-9-061"},
    "missed_intervals_charged": {"PP-8-110"},
    "moved_without_funding": {"LQ-7-052"},
    "moved_without_resizing": {"LQ-6-015", "LQ-7-044"},
    "no_riskier_always": {"PF-8-002", "PF-8-024", "PF-8-026"},
    "no_riskier_never": {"PF-8-023", "PF-8-040", "PF-8-046"},
    "old_bound_serves": {"PG-6-009"},
    "open_interest_limit_ignored": {"PP-5-131", "PP-5-139"},
    "open_interest_stale": {"PP-4-001", "PP-5-131"},
    "open_orders_not_counted": {"PF-5-031", "PF-5-051", "PF-5-055"},
    "order_gains_counted": {"PF-5-005", "PF-5-010"},
    "order_loss_ignored": {"PF-5-001", "PF-8-010"},
    "orders_end_as_by_owner": {"LQ-3-002", "LQ-3-003"},
    "owed_rounded_down": {"PF-3-001", "PF-3-003"},
    "own_money_kept": {"LQ-7-026"},
    "paid_by_haircut": {"LQ-6-050", "LQ-6-051"},
    "passed_as_insurance": {"LQ-3-041", "LQ-3-042"},
    "paused_book_used": {"LQ-4-052", "LQ-4-053", "LQ-5-057"},
    "portions_rounded_down": {"LQ-6-008", "LQ-6-009", "LQ-6-010"},
    "position_limit_ignored": {"PP-5-101", "PP-5-110"},
    "position_orders_ignored": {"PP-5-045", "PP-5-047"},
    "post_only_mark_by_basis": {"PP-6-007"},
    "post_only_takes": {"SM-4-055", "SM-4-057"},
    "price_age_ignored": {"PF-9-002", "PF-9-004", "PF-9-008"},
    "price_limit_ignored": {"PF-10-004", "PF-10-041"},
    "price_limit_inward": {"PF-10-007", "PF-10-009"},
    "priority_by_id": {"SM-5-006", "SM-5-009"},
    "ramp_at_once": {"GV-2-010", "GV-2-014"},
    "rebate_rounded_up": {"SM-9-100", "SM-9-101"},
    "receipt_before_fee": {"SM-9-223", "SM-9-224", "SM-9-234"},
    "receipt_lent_before_repay": {"SM-9-035", "SM-9-047"},
    "receiver_keeps_debt": {"ST-3-101", "ST-3-102", "ST-3-103"},
    "recourse_ignored": {"LQ-9-270", "LQ-9-272", "LQ-9-280"},
    "redeem_dust_left": {"MM-12-019", "MM-2-012"},
    "redeem_skipped": {"SM-9-003", "SM-9-005"},
    "redemption_rounded_down": {"CU-5-049", "MM-12-016", "MM-2-007"},
    "reduce_only_flips": {"SM-4-101", "SM-4-103", "SM-9-071"},
    "reduce_only_not_resized": {"PP-5-161", "PP-5-164", "PP-5-173"},
    "rejection_changes_state": {"CU-4-003", "CU-4-021"},
    "repay_dust_left": {"MM-14-021"},
    "replayed_deposit_taken": {"CU-4-021", "CU-4-024"},
    "request_again": {"LQ-5-071", "LQ-5-073"},
    "request_never_over": {"LQ-5-078", "PG-2-028", "PG-3-016"},
    "requirement_without_root": {"PF-4-008", "PF-4-021", "PF-5-051"},
    "reserve_forgotten": {"MM-1-001", "MM-12-020"},
    "reserve_spared": {"LQ-9-120", "LQ-9-122"},
    "reserved_lent": {"PF-5-101", "PF-5-107", "PF-5-130"},
    "reserved_transferred": {"PF-5-103", "PF-5-109"},
    "residue_to_lenders": {"MM-14-016", "MM-2-006"},
    "root_rounded_down": {"PF-4-021"},
    "rounding_turned": {"MM-11-017", "CU-4-058", "MM-2-009"},
    "safe_at_maintenance": {"LQ-1-001", "LQ-1-006", "LQ-1-010"},
    "second_slope_ignored": {"MM-4-003", "MM-4-005"},
    "self_trade_allowed": {"SM-8-001", "SM-8-002"},
    "settlement_fee_forgotten": {"ST-3-046"},
    "settlement_margin_ignored": {"ST-5-022"},
    "shared_alone": {"ST-3-201", "ST-3-211", "ST-3-213"},
    "shrink_checked": {"SM-2-065", "SM-2-066", "SM-11-061", "SM-11-062", "SM-11-064"},
    "smallest_exposure_first": {"LQ-2-020", "LQ-2-021"},
    "stopped_by_own_bid": {"LQ-4-063"},
    "system_spared": {"LQ-9-042", "LQ-9-044"},
    "takeover_at_the_mark": {"LQ-6-001", "LQ-6-002"},
    "throttle_ignored": {"MM-12-022", "MM-13-015", "MM-9-005"},
    "trading_fee_to_nobody": {"PP-4-040", "PP-4-042"},
    "unsafe_provider_takes": {"LQ-6-030", "LQ-6-034"},
    "unpriced_by_haircut": {"LQ-1-101"},
    "unsettled_left_out": {"PF-12-001", "PF-12-112"},
    "virtual_kept_when_automatic": {"ST-4-141", "ST-4-142"},
    "virtual_kept_when_flat": {"ST-4-061", "ST-4-066"},
    "virtual_lend_skipped": {"ST-4-028", "ST-4-029"},
    "virtual_shares_left": {"LQ-3-060", "LQ-3-064"},
    "winners_before_insurance": {"LQ-7-006", "LQ-7-008"},
    "winners_pay_for_haircuts": {"LQ-7-015", "LQ-7-016"},
    "winners_in_full": {"ST-3-410", "ST-3-305"},
    "zero_price_is_the_mark": {"LQ-4-001", "LQ-4-002"},
    "zero_price_to_winner": {"LQ-7-007", "LQ-7-020"},
}
"""Vectors that catch each fault, among others."""


def test_faults__each_has_vectors_named() -> None:
    assert CAUGHT_BY.keys() == FAULTS.keys()
    assert all(CAUGHT_BY.values())


def test_faults__each_replaces_what_is_there() -> None:
    replaced = [(module, name) for fault in FAULTS.values() for module, name, _ in fault]
    assert [
        f"{module.__name__}.{name}" for module, name in replaced if not hasattr(module, name)
    ] == []


@pytest.mark.no_cover
def test_wrong_engines__each_caught_by_all_its_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    assert divergent(monkeypatch, CAUGHT_BY) == CAUGHT_BY


@pytest.mark.no_cover
def test_engine_without_fault__passes_these_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    every = set().union(*CAUGHT_BY.values())
    assert divergent(monkeypatch, {"": every}) == {"": set()}


def divergent(
    monkeypatch: pytest.MonkeyPatch, asked: Mapping[str, set[str]]
) -> dict[str, set[str]]:
    """Return, of the vectors asked of each fault, the ids of those that are not passed with it.

    One engine runs them all: a reset names the fault that it is to have from there on.
    """
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    suite, setups, vectors = shipped_suite(), dict[str, Setup](), list[Vector]()
    for fault, names in asked.items():
        for vector in (suite.vectors[name] for name in sorted(names)):
            key, setup = f"{fault} {vector.setup}", suite.setups[vector.setup]
            setups[key] = replace(setup, id=key, system={**setup.system, "fault": fault})
            vectors.append(replace(vector, setup=key))
    named = Suite(setups, suite.vectors)
    campaign = conduct(named, vectors, Campaign(ENGINE, "full", len(vectors)), timeout=250.0)
    assert campaign.failure is None
    found: dict[str, set[str]] = {fault: set() for fault in asked}
    for result in campaign.results:
        if result.outcome is not Outcome.PASSED:
            found[result.vector.setup.partition(" ")[0]].add(result.vector.id)
    return found
