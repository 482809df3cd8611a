"""The laws that a due account has a step, that the step lowers a rank, and that steps end."""

from __future__ import annotations

from typing import Final

from ibperp_invariants.proofs.system.law import Law, Writer

_OPERATIONS: Final = "ibperp.operations"
_BOOK: Final = (
    "t_a_position_on_its_book_lowers_the_rank",
    "t_a_trade_takes_its_lots_off_the_order",
    "t_step_is_within_the_size",
)
_TAKEN: Final = (
    "t_a_position_that_providers_take_lowers_the_rank",
    "t_a_deleveraging_takes_opposite_lots_alone",
    "t_a_handover_keeps_lots_and_open_interest",
)
_DEBTS: Final = (
    "t_a_debt_to_a_pool_that_is_paid_lowers_the_rank",
    "t_a_debt_of_the_settlement_asset_that_is_paid_lowers_the_rank",
    "t_a_debt_to_the_fund_that_is_paid_lowers_the_rank",
    "t_what_is_bought_back_lowers_a_debt",
    "t_what_is_sold_leaves_its_account",
    "t_what_is_redeemed_is_held_no_more_than_before",
    "t_a_debt_on_the_books_lowers_the_rank",
    "t_collateral_that_is_sold_lowers_the_rank",
    "t_a_request_for_quotes_lowers_the_rank",
    "t_a_debt_that_a_provider_takes_lowers_the_rank",
    "t_a_debt_of_the_settlement_asset_that_a_provider_takes_lowers_the_rank",
    "t_what_pays_in_kind_is_no_longer_held",
    "t_what_is_left_of_a_lend_claims_no_more",
    "t_a_lend_that_passes_on_claims_what_it_is_for",
    "t_a_lend_that_meets_a_debt_lowers_it",
    "t_a_debt_that_lenders_close_lowers_the_rank",
    "t_a_debt_of_the_settlement_asset_that_lenders_close_lowers_the_rank",
    "t_a_debt_that_the_insurance_takes_lowers_the_rank",
    "t_a_debt_of_the_settlement_asset_that_the_insurance_takes_lowers_the_rank",
)
_RESOLVED: Final = (
    "t_a_debt_to_a_pool_that_is_resolved_is_gone",
    "t_a_debt_to_the_fund_that_is_resolved_is_gone",
    "t_a_debt_that_the_insurance_pays_lowers_the_rank",
    "t_a_debt_of_the_settlement_asset_that_the_insurance_pays_lowers_the_rank",
    "t_a_debt_to_the_fund_that_is_resolved_in_part_lowers_the_rank",
)
TOGETHER: Final = (
    "t_an_order_that_ends_lowers_the_rank_of_the_state",
    "t_virtual_shares_that_become_own_lower_the_rank_of_the_state",
    "t_a_debt_that_is_paid_lowers_the_rank_of_the_state",
    "t_what_is_paid_to_the_fund_lowers_the_rank_of_the_state",
    "t_a_trade_takes_its_lots_off_the_books",
    "t_orders_that_only_reduce_never_grow",
    "t_an_order_that_takes_at_once_never_rests",
    "t_an_order_of_the_system_lowers_the_rank_of_the_state",
    "t_a_request_for_quotes_lowers_the_rank_of_the_state",
    "t_a_provider_that_takes_lots_lowers_the_rank_of_the_state",
    "t_a_provider_that_takes_a_debt_lowers_the_rank_of_the_state",
    "t_a_deleveraging_lowers_the_rank_of_the_state",
    "t_shares_of_one_side_add_up",
    "t_cancelling_leaves_one_side",
    "t_a_lend_that_passes_for_a_debt_is_used_up",
    "t_shares_that_pass_are_no_more_in_all",
    "t_what_the_insurance_is_paid_lowers_the_rank_of_the_state",
    "t_a_lend_that_is_closed_lowers_the_rank_of_the_state",
    "t_what_the_insurance_takes_lowers_the_rank_of_the_state",
    "t_a_debt_to_the_fund_that_the_insurance_takes_lowers_the_rank_of_the_state",
    "t_a_debt_that_is_resolved_lowers_the_rank_of_the_state",
    "t_cash_of_the_insurance_that_pays_lowers_the_rank_of_the_state",
    "t_a_lend_of_the_insurance_that_pays_lowers_the_rank_of_the_state",
    "t_a_debt_to_the_fund_that_is_resolved_lowers_the_rank_of_the_state",
)
"""Each step, for whatever account, lowers the rank of the state."""
_PLACED: Final = Writer(
    "Rank.lower",
    (
        "t_virtual_shares_that_become_own_lower_the_rank",
        "t_a_placed_position_is_the_only_change",
    ),
)

