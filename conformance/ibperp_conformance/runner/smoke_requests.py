"""What the smoke test asks of an engine: the smallest system, an order, a trade, a settlement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_ONE: Final = str(10**18)
_POOL: Final[Mapping[str, object]] = {
    "book_state": "open",
    "base_rate": "0",
    "slope_low": "0",
    "slope_high": "0",
    "optimal_utilization": "800000000000000000",
    "throttle_utilization": "850000000000000000",
    "throttle_fraction": "50000000000000000",
    "max_utilization": _ONE,
    "reserve_fee": "0",
    "open_borrow_lend_limit": "1000",
}
_ASSET: Final[Mapping[str, object]] = {
    "decimals": "2",
    "lot_atoms": "100",
    "haircut": {"kind": "identity", "weight": _ONE, "base": "0", "penalty": "0"},
    "imf_base": "20000000000000000",
    "imf_factor": "0",
    "mmf_base": "10000000000000000",
    "mmf_factor": "0",
    "price_update_min": "0",
    "price_update_max": _ONE,
    "price_floor": "0",
    "tokens": [
        {
            "chain": "north",
            "native_unit": "1",
            "minimum_deposit": "1",
            "minimum_withdrawal": "1",
            "maximum_withdrawal": "1000",
            "withdrawal_fee": "0",
        }
    ],
    "pool": _POOL,
}
_MARKET: Final[Mapping[str, object]] = {
    "base": "ORE",
    "quote": "CASH",
    "lot_atoms": "100",
    "tick": "1",
    "minimum_lots": "1",
    "maker_fee": "0",
    "taker_fee": "0",
    "order_book_state": "open",
    **dict.fromkeys(("limit_min", "impact_min", "mean_mark_min"), "0"),
    **dict.fromkeys(("limit_max", "impact_max", "mean_mark_max"), _ONE),
    "premium_tolerance": "0",
}
_PERPETUAL: Final[Mapping[str, object]] = {
    "lots_per_unit": "1",
    "tick": "1",
    "minimum_lots": "1",
    "maker_fee": "0",
    "taker_fee": "0",
    "order_book_state": "open",
    **dict.fromkeys(("limit_min", "impact_min", "mean_mark_min"), "0"),
    **dict.fromkeys(("limit_max", "impact_max", "mean_mark_max"), _ONE),
    "premium_tolerance": "0",
    "imf_base": "20000000000000000",
    "imf_factor": "0",
    "mmf_base": "10000000000000000",
    "mmf_factor": "0",
    "open_interest_limit": "100",
    "position_limit": "100",
    "funding_interval": "3600",
    **dict.fromkeys(("interest_rate", "interest_clamp", "funding_floor", "funding_cap"), "0"),
    "mark_threshold": "0",
    "price_update_min": "0",
    "price_update_max": _ONE,
}
SYSTEM: Final[Mapping[str, object]] = {
    "quote_unit": "100",
    "accrual_interval": "3600",
    "throttle_interval": "3600",
    "entry_fee": False,
    "auto_close_divisor": "2000000000000000000",
    "auto_close_offset": "0",
    "order_price_age": "3600",
    "borrow_price_age": "3600",
    "withdrawal_price_age": "3600",
    "order_limit": "10",
    "settlement_asset": "CASH",
    "settlement_interval": "60",
    **dict.fromkeys(("unrealized_weight", "unsettled_weight", "book_utilization_limit"), _ONE),
    **dict.fromkeys(("unrealized_cap", "unsettled_cap"), "1000"),
    **dict.fromkeys(("account_virtual_limit", "system_virtual_limit"), "1000"),
    "liquidation_price_age": "3600",
    "liquidation_fraction": _ONE,
    "liquidation_fee": "0",
    "liquidation_grace": "0",
    "insurance_limit": "1000",
    "non_recourse": True,
    "ramp_interval": "0",
    "request_lifetime": "300",
}
ACCOUNT: Final[Mapping[str, object]] = {"type": "create_account", "account": "2", "user": "1"}
LATER: Final[Mapping[str, object]] = {"type": "advance_time", "time": "60"}
BOOK: Final[tuple[Mapping[str, object], ...]] = (
    {"type": "list_asset", "asset": "CASH", "parameters": _ASSET},
    {"type": "list_asset", "asset": "ORE", "parameters": _ASSET},
    {"type": "set_price", "asset": "CASH", "price": "100"},
    {"type": "set_price", "asset": "ORE", "price": "250"},
    {
        "type": "deposit",
        "account": "2",
        "asset": "CASH",
        "chain": "north",
        "sequence": "1",
        "amount": "1000",
    },
    {"type": "list_market", "market": "ORE_CASH", "parameters": _MARKET},
)
ORDER: Final[Mapping[str, object]] = {
    "type": "place_order",
    "account": "2",
    "market": "ORE_CASH",
    "side": "bid",
    "kind": "limit",
    "lots": "2",
    "price": "250",
    "time_in_force": "gtc",
    "post_only": False,
    "reduce_only": False,
    "self_trade_prevention": "reject_taker",
    "flags": dict.fromkeys(
        ("auto_lend", "auto_lend_redeem", "auto_borrow", "auto_borrow_repay"), False
    ),
}
CANCEL: Final[Mapping[str, object]] = {"type": "cancel_order", "account": "2", "order": "0"}


def _mark(price: str) -> Mapping[str, object]:
    mark = {"index_price": price, "has_basis": False, "basis": "0"}
    return {"type": "update_mark", "market": "ORE_PERP", **mark}


PERPETUAL: Final[tuple[Mapping[str, object], ...]] = (
    {"type": "list_perpetual", "market": "ORE_PERP", "parameters": _PERPETUAL},
    _mark("250"),
)
TRADE: Final[tuple[Mapping[str, object], ...]] = (
    {"type": "create_account", "account": "3", "user": "2"},
    {**BOOK[4], "account": "3", "sequence": "2"},
    {**ORDER, "market": "ORE_PERP"},
    {**ORDER, "market": "ORE_PERP", "account": "3", "side": "ask"},
)
SETTLEMENT: Final[tuple[Mapping[str, object], ...]] = (_mark("240"), {"type": "settle"})
