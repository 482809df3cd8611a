"""Planted faults that put an account on a list on which it does not belong."""

from typing import Any, Final

from ibperp import ranking, risk
from ibperp.operations.liquidation import bankruptcy, deleveraging
from ibperp_invariants.proofs.faults.fault import Fault


def _of_all(state: Any) -> tuple[int, ...]:
    return tuple(account for (account,) in state.active)


def _of_some(state: Any, market: int, account: int, *, is_long: bool) -> tuple[int, int, int]:
    del state, market, is_long
    return 0, 0, account


def _has_a_claim(state: Any, account: int, asset: int) -> int:
    del state, account, asset
    return 1


def _has_won(state: Any, position: Any) -> int:
    del state, position
    return 1


def _is_in_trouble(health: Any) -> bool:
    del health
    return True


FAULTS: Final = {
    "t_who_owes_the_fund_is_listed_by_what_it_owes": Fault(
        risk.__name__,
        "owing_accounts",
        "lists all that are settled",
        _of_all,
    ),
    "t_who_is_due_is_liquidatable": Fault(
        risk.__name__, "is_liquidatable", "finds all of them due", _is_in_trouble
    ),
    "t_a_claimant_has_won": Fault(bankruptcy.__name__, "_gain", "lets all win", _has_won),
    "t_who_is_deleveraged_has_an_opposite_position": Fault(
        ranking.__name__, "_key", "ranks every account", _of_some
    ),
    "t_a_lender_has_a_lend": Fault(
        deleveraging.__name__, "claim_of", "finds a lend everywhere", _has_a_claim
    ),
}
"""The planted fault of every theorem about lists of accounts."""
