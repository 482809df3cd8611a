"""Laws of the liquidity fund: lots, open interest, and claims that are zero in sum."""

from __future__ import annotations

from typing import Final

from ibperp_invariants.proofs.system.law import Law, Writer

_OPERATIONS: Final = "ibperp.operations"
_CLEARING: Final = f"{_OPERATIONS}.settlement.clearing.Clearing"
_SETTLE: Final = f"{_OPERATIONS}.settlement.settle"
_MARKETS: Final = f"{_OPERATIONS}.perpetuals.markets"
_TRADES: Final = f"{_OPERATIONS}.perpetuals.perpetual_trade"

_TRADED: Final = ("t_a_trade_keeps_lots_and_open_interest", "t_a_trade_moves_no_worth_in_sum")
_HANDED: Final = ("t_a_handover_keeps_lots_and_open_interest", "t_a_handover_moves_no_worth_in_sum")
_CLOSED: Final = ("t_a_closed_market_has_no_lots_and_keeps_worth",)
_MARKED: Final = ("t_marking_turns_gains_into_claims",)
_FILLS: Final = (
    "t_fill_adds_its_lots_and_nothing_else",
    "t_fill_keeps_what_price_says",
    "t_closing_all_leaves_no_cost",
    "t_a_fill_of_any_sign_moves_its_price",
)

_BOOKED: Final = Writer(
    "Fund.Trade", ("t_a_fill_books_funding_gain_and_fee", *_TRADED, *_HANDED, *_CLOSED)
)

LOTS: Final = {
    f"{_TRADES}.booked_position": _BOOKED,
    "ibperp.position.filled": Writer("Fund.Trade", (*_FILLS, *_TRADED, *_HANDED, *_CLOSED)),
    "ibperp.state.with_position": Writer(
        "Fund.with_positions", ("t_a_placed_position_is_the_only_change",)
    ),
    f"{_OPERATIONS}.settlement.clearing.Sheet.written": Writer("Fund.Settle", _MARKED),
}
INTEREST: Final = {
    f"{_TRADES}.exchanged_positions": Writer("Fund.Trade", _TRADED),
    f"{_OPERATIONS}.liquidation.handover.position_moved": Writer("Fund.Trade", _HANDED),
    f"{_MARKETS}.settle_market": Writer("Fund.Close", _CLOSED),
}
INDICES: Final = {
    f"{_MARKETS}._charged": Writer(
        "Fund.Fund",
        (
            "t_index_step_is_rounded_down_once",
            "t_funding_is_charged_up_to_a_time_that_never_runs_back",
        ),
    ),
    "ibperp.position.funded": Writer(
        "Fund.filled", ("t_funding_may_be_settled_at_any_time", "t_funded_notes_what_it_paid")
    ),
    "ibperp.position.settled": Writer(
        "Fund.Settle",
        (
            "t_settled_takes_exactly_the_gain",
            "t_settled_leaves_no_gain_and_no_funding",
            *_MARKED,
        ),
    ),
}
CLAIMS: Final = {
    f"{_OPERATIONS}.liquidation.bankruptcy._borne": Writer(
        "Fund.Unpaid", ("t_a_borne_loss_lowers_worth_by_its_part",)
    ),
    f"{_SETTLE}._distribute": Writer("Fund.Unpaid", ("t_distributing_pays_what_is_there",)),
    f"{_TRADES}.booked_position": _BOOKED,
    f"{_TRADES}.credited_unsettled": Writer(
        "Fund.credited", ("t_a_credit_changes_what_is_unsettled_alone",)
    ),
    f"{_OPERATIONS}.settlement.clearing.Sheet.written": Writer(
        "Fund.PayIn",
        (
            *_MARKED,
            "t_collecting_takes_what_is_owed_into_the_fund",
            "t_distributing_pays_what_is_there",
            "t_culling_pays_in_what_it_gives",
            "t_interest_on_what_is_unpaid_passes_between_accounts",
        ),
    ),
    f"{_CLEARING}._borrows": Writer(
        "none: the account that it makes is looked at and dropped",
        ("t_collecting_takes_what_is_owed_into_the_fund",),
    ),
    f"{_MARKETS}.update_mark": Writer(
        "Fund.Mark", ("t_a_mark_becomes_what_follows_from_its_inputs",)
    ),
}

FUND_LAWS: Final[tuple[Law, ...]] = (
    Law(
        "lots_sum_to_zero",
        ("PP-3", "PP-4", "PP-9"),
        ("Position.lots", "Account.positions"),
        LOTS,
        ("Fund.lots_sum_to_zero_after_any_run",),
    ),
    Law(
        "open_interest_agrees",
        ("PP-4", "PP-9"),
        ("Position.lots", "Account.positions", "Perpetual.open_interest"),
        LOTS | INTEREST,
        ("Fund.open_interest_agrees_after_any_run",),
    ),
    Law(
        "fund_is_flat",
        ("ST-1", "ST-7", "PP-4", "PP-8"),
        (
            "Position.lots",
            "Position.cost",
            "Position.funding_index",
            "Account.positions",
            "Account.unsettled",
            "Perpetual.mark_price",
            "Perpetual.funding_index",
        ),
        LOTS | INDICES | CLAIMS,
        ("Fund.fund_is_flat_after_any_run", "Holders.parts_are_all_that_is_available"),
        (),
        ("what_enters_the_fund_leaves_it",),
    ),
    Law(
        "funding_is_zero_sum",
        ("PP-8",),
        ("Perpetual.funding_index", "Position.funding_index"),
        INDICES,
        ("Fund.funding_is_zero_sum", "Fund.lots_sum_to_zero_after_any_run"),
        ("t_opposite_positions_pay_each_other",),
    ),
)
"""The laws of the fund."""
