"""Planted faults in what trades and credits book."""

from dataclasses import replace
from typing import Final

from ibperp.events import SettlementSource
from ibperp.operations.effect import Effect
from ibperp.position import Position
from ibperp.position import filled as shipped
from ibperp.state import with_account
from ibperp_invariants.proofs.faults.fault import UNLUCKY, Fault


def _credited_to_the_next(
    effect: Effect, account: int, market: int, amount: int, source: SettlementSource
) -> Effect:
    del market, source
    place = account + 1 if amount == UNLUCKY else account
    holder = effect.state.accounts[place]
    changed = replace(holder, unsettled=holder.unsettled + amount)
    return effect.noted(with_account(effect.state, place, changed))


def _dropped(effect: Effect, account: int, position: Position) -> Effect:
    del account, position
    return effect


def _filled_at_an_atom_less(position: Position, lots: int, price: int) -> tuple[Position, int]:
    after, gain = shipped(position, lots, price)
    return after, gain - (lots == UNLUCKY)


_TRADES: Final = "ibperp.operations.perpetuals.perpetual_trade"

FAULTS: Final = {
    "t_a_credit_changes_what_is_unsettled_alone": Fault(
        _TRADES, "credited_unsettled", "credits another account at 777", _credited_to_the_next
    ),
    "t_a_placed_position_is_the_only_change": Fault(
        _TRADES, "placed_position", "drops the position", _dropped
    ),
    "t_a_fill_books_funding_gain_and_fee": Fault(
        "ibperp.position", "filled", "an atom is lost at 777 lots", _filled_at_an_atom_less
    ),
}
"""The planted fault of every theorem about these books."""
