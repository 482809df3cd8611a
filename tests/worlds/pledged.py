"""A world in which account 2 owes dollars against two coins, one of which counts by half."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Final

from ibperp.actions import (
    Borrow,
    CreateAccount,
    Deposit,
    Lend,
    ListAsset,
    ListMarket,
    SetPrice,
    Transfer,
)
from ibperp.numbers import RATIO
from ibperp.orders import Side
from ibperp.state import State, genesis
from worlds.failing import WIDE
from worlds.tiny import CHAINS, DAY_MARKET, PLAIN, POOL, asset, order, run

DEEP: Final = asset(pool=replace(POOL, open_borrow_lend_limit=10**9))
BOOK: Final = replace(DAY_MARKET, maker_fee=0, taker_fee=0, impact_min=0)
MANY: Final = 1_000_000


@cache
def pledged() -> State:
    """Account 2 is due; account 4 bids for its ORE, and account 5, at the mark, for its GEM."""
    return run(
        genesis(WIDE),
        ListAsset("USD", DEEP),
        ListAsset("ORE", DEEP),
        ListAsset("GEM", replace(DEEP, haircut=replace(PLAIN, weight=RATIO // 2))),
        *(SetPrice(symbol, 100) for symbol in ("USD", "ORE", "GEM")),
        ListMarket("ORE_USD", BOOK),
        ListMarket("GEM_USD", replace(BOOK, base="GEM")),
        *(CreateAccount(account, max(account, 3)) for account in range(2, 6)),
        Deposit(2, "ORE", CHAINS[0], 1, MANY),
        Deposit(2, "GEM", CHAINS[0], 2, MANY // 10),
        *(Deposit(account, "USD", CHAINS[0], account - 1, 5 * MANY) for account in (4, 5)),
        Lend(4, "USD", 2 * MANY),
        Borrow(2, "USD", MANY * 9 // 10),
        Transfer(2, 3, "USD", MANY * 9 // 10),
        SetPrice("ORE", 89),
        order(4, "ORE_USD", Side.BID, MANY // 20, 8),
        order(5, "GEM_USD", Side.BID, MANY // 20, 10),
    )
