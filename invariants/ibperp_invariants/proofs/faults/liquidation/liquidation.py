"""Planted faults in zero prices, steps and fees of a liquidation."""

from typing import Final

from ibperp import liquidation as kernel
from ibperp import risk
from ibperp.margin import Health
from ibperp.numbers import RATIO, mul_div_down, mul_div_up
from ibperp.operations.spot_margin import checks
from ibperp.orders import Side
from ibperp.state import State
from ibperp_invariants.proofs.faults.fault import UNLUCKY, Fault

_zero_price = kernel.zero_price
_step_size = kernel.step_size
_bounded_fee = kernel.bounded_fee


def _less_urgent_below_zero(of: Health) -> int:
    return mul_div_down(abs(of.equity), RATIO, max(of.maintenance, 1))


def _down_to_zero(price: int, equity: int, exposure: int, *, is_long: bool) -> int:
    share = mul_div_down(price, equity, exposure)
    return price - share if is_long else price + share


def _toward_zero(price: int, equity: int, exposure: int, *, is_long: bool) -> int:
    share = (mul_div_down if equity >= 0 else mul_div_up)(price, equity, exposure)
    return max(price - share if is_long else price + share, 1)


def _debts_forgiven(price: int, equity: int, exposure: int, *, is_long: bool) -> int:
    return _zero_price(price, max(equity, 0), exposure, is_long=is_long)


def _always_sold(price: int, equity: int, exposure: int, *, is_long: bool) -> int:
    del is_long
    return _zero_price(price, equity, exposure, is_long=True)


def _nothing_when_unlucky(price: int, equity: int, exposure: int, *, is_long: bool) -> int:
    return _zero_price(price, equity * (equity != UNLUCKY), exposure, is_long=is_long)


def _of_half_the_equity(price: int, equity: int, exposure: int, *, is_long: bool) -> int:
    return _zero_price(price, equity, 2 * exposure, is_long=is_long)


def _minimum_of_less(size: int, fraction: int, minimum: int) -> int:
    return max(mul_div_up(size, fraction, RATIO), minimum)


def _dust_left(size: int, fraction: int, minimum: int) -> int:
    return min(max(mul_div_up(size, fraction, RATIO), minimum), size)


def _all_of_it(size: int, _fraction: int, _minimum: int) -> int:
    return size


def _least_when_unlucky(size: int, fraction: int, minimum: int) -> int:
    return _step_size(size, fraction * (fraction != UNLUCKY), minimum)


def _without_the_fee(state: State, of: Health, place: int, side: Side) -> int:
    mark = checks.mark_price(state, state.markets[place]) or 0
    return _zero_price(mark, of.equity, of.exposure, is_long=side is Side.ASK)


def _at_the_mark(state: State, _of: Health, place: int, _side: Side) -> int:
    return checks.mark_price(state, state.markets[place]) or 0


def _an_atom_more(value: int, multiplier: int, divisor: int) -> int:
    return mul_div_up(value, multiplier, divisor) + 1


def _fee_beyond_equity(value: int, ratio: int, _equity: int) -> int:
    return mul_div_up(value, ratio, RATIO)


def _none_when_unlucky(value: int, ratio: int, equity: int) -> int:
    return _bounded_fee(value * (value != UNLUCKY), ratio, equity)


_KERNEL: Final = kernel.__name__
_ORDERS: Final = checks.__name__

FAULTS: Final = {
    "t_less_equity_is_never_less_urgent": Fault(
        risk.__name__, "urgency", "the sign of the equity lost", _less_urgent_below_zero
    ),
    "t_zero_price_is_a_price": Fault(_KERNEL, "zero_price", "down to zero", _down_to_zero),
    "t_zero_price_costs_the_share_of_the_equity": Fault(
        _KERNEL, "mul_div_down", "rounded up", mul_div_up
    ),
    "t_zero_price_never_costs_more_than_the_share": Fault(
        _KERNEL, "zero_price", "rounded toward zero", _toward_zero
    ),
    "t_zero_price_without_equity_is_paid_by_the_other_side": Fault(
        _KERNEL, "zero_price", "equity below zero taken for none", _debts_forgiven
    ),
    "t_zero_price_of_equity_like_the_exposure": Fault(
        _KERNEL, "zero_price", "shorts closed like longs", _always_sold
    ),
    "t_more_equity_never_nears_the_zero_price": Fault(
        _KERNEL, "zero_price", "no share of an equity of 777", _nothing_when_unlucky
    ),
    "t_closing_at_the_zero_price_keeps_equity_per_exposure": Fault(
        _KERNEL, "mul_div_down", "rounded up", mul_div_up
    ),
    "t_closing_all_at_zero_prices_uses_up_the_equity": Fault(
        _KERNEL, "zero_price", "half of the share", _of_half_the_equity
    ),
    "t_step_is_within_the_size": Fault(
        _KERNEL, "step_size", "a minimum of less than one", _minimum_of_less
    ),
    "t_step_leaves_no_dust": Fault(_KERNEL, "step_size", "dust left", _dust_left),
    "t_step_takes_its_fraction_or_more": Fault(_KERNEL, "mul_div_up", "rounded down", mul_div_down),
    "t_step_takes_no_more_than_no_dust_asks": Fault(
        _KERNEL, "step_size", "all of it at once", _all_of_it
    ),
    "t_larger_fraction_never_takes_less": Fault(
        _KERNEL, "step_size", "the least of a fraction of 777", _least_when_unlucky
    ),
    "t_system_sells_at_the_zero_price_or_above": Fault(
        _ORDERS, "limit_price", "without the fee", _without_the_fee
    ),
    "t_system_asks_no_more_than_the_zero_price": Fault(
        _ORDERS, "limit_price", "at the mark", _at_the_mark
    ),
    "t_system_buys_at_the_zero_price_or_below": Fault(
        _ORDERS, "limit_price", "at the mark", _at_the_mark
    ),
    "t_liquidation_fee_is_within_its_ratio": Fault(
        _KERNEL, "mul_div_up", "an atom more", _an_atom_more
    ),
    "t_liquidation_fee_never_makes_a_bankrupt": Fault(
        _KERNEL, "bounded_fee", "the equity not looked at", _fee_beyond_equity
    ),
    "t_liquidation_fee_is_not_waived": Fault(_KERNEL, "mul_div_up", "rounded down", mul_div_down),
    "t_larger_value_never_has_a_smaller_fee": Fault(
        _KERNEL, "bounded_fee", "no fee at 777", _none_when_unlucky
    ),
}
"""The planted fault of every theorem about prices, steps and fees of a liquidation."""
