"""Who won and who lost, and who paid interest to whom, in atoms of the settlement asset.

What an account has of the settlement asset is its free balance, its lend less its debt, what is
unsettled, the marked gains of its positions and their virtual shares. Each step changes it by what
comes from outside, by one kind of gain, and by interest: the difference is exact. Gains of all
accounts sum to zero; so does interest, with the reserve of the pool and what its roundings keep.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from ibperp.actions import (
    AmendOrder,
    ApplyFunding,
    Liquidate,
    PlaceOrder,
    ResolveBankruptcy,
    RunRisk,
    SettleMarket,
    UpdateMark,
)
from ibperp.events import LedgerKind, Posting, Settled, SettlementSource, Traded, VirtualMoved
from ibperp.outcomes import Accepted
from ibperp.pool import lend_claim
from ibperp.position import funding_due, unrealized
from ibperp.state import FEES, Perpetual, at, find_asset
from ibperp.valuation import owed_atoms, virtual_atoms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ibperp.actions import Action
    from ibperp.events import Event
    from ibperp.state import Account, Pool, State
    from ibperp_conformance.scenario.result import StepResult

RESERVE: Final = "the pool's reserve"
ROUNDING: Final = "the pool's rounding"


class Leg(StrEnum):
    """Where an account's gain comes from."""

    PRICE = "price"
    FUNDING = "funding"
    FEES = "fees"
    LIQUIDATION = "liquidation"
    LENT = "lent"
    BORROWED = "borrowed"
    VIRTUALLY_LENT = "virtually lent"
    VIRTUALLY_BORROWED = "virtually borrowed"
    KEPT = "kept"


GAINS: Final = (Leg.PRICE, Leg.FUNDING, Leg.FEES)
"""Legs that sum to zero, each by itself."""

INTEREST: Final = tuple(leg for leg in Leg if leg not in GAINS)
"""Legs that sum to zero together; `kept` is what the pool keeps."""


class Flow(StrEnum):
    """How value moved in settlements."""

    PAID = "paid"
    RECEIVED = "received"
    VIRTUAL_LOSS = "virtual loss"
    VIRTUAL_GAIN = "virtual gain"
    REALIZED = "realized"


THROUGH_THE_FUND: Final = tuple(flow for flow in Flow if flow is not Flow.REALIZED)
"""Flows that sum to zero; what is realized moves between a position and its own account."""


@dataclass(slots=True)
class Gains:
    """Signed atoms by account id (or what the pool keeps) and leg, and by account id and flow."""

    legs: Counter[tuple[int | str, Leg]] = field(default_factory=Counter)
    flows: Counter[tuple[int, Flow]] = field(default_factory=Counter)

    @property
    def has_traded(self) -> bool:
        """Tell whether a perpetual made anyone gain or lose."""
        return any(amount and leg in GAINS for (_, leg), amount in self.legs.items())

    def of(self, who: int | str, legs: Iterable[Leg] = Leg) -> int:
        """Return what an account gained by some legs."""
        return sum(self.legs[who, leg] for leg in legs)

    def total(self, legs: Iterable[Leg]) -> int:
        """Return what all gained by some legs, the pool included."""
        wanted = frozenset(legs)
        return sum(amount for (_, leg), amount in self.legs.items() if leg in wanted)


@dataclass(frozen=True, slots=True)
class _Worth:
    """What an account has of the settlement asset, in signed atoms."""

    own: int
    total: int
    virtual: dict[int, int]


def gains_of(steps: Iterable[StepResult]) -> Gains:
    """Return what the accepted steps of a run made of the accounts."""
    gains, worths = Gains(), _Worths()
    for step in steps:
        if isinstance(step.outcome, Accepted):
            _add(gains, worths, step, step.outcome.events)
    return gains


class _Worths:
    """What all accounts have, kept for the state that was asked for last."""

    def __init__(self) -> None:
        self.state: State | None = None
        self.worths: list[_Worth] = []

    def of(self, state: State, asset: int) -> list[_Worth]:
        if state is not self.state:
            self.state = state
            self.worths = [_worth(state, account, asset) for account in state.accounts]
        return self.worths


