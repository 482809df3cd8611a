"""Laws of what passes between accounts: reservations, funding, settlements, losses, lots."""

from __future__ import annotations

from typing import Final

from ibperp_invariants.proofs.system.fund import CLAIMS, INDICES, INTEREST, LOTS
from ibperp_invariants.proofs.system.law import Law, Writer

_OPERATIONS: Final = "ibperp.operations"
_MARKETS: Final = f"{_OPERATIONS}.perpetuals.markets"
_QUOTES: Final = f"{_OPERATIONS}.programs.quotes"
_OF_EACH: Final = "Records.a_law_that_each_write_keeps_holds_of_every_record"
_RESTING: Final = f"{_OPERATIONS}.spot_margin.resting"
_TOTALS: Final = "Records.a_total_that_moves_with_its_entries_is_their_sum"
_PARTS: Final = "Holders.parts_are_all_that_is_available"

_RESTED: Final = ("t_a_resting_order_is_reserved_by_its_account",)
_FILLED: Final = (
    "t_a_filled_order_frees_what_it_no_longer_reserves",
    "t_a_lot_reserves_the_same_however_many_are_filled",
)
_RELEASED: Final = ("t_a_released_order_reserves_nothing",)
_NEW: Final = Writer("Records.Add, of nothing: what an order begins with is a fact", ())

RESERVATIONS: Final = Law(
    "reservations_are_sums",
    ("SM-5", "SM-7", "SM-10", "SM-11", "PF-1"),
    ("Account.reserved", "Account.orders", "Order.reserved"),
    {
        f"{_RESTING}.rested_order": Writer("Records.Put", _RESTED),
        f"{_RESTING}.shrunk_order": Writer("Records.Put", _FILLED),
        f"{_RESTING}.released_order": Writer("Records.Put", _RELEASED),
        f"{_RESTING}._reserved": Writer("Records.Put", (*_RESTED, *_FILLED, *_RELEASED)),
        f"{_OPERATIONS}.spot_margin.orders.place_order": _NEW,
        f"{_OPERATIONS}.spot_margin.orders.amend_order": _NEW,
        f"{_OPERATIONS}.liquidation.book._worked_deal": _NEW,
        f"{_OPERATIONS}.liquidation.conversion._sold": _NEW,
    },
    (_TOTALS,),
    (
        "t_ask_reserves_exactly_what_it_delivers",
        "t_bid_reserves_at_least_price_and_fee",
        "t_an_order_takes_the_next_number_or_keeps_its_own",
    ),
    ("orders_begin_without_a_reservation",),
)

_FILL: Final = "ibperp.position.filled"
_BORNE: Final = f"{_OPERATIONS}.liquidation.bankruptcy._borne"
_COSTS: Final = {
    _FILL: LOTS[_FILL],
    "ibperp.position.settled": INDICES["ibperp.position.settled"],
    **{name: CLAIMS[name] for name in (_BORNE, f"{_OPERATIONS}.settlement.settle._distribute")},
}
_CREDITED: Final = (
    f"{_OPERATIONS}.perpetuals.perpetual_trade.booked_position",
    f"{_OPERATIONS}.perpetuals.perpetual_trade.credited_unsettled",
    f"{_OPERATIONS}.settlement.clearing.Sheet.written",
    f"{_OPERATIONS}.settlement.clearing.Clearing._borrows",
)
_UNSETTLED: Final = {name: CLAIMS[name] for name in _CREDITED}
_SECONDS: Final = {
    f"{_MARKETS}._charged": Writer(
        "Records.Put", ("t_charged_seconds_wait_no_more", "t_no_second_is_charged_twice_or_lost")
    ),
    f"{_MARKETS}._with_terms": Writer(
        "Records.Put",
        ("t_new_terms_leave_every_second_waiting", "t_the_same_terms_change_no_clock"),
    ),
}

