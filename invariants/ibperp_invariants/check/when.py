"""When an invariant can be broken at all: by which actions, by a change of which parts.

A step that does not fall under the conditions of an invariant keeps it, whatever its values are, if
it was kept before. So most of them are not called: a step costs the checks of what it did.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ibperp import actions as do
from ibperp.fill import Fill
from ibperp_invariants.claims.governance.governance import WHILE_HALTED
from ibperp_invariants.claims.liquidation.due_list import MOVES_RISK
from ibperp_invariants.claims.portfolio.portfolio import OF_OWNERS
from ibperp_invariants.step.moved import MEMBERS, bits_of
from ibperp_invariants.step.step import OF_LIQUIDATION
from ibperp_invariants.view.observed import names_of
from ibperp_invariants.view.view import PositionView


@dataclass(frozen=True, slots=True)
class When:
    """What a step must be to break an invariant; what is left out may be anything.

    `actions`: one of these. `accepted`: whether it took effect. `parts`: its events tell of one of
    these, or the views may differ in it. `other_than`: none of these actions.
    """

    actions: tuple[type, ...] = ()
    accepted: bool | None = None
    parts: tuple[str, ...] = ()
    other_than: tuple[type, ...] = ()

    def admits(self, action: type, *, is_accepted: bool) -> bool:
        """Tell whether a step with such an action falls under it, if the parts moved."""
        return (
            (not self.actions or action in self.actions)
            and action not in self.other_than
            and self.accepted in {None, is_accepted}
        )


def by(*actions: type, moving: tuple[str, ...] = ()) -> When:
    """Return the condition that one of these actions was accepted, and moved one of the parts."""
    return When(actions, accepted=True, parts=moving)


def on(*parts: str) -> When:
    """Return the condition that one of these parts moved."""
    return When(parts=parts)


def on_accepted(*parts: str, other_than: tuple[type, ...] = ()) -> When:
    """Return the condition that one of these parts moved in another accepted action than these."""
    return When(accepted=True, parts=parts, other_than=other_than)


def of(kind: str, *names: str) -> tuple[str, ...]:
    """Return members of assets, markets or accounts as parts."""
    return tuple(f"{kind}/{name}" for name in names)


ACCEPTED: Final = When(accepted=True)
REFUSED: Final = When(accepted=False)
LIQUIDATED: Final = by(*OF_LIQUIDATION)
OF_POOLS: Final = by(do.Lend, do.Redeem, do.Borrow, do.Repay)
TIMES: Final = ("time", "settlement_time", "unpaid_rate_time", "liquidation_time")
LIMITS: Final = ("ramp", "parameters")
STORED: Final = (*TIMES, "chains", "assets", "markets", "backstops")
CUSTODY: Final = of("assets", "tokens", "in_transit")
LENT: Final = of("assets", "lent", "lend_shares")
OWED: Final = of("assets", "borrowed", "borrow_shares")
EARNED: Final = of("assets", "lent", "borrowed", "reserve", "unearned")
HELD_SHARES: Final = (*of("accounts", "shares", "virtual"), "system")
"""What the shares of a pool are summed over; `system` names the settlement asset."""

POSITION: Final = of("accounts", *names_of(PositionView))
"""A position that comes or goes moves all of these."""

WORTH: Final = (
    *of("accounts", "free", "shares", "unsettled", "lots", "cost", "funding_index", "virtual"),
    *of("assets", "lent", "lend_shares", "borrowed", "borrow_shares"),
    *of("markets", "mark_price", "funding_index", "parameters"),
    "system",
)
"""What all that an account has of the settlement asset is worked out of, its gains included."""

ORDERS: Final = ("orders", "accounts/orders", "markets/parameters")
LAWS: Final = tuple(f"{kind}/{name}" for kind in ("assets", "markets") for name in LIMITS)
CLOCKS: Final = (
    "time",
    "settlement_time",
    "assets/price_time",
    *of("markets", "mark_time", "funding_time"),
)
FUND: Final = (
    *of("markets", "mark_price", "funding_index"),
    *of("accounts", "lots", "cost", "funding_index", "unsettled"),
)
TO_DUE: Final = tuple(
    f"accounts/{name}"
    for name in MEMBERS["accounts"]
    if name not in {"virtual_value", "realized", "fees", "funding", "interest", "entry_cost"}
)
"""All of an account except what a position notes of its past, which counts for no health."""

WHEN: Final[dict[str, tuple[When, ...]]] = {
    "custody_identity": (on(*CUSTODY, "assets/cash", "accounts/free"),),
    "withdrawal_pending_totals": (on(*CUSTODY, "withdrawals", "rebalances"),),
    "custody_covers_pending": (on("assets/tokens"),),
    "donation_proof": (
        on("assets/tokens"),
        by(do.Deposit, do.StartRebalance, do.ConfirmWithdrawal, do.CompleteRebalance),
    ),
    "flows_are_told": (
        on_accepted(
            *of("accounts", "free", "unsettled"), "assets/cash", "postings", "credited", "settled"
        ),
    ),
    "nobody_pays_without_cause": (on_accepted("postings", "credited"),),
    "pool_identity": (on(*EARNED, "assets/cash"),),
    "share_totals": (on(*of("assets", "lend_shares", "borrow_shares"), *HELD_SHARES),),
    "claims_at_most_lent": (on(*LENT, *HELD_SHARES),),
    "debts_at_least_borrowed": (on(*OWED, *HELD_SHARES),),
    "lend_shares_bound": (on(*LENT),),
    "throttle_bound_in_range": (on(*of("assets", "throttle_bound", "parameters")),),
    "interest_carry_in_range": (on("assets/interest_carry"),),
    "interest_legs_balance": (When((do.AdvanceTime,), parts=EARNED),),
    "no_free_round_trip": (
        on_accepted("accounts", other_than=(do.AdvanceTime, do.Settle, *OF_LIQUIDATION)),
    ),
    "splitting_never_helps": (OF_POOLS,),
    "directed_rounding": (OF_POOLS,),
    "lend_claims_an_atom": (on("accounts/shares"),),
    "no_account_lends_and_borrows": (OF_POOLS,),
    "lend_share_price_monotone": (on(*LENT, "assets/unearned"),),
    "lend_share_price_rises_by_interest": (When(parts=LENT, other_than=(do.AdvanceTime,)),),
    "borrow_share_price_never_falls": (on(*OWED),),
    "borrow_share_price_rises_by_interest": (When(parts=OWED, other_than=(do.AdvanceTime,)),),
    "lenders_earn_by_time": (by(do.AdvanceTime), on_accepted("assets/unearned", "interest")),
    "entry_fee_once": (by(do.Borrow, do.Repay),),
    "health_ordering": (on("accounts", "orders", "reported"),),
    "no_double_count": (on("accounts", "orders", "reported"),),
    "profit_bounded": (on("accounts", "orders", "reported"),),
    "own_actions_keep_safe": (by(*OF_OWNERS),),
    "makers_stay_safe": (on("trades", "blocks"),),
    "nobody_else_loses_health": (by(*OF_OWNERS, do.Deposit, moving=("accounts",)),),
    "gift_never_hurts": (by(do.Deposit, do.Transfer, do.FailWithdrawal),),
    "cap_one_way": (REFUSED,),
    "price_update_limited": (by(do.SetPrice),),
    "book_uncrossed": (on("orders", *of("markets", "bids", "asks")),),
    "book_ordered": (on(*ORDERS, *of("markets", "bids", "asks")),),
    "reservations_are_sums": (on(*ORDERS, "accounts/reserved"),),
    "firm_orders_covered": (on(*ORDERS, "accounts/free"),),
    "fills_are_transfers": (
        on_accepted("trades"),
        by(do.PlaceOrder, do.AmendOrder, do.ConvertDust, Fill),
    ),
    "reduce_only_reduces": (on("trades"),),
    "self_trade_never": (on("trades", "blocks"),),
    "order_ids_dense": (by(do.PlaceOrder), on("next_order", "orders", "accepted")),
    "lots_sum_to_zero": (on("accounts/lots"),),
    "open_interest_agrees": (on("markets/open_interest", "accounts/lots"),),
    "fund_is_flat": (on(*FUND),),
    "active_accounts": (on("active", *of("accounts", "unsettled", "lots", "unpaid")),),
    "reduce_only_covered": (on(*ORDERS, "accounts/lots"),),
    "profit_extraction_bounded": (on("accounts", "reported"),),
    "trades_move_no_value": (on_accepted("trades", "blocks", "liquidation"),),
    "funding_is_zero_sum": (on(*POSITION, "credited", "trades", "liquidation"),),
    "settled_on_touch": (on(*POSITION, "liquidation"),),
    "funding_clamped": (by(do.ApplyFunding, do.SettleMarket),),
    "every_second_is_funded_once": (
        on_accepted(*of("markets", "funding_time", "funding_parts")),
        by(do.ApplyFunding, do.SettleMarket, do.SetPerpetualParameters),
    ),
    "virtual_shares_are_sums": (on(*of("assets", "lend_shares", "borrow_shares"), *HELD_SHARES),),
    "settlement_is_equity_neutral": (by(do.Settle, moving=(*WORTH, "credited")),),
    "settlement_flows_balance": (by(do.Settle, moving=(*WORTH, "credited", "settled", "moves")),),
    "unpaid_bounded": (by(do.Settle),),
    "culling_helps": (by(do.Settle, moving=("moves",)),),
    "interest_attributed": (by(do.Settle, moving=("accounts",)),),
    "conversions_pay_what_is_owed": (by(do.ConvertCollateral),),
    "unpaid_sums_to_zero": (on("accounts/unpaid"),),
    "interest_on_what_waits": (by(do.Settle),),
    "time_counts_for_what_waits": (by(do.AdvanceTime),),
    "liquidates_only_the_due": (REFUSED, LIQUIDATED),
    "liquidation_step_told": (LIQUIDATED, on_accepted("liquidation")),
    "liquidation_makes_progress": (LIQUIDATED,),
    "liquidation_price_bounded": (LIQUIDATED,),
    "liquidation_fee_bounded": (on("credited"),),
    "no_dust_left": (LIQUIDATED,),
    "claims_move_not_cash": (LIQUIDATED,),
    "negative_account_waits": (by(*OF_OWNERS),),
    "liquidation_takes_its_fraction": (LIQUIDATED,),
    "rungs_in_order": (LIQUIDATED,),
    "sales_help": (LIQUIDATED,),
    "handed_over_at_worth": (LIQUIDATED,),
    "liquidation_enriches_no_user": (LIQUIDATED,),
    "backstop_provider_safe": (LIQUIDATED,),
    "backstop_within_capacity": (LIQUIDATED,),
    "deleveraged_were_opposite": (LIQUIDATED,),
    "deleveraging_price_between": (LIQUIDATED,),
    "deleveraging_in_order": (LIQUIDATED,),
    "deleveraging_leaves_no_riskier": (LIQUIDATED,),
    "flat_accounts_never_pay": (LIQUIDATED,),
    "lenders_stay_sound": (LIQUIDATED,),
    "deleveraging_is_last": (LIQUIDATED,),
    "bankruptcy_adds_up": (on("liquidation"),),
    "bankrupt_means_nothing_left": (by(do.ResolveBankruptcy),),
    "bankruptcy_open_at_once": (When((do.Liquidate, do.ResolveBankruptcy), accepted=False),),
    "relief_before_loss": (When((do.ResolveBankruptcy,), parts=("liquidation",)),),
    "loss_spread_in_proportion": (When((do.ResolveBankruptcy,), parts=("liquidation",)),),
    "insurance_within_limit": (by(do.ResolveBankruptcy),),
    "lenders_shares_stay_defined": (on(*LENT, *OWED),),
    "bad_debt_falls_only_by_resolution": (on("assets/reserve", "credited", "liquidation"),),
    "due_list_complete": (on(*TO_DUE, "exposed"),),
    "index_agrees": (on_accepted("index"),),
    "healthy_to_due_only_by_price_time_parameters": (
        on_accepted("accounts", other_than=(*MOVES_RISK, *OF_LIQUIDATION, Fill)),
    ),
    "run_is_its_steps": (by(do.RunRisk),),
    "due_accounts_have_a_step": (by(*MOVES_RISK, *OF_LIQUIDATION, do.Resume, moving=("index",)),),
    "liquidation_lowers_rank": (by(*OF_LIQUIDATION),),
    "risk_ends": (by(*MOVES_RISK, *OF_LIQUIDATION, do.Resume, moving=("index",)),),
    "requests_trade_balance": (on("blocks"),),
    "quotes_name_open_requests": (on("requests"),),
    "one_conversion_an_account": (on("requests"),),
    "backstops_have_capacity": (on("backstops", "accounts/entries"),),
    "ramp_keeps_laws": (on(*LAWS, "time"),),
    "ramp_is_monotone": (on(*LAWS), by(do.AdvanceTime)),
    "halt_admits_only": (
        REFUSED,
        When(accepted=True, other_than=tuple(WHILE_HALTED - {do.Resume})),
    ),
    "liquidation_waits_for_grace": (LIQUIDATED,),
    "new_collateral_starts_at_zero": (by(do.ListAsset),),
    "exits_are_open": (When((do.Repay, do.RequestWithdrawal)), on_accepted("index")),
    "closed_market_settles": (When((do.SettleMarket, do.SetPerpetualParameters)),),
    "winding_down_only_shrinks": (on("markets/open_interest"),),
    "prices_stay_known": (on("assets/price", "markets/mark_price"),),
    "clocks_run_forward": (
        on(*CLOCKS),
        by(do.AdvanceTime, do.SetPrice, do.UpdateMark),
    ),
    "mark_update_limited": (by(do.UpdateMark),),
    "dearer_collateral_helps": (by(do.SetPrice),),
    "feeds_admit_by_level": (
        by(
            *OF_LIQUIDATION,
            do.Borrow,
            do.RequestWithdrawal,
            do.FundInsurance,
            do.Transfer,
            do.PlaceOrder,
            do.ConvertDust,
        ),
    ),
    "prices_stand_where_they_matter": (When((do.Liquidate, do.ResolveBankruptcy), accepted=False),),
    "non_negative": (on("accounts/free", *STORED),),
    "stored_values_in_range": (on(*STORED),),
    "system_accounts_are_nobodys": (on("accounts/of_system"),),
    "no_negative_free": (on("accounts", "orders"),),
    "rejection_is_no_op": (REFUSED,),
    "determinism": (on("repeat"),),
    "frame_rule": (ACCEPTED,),
    "subaccount_isolation": (on_accepted("accounts"),),
}
"""By the name of an invariant: it can be broken where one of its conditions holds."""


ANY: Final = -1
"""In place of parts: whichever moved, or none."""


def breaking(action: type, *, is_accepted: bool) -> dict[str, int]:
    """Return the invariants that such an action can break, with the parts that have to move."""
    found: dict[str, int] = {}
    for name, conditions in WHEN.items():
        admitted = [own for own in conditions if own.admits(action, is_accepted=is_accepted)]
        if admitted:
            parts = bits_of(part for own in admitted for part in own.parts)
            found[name] = parts if all(own.parts for own in admitted) else ANY
    return found
