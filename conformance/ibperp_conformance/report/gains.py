"""Who won and who lost, and who paid interest to whom, in atoms of the settlement asset.

What an account has of the settlement asset is its free balance, its lend less its debt, what is
unsettled, the marked gains of its positions and their virtual shares. Each step changes it by what
comes from outside, by one kind of gain, and by interest: the difference is exact. Gains of all
accounts sum to zero; so does interest, with the reserve of the pool and what its roundings keep.

What an account has of other assets is worth what the prices of the moment say, from the first price
on; what that grows by, and what trades of it pay or earn, is its gain by spot. An account that did
not change is looked at only when what it has could no longer be told apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from ibperp.actions import (
    ApplyFunding,
    Liquidate,
    ResolveBankruptcy,
    RunRisk,
    SettleMarket,
    UpdateMark,
)
from ibperp.events import (
    BlockTraded,
    LedgerKind,
    Posting,
    Reason,
    Settled,
    SettlementSource,
    Traded,
    Unsettled,
    VirtualMoved,
)
from ibperp.outcomes import Accepted
from ibperp.position import funding_due, unrealized
from ibperp.state import FEES, Perpetual, at, find_asset
from ibperp.valuation import held_atoms, owed_atoms, virtual_atoms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ibperp.events import Event
    from ibperp.state import Account, State
    from ibperp_conformance.scenario.result import StepResult

RESERVE: Final = "the pool's reserve"
ROUNDING: Final = "the pool's rounding"
UNEARNED: Final = "lenders, not earned yet"


class Leg(StrEnum):
    """Where an account's gain comes from."""

    PRICE = "price"
    FUNDING = "funding"
    FEES = "fees"
    SPOT = "spot"
    LIQUIDATION = "liquidation"
    LENT = "lent"
    BORROWED = "borrowed"
    VIRTUALLY_LENT = "virtually lent"
    VIRTUALLY_BORROWED = "virtually borrowed"
    UNPAID = "unpaid"
    KEPT = "kept"


OUTSIDE: Final = frozenset({LedgerKind.CUSTODY, LedgerKind.PENDING, LedgerKind.IN_TRANSIT})
HANDED_OVER: Final = frozenset({Reason.TRANSFER, Reason.INSURANCE_FUNDED})
BY_SPOT: Final = frozenset({Reason.TRADE, Reason.DUST})
SPOT_FEES: Final = frozenset({Reason.TRADE_FEE, Reason.TRADE_REBATE})

GAINS: Final = (Leg.PRICE, Leg.FUNDING, Leg.FEES)
"""Legs that sum to zero, each by itself."""

INTEREST: Final = tuple(leg for leg in Leg if leg not in {*GAINS, Leg.SPOT})
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
        """Tell whether a trade, a position or a price made anyone gain or lose."""
        told = {*GAINS, Leg.SPOT, Leg.LIQUIDATION}
        return any(amount and leg in told for (_, leg), amount in self.legs.items())

    def of(self, who: int | str, legs: Iterable[Leg] = Leg) -> int:
        """Return what an account gained by some legs."""
        return sum(self.legs[who, leg] for leg in legs)

    def total(self, legs: Iterable[Leg]) -> int:
        """Return what all gained by some legs, the pool included."""
        wanted = frozenset(legs)
        return sum(amount for (_, leg), amount in self.legs.items() if leg in wanted)


@dataclass(frozen=True, slots=True)
class _Worth:
    """What an account has, in signed atoms of the settlement asset.

    `kept`: free and unsettled; `own`: lent less owed; `price`, `funding`: of its positions;
    `virtual`: by market; `spot`: all other assets.
    """

    kept: int = 0
    own: int = 0
    price: int = 0
    funding: int = 0
    virtual: Mapping[int, int] = field(default_factory=dict)
    spot: Fraction = Fraction(0)

    @property
    def total(self) -> int:
        """Return what it has of the settlement asset."""
        return self.kept + self.own + self.price + self.funding + sum(self.virtual.values())


@dataclass(slots=True)
class _Moved:
    """What the events of a step moved, by account, in signed atoms of the settlement asset."""

    given: Counter[int] = field(default_factory=Counter)
    given_spot: dict[int, Fraction] = field(default_factory=dict)
    traded: Counter[int] = field(default_factory=Counter)
    fees: Counter[int] = field(default_factory=Counter)
    waited: Counter[int] = field(default_factory=Counter)
    virtual: Counter[tuple[int, int]] = field(default_factory=Counter)


