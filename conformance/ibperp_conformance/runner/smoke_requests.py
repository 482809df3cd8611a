"""What the smoke test asks of an engine: the smallest system, an order, a trade, a settlement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ibperp.actions import ListAsset, ListMarket, ListPerpetual
from ibperp.numbers import RATIO
from ibperp_conformance.protocol.wire import encode_action, encode_system
from ibperp_invariants.worlds import asset_of, market_of, perpetual_of, pool_of, system_of

_CENT: Final = RATIO // 100
_ASSET: Final = encode_action(
    ListAsset(
        "CASH",
        asset_of(
            decimals=2,
            lot_atoms=100,
            imf_base=2 * _CENT,
            mmf_base=_CENT,
            price_update_max=RATIO,
            pool=pool_of(base_rate=0, slope_low=0, slope_high=0, open_borrow_lend_limit=1000),
        ),
    )
)
_MARKET: Final = encode_action(
    ListMarket(
        "ORE_CASH", market_of(base="ORE", quote="CASH", lot_atoms=100, maker_fee=0, taker_fee=0)
    )
)
_PERPETUAL: Final = encode_action(
    ListPerpetual("ORE_PERP", perpetual_of(lots_per_unit=1, maker_fee=0, taker_fee=0))
)
SYSTEM: Final = encode_system(
    system_of(
        quote_unit=100, accrual_interval=3600, settlement_asset="CASH", settlement_interval=60
    )
)
ACCOUNT: Final[Mapping[str, object]] = {"type": "create_account", "account": "2", "user": "1"}
LATER: Final[Mapping[str, object]] = {"type": "advance_time", "time": "60"}
BOOK: Final[tuple[Mapping[str, object], ...]] = (
    _ASSET,
    {**_ASSET, "asset": "ORE"},
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
    _MARKET,
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
    _PERPETUAL,
    _mark("250"),
)
TRADE: Final[tuple[Mapping[str, object], ...]] = (
    {"type": "create_account", "account": "3", "user": "2"},
    {**BOOK[4], "account": "3", "sequence": "2"},
    {**ORDER, "market": "ORE_PERP"},
    {**ORDER, "market": "ORE_PERP", "account": "3", "side": "ask"},
)
SETTLEMENT: Final[tuple[Mapping[str, object], ...]] = (_mark("240"), {"type": "settle"})

FAR: Final[Mapping[str, object]] = {"type": "advance_time", "time": "1000000"}
"""A step that what was saved before it does not show."""

_SETTINGS: Final[Mapping[str, object]] = {
    **dict.fromkeys(("auto_lend", "auto_repay_borrows", "auto_borrow_settlements"), False),
    "auto_realize": True,
    "leverage_limit": "10000000000000000000",
}


def _nothing(*names: str) -> dict[str, object]:
    return {name: {} for name in names}


EMPTY: Final[Mapping[str, object]] = {
    **_nothing("chains", "assets", "markets", "orders"),
    **_nothing("withdrawals", "rebalances", "backstops", "requests"),
    **dict.fromkeys(("settlement_time", "unpaid_rate_time", "liquidation_time"), "0"),
    "halted": False,
    "accounts": {
        str(account): {
            "user": user,
            "settings": _SETTINGS,
            **_nothing("free", "reserved", "shares", "positions"),
        }
        for account, user in enumerate(("0", "0", "7"))
    },
}
"""The observation of a state with nothing but three accounts."""
