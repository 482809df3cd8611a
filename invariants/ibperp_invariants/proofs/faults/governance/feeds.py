"""Planted faults in the levels of prices."""

from typing import Final

from ibperp import feeds as kernel
from ibperp.feeds import PriceLevel
from ibperp_invariants.proofs.faults.fault import UNLUCKY, Fault

_level_of = kernel.level_of


def _stale_when_unlucky(
    price: int, seconds: int, age: int, floor: int, *, is_limited: bool
) -> PriceLevel:
    return _level_of(price, seconds, age - age * (age == UNLUCKY), floor, is_limited=is_limited)


def _stale_for_a_second(
    price: int, seconds: int, age: int, floor: int, *, is_limited: bool
) -> PriceLevel:
    return _level_of(price, seconds * (seconds == age + 1), 0, floor, is_limited=is_limited)


def _floor_taken_for_a_price(
    price: int, seconds: int, age: int, floor: int, *, is_limited: bool
) -> PriceLevel:
    return _level_of(price, seconds, age, floor - 1, is_limited=is_limited)


def _stale_at_its_age(
    price: int, seconds: int, age: int, floor: int, *, is_limited: bool
) -> PriceLevel:
    return _level_of(price, seconds, age - 1, floor, is_limited=is_limited)


_KERNEL: Final = kernel.__name__

FAULTS: Final = {
    "t_stricter_class_admits_a_subset": Fault(
        _KERNEL, "level_of", "no age where 777 is admitted", _stale_when_unlucky
    ),
    "t_older_price_is_never_admitted_again": Fault(
        _KERNEL, "level_of", "stale for a second", _stale_for_a_second
    ),
    "t_admitted_price_is_known": Fault(
        _KERNEL, "level_of", "a price at its floor admitted", _floor_taken_for_a_price
    ),
    "t_known_price_is_valid_unless_it_is_cut": Fault(
        _KERNEL, "level_of", "stale at its age", _stale_at_its_age
    ),
}
"""The planted fault of every theorem about levels of prices."""
