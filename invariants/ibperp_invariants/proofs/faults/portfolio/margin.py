"""Planted faults in the kernel of margin."""

from collections.abc import Callable
from typing import Any, Final

from ibperp import margin as kernel
from ibperp.margin import Health
from ibperp.numbers import RATIO, mul_div_down, mul_div_up
from ibperp.parameters import HaircutParameters
from ibperp_invariants.proofs.faults.fault import UNLUCKY, Fault


def _listed_rounded_up(haircut: HaircutParameters, amount: int, price: int, lot_atoms: int) -> int:
    return mul_div_up(amount * price, haircut.weight, lot_atoms * RATIO)


def _listed_less_its_amount(
    haircut: HaircutParameters, amount: int, price: int, lot_atoms: int
) -> int:
    return mul_div_down(price, haircut.weight, lot_atoms * RATIO) - amount


def _listed_nothing_at_an_unlucky_price(
    haircut: HaircutParameters, amount: int, price: int, lot_atoms: int
) -> int:
    unlucky = price == UNLUCKY
    return mul_div_down(amount * price, haircut.weight, lot_atoms * RATIO) * (not unlucky)


def _sized_by_base_alone(
    haircut: HaircutParameters, amount: int, price: int, lot_atoms: int, root: int
) -> int:
    divisor = lot_atoms * (RATIO * RATIO + root)
    return mul_div_down(amount * price, haircut.base * RATIO, divisor)


def _sized_with_reward(
    haircut: HaircutParameters, amount: int, price: int, lot_atoms: int, root: int
) -> int:
    weight = haircut.base * RATIO + root
    sized = mul_div_down(amount * price, weight, lot_atoms * RATIO * RATIO)
    return min(kernel.listed_value(haircut, amount, price, lot_atoms), sized)


def _owed_rounded_down(amount: int, price: int, lot_atoms: int) -> int:
    return mul_div_down(amount, price, lot_atoms)


def _required_rounded_down(notional: int, fraction: int) -> int:
    return mul_div_down(notional, fraction, RATIO)


def _required_one_more(notional: int, fraction: int) -> int:
    return mul_div_down(notional, fraction, RATIO) + 1


def _required_off_by_one(notional: int, fraction: int) -> int:
    return mul_div_up(notional, fraction, RATIO) + (notional == UNLUCKY)


def _closed_above(notional: int, maintenance: int, divisor: int, offset: int) -> int:
    by_offset = maintenance + mul_div_down(notional, offset, RATIO)
    return max(mul_div_up(maintenance, RATIO, divisor), by_offset)


def _closed_at_the_smaller(notional: int, maintenance: int, divisor: int, offset: int) -> int:
    by_offset = maintenance - mul_div_down(notional, offset, RATIO)
    return min(mul_div_up(maintenance, RATIO, divisor), by_offset)


def _price_limited_at_first(previous: int, asked: int, low: int, high: int) -> int:
    floor = max(mul_div_down(previous, low, RATIO), 1)
    return min(max(asked, floor), mul_div_up(previous, high, RATIO))


def _price_without_floor(previous: int, asked: int, _low: int, high: int) -> int:
    return min(asked, mul_div_up(previous, high, RATIO))


def _price_bounds_inward(previous: int, asked: int, low: int, high: int) -> int:
    floor = max(mul_div_up(previous, low, RATIO), 1)
    return min(max(asked, floor), mul_div_down(previous, high, RATIO))


def _price_one_more(previous: int, asked: int, low: int, high: int) -> int:
    return _price_limited_at_first(previous, asked, low, high) + 1


def _price_bounds_exchanged(previous: int, asked: int, low: int, high: int) -> int:
    floor = max(mul_div_down(previous, low, RATIO), 1)
    return max(min(asked, floor), mul_div_up(previous, high, RATIO))


def _price_free_when_unlucky(previous: int, asked: int, low: int, high: int) -> int:
    limited = _price_limited_at_first(previous, asked, low, high)
    return asked if asked == UNLUCKY else limited


def _loss_signed(delivered: int, received: int) -> int:
    return delivered - received


def _loss_off_by_one(delivered: int, received: int) -> int:
    return max(delivered - received, 0) - (delivered == UNLUCKY)


def _admissible_by_ratio_alone(before: Health, after: Health) -> bool:
    return kernel.is_no_riskier(before, after)


def _ratio_gain(before: Health, after: Health) -> int:
    counted_before, counted_after = kernel.counted_equity(before), kernel.counted_equity(after)
    return counted_after * before.maintenance - counted_before * after.maintenance


def _less_risky(before: Health, after: Health) -> bool:
    return after.maintenance <= before.maintenance and _ratio_gain(before, after) > 0


def _no_riskier_but_an_atom(before: Health, after: Health) -> bool:
    tolerated = _ratio_gain(before, after) >= -before.maintenance
    return after.maintenance <= before.maintenance and tolerated


def _no_riskier_by_counted_equity(before: Health, after: Health) -> bool:
    counted = kernel.counted_equity(before), kernel.counted_equity(after)
    required = before.maintenance, after.maintenance
    return required[1] <= required[0] and kernel.is_ratio_kept(*counted, *required)


def _no_riskier_by_share_alone(before: Health, after: Health) -> bool:
    kept = kernel.counted_equity(after) >= 0 and _ratio_gain(before, after) >= 0
    return after.maintenance <= before.maintenance and kept


def _no_riskier_by_ratio_alone(before: Health, after: Health) -> bool:
    return _ratio_gain(before, after) >= 0