def _add(gains: Gains, worths: _Worths, step: StepResult, events: tuple[Event, ...]) -> None:
    asset = find_asset(step.before, step.before.system.settlement_asset)
    if asset is None:
        return
    before, after = worths.of(step.before, asset), worths.of(step.after, asset)
    given, fees, moved = Counter[int](), Counter[int](), Counter[tuple[int, int]]()
    for event in events:
        match event:
            case Posting() if event.asset == asset:
                _count_posting(given, event)
            case Traded() if isinstance(step.before.markets[event.market], Perpetual):
                _count_fees(fees, step.after, event)
            case VirtualMoved():
                moved[event.account, event.market] += event.amount
                gains.flows[event.account, _virtual_flow(event)] += event.amount
            case Settled():
                flow = Flow.RECEIVED if event.amount > 0 else Flow.PAID
                gains.flows[event.account, flow] += event.amount
            case _:
                pass
    leg = _gain_leg(step.before, step.action)
    for account, (old, new) in enumerate(zip(before, after, strict=False)):
        gains.legs[account, Leg.FEES] += fees[account]
        rest = new.total - old.total - given[account] - fees[account]
        if leg is not None:
            gains.legs[account, leg] += rest
            continue
        for market in sorted(old.virtual.keys() | new.virtual.keys()):
            had, has = old.virtual.get(market, 0), new.virtual.get(market, 0)
            earned = has - had - moved[account, market]
            is_lent = (had or has) > 0
            virtual_leg = Leg.VIRTUALLY_LENT if is_lent else Leg.VIRTUALLY_BORROWED
            gains.legs[account, virtual_leg] += earned
            rest -= earned
        own_leg = Leg.LENT if (old.own or new.own) > 0 else Leg.BORROWED
        gains.legs[account, own_leg] += rest
    old_pool, new_pool = step.before.assets[asset].pool, step.after.assets[asset].pool
    gains.legs[RESERVE, Leg.KEPT] += new_pool.reserve - old_pool.reserve
    gains.legs[ROUNDING, Leg.KEPT] += _rounding(new_pool, after) - _rounding(old_pool, before)


def _worth(state: State, account: Account, asset: int) -> _Worth:
    lent = lend_claim(state.assets[asset].pool, max(at(account.shares, asset), 0))
    own = lent - owed_atoms(state, account, asset)
    gain, virtual = 0, {}
    for position in account.positions:
        market = state.markets[position.market]
        assert isinstance(market, Perpetual)
        gain += unrealized(position, market.mark_price)
        gain -= funding_due(position, market.funding_index)
        if position.virtual:
            virtual[position.market] = virtual_atoms(state, position)
    total = at(account.free, asset) + own + account.unsettled + gain + sum(virtual.values())
    return _Worth(own, total, virtual)


def _gain_leg(state: State, action: Action) -> Leg | None:
    """Return what all of a gain in a step comes from, or None if it is interest."""
    match action:
        case UpdateMark() | SettleMarket():
            return Leg.PRICE
        case ApplyFunding():
            return Leg.FUNDING
        case Liquidate() | ResolveBankruptcy() | RunRisk():
            return Leg.LIQUIDATION
        case PlaceOrder():
            (market,) = (market for market in state.markets if market.symbol == action.market)
        case AmendOrder():
            market = state.markets[state.orders[action.order].market]
        case _:
            return None
    return Leg.PRICE if isinstance(market, Perpetual) else None


def _count_posting(given: Counter[int], event: Posting) -> None:
    """Count what a posting brings to accounts from outside, or from each other."""
    if LedgerKind.POOL in {event.debit.kind, event.credit.kind}:
        return
    for side, sign in ((event.debit, -1), (event.credit, 1)):
        if side.kind is LedgerKind.FREE:
            given[side.index] += sign * event.amount


def _count_fees(fees: Counter[int], state: State, trade: Traded) -> None:
    fees[state.orders[trade.maker_order].account] -= trade.maker_fee
    fees[state.orders[trade.taker_order].account] -= trade.taker_fee
    fees[FEES] += trade.maker_fee + trade.taker_fee


def _virtual_flow(event: VirtualMoved) -> Flow:
    match event.source:
        case SettlementSource.VIRTUAL_LOSS:
            return Flow.VIRTUAL_LOSS
        case SettlementSource.VIRTUAL_GAIN:
            return Flow.VIRTUAL_GAIN
        case _:
            return Flow.REALIZED


def _rounding(pool: Pool, worths: list[_Worth]) -> int:
    """Return the atoms of a pool that no account's claim holds, those of debts included."""
    claims = sum(worth.own + sum(worth.virtual.values()) for worth in worths)
    return pool.lent - pool.borrowed - claims
