"""Laws of single records, of stored totals, and of what every action has in common.

No sum over all accounts is needed for these: what each write of a record keeps holds of all.
"""

from __future__ import annotations

from typing import Final

from ibperp_invariants.proofs.system.law import Law, Writer
from ibperp_invariants.proofs.system.syntax.which import theorems

_OPERATIONS: Final = "ibperp.operations"
_CLEARING: Final = f"{_OPERATIONS}.settlement.clearing.Clearing"
_MARKETS: Final = f"{_OPERATIONS}.perpetuals.markets"
_WITHDRAWALS: Final = f"{_OPERATIONS}.custody.withdrawals"
_REBALANCES: Final = f"{_OPERATIONS}.custody.rebalances"

_OF_EACH: Final = "Records.a_law_that_each_write_keeps_holds_of_every_record"
_BETWEEN: Final = "Records.a_relation_that_each_write_keeps_holds_between_any_two_moments"
_TOTALS: Final = "Records.a_total_that_moves_with_its_entries_is_their_sum"

_DEPOSIT: Final = ("t_a_deposit_moves_custody_by_its_amount",)
_REQUEST: Final = (
    "t_a_request_is_pending_and_covered",
    "t_no_request_is_accepted_that_is_not_covered",
)
_CONFIRM: Final = ("t_a_confirmed_withdrawal_leaves_custody",)
_FAIL: Final = ("t_a_failed_withdrawal_leaves_custody_as_it_is",)
_START: Final = (
    "t_a_rebalance_starts_with_what_is_not_promised",
    "t_no_rebalance_starts_with_what_is_promised",
)
_COMPLETE: Final = ("t_a_completed_rebalance_adds_what_arrived",)
_CUSTODY: Final = (*_DEPOSIT, *_REQUEST, *_CONFIRM, *_FAIL, *_START, *_COMPLETE)
_REQUESTS: Final = {
    f"{_WITHDRAWALS}.request_withdrawal": Writer("Records.Add", _REQUEST),
    f"{_WITHDRAWALS}.confirm_withdrawal": Writer("Records.Put", _CONFIRM),
    f"{_WITHDRAWALS}.fail_withdrawal": Writer("Records.Put", _FAIL),
    f"{_REBALANCES}.start_rebalance": Writer("Records.Add", _START),
    f"{_REBALANCES}.complete_rebalance": Writer("Records.Put", _COMPLETE),
}
_TOKENS: Final = {"ibperp.posting._asset_with": Writer("Records.Put", _CUSTODY)}

_LISTED: Final = {
    "ibperp.state.with_account": Writer(
        "Records.Put",
        (
            "t_a_replaced_account_is_listed_where_it_belongs",
            "t_a_position_or_an_order_lists_its_account",
        ),
    ),
    f"{_CLEARING}.written": Writer(
        "Records.Put", ("t_a_settlement_lists_its_accounts_where_they_belong",)
    ),
}
SET_PRICE: Final = Writer("Records.Put", ("t_a_price_becomes_what_was_asked_or_its_limit",))
UPDATE_MARK: Final = Writer(
    "Records.Put",
    ("t_a_mark_becomes_what_follows_from_its_inputs", "t_a_known_mark_stays_known"),
)
FUNDING_TIME: Final = Writer(
    "Records.Put", ("t_funding_is_charged_up_to_a_time_that_never_runs_back",)
)
BOUND: Final = (
    "t_throttle_step_stays_in_bounds",
    "t_a_bound_is_moved_into_its_range",
    "t_a_change_of_an_asset_moves_its_bound_along",
)

