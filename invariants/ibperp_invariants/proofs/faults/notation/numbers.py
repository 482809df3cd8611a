"""Planted faults in the rounding primitives."""

from collections.abc import Callable
from typing import Any, Final

from ibperp.numbers import INT128_MAX
from ibperp_invariants.proofs.faults.fault import Fault


def _div_rounded_up(numerator: int, divisor: int) -> int:
    return -(-numerator // divisor)


def _div_rounded_down(numerator: int, divisor: int) -> int:
    return numerator // divisor


def _div_plus_one(numerator: int, divisor: int) -> int:
    return numerator // divisor + 1


def _div_of_magnitude(numerator: int, divisor: int) -> int:
    return abs(numerator) // divisor


def _remainder_signed(numerator: int, divisor: int) -> int:
    return numerator - divisor * -(-numerator // divisor)


def _in_range_of_twos_complement(value: int) -> bool:
    return -INT128_MAX - 1 <= value <= INT128_MAX + 1


def _fault(name: str, defect: str, function: Callable[..., Any]) -> Fault:
    return Fault("ibperp.numbers", name, defect, function)


FAULTS: Final = {
    "t_div_down_is_the_floor": _fault("div_down", "rounded up", _div_rounded_up),
    "t_div_up_is_the_ceiling": _fault("div_up", "rounded down", _div_rounded_down),
    "t_remainder_is_what_the_quotient_leaves": _fault("remainder", "below zero", _remainder_signed),
    "t_mul_div_directions_differ_by_at_most_one": _fault(
        "div_up", "one more even where nothing is left", _div_plus_one
    ),
    "t_mul_div_down_is_the_floor_of_the_exact_product": _fault(
        "div_down", "rounded up", _div_rounded_up
    ),
    "t_div_down_is_monotone": _fault(
        "div_down", "sign of the numerator dropped", _div_of_magnitude
    ),
    "t_in_range_is_symmetric": _fault(
        "in_range", "one value too many on either side", _in_range_of_twos_complement
    ),
}
"""The planted fault of every theorem about this kernel."""
