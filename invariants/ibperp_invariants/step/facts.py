"""What the events of a step say that its two views do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ibperp.events import (
    BlockTraded,
    FundingApplied,
    InterestCharged,
    LedgerKind,
    OrderAccepted,
    OrderEnded,
    Posting,
    Reason,
    Settled,
    SettlementSource,
    SharesMoved,
    Traded,
    Unsettled,
    VirtualInterest,
    VirtualMoved,
)
from ibperp.records import field, record
from ibperp_invariants.step.liquidation_facts import (
    LiquidationFacts,
    heard_of_liquidation,
    told_of_liquidation,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ibperp.events import Event, LedgerAccount
    from ibperp.state import State
    from ibperp_invariants.step.liquidation_facts import LiquidationFact
    from ibperp_invariants.view.node import Node

LEND_REASONS: Final = frozenset(
    {
        Reason.LEND,
        Reason.REDEEM,
        Reason.AUTO_LEND,
        Reason.WITHDRAWAL_REDEEM,
        Reason.ORDER_REDEEM,
        Reason.DUST_REDEEM,
        Reason.SETTLEMENT_REDEEM,
        Reason.SETTLEMENT_LEND,
        Reason.LIQUIDATION_REDEEM,
    }
)
"""The reasons for which lend shares move."""

OF_BOTH: Final = frozenset(
    {
        Reason.LIQUIDATION_REPAY,
        Reason.LIQUIDATION_BACKSTOP,
        Reason.LIQUIDATION_ADL,
        Reason.LIQUIDATION_IN_KIND,
        Reason.INSURANCE,
    }
)
"""The reasons for which shares of either side move; for every other reason borrow shares do."""


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
class BlockTrade:
    """A trade off the book with a quoter; the fees in quote atoms."""

    request: int
    market: str
    quoter: int
    price: int
    lots: int
    quoter_fee: int
    requester_fee: int


@dataclass(frozen=True, slots=True)
class OwnMove:
    """Signed shares of an account that moved; `is_lend` None: on whichever side it has them."""

    asset: str
    account: int
    shares: int
    is_lend: bool | None


@dataclass(frozen=True, slots=True)
class Flow:
    """A posting: atoms from `debit` to `credit`, balances by their wire names (CU-1).

    Of a balance that is held, and not owed, a debit adds.
    """

    debit: str
    credit: str
    asset: str
    amount: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class VirtualMove:
    """Signed virtual shares that moved, and the signed atoms that they stood for."""

    account: int
    market: str
    shares: int
    amount: int
    source: SettlementSource


@record
class Facts:
    """The events, by symbol and in order.

    `interest`: atoms charged, and the reserve's part. `moves`: of shares, one by one. `accepted`:
    ids of orders. `ended`: lots by order. `credited`: what unsettled balances changed by, by
    account, market and source. `settled`: what was paid of them, by account. `earned`: interest of
    virtual shares by account and market. `funded`: rate and step by market. `takers`: accounts of
    accepted orders. `blocks`: trades off the book. `liquidation`: what its events say.
    `postings`: what moved between balances.
    """

    interest: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    moves: tuple[OwnMove | VirtualMove, ...] = ()
    trades: tuple[Trade, ...] = ()
    accepted: tuple[int, ...] = ()
    ended: Mapping[int, int] = field(default_factory=dict)
    credited: Mapping[tuple[int, str, SettlementSource], int] = field(default_factory=dict)
    settled: Mapping[int, int] = field(default_factory=dict)
    earned: Mapping[tuple[int, str], int] = field(default_factory=dict)
    funded: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    takers: Mapping[int, int] = field(default_factory=dict)
    blocks: tuple[BlockTrade, ...] = ()
    liquidation: LiquidationFacts = field(default_factory=LiquidationFacts)
    postings: tuple[Flow, ...] = ()

    def virtual(self) -> Iterator[VirtualMove]:
        """Yield the moves of virtual shares."""
        return (move for move in self.moves if isinstance(move, VirtualMove))


NOTHING_TOLD: Final = Facts()
"""What no events say."""


def facts_of_events(state: State, events: Sequence[Event]) -> Facts:
    """Return what events of the reference say; `state` is the one after them."""
    if not events:
        return NOTHING_TOLD
    said = _Said()
    for event in events:
        match event:
            case Posting(debit, credit, asset, amount, reason):
                names = _balance(debit), _balance(credit)
                said.post(*names, state.assets[asset].symbol, amount, reason)
            case InterestCharged(asset, interest, reserve):
                said.charge(state.assets[asset].symbol, interest, reserve)
            case SharesMoved(account, asset, shares, reason):
                said.move(state.assets[asset].symbol, account, shares, reason)
            case Traded(market, maker, taker, price, lots, maker_fee, taker_fee):
                symbol = state.markets[market].symbol
                trade = Trade(symbol, maker, taker, price, lots, maker_fee, taker_fee)
                said.trades.append(trade)
            case OrderAccepted(order=order, account=account):
                said.accept(order, account)
            case OrderEnded(order, lots, _):
                said.ended[order] = said.ended.get(order, 0) + lots
            case Unsettled(account, market, amount, source):
                symbol = "" if market is None else state.markets[market].symbol
                said.credit(account, symbol, amount, source)
            case Settled(account, amount, _):
                said.settled[account] = said.settled.get(account, 0) + amount
            case VirtualMoved(account, market, shares, amount, source):
                symbol = state.markets[market].symbol
                said.moves.append(VirtualMove(account, symbol, shares, amount, source))
            case VirtualInterest(account, market, amount):
                said.earn(account, state.markets[market].symbol, amount)
            case FundingApplied(market, rate, step):
                said.funded[state.markets[market].symbol] = rate, step
            case BlockTraded(request, market, quoter, price, lots, fee, other):
                symbol = state.markets[market].symbol
                said.blocks.append(BlockTrade(request, symbol, quoter, price, lots, fee, other))
            case _:
                said.liquidation += told_of_liquidation(state, event)
    return said.facts()


def _balance(own: LedgerAccount) -> str:
    """Return the wire name of a balance; of a token's balance without the chain."""
    is_free = own.kind is LedgerKind.FREE
    return f"{own.kind.value}:{own.index}" if is_free else own.kind.value


