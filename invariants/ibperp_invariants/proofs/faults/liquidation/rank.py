"""Planted faults in the stages of a liquidation: a step that takes nothing off, or too much."""

from typing import Any, Final

from ibperp.events import LiquidationStage
from ibperp.operations.effect import Effect
from ibperp.operations.liquidation import backstop, book
from ibperp.operations.spot_margin.trade import Trade
from ibperp.orders import Side
from ibperp.position import Position
from ibperp.programs import Backstop
from ibperp.records import replace
from ibperp.risk import Exposure, Failing
from ibperp.state import Pool, State, at
from ibperp_invariants.proofs.faults.fault import UNLUCKY, Fault

_OPERATIONS: Final = "ibperp.operations"
_position_taken = backstop._position_taken  # noqa: SLF001


def kept_by_its_account(state: State, account: int, asset: int, change: int, **which: Any) -> State:
    """Leave atoms with the account that they are taken from."""
    del account, asset, change, which
    return state


def not_placed(effect: Effect, account: int, held: Position) -> Effect:
    """Leave a position as it is."""
    del account, held
    return effect


def _passes_nothing(effect: Effect, amount: int, giver: int, taker: int) -> Effect:
    del amount, giver, taker
    return effect


def _buys_more_of_it(effect: Effect, failing: Failing, exposure: Exposure) -> Effect | None:
    side = Side.BID if exposure.size > 0 else Side.ASK
    deal = book.Deal(exposure.index, side, abs(exposure.size), LiquidationStage.ON_BOOK)
    return book._worked_deal(effect, failing, deal)  # noqa: SLF001


def _trades_a_lot_more(market: int, price: int, lots: int, *parties: Any) -> Trade:
    return Trade(market, price, lots + (lots == UNLUCKY), *parties)


def _given_back(
    effect: Effect, failing: Failing, exposure: Exposure, provider: Backstop, lots: int
) -> Effect | None:
    lots = -lots if lots == UNLUCKY else lots
    return _position_taken(effect, failing, exposure, provider, lots)


def _without_principal(pool: Pool, amount: int, shares: int) -> Pool:
    rest = pool.borrow_shares - shares
    return replace(pool, borrowed=pool.borrowed + 1, borrow_shares=rest, reserve=amount)


def _a_share_less(state: State, account: int, asset: int) -> int:
    return max(-at(state.accounts[account].shares, asset), 0) - 1


def _credits_nobody(effect: Effect, *credit: Any) -> Effect:
    del credit
    return effect


FAULTS: Final = {
    "t_a_debt_to_a_pool_that_is_resolved_is_gone": Fault(
        f"{_OPERATIONS}.liquidation.bankruptcy", "owed_shares_of", "leaves a share", _a_share_less
    ),
    "t_a_debt_to_the_fund_that_is_resolved_is_gone": Fault(
        f"{_OPERATIONS}.liquidation.bankruptcy",
        "credited_unsettled",
        "ends nothing",
        _credits_nobody,
    ),
    "t_an_order_that_ends_lowers_the_rank": Fault(
        f"{_OPERATIONS}.spot_margin.resting",
        "_reserved",
        "stays its account's",
        kept_by_its_account,
    ),
    "t_virtual_shares_that_become_own_lower_the_rank": Fault(
        f"{_OPERATIONS}.liquidation.handover", "placed_position", "leaves the position", not_placed
    ),
    "t_a_debt_to_the_fund_that_is_paid_lowers_the_rank": Fault(
        f"{_OPERATIONS}.liquidation.ladder", "unsettled_moved", "passes no debt", _passes_nothing
    ),
    "t_a_position_on_its_book_lowers_the_rank": Fault(
        book.__name__, "_reduced", "trades on the other side", _buys_more_of_it
    ),
    "t_a_trade_takes_its_lots_off_the_order": Fault(
        f"{_OPERATIONS}.spot_margin.matching",
        "Trade",
        "trades a lot more at 777",
        _trades_a_lot_more,
    ),
    "t_a_position_that_providers_take_lowers_the_rank": Fault(
        f"{_OPERATIONS}.liquidation.backstop",
        "_position_taken",
        "gives 777 to the account",
        _given_back,
    ),
    "t_a_debt_that_is_repaid_in_part_is_never_more": Fault(
        "ibperp.pool", "repay", "leaves what is borrowed", _without_principal
    ),
}
"""The planted fault of every theorem about ranks."""
