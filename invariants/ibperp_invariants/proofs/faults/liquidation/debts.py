"""Planted faults in the stages of a liquidation that are about debts: nothing is owed less."""

from typing import Any, Final

from ibperp.operations.effect import Effect
from ibperp.operations.liquidation import book
from ibperp.orders import Side
from ibperp.records import replace
from ibperp.risk import Failing
from ibperp.state import Pool, State
from ibperp_invariants.proofs.faults.fault import Fault

_LIQUIDATION: Final = "ibperp.operations.liquidation"
_worked_deal = book._worked_deal  # noqa: SLF001


def _owes_more(effect: Effect, account: int, asset: int, amount: int, reason: Any) -> Effect:
    del amount
    return effect.claimed(account, asset, -1, effect.state.assets[asset].pool, reason)


def _repays_nothing(effect: Effect, account: int, asset: int, **limits: int) -> Effect:
    del account, asset, limits
    return effect


def _delivers_nothing(effect: Effect, *parties: Any) -> Effect:
    del parties
    return effect


def _trades_nothing(effect: Effect, failing: Failing, deal: book.Deal) -> Effect | None:
    del failing, deal
    return effect


def _buys_it(effect: Effect, failing: Failing, deal: book.Deal) -> Effect | None:
    return _worked_deal(effect, failing, replace(deal, side=Side.BID))


def _asks_nobody(effect: Effect, request: Any) -> Effect:
    del request
    return effect


def _moves_no_share(effect: Effect, asset: int, shares: int, between: Any) -> Effect:
    del asset, shares, between
    return effect


def _below_zero(amount: int, times: int, divisor: int) -> int:
    del amount, times, divisor
    return -1


def _gets_it(state: State, asset: int, held: int, value: int) -> tuple[int, int]:
    del state, asset
    return -min(held, value), 0


def _no_share(pool: Any, held: int, amount: int) -> int:
    del pool, held, amount
    return 0


def _none(pool: Any, amount: int) -> int:
    del pool, amount
    return 0


def _gives_an_atom(pool: Pool, amount: int, shares: int) -> Pool:
    del amount
    return replace(pool, lent=pool.lent + 1, lend_shares=pool.lend_shares - shares)


_UNMOVED: Final = "passes no share on"
FAULTS: Final = {
    "t_a_debt_to_a_pool_that_is_paid_lowers_the_rank": Fault(
        f"{_LIQUIDATION}.ladder", "repaid", "owes a share more", _owes_more
    ),
    "t_a_debt_of_the_settlement_asset_that_is_paid_lowers_the_rank": Fault(
        f"{_LIQUIDATION}.ladder", "repaid", "owes a share more", _owes_more
    ),
    "t_what_is_bought_back_lowers_a_debt": Fault(
        "ibperp.operations.spot_margin.spot_trade", "swept", "repays nothing", _repays_nothing
    ),
    "t_what_is_sold_leaves_its_account": Fault(
        "ibperp.operations.spot_margin.spot_trade",
        "_exchanged",
        "delivers nothing",
        _delivers_nothing,
    ),
    "t_what_is_redeemed_is_held_no_more_than_before": Fault(
        "ibperp.pool", "shares_to_redeem", "burns no share", _no_share
    ),
    "t_a_debt_on_the_books_lowers_the_rank": Fault(
        book.__name__, "_worked_deal", "trades nothing", _trades_nothing
    ),
    "t_collateral_that_is_sold_lowers_the_rank": Fault(
        book.__name__, "_worked_deal", "buys it", _buys_it
    ),
    "t_a_request_for_quotes_lowers_the_rank": Fault(
        book.__name__, "opened_request", "requests nothing", _asks_nobody
    ),
    "t_a_debt_that_a_provider_takes_lowers_the_rank": Fault(
        f"{_LIQUIDATION}.backstop", "shares_moved", _UNMOVED, _moves_no_share
    ),
    "t_a_debt_of_the_settlement_asset_that_a_provider_takes_lowers_the_rank": Fault(
        f"{_LIQUIDATION}.backstop", "shares_moved", _UNMOVED, _moves_no_share
    ),
    "t_a_debt_that_lenders_close_lowers_the_rank": Fault(
        f"{_LIQUIDATION}.deleveraging", "mul_div_down", "closes less than nothing", _below_zero
    ),
    "t_a_debt_of_the_settlement_asset_that_lenders_close_lowers_the_rank": Fault(
        f"{_LIQUIDATION}.deleveraging", "mul_div_down", "closes less than nothing", _below_zero
    ),
    "t_a_debt_that_the_insurance_takes_lowers_the_rank": Fault(
        f"{_LIQUIDATION}.deleveraging", "shares_moved", _UNMOVED, _moves_no_share
    ),
    "t_a_debt_of_the_settlement_asset_that_the_insurance_takes_lowers_the_rank": Fault(
        f"{_LIQUIDATION}.deleveraging", "shares_moved", _UNMOVED, _moves_no_share
    ),
    "t_a_debt_that_the_insurance_pays_lowers_the_rank": Fault(
        f"{_LIQUIDATION}.deleveraging", "mul_div_down", "closes less than nothing", _below_zero
    ),
    "t_a_debt_of_the_settlement_asset_that_the_insurance_pays_lowers_the_rank": Fault(
        "ibperp.pool", "shares_to_repay", "repays no share", _no_share
    ),
    "t_a_debt_to_the_fund_that_is_resolved_in_part_lowers_the_rank": Fault(
        f"{_LIQUIDATION}.bankruptcy", "unsettled_moved", "passes no debt", _delivers_nothing
    ),
    "t_what_pays_in_kind_is_no_longer_held": Fault(
        f"{_LIQUIDATION}.handover", "_part_of", "is paid", _gets_it
    ),
    "t_a_lend_that_meets_a_debt_lowers_it": Fault(
        "ibperp.pool", "shares_to_repay", "repays no share", _no_share
    ),
    "t_a_lend_that_passes_on_claims_what_it_is_for": Fault(
        "ibperp.pool", "lend_shares_burned", _UNMOVED, _none
    ),
    "t_what_is_left_of_a_lend_claims_no_more": Fault(
        "ibperp.pool", "redeem", "gives the others an atom", _gives_an_atom
    ),
}
"""The planted fault of every theorem about debts in a rank."""
