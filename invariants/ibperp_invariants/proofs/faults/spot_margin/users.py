"""Planted faults by which two accounts of one user trade."""

from typing import Final

from ibperp.state import Order, State
from ibperp_invariants.proofs.faults.fault import Fault


def _of_its_account(state: State, order: Order) -> int:
    del state
    return order.account


def _is_the_account(state: State, account: int, other: int) -> bool:
    del state
    return account == other


FAULTS: Final = {
    "t_orders_of_one_user_never_trade": Fault(
        "ibperp.operations.spot_margin.matching", "_user", "compares accounts", _of_its_account
    ),
    "t_no_quote_of_the_same_user_is_taken": Fault(
        "ibperp.operations.programs.quotes",
        "_are_of_one_user",
        "compares accounts",
        _is_the_account,
    ),
}
"""The planted fault of every theorem about users."""
