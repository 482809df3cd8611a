"""Planted faults by which a stage of a liquidation would take more steps than LQ-10 counts."""

from typing import Any, Final

from ibperp.operations.effect import Effect
from ibperp.operations.spot_margin import resting
from ibperp.state import State
from ibperp_invariants.proofs.faults.fault import Fault

_LIQUIDATION: Final = "ibperp.operations.liquidation"
_shrunk = resting.shrunk_order


def _shrinks_by_one(state: State, index: int, lots: int) -> State:
    return _shrunk(state, index, min(lots, 1))


def _passes_nothing(effect: Effect, amount: int, giver: int, taker: int) -> Effect:
    del amount, giver, taker
    return effect


def _one(amount: int, times: int, divisor: int) -> int:
    return min(amount * times, divisor) and 1


def _never(state: State, request: Any) -> bool:
    del state, request
    return False


FAULTS: Final = {
    "t_an_order_of_the_system_is_filled_or_uses_up_another": Fault(
        "ibperp.operations.spot_margin.matching", "shrunk_order", "takes a lot", _shrinks_by_one
    ),
    "t_a_resolution_with_recourse_spends_its_limit": Fault(
        f"{_LIQUIDATION}.bankruptcy", "unsettled_moved", "passes no debt", _passes_nothing
    ),
    "t_a_provider_takes_all_or_keeps_less_than_a_lot": Fault(
        f"{_LIQUIDATION}.backstop", "mul_div_down", "takes one lot", _one
    ),
    "t_the_insurance_takes_at_once_all_that_can_be_paid_for": Fault(
        f"{_LIQUIDATION}.deleveraging", "mul_div_down", "takes one atom", _one
    ),
    "t_lenders_close_at_once_all_that_can_be_paid_for": Fault(
        f"{_LIQUIDATION}.deleveraging", "mul_div_down", "closes one atom", _one
    ),
    "t_a_request_for_quotes_is_one_at_a_time": Fault(
        f"{_LIQUIDATION}.book", "is_open", "finds no request", _never
    ),
}
"""The planted fault of every theorem about numbers of steps."""
