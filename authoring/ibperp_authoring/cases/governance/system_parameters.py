"""Cases of the system parameters (GV-1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import SetSystemParameters
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group
from ibperp_authoring.cases.liquidation.setups import system_with
from ibperp_authoring.cases.setups import CONTINUOUS, USD

_PLAIN: Final = Group("liquidation")

_SYSTEM: Final[tuple[Case, ...]] = (
    _PLAIN.accept("GV-1-001", "a limit of the system changes at once", system_with(order_limit=3)),
    *_PLAIN.refusals(
        "GV-1-001",
        (
            "GV-1-002",
            "a law of the system parameters is broken",
            system_with(liquidation_fraction=0),
            R.PARAMETER_INVALID,
        ),
        (
            "GV-1-003",
            "the unit of all values stays",
            system_with(quote_unit=10 * USD),
            R.PARAMETER_INVALID,
        ),
        (
            "GV-1-004",
            "the settlement asset stays",
            system_with(settlement_asset="SOL"),
            R.PARAMETER_INVALID,
        ),
        (
            "GV-1-005",
            "the accrual interval stays: some have paid the running one",
            system_with(accrual_interval=CONTINUOUS.accrual_interval + 1),
            R.PARAMETER_INVALID,
        ),
    ),
    Group("genesis").accept(
        "GV-1-006",
        "before anything is listed the identity may still change",
        SetSystemParameters(replace(CONTINUOUS, quote_unit=10 * USD, settlement_asset="SOL")),
    ),
)


CASES: Final[tuple[Case, ...]] = (*_SYSTEM,)