def facts_of_json(events: Sequence[Node]) -> Facts:
    """Return what the decoded events of an engine say."""
    if not events:
        return NOTHING_TOLD
    said = _Said()
    for event in events:
        match event.word("type"):
            case "posting":
                debit, credit, asset = (event.word(n) for n in ("debit", "credit", "asset"))
                amount, reason = event.number("amount"), event.get("reason").choice(Reason)
                said.post(debit, credit, asset, amount, reason)
            case "interest_charged":
                interest, reserve = event.number("interest"), event.number("reserve")
                said.charge(event.word("asset"), interest, reserve)
            case "shares_moved":
                reason, account = event.get("reason").choice(Reason), event.number("account")
                said.move(event.word("asset"), account, event.number("shares"), reason)
            case "traded":
                names = "maker_order", "taker_order", "price", "lots", "maker_fee", "taker_fee"
                numbers = (event.number(name) for name in names)
                said.trades.append(Trade(event.word("market"), *numbers))
            case "order_accepted":
                said.accept(event.number("order"), event.number("account"))
            case "order_ended":
                order = event.number("order")
                said.ended[order] = said.ended.get(order, 0) + event.number("lots")
            case kind:
                _hear_of_settlement(said, kind, event)
    return said.facts()


def _hear_of_settlement(said: _Said, kind: str, event: Node) -> None:
    """Gather a decoded event of settlement, funding, liquidation or a block trade."""
    match kind:
        case "unsettled":
            account, amount = event.number("account"), event.number("amount")
            source = event.get("source").choice(SettlementSource)
            said.credit(account, event.word("market"), amount, source)
        case "settled":
            account, amount = event.number("account"), event.number("amount")
            said.settled[account] = said.settled.get(account, 0) + amount
        case "virtual_moved":
            account, market = event.number("account"), event.word("market")
            shares, amount = event.number("shares"), event.number("amount")
            source = event.get("source").choice(SettlementSource)
            said.moves.append(VirtualMove(account, market, shares, amount, source))
        case "virtual_interest":
            account, amount = event.number("account"), event.number("amount")
            said.earn(account, event.word("market"), amount)
        case "funding_applied":
            rate, step = event.number("rate"), event.number("step")
            said.funded[event.word("market")] = rate, step
        case "block_traded":
            names = "quoter", "price", "lots", "quoter_fee", "requester_fee"
            numbers = (event.number(name) for name in names)
            request, market = event.number("request"), event.word("market")
            said.blocks.append(BlockTrade(request, market, *numbers))
        case _:
            said.liquidation += heard_of_liquidation(kind, event)


class _Said:
    """Gathers what events say, one by one."""

    def __init__(self) -> None:
        self.interest: dict[str, tuple[int, int]] = {}
        self.moves: list[OwnMove | VirtualMove] = []
        self.trades: list[Trade] = []
        self.accepted: list[int] = []
        self.ended: dict[int, int] = {}
        self.credited: dict[tuple[int, str, SettlementSource], int] = {}
        self.settled: dict[int, int] = {}
        self.earned: dict[tuple[int, str], int] = {}
        self.funded: dict[str, tuple[int, int]] = {}
        self.takers: dict[int, int] = {}
        self.blocks: list[BlockTrade] = []
        self.liquidation: tuple[LiquidationFact, ...] = ()
        self.postings: list[Flow] = []

    def post(self, debit: str, credit: str, asset: str, amount: int, reason: Reason) -> None:
        self.postings.append(Flow(debit, credit, asset, amount, reason))

    def accept(self, order: int, account: int) -> None:
        self.accepted.append(order)
        self.takers[order] = account

    def charge(self, symbol: str, interest: int, reserve: int) -> None:
        charged, kept = self.interest.get(symbol, (0, 0))
        self.interest[symbol] = charged + interest, kept + reserve

    def move(self, symbol: str, account: int, shares: int, reason: Reason) -> None:
        is_lend = None if reason in OF_BOTH else reason in LEND_REASONS
        self.moves.append(OwnMove(symbol, account, shares, is_lend))

    def credit(self, account: int, market: str, amount: int, source: SettlementSource) -> None:
        key = account, market, source
        self.credited[key] = self.credited.get(key, 0) + amount

    def earn(self, account: int, market: str, amount: int) -> None:
        self.earned[account, market] = self.earned.get((account, market), 0) + amount

    def facts(self) -> Facts:
        return Facts(
            self.interest,
            tuple(self.moves),
            tuple(self.trades),
            tuple(self.accepted),
            self.ended,
            self.credited,
            self.settled,
            self.earned,
            self.funded,
            self.takers,
            tuple(self.blocks),
            LiquidationFacts(self.liquidation),
            tuple(self.postings),
        )
