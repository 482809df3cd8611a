"""Planted faults in what actions do to custody, pending and in transit."""

from typing import Final

from ibperp.events import LedgerAccount, Posting
from ibperp.posting import custody
from ibperp.posting import posted as shipped
from ibperp_invariants.proofs.faults.fault import UNLUCKY, Fault

_WITHDRAWALS: Final = "ibperp.operations.custody.withdrawals"
_REBALANCES: Final = "ibperp.operations.custody.rebalances"


def _on_the_other_chain(token: int) -> LedgerAccount:
    return custody(1 - token)


def _refuses_nothing(*checks: object) -> None:
    del checks


def _an_atom_less(balance: int, posting: Posting, *, is_debit: bool) -> int:
    after = shipped(balance, posting, is_debit=is_debit)
    return after - (after == UNLUCKY)


_CREDITED: Final = "an atom is lost at a balance of 777"

FAULTS: Final = {
    "t_a_deposit_moves_custody_by_its_amount": Fault(
        "ibperp.operations.custody.accounts",
        "custody",
        "credits another chain",
        _on_the_other_chain,
    ),
    "t_a_request_is_pending_and_covered": Fault(
        "ibperp.posting", "posted", _CREDITED, _an_atom_less
    ),
    "t_no_request_is_accepted_that_is_not_covered": Fault(
        _WITHDRAWALS, "rejection", "refuses nothing", _refuses_nothing
    ),
    "t_a_confirmed_withdrawal_leaves_custody": Fault(
        _WITHDRAWALS, "custody", "is paid from another chain", _on_the_other_chain
    ),
    "t_a_failed_withdrawal_leaves_custody_as_it_is": Fault(
        "ibperp.posting", "posted", _CREDITED, _an_atom_less
    ),
    "t_a_rebalance_starts_with_what_is_not_promised": Fault(
        _REBALANCES, "custody", "leaves another chain", _on_the_other_chain
    ),
    "t_no_rebalance_starts_with_what_is_promised": Fault(
        _REBALANCES, "rejection", "refuses nothing", _refuses_nothing
    ),
    "t_a_completed_rebalance_adds_what_arrived": Fault(
        _REBALANCES, "custody", "arrives on another chain", _on_the_other_chain
    ),
}
"""The planted fault of every theorem about requests."""
