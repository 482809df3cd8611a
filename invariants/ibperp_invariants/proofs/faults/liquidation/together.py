"""Planted faults in steps of a liquidation that would leave the rank of the state as it is."""

from typing import Any, Final

from ibperp import pool as kernel
from ibperp.events import PositionMoved, Reason
from ibperp.operations.effect import Effect
from ibperp.operations.liquidation.handover import Handover
from ibperp.operations.spot_margin import resting
from ibperp.records import replace
from ibperp.state import Order, Pool, State
from ibperp_invariants.proofs.faults.fault import UNLUCKY, Fault
from ibperp_invariants.proofs.faults.liquidation.rank import kept_by_its_account, not_placed

_OPERATIONS: Final = "ibperp.operations"
_LIQUIDATION: Final = f"{_OPERATIONS}.liquidation"
_REASON: Final = Reason.INSURANCE
_shrunk, _with_order, _settled = resting.shrunk_order, resting.with_order, 1


def _shrinks_less(state: State, index: int, lots: int) -> State:
    return _shrunk(state, index, lots - (lots == UNLUCKY))


def _grows(state: State, index: int, lots: int) -> State:
    order = state.orders[index]
    return _with_order(state, index, replace(order, lots=order.lots + lots))


def _rests(state: State, index: int, order: Order) -> State:
    holder = replace(state.accounts[order.account], orders=(index,))
    state = replace(state, accounts=state.accounts.set(order.account, holder))
    return _with_order(state, index, order)


def _does_nothing(effect: Effect, *of: Any) -> Effect:
    del of
    return effect


def _moves_no_lot(
    market: int, account: int, counterparty: int, lots: int, price: int
) -> PositionMoved:
    return PositionMoved(market, account, counterparty, 0 * lots, price)


def _owes_more(effect: Effect, account: int, asset: int, amount: int, reason: Any) -> Effect:
    del amount
    return effect.claimed(account, asset, -1, effect.state.assets[asset].pool, reason)


def _gets_a_share(effect: Effect, account: int, reason: Any) -> Effect:
    return effect.claimed(account, _settled, 1, effect.state.assets[_settled].pool, reason)


def _adds_up(pool: Pool, held: int, given: int) -> tuple[Pool, int]:
    return pool, held + given


def _given_without_taking(effect: Effect, asset: int, shares: int, between: Handover) -> Effect:
    pool = effect.state.assets[asset].pool
    held = effect.state.accounts[between.taker].shares
    more = shares if len(held) == 0 or held[asset] >= 0 else -shares
    return effect.claimed(between.taker, asset, more, pool, between.reason)


def _pays_nothing(state: State, asset: int, held: int, value: int) -> tuple[int, int]:
    del state, asset, held
    return 0, value


def _below_zero(amount: int, times: int, divisor: int) -> int:
    del amount, times, divisor
    return -1


def _worth_nothing(state: State, asset: int, amount: int) -> int:
    del state, asset, amount
    return 0


def _one_more(state: State, account: int, asset: int) -> int:
    del state, account, asset
    return -1


def _mints_a_share(pool: Pool, held: int, amount: int) -> int:
    del pool, held, amount
    return -1


def _only_tells(effect: Effect, account: int, asset: int, amount: int) -> Effect:
    return effect.claimed(account, asset, 0 * amount, effect.state.assets[asset].pool, _REASON)


def _passes_nothing(effect: Effect, amount: int, giver: int, taker: int) -> Effect:
    del amount, giver, taker
    return effect


