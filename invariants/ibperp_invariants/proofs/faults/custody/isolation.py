"""Planted faults that reach for an account that an action does not name."""

from typing import Any, Final

from ibperp.operations.perpetuals import markets
from ibperp.operations.spot_margin import resting
from ibperp.position import Position
from ibperp.state import Account
from ibperp_invariants.proofs.faults.fault import Fault

_ended_order = resting.ended_order


def _checks_nothing(state: Any, account: int, order: int) -> None:
    del state, account, order


def _ends_the_next(effect: Any, index: int, reason: Any) -> Any:
    return _ended_order(effect, 1 - index, reason)


def _any_position(account: Account, market: int) -> Position:
    del market
    return account.positions[0] if account.positions else Position(0)


FAULTS: Final = {
    "t_nobody_cancels_an_order_of_another": Fault(
        "ibperp.operations.spot_margin.orders",
        "_open_order_rejection",
        "checks no owner",
        _checks_nothing,
    ),
    "t_all_orders_that_an_account_cancels_are_its_own": Fault(
        "ibperp.operations.spot_margin.orders", "ended_order", "ends the next", _ends_the_next
    ),
    "t_a_closing_market_leaves_who_has_no_position_in_it": Fault(
        markets.__name__, "position_of", "finds that of any market", _any_position
    ),
}
"""The planted fault of every theorem about accounts that stay as they were."""
