"""Cases of the system parameters (GV-1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import AdvanceTime, Borrow, Repay, SetSystemParameters
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp.parameters import HaircutKind, HaircutParameters
from ibperp_authoring.cases.builder import Case, Group
from ibperp_authoring.cases.governance.steps import coin_with
from ibperp_authoring.cases.liquidation.setups import system_with
from ibperp_authoring.cases.setups import CONTINUOUS, HOUR, HOURLY, PERCENT, USD

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

_CHEAP: Final = HaircutParameters(HaircutKind.IDENTITY, 60 * PERCENT, RATIO, 0)

_INSIDE: Final[tuple[Case, ...]] = (
    Group("liquidation_borrowed", (system_with(ramp_interval=100),), clauses=("GV-2",)).accept(
        "GV-1-007",
        "an interval of 0 just before a change: the change is at once, a running ramp ends",
        coin_with(imf_base=20 * PERCENT),
        AdvanceTime(50),
        system_with(ramp_interval=0),
        coin_with(haircut=_CHEAP, imf_base=20 * PERCENT),
    ),
    Group(
        "settlement_hourly",
        (SetSystemParameters(replace(HOURLY, entry_fee=False)), AdvanceTime(900)),
        clauses=("MM-7",),
    ).trace(
        "GV-1-008",
        "a fee turned on inside an interval: a debt of before is paid for, one atom more is not",
        Borrow(5, "USDC", 100 * USD),
        SetSystemParameters(HOURLY),
        Repay(5, "USDC", 40 * USD),
        Borrow(5, "USDC", 40 * USD),
        Borrow(5, "USDC", 100 * USD),
        AdvanceTime(HOUR),
    ),
)


CASES: Final[tuple[Case, ...]] = (*_SYSTEM, *_INSIDE)
