"""Planted faults in what moves lots, open interest and claims on the fund."""

from typing import Final

from ibperp.operations.effect import Effect
from ibperp.position import Position
from ibperp.position import filled as shipped
from ibperp_invariants.proofs.faults.fault import UNLUCKY, Fault


def _filled_at_an_atom_less(position: Position, lots: int, price: int) -> tuple[Position, int]:
    after, gain = shipped(position, lots, price)
    return after, gain - (lots == UNLUCKY)


def _filled_with_a_lot_more(position: Position, lots: int, price: int) -> tuple[Position, int]:
    return shipped(position, lots + (lots == UNLUCKY), price)


def _left_as_it_was(effect: Effect, *_: object) -> Effect:
    return effect


_LOT: Final = "takes a lot more at 777"
_ATOM: Final = "an atom is lost at 777 lots"

FAULTS: Final = {
    "t_a_fill_of_any_sign_moves_its_price": Fault(
        "ibperp.position", "filled", _ATOM, _filled_at_an_atom_less
    ),
    "t_a_trade_keeps_lots_and_open_interest": Fault(
        "ibperp.position", "filled", _LOT, _filled_with_a_lot_more
    ),
    "t_a_trade_moves_no_worth_in_sum": Fault(
        "ibperp.position", "filled", _ATOM, _filled_at_an_atom_less
    ),
    "t_a_handover_keeps_lots_and_open_interest": Fault(
        "ibperp.position", "filled", _LOT, _filled_with_a_lot_more
    ),
    "t_a_handover_moves_no_worth_in_sum": Fault(
        "ibperp.position", "filled", _ATOM, _filled_at_an_atom_less
    ),
    "t_a_closed_market_has_no_lots_and_keeps_worth": Fault(
        "ibperp.operations.perpetuals.markets", "filled", _ATOM, _filled_at_an_atom_less
    ),
    "t_a_borne_loss_lowers_worth_by_its_part": Fault(
        "ibperp.operations.liquidation.bankruptcy",
        "placed_position",
        "leaves the position as it was",
        _left_as_it_was,
    ),
}
"""The planted fault of every theorem about the fund."""