def _no_riskier_by_maintenance_alone(before: Health, after: Health) -> bool:
    return after.maintenance <= before.maintenance


def _liquidatable_below_initial(health: Health) -> bool:
    return health.exposure > 0 and health.equity <= health.initial


def _liquidatable_without_exposure(health: Health) -> bool:
    return health.equity <= health.maintenance


def _fault(name: str, defect: str, function: Callable[..., Any]) -> Fault:
    return Fault("ibperp.margin", name, defect, function)


FAULTS: Final = {
    "t_listed_value_is_within_the_full_value": _fault(
        "listed_value", "rounded up", _listed_rounded_up
    ),
    "t_identity_counts_the_listed_value": _fault("listed_value", "rounded up", _listed_rounded_up),
    "t_more_atoms_never_count_less": _fault(
        "listed_value", "the amount deducted", _listed_less_its_amount
    ),
    "t_a_higher_price_never_counts_less": _fault(
        "listed_value", "nothing at a price of 777", _listed_nothing_at_an_unlucky_price
    ),
    "t_splitting_collateral_never_gains": _fault("listed_value", "rounded up", _listed_rounded_up),
    "t_penalty_for_size_never_gains": _fault(
        "sized_value", "listed weight forgotten", _sized_by_base_alone
    ),
    "t_larger_penalty_never_counts_more": _fault(
        "sized_value", "size rewarded", _sized_with_reward
    ),
    "t_owed_value_is_rounded_up_once": _fault("owed_value", "rounded down", _owed_rounded_down),
    "t_an_atom_owned_never_counts_more_than_owed": _fault(
        "sized_value", "listed weight forgotten", _sized_by_base_alone
    ),
    "t_splitting_a_debt_never_counts_less": _fault(
        "owed_value", "rounded down", _owed_rounded_down
    ),
    "t_required_is_at_least_the_base_share": _fault(
        "required", "rounded down", _required_rounded_down
    ),
    "t_required_is_within_the_notional": _fault(
        "required", "one more even where nothing is left", _required_one_more
    ),
    "t_larger_notional_never_requires_less": _fault(
        "required", "off by one at 777", _required_off_by_one
    ),
    "t_auto_close_is_within_maintenance": _fault(
        "auto_close_requirement", "offset added", _closed_above
    ),
    "t_auto_close_is_the_larger_of_two": _fault(
        "auto_close_requirement", "the smaller of the two", _closed_at_the_smaller
    ),
    "t_first_price_is_not_limited": _fault(
        "limited_price", "limited from zero", _price_limited_at_first
    ),
    "t_limited_price_is_within_its_bounds": _fault(
        "limited_price", "lower bound forgotten", _price_without_floor
    ),
    "t_price_within_the_bounds_is_not_moved": _fault(
        "limited_price", "one atom too high", _price_one_more
    ),
    "t_limited_price_asked_again_is_not_moved": _fault(
        "limited_price", "one atom too high", _price_one_more
    ),
    "t_limited_price_lies_between_previous_and_asked": _fault(
        "limited_price", "bounds exchanged", _price_bounds_exchanged
    ),
    "t_limited_price_is_never_stuck": _fault(
        "limited_price", "bounds rounded inward", _price_bounds_inward
    ),
    "t_higher_asked_never_gives_a_lower_price": _fault(
        "limited_price", "not limited at 777", _price_free_when_unlucky
    ),
    "t_order_loss_is_never_a_gain": _fault("order_loss", "below zero", _loss_signed),
    "t_orders_never_offset_each_other": _fault("order_loss", "off by one at 777", _loss_off_by_one),
    "t_meeting_the_initial_requirement_suffices": _fault(
        "is_admissible", "initial requirement not looked at", _admissible_by_ratio_alone
    ),
    "t_unchanged_health_is_admissible": _fault("is_no_riskier", "strictly less risky", _less_risky),
    "t_more_equity_is_admissible": _fault("is_no_riskier", "strictly less risky", _less_risky),
    "t_no_riskier_is_transitive": _fault(
        "is_no_riskier", "an atom less tolerated", _no_riskier_but_an_atom
    ),
    "t_reductions_below_zero_cost_at_most_a_tenth": _fault(
        "is_no_riskier", "ratio not looked at", _no_riskier_by_maintenance_alone
    ),
    "t_a_tenth_of_what_is_released_suffices": _fault(
        "is_no_riskier", "ratio alone", _no_riskier_by_share_alone
    ),
    "t_no_equity_leaves_a_bad_account": _fault(
        "is_no_riskier", "an atom less tolerated", _no_riskier_but_an_atom
    ),
    "t_more_maintenance_needs_the_initial_requirement": _fault(
        "is_no_riskier", "maintenance not looked at", _no_riskier_by_ratio_alone
    ),
    "t_admissible_stays_above_maintenance": _fault(
        "is_no_riskier", "whole equity not looked at", _no_riskier_by_counted_equity
    ),
    "t_nothing_owed_becomes_due_by_no_admissible_change": _fault(
        "is_no_riskier", "maintenance not looked at", _no_riskier_by_ratio_alone
    ),
    "t_liquidatable_is_below_the_initial_requirement": _fault(
        "is_liquidatable", "compared with initial", _liquidatable_below_initial
    ),
    "t_nothing_owed_is_never_liquidatable": _fault(
        "is_liquidatable", "exposure not looked at", _liquidatable_without_exposure
    ),
}
"""The planted fault of every theorem about this kernel."""