FAULTS: Final = {
    "t_an_order_that_ends_lowers_the_rank_of_the_state": Fault(
        resting.__name__, "_reserved", "stays its account's", kept_by_its_account
    ),
    "t_virtual_shares_that_become_own_lower_the_rank_of_the_state": Fault(
        f"{_LIQUIDATION}.handover", "placed_position", "leaves the position", not_placed
    ),
    "t_a_trade_takes_its_lots_off_the_books": Fault(
        f"{_OPERATIONS}.spot_margin.matching",
        "shrunk_order",
        "leaves a lot of 777",
        _shrinks_less,
    ),
    "t_orders_that_only_reduce_never_grow": Fault(
        resting.__name__, "shrunk_order", "adds lots", _grows
    ),
    "t_an_order_that_takes_at_once_never_rests": Fault(
        f"{_OPERATIONS}.spot_margin.matching", "with_order", "rests", _rests
    ),
    "t_an_order_of_the_system_lowers_the_rank_of_the_state": Fault(
        f"{_LIQUIDATION}.book", "_worked_deal", "trades nothing", _does_nothing
    ),
    "t_a_request_for_quotes_lowers_the_rank_of_the_state": Fault(
        f"{_LIQUIDATION}.book", "opened_request", "requests nothing", _does_nothing
    ),
    "t_a_provider_that_takes_lots_lowers_the_rank_of_the_state": Fault(
        f"{_LIQUIDATION}.backstop", "_used", "keeps its capacity", _does_nothing
    ),
    "t_a_provider_that_takes_a_debt_lowers_the_rank_of_the_state": Fault(
        f"{_LIQUIDATION}.backstop", "_used", "keeps its capacity", _does_nothing
    ),
    "t_a_deleveraging_lowers_the_rank_of_the_state": Fault(
        f"{_LIQUIDATION}.deleveraging", "PositionMoved", "moves no lot", _moves_no_lot
    ),
    "t_a_debt_that_is_paid_lowers_the_rank_of_the_state": Fault(
        f"{_LIQUIDATION}.ladder", "repaid", "owes a share more", _owes_more
    ),
    "t_what_is_paid_to_the_fund_lowers_the_rank_of_the_state": Fault(
        f"{_LIQUIDATION}.ladder", "assumed_shares", "gives a share", _gets_a_share
    ),
    "t_a_lend_that_passes_for_a_debt_is_used_up": Fault(
        kernel.__name__, "merged", "adds up what is of two sides", _adds_up
    ),
    "t_shares_that_pass_are_no_more_in_all": Fault(
        f"{_LIQUIDATION}.handover", "shares_moved", "takes nothing", _given_without_taking
    ),
    "t_what_the_insurance_is_paid_lowers_the_rank_of_the_state": Fault(
        f"{_LIQUIDATION}.handover", "_part_of", "pays nothing", _pays_nothing
    ),
    "t_a_lend_that_is_closed_lowers_the_rank_of_the_state": Fault(
        f"{_LIQUIDATION}.deleveraging", "mul_div_down", "closes less than nothing", _below_zero
    ),
    "t_what_the_insurance_takes_lowers_the_rank_of_the_state": Fault(
        f"{_LIQUIDATION}.deleveraging", "liability_of", "is worth nothing", _worth_nothing
    ),
    "t_a_debt_to_the_fund_that_the_insurance_takes_lowers_the_rank_of_the_state": Fault(
        f"{_LIQUIDATION}.deleveraging", "mul_div_down", "takes less than nothing", _below_zero
    ),
    "t_a_debt_that_is_resolved_lowers_the_rank_of_the_state": Fault(
        f"{_LIQUIDATION}.bankruptcy", "owed_shares_of", "owes a share more", _one_more
    ),
    "t_cash_of_the_insurance_that_pays_lowers_the_rank_of_the_state": Fault(
        kernel.__name__, "shares_to_repay", "mints a share", _mints_a_share
    ),
    "t_a_lend_of_the_insurance_that_pays_lowers_the_rank_of_the_state": Fault(
        f"{_LIQUIDATION}.bankruptcy", "_paid_back", "tells of it, and pays nothing", _only_tells
    ),
    "t_a_debt_to_the_fund_that_is_resolved_lowers_the_rank_of_the_state": Fault(
        f"{_LIQUIDATION}.bankruptcy", "unsettled_moved", "passes no debt", _passes_nothing
    ),
}
"""The planted fault of every theorem about the rank of the state."""
