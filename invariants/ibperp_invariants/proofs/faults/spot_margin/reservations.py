"""Planted faults in what orders and their accounts reserve."""

from typing import Any, Final

from ibperp.orders import Side
from ibperp.records import replace
from ibperp.state import Order, State
from ibperp_invariants.proofs.faults.fault import Fault

_RESTING: Final = "ibperp.operations.spot_margin.resting"


def _a_lot_too_few(state: State, order: Order) -> int:
    lots, each = order.lots - 1, 3 if order.side is Side.ASK else order.price
    return lots * each + len(state.assets) - 2


def _as_before(reserved: int, lots: int, filled: int) -> int:
    del lots, filled
    return reserved


def _kept_by_its_account(
    state: State, account: int, asset: int, change: int, **listed: Any
) -> State:
    del asset, change, listed
    holder = state.accounts[account]
    return replace(state, accounts=state.accounts.set(account, replace(holder, orders=())))


def _always_new(state: State, index: int, order: Order) -> State:
    del index
    return replace(state, orders=state.orders.append(order))


FAULTS: Final = {
    "t_an_order_of_a_perpetual_reserves_nothing": Fault(
        _RESTING, "needed_atoms", "reserves as in a spot market", _a_lot_too_few
    ),
    "t_a_resting_order_is_reserved_by_its_account": Fault(
        _RESTING, "needed_atoms", "reserves a lot too few", _a_lot_too_few
    ),
    "t_a_filled_order_frees_what_it_no_longer_reserves": Fault(
        _RESTING, "_reserved", "leaves the balance reserved", _kept_by_its_account
    ),
    "t_a_lot_reserves_the_same_however_many_are_filled": Fault(
        "ibperp.book", "reserved_after", "frees nothing", _as_before
    ),
    "t_a_released_order_reserves_nothing": Fault(
        _RESTING, "_reserved", "leaves the balance reserved", _kept_by_its_account
    ),
    "t_an_order_takes_the_next_number_or_keeps_its_own": Fault(
        _RESTING, "with_order", "numbers every order anew", _always_new
    ),
}
"""The planted fault of every theorem about reservations."""