RANK: Final = Law(
    "liquidation_lowers_rank",
    ("LQ-2", "LQ-9", "LQ-10"),
    ("Account.orders", "Position.lots", "Account.positions"),
    {
        f"{_OPERATIONS}.spot_margin.resting._reserved": Writer(
            "Rank.lower", ("t_an_order_that_ends_lowers_the_rank",)
        ),
        "ibperp.position.filled": Writer(
            "Rank.lower", ("t_fill_adds_its_lots_and_nothing_else", *_BOOK, *_TAKEN)
        ),
        "ibperp.state.with_position": _PLACED,
        f"{_OPERATIONS}.perpetuals.perpetual_trade.booked_position": Writer(
            "Rank.lower", (*_BOOK, *_TAKEN)
        ),
        f"{_OPERATIONS}.settlement.clearing.Sheet.written": Writer(
            "none: a settlement is no step of a liquidation", ()
        ),
    },
    (
        "Rank.falling_ranks_end",
        "Rank.no_run_of_steps_that_lower_the_rank_is_endless",
        "Rank.a_run_has_fewer_steps_than_ranks_are_possible",
        "Rank.a_first_part_that_falls_lowers_the_rank",
    ),
    (
        "t_two_portions_are_the_nearest",
        "t_a_debt_that_is_repaid_in_part_is_never_more",
        *_DEBTS,
        *_RESOLVED,
        *TOGETHER,
    ),
    ("a_step_is_a_stage_of_the_ladder",),
    "the rank of the state; that of an account while a borrow share owes at most an atom",
)
"""Each stage lowers both ranks: the first part that it changes falls."""

DUE: Final = Law(
    "due_accounts_have_a_step",
    ("LQ-2", "LQ-9", "LQ-10"),
    (),
    {},
    ("Opposite.there_is_enough_on_the_other_side",),
    (
        "t_an_order_that_ends_lowers_the_rank",
        "t_virtual_shares_that_become_own_lower_the_rank",
        "t_a_position_of_a_due_account_has_a_step",
        "t_a_debt_of_a_due_account_is_resolved",
        "t_something_is_done_about_an_account_that_is_due",
        "t_who_owes_and_trades_nothing_is_not_due",
        "t_nothing_owed_is_never_liquidatable",
    ),
    ("a_step_is_a_stage_of_the_ladder", "a_deleveraging_closes_all"),
)
"""A due account has an order, a position or a debt; for each there is a step, or its end."""

ENDS: Final = Law(
    "risk_ends",
    ("LQ-2", "LQ-9", "LQ-10"),
    (),
    {},
    (
        *RANK.holds,
        "Rank.a_position_is_gone_after_the_steps_that_are_counted",
        "Rank.a_run_has_at_most_the_steps_of_the_table",
    ),
    (
        *TOGETHER,
        "t_all_open_orders_of_a_due_account_end_in_one_step",
        "t_what_an_account_pays_a_pool_itself_it_pays_in_one_step",
        "t_what_an_account_pays_the_fund_itself_it_pays_in_one_step",
        "t_a_deleveraged_position_is_gone_in_one_step",
        "t_a_resolved_account_owes_nothing",
        "t_an_order_of_the_system_is_filled_or_uses_up_another",
        "t_a_request_for_quotes_is_one_at_a_time",
        "t_a_provider_takes_all_or_keeps_less_than_a_lot",
        "t_lenders_close_at_once_all_that_can_be_paid_for",
        "t_the_insurance_takes_at_once_all_that_can_be_paid_for",
        "t_a_resolution_with_recourse_spends_its_limit",
    ),
    RANK.facts,
    "the end of all steps, in any order, and their number if the rows of LQ-10 hold",
)
"""Each step lowers the rank of the state, no rank falls for ever, and the rows add up."""

LIVENESS_LAWS: Final[tuple[Law, ...]] = (RANK, DUE, ENDS)
