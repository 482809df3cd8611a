"""The law that nothing stored is below zero, field by field."""

from __future__ import annotations

from typing import Final

from ibperp_invariants.proofs.system.fields import BOUND, FUNDING_TIME, SET_PRICE, UPDATE_MARK
from ibperp_invariants.proofs.system.fund import INTEREST
from ibperp_invariants.proofs.system.law import Law, Writer
from ibperp_invariants.proofs.system.pools import BALANCE_FIELDS, BALANCES, POOL_STEPS

_OPERATIONS: Final = "ibperp.operations"
_ORDERS: Final = f"{_OPERATIONS}.spot_margin.orders"
_POOLS: Final = f"{_OPERATIONS}.money_market.pools"
_MARKETS: Final = f"{_OPERATIONS}.perpetuals.markets"


def _put(*theorems: str) -> Writer:
    return Writer("Records.Put", theorems)


_PLACED: Final = _put("t_no_order_has_a_price_below_zero")
_SYSTEM_ORDER: Final = _put("t_the_system_never_orders_below_zero")

SIGN_LAWS: Final[tuple[Law, ...]] = (
    Law(
        "non_negative",
        ("CU-1", "MM-1"),
        (
            *BALANCE_FIELDS,
            "Pool.lent",
            "Pool.lend_shares",
            "Pool.borrowed",
            "Pool.borrow_shares",
            "Pool.reserve",
            "Pool.unearned",
            "Pool.interest_carry",
            "Pool.rate_time",
            "Pool.throttle_bound",
            "Asset.price",
            "State.time",
            "State.settlement_time",
            "State.unpaid_rate_time",
            "State.liquidation_time",
            "Chain.next_sequence",
            "Backstop.capacity",
            "Order.price",
            "Book.last_price",
            "Reference.index_price",
            "Reference.mean_mark_price",
            "Perpetual.index_price",
            "Perpetual.mark_price",
            "Perpetual.mark_time",
            "Perpetual.funding_time",
            "Perpetual.open_interest",
        ),
        {
            **BALANCES,
            **POOL_STEPS,
            **INTEREST,
            "ibperp.pool.accrue": Writer("Carry.Accrue", ("t_carry_is_a_fraction_of_an_atom",)),
            f"{_POOLS}._accrued": _put("t_rate_and_time_are_never_below_zero"),
            "ibperp.pool.throttle": _put(*BOUND),
            "ibperp.pool.with_bound_in": _put(*BOUND),
            f"{_OPERATIONS}.custody.assets.set_price": SET_PRICE,
            f"{_POOLS}.advance_time": _put("t_time_moves_forward_alone"),
            f"{_OPERATIONS}.settlement.settle.settle": _put(
                "t_a_settlement_is_of_now", "t_a_settlement_counts_anew"
            ),
            f"{_POOLS}._counted": _put("t_rate_and_time_of_what_is_unpaid_are_never_below_zero"),
            f"{_OPERATIONS}.governance.halts.resume": _put("t_a_halt_ends_with_a_grace"),
            f"{_OPERATIONS}.custody.accounts.deposit": _put("t_a_deposit_is_counted_on_its_chain"),
            f"{_OPERATIONS}.programs.backstops.register_backstop": _put(
                "t_an_offer_is_of_a_user_and_has_capacity"
            ),
            f"{_OPERATIONS}.liquidation.backstop._used": _put(
                "t_a_used_offer_has_capacity_left_or_ends"
            ),
            f"{_ORDERS}.place_order": _PLACED,
            f"{_ORDERS}.amend_order": _PLACED,
            f"{_OPERATIONS}.liquidation.book._worked_deal": _SYSTEM_ORDER,
            f"{_OPERATIONS}.liquidation.conversion._sold": _SYSTEM_ORDER,
            f"{_OPERATIONS}.spot_margin.matching._with_last": _put(
                "t_a_trade_notes_the_price_of_its_maker"
            ),
            f"{_OPERATIONS}.spot_margin.markets.set_market_reference": _put(
                "t_a_reference_is_above_zero"
            ),
            f"{_MARKETS}.update_mark": UPDATE_MARK,
            f"{_MARKETS}._charged": FUNDING_TIME,
            f"{_MARKETS}._with_terms": FUNDING_TIME,
        },
        (
            "Pools.no_total_is_below_zero_after_any_run",
            "Ledger.no_balance_below_zero_after_any_run",
            "Fund.open_interest_is_not_below_zero_after_any_run",
            "Carry.carry_is_a_fraction_after_any_run",
            "Records.a_law_that_each_write_keeps_holds_of_every_record",
        ),
        ("t_borrow_rate_is_within_the_curve", "t_a_listed_asset_has_nothing_below_zero"),
    ),
)
"""The laws of signs."""
