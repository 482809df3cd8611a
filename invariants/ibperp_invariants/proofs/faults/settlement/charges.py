"""Planted faults that charge an account in a settlement for what is not its own."""

from typing import Any, Final

from ibperp.events import Unsettled
from ibperp.unpaid import Unpaid
from ibperp_invariants.proofs.faults.fault import Fault

_SETTLEMENT: Final = "ibperp.operations.settlement"


def _of_another(account: int, market: int | None, amount: int, source: Any) -> Unsettled:
    del market
    return Unsettled(account, 0, amount, source)


def _on_claims_too(unpaid: Unpaid, unsettled: int) -> int:
    return max(abs(unpaid.amount), -unsettled)


FAULTS: Final = {
    "t_a_settlement_charges_for_the_own_position": Fault(
        f"{_SETTLEMENT}.clearing", "Unsettled", "names the first market", _of_another
    ),
    "t_interest_is_charged_to_who_owed_the_fund": Fault(
        f"{_SETTLEMENT}.unpaid", "bearing", "bears on claims too", _on_claims_too
    ),
}
"""The planted fault of every theorem about what a settlement charges."""
