"""What each law of the system rests on, part by part.

A law is proved when four things hold together, and each is checked by machine:

1. the census: nothing but the functions named here writes a field that the law is about;
2. for each of them theorems about the function itself, confirmed by the checkers;
3. a theorem in Coq, over the kernels as translated, that any run of such steps by any number of
   accounts keeps the law;
4. no lost update: a record is put back only where it was read (`freshness`).

What is trusted is that the step of the Coq model named beside a writer is what the writer does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ibperp_invariants.proofs.system.fields import FIELD_LAWS
from ibperp_invariants.proofs.system.flows import FLOW_LAWS
from ibperp_invariants.proofs.system.fund import FUND_LAWS
from ibperp_invariants.proofs.system.governance import GOVERNANCE_LAWS
from ibperp_invariants.proofs.system.law import Law, Writer
from ibperp_invariants.proofs.system.prices import PRICE_LAWS

_OPERATIONS: Final = "ibperp.operations"
_CLEARING: Final = f"{_OPERATIONS}.settlement.clearing.Clearing"

STARTS: Final = frozenset(
    {
        "ibperp.state.genesis",
        f"{_OPERATIONS}.custody.accounts.create_account",
        f"{_OPERATIONS}.custody.assets.list_asset",
        f"{_OPERATIONS}.perpetuals.markets.list_perpetual",
        "ibperp.state.position_of",
        f"{_CLEARING}.position",
    }
)
"""Functions that make a new record, every sum of which is zero: `Open` in the models."""

FRESH_ALL_THE_SAME: Final[Mapping[str, str]] = {
    f"{_OPERATIONS}.effect.Effect.claimed": (
        "the pool is an argument; the moves that make it are theorems (t_lent_keeps_the_books)"
    ),
    f"{_OPERATIONS}.money_market.moves.repaid": "the account is of that state, given its prepaid",
    f"{_OPERATIONS}.liquidation.handover.position_moved": (
        "what it does in between writes accounts and no market"
    ),
    f"{_OPERATIONS}.perpetuals.markets.set_perpetual_parameters": "read by `_perpetual`, unchanged",
    f"{_OPERATIONS}.perpetuals.markets.update_mark": "read by `_perpetual`, unchanged",
    f"{_OPERATIONS}.perpetuals.markets.settle_market": "read after all positions are closed",
    f"{_CLEARING}.written": "a settlement writes its state once, from sheets of that state",
    f"{_CLEARING}._seen_by": "a state that is looked at and dropped",
}
"""Functions that put a record where the syntax does not show that they read it, with reasons."""


_SHEET: Final = f"{_OPERATIONS}.settlement.clearing.Sheet.written"
_POST: Final = Writer("Ledger.Post", ("t_post_conserves", "t_debit_and_credit_cancel"))
_SETTLEMENT_POST: Final = Writer("Ledger.Post", ("t_a_settlement_posts_between_account_and_pool",))
_CASH: Final = {
    "ibperp.posting._asset_with": _POST,
    f"{_CLEARING}._post": _SETTLEMENT_POST,
}
_BALANCES: Final = {
    **_CASH,
    "ibperp.posting._with_balance": _POST,
    _SHEET: _SETTLEMENT_POST,
}
_BALANCE_FIELDS: Final = (
    "Account.free",
    "Pool.cash",
    "Token.custody",
    "Token.pending",
    "Asset.in_transit",
)

_POOL_STEPS: Final = {
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
    for name, writer in _POOL_STEPS.items()
    if name not in {"ibperp.pool.charge", "ibperp.pool.earn"}
} | _HELD_SHARES
_SHARE_FIELDS: Final = (
    "Account.shares",
    "Position.virtual",
    "Pool.lend_shares",
    "Pool.borrow_shares",
)
_CLAIM_STEPS: Final = _SHARE_STEPS | {"ibperp.pool.earn": _POOL_STEPS["ibperp.pool.earn"]}
_DEBT_STEPS: Final = _SHARE_STEPS | {"ibperp.pool.charge": _POOL_STEPS["ibperp.pool.charge"]}

LAWS: Final[tuple[Law, ...]] = (
    Law(
        "custody_identity",
        ("CU-1",),
        _BALANCE_FIELDS,
        _BALANCES,
        ("Ledger.custody_identity_after_any_run",),
    ),
    Law(
        "no_negative_free",
        ("CU-1", "NT-7", "SM-5"),
        ("Account.free",),
        {name: _BALANCES[name] for name in ("ibperp.posting._with_balance", _SHEET)},
        ("Ledger.no_balance_below_zero_after_any_run",),
    ),
    Law(
        "pool_identity",
        ("MM-1",),
        ("Pool.cash", "Pool.lent", "Pool.borrowed", "Pool.reserve", "Pool.unearned"),
        _POOL_STEPS | _CASH,
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
    *FUND_LAWS,
    *PRICE_LAWS,
    *FIELD_LAWS,
    *FLOW_LAWS,
    *GOVERNANCE_LAWS,
)
"""The laws that are composed from writers to any run; what they lack is told by `gaps`."""