FIELD_LAWS: Final[tuple[Law, ...]] = (
    Law(
        "rejection_is_no_op",
        ("NT-9",),
        (),
        {},
        (),
        ("t_a_refusal_names_the_first_broken_rule", "t_nothing_broken_is_no_refusal"),
        ("nothing_is_changed_in_place", "a_refusal_holds_no_state"),
    ),
    Law(
        "determinism",
        ("NT-9",),
        (),
        {},
        (),
        (),
        ("nothing_is_changed_in_place", "functions_depend_on_their_arguments_alone"),
    ),
    Law(
        "halt_admits_only",
        ("GV-4",),
        ("State.is_halted",),
        {
            f"{_OPERATIONS}.governance.halts.{name}": Writer(
                "Records.Put", ("t_halt_and_resume_turn_the_halt",)
            )
            for name in ("halt", "resume")
        },
        (),
        ("t_a_halt_refuses_what_it_does_not_admit",),
        ("a_halt_is_asked_first",),
    ),
    Law(
        "active_accounts",
        ("ST-2",),
        ("State.accounts", "State.active"),
        _LISTED,
        (_OF_EACH,),
        ("t_a_new_account_is_in_no_list",),
    ),
    Law(
        "due_list_complete",
        ("LQ-10",),
        ("State.accounts", "State.active", "State.exposed"),
        _LISTED,
        (_OF_EACH,),
        ("t_a_new_account_is_in_no_list", "t_nothing_owed_is_never_liquidatable"),
    ),
    Law(
        "withdrawal_pending_totals",
        ("CU-5", "CU-6", "CU-7", "CU-8", "CU-9"),
        ("Token.pending", "Asset.in_transit", "State.withdrawals", "State.rebalances"),
        _TOKENS | _REQUESTS,
        (_TOTALS,),
        (),
        ("custody_moves_with_its_requests",),
    ),
    Law(
        "custody_covers_pending",
        ("CU-5", "CU-8"),
        ("Token.custody", "Token.pending"),
        _TOKENS,
        (_OF_EACH,),
        (),
        ("custody_moves_with_its_requests",),
    ),
    Law(
        "donation_proof",
        ("CU-1", "CU-4", "CU-6", "CU-8", "CU-9"),
        ("Token.custody",),
        _TOKENS,
        (),
        (),
        ("custody_moves_with_its_requests",),
    ),
    Law(
        "prices_stay_known",
        ("CU-11", "PP-6", "GV-3"),
        ("Asset.price", "Perpetual.mark_price", "Perpetual.index_price"),
        {
            f"{_OPERATIONS}.custody.assets.set_price": SET_PRICE,
            f"{_MARKETS}.update_mark": UPDATE_MARK,
        },
        (_BETWEEN,),
    ),
    Law(
        "price_update_limited",
        ("PF-10", "CU-11", "GV-3"),
        ("Asset.price", "Asset.is_limited"),
        {f"{_OPERATIONS}.custody.assets.set_price": SET_PRICE},
        (),
    ),
    Law(
        "clocks_run_forward",
        ("MM-6", "PF-9", "PP-6", "PP-8", "ST-2"),
        (
            "State.time",
            "State.settlement_time",
            "Asset.price_time",
            "Perpetual.mark_time",
            "Perpetual.funding_time",
        ),
        {
            f"{_OPERATIONS}.money_market.pools.advance_time": Writer(
                "Records.Put", ("t_time_moves_forward_alone",)
            ),
            f"{_OPERATIONS}.settlement.settle.settle": Writer(
                "Records.Put", ("t_a_settlement_is_of_now",)
            ),
            f"{_OPERATIONS}.custody.assets.set_price": SET_PRICE,
            f"{_MARKETS}.update_mark": UPDATE_MARK,
            f"{_MARKETS}._charged": FUNDING_TIME,
            f"{_MARKETS}._with_terms": FUNDING_TIME,
        },
        (_BETWEEN,),
    ),
    Law(
        "throttle_bound_in_range",
        ("MM-9", "MM-16"),
        ("Pool.throttle_bound",),
        {
            "ibperp.pool.throttle": Writer("Records.Put", BOUND),
            "ibperp.pool.with_bound_in": Writer("Records.Put", BOUND),
        },
        (_OF_EACH,),
    ),
    Law(
        "frame_rule",
        (
            *("NT-9", "CU-4", "CU-6", "CU-9", "CU-11", "MM-6", "MM-16", "SM-1", "SM-2", "SM-3"),
            *("SM-10", "SM-11", "PP-2", "PP-6", "PP-8", "ST-2", "LQ-2", "PG-1", "PG-2", "PG-3"),
            *("GV-1", "GV-2", "GV-4"),
        ),
        (),
        {},
        (),
        (
            "t_an_order_of_a_perpetual_reserves_nothing",
            "t_terms_of_a_pool_leave_its_asset_alone",
            "t_post_conserves",
            "t_the_quotes_of_others_stay",
            *theorems(),
        ),
        (
            "nothing_is_changed_in_place",
            "balances_are_named_in_one_place",
            "operations_write_parts_of_their_rows",
            "entries_are_those_of_the_row",
        ),
        "which parts of which entries, by their keys; not when, nor what they become",
    ),
    Law(
        "healthy_to_due_only_by_price_time_parameters",
        ("LQ-1", "PF-8"),
        (),
        {},
        (),
        (
            "t_admissible_stays_above_maintenance",
            "t_nothing_owed_becomes_due_by_no_admissible_change",
            "t_the_margin_checks_admit_what_is_admissible_alone",
        ),
        ("nothing_is_changed_in_place", "margin_is_judged_last"),
        "actions that PF-8 judges",
    ),
)
"""The laws of fields, and of all actions."""
