"""The fields of an order: side, kind, time in force, and what it may do with the pools."""

from __future__ import annotations

from enum import StrEnum

from ibperp.records import record


class Side(StrEnum):
    """A bid buys base for quote; an ask sells it."""

    BID = "bid"
    ASK = "ask"


class OrderKind(StrEnum):
    """A limit order has a price that it never passes; a market order has none (SM-4)."""

    LIMIT = "limit"
    MARKET = "market"


class TimeInForce(StrEnum):
    """What happens to lots that do not fill at once: rest, expire, or refuse all (SM-4)."""

    GTC = "gtc"
    IOC = "ioc"
    FOK = "fok"


class SelfTradePrevention(StrEnum):
    """Which of two orders of one user gives way (SM-8)."""

    REJECT_TAKER = "reject_taker"
    REJECT_MAKER = "reject_maker"
    REJECT_BOTH = "reject_both"


@record
class OrderFlags:
    """What an order may do with the pools when it fills (SM-9).

    `auto_lend_redeem`: deliver from the lend. `auto_borrow`: deliver borrowed atoms.
    `auto_borrow_repay`, `auto_lend`: what is received repays the debt, then is lent.
    """

    auto_lend: bool
    auto_lend_redeem: bool
    auto_borrow: bool
    auto_borrow_repay: bool
