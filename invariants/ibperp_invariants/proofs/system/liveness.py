"""The law that steps of a liquidation lower a rank, as far as it is proved (LQ-10)."""

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
        "t_a_debt_to_the_fund_that_is_paid_lowers_the_rank",
        "t_a_debt_that_is_repaid_in_part_is_never_more",
        "t_a_debt_to_a_pool_that_is_resolved_is_gone",
        "t_a_debt_to_the_fund_that_is_resolved_is_gone",
    ),
    ("a_step_is_a_stage_of_the_ladder",),
    "the stages that end orders or reduce positions",
)
"""Each of these stages lowers the rank, whatever it does to what is owed and held."""
