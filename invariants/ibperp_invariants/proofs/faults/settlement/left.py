"""Planted faults in what a settlement leaves unpaid."""

from typing import Final

from ibperp.operations.effect import Effect
from ibperp.position import Position
from ibperp.state import State
from ibperp_invariants.proofs.faults.fault import Fault


def _gains_alone(position: Position, mark: int) -> int:
    return max(position.lots * mark - position.cost, 0)


def _uncounted(before: State, effect: Effect) -> Effect:
    del before
    return effect


FAULTS: Final = {
    "t_what_is_left_is_what_claims_are_worth": Fault(
        "ibperp.operations.settlement.unpaid", "unrealized", "knows no loss", _gains_alone
    ),
    "t_time_counts_for_what_is_unpaid": Fault(
        "ibperp.operations.money_market.pools", "_counted", "counts nothing", _uncounted
    ),
}
"""The planted fault of every theorem about what is left unpaid."""
