"""The laws of what events tell of balances, and of whose accounts an action changes (CU-1)."""

from __future__ import annotations

from typing import Final

from ibperp_invariants.proofs.system.law import Law, Writer
from ibperp_invariants.proofs.system.syntax.parties import shown
from ibperp_invariants.proofs.system.syntax.which import theorems

_OPERATIONS: Final = "ibperp.operations"
_CLEARING: Final = f"{_OPERATIONS}.settlement.clearing"
_TRADES: Final = f"{_OPERATIONS}.perpetuals.perpetual_trade"

_POSTED: Final = Writer("Flows.act", ("t_a_posting_moves_what_it_tells",))
_SETTLED: Final = Writer("Flows.act", ("t_a_settlement_tells_what_it_posts",))
_NOTED: Final = ("t_a_settlement_tells_what_it_notes",)

TOLD: Final = Law(
    "flows_are_told",
    ("CU-1", "ST-1"),
    ("Account.free", "Pool.cash", "Account.unsettled"),
    {
        "ibperp.posting._with_balance": _POSTED,
        "ibperp.posting._asset_with": _POSTED,
        f"{_CLEARING}.Clearing._post": _SETTLED,
        f"{_CLEARING}.Sheet.written": Writer("Flows.act", (*_SETTLED.theorems, *_NOTED)),
        f"{_CLEARING}.Clearing._borrows": Writer(
            "none: the account that it makes is looked at and dropped", _NOTED
        ),
        f"{_TRADES}.credited_unsettled": Writer("Flows.act", ("t_a_credit_is_told",)),
        f"{_TRADES}.booked_position": Writer(
            "Flows.act", ("t_a_booked_position_tells_what_it_realizes",)
        ),
    },
    (
        "Flows.what_a_set_takes_out_it_put_in_or_others_paid",
        "Flows.what_a_set_gets_for_a_reason_others_pay",
    ),
    (
        "t_a_lend_is_told",
        "t_a_redemption_is_told",
        "t_a_borrow_is_told",
        "t_a_repayment_is_told",
        "t_shares_that_pass_move_no_balance",
        "t_virtual_shares_become_own_without_an_atom",
        "t_the_insurance_pays_as_is_told",
        "t_a_write_off_moves_no_balance",
        "t_taking_virtually_keeps_the_books",
        "t_giving_virtually_keeps_the_books",
        "t_releasing_keeps_the_books",
        "t_paying_in_keeps_the_books",
        "t_paying_out_keeps_the_books",
        *sorted(shown()),
    ),
    (
        "parties_of_a_posting_differ",
        "events_go_with_their_states",
        "balances_are_told_where_they_move",
        "balances_are_named_in_one_place",
        "nothing_is_changed_in_place",
    ),
)
"""Each balance changes by exactly what its events tell."""

ISOLATION: Final = Law(
    "subaccount_isolation",
    ("CU-3", "CU-10", "SM-7", "SM-9", "PP-9", "ST-2", "LQ-2", "LQ-6", "LQ-7", "LQ-9", "PG-4"),
    ("State.accounts",),
    {
        "ibperp.state.with_account": Writer(
            "Records.Put",
            (
                "t_a_replaced_account_is_listed_where_it_belongs",
                "t_a_credit_changes_what_is_unsettled_alone",
                "t_claimed_moves_no_balance",
            ),
        ),
        f"{_CLEARING}.Clearing.written": Writer(
            "Records.Put",
            ("t_a_settlement_lists_its_accounts_where_they_belong",),
        ),
    },
    (),
    (
        "t_a_posting_moves_what_it_tells",
        "t_all_orders_that_an_account_cancels_are_its_own",
        *theorems(),
    ),
    ("entries_are_those_of_the_row", "nothing_is_changed_in_place"),
    "which accounts, by their keys or lists; not when, nor the place in a list",
)
"""An action puts back the accounts that its row names, and no other."""

CAUSES: Final = Law(
    "nobody_pays_without_cause",
    ("CU-1", "ST-1", "LQ-9"),
    (),
    {},
    (),
    (
        "t_a_posting_moves_what_it_tells",
        "t_a_settlement_posts_between_account_and_pool",
        "t_a_settlement_charges_for_the_own_position",
        "t_interest_is_charged_to_who_owed_the_fund",
        "t_a_closing_market_leaves_who_has_no_position_in_it",
        "t_a_trade_on_a_book_is_of_the_orders_that_it_tells",
        "t_a_trade_off_the_book_is_of_requester_and_quoter",
        "t_the_legs_of_a_trade_are_paid_by_its_parties",
        "t_a_fill_charges_its_party_for_what_it_holds",
        "t_a_position_that_passes_charges_who_gives_and_who_takes_it",
        "t_fees_account_never_pays_net",
        "t_liquidation_fee_is_within_its_ratio",
    ),
    (
        "payers_have_a_cause",
        "steps_tell_whom_they_work_on",
        "parties_of_a_posting_differ",
        "trades_begin_where_users_are_compared",
        "balances_are_told_where_they_move",
        "what_enters_the_fund_leaves_it",
    ),
)
"""An account pays as actor, trader or debtor, or into its own pool; charges have a cause too.

The facts tell the kind of account that pays for a reason. Of its kind it is the one that is told: a
party of the trade, the account of the step, who gives or takes a position, or who holds one.
"""
