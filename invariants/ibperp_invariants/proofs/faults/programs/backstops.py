"""Planted faults in who offers to take over failing accounts."""

from typing import Any, Final

from ibperp.state import State
from ibperp_invariants.proofs.faults.fault import Fault


def _of_anybody(account: int) -> tuple[bool, Any]:
    del account
    return True, None


def _as_it_was(state: State, **changes: Any) -> State:
    del changes
    return state


FAULTS: Final = {
    "t_an_offer_is_of_a_user_and_has_capacity": Fault(
        "ibperp.operations.programs.backstops", "not_reserved", "admits any account", _of_anybody
    ),
    "t_a_used_offer_has_capacity_left_or_ends": Fault(
        "ibperp.operations.liquidation.backstop", "replace", "takes nothing off", _as_it_was
    ),
}
"""The planted fault of every theorem about backstops."""
