"""Laws of governance: margins on their way, and what waits for a grace."""

from __future__ import annotations

from typing import Final

from ibperp_invariants.proofs.system.law import Law, Writer

_OPERATIONS: Final = "ibperp.operations"
_OF_EACH: Final = "Records.a_law_that_each_write_keeps_holds_of_every_record"
_BETWEEN: Final = "Records.a_relation_that_each_write_keeps_holds_between_any_two_moments"

_MOVED: Final = ("t_ramp_stays_between_its_ends", "t_ramp_never_turns_back")
_ASSET: Final = "t_a_changed_asset_is_lawful_and_on_its_way"
_PERPETUAL: Final = "t_a_changed_perpetual_is_lawful_and_on_its_way"
_POOL: Final = "t_terms_of_a_pool_leave_its_asset_alone"
_RAMPED: Final = {
    "ibperp.ramps._moved_asset": Writer(
        "Records.Put", ("t_time_moves_an_asset_along_its_ramp", *_MOVED)
    ),
    "ibperp.ramps._moved_market": Writer(
        "Records.Put", ("t_time_moves_a_perpetual_along_its_ramp", *_MOVED)
    ),
    f"{_OPERATIONS}.governance.parameter_changes.set_asset_parameters": Writer(
        "Records.Put", (_ASSET,)
    ),
    f"{_OPERATIONS}.perpetuals.markets.set_perpetual_parameters": Writer(
        "Records.Put", (_PERPETUAL,)
    ),
    f"{_OPERATIONS}.money_market.pools.set_pool_parameters": Writer("Records.Put", (_POOL,)),
    f"{_OPERATIONS}.spot_margin.markets.set_market_parameters": Writer(
        "none: it replaces the terms of a spot market, which has neither margins nor a ramp", ()
    ),
}
_LIMITS: Final = ("Asset.parameters", "Asset.ramp", "Perpetual.parameters", "Perpetual.ramp")

GOVERNANCE_LAWS: Final[tuple[Law, ...]] = (
    Law(
        "ramp_keeps_laws",
        ("GV-1", "GV-2"),
        _LIMITS,
        _RAMPED,
        (_OF_EACH,),
        ("t_ramp_between_lawful_fractions_is_lawful",),
        ("parameters_are_lawful_where_they_are_stored",),
    ),
    Law(
        "ramp_is_monotone",
        ("GV-2",),
        _LIMITS,
        _RAMPED,
        (_BETWEEN,),
        ("t_change_moves_no_margin_at_once", "t_change_without_time_holds_at_once"),
    ),
    Law(
        "new_collateral_starts_at_zero",
        ("GV-2", "GV-5"),
        ("State.assets",),
        {
            "ibperp.ramps.with_ramps": Writer(
                "Records.Put", ("t_time_moves_an_asset_along_its_ramp",)
            ),
            "ibperp.state.with_asset": Writer("Records.Put", ()),
        },
        (),
        ("t_a_listed_asset_has_no_price",),
        ("assets_begin_in_their_listing",),
    ),
    Law(
        "liquidation_waits_for_grace",
        ("GV-4", "LQ-1"),
        ("State.liquidation_time",),
        {
            f"{_OPERATIONS}.governance.halts.resume": Writer(
                "Records.Put", ("t_a_halt_ends_with_a_grace",)
            )
        },
        (),
        (
            "t_nobody_is_liquidated_before_the_grace_is_over",
            "t_a_halt_refuses_what_it_does_not_admit",
        ),
        ("a_halt_is_asked_first",),
    ),
    Law(
        "mark_update_limited",
        ("PP-6", "GV-3"),
        ("Perpetual.index_price", "Perpetual.mark_price", "Perpetual.is_limited"),
        {
            f"{_OPERATIONS}.perpetuals.markets.update_mark": Writer(
                "Records.Put",
                (
                    "t_a_mark_becomes_what_follows_from_its_inputs",
                    "t_a_known_mark_stays_known",
                ),
            )
        },
        (),
        (
            "t_limited_price_lies_between_previous_and_asked",
            "t_bounded_mark_is_within_the_threshold",
            "t_index_alone_comes_second",
        ),
    ),
    Law(
        "backstops_have_capacity",
        ("PG-1", "LQ-6"),
        ("State.backstops",),
        {
            f"{_OPERATIONS}.programs.backstops.register_backstop": Writer(
                "Records.Put", ("t_an_offer_is_of_a_user_and_has_capacity",)
            ),
            f"{_OPERATIONS}.liquidation.backstop._used": Writer(
                "Records.Put", ("t_a_used_offer_has_capacity_left_or_ends",)
            ),
        },
        (_OF_EACH,),
    ),
)
"""The laws of governance, and of what it lets others offer."""
