"""Planted faults that leave an account that is due without a step."""

from typing import Any, Final

from ibperp import portfolio
from ibperp.events import PositionMoved
from ibperp.operations.effect import Effect
from ibperp.operations.money_market import moves
from ibperp.operations.spot_margin import resting
from ibperp.portfolio import Line, Required, Valuation
from ibperp.records import replace
from ibperp_invariants.proofs.faults.fault import Fault

_LIQUIDATION: Final = "ibperp.operations.liquidation"
_line = portfolio._line  # noqa: SLF001
_ended_order, _repaid = resting.ended_order, moves.repaid


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


def _ends_the_first(effect: Effect, index: int, reason: Any) -> Effect:
    return _ended_order(effect, 0, reason) if index == 0 else effect


def _repays_less(effect: Effect, account: int, asset: int, amount: int, reason: Any) -> Effect:
    return _repaid(effect, account, asset, amount - 1, reason) if amount > 1 else effect


def _passes_nothing(effect: Effect, amount: int, giver: int, taker: int) -> Effect:
    del amount, giver, taker
    return effect


def _moves_no_lot(
    market: int, account: int, counterparty: int, lots: int, price: int
) -> PositionMoved:
    return PositionMoved(market, account, counterparty, 0 * lots, price)


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
    "t_all_open_orders_of_a_due_account_end_in_one_step": Fault(
        f"{_LIQUIDATION}.ladder", "ended_order", "ends the first alone", _ends_the_first
    ),
    "t_what_an_account_pays_a_pool_itself_it_pays_in_one_step": Fault(
        f"{_LIQUIDATION}.ladder", "repaid", "repays an atom less", _repays_less
    ),
    "t_what_an_account_pays_the_fund_itself_it_pays_in_one_step": Fault(
        f"{_LIQUIDATION}.ladder", "unsettled_moved", "passes no debt", _passes_nothing
    ),
    "t_a_deleveraged_position_is_gone_in_one_step": Fault(
        f"{_LIQUIDATION}.deleveraging", "PositionMoved", "moves no lot", _moves_no_lot
    ),
    "t_a_resolved_account_owes_nothing": Fault(
        f"{_LIQUIDATION}.bankruptcy", "_fund_debt_ended", "ends nothing", _ends_nothing
    ),
}
"""The planted fault of every theorem about accounts that are due."""