def gains_of(steps: Iterable[StepResult]) -> Gains:
    """Return what the accepted steps of a run made of the accounts."""
    gains = Gains()
    follower: _Follower | None = None
    for step in steps:
        asset = find_asset(step.before, step.before.system.settlement_asset)
        if isinstance(step.outcome, Accepted) and asset is not None:
            follower = follower or _Follower(gains, step.before, asset)
            follower.take(step, step.outcome.events)
    if follower is not None:
        follower.finish()
    return gains


class _Follower:
    """Follows what accounts have; `worths`: of each when it was last looked at."""

    def __init__(self, gains: Gains, start: State, asset: int) -> None:
        self._gains, self._start, self._asset = gains, start, asset
        self._state, self._rates = start, _rates(start, asset)
        self._worths = [_worth(start, own, asset, self._rates) for own in start.accounts]
        self._spot: dict[int, Fraction] = {}

    def take(self, step: StepResult, events: tuple[Event, ...]) -> None:
        """Add what a step made of the accounts."""
        rates = _rates(step.after, self._asset) if step.after.assets else []
        moved = self._moved(step, events, rates)
        leg = _gain_leg(step, events)
        is_first = any(new and not old for old, new in zip(self._rates, rates, strict=False))
        if is_first or (leg is Leg.LIQUIDATION and events):
            touched: Iterable[int] = range(len(step.after.accounts))
        else:
            changes = step.after.accounts.changed(step.before.accounts)
            touched = (account for account, _, _ in changes)
        priced = [old or new for old, new in zip(self._rates, rates, strict=False)]
        for account in touched:
            if account < len(self._worths):
                self._look(step.before, account, self._rates)
                if is_first:
                    old = step.before.accounts[account]
                    self._worths[account] = _worth(step.before, old, self._asset, priced)
            else:
                self._worths.append(_Worth())
            self._add(step.after, account, rates, leg, moved)
        self._state, self._rates = step.after, rates

    def finish(self) -> None:
        """Add what is left: of accounts that did not change since, and what the pool keeps."""
        for account in range(len(self._worths)):
            self._look(self._state, account, self._rates)
        kept = self._gains.legs
        for account, amount in self._spot.items():
            kept[account, Leg.SPOT] = int(amount)
        old, new = (state.assets[self._asset].pool for state in (self._start, self._state))
        kept[RESERVE, Leg.KEPT] += new.reserve - old.reserve
        kept[UNEARNED, Leg.KEPT] += new.unearned - old.unearned
        kept[ROUNDING, Leg.KEPT] += self._rounding(self._state) - self._rounding(self._start)

    def _look(self, state: State, account: int, rates: Sequence[Fraction]) -> None:
        """Add what an account that did not change itself has more than when last looked at."""
        old = self._worths[account]
        new = _worth(state, state.accounts[account], self._asset, rates)
        legs = self._gains.legs
        legs[account, Leg.PRICE] += new.price - old.price
        legs[account, Leg.FUNDING] += new.funding - old.funding
        self._spot[account] = self._spot.get(account, Fraction(0)) + new.spot - old.spot
        self._add_interest(account, old, new, new.own - old.own, Counter())
        self._worths[account] = new

    def _add(
        self,
        state: State,
        account: int,
        rates: Sequence[Fraction],
        leg: Leg | None,
        moved: _Moved,
    ) -> None:
        """Add what a step made of an account."""
        old = self._worths[account]
        new = _worth(state, state.accounts[account], self._asset, rates)
        legs, traded = self._gains.legs, moved.traded[account]
        legs[account, Leg.FEES] += moved.fees[account]
        spot = new.spot - old.spot - moved.given_spot.get(account, 0) + traded
        self._spot[account] = self._spot.get(account, Fraction(0)) + spot
        rest = new.total - old.total - moved.given[account] - moved.fees[account] - traded
        rest -= moved.waited[account]
        legs[account, Leg.UNPAID] += moved.waited[account]
        if leg is not None:
            legs[account, leg] += rest
        else:
            rest -= sum(new.virtual.values()) - sum(old.virtual.values())
            rest += sum(amount for (who, _), amount in moved.virtual.items() if who == account)
            self._add_interest(account, old, new, rest, moved.virtual)
        self._worths[account] = new

    def _add_interest(
        self,
        account: int,
        old: _Worth,
        new: _Worth,
        own: int,
        moved: Counter[tuple[int, int]],
    ) -> None:
        legs = self._gains.legs
        legs[account, Leg.LENT if (old.own or new.own) > 0 else Leg.BORROWED] += own
        for market in sorted(old.virtual.keys() | new.virtual.keys()):
            had, has = old.virtual.get(market, 0), new.virtual.get(market, 0)
            leg = Leg.VIRTUALLY_LENT if (had or has) > 0 else Leg.VIRTUALLY_BORROWED
            legs[account, leg] += has - had - moved[account, market]

    def _moved(
        self, step: StepResult, events: tuple[Event, ...], rates: Sequence[Fraction]
    ) -> _Moved:
        moved = _Moved()
        posted = [event for event in events if isinstance(event, Posting)]
        is_priced = all(rates[event.asset] for event in posted if event.reason in BY_SPOT)
        for event in events:
            match event:
                case Posting():
                    self._count_posting(moved, event, rates, is_priced=is_priced)
                case Traded() if isinstance(step.before.markets[event.market], Perpetual):
                    _count_fees(moved.fees, step.after, event)
                case BlockTraded() if isinstance(step.before.markets[event.market], Perpetual):
                    requester = step.after.requests[event.request].account
                    moved.fees[event.quoter] -= event.quoter_fee
                    moved.fees[requester] -= event.requester_fee
                    moved.fees[FEES] += event.quoter_fee + event.requester_fee
                case VirtualMoved():
                    moved.virtual[event.account, event.market] += event.amount
                    self._gains.flows[event.account, _virtual_flow(event)] += event.amount
                case Unsettled(source=SettlementSource.UNPAID_INTEREST):
                    moved.waited[event.account] += event.amount
                case Settled():
                    flow = Flow.RECEIVED if event.amount > 0 else Flow.PAID
                    self._gains.flows[event.account, flow] += event.amount
                case _:
                    pass
        return moved

    def _count_posting(
        self, moved: _Moved, event: Posting, rates: Sequence[Fraction], *, is_priced: bool
    ) -> None:
        """Count what comes from outside or is handed over, and what spot trades pay.

        A trade of what has no price yet is no gain: both sides of it are handed over.
        """
        kinds = {event.debit.kind, event.credit.kind}
        is_given = bool(kinds & OUTSIDE) or event.reason in HANDED_OVER
        is_given = is_given or (event.reason in BY_SPOT and not is_priced)
        for side, sign in ((event.debit, -1), (event.credit, 1)):
            if side.kind is not LedgerKind.FREE:
                continue
            if event.asset != self._asset:
                if is_given:
                    given = moved.given_spot.get(side.index, Fraction(0))
                    worth = sign * event.amount * rates[event.asset]
                    moved.given_spot[side.index] = given + worth
            elif is_given:
                moved.given[side.index] += sign * event.amount
            elif event.reason in BY_SPOT:
                moved.traded[side.index] += sign * event.amount
            elif event.reason in SPOT_FEES:
                moved.fees[side.index] += sign * event.amount

    def _rounding(self, state: State) -> int:
        """Return the atoms of the pool that no account's claim holds, those of debts included."""
        pool, claims = state.assets[self._asset].pool, 0
        for account in state.accounts:
            worth = _worth(state, account, self._asset, [])
            claims += worth.own + sum(worth.virtual.values())
        return pool.lent - pool.borrowed - claims


