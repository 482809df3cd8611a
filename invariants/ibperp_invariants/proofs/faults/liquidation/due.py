"""Planted faults that leave an account that is due without a step."""

from typing import Any, Final

from ibperp import portfolio
from ibperp.operations.effect import Effect
from ibperp.portfolio import Line, Required, Valuation
from ibperp.records import replace
from ibperp_invariants.proofs.faults.fault import Fault

_LIQUIDATION: Final = "ibperp.operations.liquidation"
_line = portfolio._line  # noqa: SLF001


def _nothing_fails(account: Valuation) -> tuple[()]:
    del account
    return ()


def _ends_nothing(effect: Effect, account: int, *of: int) -> Any:
    del account
    return (effect, 0) if len(of) > 1 else effect


def _never_ends(state: Any, account: int) -> Effect:
    del account
    return Effect(state)


def _exposes_what_is_held(state: Any, account: Any, asset: int, settled: int | None) -> Line:
    found = _line(state, account, asset, settled)
    required = Required(found.held, found.held, found.held, found.held)
    return replace(found, exposed=found.held, required=required)


FAULTS: Final = {
    "t_a_position_of_a_due_account_has_a_step": Fault(
        f"{_LIQUIDATION}.ladder", "exposures_of", "finds no exposure", _nothing_fails
    ),
    "t_a_debt_of_a_due_account_is_resolved": Fault(
        f"{_LIQUIDATION}.bankruptcy", "_pool_debt_ended", "ends nothing", _ends_nothing
    ),
    "t_something_is_done_about_an_account_that_is_due": Fault(
        f"{_LIQUIDATION}.bankruptcy", "resolved_bankruptcy", "resolves nothing", _never_ends
    ),
    "t_who_owes_and_trades_nothing_is_not_due": Fault(
        "ibperp.portfolio", "_line", "exposes what is held", _exposes_what_is_held
    ),
}
"""The planted fault of every theorem about accounts that are due."""
