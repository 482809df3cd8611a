"""Every wrong engine is caught, through the pipe that any engine is tested through."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import pytest

from ibperp_conformance.conform import Campaign, Outcome, conduct
from ibperp_conformance.vectors_format import load_suite
from zoo.wrong_engine import FAULTS

ENGINE: Final = Path(__file__).parent / "zoo" / "wrong_engine.py"

CAUGHT_BY: Final = {
    "cap_on_decrease": {"MM-8-005", "MM-8-007"},
    "carry_dropped": {"MM-6-011", "MM-6-013"},
    "check_before_write": {"CU-10-033", "CU-5-048", "MM-17-002"},
    "debt_rounded_down": {"MM-14-021"},
    "fee_to_nobody": {"CU-6-001", "CU-1-001"},
    "lower_precedence_code": {"CU-4-040", "CU-4-041", "CU-2-005"},
    "redeem_dust_left": {"MM-12-019", "MM-2-012"},
    "redemption_rounded_down": {"CU-5-049", "MM-12-016", "MM-2-007"},
    "rejection_changes_state": {"CU-4-003", "CU-4-021"},
    "repay_dust_left": {"MM-14-021"},
    "replayed_deposit_taken": {"CU-4-021", "CU-4-024"},
    "reserve_forgotten": {"MM-1-001", "MM-12-020"},
    "residue_to_lenders": {"MM-14-016", "MM-2-006"},
    "root_rounded_down": {"MM-17-011"},
    "rounding_turned": {"MM-11-017", "CU-4-058", "MM-2-009"},
    "second_slope_ignored": {"MM-4-003", "MM-4-005"},
    "throttle_ignored": {"MM-12-022", "MM-13-015", "MM-9-005"},
}
"""Vectors that catch each fault, among others."""


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_wrong_engine__caught_by_named_vectors(fault: str) -> None:
    assert CAUGHT_BY[fault] <= divergent(fault)


def test_engine_without_fault__conforms() -> None:
    assert divergent("none") == set()


def divergent(fault: str) -> set[str]:
    """Return the ids of the vectors that a wrong engine does not pass."""
    suite = load_suite()
    vectors = list(suite.vectors.values())
    command = (sys.executable, str(ENGINE), fault)
    campaign = conduct(suite, vectors, Campaign(command, "full", len(vectors)))
    assert campaign.failure is None
    assert len(campaign.results) == len(vectors)
    return {result.vector.id for result in campaign.results if result.outcome != Outcome.PASSED}
