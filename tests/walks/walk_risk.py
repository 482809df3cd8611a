"""What a random walk does with failing accounts, the programs around them, and governance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    Lend,
    PlaceOrder,
    Redeem,
    SetPrice,
    Settle,
    Transfer,
    UpdateMark,
)
from ibperp.numbers import RATIO
from ibperp.orders import OrderKind, SelfTradePrevention, Side, TimeInForce
from ibperp.parameters import SystemParameters
from ibperp.risk import due_accounts
from ibperp.state import at
from ibperp_invariants.search.risk import backed, governed, priced, quoted, refreshed, worked
from worlds.tiny import SYMBOLS

if TYPE_CHECKING:
    from ibperp.state import State
    from walks.walk import Draw

OTHER: Final = {2: 3, 3: 2, 5: 6, 6: 5}
"""The other account of the same user."""

MARKETS: Final = ("ORE_PERP", "GEM_PERP", "ORE_USD")


def of(make: Callable[[Random, State], Action]) -> Callable[[Draw], Action]:
    """Make what the search does a part of a walk."""
    return lambda draw: make(draw.random, draw.state)


def placed(draw: Draw) -> Action:
    """Place an order for many lots near the mark, with margin of all kinds."""
    market = draw.random.choice(MARKETS)
    return PlaceOrder(
        account=draw.account(),
        market=market,
        side=draw.random.choice(tuple(Side)),
        kind=OrderKind.LIMIT,
        lots=draw.random.choice((2, 5, 12, 30, 50)),
        price=draw.price(market),
        time_in_force=TimeInForce.GTC,
        post_only=False,
        reduce_only=False,
        self_trade_prevention=SelfTradePrevention.REJECT_MAKER,
        flags=draw.flags(),
    )


def failing(draw: Draw) -> Action:
    """Work on who is due; if nobody is, trade, or move a price a little or a lot."""
    if due_accounts(draw.state):
        return worked(draw.random, draw.state)
    if draw.chance(30):
        return priced(draw.random, draw.state)
    return moved(draw)


def moved(draw: Draw) -> Action:
    """Move a mark by a few percent, on and on in the direction that the hour has."""
    rises = draw.state.time // 3600 % 2 == 0
    if draw.chance(40):
        percent = draw.random.choice((105, 120) if rises else (95, 85))
        return SetPrice("ORE", max(draw.state.assets[1].price * percent // 100, 1))
    market = draw.random.choice(("ORE_PERP", "GEM_PERP"))
    percent = draw.random.choice((102, 104, 115) if rises else (98, 96, 85))
    index = max(draw.mark(market) * percent // 100, 1)
    return UpdateMark(market, index, has_basis=False, basis=0)


def indebted(draw: Draw) -> Action:
    """Borrow as much as the collateral allows, or let what was borrowed leave the account."""
    account, symbol = draw.account(), draw.symbol()
    holder, index = draw.state.accounts[account], SYMBOLS.index(symbol)
    free = at(holder.free, index)
    if at(holder.shares, index) < 0 and free and account in OTHER:
        return Transfer(account, OTHER[account], symbol, free)
    if at(holder.shares, index) > 0:
        return Redeem(account, symbol, None)
    return Borrow(account, symbol, draw.random.choice((200, 500, 900)))


RISK: Final[tuple[tuple[int, Callable[[Draw], Action]], ...]] = (
    (34, placed),
    (45, failing),
    (9, of(refreshed)),
    (4, of(worked)),
    (3, of(backed)),
    (14, of(quoted)),
    (3, of(governed)),
    (12, indebted),
    (2, lambda draw: Lend(draw.account(), draw.symbol(), draw.random.choice((50, 400)))),
    (4, lambda draw: AdvanceTime(draw.state.time + draw.random.choice((1, 60, 1200)))),
    (3, lambda _: Settle()),
)
"""Accounts with large positions and debts, prices that fall, and what is done about it."""


def risky(random: Random, system: SystemParameters) -> SystemParameters:
    """Return the system with prices that count for long, and limits that are narrow or none."""
    return replace(
        system,
        order_price_age=10**6,
        borrow_price_age=10**6,
        withdrawal_price_age=10**6,
        liquidation_price_age=10**6,
        liquidation_fraction=random.choice((1, 5, 10)) * RATIO // 10,
        insurance_limit=random.choice((0, 20, 10**15)),
        non_recourse=random.randrange(4) > 0,
        order_limit=8,
    )
