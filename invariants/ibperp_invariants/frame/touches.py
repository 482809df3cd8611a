"""The words in which the frame rule says what an action may touch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Final, TypeAlias

Parts: TypeAlias = tuple[str, ...]
"""Names of parts of a record, as the views name them, and the two below."""

CREATED: Final = "created"
ENDED: Final = "ended"


class Accounts(StrEnum):
    """Accounts that an action may touch."""

    NEW = "the new account"
    OWNER = "its account"
    RECEIVER = "the receiver"
    REQUESTER = "the account of the withdrawal"
    FEES = "fees"
    INSURANCE = "insurance"
    FEES_OF_TRADES = "fees, if it trades"
    TRADERS = "makers and takers"
    ORDER_OWNERS = "owners of the orders that it touches"
    HOLDERS = "accounts with a position in the market"
    UNSETTLED = "accounts with a position, an unsettled balance or something unpaid"
    PARTIES = "both parties of the trade"
    TOLD = "accounts that its events of liquidation name"
    LENDERS = "lenders, if a debt is closed against lends or insurance pays it"
    PROVIDERS = "providers, if they take over"
    PREPAID = "accounts with prepaid atoms, at a boundary of interest"
    CREDITED = "accounts that a resolved bankruptcy credits"


class Assets(StrEnum):
    """Assets that an action may touch; balances of accounts in no other asset change."""

    NAMED = "its asset"
    OF_REQUEST = "the asset of the withdrawal or rebalance"
    OF_MARKET = "base and quote of a spot market"
    SETTLEMENT = "the settlement asset"
    RAMPED = "an asset with a ramp"
    ALL = "every asset"


class Markets(StrEnum):
    """Markets that an action may touch; positions in no other market change."""

    NAMED = "its market"
    SPOT = "its spot market"
    PERPETUAL = "its perpetual"
    CLOSED = "its market, if it closes"
    RAMPED = "a perpetual with a ramp"
    ALL = "every market"


class Orders(StrEnum):
    """Open orders that an action may touch."""

    NEW = "the new order"
    NAMED = "its order"
    OF_ACCOUNT = "orders of its account in its market"
    OF_CLOSED = "orders of its market, if it closes"
    OPPOSITE = "orders of the other side"
    REDUCED = "reduce-only orders of accounts that trade"
    OF_LIQUIDATED = "orders of liquidated accounts"
    OF_TRADED = "orders of markets that it trades"


class Others(StrEnum):
    """Chains, requests and backstops that an action may touch."""

    CHAIN = "its chain"
    NEW_CHAINS = "new chains"
    WITHDRAWAL = "its pending withdrawal"
    NEW_WITHDRAWAL = "the new withdrawal"
    REBALANCE = "its pending rebalance"
    NEW_REBALANCE = "the new rebalance"
    REQUEST = "its request"
    IMMEDIATE = "its request, if immediate"
    LASTING = "its request, if not immediate"
    NEW_REQUEST = "the new request of its account"
    CONVERSIONS = "requests for conversions"
    BACKSTOP = "the backstop of its account"
    BACKSTOPS = "backstops, if providers take over"


@dataclass(frozen=True, slots=True)
class Touches:
    """What one action may touch: of which records, which parts.

    `system`: parts of the state that are no record.
    """

    accounts: Mapping[Accounts, Parts] = field(default_factory=dict)
    assets: Mapping[Assets, Parts] = field(default_factory=dict)
    markets: Mapping[Markets, Parts] = field(default_factory=dict)
    orders: Mapping[Orders, Parts] = field(default_factory=dict)
    chains: Mapping[Others, Parts] = field(default_factory=dict)
    withdrawals: Mapping[Others, Parts] = field(default_factory=dict)
    rebalances: Mapping[Others, Parts] = field(default_factory=dict)
    requests: Mapping[Others, Parts] = field(default_factory=dict)
    backstops: Mapping[Others, Parts] = field(default_factory=dict)
    system: Parts = ()

    def __or__(self, other: Touches) -> Touches:
        """Return what either admits."""
        return Touches(**{part.name: _either(self, other, part.name) for part in fields(Touches)})


def _either(one: Touches, other: Touches, kind: str) -> Any:
    """Return the parts of one kind that either admits."""
    first, second = getattr(one, kind), getattr(other, kind)
    if kind == "system":
        return tuple(dict.fromkeys((*first, *second)))
    words = dict.fromkeys((*first, *second))
    return {
        word: tuple(dict.fromkeys((*first.get(word, ()), *second.get(word, ())))) for word in words
    }
