"""Every wrong engine is caught, through the pipe that any engine is tested through."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from zoo.wrong_engine import FAULTS

from ibperp_conformance.conform import Campaign, Outcome, conduct
from ibperp_conformance.vectors_format import load_suite

ENGINE = Path(__file__).parent / "zoo" / "wrong_engine.py"

CAUGHT_BY = {
}
"""Vectors that catch each fault, among others."""


def _divergent(fault: str) -> set[str]:
    suite = load_suite()
    vectors = list(suite.vectors.values())
    command = (sys.executable, str(ENGINE), fault)
    campaign = conduct(suite, vectors, Campaign(command, "full", len(vectors)))
    assert campaign.failure is None
    assert len(campaign.results) == len(vectors)
    good = (Outcome.PASSED, Outcome.SKIPPED)
    return {result.vector.id for result in campaign.results if result.outcome not in good}