def _rates(state: State, asset: int) -> list[Fraction]:
    """Return what an atom of each asset is worth in the settlement asset; 0 without a price."""
    unit = state.assets[asset].price
    lot = state.assets[asset].parameters.lot_atoms
    return [
        Fraction(own.price * lot, unit * own.parameters.lot_atoms) if unit else Fraction(0)
        for own in state.assets
    ]


def _worth(state: State, account: Account, asset: int, rates: Sequence[Fraction]) -> _Worth:
    """Return what an account has; of other assets only those that a rate is given for."""
    free = at(account.free, asset)
    own = held_atoms(state, account, asset) - free - owed_atoms(state, account, asset)
    price, funding, virtual = 0, 0, {}
    for position in account.positions:
        market = state.markets[position.market]
        assert isinstance(market, Perpetual)
        price += unrealized(position, market.mark_price)
        funding -= funding_due(position, market.funding_index)
        if position.virtual:
            virtual[position.market] = virtual_atoms(state, position)
    spot = Fraction(0)
    for other, rate in enumerate(rates):
        if other != asset and rate and (at(account.free, other) or at(account.shares, other)):
            spot += rate * (held_atoms(state, account, other) - owed_atoms(state, account, other))
    return _Worth(free + account.unsettled, own, price, funding, virtual, spot)


def _gain_leg(step: StepResult, events: tuple[Event, ...]) -> Leg | None:
    """Return what all of a gain in a step comes from, or None if it is interest."""
    match step.action:
        case UpdateMark() | SettleMarket():
            return Leg.PRICE
        case ApplyFunding():
            return Leg.FUNDING
        case Liquidate() | ResolveBankruptcy() | RunRisk():
            return Leg.LIQUIDATION
        case _:
            trades = (event for event in events if isinstance(event, Traded | BlockTraded))
            markets = (step.before.markets[trade.market] for trade in trades)
            return Leg.PRICE if any(isinstance(own, Perpetual) for own in markets) else None


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
