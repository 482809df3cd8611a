"""States from which failing accounts, programs around them and governance are near."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from faults.risk import BACKED, SLOW
from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    CancelAllOrders,
    Deposit,
    FundInsurance,
    Halt,
    Lend,
    Liquidate,
    Redeem,
    RegisterBackstop,
    RequestWithdrawal,
    SetAssetParameters,
    SetPerpetualParameters,
    SetPrice,
    SetSystemParameters,
    StartRebalance,
    SubmitQuote,
    Transfer,
)
from ibperp.numbers import RATIO
from ibperp.orders import Side
from ibperp.risk import due_accounts
from ibperp.state import Perpetual
from walks.walk import traders
from worlds.failing import (
    FAILING,
    WIDE,
    bankrupt,
    due,
    indebted,
    marked,
    request,
    requested,
    ruined,
    shared,
)
from worlds.perpetual import MARK, PERPETUALS, perpetual, quoted_perpetual, with_perpetuals
from worlds.positions import CLOSED, positioned
from worlds.tiny import CHAINS, MARKETS, NO_FLAGS, SYMBOLS, funded, order, quoted, run

if TYPE_CHECKING:
    from ibperp.state import State

BACKING: Final = RegisterBackstop(4, 10**6)
PENDING: Final[tuple[Action, ...]] = (
    *[RequestWithdrawal(3, "USD", CHAINS[0], 10, auto_lend_redeem=False, auto_borrow=False)] * 2,
    StartRebalance("USD", *CHAINS, 10),
)
"""Atoms on their way."""

ASKED: Final[tuple[Action, ...]] = (request(), SubmitQuote(4, 0, 25, NO_FLAGS), request(30))
"""Account 4 quotes a request of account 2, and none another one."""


def busy() -> State:
    """A little is lent and most of it borrowed, in both assets."""
    return run(
        with_perpetuals(funded(WIDE)),
        *PENDING,
        Lend(2, "USD", 13),
        Borrow(3, "USD", 9),
        Lend(3, "ORE", 100),
        Borrow(4, "ORE", 75),
    )


def nearly() -> State:
    """One update of a mark before account 4 is due, while atoms are on their way."""
    state = run(due(), *PENDING)
    market = state.markets[3]
    assert isinstance(market, Perpetual)
    return marked(state, market.mark_price - 2)


def offered() -> State:
    """Account 4 is due, with an order, and may buy what it is short of."""
    asks = (order(3, symbol, Side.ASK, 3, 2 * MARK) for symbol in PERPETUALS)
    return due(*asks, order(FAILING, "ORE_USD", Side.BID, 2, 20))


def bidden() -> State:
    """Account 2 is due, and may sell collateral."""
    return run(indebted(), order(4, "ORE_USD", Side.BID, 10, 12))


def asked() -> State:
    """Account 2 is due, and its collateral was offered for quotes."""
    return run(indebted(), Liquidate(2))


def insured() -> State:
    """Account 4 has lost more than it has, in USD alone, and the insurance can pay for it."""
    away = RequestWithdrawal(4, "ORE", CHAINS[0], 1000, auto_lend_redeem=False, auto_borrow=False)
    return marked(run(perpetual(WIDE), FundInsurance(3, "USD", 800), away), MARK + 110)


def defaulted() -> State:
    """Account 2 owes a pool with a reserve more than its collateral is worth."""
    day = (AdvanceTime(10**6), SetPrice("USD", 100), SetPrice("ORE", 250))
    return run(indebted(*day), *(SetPrice("ORE", price) for price in (81, 65, 52, 42, 34)))


def crowded(*before: Action) -> State:
    """Account 4 is due against three of its size, account 5 with a debt to three lenders.

    No two of them are equal in anything that orders them.
    """
    state = run(
        traders(WIDE),
        *(CancelAllOrders(account, market) for account in (2, 4) for market in MARKETS),
        Lend(3, "USD", 200),
        Redeem(6, "USD", 2250),
        Deposit(5, "ORE", CHAINS[1], 1, 400),
        Borrow(5, "USD", 600),
        Transfer(5, 6, "USD", 700),
        *before,
    )
    for buyer, lots, price in ((2, 5, MARK), (3, 4, MARK + 2), (6, 7, MARK - 2)):
        bid = order(buyer, "ORE_PERP", Side.BID, lots, price)
        state = run(state, bid, order(4, "ORE_PERP", Side.ASK, lots, price))
    while 5 not in due_accounts(state):
        state = run(state, SetPrice("ORE", state.assets[1].price - 1))
    mark = MARK
    while 4 not in due_accounts(state):
        mark += 2
        state = marked(state, mark)
    return state


def halted() -> State:
    """A halt: account 2 is due and asks for quotes, account 4 backs it, atoms are on their way."""
    return run(indebted(BACKING, *ASKED, *PENDING), Halt())


def ramping() -> State:
    """Margins of an asset and of a perpetual rise over time, while account 4 is due."""
    limits = replace(quoted().assets[1].parameters, imf_base=RATIO // 5, mmf_base=RATIO // 10)
    steeper = replace(PERPETUALS["ORE_PERP"], mmf_base=RATIO // 25)
    return run(
        due(),
        SetSystemParameters(SLOW),
        SetAssetParameters("ORE", limits),
        SetPerpetualParameters("ORE_PERP", steeper),
    )


QUIET: Final[dict[str, Callable[[], State]]] = {
    "busy": busy,
    "traders": lambda: run(traders(), *ASKED),
    "quoted": lambda: run(quoted_perpetual(), *ASKED),
    "positioned": positioned,
    "requested": lambda: run(requested(), *PENDING),
    "nearly_due": nearly,
    "halted": halted,
}
"""States in which nobody can be liquidated."""

FAILING_STATES: Final[dict[str, Callable[[], State]]] = {
    "due": due,
    "offered": offered,
    "backed": partial(due, BACKED),
    "backed_by_the_poor": partial(due, BACKED, *(Transfer(3, 2, name, 1000) for name in SYMBOLS)),
    "closed": lambda: run(due(), SetPerpetualParameters("ORE_PERP", CLOSED)),
    "ramping": ramping,
    "ruined": ruined,
    "shared": shared,
    "bankrupt": bankrupt,
    "insured": insured,
    "defaulted": defaulted,
    "indebted": indebted,
    "bidden": bidden,
    "asked": asked,
    "backed_debt": partial(indebted, BACKING),
    "crowded": partial(crowded, RegisterBackstop(2, 300), RegisterBackstop(6, 220)),
}
"""States in which something is to be done about somebody."""

STARTS: Final = QUIET | FAILING_STATES
"""Where walks begin."""
