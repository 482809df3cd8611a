"""Planted faults in what a settlement takes and pays."""

from collections.abc import Sequence
from typing import Final

from ibperp.events import SettlementSource
from ibperp.operations.settlement.clearing import Clearing, Sheet
from ibperp.position import Position
from ibperp.sharing import parts as shipped
from ibperp_invariants.proofs.faults.fault import UNLUCKY, Fault

_SETTLE: Final = "ibperp.operations.settlement.settle"
_CLEARING: Final = "ibperp.operations.settlement.clearing.Clearing"
_UNPAID: Final = "ibperp.operations.settlement.unpaid"
_PAY_IN: Final = Clearing.pay_in


def _forgotten_at_a_size(position: Position, index: int) -> int:
    return position.lots * (index - position.funding_index) * (position.lots != UNLUCKY)


def _an_atom_is_left(_: Clearing, sheet: Sheet, amount: int) -> None:
    sheet.unsettled -= amount + (amount == -UNLUCKY)


def _an_atom_is_not_shared(available: int, amounts: Sequence[int]) -> list[int]:
    return shipped(available - (available == UNLUCKY), amounts)


def _an_atom_is_lost(clearing: Clearing, sheet: Sheet, due: int, *, may_borrow: bool) -> int:
    paid = _PAY_IN(clearing, sheet, due, may_borrow=may_borrow)
    return paid - (paid == UNLUCKY)


def _charged_but_not_earned(available: int, amounts: Sequence[int]) -> list[int]:
    del available
    return [0] * len(amounts)


def _an_atom_more(clearing: Clearing, sheet: Sheet, due: int, *, may_borrow: bool) -> int:
    return _PAY_IN(clearing, sheet, due, may_borrow=may_borrow) + 1


def _as_it_was(_: Clearing, sheet: Sheet, market: int, gain: int, source: SettlementSource) -> int:
    del sheet, market, source
    return -gain


FAULTS: Final = {
    "t_own_losses_pay_own_gains_first": Fault(
        _CLEARING, "offset", "takes a loss off twice", _as_it_was
    ),
    "t_collecting_never_leaves_the_fund_short": Fault(
        _CLEARING, "pay_in", "tells an atom more", _an_atom_more
    ),
    "t_marking_turns_gains_into_claims": Fault(
        _SETTLE, "funding_due", "funding is forgotten at 777 lots", _forgotten_at_a_size
    ),
    "t_collecting_takes_what_is_owed_into_the_fund": Fault(
        _CLEARING, "settle", "an atom of 777 stays owed", _an_atom_is_left
    ),
    "t_distributing_pays_what_is_there": Fault(
        _SETTLE, "parts", "an atom of 777 is not shared", _an_atom_is_not_shared
    ),
    "t_interest_on_what_is_unpaid_passes_between_accounts": Fault(
        _UNPAID, "_shared", "nobody earns it", _charged_but_not_earned
    ),
    "t_culling_pays_in_what_it_gives": Fault(
        _CLEARING, "pay_in", "an atom of 777 is lost", _an_atom_is_lost
    ),
}
"""The planted fault of every theorem about flows."""
