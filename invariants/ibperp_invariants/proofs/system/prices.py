"""Laws of share prices and of rounding: what each move in a pool does to one pool."""

from __future__ import annotations

from typing import Final

from ibperp_invariants.proofs.system.law import Law, Writer

_BETWEEN: Final = "Records.a_relation_that_each_write_keeps_holds_between_any_two_moments"
_OF_EACH: Final = "Records.a_law_that_each_write_keeps_holds_of_every_record"
_ROUNDED: Final = ("shares_are_rounded_for_the_pool",)

_LENT: Final = {
    "ibperp.pool.lend": Writer("Pools.Lend", ("t_lend_never_lowers_the_lend_price",)),
    "ibperp.pool.redeem": Writer(
        "Pools.Redeem",
        (
            "t_redeem_of_an_amount_never_lowers_the_lend_price",
            "t_redeem_of_a_claim_never_lowers_the_lend_price",
            "t_cancelling_never_lowers_the_lend_price",
        ),
    ),
    "ibperp.pool.earn": Writer("Pools.Earn", ("t_earn_never_lowers_the_lend_price",)),
    "ibperp.pool.written_off": Writer(
        "Pools.WriteOff", ("t_write_off_is_borne_by_reserve_and_lenders",)
    ),
}
_BOUND: Final = {
    "ibperp.pool.lend": Writer("Pools.Lend", ("t_lend_keeps_the_share_bound",)),
    "ibperp.pool.redeem": Writer(
        "Pools.Redeem",
        ("t_redeem_keeps_the_share_bound", "t_redeem_of_a_claim_keeps_the_share_bound"),
    ),
    "ibperp.pool.earn": _LENT["ibperp.pool.earn"],
    "ibperp.pool.written_off": _LENT["ibperp.pool.written_off"],
}
_OWED: Final = {
    "ibperp.pool.borrow": Writer(
        "Pools.Borrow", ("t_a_borrow_lowers_the_price_by_less_than_a_share",)
    ),
    "ibperp.pool.charge": Writer("Pools.Charge", ("t_accrue_never_lowers_the_borrow_price",)),
    "ibperp.pool.repay": Writer(
        "Pools.Repay",
        (
            "t_repay_never_lowers_the_borrow_price",
            "t_cancelling_never_lowers_the_borrow_price",
        ),
    ),
    "ibperp.pool.written_off": Writer("Pools.WriteOff", ("t_write_off_leaves_what_others_owe",)),
}
_MINTED: Final = (
    "t_minted_shares_are_worth_at_most_the_amount",
    "t_shares_of_a_lend_are_rounded_by_less_than_one",
)
_BURNED: Final = (
    "t_burned_shares_fit_the_claim",
    "t_shares_of_a_lend_are_rounded_by_less_than_one",
)
_REPAID: Final = (
    "t_repay_residue_is_never_negative",
    "t_a_debt_that_is_repaid_in_part_keeps_its_shares_rounded",
)
_DIRECTED: Final = {
    "ibperp.pool.lend": Writer("Pools.Lend", _MINTED),
    "ibperp.pool.redeem": Writer("Pools.Redeem", _BURNED),
    "ibperp.pool.borrow": Writer(
        "Pools.Borrow",
        (
            "t_a_borrow_lowers_the_price_by_less_than_a_share",
            "t_first_borrow_owes_exactly_the_amount",
        ),
    ),
    "ibperp.pool.repay": Writer("Pools.Repay", _REPAID),
    "ibperp.pool.written_off": Writer(
        "Pools.WriteOff", ("t_write_off_is_the_debt_but_for_an_atom",)
    ),
}

PRICE_LAWS: Final[tuple[Law, ...]] = (
    Law(
        "lend_share_price_monotone",
        ("MM-2", "MM-6"),
        ("Pool.lent", "Pool.lend_shares"),
        _LENT,
        (_BETWEEN,),
        (),
        _ROUNDED,
    ),
    Law(
        "lend_shares_bound",
        ("MM-2", "MM-11", "MM-12", "LQ-9"),
        ("Pool.lent", "Pool.lend_shares"),
        _BOUND,
        (_OF_EACH,),
        (),
        _ROUNDED,
    ),
    Law(
        "borrow_share_price_never_falls",
        ("MM-2", "MM-6", "MM-14"),
        ("Pool.borrowed", "Pool.borrow_shares"),
        _OWED,
        (_BETWEEN,),
        (),
        _ROUNDED,
    ),
    Law(
        "directed_rounding",
        ("NT-4", "MM-11", "MM-12", "MM-13", "MM-14"),
        ("Pool.lend_shares", "Pool.borrow_shares"),
        _DIRECTED,
        (),
        (),
        _ROUNDED,
    ),
    Law(
        "interest_legs_balance",
        ("MM-6",),
        ("Pool.unearned",),
        {
            "ibperp.pool.charge": Writer(
                "Pools.Charge", ("t_charge_keeps_the_net_claim", "t_charge_splits_the_interest")
            ),
            "ibperp.pool.earn": Writer("Pools.Earn", ("t_earn_keeps_the_net_claim",)),
            "ibperp.pool.written_off": Writer(
                "Pools.WriteOff", ("t_write_off_keeps_the_net_claim",)
            ),
        },
        (),
        ("t_accrue_keeps_the_net_claim", "t_accrue_loses_no_fraction"),
    ),
)
"""The laws of share prices and rounding."""