FLOW_LAWS: Final[tuple[Law, ...]] = (
    RESERVATIONS,
    Law(
        "funding_clamped",
        ("PP-7", "PP-8", "PP-9"),
        ("Perpetual.funding_index",),
        {
            f"{_MARKETS}._charged": Writer(
                "Records.Put",
                (
                    "t_funding_moves_the_index_by_its_rate",
                    "t_index_step_is_rounded_down_once",
                    "t_rate_is_within_floor_and_cap",
                ),
            )
        },
        (),
    ),
    Law(
        "every_second_is_funded_once",
        ("PP-2", "PP-8", "PP-9"),
        ("Perpetual.funding_time", "Perpetual.funding_parts"),
        _SECONDS,
        (),
        ("t_a_closed_market_settles_at_any_price",),
    ),
    Law(
        "closed_market_settles",
        ("PP-2", "PP-9"),
        ("Perpetual.open_interest",),
        INTEREST,
        ("Fund.open_interest_agrees_after_any_run",),
        (
            "t_a_closed_market_settles_at_any_price",
            "t_a_closed_market_has_no_lots_and_keeps_worth",
        ),
    ),
    Law(
        "trades_move_no_value",
        ("PP-4", "ST-1", "LQ-4", "LQ-6", "LQ-7", "LQ-9", "PG-4"),
        ("Position.lots", "Position.cost"),
        _COSTS,
        (),
        (
            "t_a_fill_books_funding_gain_and_fee",
            "t_a_fill_of_any_sign_moves_its_price",
            "t_a_trade_moves_no_worth_in_sum",
            "t_a_handover_moves_no_worth_in_sum",
        ),
    ),
    Law(
        "settlement_flows_balance",
        ("ST-1", "ST-3", "ST-7"),
        ("Account.unsettled",),
        _UNSETTLED,
        (_PARTS, "Opposite.claims_cover_what_is_shared_out"),
        (
            "t_own_losses_pay_own_gains_first",
            "t_collecting_never_leaves_the_fund_short",
            "t_what_is_paid_out_leaves_the_fund",
            "t_marking_turns_gains_into_claims",
            "t_collecting_takes_what_is_owed_into_the_fund",
            "t_distributing_pays_what_is_there",
            "t_culling_pays_in_what_it_gives",
            "t_paying_in_keeps_the_books",
            "t_paying_out_keeps_the_books",
        ),
        ("what_enters_the_fund_leaves_it",),
    ),
    Law(
        "unpaid_sums_to_zero",
        ("ST-10",),
        ("Account.unpaid",),
        {
            f"{_OPERATIONS}.settlement.unpaid._put": Writer(
                "none: it notes what the fund is then, account by account",
                (
                    "t_what_is_left_is_what_claims_are_worth",
                    "t_interest_on_what_is_unpaid_passes_between_accounts",
                ),
            )
        },
        ("Fund.fund_is_flat_after_any_run", _PARTS),
    ),
    Law(
        "time_counts_for_what_waits",
        ("ST-10",),
        ("State.unpaid_rate_time",),
        {
            f"{_OPERATIONS}.money_market.pools._counted": Writer(
                "Records.Put", ("t_time_counts_for_what_is_unpaid",)
            ),
            f"{_OPERATIONS}.settlement.settle.settle": Writer(
                "none: it begins the count anew", ("t_a_settlement_is_of_now",)
            ),
        },
        (),
    ),
    Law(
        "loss_spread_in_proportion",
        ("LQ-9",),
        ("Account.unsettled", "Position.cost"),
        _COSTS | _UNSETTLED,
        (
            "Holders.parts_are_in_proportion",
            _PARTS,
            "Holders.parts_are_within_their_claims",
            "Opposite.claims_cover_what_is_shared_out",
            "Opposite.a_loss_is_borne_as_a_whole",
            "Fund.fund_is_flat_after_any_run",
        ),
        (
            "t_each_claim_bears_its_proportion_of_a_loss",
            "t_a_claim_is_what_was_won_in_all",
            "t_a_borne_loss_lowers_worth_by_its_part",
            "t_claims_lose_the_same_part",
            "t_claim_bears_what_is_not_insured",
        ),
        ("losses_are_spread_by_claims_alone",),
    ),
    Law(
        "deleveraged_were_opposite",
        ("LQ-7",),
        ("Perpetual.open_interest",),
        INTEREST,
        (
            "Opposite.what_is_taken_is_what_is_due",
            "Opposite.no_position_gives_more_than_it_has",
            "Opposite.there_is_enough_on_the_other_side",
            "Fund.lots_sum_to_zero_after_any_run",
        ),
        (
            "t_a_deleveraging_takes_opposite_lots_alone",
            "t_a_handover_keeps_lots_and_open_interest",
        ),
        ("a_deleveraging_closes_all",),
    ),
    Law(
        "self_trade_never",
        ("SM-8", "PG-3"),
        ("Account.user", "QuoteRequest.quotes"),
        {
            f"{_QUOTES}.submit_quote": Writer(
                "Records.Put", ("t_no_quote_of_the_same_user_is_taken",)
            ),
            **dict.fromkeys(
                (
                    f"{_QUOTES}.request_quote",
                    f"{_QUOTES}.refresh_request",
                    f"{_QUOTES}.withdraw_quote",
                    f"{_OPERATIONS}.programs.block_trade.ended_request",
                    f"{_OPERATIONS}.liquidation.book.request_conversion",
                    f"{_OPERATIONS}.liquidation.conversion._asked",
                ),
                Writer("none: it leaves no quote that was not there", ()),
            ),
        },
        (_OF_EACH,),
        ("t_orders_of_one_user_never_trade",),
        ("trades_begin_where_users_are_compared",),
    ),
)
"""The laws of flows."""
