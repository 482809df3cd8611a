"""Laws of pools and balances, and the steps of a pool that others rest on too."""

from __future__ import annotations

from typing import Final

from ibperp_invariants.proofs.system.law import Law, Writer

_OPERATIONS: Final = "ibperp.operations"
_CLEARING: Final = f"{_OPERATIONS}.settlement.clearing.Clearing"
_SHEET: Final = f"{_OPERATIONS}.settlement.clearing.Sheet.written"
_POST: Final = Writer("Ledger.Post", ("t_post_conserves", "t_debit_and_credit_cancel"))
_SETTLEMENT_POST: Final = Writer("Ledger.Post", ("t_a_settlement_posts_between_account_and_pool",))
_CASH: Final = {
    "ibperp.posting._asset_with": _POST,
    f"{_CLEARING}._post": _SETTLEMENT_POST,
}
BALANCES: Final = {
    **_CASH,
    "ibperp.posting._with_balance": _POST,
    _SHEET: _SETTLEMENT_POST,
}
BALANCE_FIELDS: Final = (
    "Account.free",
    "Pool.cash",
    "Token.custody",
    "Token.pending",
    "Asset.in_transit",
)

POOL_STEPS: Final = {
    "ibperp.pool.lend": Writer(
        "Pools.Lend",
        (
            "t_lent_keeps_the_books",
            "t_giving_virtually_keeps_the_books",
            "t_paying_out_keeps_the_books",
        ),
    ),
    "ibperp.pool.redeem": Writer(
        "Pools.Redeem",
        (
            "t_redeemed_keeps_the_books",
            "t_taking_virtually_keeps_the_books",
            "t_paying_in_keeps_the_books",
            "t_releasing_keeps_the_books",
            "t_cancelling_keeps_the_net_claim",
        ),
    ),
    "ibperp.pool.borrow": Writer(
        "Pools.Borrow",
        (
            "t_borrowed_keeps_the_books",
            "t_taking_virtually_keeps_the_books",
            "t_a_borrow_with_its_fee_keeps_the_net_claim",
        ),
    ),
    "ibperp.pool.repay": Writer(
        "Pools.Repay",
        (
            "t_repaid_keeps_the_books",
            "t_giving_virtually_keeps_the_books",
            "t_paying_out_keeps_the_books",
            "t_cancelling_keeps_the_net_claim",
        ),
    ),
    "ibperp.pool.charge": Writer(
        "Pools.Charge", ("t_charge_keeps_the_net_claim", "t_accrue_keeps_the_net_claim")
    ),
    "ibperp.pool.earn": Writer("Pools.Earn", ("t_earn_keeps_the_net_claim",)),
    "ibperp.pool.written_off": Writer(
        "Pools.WriteOff",
        (
            "t_write_off_keeps_the_net_claim",
            "t_write_off_is_the_debt_but_for_an_atom",
            "t_write_off_leaves_no_total_below_zero",
        ),
    ),
}

_HELD_SHARES: Final = {
    f"{_OPERATIONS}.effect.Effect.claimed": Writer(
        "Pools.moved",
        (
            "t_claimed_moves_no_balance",
            "t_lent_keeps_the_books",
            "t_redeemed_keeps_the_books",
            "t_borrowed_keeps_the_books",
            "t_repaid_keeps_the_books",
            "t_cancelling_leaves_one_side",
            "t_shares_of_one_side_add_up",
        ),
    ),
    _SHEET: Writer(
        "Pools.moved",
        ("t_paying_in_keeps_the_books", "t_paying_out_keeps_the_books"),
    ),
    f"{_CLEARING}._borrows": Writer(
        "Pools.Borrow", ("t_a_borrow_with_its_fee_keeps_the_net_claim",)
    ),
    f"{_CLEARING}._moved": Writer(
        "Pools.moved",
        (
            "t_taking_virtually_keeps_the_books",
            "t_giving_virtually_keeps_the_books",
            "t_releasing_keeps_the_books",
        ),
    ),
    f"{_OPERATIONS}.liquidation.handover.assumed_shares": Writer(
        "Pools.Pass", ("t_shares_of_one_side_add_up", "t_cancelling_leaves_one_side")
    ),
}

_SHARE_STEPS: Final = {
    name: writer
    for name, writer in POOL_STEPS.items()
    if name not in {"ibperp.pool.charge", "ibperp.pool.earn"}
} | _HELD_SHARES
_SHARE_FIELDS: Final = (
    "Account.shares",
    "Position.virtual",
    "Pool.lend_shares",
    "Pool.borrow_shares",
)
_CLAIM_STEPS: Final = _SHARE_STEPS | {"ibperp.pool.earn": POOL_STEPS["ibperp.pool.earn"]}
_DEBT_STEPS: Final = _SHARE_STEPS | {"ibperp.pool.charge": POOL_STEPS["ibperp.pool.charge"]}

POOL_LAWS: Final[tuple[Law, ...]] = (
    Law(
        "custody_identity",
        ("CU-1",),
        BALANCE_FIELDS,
        BALANCES,
        ("Ledger.custody_identity_after_any_run",),
    ),
    Law(
        "no_negative_free",
        ("CU-1", "NT-7", "SM-5"),
        ("Account.free",),
        {name: BALANCES[name] for name in ("ibperp.posting._with_balance", _SHEET)},
        ("Ledger.no_balance_below_zero_after_any_run",),
    ),
    Law(
        "pool_identity",
        ("MM-1",),
        ("Pool.cash", "Pool.lent", "Pool.borrowed", "Pool.reserve", "Pool.unearned"),
        POOL_STEPS | _CASH,
        ("Pools.pool_identity_after_any_run",),
    ),
    Law(
        "share_totals",
        ("MM-2", "ST-4"),
        _SHARE_FIELDS,
        _SHARE_STEPS,
        ("Pools.share_totals_after_any_run",),
    ),
    Law(
        "virtual_shares_are_sums",
        ("ST-4", "ST-7"),
        _SHARE_FIELDS,
        _SHARE_STEPS,
        ("Pools.share_totals_after_any_run",),
    ),
    Law(
        "claims_at_most_lent",
        ("MM-2",),
        (*_SHARE_FIELDS, "Pool.lent"),
        _CLAIM_STEPS,
        (
            "Pools.all_claims_are_within_what_is_lent_after_any_run",
            "Holders.claims_of_all_lenders_are_within_what_is_lent",
        ),
    ),
    Law(
        "debts_at_least_borrowed",
        ("MM-2",),
        (*_SHARE_FIELDS, "Pool.borrowed"),
        _DEBT_STEPS,
        (
            "Pools.all_debts_cover_what_is_borrowed_after_any_run",
            "Holders.debts_of_all_borrowers_cover_what_is_borrowed",
        ),
    ),
    Law(
        "interest_carry_in_range",
        ("MM-6",),
        ("Pool.interest_carry",),
        {"ibperp.pool.accrue": Writer("Carry.Accrue", ("t_carry_is_a_fraction_of_an_atom",))},
        ("Carry.carry_is_a_fraction_after_any_run",),
    ),
)
"""The laws of pools and balances."""
