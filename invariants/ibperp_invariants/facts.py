"""What the events of a step say that its two views do not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ibperp.outcomes import (
    InterestCharged,
    OrderAccepted,
    OrderEnded,
    Reason,
    SharesMoved,
    Traded,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ibperp.outcomes import Event
    from ibperp.state import State
    from ibperp_invariants.view_json import Node

LEND_REASONS: Final = frozenset(
    {
        Reason.LEND,
        Reason.REDEEM,
        Reason.AUTO_LEND,
        Reason.WITHDRAWAL_REDEEM,
        Reason.ORDER_REDEEM,
        Reason.DUST_REDEEM,
    }
)
"""The reasons for which lend shares move; for every other reason borrow shares do."""


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade, with its market by name; the fees in quote atoms, a rebate below zero."""

    market: str
    maker_order: int
    taker_order: int
    price: int
    lots: int
    maker_fee: int
    taker_fee: int


@dataclass(frozen=True, slots=True)
class Facts:
    """The events, by symbol and in order.

    `interest`: atoms charged, and the reserve's part. `lend_shares`, `borrow_shares`: how the
    shares of a pool changed, move by move. `accepted`: ids of orders. `ended`: lots by order.
    """

    interest: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    lend_shares: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    borrow_shares: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    trades: tuple[Trade, ...] = ()
    accepted: tuple[int, ...] = ()
    ended: Mapping[int, int] = field(default_factory=dict)


def facts_of_events(state: State, events: Iterable[Event]) -> Facts:
    """Return what events of the reference say; `state` is the one after them."""
    said = _Said()
    for event in events:
        match event:
            case InterestCharged(asset, interest, reserve):
                said.charge(state.assets[asset].symbol, interest, reserve)
            case SharesMoved(_, asset, shares, reason):
                said.move(state.assets[asset].symbol, shares, reason)
            case Traded(market, maker, taker, price, lots, maker_fee, taker_fee):
                symbol = state.markets[market].symbol
                trade = Trade(symbol, maker, taker, price, lots, maker_fee, taker_fee)
                said.trades.append(trade)
            case OrderAccepted(order=order):
                said.accepted.append(order)
            case OrderEnded(order, lots, _):
                said.ended[order] = said.ended.get(order, 0) + lots
            case _:
                pass
    return said.facts()


def facts_of_json(events: Iterable[Node]) -> Facts:
    """Return what the decoded events of an engine say."""
    said = _Said()
    for event in events:
        match event.get("type").text():
            case "interest_charged":
                interest, reserve = event.get("interest").integer(), event.get("reserve").integer()
                said.charge(event.get("asset").text(), interest, reserve)
            case "shares_moved":
                reason = event.get("reason").choice(Reason)
                said.move(event.get("asset").text(), event.get("shares").integer(), reason)
            case "traded":
                names = "maker_order", "taker_order", "price", "lots", "maker_fee", "taker_fee"
                numbers = (event.get(name).integer() for name in names)
                said.trades.append(Trade(event.get("market").text(), *numbers))
            case "order_accepted":
                said.accepted.append(event.get("order").integer())
            case "order_ended":
                order = event.get("order").integer()
                said.ended[order] = said.ended.get(order, 0) + event.get("lots").integer()
            case _:
                pass
    return said.facts()


class _Said:
    """Gathers what events say, one by one."""

    def __init__(self) -> None:
        self.interest: dict[str, tuple[int, int]] = {}
        self.lend_shares: dict[str, tuple[int, ...]] = {}
        self.borrow_shares: dict[str, tuple[int, ...]] = {}
        self.trades: list[Trade] = []
        self.accepted: list[int] = []
        self.ended: dict[int, int] = {}

    def charge(self, symbol: str, interest: int, reserve: int) -> None:
        charged, kept = self.interest.get(symbol, (0, 0))
        self.interest[symbol] = charged + interest, kept + reserve

    def move(self, symbol: str, shares: int, reason: Reason) -> None:
        is_lend = reason in LEND_REASONS
        moves = self.lend_shares if is_lend else self.borrow_shares
        moves[symbol] = (*moves.get(symbol, ()), shares if is_lend else -shares)

    def facts(self) -> Facts:
        return Facts(
            self.interest,
            self.lend_shares,
            self.borrow_shares,
            tuple(self.trades),
            tuple(self.accepted),
            self.ended,
        )
