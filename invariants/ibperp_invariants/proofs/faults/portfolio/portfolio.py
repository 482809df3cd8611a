"""Planted faults where portfolios and orders are valued."""

from typing import Final

from ibperp import open_orders, valuation
from ibperp import portfolio as kernel
from ibperp.numbers import RATIO, mul_div_down, mul_div_up
from ibperp.orders import Side
from ibperp.pool import debt
from ibperp.state import Account, Order, State, at
from ibperp_invariants.proofs.faults.fault import UNLUCKY, Fault
from ibperp_invariants.proofs.states import spot_of


def _owed_nothing_when_unlucky(amount: int, price: int, lot_atoms: int) -> int:
    return mul_div_up(amount, price, lot_atoms) * (amount != UNLUCKY)


def _held_without_lend(_state: State, account: Account, asset: int) -> int:
    return at(account.free, asset)


def _owed_one_more(state: State, account: Account, asset: int) -> int:
    return debt(state.assets[asset].pool, max(-at(account.shares, asset), 0)) + 1


def _closed_above(notional: int, maintenance: int, divisor: int, offset: int) -> int:
    by_offset = maintenance + mul_div_down(notional, offset, RATIO)
    return max(mul_div_up(maintenance, RATIO, divisor), by_offset)


def _loss_signed(delivered: int, received: int) -> int:
    return delivered - received


def _loss_forgotten(_delivered: int, _received: int) -> int:
    return 0


def _proceeds_with_rebate(state: State, order: Order) -> int:
    parameters = spot_of(state).parameters
    if order.side is Side.BID:
        return order.lots * parameters.lot_atoms
    paid = order.lots * order.price
    return paid - mul_div_up(paid, parameters.maker_fee, RATIO)


def _div_rounded_up(numerator: int, divisor: int) -> int:
    return -(-numerator // divisor)


_PORTFOLIO: Final = kernel.__name__
_OPEN_ORDERS: Final = open_orders.__name__
_VALUATION: Final = valuation.__name__

FAULTS: Final = {
    "t_exposure_is_never_below_the_debt": Fault(
        _VALUATION, "owed_value", "nothing at 777", _owed_nothing_when_unlucky
    ),
    "t_reserved_beyond_what_is_held_is_exposed": Fault(
        _PORTFOLIO, "held_atoms", "lend forgotten", _held_without_lend
    ),
    "t_requirements_are_ordered": Fault(
        _PORTFOLIO, "auto_close_requirement", "offset added", _closed_above
    ),
    "t_leverage_limit_bounds_the_exposure": Fault(
        _PORTFOLIO, "mul_div_up", "rounded down", mul_div_down
    ),
    "t_nothing_owed_has_no_requirement": Fault(
        _PORTFOLIO, "owed_atoms", "one atom too many", _owed_one_more
    ),
    "t_borrowing_never_raises_equity": Fault(
        _VALUATION, "owed_value", "nothing at 777", _owed_nothing_when_unlucky
    ),
    "t_order_loss_is_within_what_is_reserved": Fault(
        _OPEN_ORDERS, "order_loss", "below zero", _loss_signed
    ),
    "t_filling_an_order_takes_at_most_its_loss": Fault(
        _OPEN_ORDERS, "order_loss", "always zero", _loss_forgotten
    ),
    "t_maker_proceeds_are_within_the_price": Fault(
        _OPEN_ORDERS, "proceeds", "rebate counted on", _proceeds_with_rebate
    ),
    "t_conversion_is_never_overstated": Fault(
        "ibperp.operations.spot_margin.checks", "div_down", "rounded up", _div_rounded_up
    ),
    "t_reducible_lots_never_pass_zero": Fault(
        "ibperp.operations.spot_margin.resting", "div_down", "rounded up", _div_rounded_up
    ),
}
"""The planted fault of every theorem about portfolios."""
