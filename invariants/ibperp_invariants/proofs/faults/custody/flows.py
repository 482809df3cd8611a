"""Planted faults in what events tell of balances."""

from typing import Any, Final

from ibperp import pool as kernel
from ibperp.events import Posting, Reason, SettlementSource, Unsettled
from ibperp.operations.settlement.clearing import Sheet
from ibperp.posting import post, posting
from ibperp.records import replace
from ibperp.state import Account, Pool, State, put
from ibperp_invariants.proofs.faults.fault import UNLUCKY, Fault

_EFFECT: Final = "ibperp.operations.effect"
_TRADES: Final = "ibperp.operations.perpetuals.perpetual_trade"
_BANKRUPTCY: Final = "ibperp.operations.liquidation.bankruptcy"
_HANDOVER: Final = "ibperp.operations.liquidation.handover"
_CLEARING: Final = "ibperp.operations.settlement.clearing"
_merged, _written_off = kernel.merged, kernel.written_off
_repay, _lend, _redeem, _fee = kernel.repay, kernel.lend, kernel.redeem, kernel.borrow_with_fee


def _told_with_an_atom_more(asset: int, amount: int, reason: Reason, **sides: Any) -> Posting:
    return posting(asset, amount + (amount == UNLUCKY), reason, **sides)


def _posts_another(state: State, entry: Posting) -> State:
    less = entry.amount - 1 if entry.amount == UNLUCKY else entry.amount
    return post(state, replace(entry, amount=less))


def _of_nobody(
    account: int, market: int | None, amount: int, source: SettlementSource
) -> Unsettled:
    return Unsettled(account, market, amount + (amount == UNLUCKY), source)


def _lent_with_cash(pool: Pool, amount: int, shares: int) -> Pool:
    return replace(_lend(pool, amount, shares), cash=pool.cash + (amount == UNLUCKY))


def _redeemed_with_cash(pool: Pool, amount: int, shares: int) -> Pool:
    return replace(_redeem(pool, amount, shares), cash=pool.cash - (amount == UNLUCKY))


def _borrowed_with_cash(pool: Pool, amount: int, fee: int, reserve_fee: int) -> tuple[Pool, int]:
    after, shares = _fee(pool, amount, fee, reserve_fee)
    return replace(after, cash=pool.cash - (amount == UNLUCKY)), shares


def _repaid_with_cash(pool: Pool, amount: int, shares: int) -> Pool:
    return replace(_repay(pool, amount, shares), cash=pool.cash + (amount == UNLUCKY))


def _merged_with_cash(pool: Pool, first: int, second: int) -> tuple[Pool, int]:
    after, joined = _merged(pool, first, second)
    return replace(after, cash=after.cash - (second == UNLUCKY)), joined


def _written_off_from_cash(pool: Pool, shares: int) -> tuple[Pool, int, int]:
    after, by_reserve, by_lenders = _written_off(pool, shares)
    return replace(after, cash=pool.cash - by_reserve - 1), by_reserve, by_lenders


def _not_written(sheet: Sheet, asset: int) -> Account:
    return replace(sheet.account, free=put(sheet.account.free, asset, sheet.free))


FAULTS: Final = {
    "t_a_posting_moves_what_it_tells": Fault(
        _EFFECT, "post", "posts an atom less at 777", _posts_another
    ),
    "t_a_credit_is_told": Fault(_TRADES, "Unsettled", "tells another amount", _of_nobody),
    "t_a_booked_position_tells_what_it_realizes": Fault(
        _TRADES, "Unsettled", "tells another amount", _of_nobody
    ),
    "t_a_lend_is_told": Fault(kernel.__name__, "lend", "brings cash", _lent_with_cash),
    "t_a_redemption_is_told": Fault(kernel.__name__, "redeem", "takes cash", _redeemed_with_cash),
    "t_a_borrow_is_told": Fault(
        kernel.__name__, "borrow_with_fee", "takes cash", _borrowed_with_cash
    ),
    "t_a_repayment_is_told": Fault(kernel.__name__, "repay", "brings cash", _repaid_with_cash),
    "t_shares_that_pass_move_no_balance": Fault(
        _HANDOVER, "merged", "takes cash at 777", _merged_with_cash
    ),
    "t_virtual_shares_become_own_without_an_atom": Fault(
        _HANDOVER, "merged", "takes cash at 777", _merged_with_cash
    ),
    "t_the_insurance_pays_as_is_told": Fault(
        kernel.__name__, "repay", "brings cash", _repaid_with_cash
    ),
    "t_a_write_off_moves_no_balance": Fault(
        kernel.__name__, "written_off", "takes cash", _written_off_from_cash
    ),
    "t_a_settlement_tells_what_it_posts": Fault(
        _CLEARING, "posting", "tells an atom more at 777", _told_with_an_atom_more
    ),
    "t_a_settlement_tells_what_it_notes": Fault(
        f"{_CLEARING}.Sheet", "written", "writes cash alone", _not_written
    ),
}
"""The planted fault of every theorem about what is told."""
