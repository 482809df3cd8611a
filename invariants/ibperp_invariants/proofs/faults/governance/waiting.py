"""Planted faults in what waits: the grace after a halt, and margins on a ramp."""

from typing import Any, Final

from ibperp.outcomes import Rejected
from ibperp.records import replace
from ibperp.state import Ramp, State
from ibperp_invariants.proofs.faults.fault import Fault

_RAMPS: Final = "ibperp.ramps"


def _nothing_refused(*checks: object) -> Rejected | None:
    del checks
    return None


def _without_a_grace(state: State, **changes: Any) -> State:
    return replace(state, **{**changes, "liquidation_time": state.time})


def _never_moved(limits: Any, margins: object) -> Any:
    del margins
    return limits


def _at_once(origin: Any, asked: Any, time: int, interval: int) -> tuple[Any, Ramp | None]:
    return asked, Ramp(origin, origin, time, time + interval)


def _whatever_is_asked(*arguments: object) -> tuple[()]:
    del arguments
    return ()


FAULTS: Final = {
    "t_nobody_is_liquidated_before_the_grace_is_over": Fault(
        "ibperp.operations.liquidation.bankruptcy",
        "rejection",
        "refuses nothing",
        _nothing_refused,
    ),
    "t_a_halt_ends_with_a_grace": Fault(
        "ibperp.operations.governance.halts", "replace", "has no grace", _without_a_grace
    ),
    "t_time_moves_an_asset_along_its_ramp": Fault(
        _RAMPS, "with_margins", "leaves the margins where they were", _never_moved
    ),
    "t_time_moves_a_perpetual_along_its_ramp": Fault(
        _RAMPS, "with_margins", "leaves the margins where they were", _never_moved
    ),
    "t_a_changed_asset_is_lawful_and_on_its_way": Fault(
        "ibperp.operations.governance.parameter_changes", "on_ramp", "jumps", _at_once
    ),
    "t_a_changed_perpetual_is_lawful_and_on_its_way": Fault(
        "ibperp.operations.perpetuals.markets", "on_ramp", "jumps", _at_once
    ),
    "t_terms_of_a_pool_leave_its_asset_alone": Fault(
        "ibperp.operations.money_market.pools",
        "pool_violations",
        "finds every pool lawful",
        _whatever_is_asked,
    ),
}
"""The planted fault of every theorem about what waits."""
