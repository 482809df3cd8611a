"""Cases of setting a price (CU-11)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Lend, ListAsset, SetPrice, Transfer
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Why, withdraw
from ibperp_authoring.cases.setups import MAX, SOL, USD

_LISTED: Final = Group("listed")

_MARKET: Final = Group("market")

PRICES: Final[tuple[Case, ...]] = (
    _LISTED.accept("CU-11-001", "a price is set at the present time", SetPrice("SOL", 101 * USD)),
    _LISTED.accept("CU-11-002", "the smallest price", SetPrice("SOL", 1), why=Why.BOUNDARY),
    *_LISTED.refusals(
        "CU-11-002",
        ("CU-11-003", "a price of zero", SetPrice("SOL", 0), R.AMOUNT_NOT_POSITIVE),
        ("CU-11-004", "a price below zero", SetPrice("SOL", -1), R.AMOUNT_NOT_POSITIVE),
        ("CU-11-005", "a price out of range", SetPrice("SOL", MAX + 1), R.OUT_OF_RANGE),
        ("CU-11-006", "an unknown asset", SetPrice("BTC", 1), R.ASSET_UNKNOWN),
    ),
    _LISTED.reject(
        "CU-11-007",
        "a price of zero goes before an unknown asset",
        SetPrice("BTC", 0),
        code=R.AMOUNT_NOT_POSITIVE,
        twin="CU-11-002",
        why=Why.PRECEDENCE,
    ),
    _LISTED.accept(
        "CU-11-008",
        "the largest price",
        ListAsset("JUP", SOL),
        SetPrice("JUP", MAX),
        why=Why.BOUNDARY,
    ),
    _MARKET.accept(
        "CU-11-009", "a fall of the price is taken whatever it does to margins", SetPrice("SOL", 1)
    ),
    _MARKET.trace(
        "CU-11-010",
        "after a fall of the price only what lowers risk is taken",
        SetPrice("SOL", 1),
        Transfer(2, 3, "USDC", 1),
        Lend(2, "USDC", 1),
        withdraw(2, "USDC", "solana", 1 * USD),
    ),
)


CASES: Final[tuple[Case, ...]] = (*PRICES,)
