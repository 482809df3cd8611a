"""Planted faults in postings."""

from collections.abc import Callable
from typing import Any, Final

from ibperp.events import LedgerKind
from ibperp_invariants.proofs.faults.fault import UNLUCKY, Fault


def _debited_off_by_one(balance: int, amount: int, *, is_held: bool) -> int:
    moved = amount - (amount == UNLUCKY)
    return balance + moved if is_held else balance - moved


def _debited_one_way(balance: int, amount: int, *, is_held: bool) -> int:
    del is_held
    return balance + amount


def _credited_one_way(balance: int, amount: int, *, is_held: bool) -> int:
    del is_held
    return balance - amount


def _held_without_in_transit(kind: LedgerKind) -> bool:
    return kind is LedgerKind.CUSTODY


def _fault(name: str, defect: str, function: Callable[..., Any]) -> Fault:
    return Fault("ibperp.posting", name, defect, function)


FAULTS: Final = {
    "t_debit_and_credit_cancel": _fault("debited", "off by one at 777", _debited_off_by_one),
    "t_credit_undoes_debit": _fault("credited", "the same for held and owed", _credited_one_way),
    "t_debit_moves_towards_the_holder": _fault(
        "debited", "the same for held and owed", _debited_one_way
    ),
    "t_post_conserves": _fault("is_held", "in transit taken for owed", _held_without_in_transit),
}
"""The planted fault of every theorem about this kernel."""
