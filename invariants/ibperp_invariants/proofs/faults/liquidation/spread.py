"""Planted faults in who bears a loss, and who is deleveraged."""

from collections.abc import Sequence
from typing import Final

from ibperp.position import Position
from ibperp_invariants.proofs.faults.fault import UNLUCKY, Fault

_BANKRUPTCY: Final = "ibperp.operations.liquidation.bankruptcy"


def _from_the_first(available: int, amounts: Sequence[int]) -> list[int]:
    found = []
    for amount in amounts:
        part = min(amount, available)
        found.append(part)
        available -= part
    return found


def _of_gains_alone(position: Position, mark: int) -> int:
    return max(position.lots * mark - position.cost, 0) + 1


def _one_lot_more(account: object, market: int) -> Position:
    lots = next(iter(account.positions)).lots  # type: ignore[attr-defined]
    return Position(market, lots=lots + (1 if lots == UNLUCKY else 0))


FAULTS: Final = {
    "t_each_claim_bears_its_proportion_of_a_loss": Fault(
        _BANKRUPTCY, "parts", "takes all of the first claim first", _from_the_first
    ),
    "t_a_claim_is_what_was_won_in_all": Fault(
        _BANKRUPTCY, "unrealized", "counts an atom more", _of_gains_alone
    ),
    "t_a_deleveraging_takes_opposite_lots_alone": Fault(
        "ibperp.operations.liquidation.deleveraging",
        "position_of",
        "sees a lot more than there is",
        _one_lot_more,
    ),
}
"""The planted fault of every theorem about losses and deleveraging."""
