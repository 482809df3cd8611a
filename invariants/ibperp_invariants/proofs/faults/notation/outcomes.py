"""Planted faults in what every action has in common."""

from dataclasses import replace
from typing import Any, Final

from ibperp.operations.effect import rejection as shipped
from ibperp.ordered import Ordered
from ibperp.outcomes import Rejected
from ibperp.state import Account, State
from ibperp_invariants.proofs.faults.fault import Fault


def _named_by_the_last(*checks: Any) -> Rejected | None:
    refused = shipped(*checks)
    return refused and Rejected(refused.violated[-1], refused.violated)


def _refuses_nothing(*checks: Any) -> None:
    del checks


def _not_moved(among: Ordered, *_: object) -> Ordered:
    return among


def _never_settled(account: Account) -> bool:
    del account
    return False


def _resumed_without_grace(state: State, **changes: Any) -> State:
    changes.pop("liquidation_time", 0)
    return replace(state, **changes)


def _of_the_next_user(user: int) -> Account:
    return Account(user + 1)


_STATE: Final = "ibperp.state"
_EFFECT: Final = "ibperp.operations.effect"
_CLEARING: Final = "ibperp.operations.settlement.clearing"

FAULTS: Final = {
    "t_a_refusal_names_the_first_broken_rule": Fault(
        _EFFECT, "rejection", "names the last broken rule", _named_by_the_last
    ),
    "t_nothing_broken_is_no_refusal": Fault(
        _EFFECT, "rejection", "refuses nothing", _refuses_nothing
    ),
    "t_a_halt_refuses_what_it_does_not_admit": Fault(
        "ibperp.transition", "Rejected", "has no code", lambda *_: None
    ),
    "t_halt_and_resume_turn_the_halt": Fault(
        "ibperp.operations.governance.halts", "replace", "no grace", _resumed_without_grace
    ),
    "t_a_replaced_account_is_listed_where_it_belongs": Fault(
        _STATE, "moved", "leaves an account where it was", _not_moved
    ),
    "t_a_position_or_an_order_lists_its_account": Fault(
        _STATE, "moved", "leaves an account where it was", _not_moved
    ),
    "t_a_settlement_lists_its_accounts_where_they_belong": Fault(
        _CLEARING, "is_settled", "takes every account off the list", _never_settled
    ),
    "t_a_new_account_is_in_no_list": Fault(
        "ibperp.operations.custody.accounts", "Account", "of another user", _of_the_next_user
    ),
}
"""The planted fault of every theorem about outcomes."""
